import PlainInterface
import Remedies

/// A run of a remedy as lines for a terminal.
struct RemedyReport {
  private let run: RemedyRun

  init(_ run: RemedyRun) { self.run = run }

  /// Everything that a person has to know before the answer.
  var text: String {
    var last = ""
    return RemedySummary(run).lines.map { line in
      let shown = line.label == last ? "" : line.label
      last = line.label
      return shown + String(repeating: " ", count: max(0, 12 - shown.count)) + PlainText.line(line.text) + "\n"
    }.joined()
  }
}
