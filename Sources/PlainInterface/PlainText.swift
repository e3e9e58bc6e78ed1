import Terminal

/// Text from a cluster made fit for a terminal or a file.
public enum PlainText {
  /// One line, with the signs for control and invisible characters that the dashboard has too and with tabs as spaces, so
  /// that no name, message or event can steer the terminal or break a table.
  public static func line(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    return printable(String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\t" ? " " : $0 })))
  }

  /// Several lines, each made fit for itself.
  public static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line(String($0)) }.joined(separator: "\n")
  }
}
