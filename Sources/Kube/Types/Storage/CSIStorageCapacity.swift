/// How much a driver can make in one place (storage.k8s.io/v1 CSIStorageCapacity).
public struct CSIStorageCapacity: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "storage.k8s.io", version: "v1", kind: "CSIStorageCapacity", plural: "csistoragecapacities"),
    Resource(group: "storage.k8s.io", version: "v1beta1", kind: "CSIStorageCapacity", plural: "csistoragecapacities"),
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// The place; nil when no node can reach it.
  public var nodeTopology: LabelSelector?
  /// The storage class.
  public var storageClassName: String = ""
  /// What is free.
  public var capacity: Quantity?
  /// The largest volume.
  public var maximumVolumeSize: Quantity?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CSIStorageCapacity>([
    .record(1, "metadata", \.metadata),
    .record(2, "nodeTopology", \.nodeTopology),
    .shared(3, "storageClassName", \.storageClassName),
    .quantity(4, "capacity", \.capacity),
    .quantity(5, "maximumVolumeSize", \.maximumVolumeSize),
  ])
}
