/// A request for storage (core/v1 PersistentVolumeClaim).
public struct PersistentVolumeClaim: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "", version: "v1", kind: "PersistentVolumeClaim", plural: "persistentvolumeclaims", shortNames: ["pvc"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is asked for.
  public var spec: PersistentVolumeClaimSpec = PersistentVolumeClaimSpec()
  /// What has been found.
  public var status: PersistentVolumeClaimStatus = PersistentVolumeClaimStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PersistentVolumeClaim>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What has been found for a claim.
public struct PersistentVolumeClaimStatus: KubeRecord, Equatable {
  /// `Pending`, `Bound` or `Lost`.
  public var phase: String = ""
  /// What the volume offers.
  public var accessModes: [String] = []
  /// How much the volume has.
  public var capacity: SmallMap<Quantity> = [:]
  /// Such as `Resizing`.
  public var conditions: [Condition] = []
  /// How much a resize asks for.
  public var allocatedResources: SmallMap<Quantity> = [:]
  /// How far a resize is, by what is resized: `NodeResizePending`, `ControllerResizeInfeasible` and others.
  public var allocatedResourceStatuses: SmallMap<String> = [:]
  /// Class of attributes in force.
  public var currentVolumeAttributesClassName: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PersistentVolumeClaimStatus>([
    .shared(1, "phase", \.phase),
    .strings(2, "accessModes", \.accessModes),
    .quantities(3, "capacity", \.capacity),
    .records(4, "conditions", \.conditions),
    .quantities(5, "allocatedResources", \.allocatedResources),
    .stringMap(7, "allocatedResourceStatuses", \.allocatedResourceStatuses),
    .string(8, "currentVolumeAttributesClassName", \.currentVolumeAttributesClassName),
  ])
}
