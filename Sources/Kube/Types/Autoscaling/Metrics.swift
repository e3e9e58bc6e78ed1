/// A measure that an autoscaler goes by: a type and the part of that name.
public struct MetricSpec: KubeRecord, Equatable {
  /// `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
  public var type: String = ""
  /// A measure of one object.
  @Boxed public var object: ObjectMetricSource?
  /// A measure of each pod.
  @Boxed public var pods: PodsMetricSource?
  /// CPU or memory of the pods.
  @Boxed public var resource: ResourceMetricSource?
  /// A measure from outside the cluster (ExternalMetricSource has the same layout).
  @Boxed public var external: PodsMetricSource?
  /// CPU or memory of one container of each pod.
  @Boxed public var containerResource: ContainerResourceMetricSource?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<MetricSpec>([
    .shared(1, "type", \.type),
    .record(2, "object", \._object),
    .record(3, "pods", \._pods),
    .record(4, "resource", \._resource),
    .record(5, "external", \._external),
    .record(7, "containerResource", \._containerResource),
  ])
}

/// The value that an autoscaler aims at.
public struct MetricTarget: KubeRecord, Equatable {
  /// `Utilization`, `Value` or `AverageValue`.
  public var type: String = ""
  /// The value of the measure.
  public var value: Quantity?
  /// The value a pod.
  public var averageValue: Quantity?
  /// Percent of the requests, on average.
  public var averageUtilization: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<MetricTarget>([
    .shared(1, "type", \.type),
    .quantity(2, "value", \.value),
    .quantity(3, "averageValue", \.averageValue),
    .int(4, "averageUtilization", \.averageUtilization),
  ])
}

/// Names a measure.
public struct MetricIdentifier: KubeRecord, Equatable {
  /// Its name.
  public var name: String = ""
  /// Which series of it.
  public var selector: LabelSelector?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<MetricIdentifier>([
    .shared(1, "name", \.name),
    .record(2, "selector", \.selector),
  ])
}

/// CPU or memory of the pods.
public struct ResourceMetricSource: KubeRecord, Equatable {
  /// `cpu` or `memory`.
  public var name: String = ""
  /// What is aimed at.
  public var target: MetricTarget = MetricTarget()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ResourceMetricSource>([
    .shared(1, "name", \.name),
    .record(2, "target", \.target),
  ])
}

/// CPU or memory of one container of each pod.
public struct ContainerResourceMetricSource: KubeRecord, Equatable {
  /// `cpu` or `memory`.
  public var name: String = ""
  /// What is aimed at.
  public var target: MetricTarget = MetricTarget()
  /// The container.
  public var container: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ContainerResourceMetricSource>([
    .shared(1, "name", \.name),
    .record(2, "target", \.target),
    .shared(3, "container", \.container),
  ])
}

/// A measure of each pod, or from outside the cluster.
public struct PodsMetricSource: KubeRecord, Equatable {
  /// The measure.
  public var metric: MetricIdentifier = MetricIdentifier()
  /// What is aimed at.
  public var target: MetricTarget = MetricTarget()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodsMetricSource>([
    .record(1, "metric", \.metric),
    .record(2, "target", \.target),
  ])
}

/// A measure of one object.
public struct ObjectMetricSource: KubeRecord, Equatable {
  /// The object.
  public var describedObject: CrossVersionObjectReference = CrossVersionObjectReference()
  /// What is aimed at.
  public var target: MetricTarget = MetricTarget()
  /// The measure.
  public var metric: MetricIdentifier = MetricIdentifier()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ObjectMetricSource>([
    .record(1, "describedObject", \.describedObject),
    .record(2, "target", \.target),
    .record(3, "metric", \.metric),
  ])
}

/// What an autoscaler measured: a type and the part of that name.
public struct MetricStatus: KubeRecord, Equatable {
  /// `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
  public var type: String = ""
  /// A measure of one object.
  @Boxed public var object: ObjectMetricStatus?
  /// A measure of each pod.
  @Boxed public var pods: PodsMetricStatus?
  /// CPU or memory of the pods.
  @Boxed public var resource: ResourceMetricStatus?
  /// A measure from outside the cluster (ExternalMetricStatus has the same layout).
  @Boxed public var external: PodsMetricStatus?
  /// CPU or memory of one container of each pod.
  @Boxed public var containerResource: ContainerResourceMetricStatus?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<MetricStatus>([
    .shared(1, "type", \.type),
    .record(2, "object", \._object),
    .record(3, "pods", \._pods),
    .record(4, "resource", \._resource),
    .record(5, "external", \._external),
    .record(7, "containerResource", \._containerResource),
  ])
}

/// A value that was measured.
public struct MetricValueStatus: KubeRecord, Equatable {
  /// The value of the measure.
  public var value: Quantity?
  /// The value a pod.
  public var averageValue: Quantity?
  /// Percent of the requests, on average.
  public var averageUtilization: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<MetricValueStatus>([
    .quantity(1, "value", \.value),
    .quantity(2, "averageValue", \.averageValue),
    .int(3, "averageUtilization", \.averageUtilization),
  ])
}

/// CPU or memory of the pods.
public struct ResourceMetricStatus: KubeRecord, Equatable {
  /// `cpu` or `memory`.
  public var name: String = ""
  /// What was measured.
  public var current: MetricValueStatus = MetricValueStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ResourceMetricStatus>([
    .shared(1, "name", \.name),
    .record(2, "current", \.current),
  ])
}

/// CPU or memory of one container of each pod.
public struct ContainerResourceMetricStatus: KubeRecord, Equatable {
  /// `cpu` or `memory`.
  public var name: String = ""
  /// What was measured.
  public var current: MetricValueStatus = MetricValueStatus()
  /// The container.
  public var container: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ContainerResourceMetricStatus>([
    .shared(1, "name", \.name),
    .record(2, "current", \.current),
    .shared(3, "container", \.container),
  ])
}

/// A measure of each pod, or from outside the cluster.
public struct PodsMetricStatus: KubeRecord, Equatable {
  /// The measure.
  public var metric: MetricIdentifier = MetricIdentifier()
  /// What was measured.
  public var current: MetricValueStatus = MetricValueStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodsMetricStatus>([
    .record(1, "metric", \.metric),
    .record(2, "current", \.current),
  ])
}

/// A measure of one object.
public struct ObjectMetricStatus: KubeRecord, Equatable {
  /// The measure.
  public var metric: MetricIdentifier = MetricIdentifier()
  /// What was measured.
  public var current: MetricValueStatus = MetricValueStatus()
  /// The object.
  public var describedObject: CrossVersionObjectReference = CrossVersionObjectReference()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ObjectMetricStatus>([
    .record(1, "metric", \.metric),
    .record(2, "current", \.current),
    .record(3, "describedObject", \.describedObject),
  ])
}
