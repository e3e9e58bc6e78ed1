import Kube
import Remedies
import ScreenKit
import Terminal

/// The journal of remedies as a table, the newest run first.
final class HistorySource: TableSource {
  /// So many runs; the command line shows all of them.
  private static let most = 500

  let title = "history"
  let columns = [
    TableViewColumn(id: "time", title: "TIME", width: .fit(maximum: 20)),
    TableViewColumn(id: "cluster", title: "CLUSTER", width: .fit(maximum: 24), priority: 3),
    TableViewColumn(id: "object", title: "OBJECT", width: .fit(maximum: 40), priority: 1),
    TableViewColumn(id: "change", title: "CHANGE", width: .fill),
    TableViewColumn(id: "outcome", title: "OUTCOME", width: .fit(maximum: 14)),
    TableViewColumn(id: "undo", title: "UNDO", width: .fit(maximum: 4), priority: 2),
  ]
  let defaultSort = (column: "time", descending: true)
  let needs: [Need] = []
  let contexts = [KeyContext.changes]
  private(set) var condition = TableCondition(word: "", role: .text, explanation: "")
  private var isNew = true
  private var records: [String: (place: Int, record: JournalHistory.Record)] = [:]

  init(_ history: Result<JournalHistory, JournalFailure>) { take(history) }

  /// Takes the journal as it has been read anew.
  func take(_ history: Result<JournalHistory, JournalFailure>) {
    isNew = true
    switch history {
    case .failure(let failure):
      records = [:]
      condition = TableCondition(
        word: "not read", role: .critical, explanation: "The journal cannot be read: \(failure.message)")
    case .success(let found):
      let shown = found.records.suffix(Self.most).enumerated().map { ($1.entry.id, (place: $0, record: $1)) }
      records = Dictionary(shown, uniquingKeysWith: { _, last in last })
      let broken = found.brokenLines
      condition = TableCondition(
        word: broken > 0 ? "\(broken) lines cannot be read" : "", role: .warning,
        explanation: "Nothing has been changed with podmedic.")
    }
  }

  /// The run of a row.
  func record(_ id: String) -> JournalHistory.Record? { records[id]?.record }

  func refresh(now: Timestamp) -> Set<String>? {
    defer { isNew = false }
    return isNew ? nil : []
  }
  var ids: [String] { Array(records.keys) }
  func contains(_ id: String) -> Bool { records[id] != nil }

  func cell(_ id: String, column: String, now: Timestamp) -> TableCell {
    guard let record = record(id) else { return TableCell("") }
    let isGood = record.entry.outcome == "succeeded"
    return TableCell(text(record, column), column == "outcome" ? (isGood ? .ok : .warning) : .text)
  }

  private func text(_ record: JournalHistory.Record, _ column: String) -> String {
    let entry = record.entry
    return switch column {
    case "time": entry.time.description
    case "cluster": entry.context.isEmpty ? entry.cluster : entry.context
    case "object":
      "\(entry.object.kind.lowercased())/\(entry.object.name)"
        + (entry.object.namespace.isEmpty ? "" : " in \(entry.object.namespace)")
    case "change": entry.title
    case "outcome": entry.outcome.isEmpty ? "never ended" : entry.outcome
    default: entry.back == nil ? "" : "z"
    }
  }

  func sortKey(_ id: String, column: String) -> SortKey {
    guard let (place, record) = records[id] else { return .missing }
    return column == "time" ? .number(Int128(place)) : .text(text(record, column))
  }

  func severity(_ id: String) -> RowSeverity { .none }

  func searchText(_ id: String, now: Timestamp) -> String {
    guard let record = record(id) else { return "" }
    return columns.map { text(record, $0.id) }.joined(separator: " ").lowercased()
  }

  func labels(_ id: String) -> SmallMap<String> { [:] }
  func object(_ id: String) -> RowObject? { nil }

  func drill(_ id: String) -> Drill? {
    guard let record = record(id) else { return nil }
    return .text("\(record.entry.object.name) \(record.entry.remedy)", { [lines] in lines(record) })
  }

  private func lines(_ record: JournalHistory.Record) -> [[Span]] {
    let entry = record.entry
    var lines: [[Span]] = [[Span(entry.title, .title)]]
    func add(_ label: String, _ text: String) {
      guard !text.isEmpty else { return }
      lines.append([
        Span("  " + label + String(repeating: " ", count: max(1, 9 - label.count)), .fieldName), Span(text),
      ])
    }
    add("id", entry.id)
    for column in ["time", "cluster", "object"] { add(column, text(record, column)) }
    add("user", entry.user)
    for change in entry.changes { add("change", change) }
    for command in entry.kubectl { add("kubectl", command) }
    add("outcome", text(record, "outcome") + (entry.detail.isEmpty ? "" : ": \(entry.detail)"))
    add("undo", record.whyNoUndo ?? "\(entry.undo) (z in the history, or podmedic remedy undo \(entry.id))")
    return lines
  }
}
