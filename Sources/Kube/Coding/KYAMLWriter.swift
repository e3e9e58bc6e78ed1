/// Writes KYAML, the dialect of YAML that `kubectl get -o kyaml` prints: braces and brackets, every text in double
/// quotes, a comma behind every value, keys quoted only where a reader could take them for something else.
public struct KYAMLWriter {
  private var text = ""

  private let sortsKeys: Bool

  private init(sortsKeys: Bool) { self.sortsKeys = sortsKeys }

  /// The document, `---` before it and a line end behind it.
  public static func text(_ value: JSONValue, sortsKeys: Bool = true) -> String {
    var writer = KYAMLWriter(sortsKeys: sortsKeys)
    writer.text = "---\n"
    writer.write(value, indent: 0)
    return writer.text + "\n"
  }

  private mutating func write(_ value: JSONValue, indent: Int) {
    switch value {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .int(let value): text += String(value)
    case .double(let value): text += GoNumber.general(value)
    case .string(let string): write(string, indent: indent)
    case .array(let values): write(values, indent: indent)
    case .object(let map): write(map, indent: indent)
    }
  }

  private mutating func write(_ map: SmallMap<JSONValue>, indent: Int) {
    guard !map.isEmpty else { return text += "{}" }
    text += "{\n"
    let entries =
      sortsKeys
      ? map.entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } : map.entries
    for entry in entries {
      pad(indent + 2)
      text += Self.isPlainKey(entry.key) ? entry.key : YAMLScalar.doubleQuoted(entry.key)
      text += ": "
      write(entry.value, indent: indent + 2)
      text += ",\n"
    }
    pad(indent)
    text += "}"
  }

  private mutating func write(_ values: [JSONValue], indent: Int) {
    guard !values.isEmpty else { return text += "[]" }
    // Objects among themselves, and lists among themselves, stand brace to brace.
    if values.allSatisfy({ $0.object != nil }) || values.allSatisfy({ $0.array != nil }) {
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += ", " }
        write(value, indent: indent)
      }
      return text += "]"
    }
    text += "[\n"
    for value in values {
      pad(indent + 2)
      write(value, indent: indent + 2)
      text += ",\n"
    }
    pad(indent)
    text += "]"
  }

  /// A text of several lines is folded: a backslash at the end of each line of the document hides its end, and one at
  /// the beginning keeps the spaces that follow.
  private mutating func write(_ string: String, indent: Int) {
    guard string.unicodeScalars.contains("\n") else { return text += Self.quoted(string) }
    var lines = string.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    let endsLine = lines.last?.isEmpty == true
    if endsLine { lines.removeLast() }
    text += "\"\\\n"
    for (index, line) in lines.enumerated() {
      let isIndented = line.first == " " || line.first == "\t"
      pad(indent + (isIndented ? 2 : 3))
      text += (isIndented ? "\\" : "") + Self.quoted(String(line)).dropFirst().dropLast()
      text += (endsLine || index < lines.count - 1 ? "\\n" : "") + "\\\n"
    }
    pad(indent + 2)
    text += "\""
  }

  private mutating func pad(_ count: Int) { text += String(repeating: " ", count: count) }

  /// In double quotes, tabs as they are.
  private static func quoted(_ string: String) -> String {
    "\""
      + string.split(separator: "\t", omittingEmptySubsequences: false)
      .map { YAMLScalar.doubleQuoted(String($0)).dropFirst().dropLast() }.joined(separator: "\t") + "\""
  }

  /// Whether a key needs no quotes: letters, digits and `_./-`, not beginning or ending like an operator, and nothing
  /// that any reader takes for another type.
  private static func isPlainKey(_ key: String) -> Bool {
    let scalars = key.unicodeScalars
    guard let first = scalars.first, let last = scalars.last, first != "-", first != ".", last != "-" else {
      return false
    }
    let isPlain = scalars.allSatisfy {
      $0.properties.isAlphabetic || ("0"..."9").contains($0) || "_./-".unicodeScalars.contains($0)
    }
    guard isPlain else { return false }
    return !YAMLScalar.isOtherType(key) && !["t", "T", "f", "F", "inf", "Inf", "nan", "NaN"].contains(key)
  }
}
