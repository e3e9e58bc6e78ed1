/// Keeps replicas of a pod and replaces them step by step (apps/v1 Deployment).
public struct Deployment: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "apps", version: "v1", kind: "Deployment", plural: "deployments", shortNames: ["deploy"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: DeploymentSpec = DeploymentSpec()
  /// What is.
  public var status: DeploymentStatus = DeploymentStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Deployment>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of a Deployment.
public struct DeploymentSpec: KubeRecord, Equatable {
  /// How many pods; the server fills in 1.
  public var replicas: Int?
  /// The pods that belong to it.
  public var selector: LabelSelector?
  /// What its pods are made from.
  public var template: PodTemplateSpec = PodTemplateSpec()
  /// How pods are replaced.
  public var strategy: DeploymentStrategy = DeploymentStrategy()
  /// Seconds that a pod must stay ready to be available.
  public var minReadySeconds: Int = 0
  /// How many old ReplicaSets are kept.
  public var revisionHistoryLimit: Int?
  /// Whether changes wait.
  public var paused: Bool = false
  /// Seconds without progress after which the rollout has failed.
  public var progressDeadlineSeconds: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DeploymentSpec>([
    .int(1, "replicas", \.replicas),
    .record(2, "selector", \.selector),
    .record(3, "template", \.template),
    .record(4, "strategy", \.strategy),
    .int(5, "minReadySeconds", \.minReadySeconds),
    .int(6, "revisionHistoryLimit", \.revisionHistoryLimit),
    .bool(7, "paused", \.paused),
    .int(9, "progressDeadlineSeconds", \.progressDeadlineSeconds),
  ])
}

/// How pods are replaced.
public struct DeploymentStrategy: KubeRecord, Equatable {
  /// `RollingUpdate` or `Recreate`.
  public var type: String = ""
  /// The bounds of a rolling update.
  public var rollingUpdate: RollingUpdateDeployment?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DeploymentStrategy>([
    .shared(1, "type", \.type),
    .record(2, "rollingUpdate", \.rollingUpdate),
  ])
}

/// Bounds of a rolling update (also of DaemonSets, RollingUpdateDaemonSet).
public struct RollingUpdateDeployment: KubeRecord, Equatable {
  /// Pods that may be missing; a share is rounded down.
  public var maxUnavailable: IntOrString?
  /// Pods that may be too many; a share is rounded up.
  public var maxSurge: IntOrString?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RollingUpdateDeployment>([
    .intOrString(1, "maxUnavailable", \.maxUnavailable),
    .intOrString(2, "maxSurge", \.maxSurge),
  ])
}

/// What the controller reports about a Deployment.
public struct DeploymentStatus: KubeRecord, Equatable {
  /// Generation that the controller last acted on.
  public var observedGeneration: Int = 0
  /// Pods that exist.
  public var replicas: Int = 0
  /// Pods made from the current template.
  public var updatedReplicas: Int = 0
  /// Pods that are ready.
  public var readyReplicas: Int = 0
  /// Pods that have been ready long enough.
  public var availableReplicas: Int = 0
  /// Pods still missing.
  public var unavailableReplicas: Int = 0
  /// Pods that are going.
  public var terminatingReplicas: Int?
  /// `Available`, `Progressing` and `ReplicaFailure`.
  public var conditions: [DeploymentCondition] = []
  /// How often the name of a ReplicaSet was taken.
  public var collisionCount: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DeploymentStatus>([
    .int(1, "observedGeneration", \.observedGeneration),
    .int(2, "replicas", \.replicas),
    .int(3, "updatedReplicas", \.updatedReplicas),
    .int(7, "readyReplicas", \.readyReplicas),
    .int(4, "availableReplicas", \.availableReplicas),
    .int(5, "unavailableReplicas", \.unavailableReplicas),
    .int(9, "terminatingReplicas", \.terminatingReplicas),
    .records(6, "conditions", \.conditions),
    .int(8, "collisionCount", \.collisionCount),
  ])
}

/// A condition of a Deployment.
public struct DeploymentCondition: KubeRecord, Equatable, StatusCondition {
  /// What it is about.
  public var type: String = ""
  /// `True`, `False` or `Unknown`.
  public var status: String = ""
  /// When the condition last changed in any way.
  public var lastUpdateTime: Timestamp?
  /// When `status` last changed.
  public var lastTransitionTime: Timestamp?
  /// A word for machines.
  public var reason: String = ""
  /// A sentence for people.
  public var message: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DeploymentCondition>([
    .shared(1, "type", \.type),
    .shared(2, "status", \.status),
    .time(6, "lastUpdateTime", \.lastUpdateTime),
    .time(7, "lastTransitionTime", \.lastTransitionTime),
    .shared(4, "reason", \.reason),
    .shared(5, "message", \.message),
  ])
}
