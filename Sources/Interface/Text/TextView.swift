import Terminal

/// A text that can be scrolled and searched: details, YAML, help.
public struct TextView {
  /// The lines.
  public private(set) var lines: [[Span]] = []
  /// Which lines are visible.
  public private(set) var scroll = Scroll()
  /// Break long lines.
  public var wraps = false { didSet { layout() } }
  /// What is searched for.
  public private(set) var search = LineSearch()

  /// The rows as they are drawn: the line, and for wrapped lines which piece of it.
  private var rows: [(line: Int, piece: [Span])] = []
  private var width = 80

  /// An empty text.
  public init() {}

  /// A text of the given lines.
  public init(lines: [[Span]]) {
    self.lines = lines
    layout()
  }

  /// Replaces the text; the place stays where it is as far as it exists.
  public mutating func setLines(_ lines: [[Span]]) {
    self.lines = lines
    search.update(texts)
    layout()
  }

  /// Tells how much room there is.
  public mutating func setSize(_ size: Size) {
    scroll.update(height: size.rows)
    if width != size.columns {
      width = size.columns
      layout()
    }
  }

  /// Moves through the text.
  public mutating func move(_ change: (inout Scroll) -> Void) { change(&scroll) }

  /// Searches; goes to the first match at or behind the top line.
  public mutating func find(_ text: String) {
    search = LineSearch(text, in: texts)
    if let line = search.first(from: topLine) { reveal(line) }
  }

  /// Goes to the next match, or with -1 to the one before; past the last one to the first.
  public mutating func findNext(_ step: Int) {
    if let line = search.next(step) { reveal(line) }
  }

  private var texts: [String] { lines.map { $0.map(\.text).joined() } }

  private var topLine: Int { rows.indices.contains(scroll.offset) ? rows[scroll.offset].line : 0 }

  private mutating func reveal(_ line: Int) {
    if let row = rows.firstIndex(where: { $0.line == line }) { scroll.reveal(row) }
  }

  private mutating func layout() {
    rows = []
    for (index, line) in lines.enumerated() {
      if wraps, line.reduce(0, { $0 + textWidth($1.text) }) > width {
        // Wrapped lines lose their colours but for the first span's: what matters there is reading.
        let text = line.map(\.text).joined()
        for piece in wrapped(text, width: width) {
          rows.append((index, [Span(piece, line.first?.style ?? .plain)]))
        }
      } else {
        rows.append((index, line))
      }
    }
    scroll.update(count: rows.count)
  }

  /// Draws the visible part.
  public func draw(into grid: inout Grid, area: Rect) {
    for (place, index) in scroll.visible.enumerated() where place < area.rows && rows.indices.contains(index) {
      let row = rows[index]
      grid.put(
        row.piece, row: area.row + place, column: area.column, width: area.columns, offset: wraps ? 0 : scroll.column)
      search.highlight(
        row.piece.map(\.text).joined(), isCurrent: search.currentLine == row.line, row: area.row + place, area: area,
        offset: wraps ? 0 : scroll.column, in: &grid)
    }
  }
}
