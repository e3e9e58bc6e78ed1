/// A condition of a ReplicaSet, ReplicationController, StatefulSet, DaemonSet or HorizontalPodAutoscaler, whose types
/// agree in their numbers.
public struct ControllerCondition: KubeRecord, Equatable, StatusCondition {
  /// What it is about.
  public var type: String = ""
  /// `True`, `False` or `Unknown`.
  public var status: String = ""
  /// When `status` last changed.
  public var lastTransitionTime: Timestamp?
  /// A word for machines.
  public var reason: String = ""
  /// A sentence for people.
  public var message: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ControllerCondition>([
    .shared(1, "type", \.type),
    .shared(2, "status", \.status),
    .time(3, "lastTransitionTime", \.lastTransitionTime),
    .shared(4, "reason", \.reason),
    .shared(5, "message", \.message),
  ])
}
