/// Text of plugins and files made fit for the terminal.
enum PlainText {
  /// The text with every control character except line breaks and tabs written as `U+001B`, as kubectl does with
  /// `installHint`: no escape sequence is left.
  static func withoutControls(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned:
        if scalar == "\n" || scalar == "\t" {
          result.append(scalar)
        } else {
          let digits = String(scalar.value, radix: 16, uppercase: true)
          let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
          result.append(contentsOf: "U+\(zeros)\(digits)".unicodeScalars)
        }
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// The text without the white space around it.
  static func trimmed(_ text: String) -> String {
    var view = Substring(text)
    while let first = view.first, first.isWhitespace { view.removeFirst() }
    while let last = view.last, last.isWhitespace { view.removeLast() }
    return String(view)
  }
}
