/// A CSI driver of the cluster (storage.k8s.io/v1 CSIDriver).
public struct CSIDriver: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "storage.k8s.io", version: "v1", kind: "CSIDriver", plural: "csidrivers", isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What the driver needs.
  public var spec: CSIDriverSpec = CSIDriverSpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CSIDriver>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
  ])
}

/// What a CSI driver needs.
public struct CSIDriverSpec: KubeRecord, Equatable {
  /// Whether volumes are attached before they are mounted; nil means yes.
  public var attachRequired: Bool?
  /// Whether the driver is told about the pod.
  public var podInfoOnMount: Bool?
  /// `Persistent`, `Ephemeral`.
  public var volumeLifecycleModes: [String] = []
  /// Whether the scheduler looks at CSIStorageCapacity objects.
  public var storageCapacity: Bool?
  /// How ownership of files is changed.
  public var fsGroupPolicy: String?
  /// Whether nodes without the driver are no place for pods that need it.
  public var preventPodSchedulingIfMissing: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CSIDriverSpec>([
    .bool(1, "attachRequired", \.attachRequired),
    .bool(2, "podInfoOnMount", \.podInfoOnMount),
    .strings(3, "volumeLifecycleModes", \.volumeLifecycleModes),
    .bool(4, "storageCapacity", \.storageCapacity),
    .string(5, "fsGroupPolicy", \.fsGroupPolicy),
    .bool(11, "preventPodSchedulingIfMissing", \.preventPodSchedulingIfMissing),
  ])
}
