import Kube
import KubeClient
import PlainInterface

/// Events as whole objects for `events -o`. kubectl decodes them first: their fields stand in the order of the type, those
/// that are never left out included.
struct EventDocuments {
  private let format: OutputFormat
  private let showsManagedFields: Bool
  private var printer: ObjectPrinter

  private static let formats = ["json", "jsonpath", "jsonpath-as-json", "jsonpath-file", "kyaml", "name", "yaml"]

  /// `text` is the value of `-o`; the formats of tables are none here.
  init(_ text: String, _ format: OutputFormat, showsManagedFields: Bool) throws(CommandFailure) {
    switch format {
    case .table, .columns: throw OutputFormat.unknown(text, allowed: Self.formats)
    case .json, .yaml, .kyaml, .name, .jsonPath: break
    }
    self.format = format
    self.showsManagedFields = showsManagedFields
    printer = ObjectPrinter(format, showsManagedFields: showsManagedFields, keepsOrder: true)
  }

  /// Events as a list, those that happened earlier first.
  mutating func text(list events: [JSONValue]) throws(CommandFailure) -> String {
    let events = Self.sorted(events)
    if case .name = format { return try events.map { (event) throws(CommandFailure) in try text(event) }.joined() }
    return try print([
      "kind": "EventList", "apiVersion": "v1", "metadata": .object([:]), "items": .array(events.map(typed)),
    ])
  }

  /// One event.
  mutating func text(_ event: JSONValue) throws(CommandFailure) -> String { try print(typed(event)) }

  /// Those that happened earlier first.
  static func sorted(_ events: [JSONValue]) -> [JSONValue] {
    func last(_ event: JSONValue) -> Int64 {
      let texts = [event[path: "series", "lastObservedTime"], event["lastTimestamp"], event["eventTime"]]
      return texts.lazy.compactMap { $0?.string.flatMap { Timestamp($0) } }.first?.microseconds ?? .min
    }
    return events.map { (last($0), $0[path: "metadata", "name"]?.string ?? "", $0) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  private mutating func print(_ document: JSONValue) throws(CommandFailure) -> String {
    guard case .json = format else { return try printer.text(document) }
    return document.text(.kubectlTyped) + "\n"
  }

  // MARK: The type's fields

  private static let metadata = [
    "name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation", "creationTimestamp",
    "deletionTimestamp", "deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences", "finalizers",
    "managedFields",
  ]
  private static let reference = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"]

  private func typed(_ event: JSONValue) -> JSONValue {
    var result: [(String, JSONValue)] = [("kind", "Event"), ("apiVersion", "v1")]
    func add(_ name: String, orElse standard: JSONValue? = nil, _ fields: [String]? = nil) {
      guard let value = event[name] ?? standard else { return }
      result.append((name, fields.map { Self.ordered(value, $0) } ?? value))
    }
    add("metadata", orElse: .object([:]), Self.metadata.filter { showsManagedFields || $0 != "managedFields" })
    add("involvedObject", orElse: .object([:]), Self.reference)
    add("reason")
    add("message")
    add("source", orElse: .object([:]), ["component", "host"])
    add("firstTimestamp", orElse: .null)
    add("lastTimestamp", orElse: .null)
    add("count")
    add("type")
    add("eventTime", orElse: .null)
    add("series", ["count", "lastObservedTime"])
    add("action")
    add("related", Self.reference)
    add("reportingComponent", orElse: "")
    add("reportingInstance", orElse: "")
    return .object(SmallMap(uniquing: result))
  }

  private static func ordered(_ value: JSONValue, _ fields: [String]) -> JSONValue {
    guard value.object != nil else { return value }
    return .object(SmallMap(uniquing: fields.compactMap { name in value[name].map { (name, $0) } }))
  }
}
