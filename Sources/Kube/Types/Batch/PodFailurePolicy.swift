/// What the failures of a Job's pods mean: the first rule that matches decides.
public struct PodFailurePolicy: KubeRecord, Equatable {
  /// The rules, in their order.
  public var rules: [PodFailurePolicyRule] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodFailurePolicy>([
    .records(1, "rules", \.rules)
  ])
}

/// What the failure of a pod means when it matches.
public struct PodFailurePolicyRule: KubeRecord, Equatable {
  /// `FailJob`, `FailIndex`, `Ignore` or `Count`.
  public var action: String = ""
  /// The exit codes that match; nil for a rule about conditions.
  public var onExitCodes: PodFailurePolicyOnExitCodes?
  /// The conditions of which one must match.
  public var onPodConditions: [PodFailurePolicyOnPodCondition] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodFailurePolicyRule>([
    .shared(1, "action", \.action),
    .record(2, "onExitCodes", \.onExitCodes),
    .records(3, "onPodConditions", \.onPodConditions),
  ])
}

/// Exit codes of containers.
public struct PodFailurePolicyOnExitCodes: KubeRecord, Equatable {
  /// `In` or `NotIn`.
  public var `operator`: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodFailurePolicyOnExitCodes>([
    .shared(2, "operator", \.operator)
  ])
}

/// A condition of a pod.
public struct PodFailurePolicyOnPodCondition: KubeRecord, Equatable {
  /// Such as `DisruptionTarget`.
  public var type: String = ""
  /// `True` when unset.
  public var status: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodFailurePolicyOnPodCondition>([
    .shared(1, "type", \.type),
    .shared(2, "status", \.status),
  ])
}
