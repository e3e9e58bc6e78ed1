/// Wishes and demands of a pod about nodes and neighbours.
public struct Affinity: KubeRecord, Equatable {
  /// About the node.
  public var nodeAffinity: NodeAffinity?
  /// Pods that it must or would be near to.
  public var podAffinity: PodAffinity?
  /// Pods that it must or would be away from (PodAntiAffinity has the layout of PodAffinity).
  public var podAntiAffinity: PodAffinity?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Affinity>([
    .record(1, "nodeAffinity", \.nodeAffinity),
    .record(2, "podAffinity", \.podAffinity),
    .record(3, "podAntiAffinity", \.podAntiAffinity),
  ])
}

/// Wishes and demands about the node.
public struct NodeAffinity: KubeRecord, Equatable {
  /// What the node must have.
  public var required: NodeSelector?
  /// What the node would better have.
  public var preferred: [PreferredSchedulingTerm] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NodeAffinity>([
    .record(1, "requiredDuringSchedulingIgnoredDuringExecution", \.required),
    .records(2, "preferredDuringSchedulingIgnoredDuringExecution", \.preferred),
  ])
}

/// A selector over nodes: one of the terms must match.
public struct NodeSelector: KubeRecord, Equatable {
  /// The alternatives; none matches nothing.
  public var nodeSelectorTerms: [NodeSelectorTerm] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NodeSelector>([
    .records(1, "nodeSelectorTerms", \.nodeSelectorTerms)
  ])
}

/// Requirements that all must match; an empty term matches nothing.
public struct NodeSelectorTerm: KubeRecord, Equatable {
  /// About labels.
  public var matchExpressions: [NodeSelectorRequirement] = []
  /// About fields; `metadata.name` is the only one.
  public var matchFields: [NodeSelectorRequirement] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NodeSelectorTerm>([
    .records(1, "matchExpressions", \.matchExpressions),
    .records(2, "matchFields", \.matchFields),
  ])
}

/// One requirement about a node.
public struct NodeSelectorRequirement: KubeRecord, Equatable {
  /// The label or field.
  public var key: String = ""
  /// `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`.
  public var `operator`: String = ""
  /// The values that the operator compares with.
  public var values: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NodeSelectorRequirement>([
    .shared(1, "key", \.key),
    .shared(2, "operator", \.`operator`),
    .strings(3, "values", \.values),
  ])
}

/// A wish about the node.
public struct PreferredSchedulingTerm: KubeRecord, Equatable {
  /// 1 to 100; the weights of all wishes that a node meets are added up.
  public var weight: Int = 0
  /// What is wished.
  public var preference: NodeSelectorTerm = NodeSelectorTerm()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PreferredSchedulingTerm>([
    .int(1, "weight", \.weight),
    .record(2, "preference", \.preference),
  ])
}

/// Wishes and demands about neighbours.
public struct PodAffinity: KubeRecord, Equatable {
  /// All must be met.
  public var required: [PodAffinityTerm] = []
  /// Those met are added up.
  public var preferred: [WeightedPodAffinityTerm] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodAffinity>([
    .records(1, "requiredDuringSchedulingIgnoredDuringExecution", \.required),
    .records(2, "preferredDuringSchedulingIgnoredDuringExecution", \.preferred),
  ])
}

/// A wish about neighbours.
public struct WeightedPodAffinityTerm: KubeRecord, Equatable {
  /// 1 to 100.
  public var weight: Int = 0
  /// What is wished.
  public var podAffinityTerm: PodAffinityTerm = PodAffinityTerm()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<WeightedPodAffinityTerm>([
    .int(1, "weight", \.weight),
    .record(2, "podAffinityTerm", \.podAffinityTerm),
  ])
}

/// Which pods count as neighbours and where.
public struct PodAffinityTerm: KubeRecord, Equatable {
  /// The pods; nil matches none.
  public var labelSelector: LabelSelector?
  /// Namespaces of those pods; with no `namespaceSelector` either, the pod's own.
  public var namespaces: [String] = []
  /// Node label whose value makes a place.
  public var topologyKey: String = ""
  /// Further namespaces by their labels; an empty selector means all.
  public var namespaceSelector: LabelSelector?
  /// Labels whose values are taken from the incoming pod and must be equal.
  public var matchLabelKeys: [String] = []
  /// Labels whose values are taken from the incoming pod and must differ.
  public var mismatchLabelKeys: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodAffinityTerm>([
    .record(1, "labelSelector", \.labelSelector),
    .strings(2, "namespaces", \.namespaces),
    .shared(3, "topologyKey", \.topologyKey),
    .record(4, "namespaceSelector", \.namespaceSelector),
    .strings(5, "matchLabelKeys", \.matchLabelKeys),
    .strings(6, "mismatchLabelKeys", \.mismatchLabelKeys),
  ])
}

/// Taints that a pod accepts.
public struct Toleration: KubeRecord, Equatable {
  /// Key of the taint; empty with `Exists` for every taint.
  public var key: String = ""
  /// `Exists` or `Equal`; empty means `Equal`.
  public var `operator`: String = ""
  /// Value of the taint for `Equal`.
  public var value: String = ""
  /// Effect of the taint; empty for all effects.
  public var effect: String = ""
  /// Seconds until a `NoExecute` taint evicts after all; nil for never.
  public var tolerationSeconds: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Toleration>([
    .shared(1, "key", \.key),
    .shared(2, "operator", \.`operator`),
    .shared(3, "value", \.value),
    .shared(4, "effect", \.effect),
    .int(5, "tolerationSeconds", \.tolerationSeconds),
  ])
}

/// How evenly pods must be spread over places.
public struct TopologySpreadConstraint: KubeRecord, Equatable {
  /// The largest allowed difference between the fullest and the emptiest place.
  public var maxSkew: Int = 0
  /// Node label whose value makes a place.
  public var topologyKey: String = ""
  /// `DoNotSchedule` or `ScheduleAnyway`.
  public var whenUnsatisfiable: String = ""
  /// The pods that are counted.
  public var labelSelector: LabelSelector?
  /// Fewer places than this count as if an empty one existed.
  public var minDomains: Int?
  /// `Honor` (the default) or `Ignore` nodes that the pod's selectors exclude.
  public var nodeAffinityPolicy: String?
  /// `Honor` or `Ignore` (the default) taints when counting places.
  public var nodeTaintsPolicy: String?
  /// Labels whose values are taken from the incoming pod.
  public var matchLabelKeys: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<TopologySpreadConstraint>([
    .int(1, "maxSkew", \.maxSkew),
    .shared(2, "topologyKey", \.topologyKey),
    .shared(3, "whenUnsatisfiable", \.whenUnsatisfiable),
    .record(4, "labelSelector", \.labelSelector),
    .int(5, "minDomains", \.minDomains),
    .string(6, "nodeAffinityPolicy", \.nodeAffinityPolicy),
    .string(7, "nodeTaintsPolicy", \.nodeTaintsPolicy),
    .strings(8, "matchLabelKeys", \.matchLabelKeys),
  ])
}
