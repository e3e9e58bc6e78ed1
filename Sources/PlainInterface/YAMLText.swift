import Kube

/// YAML as kubectl prints it: keys in order, block style, lists not indented below their key.
public enum YAMLText {
  /// The document with a line end at its end.
  public static func text(_ value: JSONValue) -> String {
    switch value {
    case .object(let map) where !map.isEmpty:
      var text = ""
      writeMembers(map, to: &text, indent: 0)
      return text
    case .array(let values) where !values.isEmpty:
      var text = ""
      writeElements(values, to: &text, indent: 0)
      return text
    default: return scalar(value, indent: 0, column: 0) + "\n"
    }
  }

  private static func writeMembers(_ map: SmallMap<JSONValue>, to text: inout String, indent: Int, first: Bool = false)
  {
    let pad = String(repeating: " ", count: indent)
    for (index, entry) in map.entries.sorted(by: { YAMLKeys.precedes($0.key, $1.key) }).enumerated() {
      // The first member of a list's element stands behind the dash.
      let key = YAMLScalar.text(entry.key, indent: indent, column: indent, isKey: true)
      text += (first && index == 0 ? "" : pad) + key + ":"
      switch entry.value {
      case .object(let inner) where !inner.isEmpty:
        text += "\n"
        writeMembers(inner, to: &text, indent: indent + 2)
      case .array(let values) where !values.isEmpty:
        text += "\n"
        writeElements(values, to: &text, indent: indent)
      default:
        text += " " + scalar(entry.value, indent: indent, column: indent + key.unicodeScalars.count + 2) + "\n"
      }
    }
  }

  private static func writeElements(_ values: [JSONValue], to text: inout String, indent: Int, first: Bool = false) {
    let pad = String(repeating: " ", count: indent)
    for (index, value) in values.enumerated() {
      text += (first && index == 0 ? "" : pad) + "-"
      switch value {
      case .object(let map) where !map.isEmpty:
        text += " "
        writeMembers(map, to: &text, indent: indent + 2, first: true)
      case .array(let inner) where !inner.isEmpty:
        text += " "
        writeElements(inner, to: &text, indent: indent + 2, first: true)
      default: text += " " + scalar(value, indent: indent, column: indent + 2) + "\n"
      }
    }
  }

  private static func scalar(_ value: JSONValue, indent: Int, column: Int) -> String {
    switch value {
    case .null: "null"
    case .array: "[]"
    case .object: "{}"
    case .string(let text): YAMLScalar.text(text, indent: indent, column: column, isKey: false)
    default: GoJSON.scalar(value)
    }
  }
}

/// The order of keys in Go's YAML: numbers within names count by their value, letters come before other characters.
enum YAMLKeys {
  static func precedes(_ left: String, _ right: String) -> Bool {
    let a = Array(left.unicodeScalars)
    let b = Array(right.unicodeScalars)
    var digits = false
    for index in 0..<min(a.count, b.count) {
      if a[index] == b[index] {
        digits = isDigit(a[index])
        continue
      }
      let isLetterA = a[index].properties.isAlphabetic
      let isLetterB = b[index].properties.isAlphabetic
      if isLetterA && isLetterB { return a[index].value < b[index].value }
      if isLetterA || isLetterB { return digits ? isLetterA : isLetterB }
      return precedesByNumber(a, b, at: index)
    }
    return a.count < b.count
  }

  private static func precedesByNumber(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], at index: Int) -> Bool {
    if a[index] == "0" || b[index] == "0" {
      var back = index - 1
      while back >= 0, isDigit(a[back]) {
        if a[back] != "0" {
          // Inside a number zeros count as any digit.
          return number(a, index) == number(b, index)
            ? a[index].value < b[index].value : number(a, index) < number(b, index)
        }
        back -= 1
      }
    }
    let x = number(a, index)
    let y = number(b, index)
    if x != y { return x < y }
    let lengthA = digitCount(a, index)
    let lengthB = digitCount(b, index)
    return lengthA != lengthB ? lengthA < lengthB : a[index].value < b[index].value
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func digitCount(_ text: [Unicode.Scalar], _ index: Int) -> Int {
    text[index...].prefix(while: isDigit).count
  }

  private static func number(_ text: [Unicode.Scalar], _ index: Int) -> UInt64 {
    text[index...].prefix(while: isDigit).reduce(0) { $0 &* 10 &+ UInt64($1.value - 48) }
  }
}
