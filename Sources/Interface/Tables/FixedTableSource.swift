import Kube
import ScreenKit
import Terminal

/// Rows that do not come from a store and seldom change: the kinds that can be opened.
final class FixedTableSource: TableSource {
  /// A row.
  struct Row: Equatable {
    var id: String
    var cells: [String]
    var severity = RowSeverity.none
    /// What Enter does, as if typed behind `:`.
    var command: String
  }

  let title: String
  let columns: [TableViewColumn]
  let needs: [Need] = []
  let contexts: [KeyContext] = []
  let defaultSort: (column: String, descending: Bool)
  let condition = TableCondition(word: "", role: .dim)

  private let make: () -> [Row]
  private var rows: [String: Row] = [:]

  /// A table with these columns, sorted by one of them at first; cells that are empty come last.
  init(title: String, headers: [String], sortedBy place: Int = 0, make: @escaping () -> [Row]) {
    self.title = title
    self.make = make
    columns = headers.enumerated().map { index, header in
      TableViewColumn(id: index == 0 ? "name" : "\(index)", title: header, width: .fit(maximum: 60), priority: index)
    }
    defaultSort = (columns[place].id, false)
  }

  func refresh(now: Timestamp) -> Set<String>? {
    let new = Dictionary(make().map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    if new == rows { return [] }
    rows = new
    return nil
  }

  var ids: [String] { Array(rows.keys) }
  func contains(_ id: String) -> Bool { rows[id] != nil }

  private func text(_ id: String, _ column: String) -> String {
    guard let row = rows[id], let index = columns.firstIndex(where: { $0.id == column }) else { return "" }
    return row.cells.indices.contains(index) ? row.cells[index] : ""
  }

  func cell(_ id: String, column: String, now: Timestamp) -> TableCell { TableCell(text(id, column)) }
  func sortKey(_ id: String, column: String) -> SortKey {
    let text = text(id, column)
    return text.isEmpty ? .missing : .text(text)
  }
  func severity(_ id: String) -> RowSeverity { rows[id]?.severity ?? .none }
  func searchText(_ id: String, now: Timestamp) -> String {
    rows[id]?.cells.joined(separator: " ").lowercased() ?? ""
  }
  func labels(_ id: String) -> SmallMap<String> { [:] }
  func object(_ id: String) -> RowObject? { nil }
  func drill(_ id: String) -> Drill? { rows[id].map { .command($0.command) } }
}
