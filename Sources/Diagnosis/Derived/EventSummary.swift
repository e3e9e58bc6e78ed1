import Kube

/// The columns of an Event, whichever of the two event APIs wrote it.
public struct EventSummary: KubeRecord, Equatable {
  /// LAST SEEN.
  public var lastSeen: Timestamp?
  /// FIRST SEEN.
  public var firstSeen: Timestamp?
  /// COUNT; at least 1.
  public var count = 0
  /// OBJECT, such as `pod/web-1`.
  public var object = ""
  /// SOURCE, such as `kubelet, node-1`.
  public var source = ""
  /// MESSAGE without white space around it.
  public var message = ""

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<EventSummary>([
    .time(1, "lastSeen", \.lastSeen),
    .time(2, "firstSeen", \.firstSeen),
    .int(3, "count", \.count),
    .string(4, "object", \.object),
    .string(5, "source", \.source),
    .string(6, "message", \.message),
  ])

  /// The columns of an Event.
  public init(_ event: Event) {
    firstSeen = event.firstTimestamp ?? event.eventTime
    lastSeen = event.lastTimestamp ?? firstSeen
    count = max(event.count, 1)
    if let series = event.series {
      lastSeen = series.lastObservedTime
      count = series.count
    }
    let kind = event.involvedObject.kind.lowercased()
    object = event.involvedObject.name.isEmpty ? kind : "\(kind)/\(event.involvedObject.name)"
    source = event.source.component.isEmpty ? event.reportingComponent : event.source.component
    if !event.source.host.isEmpty { source += ", \(event.source.host)" }
    message = Self.trimmed(event.message)
  }

  private static func trimmed(_ text: String) -> String {
    let start = text.drop { $0.isWhitespace }
    guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...last])
  }
}
