import DataFiles

/// Text of plugins and files made fit for the terminal.
enum PlainText {
  /// The text with every control character except line breaks and tabs made visible: no escape sequence is left.
  static func withoutControls(_ text: String) -> String { Printable.plain(text, keeping: ["\n", "\t"]) }

  /// The text without the white space around it.
  static func trimmed(_ text: String) -> String {
    var view = Substring(text)
    while let first = view.first, first.isWhitespace { view.removeFirst() }
    while let last = view.last, last.isWhitespace { view.removeLast() }
    return String(view)
  }
}
