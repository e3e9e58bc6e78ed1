/// A text as a YAML scalar, in the style that Go's YAML chooses: plain where it stays a text, single quotes, double
/// quotes for what cannot be shown, and `|` for several lines.
enum YAMLScalar {
  /// How a text is written.
  enum Form {
    /// Where it begins, with line ends only where a long text was broken.
    case line(String)
    /// Behind a mark, line by line below it.
    case block(mark: String, [Substring])
  }

  /// `indent` is that of the member's key or the list's dash, `column` where the scalar begins.
  static func form(of text: String, indent: Int, column: Int, style: YAMLWriter.Style) -> Form {
    let isForReading = style == .reading
    if isForReading, text.contains("\n"), !text.utf8.contains(0x0D) { return block(text) }
    if text.isEmpty || !text.unicodeScalars.allSatisfy(isPrintable) || isOtherType(text) {
      return .line(doubleQuoted(text))
    }
    // A block cannot hold spaces at the end of a line without saying more than Go says.
    if text.contains("\n") { return hasTrailingSpace(text) ? .line(doubleQuoted(text)) : block(text) }
    func broken(_ text: String, _ column: Int) -> String {
      isForReading ? text : fold(text, indent: indent, column: column)
    }
    if isPlain(text) { return .line(broken(text, column)) }
    return .line("'" + broken(text.replacing("'", with: "''"), column + 1) + "'")
  }

  /// A member's name; it is always on one line.
  static func key(_ text: String) -> String {
    if text.isEmpty || text.contains("\n") || !text.unicodeScalars.allSatisfy(isPrintable) || isOtherType(text) {
      return doubleQuoted(text)
    }
    return isPlain(text) ? text : "'" + text.replacing("'", with: "''") + "'"
  }

  /// The width at which Go breaks lines at spaces.
  private static let width = 80

