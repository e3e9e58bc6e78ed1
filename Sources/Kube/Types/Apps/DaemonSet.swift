/// Keeps one pod on every node that fits (apps/v1 DaemonSet).
public struct DaemonSet: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "apps", version: "v1", kind: "DaemonSet", plural: "daemonsets", shortNames: ["ds"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: DaemonSetSpec = DaemonSetSpec()
  /// What is.
  public var status: DaemonSetStatus = DaemonSetStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DaemonSet>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of a DaemonSet.
public struct DaemonSetSpec: KubeRecord, Equatable {
  /// The pods that belong to it.
  public var selector: LabelSelector?
  /// What its pods are made from.
  public var template: PodTemplateSpec = PodTemplateSpec()
  /// How pods are replaced.
  public var updateStrategy: DaemonSetUpdateStrategy = DaemonSetUpdateStrategy()
  /// Seconds that a pod must stay ready to be available.
  public var minReadySeconds: Int = 0
  /// How many old ControllerRevisions are kept.
  public var revisionHistoryLimit: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DaemonSetSpec>([
    .record(1, "selector", \.selector),
    .record(2, "template", \.template),
    .record(3, "updateStrategy", \.updateStrategy),
    .int(4, "minReadySeconds", \.minReadySeconds),
    .int(6, "revisionHistoryLimit", \.revisionHistoryLimit),
  ])
}

/// How pods of a DaemonSet are replaced.
public struct DaemonSetUpdateStrategy: KubeRecord, Equatable {
  /// `RollingUpdate` or `OnDelete`.
  public var type: String = ""
  /// The bounds of a rolling update.
  public var rollingUpdate: RollingUpdateDeployment?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DaemonSetUpdateStrategy>([
    .shared(1, "type", \.type),
    .record(2, "rollingUpdate", \.rollingUpdate),
  ])
}

/// What the controller reports about a DaemonSet.
public struct DaemonSetStatus: KubeRecord, Equatable {
  /// Nodes that have the pod and should.
  public var currentNumberScheduled: Int = 0
  /// Nodes that have the pod and should not.
  public var numberMisscheduled: Int = 0
  /// Nodes that should have the pod.
  public var desiredNumberScheduled: Int = 0
  /// Nodes whose pod is ready.
  public var numberReady: Int = 0
  /// Generation that the controller last acted on.
  public var observedGeneration: Int = 0
  /// Nodes whose pod is made from the current template.
  public var updatedNumberScheduled: Int = 0
  /// Nodes whose pod has been ready long enough.
  public var numberAvailable: Int = 0
  /// Nodes that should have an available pod and do not.
  public var numberUnavailable: Int = 0
  /// How often the name of a revision was taken.
  public var collisionCount: Int?
  /// Conditions.
  public var conditions: [ControllerCondition] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DaemonSetStatus>([
    .int(1, "currentNumberScheduled", \.currentNumberScheduled),
    .int(2, "numberMisscheduled", \.numberMisscheduled),
    .int(3, "desiredNumberScheduled", \.desiredNumberScheduled),
    .int(4, "numberReady", \.numberReady),
    .int(5, "observedGeneration", \.observedGeneration),
    .int(6, "updatedNumberScheduled", \.updatedNumberScheduled),
    .int(7, "numberAvailable", \.numberAvailable),
    .int(8, "numberUnavailable", \.numberUnavailable),
    .int(9, "collisionCount", \.collisionCount),
    .records(10, "conditions", \.conditions),
  ])
}
