/// Bounds and defaults for pods, containers and claims (core/v1 LimitRange).
public struct LimitRange: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "LimitRange", plural: "limitranges", shortNames: ["limits"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: LimitRangeSpec = LimitRangeSpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LimitRange>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
  ])
}

/// Bounds and defaults.
public struct LimitRangeSpec: KubeRecord, Equatable {
  /// One for each type.
  public var limits: [LimitRangeItem] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LimitRangeSpec>([
    .records(1, "limits", \.limits)
  ])
}

/// Bounds and defaults for one type.
public struct LimitRangeItem: KubeRecord, Equatable {
  /// `Pod`, `Container` or `PersistentVolumeClaim`.
  public var type: String = ""
  /// The most of each resource.
  public var max: SmallMap<Quantity> = [:]
  /// The least of each resource.
  public var min: SmallMap<Quantity> = [:]
  /// Limits of containers that have none.
  public var `default`: SmallMap<Quantity> = [:]
  /// Requests of containers that have none.
  public var defaultRequest: SmallMap<Quantity> = [:]
  /// The most that limits may exceed requests, as a factor.
  public var maxLimitRequestRatio: SmallMap<Quantity> = [:]

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LimitRangeItem>([
    .shared(1, "type", \.type),
    .quantities(2, "max", \.max),
    .quantities(3, "min", \.min),
    .quantities(4, "default", \.`default`),
    .quantities(5, "defaultRequest", \.defaultRequest),
    .quantities(6, "maxLimitRequestRatio", \.maxLimitRequestRatio),
  ])
}
