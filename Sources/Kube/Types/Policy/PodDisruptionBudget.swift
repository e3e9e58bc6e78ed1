/// How many pods may be evicted at a time (policy/v1 PodDisruptionBudget).
public struct PodDisruptionBudget: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "policy", version: "v1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets", shortNames: ["pdb"]),
    Resource(
      group: "policy", version: "v1beta1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets",
      shortNames: ["pdb"]),
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: PodDisruptionBudgetSpec = PodDisruptionBudgetSpec()
  /// What is.
  public var status: PodDisruptionBudgetStatus = PodDisruptionBudgetStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodDisruptionBudget>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// How many pods may be evicted at a time.
public struct PodDisruptionBudgetSpec: KubeRecord, Equatable {
  /// Pods that must stay; a share is rounded up.
  public var minAvailable: IntOrString?
  /// The pods that it is about; nil for none.
  public var selector: LabelSelector?
  /// Pods that may be missing; a share is rounded up.
  public var maxUnavailable: IntOrString?
  /// `IfHealthyBudget` (the default) or `AlwaysAllow`.
  public var unhealthyPodEvictionPolicy: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodDisruptionBudgetSpec>([
    .intOrString(1, "minAvailable", \.minAvailable),
    .record(2, "selector", \.selector),
    .intOrString(3, "maxUnavailable", \.maxUnavailable),
    .string(4, "unhealthyPodEvictionPolicy", \.unhealthyPodEvictionPolicy),
  ])
}

/// What a budget allows now.
public struct PodDisruptionBudgetStatus: KubeRecord, Equatable {
  /// Generation that the controller last acted on.
  public var observedGeneration: Int = 0
  /// Pods whose evictions were allowed and that the controller has not seen go yet, with the time.
  public var disruptedPods: SmallMap<Timestamp> = [:]
  /// Evictions that are allowed now.
  public var disruptionsAllowed: Int = 0
  /// Pods that are healthy.
  public var currentHealthy: Int = 0
  /// Pods that must be healthy.
  public var desiredHealthy: Int = 0
  /// Pods that are counted.
  public var expectedPods: Int = 0
  /// `DisruptionAllowed`.
  public var conditions: [ObjectCondition] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodDisruptionBudgetStatus>([
    .int(1, "observedGeneration", \.observedGeneration),
    .times(2, "disruptedPods", \.disruptedPods),
    .int(3, "disruptionsAllowed", \.disruptionsAllowed),
    .int(4, "currentHealthy", \.currentHealthy),
    .int(5, "desiredHealthy", \.desiredHealthy),
    .int(6, "expectedPods", \.expectedPods),
    .records(7, "conditions", \.conditions),
  ])
}
