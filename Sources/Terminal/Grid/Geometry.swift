/// The extent of a screen or grid in character cells.
public struct Size: Hashable, Sendable, CustomStringConvertible {
  /// Cells in a row; never negative.
  public let columns: Int
  /// Rows; never negative.
  public let rows: Int

  /// A size; negative numbers become 0.
  public init(columns: Int, rows: Int) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
  }

  /// As people write it: `80x24`.
  public var description: String { "\(columns)x\(rows)" }
}

/// A cell's place, counted from 0 at the top left.
public struct Position: Hashable, Sendable {
  /// The row from the top.
  public var row: Int
  /// The column from the left.
  public var column: Int

  /// A position; it may lie outside every grid.
  public init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }
}

/// A rectangle of cells. Splitting never yields negative extents, so layouts need no special case for small screens.
public struct Rect: Hashable, Sendable {
  /// The top row.
  public let row: Int
  /// The leftmost column.
  public let column: Int
  /// The number of rows; never negative.
  public let rows: Int
  /// The number of columns; never negative.
  public let columns: Int

  /// A rectangle; negative extents become 0.
  public init(row: Int, column: Int, rows: Int, columns: Int) {
    self.row = row
    self.column = column
    self.rows = max(0, rows)
    self.columns = max(0, columns)
  }

  /// The whole of a grid of `size`.
  public init(_ size: Size) {
    self.init(row: 0, column: 0, rows: size.rows, columns: size.columns)
  }

  /// The first row below.
  public var endRow: Int { row + rows }
  /// The first column to the right.
  public var endColumn: Int { column + columns }
  /// Whether there is no cell in it.
  public var isEmpty: Bool { rows == 0 || columns == 0 }
  /// Its extent.
  public var size: Size { Size(columns: columns, rows: rows) }

  /// Whether the cell at `position` is inside.
  public func contains(_ position: Position) -> Bool {
    position.row >= row && position.row < endRow && position.column >= column && position.column < endColumn
  }

  /// What both have in common; empty when they do not meet.
  public func intersection(_ other: Rect) -> Rect {
    let top = max(row, other.row)
    let left = max(column, other.column)
    return Rect(
      row: top, column: left,
      rows: min(endRow, other.endRow) - top, columns: min(endColumn, other.endColumn) - left)
  }

  /// The first `count` rows and the rest below; `count` is limited to the rows there are.
  public func splitTop(_ count: Int) -> (top: Rect, rest: Rect) {
    let taken = min(max(0, count), rows)
    return (
      Rect(row: row, column: column, rows: taken, columns: columns),
      Rect(row: row + taken, column: column, rows: rows - taken, columns: columns)
    )
  }

  /// The rest above and the last `count` rows; `count` is limited to the rows there are.
  public func splitBottom(_ count: Int) -> (rest: Rect, bottom: Rect) {
    let (rest, bottom) = splitTop(rows - min(max(0, count), rows))
    return (rest, bottom)
  }

  /// The first `count` columns and the rest to the right; `count` is limited to the columns there are.
  public func splitLeft(_ count: Int) -> (left: Rect, rest: Rect) {
    let taken = min(max(0, count), columns)
    return (
      Rect(row: row, column: column, rows: rows, columns: taken),
      Rect(row: row, column: column + taken, rows: rows, columns: columns - taken)
    )
  }

  /// The rest to the left and the last `count` columns; `count` is limited to the columns there are.
  public func splitRight(_ count: Int) -> (rest: Rect, right: Rect) {
    let (rest, right) = splitLeft(columns - min(max(0, count), columns))
    return (rest, right)
  }

  /// The rectangle without its outermost `rows` and `columns` on each side.
  public func inset(rows: Int = 1, columns: Int = 1) -> Rect {
    Rect(
      row: row + rows, column: column + columns, rows: self.rows - 2 * rows, columns: self.columns - 2 * columns)
  }

  /// A rectangle of at most `size` in the middle of this one.
  public func centered(_ size: Size) -> Rect {
    let height = min(rows, size.rows)
    let width = min(columns, size.columns)
    return Rect(row: row + (rows - height) / 2, column: column + (columns - width) / 2, rows: height, columns: width)
  }
}
