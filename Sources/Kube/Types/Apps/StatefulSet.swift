/// Keeps numbered pods with volumes of their own (apps/v1 StatefulSet).
public struct StatefulSet: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "apps", version: "v1", kind: "StatefulSet", plural: "statefulsets", shortNames: ["sts"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: StatefulSetSpec = StatefulSetSpec()
  /// What is.
  public var status: StatefulSetStatus = StatefulSetStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<StatefulSet>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of a StatefulSet.
public struct StatefulSetSpec: KubeRecord, Equatable {
  /// How many pods; the server fills in 1.
  public var replicas: Int?
  /// The pods that belong to it.
  public var selector: LabelSelector?
  /// What its pods are made from.
  public var template: PodTemplateSpec = PodTemplateSpec()
  /// Claims that every pod gets.
  public var volumeClaimTemplates: [PersistentVolumeClaim] = []
  /// The headless Service that names the pods.
  public var serviceName: String = ""
  /// `OrderedReady` or `Parallel`.
  public var podManagementPolicy: String = ""
  /// How pods are replaced.
  public var updateStrategy: StatefulSetUpdateStrategy = StatefulSetUpdateStrategy()
  /// How many old ControllerRevisions are kept.
  public var revisionHistoryLimit: Int?
  /// Seconds that a pod must stay ready to be available.
  public var minReadySeconds: Int = 0
  /// What becomes of the claims.
  public var persistentVolumeClaimRetentionPolicy: StatefulSetPersistentVolumeClaimRetentionPolicy?
  /// Where the numbers start.
  public var ordinals: StatefulSetOrdinals?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<StatefulSetSpec>([
    .int(1, "replicas", \.replicas),
    .record(2, "selector", \.selector),
    .record(3, "template", \.template),
    .records(4, "volumeClaimTemplates", \.volumeClaimTemplates),
    .shared(5, "serviceName", \.serviceName),
    .shared(6, "podManagementPolicy", \.podManagementPolicy),
    .record(7, "updateStrategy", \.updateStrategy),
    .int(8, "revisionHistoryLimit", \.revisionHistoryLimit),
    .int(9, "minReadySeconds", \.minReadySeconds),
    .record(10, "persistentVolumeClaimRetentionPolicy", \.persistentVolumeClaimRetentionPolicy),
    .record(11, "ordinals", \.ordinals),
  ])
}

/// How pods of a StatefulSet are replaced.
public struct StatefulSetUpdateStrategy: KubeRecord, Equatable {
  /// `RollingUpdate` or `OnDelete`.
  public var type: String = ""
  /// The bounds of a rolling update.
  public var rollingUpdate: RollingUpdateStatefulSetStrategy?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<StatefulSetUpdateStrategy>([
    .shared(1, "type", \.type),
    .record(2, "rollingUpdate", \.rollingUpdate),
  ])
}

/// Bounds of a rolling update.
public struct RollingUpdateStatefulSetStrategy: KubeRecord, Equatable {
  /// Pods with smaller numbers stay as they are.
  public var partition: Int?
  /// Pods that may be missing; a share is rounded up.
  public var maxUnavailable: IntOrString?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RollingUpdateStatefulSetStrategy>([
    .int(1, "partition", \.partition),
    .intOrString(2, "maxUnavailable", \.maxUnavailable),
  ])
}

/// What becomes of the claims of pods that go.
public struct StatefulSetPersistentVolumeClaimRetentionPolicy: KubeRecord, Equatable {
  /// `Retain` or `Delete`, when the StatefulSet goes.
  public var whenDeleted: String = ""
  /// `Retain` or `Delete`, when it gets smaller.
  public var whenScaled: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<StatefulSetPersistentVolumeClaimRetentionPolicy>([
    .shared(1, "whenDeleted", \.whenDeleted),
    .shared(2, "whenScaled", \.whenScaled),
  ])
}

/// How pods are numbered.
public struct StatefulSetOrdinals: KubeRecord, Equatable {
  /// Number of the first pod.
  public var start: Int = 0

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<StatefulSetOrdinals>([
    .int(1, "start", \.start)
  ])
}

/// What the controller reports about a StatefulSet.
public struct StatefulSetStatus: KubeRecord, Equatable {
  /// Generation that the controller last acted on.
  public var observedGeneration: Int = 0
  /// Pods that exist.
  public var replicas: Int = 0
  /// Pods that are ready.
  public var readyReplicas: Int = 0
  /// Pods of the current revision.
  public var currentReplicas: Int = 0
  /// Pods of the revision that is being rolled out.
  public var updatedReplicas: Int = 0
  /// Name of the current revision.
  public var currentRevision: String = ""
  /// Name of the revision that is being rolled out.
  public var updateRevision: String = ""
  /// How often the name of a revision was taken.
  public var collisionCount: Int?
  /// Conditions.
  public var conditions: [ControllerCondition] = []
  /// Pods that have been ready long enough; nil on servers before 1.22, which do not count them.
  public var availableReplicas: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<StatefulSetStatus>([
    .int(1, "observedGeneration", \.observedGeneration),
    .int(2, "replicas", \.replicas),
    .int(3, "readyReplicas", \.readyReplicas),
    .int(4, "currentReplicas", \.currentReplicas),
    .int(5, "updatedReplicas", \.updatedReplicas),
    .shared(6, "currentRevision", \.currentRevision),
    .shared(7, "updateRevision", \.updateRevision),
    .int(9, "collisionCount", \.collisionCount),
    .records(10, "conditions", \.conditions),
    .int(11, "availableReplicas", \.availableReplicas),
  ])
}
