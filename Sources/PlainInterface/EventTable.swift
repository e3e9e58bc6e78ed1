import Kube

/// Events in columns, as `kubectl events` prints them.
public struct EventTable: Sendable {
  private let withNamespace: Bool
  private var table = TextTable()

  /// A table with its headers, unless they are not wanted.
  public init(withNamespace: Bool, noHeaders: Bool) {
    self.withNamespace = withNamespace
    if !noHeaders {
      table.add((withNamespace ? ["NAMESPACE"] : []) + ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"])
    }
  }

  /// Adds an event.
  public mutating func add(_ event: Event, now: Timestamp) {
    let object = "\(event.involvedObject.kind)/\(event.involvedObject.name)"
    let message = event.message.split(separator: "\n").joined(separator: " ")
    table.add(
      ((withNamespace ? [event.metadata.namespace] : [])
        + [Self.lastSeen(event, now: now), event.type, event.reason, object, message]).map(PlainText.line))
  }

  /// What was added since, as lines.
  public mutating func takeLines() -> String { table.takeLines() }

  /// Those that happened earlier first.
  public static func precedes(_ left: Event, _ right: Event) -> Bool {
    let (a, b) = (last(left)?.microseconds ?? .min, last(right)?.microseconds ?? .min)
    return a != b ? a < b : left.metadata.name < right.metadata.name
  }

  private static func last(_ event: Event) -> Timestamp? {
    event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime
  }

  private static func lastSeen(_ event: Event, now: Timestamp) -> String {
    func ago(_ time: Timestamp?) -> String { time.map { now.since($0).human } ?? "<unknown>" }
    let first = event.firstTimestamp ?? event.eventTime
    let count = event.series?.count ?? event.count
    guard count > 1 else { return ago(last(event) ?? first) }
    return "\(ago(last(event))) (x\(count) over \(ago(first)))"
  }
}
