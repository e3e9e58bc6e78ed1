import Kube
import ScreenKit
import Terminal

/// A table on the screen: which of its source's rows are shown, in which order, where the cursor is, what is marked.
final class TableView {
  /// Where the rows come from.
  private(set) var source: any TableSource
  /// The rows that are shown, in order.
  private(set) var rows: [String] = []
  /// The rows that there are.
  private(set) var total = 0
  /// Cursor and scrolling.
  private(set) var window = ListWindow()
  /// Marked rows.
  private(set) var marks: Set<String> = []
  /// What narrows the rows.
  var filter: RowFilter? { didSet { needsFilter = true } }
  /// Only rows with trouble.
  var onlyFaults = false { didSet { needsFilter = true } }
  /// All columns.
  var isWide = false { didSet { scrolledColumns = 0 } }
  /// So many columns beside the name are scrolled out to the left.
  private(set) var scrolledColumns = 0
  /// So many columns had no room in the last frame.
  var hiddenColumns = 0
  /// The column to sort by.
  private(set) var sortColumn: String
  /// Largest first.
  private(set) var sortDescending: Bool

  /// The object that the cursor stays on; nil until a person has moved or acted: until then it stays on the first row,
  /// however the rows that arrive are sorted.
  private var cursorID: String?
  private var lastMark: String?
  private var needsFilter = true
  private var searchTexts: [String: String] = [:]
  private var sortKeys: [String: SortKey] = [:]
  private var names: [String: String] = [:]

  /// A table over `source`.
  init(source: any TableSource) {
    self.source = source
    (sortColumn, sortDescending) = source.defaultSort
  }

  /// The id of the row under the cursor.
  var current: String? { rows.indices.contains(window.cursor) ? rows[window.cursor] : nil }

  /// What an action is about: the marked rows in the order shown, else the row under the cursor.
  var selection: [String] {
    if marks.isEmpty { return current.map { [$0] } ?? [] }
    return rows.filter(marks.contains)
  }

  /// The columns that can be sorted by.
  var visibleColumns: [TableViewColumn] { source.columns.filter { isWide || !$0.isWide } }

  /// The columns that are left after scrolling; the name stays.
  var scrolledInColumns: [TableViewColumn] {
    let columns = visibleColumns
    let kept = columns.contains { $0.id == "name" } ? "name" : columns.first?.id
    return columns.filter { $0.id == kept } + columns.filter { $0.id != kept }.dropFirst(scrolledColumns)
  }

  /// Scrolls columns out to the left (1) while others wait for room, or in again (-1).
  func scrollColumns(by step: Int) {
    if step > 0, hiddenColumns > 0 { scrolledColumns = min(scrolledColumns + 1, max(0, visibleColumns.count - 2)) }
    if step < 0 { scrolledColumns = max(0, scrolledColumns - 1) }
  }

  // MARK: Keeping in step

  /// Brings rows in step with the source. The cursor stays on its object; when that is gone, on its place.
  func update(now: Timestamp) {
    let changed = source.refresh(now: now)
    if let changed {
      if changed.isEmpty, !needsFilter { return }
      for id in changed {
        searchTexts[id] = nil
        sortKeys[id] = nil
      }
    } else {
      searchTexts = [:]
      sortKeys = [:]
      names = [:]
    }
    needsFilter = false
    let ids = source.ids
    total = ids.count
    rows = ids.filter { passes($0, now: now) }
    sort()
    if !marks.isEmpty { marks.formIntersection(ids) }
    let place = window.cursor
    window.update(count: rows.count)
    if let cursorID, let index = rows.firstIndex(of: cursorID) {
      window.moveKeepingRow(to: index)
    } else {
      window.move(to: min(place, max(0, rows.count - 1)))
    }
    if cursorID != nil { cursorID = current }
  }

  /// Keeps the cursor on the object that it is on.
  func pin() { if cursorID == nil { cursorID = current } }

