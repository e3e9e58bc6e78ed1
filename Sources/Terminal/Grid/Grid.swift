/// A screenful of styled characters. Everything is clipped to the grid, nothing put into it can contain a control
/// character, and a wide character is either whole or not there; whatever is drawn, a front end can send it as it is.
public struct Grid: Sendable {
  /// The extent.
  public let size: Size
  var cells: [PackedCell]
  /// Characters of several scalars (letters with marks, most emoji), each once.
  private(set) var clusters: [String] = []
  private var clusterCodes: [String: UInt32] = [:]

  /// An empty grid.
  public init(_ size: Size, style: Style = .plain) {
    self.size = size
    cells = Array(repeating: .blank(style), count: size.columns * size.rows)
  }

  /// An empty grid of the given extent.
  public init(columns: Int, rows: Int) { self.init(Size(columns: columns, rows: rows)) }

  /// Cells in a row.
  public var columns: Int { size.columns }
  /// Rows.
  public var rows: Int { size.rows }
  /// The whole grid.
  public var bounds: Rect { Rect(size) }

  /// The cell at a place; a blank one outside the grid.
  public subscript(row: Int, column: Int) -> Cell {
    guard bounds.contains(Position(row: row, column: column)) else {
      return Cell(text: " ", width: 1, style: .plain)
    }
    let cell = cells[row * columns + column]
    return Cell(text: text(of: cell), width: Int(cell.width), style: cell.style)
  }

  func text(of cell: PackedCell) -> String {
    if cell.width == 0 { return "" }
    if cell.code >= PackedCell.firstCluster { return clusters[Int(cell.code - PackedCell.firstCluster)] }
    return Unicode.Scalar(cell.code).map { String($0) } ?? " "
  }

  /// Empties the grid, keeping its memory for the next frame.
  public mutating func clear(style: Style = .plain) {
    for index in cells.indices { cells[index] = .blank(style) }
    clusters.removeAll(keepingCapacity: true)
    clusterCodes.removeAll(keepingCapacity: true)
  }

  // MARK: - Cells

  /// The code under which `cluster` is kept.
  mutating func code(for cluster: String) -> UInt32 {
    if let code = clusterCodes[cluster] { return code }
    let code = PackedCell.firstCluster + UInt32(clusters.count)
    clusters.append(cluster)
    clusterCodes[cluster] = code
    return code
  }

  /// Writes a character whose columns all lie in the row; halves of wide characters that it cuts become blanks.
  mutating func set(row: Int, column: Int, code: UInt32, width: Int, style: Style) {
    let index = row * columns + column
    if cells[index].width == 0 && column > 0 { cells[index - 1] = .blank(cells[index - 1].style) }
    let last = index + width - 1
    if cells[last].width == 2 && column + width < columns { cells[last + 1] = .blank(cells[last + 1].style) }
    cells[index] = PackedCell(code: code, style: style, width: UInt8(width))
    if width == 2 { cells[last] = PackedCell(code: 0x20, style: style, width: 0) }
  }

  /// Changes the style of cells, leaving their characters; both columns of a wide character change together.
  public mutating func restyle(_ area: Rect, _ change: (inout Style) -> Void) {
    let area = area.intersection(bounds)
    guard !area.isEmpty else { return }
    for row in area.row..<area.endRow {
      var from = row * columns + area.column
      var to = row * columns + area.endColumn
      if cells[from].width == 0 { from -= 1 }
      if cells[to - 1].width == 2 { to += 1 }
      for index in from..<to { change(&cells[index].style) }
    }
  }
}