  private static func fold(_ text: String, indent: Int, column: Int) -> String {
    var result = ""
    var column = column
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let canBreak =
        scalar == " " && column > width && index > 0 && index < scalars.count - 1 && scalars[index - 1] != " "
        && scalars[index + 1] != " "
      if canBreak {
        result += "\n" + String(repeating: " ", count: indent + 2)
        column = indent + 2
      } else {
        result.unicodeScalars.append(scalar)
        column += 1
      }
    }
    return result
  }

  private static func block(_ text: String) -> Form {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var mark = "|"
    if text.hasPrefix(" ") || text.hasPrefix("\n") { mark += "2" }
    if !text.hasSuffix("\n") {
      mark += "-"
    } else {
      lines.removeLast()
      if text.hasSuffix("\n\n") || text == "\n" { mark += "+" }
    }
    return .block(mark: mark, lines)
  }

  private static func hasTrailingSpace(_ text: String) -> Bool {
    text.split(separator: "\n", omittingEmptySubsequences: false).contains { $0.hasSuffix(" ") }
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF: true
    default: false
    }
  }

  /// Whether a reader would take the text for something else: a number, a truth value, nothing, a date.
  static func isOtherType(_ text: String) -> Bool {
    switch text {
    case "true", "True", "TRUE", "false", "False", "FALSE", "yes", "Yes", "YES", "no", "No", "NO", "on", "On", "ON",
      "off", "Off", "OFF", "y", "Y", "n", "N", "null", "Null", "NULL", "~", "<<", ".inf", ".Inf", ".INF", "+.inf",
      "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN":
      return true
    default: return isNumber(text) || isTime(text) || isSexagesimal(text)
    }
  }

  private static func isNumber(_ text: String) -> Bool {
    guard let first = text.utf8.first, (0x30...0x39).contains(first) || [0x2B, 0x2D, 0x2E].contains(first) else {
      return false
    }
    let plain = text.replacing("_", with: "")
    var unsigned = Substring(plain)
    if let sign = unsigned.first, sign == "-" || sign == "+" { unsigned.removeFirst() }
    if unsigned.hasPrefix("0x") { return unsigned.count > 2 && UInt64(unsigned.dropFirst(2), radix: 16) != nil }
    if unsigned.hasPrefix("0b") { return unsigned.count > 2 && UInt64(unsigned.dropFirst(2), radix: 2) != nil }
    if unsigned.hasPrefix("0o") { return unsigned.count > 2 && UInt64(unsigned.dropFirst(2), radix: 8) != nil }
    let digits = unsigned.filter { $0.isASCII && $0.isNumber }
    let others = unsigned.filter { !($0.isASCII && $0.isNumber) }
    guard !digits.isEmpty else { return false }
    if others.isEmpty { return true }
    // [0-9]*.[0-9]*(e[+-]?[0-9]+)?
    guard unsigned.allSatisfy({ $0.isASCII && ($0.isNumber || ".eE+-".contains($0)) }) else { return false }
    let parts = unsigned.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    guard let mantissa = parts.first, mantissa.count(where: { $0 == "." }) <= 1,
      mantissa.allSatisfy({ $0.isNumber || $0 == "." }), mantissa.contains(where: \.isNumber)
    else { return false }
    guard parts.count == 2 else { return true }
    var exponent = parts[1]
    if let sign = exponent.first, sign == "-" || sign == "+" { exponent.removeFirst() }
    return !exponent.isEmpty && exponent.allSatisfy(\.isNumber)
  }

  /// Dates and times: `2001-12-14`, `2001-12-14T21:59:43Z`.
  private static func isTime(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= 8, bytes.count <= 40, let dash = bytes.firstIndex(of: 0x2D), dash == 4,
      bytes[..<4].allSatisfy({ (0x30...0x39).contains($0) })
    else { return false }
    let date = bytes[5...].prefix { (0x30...0x39).contains($0) || $0 == 0x2D }
    guard date.filter({ $0 == 0x2D }).count == 1, let last = date.last, last != 0x2D else { return false }
    let rest = bytes[(5 + date.count)...]
    guard let separator = rest.first else { return date.count == 5 }
    return [0x54, 0x74, 0x20].contains(separator)
      && rest.dropFirst().allSatisfy {
        (0x30...0x39).contains($0) || [0x3A, 0x2E, 0x5A, 0x2B, 0x2D, 0x20].contains($0)
      }
      && rest.contains(0x3A)
  }

  /// Numbers to the base of sixty, which YAML 1.1 readers know: `12:30:45`.
  private static func isSexagesimal(_ text: String) -> Bool {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false)[...]
    guard parts.count > 1, var first = parts.popFirst(), var last = parts.popLast() else { return false }
    if let sign = first.first, sign == "-" || sign == "+" { first.removeFirst() }
    if let dot = last.firstIndex(of: ".") {
      guard last[last.index(after: dot)...].allSatisfy({ $0.isNumber || $0 == "_" }) else { return false }
      last = last[..<dot]
    }
    func isSixty(_ part: Substring) -> Bool {
      (1...2).contains(part.count) && part.allSatisfy { $0.isASCII && $0.isNumber } && (Int(part) ?? 60) < 60
    }
    guard let leading = first.first, leading.isNumber, first.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "_") })
    else { return false }
    return parts.allSatisfy(isSixty) && isSixty(last)
  }

  /// libyaml's rule for block plain scalars.
  private static func isPlain(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard let first = scalars.first, let last = scalars.last, first != " ", last != " " else { return false }
    if text.hasPrefix("---") || text.hasPrefix("...") { return false }
    for (index, scalar) in scalars.enumerated() {
      let isFollowedBySpace = index + 1 == scalars.count || scalars[index + 1] == " "
      let isPrecededBySpace = index == 0 || scalars[index - 1] == " "
      if index == 0 {
        switch scalar {
        case "#", ",", "[", "]", "{", "}", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`": return false
        case "?", ":": if isFollowedBySpace { return false }
        case "-": if isFollowedBySpace { return false }
        default: break
        }
      } else {
        switch scalar {
        case ":": if isFollowedBySpace { return false }
        case "#": if isPrecededBySpace { return false }
        default: break
        }
      }
    }
    return true
  }

  /// In double quotes, with escapes for what cannot be shown.
  static func doubleQuoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{0}": result += "\\0"
      case "\u{7}": result += "\\a"
      case "\u{8}": result += "\\b"
      case "\u{B}": result += "\\v"
      case "\u{C}": result += "\\f"
      case "\u{1B}": result += "\\e"
      default:
        if isPrintable(scalar) {
          result.unicodeScalars.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          let (mark, length) = scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
          result += "\\" + mark + String(repeating: "0", count: length - digits.count) + digits
        }
      }
    }
    return result + "\""
  }
}
