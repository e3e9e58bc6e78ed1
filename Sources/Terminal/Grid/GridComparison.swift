/// Neighbouring cells of one row that differ from an earlier frame.
public struct Run: Hashable, Sendable {
  /// The row.
  public let row: Int
  /// The columns; never begins or ends within a wide character of the newer grid.
  public let columns: Range<Int>

  /// A run.
  public init(row: Int, columns: Range<Int>) {
    self.row = row
    self.columns = columns
  }
}

extension Grid: Equatable {
  /// Equal when every cell has the same character in the same style.
  public static func == (left: Grid, right: Grid) -> Bool {
    guard left.size == right.size else { return false }
    if left.clusters == right.clusters { return left.cells == right.cells }
    return left.cells.indices.allSatisfy { left.isEqual(at: $0, to: right) }
  }

  private func isEqual(at index: Int, to other: Grid) -> Bool {
    let mine = cells[index]
    let theirs = other.cells[index]
    if mine.code < PackedCell.firstCluster || theirs.code < PackedCell.firstCluster { return mine == theirs }
    return mine.width == theirs.width && mine.style == theirs.style && text(of: mine) == other.text(of: theirs)
  }

  /// The runs of cells in which this grid differs from `other`, from the top, left to right; all rows when the sizes
  /// differ.
  public func diff(with other: Grid) -> [Run] {
    guard size == other.size else {
      return columns == 0 ? [] : (0..<rows).map { Run(row: $0, columns: 0..<columns) }
    }
    let sameTable = clusters == other.clusters
    var runs: [Run] = []
    for row in 0..<rows {
      let base = row * columns
      var column = 0
      while column < columns {
        let index = base + column
        if sameTable ? cells[index] == other.cells[index] : isEqual(at: index, to: other) {
          column += 1
          continue
        }
        var start = column
        if cells[index].width == 0 && start > 0 { start -= 1 }
        column += 1
        while column < columns,
          !(sameTable
            ? cells[base + column] == other.cells[base + column]
            : isEqual(at: base + column, to: other))
        {
          column += 1
        }
        if cells[base + column - 1].width == 2 && column < columns { column += 1 }
        runs.append(Run(row: row, columns: start..<column))
      }
    }
    return runs
  }
}
