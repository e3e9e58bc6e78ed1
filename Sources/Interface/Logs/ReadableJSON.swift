import Kube
import Terminal

/// Makes a log line that is a JSON object readable: level and message first, the other members as `name=value`.
enum ReadableJSON {
  private static let levels = ["level", "severity", "lvl", "log.level"]
  private static let messages = ["message", "msg", "error.message", "log"]
  private static let times = ["time", "ts", "timestamp", "@timestamp"]
  /// Longer lines are shown as they are: parsing them for every frame would be felt.
  private static let longest = 16_384

  /// The line made readable; nil when it is no JSON object.
  static func spans(_ text: String) -> [Span]? {
    guard text.utf8.first == UInt8(ascii: "{"), text.utf8.count <= longest,
      let members = (try? JSONValue(parsing: text))?.object
    else { return nil }
    var spans: [Span] = []
    let level = levels.lazy.compactMap { members[$0]?.string }.first
    if let level { spans.append(Span(level.uppercased() + " ", role(ofLevel: level))) }
    let message = messages.lazy.compactMap { members[$0]?.string }.first
    if let message { spans.append(Span(message)) }
    for (name, value) in members.entries where !(levels + messages + times).contains(name) {
      spans.append(Span("  \(name)=", .dim))
      spans.append(Span(value.string ?? value.text(), .string))
    }
    return spans.isEmpty ? nil : spans
  }

  private static func role(ofLevel level: String) -> Role {
    switch level.lowercased() {
    case "fatal", "panic", "critical", "error", "err", "emerg", "alert": .critical
    case "warn", "warning": .warning
    case "info", "notice": .notice
    default: .dim
    }
  }
}
