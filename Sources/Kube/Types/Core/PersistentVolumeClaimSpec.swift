/// What a claim asks for (core/v1 PersistentVolumeClaimSpec).
public struct PersistentVolumeClaimSpec: KubeRecord, Equatable {
  /// Such as `ReadWriteOnce`.
  public var accessModes: [String] = []
  /// Labels that the volume must have.
  public var selector: LabelSelector?
  /// How much.
  public var resources: VolumeResourceRequirements = VolumeResourceRequirements()
  /// The volume it is bound to or insists on.
  public var volumeName: String = ""
  /// The storage class; nil for the default one, "" for none.
  public var storageClassName: String?
  /// `Filesystem` (the default) or `Block`.
  public var volumeMode: String?
  /// What the volume is filled from (TypedLocalObjectReference: no namespace).
  @Boxed public var dataSource: TypedObjectReference?
  /// What the volume is filled from.
  @Boxed public var dataSourceRef: TypedObjectReference?
  /// Class of attributes that can be changed later.
  public var volumeAttributesClassName: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PersistentVolumeClaimSpec>([
    .strings(1, "accessModes", \.accessModes),
    .record(4, "selector", \.selector),
    .record(2, "resources", \.resources),
    .shared(3, "volumeName", \.volumeName),
    .string(5, "storageClassName", \.storageClassName),
    .string(6, "volumeMode", \.volumeMode),
    .record(7, "dataSource", \._dataSource),
    .record(8, "dataSourceRef", \._dataSourceRef),
    .string(9, "volumeAttributesClassName", \.volumeAttributesClassName),
  ])
}

/// How much storage.
public struct VolumeResourceRequirements: KubeRecord, Equatable {
  /// The most that is accepted.
  public var limits: SmallMap<Quantity> = [:]
  /// The least that is accepted.
  public var requests: SmallMap<Quantity> = [:]

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeResourceRequirements>([
    .quantities(1, "limits", \.limits),
    .quantities(2, "requests", \.requests),
  ])
}

/// Names an object of any kind.
public struct TypedObjectReference: KubeRecord, Equatable {
  /// Group of the kind; nil for the core group.
  public var apiGroup: String?
  /// Kind of the object.
  public var kind: String = ""
  /// Name of the object.
  public var name: String = ""
  /// Namespace; nil for the claim's.
  public var namespace: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<TypedObjectReference>([
    .string(1, "apiGroup", \.apiGroup),
    .shared(2, "kind", \.kind),
    .shared(3, "name", \.name),
    .string(4, "namespace", \.namespace),
  ])
}
