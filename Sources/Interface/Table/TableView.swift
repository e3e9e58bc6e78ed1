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
  /// The rows that are shown, in order.
  private(set) var rows: [String] = []
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
  private var needsSort = false
  /// Every row of the source, shown or not, in order.
  private var entries: [Entry] = []
  /// The first of `entries` that may not have been prepared.
  private var unprepared = 0

  /// The same by id.
  private var known: [String: Entry] = [:]

  /// A row with what is remembered of it until it changes. A class, so that sorting and moving it is cheap.
  private final class Entry {
    let id: String
    var key: SortKey
    /// Namespace and name.
    let name: String
    /// Its texts in lower case; nil until a filter, or `prepare`, asks for them.
    var text: String?
    var isShown = true
    /// Whether a newer entry has taken its place, or none.
    var isOver = false

    init(id: String, key: SortKey, name: String) {
      self.id = id
      self.key = key
      self.name = name
    }
  }

  /// A table over `source`.
  init(source: any TableSource) {
    self.source = source
    (sortColumn, sortDescending) = source.defaultSort
  }

  /// The rows that there are.
  var total: Int { entries.count }

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
    if let changed, changed.isEmpty, !needsFilter, !needsSort { return }
    if let changed {
      replace(changed, now: now)
    } else {
      entries = source.ids.map { entry($0, now: now) }.sorted(by: precedes)
      known = Dictionary(entries.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
    if changed != nil, needsSort {
      for entry in entries { entry.key = source.sortKey(entry.id, column: sortColumn) }
      entries.sort(by: precedes)
    }
    if needsFilter { for entry in entries { entry.isShown = passes(entry, now: now) } }
    needsFilter = false
    needsSort = false
    unprepared = 0
    rows = entries.lazy.filter(\.isShown).map(\.id)
    if !marks.isEmpty { marks = marks.filter { known[$0] != nil } }
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
    entries = []
    known = [:]
    unprepared = 0
    needsFilter = true
    needsSort = true
    update(now: now)
    marks = marked.intersection(new.ids)
    if let pinned { select(pinned) }
  }

  /// Takes the rows with these ids out and puts those that are still there in again where they now belong.
  private func replace(_ changed: Set<String>, now: Timestamp) {
    guard !changed.isEmpty else { return }
    var fresh: [Entry] = []
    for id in changed {
      known[id]?.isOver = true
      known[id] = nil
      guard source.contains(id) else { continue }
      let entry = entry(id, now: now)
      known[id] = entry
      fresh.append(entry)
    }
    entries.removeAll(where: \.isOver)
    guard fresh.count > entries.count / 16 else {
      for entry in fresh { entries.insert(entry, at: place(of: entry)) }
      return
    }
    entries += fresh
    entries.sort(by: precedes)
  }

  /// Where a row belongs among `entries`.
  private func place(of entry: Entry) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if precedes(entries[middle], entry) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func entry(_ id: String, now: Timestamp) -> Entry {
    let name = source.object(id).map { "\($0.namespace)/\($0.name)" } ?? ""
    let entry = Entry(id: id, key: source.sortKey(id, column: sortColumn), name: name)
    entry.isShown = passes(entry, now: now)
    return entry
  }

  private func passes(_ entry: Entry, now: Timestamp) -> Bool {
    if onlyFaults, source.severity(entry.id) < .warning { return false }
    guard let filter else { return true }
    let name = entry.name.isEmpty ? nil : entry.name.lowercased()
    return filter.matches(cells: text(of: entry, now: now), name: name, labels: source.labels(entry.id))
  }

  private func text(of entry: Entry, now: Timestamp) -> String {
    if let known = entry.text { return known }
    let text = source.searchText(entry.id, now: now)
    entry.text = text
    return text
  }

  /// Collects the texts of at most `limit` rows for a filter to come, so that its first key need not wait for all of
  /// them; answers whether there are more to do.
  func prepare(limit: Int, now: Timestamp) -> Bool {
    var left = limit
    while unprepared < entries.count, left > 0 {
      if entries[unprepared].text == nil {
        _ = text(of: entries[unprepared], now: now)
        left -= 1
      }
      unprepared += 1
    }
    return unprepared < entries.count
  }

  /// Equal keys keep the order of names, and names that of ids, so that rows never jump without a reason.
  private func precedes(_ left: Entry, _ right: Entry) -> Bool {
    if left.key != right.key { return SortKey.areInOrder(left.key, right.key, descending: sortDescending) }
    return (left.name, left.id) < (right.name, right.id)
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
