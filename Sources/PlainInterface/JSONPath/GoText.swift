import Kube

/// Values as Go's `%v` prints them.
enum GoText {
  /// Texts as they are, lists as `[a b]`, maps as `map[k:v]`, sorted by key.
  static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: "<nil>"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .double(let value): GoNumber.general(value)
    case .string(let text): text
    case .array(let values): "[" + values.map(text).joined(separator: " ") + "]"
    case .object(let map):
      "map["
        + map.entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { "\($0.key):\(text($0.value))" }.joined(separator: " ") + "]"
    }
  }
}
