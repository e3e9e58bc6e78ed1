import ScreenKit

/// A row of a table with what is remembered of it until it changes. A class, so that sorting and moving it is cheap.
final class SortedRow {
  /// The id that its source gave it.
  let id: String
  /// What it is sorted by.
  var key: SortKey
  /// Namespace and name.
  let name: String
  /// Its texts in lower case; nil until a filter asks for them, or they are prepared for one.
  var text: String?
  /// Whether the filter lets it pass.
  var isShown = true
  /// Whether a newer row has taken its place, or none.
  var isOver = false

  /// A row that is shown.
  init(id: String, key: SortKey, name: String) {
    self.id = id
    self.key = key
    self.name = name
  }
}

/// What the rows of a table are sorted by.
struct TableOrder: Equatable {
  var column: String
  var descending: Bool
}

/// How two rows stand to each other.
struct RowDirection {
  /// Whether the largest key comes first.
  var isDescending: Bool

  /// Whether one stands before another. Equal keys keep the order of names, and names that of ids, so that rows never
  /// jump without a reason.
  func isInOrder(_ left: SortedRow, _ right: SortedRow) -> Bool {
    if left.key != right.key { return SortKey.areInOrder(left.key, right.key, descending: isDescending) }
    return (left.name, left.id) < (right.name, right.id)
  }
}

/// Rows that are sorted already.
extension [SortedRow] {
  /// Where a row is; nil when it is not among them.
  func index(of row: SortedRow, in direction: RowDirection) -> Int? {
    let place = place(of: row, in: direction)
    return indices.contains(place) && self[place] === row ? place : nil
  }

  /// Takes a row out, if it is there.
  mutating func remove(_ row: SortedRow, in direction: RowDirection) {
    if let index = index(of: row, in: direction) { remove(at: index) }
  }

  /// Puts a row in where it belongs.
  mutating func insert(_ row: SortedRow, in direction: RowDirection) {
    insert(row, at: place(of: row, in: direction))
  }

  private func place(of row: SortedRow, in direction: RowDirection) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if direction.isInOrder(self[middle], row) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
