/// Where text stands in the columns it has been given.
public enum Alignment: String, Sendable {
  /// At the left edge.
  case leading
  /// At the right edge, as numbers are.
  case trailing
  /// In the middle, rather left than right.
  case center
}

extension Grid {
  /// Fills an area with a character of width 1; anything else is taken as a space.
  public mutating func fill(_ area: Rect, with character: Character = " ", style: Style = .plain) {
    let area = area.intersection(bounds)
    guard !area.isEmpty else { return }
    var fill = PackedCell.blank(style)
    walkPrintable(String(character)) { piece, width in
      if width == 1, case .scalar(let scalar) = piece { fill.code = scalar.value }
      return false
    }
    for row in area.row..<area.endRow {
      // The edges go through `set`, which knows about wide characters; between them there is nothing to mend.
      set(row: row, column: area.column, code: fill.code, width: 1, style: style)
      set(row: row, column: area.endColumn - 1, code: fill.code, width: 1, style: style)
      for index in (row * columns + area.column)..<(row * columns + area.endColumn) { cells[index] = fill }
    }
  }

  /// Draws text and returns the columns it takes from `column` on, at most `width`.
  ///
  /// The text is made safe, clipped to `width` columns and to the grid. A wide character of which only half would be
  /// visible becomes a blank. Cells that the text does not reach stay as they are.
  /// - Parameters:
  ///   - width: the columns available; to the end of the row when nil.
  ///   - ellipsis: what stands at the end of text that had to be cut, one column (`Glyphs.ellipsis`); nil cuts silently.
  ///   - offset: columns of the text that have been scrolled out to the left.
  @discardableResult
  public mutating func put(
    _ text: String, row: Int, column: Int, width: Int? = nil, style: Style = .plain, align: Alignment = .leading,
    ellipsis: String? = nil, offset: Int = 0
  ) -> Int {
    let area = Area(row: row, column: column, width: width, of: self)
    var pen = Pen(area: area, column: area.start(of: textWidthIfNeeded(align, [text]), align, offset))
    write(text, style, &pen)
    return finish(&pen, style, ellipsis)
  }

  /// Draws differently styled pieces of text as one line; otherwise as `put` of a text.
  @discardableResult
  public mutating func put(
    _ spans: [Span], row: Int, column: Int, width: Int? = nil, align: Alignment = .leading, ellipsis: String? = nil,
    offset: Int = 0
  ) -> Int {
    let area = Area(row: row, column: column, width: width, of: self)
    let measured = textWidthIfNeeded(align, spans.map(\.text))
    var pen = Pen(area: area, column: area.start(of: measured, align, offset))
    for span in spans where !pen.isFull { write(span.text, span.style, &pen) }
    return finish(&pen, spans.last?.style ?? .plain, ellipsis)
  }

  /// Copies `other` so that its top left cell stands at `position`, clipped.
  public mutating func put(_ other: Grid, at position: Position) {
    let area = Rect(row: position.row, column: position.column, rows: other.rows, columns: other.columns)
      .intersection(bounds)
    guard !area.isEmpty else { return }
    for row in area.row..<area.endRow {
      var column = area.column
      while column < area.endColumn {
        let cell = other.cells[(row - position.row) * other.columns + column - position.column]
        let width = Int(cell.width)
        if width == 0 || column + width > area.endColumn {
          set(row: row, column: column, code: 0x20, width: 1, style: cell.style)
          column += 1
          continue
        }
        let isCluster = cell.code >= PackedCell.firstCluster
        let code = isCluster ? self.code(for: other.text(of: cell)) : cell.code
        set(row: row, column: column, code: code, width: width, style: cell.style)
        column += width
      }
    }
  }

