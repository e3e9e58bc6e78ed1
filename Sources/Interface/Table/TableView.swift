import Kube
import ScreenKit
import Terminal

/// A table on the screen: which of its source's rows are shown, in which order, where the cursor is, what is marked.
///
/// Rows stay sorted from one update to the next: what changed is taken out and put in again at its place, so that ten
/// changes among ten thousand rows cost about as much as ten rows.
final class TableView {
  /// Where the rows come from.
  private(set) var source: any TableSource
  /// Cursor and scrolling.
  private(set) var window = ListWindow()
  /// Marked rows.
  private(set) var marks: Set<String> = []
  /// What narrows the rows.
  var filter: RowFilter? {
    didSet {
      // Several keys may come before the next update: only the first of them knows what the rows were narrowed by.
      recheck = needsFilter ? .every : RowFilter.recheck(from: oldValue, to: filter)
      needsFilter = true
    }
  }
  /// Only rows with trouble.
  var onlyFaults = false {
    didSet {
      recheck = .every
      needsFilter = true
    }
  }
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
  private var recheck = RowFilter.Recheck.every
  private var needsSort = false
  /// Every row of the source, shown or not, in order.
  private var entries: [SortedRow] = []
  /// Those that are shown, in order.
  private var shown: [SortedRow] = []
  /// Entries whose texts may not have been collected.
  private var unprepared: [SortedRow] = []

  /// The cells of rows that were drawn within the second `drawnAt`, until their row changes: a key that only moves the
  /// cursor, or narrows the rows, need not make them anew.
  private var drawn: [String: [String: TableCell]] = [:]
  private var drawnAt: Int64 = 0

  /// The same by id.
  private var known: [String: SortedRow] = [:]

  /// A table over `source`.
  init(source: any TableSource) {
    self.source = source
    (sortColumn, sortDescending) = source.defaultSort
  }

  private var direction: RowDirection { RowDirection(isDescending: sortDescending) }

  /// The rows that there are.
  var total: Int { entries.count }

  /// The rows that are shown.
  var count: Int { shown.count }

  /// The ids of the rows that are shown, in order.
  var rows: [String] { shown.map(\.id) }

  /// The id of a row that is shown.
  func row(at index: Int) -> String { shown[index].id }

  /// The id of the row under the cursor.
  var current: String? { shown.indices.contains(window.cursor) ? shown[window.cursor].id : nil }

  /// What an action is about: the marked rows in the order shown, else the row under the cursor.
  var selection: [String] {
    if marks.isEmpty { return current.map { [$0] } ?? [] }
    return shown.lazy.map(\.id).filter(marks.contains)
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
    if let changed { for id in changed { drawn[id] = nil } } else { drawn = [:] }
    if let changed, changed.isEmpty, !needsFilter, !needsSort { return }
    var isRebuilt = changed == nil || needsSort
    if let changed {
      if !replace(changed, now: now) { isRebuilt = true }
    } else {
      entries = source.ids.map { entry($0, now: now) }.sorted(by: direction.isInOrder)
      known = Dictionary(minimumCapacity: entries.count)
      for entry in entries { known[entry.id] = entry }
      // The first on the screen shall come first.
      unprepared = entries.reversed()
    }
    if changed != nil, needsSort {
      for entry in entries { entry.key = source.sortKey(entry.id, column: sortColumn) }
      entries.sort(by: direction.isInOrder)
    }
    if needsFilter, applyFilter(now: now, isInStep: !isRebuilt) { isRebuilt = true }
    if isRebuilt { shown = entries.filter(\.isShown) }
    needsFilter = false
    needsSort = false
    if !marks.isEmpty { marks = marks.filter { known[$0] != nil } }
    placeCursor()
  }

  /// Brings `isShown` in step with the filter; answers whether it has changed anywhere. `isInStep` says that `shown` is.
  private func applyFilter(now: Timestamp, isInStep: Bool) -> Bool {
    var isChanged = false
    switch recheck {
    case .every:
      for entry in entries {
        let passes = passes(entry, now: now)
        if passes != entry.isShown { isChanged = true }
        entry.isShown = passes
      }
    case .shown:
      for entry in shown where !entry.isOver && !passes(entry, now: now) {
        entry.isShown = false
        isChanged = true
      }
    case .hidden:
      if isInStep, shown.count == entries.count { return false }
      for entry in entries where !entry.isShown && passes(entry, now: now) {
        entry.isShown = true
        isChanged = true
      }
    }
    return isChanged
  }

