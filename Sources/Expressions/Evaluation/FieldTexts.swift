import DataFiles
import Kube

extension FieldValue {
  /// The value in words, as `string(…)` gives it: durations as kubectl prints ages (`3h20m`), times in RFC 3339, lists
  /// joined by commas, maps as kubectl prints labels (`a=1,b=2`), "" for what is not set.
  public var text: String {
    switch self {
    case .null: return ""
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .double(let value): return Self.decimal(value)
    case .string(let text): return text
    case .timestamp(let time): return time.description
    case .duration(let length): return length.human
    case .quantity(let quantity): return quantity.text
    case .list(let values): return values.map(\.text).joined(separator: ",")
    case .map(let map):
      return map.entries.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.text)" }.joined(separator: ",")
    case .record: return "…"
    }
  }

  /// The value as evidence shows it: short, texts in quotes.
  public var quoted: String {
    switch self {
    case .null: "not set"
    case .string(let text): Printable.quoted(text)
    case .list(let values):
      "[" + values.prefix(5).map(\.quoted).joined(separator: ", ") + (values.count > 5 ? ", …]" : "]")
    case .map(let map): "{\(map.count) entr\(map.count == 1 ? "y" : "ies")}"
    case .record: "set"
    default: text
    }
  }

  /// What kind of value it is, for messages.
  var kindName: String {
    switch self {
    case .null: "nothing"
    case .bool: "a truth value"
    case .int: "a whole number"
    case .double: "a number"
    case .string: "a text"
    case .timestamp: "a time"
    case .duration: "a duration"
    case .quantity: "a quantity"
    case .list: "a list"
    case .map: "a map"
    case .record: "an object"
    }
  }

  /// Without an exponent or ".0" where the number is whole.
  private static func decimal(_ value: Double) -> String {
    if let whole = Int(exactly: value) { return String(whole) }
    return "\(value)"
  }
}
