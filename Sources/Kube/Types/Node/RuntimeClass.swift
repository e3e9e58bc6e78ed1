/// A way to run containers (node.k8s.io/v1 RuntimeClass).
public struct RuntimeClass: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "node.k8s.io", version: "v1", kind: "RuntimeClass", plural: "runtimeclasses", isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What the nodes' container runtimes call it.
  public var handler: String = ""
  /// What running a pod this way costs besides its containers.
  @Boxed public var overhead: RuntimeClassOverhead?
  /// Which nodes can run pods this way.
  @Boxed public var scheduling: RuntimeClassScheduling?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RuntimeClass>([
    .record(1, "metadata", \.metadata),
    .shared(2, "handler", \.handler),
    .record(3, "overhead", \._overhead),
    .record(4, "scheduling", \._scheduling),
  ])
}

/// What a runtime class costs.
public struct RuntimeClassOverhead: KubeRecord, Equatable {
  /// Amounts for each pod.
  public var podFixed: SmallMap<Quantity> = [:]

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RuntimeClassOverhead>([
    .quantities(1, "podFixed", \.podFixed)
  ])
}

/// Which nodes a runtime class works on.
public struct RuntimeClassScheduling: KubeRecord, Equatable {
  /// Labels that the node must have; added to the pod's own.
  public var nodeSelector: SmallMap<String> = [:]
  /// Tolerations that pods get besides their own.
  public var tolerations: [Toleration] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RuntimeClassScheduling>([
    .stringMap(1, "nodeSelector", \.nodeSelector),
    .records(2, "tolerations", \.tolerations),
  ])
}
