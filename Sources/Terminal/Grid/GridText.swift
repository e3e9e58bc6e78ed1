extension Grid {
  /// The characters of each row without the blanks at its end.
  public var lines: [String] {
    (0..<rows).map { row in
      var line = ""
      var blanks = 0
      for column in 0..<columns {
        let cell = cells[row * columns + column]
        if cell.width == 1 && cell.code == 0x20 {
          blanks += 1
          continue
        }
        if blanks > 0 { line += String(repeating: " ", count: blanks) }
        blanks = 0
        line += text(of: cell)
      }
      return line
    }
  }

  /// The rows as text, each ended by a newline.
  public var text: String { lines.map { $0 + "\n" }.joined() }

  /// The rows with a frame around them, for messages of failed tests: the frame shows where a row ends.
  public var boxed: String {
    let edge = "+" + String(repeating: "-", count: columns) + "+\n"
    let rows = lines.map { line in
      "|" + line + String(repeating: " ", count: max(0, columns - textWidth(line))) + "|\n"
    }
    return edge + rows.joined() + edge
  }

  /// A map of the same shape as the grid: for each column the letter of the cell's role, in upper case where the cell
  /// is bold, reversed, underlined or selected (`:` for ordinary text so set off); blanks in ordinary style are spaces.
  public var styleMap: String {
    (0..<rows).map { row in
      let letters = cells[(row * columns)..<((row + 1) * columns)].map { cell in
        styleLetter(cell)
      }
      let end = letters.lastIndex { $0 != " " }.map { $0 + 1 } ?? 0
      return String(letters[..<end]) + "\n"
    }.joined()
  }

  private func styleLetter(_ cell: PackedCell) -> Character {
    let setOff = !cell.style.attributes.isDisjoint(with: [.bold, .reverse, .underline, .selected])
    if cell.style.role == .text {
      if setOff { return ":" }
      return cell.code == 0x20 && cell.width == 1 ? " " : "."
    }
    let letter = cell.style.role.letter
    return setOff ? Character(letter.uppercased()) : letter
  }

  /// A grid with the given rows of text in ordinary style.
  /// - Parameter size: the extent; when nil, as many rows as there are lines and as many columns as the widest takes.
  public init(parsing text: String, size: Size? = nil) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    let needed = Size(columns: lines.map { textWidth($0) }.max() ?? 0, rows: lines.count)
    self.init(size ?? needed)
    for (row, line) in lines.enumerated() { put(line, row: row, column: 0) }
  }

  /// What differs from `expected`, cell by cell, for messages of failed tests; at most `limit` cells are listed.
  public func differences(from expected: Grid, limit: Int = 20) -> [String] {
    if size != expected.size { return ["expected \(expected.size) cells, got \(size)"] }
    var found: [String] = []
    for row in 0..<rows {
      for column in 0..<columns where found.count < limit {
        let want = expected[row, column]
        let got = self[row, column]
        if want != got {
          found.append(
            "row \(row) column \(column): expected \"\(want.text)\" \(want.style.role), "
              + "got \"\(got.text)\" \(got.style.role)")
        }
      }
    }
    return found
  }
}
