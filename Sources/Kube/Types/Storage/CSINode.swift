/// The CSI drivers of a node (storage.k8s.io/v1 CSINode).
public struct CSINode: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "storage.k8s.io", version: "v1", kind: "CSINode", plural: "csinodes", isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// The drivers.
  public var spec: CSINodeSpec = CSINodeSpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CSINode>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
  ])
}

/// The CSI drivers of a node.
public struct CSINodeSpec: KubeRecord, Equatable {
  /// The drivers.
  public var drivers: [CSINodeDriver] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CSINodeSpec>([
    .records(1, "drivers", \.drivers)
  ])
}

/// A CSI driver of a node.
public struct CSINodeDriver: KubeRecord, Equatable {
  /// Name of the driver.
  public var name: String = ""
  /// The node as the driver knows it.
  public var nodeID: String = ""
  /// Node labels that say where volumes can be reached.
  public var topologyKeys: [String] = []
  /// How many volumes fit; nil for no bound.
  public var allocatable: VolumeNodeResources?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CSINodeDriver>([
    .shared(1, "name", \.name),
    .string(2, "nodeID", \.nodeID),
    .strings(3, "topologyKeys", \.topologyKeys),
    .record(4, "allocatable", \.allocatable),
  ])
}

/// How many volumes fit on a node.
public struct VolumeNodeResources: KubeRecord, Equatable {
  /// The number; nil for no bound.
  public var count: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeNodeResources>([
    .int(1, "count", \.count)
  ])
}
