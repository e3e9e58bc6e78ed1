import DataFiles

/// Writes JSON: for `KUBERNETES_EXEC_INFO`.
enum JSONText {
  /// A string with its quotes.
  static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// An object of members that are JSON already.
  static func object(_ members: [(key: String, json: String)]) -> String {
    "{" + members.map { string($0.key) + ":" + $0.json }.joined(separator: ",") + "}"
  }

  /// What a node says; unquoted numbers, truth values and null are that in JSON too.
  static func value(_ node: DataNode) -> String {
    switch node.content {
    case .mapping(let entries): return object(entries.map { ($0.key, value($0.value)) })
    case .sequence(let elements): return "[" + elements.map(value).joined(separator: ",") + "]"
    case .scalar(let scalar):
      if node.isNull { return "null" }
      if let bool = node.bool { return bool ? "true" : "false" }
      if let integer = node.integer { return String(integer) }
      if let number = node.number { return "\(number)" }
      return string(scalar.text)
    }
  }
}
