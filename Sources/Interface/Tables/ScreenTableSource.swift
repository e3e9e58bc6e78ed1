import Kube
import ScreenKit
import Terminal

/// A table whose cells a screen file describes, over rows that are few: everything is worked out when it is asked for.
protocol ScreenTableSource: TableSource {
  /// Makes the cells.
  var builder: RowBuilder { get }
  /// Has the clock.
  var interface: Interface { get }
  /// What a row is made from; nil when there is no such row.
  func input(_ id: String, now: Timestamp) -> RowInput?
  /// The place of a row in the order that the rows have by themselves; it counts where nothing is sorted by.
  func place(_ id: String) -> Int
  /// How a cell without a severity of its own is drawn.
  func role(_ id: String, column: String) -> Role
}

extension ScreenTableSource {
  func place(_ id: String) -> Int { 0 }
  func role(_ id: String, column: String) -> Role { .text }

  private func definition(_ column: String) -> ColumnDefinition? { builder.columns.first { $0.id == column } }

  func cell(_ id: String, column: String, now: Timestamp) -> TableCell {
    guard let definition = definition(column), let input = input(id, now: now) else { return TableCell("") }
    let cell = builder.cell(definition, of: input, now: now)
    return TableCell(cell.text, cell.severity.map { RowSeverity($0).role } ?? role(id, column: column))
  }

  func sortKey(_ id: String, column: String) -> SortKey {
    if column.isEmpty { return .number(Int128(place(id))) }
    let now = interface.clock()
    guard let definition = definition(column), let input = input(id, now: now) else { return .missing }
    return builder.sortKey(definition, of: input, now: now)
  }

  func severity(_ id: String) -> RowSeverity {
    let now = interface.clock()
    guard let input = input(id, now: now), let severity = builder.severity(of: input, now: now) else { return .none }
    return RowSeverity(severity)
  }

  func searchText(_ id: String, now: Timestamp) -> String {
    columns.map { cell(id, column: $0.id, now: now).text }.joined(separator: " ").lowercased()
  }
}
