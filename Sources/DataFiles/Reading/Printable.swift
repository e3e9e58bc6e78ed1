/// Makes text from a file fit to stand in a one-line message.
public enum Printable {
  /// The text in double quotes, at most 60 characters of it, with control characters as `^[`: a file must not be able to
  /// steer the terminal through an error message.
  public static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return "\"" + plain(String(String.UnicodeScalarView(scalars.prefix(60)))) + (scalars.count > 60 ? "…\"" : "\"")
  }

  /// The text with control characters, line breaks too unless they are `kept`, written as `^[`, and invisible formatting
  /// characters as `<U+202E>`: the signs that podmedic uses for them everywhere.
  public static func plain(_ text: String, keeping kept: Set<Unicode.Scalar> = []) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if kept.contains(scalar) {
        result.append(scalar)
        continue
      }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
        result.append(contentsOf: sign(for: scalar).unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// What stands for a character that must not be shown itself.
  private static func sign(for scalar: Unicode.Scalar) -> String {
    if scalar.value < 0x20 || scalar.value == 0x7F { return "^\(Unicode.Scalar(UInt8(scalar.value) ^ 0x40))" }
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "<U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)>"
  }
}
