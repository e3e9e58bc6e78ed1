/// Recommends what containers should request, and may set it (autoscaling.k8s.io/v1): a custom resource of the autoscaler
/// project, which only some clusters serve.
public struct VerticalPodAutoscaler: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "autoscaling.k8s.io", version: "v1", kind: "VerticalPodAutoscaler", plural: "verticalpodautoscalers",
      shortNames: ["vpa"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: VerticalPodAutoscalerSpec = VerticalPodAutoscalerSpec()
  /// What is.
  public var status: VerticalPodAutoscalerStatus = VerticalPodAutoscalerStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept. Custom resources come as JSON only: the numbers are podmedic's own.
  public static let schema = Schema<VerticalPodAutoscaler>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of a VerticalPodAutoscaler.
public struct VerticalPodAutoscalerSpec: KubeRecord, Equatable {
  /// Whose pods it looks at.
  public var targetRef: CrossVersionObjectReference = CrossVersionObjectReference()
  /// Whether it does more than recommend.
  public var updatePolicy: PodUpdatePolicy?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VerticalPodAutoscalerSpec>([
    .record(1, "targetRef", \.targetRef),
    .record(2, "updatePolicy", \.updatePolicy),
  ])
}

/// How recommendations reach pods.
public struct PodUpdatePolicy: KubeRecord, Equatable {
  /// `Off`, `Initial`, `Recreate`, `InPlaceOrRecreate` or the deprecated `Auto`; "" is `Auto`.
  public var updateMode: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodUpdatePolicy>([.shared(1, "updateMode", \.updateMode)])
}

/// What a VerticalPodAutoscaler reports.
public struct VerticalPodAutoscalerStatus: KubeRecord, Equatable {
  /// What it recommends; nil before it has seen enough.
  public var recommendation: RecommendedPodResources?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VerticalPodAutoscalerStatus>([
    .record(1, "recommendation", \.recommendation)
  ])
}

/// What is recommended for the containers of a pod.
public struct RecommendedPodResources: KubeRecord, Equatable {
  /// One for each container.
  public var containerRecommendations: [RecommendedContainerResources] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RecommendedPodResources>([
    .records(1, "containerRecommendations", \.containerRecommendations)
  ])
}

/// What is recommended for a container.
public struct RecommendedContainerResources: KubeRecord, Equatable {
  /// Name of the container.
  public var containerName: String = ""
  /// What it should request.
  public var target: SmallMap<Quantity> = [:]
  /// What it should request at least.
  public var lowerBound: SmallMap<Quantity> = [:]
  /// What it should request at most.
  public var upperBound: SmallMap<Quantity> = [:]

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RecommendedContainerResources>([
    .shared(1, "containerName", \.containerName),
    .quantities(2, "target", \.target),
    .quantities(3, "lowerBound", \.lowerBound),
    .quantities(4, "upperBound", \.upperBound),
  ])
}
