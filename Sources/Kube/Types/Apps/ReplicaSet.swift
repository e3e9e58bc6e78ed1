/// Keeps replicas of a pod (apps/v1 ReplicaSet).
public struct ReplicaSet: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "apps", version: "v1", kind: "ReplicaSet", plural: "replicasets", shortNames: ["rs"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: ReplicaSetSpec = ReplicaSetSpec()
  /// What is.
  public var status: ReplicaSetStatus = ReplicaSetStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ReplicaSet>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of a ReplicaSet.
public struct ReplicaSetSpec: KubeRecord, Equatable {
  /// How many pods; the server fills in 1.
  public var replicas: Int?
  /// Seconds that a pod must stay ready to be available.
  public var minReadySeconds: Int = 0
  /// The pods that belong to it.
  public var selector: LabelSelector?
  /// What its pods are made from.
  public var template: PodTemplateSpec = PodTemplateSpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ReplicaSetSpec>([
    .int(1, "replicas", \.replicas),
    .int(4, "minReadySeconds", \.minReadySeconds),
    .record(2, "selector", \.selector),
    .record(3, "template", \.template),
  ])
}

/// What the controller reports about a ReplicaSet.
public struct ReplicaSetStatus: KubeRecord, Equatable {
  /// Pods that exist.
  public var replicas: Int = 0
  /// Pods that carry the template's labels.
  public var fullyLabeledReplicas: Int = 0
  /// Pods that are ready.
  public var readyReplicas: Int = 0
  /// Pods that have been ready long enough.
  public var availableReplicas: Int = 0
  /// Pods that are going.
  public var terminatingReplicas: Int?
  /// Generation that the controller last acted on.
  public var observedGeneration: Int = 0
  /// `ReplicaFailure`.
  public var conditions: [ControllerCondition] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ReplicaSetStatus>([
    .int(1, "replicas", \.replicas),
    .int(2, "fullyLabeledReplicas", \.fullyLabeledReplicas),
    .int(4, "readyReplicas", \.readyReplicas),
    .int(5, "availableReplicas", \.availableReplicas),
    .int(7, "terminatingReplicas", \.terminatingReplicas),
    .int(3, "observedGeneration", \.observedGeneration),
    .records(6, "conditions", \.conditions),
  ])
}
