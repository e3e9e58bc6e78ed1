/// A way to make volumes (storage.k8s.io/v1 StorageClass).
public struct StorageClass: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "storage.k8s.io", version: "v1", kind: "StorageClass", plural: "storageclasses", shortNames: ["sc"],
      isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What makes the volumes.
  public var provisioner: String = ""
  /// Settings of the provisioner.
  public var parameters: SmallMap<String> = [:]
  /// `Delete` (the default) or `Retain`.
  public var reclaimPolicy: String?
  /// Options for mounting.
  public var mountOptions: [String] = []
  /// Whether claims may grow.
  public var allowVolumeExpansion: Bool?
  /// `Immediate` (the default) or `WaitForFirstConsumer`.
  public var volumeBindingMode: String?
  /// Where volumes may be made; none means everywhere.
  public var allowedTopologies: [TopologySelectorTerm] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<StorageClass>([
    .record(1, "metadata", \.metadata),
    .shared(2, "provisioner", \.provisioner),
    .stringMap(3, "parameters", \.parameters),
    .string(4, "reclaimPolicy", \.reclaimPolicy),
    .strings(5, "mountOptions", \.mountOptions),
    .bool(6, "allowVolumeExpansion", \.allowVolumeExpansion),
    .string(7, "volumeBindingMode", \.volumeBindingMode),
    .records(8, "allowedTopologies", \.allowedTopologies),
  ])
}

/// Places in which volumes may be made.
public struct TopologySelectorTerm: KubeRecord, Equatable {
  /// All must match.
  public var matchLabelExpressions: [TopologySelectorLabelRequirement] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<TopologySelectorTerm>([
    .records(1, "matchLabelExpressions", \.matchLabelExpressions)
  ])
}

/// One requirement about a place.
public struct TopologySelectorLabelRequirement: KubeRecord, Equatable {
  /// The node label.
  public var key: String = ""
  /// The values it may have.
  public var values: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<TopologySelectorLabelRequirement>([
    .shared(1, "key", \.key),
    .strings(2, "values", \.values),
  ])
}
