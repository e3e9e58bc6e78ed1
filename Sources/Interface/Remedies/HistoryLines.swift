import Kube
import Remedies
import Terminal

/// The journal of remedies as the lines of a page, the newest first.
enum HistoryLines {
  /// So many runs; the command line shows all of them.
  private static let most = 500

  static func lines(_ history: Result<JournalHistory, JournalFailure>) -> [[Span]] {
    let found: JournalHistory
    switch history {
    case .failure(let failure): return [[Span("The journal cannot be read: \(failure.message)", .critical)]]
    case .success(let history): found = history
    }
    var lines: [[Span]] = []
    if found.brokenLines > 0 {
      lines += [[Span("\(found.brokenLines) lines of the journal cannot be read", .warning)], []]
    }
    if found.records.isEmpty { lines.append([Span("Nothing has been changed with podmedic.", .dim)]) }
    for record in found.records.suffix(most).reversed() { lines += self.lines(record) + [[]] }
    return lines
  }

  private static func lines(_ record: JournalHistory.Record) -> [[Span]] {
    let entry = record.entry
    let place = entry.object.namespace.isEmpty ? "" : " in \(entry.object.namespace)"
    let isGood = entry.outcome == "succeeded"
    var lines: [[Span]] = [
      [
        Span("\(entry.time)  ", .dim), Span(entry.context.isEmpty ? entry.cluster : entry.context, .accent),
        Span("  \(entry.object.kind.lowercased())/\(entry.object.name)\(place)  "), Span(entry.title, .title),
        Span("  \(entry.outcome.isEmpty ? "never ended" : entry.outcome)", isGood ? .ok : .warning),
      ]
    ]
    lines += entry.changes.map { [Span("  change   ", .fieldName), Span($0)] }
    lines += entry.kubectl.map { [Span("  kubectl  ", .fieldName), Span($0)] }
    if !entry.undo.isEmpty { lines.append([Span("  undo     ", .fieldName), Span(entry.undo)]) }
    if !entry.detail.isEmpty, !isGood { lines.append([Span("  outcome  ", .fieldName), Span(entry.detail)]) }
    return lines
  }
}
