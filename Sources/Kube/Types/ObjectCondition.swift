/// What the conditions of all kinds have in common.
public protocol StatusCondition: KubeRecord {
  /// What it is about, such as `Ready`.
  var type: String { get }
  /// `True`, `False` or `Unknown`.
  var status: String { get }
  /// When `status` last changed.
  var lastTransitionTime: Timestamp? { get }
  /// A word for machines.
  var reason: String { get }
  /// A sentence for people.
  var message: String { get }
}

extension StatusCondition {
  /// Whether the status is `True`.
  public var isTrue: Bool { status == "True" }
  /// Whether the status is `False`.
  public var isFalse: Bool { status == "False" }
}

extension Sequence where Element: StatusCondition {
  /// The condition of a type, if there is one.
  public func condition(_ type: String) -> Element? { first { $0.type == type } }
}

extension Condition: StatusCondition {}

/// A condition in the layout that newer kinds share (apimachinery meta/v1 Condition).
public struct ObjectCondition: KubeRecord, Equatable, StatusCondition {
  /// What it is about.
  public var type = ""
  /// `True`, `False` or `Unknown`.
  public var status = ""
  /// Generation of the object that the condition is about.
  public var observedGeneration = 0
  /// When `status` last changed.
  public var lastTransitionTime: Timestamp?
  /// A word for machines.
  public var reason = ""
  /// A sentence for people.
  public var message = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ObjectCondition>([
    .shared(1, "type", \.type),
    .shared(2, "status", \.status),
    .int(3, "observedGeneration", \.observedGeneration),
    .time(4, "lastTransitionTime", \.lastTransitionTime),
    .shared(5, "reason", \.reason),
    .shared(6, "message", \.message),
  ])
}
