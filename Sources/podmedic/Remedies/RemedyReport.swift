import PlainInterface
import Remedies

/// What would be done, as lines for a terminal.
struct RemedyReport {
  private let summary: RemedySummary

  init(_ run: RemedyRun) { self.init(RemedySummary(run)) }

  init(_ summary: RemedySummary) { self.summary = summary }

  /// Everything that a person has to know before the answer.
  var text: String {
    var last = ""
    return summary.lines.map { line in
      let shown = line.label == last ? "" : line.label
      last = line.label
      return shown + String(repeating: " ", count: max(0, 12 - shown.count)) + PlainText.line(line.text) + "\n"
    }.joined()
  }
}
