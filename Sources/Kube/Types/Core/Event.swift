/// Something that happened to an object (core/v1 Event).
public struct Event: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "Event", plural: "events", shortNames: ["ev"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// The object that it is about.
  public var involvedObject: ObjectReference = ObjectReference()
  /// A word, such as `BackOff`.
  public var reason: String = ""
  /// A sentence for people.
  public var message: String = ""
  /// Who reported it, in older reports.
  public var source: EventSource = EventSource()
  /// When it first happened, in older reports.
  public var firstTimestamp: Timestamp?
  /// When it last happened, in older reports.
  public var lastTimestamp: Timestamp?
  /// How often it happened, in older reports.
  public var count: Int = 0
  /// `Normal` or `Warning`.
  public var type: String = ""
  /// When it first happened, in newer reports.
  public var eventTime: Timestamp?
  /// Repetitions, in newer reports.
  public var series: EventSeries?
  /// What was done or refused.
  public var action: String = ""
  /// A second object that it is about.
  @Boxed public var related: ObjectReference?
  /// Who reported it, in newer reports.
  public var reportingComponent: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Event>([
    .record(1, "metadata", \.metadata),
    .record(2, "involvedObject", \.involvedObject),
    .shared(3, "reason", \.reason),
    .string(4, "message", \.message),
    .record(5, "source", \.source),
    .time(6, "firstTimestamp", \.firstTimestamp),
    .time(7, "lastTimestamp", \.lastTimestamp),
    .int(8, "count", \.count),
    .shared(9, "type", \.type),
    .time(10, "eventTime", \.eventTime),
    .record(11, "series", \.series),
    .shared(12, "action", \.action),
    .record(13, "related", \._related),
    .shared(14, "reportingComponent", \.reportingComponent),
  ])
}

/// Who reported an event.
public struct EventSource: KubeRecord, Equatable {
  /// The program.
  public var component: String = ""
  /// The node.
  public var host: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EventSource>([
    .shared(1, "component", \.component),
    .shared(2, "host", \.host),
  ])
}

/// Repetitions of an event.
public struct EventSeries: KubeRecord, Equatable {
  /// How often.
  public var count: Int = 0
  /// The last time.
  public var lastObservedTime: Timestamp?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EventSeries>([
    .int(1, "count", \.count),
    .time(2, "lastObservedTime", \.lastObservedTime),
  ])
}
