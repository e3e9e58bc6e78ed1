/// Makes text from a file fit to stand in a one-line message.
public enum Printable {
  /// The text in double quotes, at most 60 characters of it, with control characters as `\u{1b}`: a file must not be
  /// able to steer the terminal through an error message.
  public static func quoted(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return "\"" + plain(String(String.UnicodeScalarView(scalars.prefix(60)))) + (scalars.count > 60 ? "…\"" : "\"")
  }

  /// The text with control and invisible formatting characters, line breaks too, written as `\u{1b}`.
  public static func plain(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