  /// Takes the rows from another source; filter, order, cursor and marks stay as far as their objects are there.
  func replaceSource(_ new: any TableSource, now: Timestamp) {
    let marked = marks
    let pinned = cursorID
    source = new
    searchTexts = [:]
    sortKeys = [:]
    names = [:]
    needsFilter = true
    update(now: now)
    marks = marked.intersection(new.ids)
    if let pinned { select(pinned) }
  }

  private func passes(_ id: String, now: Timestamp) -> Bool {
    if onlyFaults, source.severity(id) < .warning { return false }
    guard let filter else { return true }
    let text: String
    if let known = searchTexts[id] {
      text = known
    } else {
      text = source.searchText(id, now: now)
      searchTexts[id] = text
    }
    return filter.matches(cells: text, labels: source.labels(id))
  }

  private func sort() {
    for id in rows where sortKeys[id] == nil { sortKeys[id] = source.sortKey(id, column: sortColumn) }
    // Equal keys keep the order of names, and names that of ids, so that rows never jump without a reason.
    let keyed = rows.map { (id: $0, key: sortKeys[$0] ?? .missing, name: name($0)) }
    rows = keyed.sorted { left, right in
      if left.key != right.key { return SortKey.areInOrder(left.key, right.key, descending: sortDescending) }
      return (left.name, left.id) < (right.name, right.id)
    }.map(\.id)
  }

  private func name(_ id: String) -> String {
    if let known = names[id] { return known }
    let name = source.object(id).map { "\($0.namespace)/\($0.name)" } ?? ""
    names[id] = name
    return name
  }

  // MARK: Moving

  /// Tells how many rows fit.
  func setHeight(_ height: Int) { window.update(height: height) }

  /// Moves the cursor.
  func move(_ change: (inout ListWindow) -> Void) {
    change(&window)
    cursorID = current
  }

  /// Puts the cursor on a row if it is shown.
  func select(_ id: String) {
    cursorID = id
    if let index = rows.firstIndex(of: id) { window.move(to: index) }
  }

  // MARK: Sorting

  /// Sorts by a column; by the same column again the other way.
  func sort(by column: String, descending: Bool = false) {
    if sortColumn == column {
      sortDescending.toggle()
    } else {
      sortColumn = column
      sortDescending = descending
    }
    sortKeys = [:]
    needsFilter = true
  }

  /// Sorts as `order` says, if there is such a column.
  func sort(like order: TableOrder) {
    guard order.column == source.defaultSort.column || source.columns.contains(where: { $0.id == order.column }) else {
      return
    }
    (sortColumn, sortDescending) = (order.column, order.descending)
    sortKeys = [:]
    needsFilter = true
  }

  /// The order of the rows.
  var order: TableOrder { TableOrder(column: sortColumn, descending: sortDescending) }

  /// Chooses the next (or, with -1, the previous) visible column to sort by.
  func moveSortColumn(by step: Int) {
    let columns = visibleColumns
    guard !columns.isEmpty else { return }
    let index = columns.firstIndex { $0.id == sortColumn } ?? (step > 0 ? -1 : 0)
    sortColumn = columns[(index + step + columns.count) % columns.count].id
    sortDescending = false
    sortKeys = [:]
    needsFilter = true
  }

  // MARK: Marks

  /// Marks the row under the cursor, or takes its mark away, and goes to the next row.
  func toggleMark() {
    guard let current else { return }
    if marks.remove(current) == nil { marks.insert(current) }
    lastMark = current
    move { $0.move(by: 1) }
  }

  /// Marks everything between the last mark and the cursor.
  func markRange() {
    guard let lastMark, let from = rows.firstIndex(of: lastMark) else { return toggleMark() }
    let cursor = window.cursor
    for id in rows[min(from, cursor)...max(from, cursor)] { marks.insert(id) }
  }

  /// Takes all marks away.
  func clearMarks() { marks = [] }
}

/// What the rows of a table are sorted by.
struct TableOrder: Equatable {
  var column: String
  var descending: Bool
}
