import Kube

extension TableView {
  /// The rows as they are shown, with the headers first, as RFC 4180 writes tables. Texts that a spreadsheet would take
  /// for formulas begin with an apostrophe: names come from the cluster.
  func csv(now: Timestamp) -> String {
    let columns = visibleColumns
    let lines =
      [columns.map(\.title)] + rows.map { id in columns.map { source.cell(id, column: $0.id, now: now).text } }
    return lines.map { $0.map(Self.quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func quoted(_ text: String) -> String {
    let risky: Set<Character> = ["=", "+", "-", "@", "\t", "\r"]
    let text = text.first.map(risky.contains) == true && Double(text) == nil ? "'" + text : text
    guard text.contains(where: { ",\"\n\r".contains($0) || $0 == "\r\n" }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