  private func placeCursor() {
    let place = window.cursor
    window.update(count: shown.count)
    if let cursorID, let index = index(of: cursorID) {
      window.moveKeepingRow(to: index)
    } else {
      window.move(to: min(place, max(0, shown.count - 1)))
    }
    if cursorID != nil { cursorID = current }
  }

  /// Where a row is among those that are shown.
  private func index(of id: String) -> Int? {
    guard let entry = known[id], entry.isShown else { return nil }
    return shown.index(of: entry, in: direction)
  }

  /// Keeps the cursor on the object that it is on.
  func pin() { if cursorID == nil { cursorID = current } }

  /// Takes the rows from another source; filter, order, cursor and marks stay as far as their objects are there.
  func replaceSource(_ new: any TableSource, now: Timestamp) {
    let marked = marks
    let pinned = cursorID
    source = new
    entries = []
    known = [:]
    drawn = [:]
    unprepared = []
    needsFilter = true
    needsSort = true
    update(now: now)
    marks = marked.intersection(new.ids)
    if let pinned { select(pinned) }
  }

  /// Takes the rows with these ids out and puts those that are still there in again where they now belong; answers
  /// whether `shown` was kept in step, which is worth it for few.
  private func replace(_ changed: Set<String>, now: Timestamp) -> Bool {
    var fresh: [SortedRow] = []
    var old: [SortedRow] = []
    for id in changed {
      if let entry = known.removeValue(forKey: id) {
        entry.isOver = true
        old.append(entry)
      }
      guard source.contains(id) else { continue }
      let entry = entry(id, now: now)
      known[id] = entry
      fresh.append(entry)
    }
    unprepared += fresh
    // Another order makes the places of old rows unknown.
    guard needsSort || max(fresh.count, old.count) > entries.count / 64 else {
      for entry in old {
        entries.remove(entry, in: direction)
        if entry.isShown { shown.remove(entry, in: direction) }
      }
      for entry in fresh {
        entries.insert(entry, in: direction)
        if entry.isShown { shown.insert(entry, in: direction) }
      }
      return true
    }
    entries.removeAll(where: \.isOver)
    entries += fresh
    entries.sort(by: direction.isInOrder)
    return false
  }

  private func entry(_ id: String, now: Timestamp) -> SortedRow {
    let name = source.fullName(id)
    let entry = SortedRow(id: id, key: source.sortKey(id, column: sortColumn), name: name)
    entry.isShown = passes(entry, now: now)
    return entry
  }

  private func passes(_ entry: SortedRow, now: Timestamp) -> Bool {
    if onlyFaults, source.severity(entry.id) < .warning { return false }
    guard let filter else { return true }
    return filter.matches(
      cells: text(of: entry, now: now), name: entry.name.isEmpty ? nil : entry.name.lowercased(),
      labels: source.labels(entry.id))
  }

  private func text(of entry: SortedRow, now: Timestamp) -> String {
    if let known = entry.text { return known }
    let text = source.searchText(entry.id, now: now)
    entry.text = text
    return text
  }

  /// Collects the texts of at most `limit` rows for a filter to come, so that its first key need not wait for all of
  /// them; answers whether there are more to do.
  func prepare(limit: Int, now: Timestamp) -> Bool {
    var left = limit
    while left > 0, let entry = unprepared.popLast() {
      guard !entry.isOver, entry.text == nil else { continue }
      _ = text(of: entry, now: now)
      left -= 1
    }
    return !unprepared.isEmpty
  }

  /// The cell of a row for each of `columns`, by the column's id.
  func cells(_ id: String, columns: [TableViewColumn], now: Timestamp) -> [String: TableCell] {
    let second = now.microseconds / 1_000_000
    if drawnAt != second || !source.hasLastingCells {
      drawn = [:]
      drawnAt = second
    }
    var cells = drawn[id] ?? [:]
    for column in columns where cells[column.id] == nil {
      cells[column.id] = source.cell(id, column: column.id, now: now)
    }
    drawn[id] = cells
    return cells
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
    if let index = index(of: id) { window.move(to: index) }
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
    needsSort = true
  }

  /// Sorts as `order` says, if there is such a column.
  func sort(like order: TableOrder) {
    guard order.column == source.defaultSort.column || source.columns.contains(where: { $0.id == order.column }) else {
      return
    }
    (sortColumn, sortDescending) = (order.column, order.descending)
    needsSort = true
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
    needsSort = true
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
    guard let lastMark, let from = index(of: lastMark) else { return toggleMark() }
    let cursor = window.cursor
    for entry in shown[min(from, cursor)...max(from, cursor)] { marks.insert(entry.id) }
  }

  /// Takes all marks away.
  func clearMarks() { marks = [] }
}
