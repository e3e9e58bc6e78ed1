/// Changes the number of replicas with the load (autoscaling/v2).
public struct HorizontalPodAutoscaler: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "autoscaling", version: "v2", kind: "HorizontalPodAutoscaler", plural: "horizontalpodautoscalers",
      shortNames: ["hpa"]),
    Resource(
      group: "autoscaling", version: "v2beta2", kind: "HorizontalPodAutoscaler", plural: "horizontalpodautoscalers",
      shortNames: ["hpa"]),
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: HorizontalPodAutoscalerSpec = HorizontalPodAutoscalerSpec()
  /// What is.
  public var status: HorizontalPodAutoscalerStatus = HorizontalPodAutoscalerStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<HorizontalPodAutoscaler>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of an autoscaler.
public struct HorizontalPodAutoscalerSpec: KubeRecord, Equatable {
  /// What it scales.
  public var scaleTargetRef: CrossVersionObjectReference = CrossVersionObjectReference()
  /// The fewest replicas; nil means 1.
  public var minReplicas: Int?
  /// The most replicas.
  public var maxReplicas: Int = 0
  /// What it goes by.
  public var metrics: [MetricSpec] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<HorizontalPodAutoscalerSpec>([
    .record(1, "scaleTargetRef", \.scaleTargetRef),
    .int(2, "minReplicas", \.minReplicas),
    .int(3, "maxReplicas", \.maxReplicas),
    .records(4, "metrics", \.metrics),
  ])
}

/// Names an object in the same namespace.
public struct CrossVersionObjectReference: KubeRecord, Equatable {
  /// Kind of the object.
  public var kind: String = ""
  /// Name of the object.
  public var name: String = ""
  /// Group and version of the object.
  public var apiVersion: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CrossVersionObjectReference>([
    .shared(1, "kind", \.kind),
    .shared(2, "name", \.name),
    .shared(3, "apiVersion", \.apiVersion),
  ])
}

/// What the autoscaler reports.
public struct HorizontalPodAutoscalerStatus: KubeRecord, Equatable {
  /// Generation that it last acted on.
  public var observedGeneration: Int?
  /// When it last changed the number.
  public var lastScaleTime: Timestamp?
  /// Replicas that it last saw.
  public var currentReplicas: Int = 0
  /// Replicas that it last wanted.
  public var desiredReplicas: Int = 0
  /// What it last measured.
  public var currentMetrics: [MetricStatus] = []
  /// `AbleToScale`, `ScalingActive` and `ScalingLimited`.
  public var conditions: [ControllerCondition] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<HorizontalPodAutoscalerStatus>([
    .int(1, "observedGeneration", \.observedGeneration),
    .time(2, "lastScaleTime", \.lastScaleTime),
    .int(3, "currentReplicas", \.currentReplicas),
    .int(4, "desiredReplicas", \.desiredReplicas),
    .records(5, "currentMetrics", \.currentMetrics),
    .records(6, "conditions", \.conditions),
  ])
}
