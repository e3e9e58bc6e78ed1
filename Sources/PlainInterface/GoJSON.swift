import Kube

/// JSON as kubectl prints it: keys in order, indented by four spaces, with Go's escapes for what could hurt in HTML.
public enum GoJSON {
  /// The document with a line end.
  public static func text(_ value: JSONValue) -> String {
    var text = ""
    write(value, to: &text, level: 0)
    return text + "\n"
  }

  private static func write(_ value: JSONValue, to text: inout String, level: Int) {
    let inner = String(repeating: "    ", count: level + 1)
    let outer = String(repeating: "    ", count: level)
    switch value {
    case .null, .bool, .int, .double: text += scalar(value)
    case .string(let string): text += quoted(string)
    case .array(let values):
      guard !values.isEmpty else { return text += "[]" }
      text += "[\n"
      for (index, element) in values.enumerated() {
        text += inner
        write(element, to: &text, level: level + 1)
        text += index < values.count - 1 ? ",\n" : "\n"
      }
      text += outer + "]"
    case .object(let map):
      guard !map.isEmpty else { return text += "{}" }
      text += "{\n"
      let entries = map.entries.sorted { Self.precedes($0.key, $1.key) }
      for (index, entry) in entries.enumerated() {
        text += inner + quoted(entry.key) + ": "
        write(entry.value, to: &text, level: level + 1)
        text += index < entries.count - 1 ? ",\n" : "\n"
      }
      text += outer + "}"
    }
  }

  /// Go orders strings by their bytes.
  static func precedes(_ left: String, _ right: String) -> Bool { left.utf8.lexicographicallyPrecedes(right.utf8) }

  static func scalar(_ value: JSONValue) -> String { value.text() }

  static func quoted(_ string: String) -> String {
    var result = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..<"\u{20}", "\u{7F}"..<"\u{A0}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
