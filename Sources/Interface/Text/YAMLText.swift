import Kube
import Terminal

/// An object as coloured YAML.
public struct YAMLText {
  /// Show `metadata.managedFields`, which is long and seldom wanted.
  public var showsManagedFields = false
  /// Show the values of a Secret, decoded where they are text.
  public var showsSecrets = false

  /// YAML with managedFields folded and secrets masked.
  public init() {}

  /// The lines of an object. Texts that YAML would read as something else are quoted; the members are in the server's
  /// order but for the usual ones at the top.
  public func lines(_ object: JSONValue) -> [[Span]] {
    var writer = Writer()
    writer.write(prepared(object), indent: 0, isFirstOfItem: false)
    return writer.lines
  }

  private func prepared(_ object: JSONValue) -> JSONValue {
    guard case .object(let members) = object else { return object }
    let order = ["apiVersion", "kind", "metadata", "type", "data", "spec", "status"]
    let isSecret = object["kind"]?.string == "Secret"
    var entries: [(String, JSONValue)] = []
    for name in order { if let value = members[name] { entries.append((name, value)) } }
    for (name, value) in members.entries where !order.contains(name) { entries.append((name, value)) }
    return .object(
      SmallMap(
        uniquing: entries.map { name, value in
          switch name {
          case "metadata": (name, metadata(value, isSecret: isSecret))
          case "data": (name, !isSecret ? value : showsSecrets ? Self.decoded(value) : Self.masked(value))
          case "stringData": (name, isSecret && !showsSecrets ? Self.masked(value) : value)
          default: (name, value)
          }
        }))
  }

  private func metadata(_ value: JSONValue, isSecret: Bool) -> JSONValue {
    var value = value
    if !showsManagedFields, let fields = value["managedFields"]?.array {
      value["managedFields"] = .string(
        "… \(fields.count) \(fields.count == 1 ? "entry" : "entries") folded (m shows them)")
    }
    // The whole Secret stands in this annotation once more.
    let applied = "kubectl.kubernetes.io/last-applied-configuration"
    if isSecret, !showsSecrets, var annotations = value["annotations"], annotations[applied] != nil {
      annotations[applied] = "… masked (x decodes)"
      value["annotations"] = annotations
    }
    return value
  }

  private static func masked(_ value: JSONValue) -> JSONValue {
    guard let members = value.object else { return value }
    return .object(
      SmallMap(
        uniquing: members.entries.map { name, value in
          (name, .string("… \(value.string.map(Base64.size) ?? 0) bytes masked (x decodes)"))
        }))
  }

  /// Values as the text that they stand for; what is no text stays as it is.
  private static func decoded(_ value: JSONValue) -> JSONValue {
    guard let members = value.object else { return value }
    return .object(
      SmallMap(
        uniquing: members.entries.map { name, value in
          (name, value.string.flatMap(Base64.text).map(JSONValue.string) ?? value)
        }))
  }
}

private struct Writer {
  var lines: [[Span]] = []

  /// Deeper parts are written as `…`: no real object is so deep, and hostile ones must not exhaust the stack.
  private static let maximumIndent = 2 * 100

  mutating func write(_ value: JSONValue, indent: Int, isFirstOfItem: Bool) {
    guard indent < Self.maximumIndent else {
      lines.append([Span(String(repeating: " ", count: indent) + "…")])
      return
    }
    switch value {
    case .object(let members):
      for (position, entry) in members.entries.enumerated() {
        let isItem = isFirstOfItem && position == 0
        let lead = isItem ? String(repeating: " ", count: indent - 2) + "- " : String(repeating: " ", count: indent)
        member(entry.key, entry.value, lead: lead, indent: indent)
      }
    case .array(let values):
      for value in values { item(value, indent: indent) }
    default:
      append(scalar(value, indent: indent), lead: [Span(String(repeating: " ", count: indent))])
    }
  }

  private mutating func member(_ name: String, _ value: JSONValue, lead: String, indent: Int) {
    let head = [Span(lead), Span(Self.quotedIfNeeded(name), .fieldName), Span(":")]
    switch value {
    case .object(let members) where !members.isEmpty:
      lines.append(head)
      write(value, indent: indent + 2, isFirstOfItem: false)
    case .array(let values) where !values.isEmpty:
      lines.append(head)
      // As kubectl prints it: items stand under the first letter of the member's name.
      for value in values { item(value, indent: indent) }
    default:
      append(scalar(value, indent: indent), lead: head + [Span(" ")])
    }
  }

  private mutating func item(_ value: JSONValue, indent: Int) {
    switch value {
    case .object(let members) where !members.isEmpty: write(value, indent: indent + 2, isFirstOfItem: true)
    case .array(let values) where !values.isEmpty:
      lines.append([Span(String(repeating: " ", count: indent) + "-")])
      write(value, indent: indent + 2, isFirstOfItem: false)
    default:
      append(scalar(value, indent: indent), lead: [Span(String(repeating: " ", count: indent) + "- ")])
    }
  }

  private mutating func append(_ spans: [[Span]], lead: [Span]) {
    lines.append(lead + (spans.first ?? []))
    lines += spans.dropFirst()
  }

  private func scalar(_ value: JSONValue, indent: Int) -> [[Span]] {
    switch value {
    case .null: [[Span("null", .dim)]]
    case .bool(let value): [[Span(value ? "true" : "false", .number)]]
    case .int(let value): [[Span("\(value)", .number)]]
    case .double(let value): [[Span("\(value)", .number)]]
    case .array: [[Span("[]")]]
    case .object: [[Span("{}")]]
    case .string(let text): string(text, indent: indent)
    }
  }

  /// Several lines become a block, so that scripts and configuration files can be read.
  private func string(_ text: String, indent: Int) -> [[Span]] {
    guard text.contains("\n"), !text.contains("\r") else { return [[Span(Self.quotedIfNeeded(text), .string)]] }
    var body = text.split(separator: "\n", omittingEmptySubsequences: false)
    var header = "|-"
    if body.last == "" {
      body.removeLast()
      header = "|"
    }
    let lead = String(repeating: " ", count: indent + 2)
    return [[Span(header, .dim)]] + body.map { [Span(lead + $0, .string)] }
  }

  /// Double quotes where a bare word would be read as another type or break the syntax.
  static func quotedIfNeeded(_ text: String) -> String {
    let special: Set<Character> = [
      ":", "#", "{", "}", "[", "]", ",", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`",
    ]
    let words: Set<String> = ["", "null", "~", "true", "false", "yes", "no", "on", "off"]
    let needsQuotes =
      words.contains(text.lowercased()) || Double(text) != nil || text.first.map(special.contains) == true
      || text.first == " " || text.last == " " || text.hasPrefix("- ") || text.hasPrefix("? ") || text == "-"
      || text.contains(": ") || text.contains(" #") || text.hasSuffix(":")
      || text.unicodeScalars.contains { $0.value < 0x20 }
    return needsQuotes ? JSONValue.string(text).text() : text
  }
}
