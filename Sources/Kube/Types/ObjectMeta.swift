/// `metadata` of every object (apimachinery meta/v1 ObjectMeta).
public struct ObjectMeta: KubeRecord, Equatable {
  /// Unique within kind and namespace.
  public var name = ""
  /// Set by clients that let the server choose a name.
  public var generateName = ""
  /// Empty for cluster-scoped kinds.
  public var namespace = ""
  /// Unique over time: a namesake created later has another.
  public var uid = ""
  /// Opaque version for optimistic locking and watches.
  public var resourceVersion = ""
  /// Counts changes of the desired state.
  public var generation = 0
  /// When the server created the object.
  public var creationTimestamp: Timestamp?
  /// Request time of the deletion plus its grace period.
  public var deletionTimestamp: Timestamp?
  /// Grace period of a deletion, in seconds.
  public var deletionGracePeriodSeconds: Int?
  /// Labels.
  public var labels: SmallMap<String> = [:]
  /// Annotations; a value of more than `longestKeptAnnotation` bytes is "" here and read again when a person opens
  /// the object.
  public var annotations: SmallMap<String> = [:]
  /// Objects that this one depends on.
  public var ownerReferences: [OwnerReference] = []
  /// What must be done before the object can go.
  public var finalizers: [String] = []

  /// Metadata with every field unset.
  public init() {}

  /// Longer annotation values (last applied configurations, for one) are not kept: they would cost more memory than
  /// everything else together.
  static let longestKeptAnnotation = 512

  /// The fields that are kept.
  public static let schema = Schema<ObjectMeta>([
    .string(1, "name", \.name),
    .string(2, "generateName", \.generateName),
    .shared(3, "namespace", \.namespace),
    .string(5, "uid", \.uid),
    .string(6, "resourceVersion", \.resourceVersion),
    .int(7, "generation", \.generation),
    .time(8, "creationTimestamp", \.creationTimestamp),
    .time(9, "deletionTimestamp", \.deletionTimestamp),
    .int(10, "deletionGracePeriodSeconds", \.deletionGracePeriodSeconds),
    .stringMap(11, "labels", \.labels),
    .stringMap(12, "annotations", \.annotations, longestValue: longestKeptAnnotation),
    .records(13, "ownerReferences", \.ownerReferences),
    .strings(14, "finalizers", \.finalizers),
  ])

  /// The owner that manages this object, if any.
  public var controller: OwnerReference? { ownerReferences.first { $0.controller } }
}

/// An object that another depends on (meta/v1 OwnerReference).
public struct OwnerReference: KubeRecord, Hashable {
  /// Kind of the owner.
  public var kind = ""
  /// Name of the owner.
  public var name = ""
  /// uid of the owner.
  public var uid = ""
  /// Group and version of the owner.
  public var apiVersion = ""
  /// Whether the owner manages the object; at most one does.
  public var controller = false

  /// A reference with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<OwnerReference>([
    .shared(1, "kind", \.kind),
    .shared(3, "name", \.name),
    .shared(4, "uid", \.uid),
    .shared(5, "apiVersion", \.apiVersion),
    .bool(6, "controller", \.controller),
  ])
}

/// Points at an object of any kind (core/v1 ObjectReference).
public struct ObjectReference: KubeRecord, Hashable {
  /// Kind of the object.
  public var kind = ""
  /// Empty for cluster-scoped kinds.
  public var namespace = ""
  /// Name of the object.
  public var name = ""
  /// uid of the object; empty when only the name is meant.
  public var uid = ""
  /// Group and version of the object.
  public var apiVersion = ""
  /// A part of the object, such as `spec.containers{web}`.
  public var fieldPath = ""

  /// A reference with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ObjectReference>([
    .shared(1, "kind", \.kind),
    .shared(2, "namespace", \.namespace),
    .shared(3, "name", \.name),
    .shared(4, "uid", \.uid),
    .shared(5, "apiVersion", \.apiVersion),
    .shared(7, "fieldPath", \.fieldPath),
  ])
}

/// A selector over labels (meta/v1 LabelSelector): all labels and all expressions must match; an empty one matches
/// everything.
public struct LabelSelector: KubeRecord, Equatable {
  /// Labels that must have exactly these values.
  public var matchLabels: SmallMap<String> = [:]
  /// Further requirements.
  public var matchExpressions: [LabelSelectorRequirement] = []

  /// An empty selector.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LabelSelector>([
    .stringMap(1, "matchLabels", \.matchLabels),
    .records(2, "matchExpressions", \.matchExpressions),
  ])
}

/// One requirement of a label selector.
public struct LabelSelectorRequirement: KubeRecord, Equatable {
  /// The label.
  public var key = ""
  /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
  public var `operator` = ""
  /// The values for `In` and `NotIn`.
  public var values: [String] = []

  /// A requirement with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LabelSelectorRequirement>([
    .shared(1, "key", \.key),
    .shared(2, "operator", \.operator),
    .strings(3, "values", \.values),
  ])
}

/// A condition of a pod, claim, job or namespace, whose types agree in their numbers; other kinds have types of their
/// own.
public struct Condition: KubeRecord, Equatable {
  /// What it is about, such as `Ready`.
  public var type = ""
  /// `True`, `False` or `Unknown`.
  public var status = ""
  /// When the controller last looked, where the type has it.
  public var lastProbeTime: Timestamp?
  /// When `status` last changed.
  public var lastTransitionTime: Timestamp?
  /// A word for machines.
  public var reason = ""
  /// A sentence for people.
  public var message = ""
  /// Generation of the object that the condition is about, where the type has it.
  public var observedGeneration = 0

  /// A condition with every field unset.
  public init() {}

  /// The layout of PodCondition; PersistentVolumeClaimCondition, JobCondition and NamespaceCondition have parts of it.
  public static let schema = Schema<Condition>([
    .shared(1, "type", \.type),
    .shared(2, "status", \.status),
    .time(3, "lastProbeTime", \.lastProbeTime),
    .time(4, "lastTransitionTime", \.lastTransitionTime),
    .shared(5, "reason", \.reason),
    .shared(6, "message", \.message),
    .int(7, "observedGeneration", \.observedGeneration),
  ])
}
