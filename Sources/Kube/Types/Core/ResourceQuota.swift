/// How much a namespace may use (core/v1 ResourceQuota).
public struct ResourceQuota: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "ResourceQuota", plural: "resourcequotas", shortNames: ["quota"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: ResourceQuotaSpec = ResourceQuotaSpec()
  /// What is.
  public var status: ResourceQuotaStatus = ResourceQuotaStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ResourceQuota>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// Bounds of a namespace.
public struct ResourceQuotaSpec: KubeRecord, Equatable {
  /// The most of each resource.
  public var hard: SmallMap<Quantity> = [:]
  /// What the objects counted have in common, such as `BestEffort`.
  public var scopes: [String] = []
  /// The same with operators.
  public var scopeSelector: ScopeSelector?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ResourceQuotaSpec>([
    .quantities(1, "hard", \.hard),
    .strings(2, "scopes", \.scopes),
    .record(3, "scopeSelector", \.scopeSelector),
  ])
}

/// Which objects a quota counts.
public struct ScopeSelector: KubeRecord, Equatable {
  /// All must match.
  public var matchExpressions: [ScopedResourceSelectorRequirement] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ScopeSelector>([
    .records(1, "matchExpressions", \.matchExpressions)
  ])
}

/// One requirement about objects that a quota counts.
public struct ScopedResourceSelectorRequirement: KubeRecord, Equatable {
  /// The scope, such as `PriorityClass`.
  public var scopeName: String = ""
  /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
  public var `operator`: String = ""
  /// The values for `In` and `NotIn`.
  public var values: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ScopedResourceSelectorRequirement>([
    .shared(1, "scopeName", \.scopeName),
    .shared(2, "operator", \.`operator`),
    .strings(3, "values", \.values),
  ])
}

/// Use of a quota.
public struct ResourceQuotaStatus: KubeRecord, Equatable {
  /// The bounds in force.
  public var hard: SmallMap<Quantity> = [:]
  /// What is used.
  public var used: SmallMap<Quantity> = [:]

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ResourceQuotaStatus>([
    .quantities(1, "hard", \.hard),
    .quantities(2, "used", \.used),
  ])
}
