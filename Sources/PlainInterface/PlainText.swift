/// Text from a cluster made fit for a terminal or a file.
public enum PlainText {
  /// One line: control characters are shown as `^[` and the like, tabs as spaces, so that no name, message or event can
  /// steer the terminal or break a table.
  public static func line(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09: result.append(" ")
      case 0x00..<0x20: result.append(contentsOf: ["^", Unicode.Scalar(UInt8(scalar.value) + 0x40)])
      case 0x7F: result.append(contentsOf: "^?".unicodeScalars)
      case 0x80..<0xA0, 0x202A...0x202E, 0x2066...0x2069:
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// Several lines, each made fit for itself.
  public static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }.joined(separator: "\n")
  }
}