  /// Draws a frame along the inside of `area`, with a title in its upper line. Areas of less than 2 by 2 stay empty.
  public mutating func box(_ area: Rect, title: [Span] = [], style: Style = Style(.border), glyphs: Glyphs) {
    guard area.rows >= 2 && area.columns >= 2 else { return }
    let bottom = area.endRow - 1
    let right = area.endColumn - 1
    for (row, left, middle, end) in [
      (area.row, glyphs.topLeft, glyphs.horizontal, glyphs.topRight),
      (bottom, glyphs.bottomLeft, glyphs.horizontal, glyphs.bottomRight),
    ] {
      fill(Rect(row: row, column: area.column, rows: 1, columns: area.columns), with: middle, style: style)
      put(String(left), row: row, column: area.column, width: 1, style: style)
      put(String(end), row: row, column: right, width: 1, style: style)
    }
    for column in [area.column, right] {
      fill(
        Rect(row: area.row + 1, column: column, rows: area.rows - 2, columns: 1), with: glyphs.vertical, style: style)
    }
    if !title.isEmpty && area.columns > 6 {
      let padded = [Span(" ", style)] + title + [Span(" ", style)]
      put(padded, row: area.row, column: area.column + 2, width: area.columns - 4, ellipsis: glyphs.ellipsis)
    }
  }

  // MARK: - The pen

  private func textWidthIfNeeded(_ align: Alignment, _ texts: [String]) -> Int {
    align == .leading ? 0 : texts.reduce(0) { $0 + textWidth($1) }
  }

  private mutating func write(_ text: String, _ style: Style, _ pen: inout Pen) {
    var position = pen
    walkPrintable(text, column: position.textColumn) { piece, width in
      defer { position.textColumn += width }
      let column = position.column
      if column + width > position.area.right {
        position.isFull = true
        position.wasCut = true
        return false
      }
      position.column += width
      guard position.area.isVisible, column + width > position.area.left else { return true }
      if column < position.area.left {
        set(row: position.area.row, column: position.area.left, code: 0x20, width: 1, style: style)
        return true
      }
      let code: UInt32 =
        switch piece {
        case .scalar(let scalar): scalar.value
        case .cluster(let cluster): self.code(for: cluster)
        }
      set(row: position.area.row, column: column, code: code, width: width, style: style)
      return true
    }
    pen = position
  }

  /// Blanks half a wide character's column, draws the ellipsis, and says how far the text came.
  private mutating func finish(_ pen: inout Pen, _ style: Style, _ ellipsis: String?) -> Int {
    let area = pen.area
    guard pen.wasCut else { return max(0, min(pen.column, area.right) - area.origin) }
    guard area.isVisible, area.right > area.left else { return max(0, area.right - area.origin) }
    if pen.column < area.right && pen.column >= area.left {
      set(row: area.row, column: pen.column, code: 0x20, width: 1, style: style)
    }
    if let ellipsis {
      let mark = area.right - 1
      let markStyle = cells[area.row * columns + mark].style
      walkPrintable(ellipsis) { piece, width in
        if width == 1, case .scalar(let scalar) = piece {
          set(row: area.row, column: mark, code: scalar.value, width: 1, style: markStyle)
        }
        return false
      }
    }
    return area.right - area.origin
  }
}

/// The part of a row that text may touch.
private struct Area {
  let row: Int
  /// The first column asked for; it may lie outside the grid.
  let origin: Int
  let left: Int
  let right: Int
  let isVisible: Bool

  init(row: Int, column: Int, width: Int?, of grid: Grid) {
    // Far outside is as good as infinitely far; the limit keeps sums from overflowing.
    let far = 1 << 40
    let first = min(max(column, -far), far)
    self.row = row
    origin = first
    left = max(0, first)
    right = min(grid.columns, width.map { first + min(max(0, $0), far) } ?? grid.columns)
    isVisible = row >= 0 && row < grid.rows && max(0, first) < right
  }

  /// The column of the text's first character, seen or not.
  func start(of width: Int, _ align: Alignment, _ offset: Int) -> Int {
    let scrolled = origin - min(max(0, offset), 1 << 40)
    // Scrolled text and text that does not fit begin at the left: its start is what names it.
    let free = right - origin - width
    if offset > 0 || free <= 0 { return scrolled }
    switch align {
    case .leading: return origin
    case .trailing: return origin + free
    case .center: return origin + free / 2
    }
  }
}

/// Where the next character goes.
private struct Pen {
  let area: Area
  var column: Int
  /// The column within the text, for tabs.
  var textColumn = 0
  var isFull = false
  var wasCut = false

  init(area: Area, column: Int) {
    self.area = area
    self.column = column
  }
}
