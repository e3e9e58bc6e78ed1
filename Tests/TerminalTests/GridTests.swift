import Terminal
import Testing

@Suite struct GridTests {
  private func drawn(_ columns: Int = 10, _ draw: (inout Grid) -> Void) -> String {
    var grid = Grid(columns: columns, rows: 1)
    draw(&grid)
    return grid.lines[0]
  }

  @Test("Text is clipped to its width and to the grid")
  func clipping() {
    #expect(drawn { $0.put("abcdef", row: 0, column: 2, width: 3) } == "  abc")
    #expect(drawn { $0.put("abcdef", row: 0, column: 8) } == "        ab")
    #expect(drawn { $0.put("abcdef", row: 0, column: -3) } == "def")
    #expect(drawn { $0.put("abcdef", row: 1, column: 0) } == "")
    #expect(drawn { $0.put("abcdef", row: -1, column: 0) } == "")
    #expect(drawn { $0.put("abcdef", row: 0, column: 0, width: -4) } == "")
    #expect(drawn { $0.put("abc", row: 0, column: .min, width: .max) } == "")
    #expect(drawn { $0.put("abc", row: 0, column: .max, width: .max, offset: .max) } == "")
  }

  @Test("Text that was cut ends in the ellipsis")
  func ellipsis() {
    #expect(drawn { $0.put("abcdef", row: 0, column: 0, width: 4, ellipsis: "…") } == "abc…")
    #expect(drawn { $0.put("abcd", row: 0, column: 0, width: 4, ellipsis: "…") } == "abcd")
    #expect(drawn { $0.put("日本語", row: 0, column: 0, width: 4, ellipsis: "…") } == "日 …")
    #expect(drawn { $0.put("日本語", row: 0, column: 0, width: 5, ellipsis: "…") } == "日本…")
    #expect(drawn { $0.put("日本語", row: 0, column: 0, width: 1, ellipsis: "…") } == "…")
    #expect(drawn(3) { $0.put("abcdef", row: 0, column: 0, width: 6, ellipsis: "~") } == "ab~")
  }

  @Test("Text stands where it was aligned; what does not fit starts at the left")
  func alignment() {
    #expect(drawn { $0.put("12", row: 0, column: 0, width: 5, align: .trailing) } == "   12")
    #expect(drawn { $0.put("日", row: 0, column: 0, width: 5, align: .trailing) } == "   日")
    #expect(drawn { $0.put("ab", row: 0, column: 0, width: 5, align: .center) } == " ab")
    #expect(drawn { $0.put("abcdef", row: 0, column: 0, width: 3, align: .trailing, ellipsis: "~") } == "ab~")
    #expect(drawn { $0.put("abc", row: 0, column: -2, width: 5, align: .trailing) } == "abc")
  }

  @Test("Wide characters are whole or not there")
  func wideCharacters() {
    #expect(drawn(3) { $0.put("日本", row: 0, column: 0) } == "日")
    #expect(drawn { $0.put("日本", row: 0, column: -1) } == " 本")
    #expect(drawn { $0.put("a日本", row: 0, column: 0, offset: 2) } == " 本")
    let cutLeft = drawn {
      $0.put("日本", row: 0, column: 0)
      $0.put("x", row: 0, column: 1)
    }
    #expect(cutLeft == " x本")
    let cutRight = drawn {
      $0.put("日本", row: 0, column: 0)
      $0.put("x", row: 0, column: 2)
    }
    #expect(cutRight == "日x")
    let shifted = drawn {
      $0.put("日本", row: 0, column: 0)
      $0.put("語", row: 0, column: 1)
    }
    #expect(shifted == " 語")
    let filled = drawn {
      $0.put("日本語", row: 0, column: 0)
      $0.fill(Rect(row: 0, column: 1, rows: 1, columns: 4), with: ".")
    }
    #expect(filled == " ....")
  }

  @Test("The columns used let the next piece follow")
  func columnsUsed() {
    var grid = Grid(columns: 10, rows: 1)
    #expect(grid.put("日b", row: 0, column: 0) == 3)
    #expect(grid.put("abcdef", row: 0, column: 0, width: 4, ellipsis: "…") == 4)
    #expect(grid.put("ab", row: 0, column: 0, width: 6, align: .trailing) == 6)
    #expect(grid.put("abcd", row: 0, column: 0, offset: 3) == 1)
    #expect(grid.put("abcd", row: 5, column: 0) == 4)
    #expect(grid.put("abcd", row: 0, column: 12) == 0)
  }

  @Test("Spans are one line of several styles")
  func spans() {
    var grid = Grid(columns: 12, rows: 1)
    let used = grid.put(
      [Span("ab", .critical), "日", Span("cdefghij", Style(.key, .bold))], row: 0, column: 1, width: 8, ellipsis: "…")
    #expect(used == 8)
    #expect(grid.lines == [" ab日cde…"])
    #expect(grid.styleMap == " cc..KKKK\n")
  }

  @Test("Control characters never get into a cell")
  func hostile() {
    #expect(drawn(30) { $0.put("\u{1b}]0;x\u{7}\u{9b}1m", row: 0, column: 0) } == "^[]0;x^G<U+009B>1m")
    #expect(drawn { $0.fill($0.bounds, with: "\u{1b}") } == "^^^^^^^^^^")
    #expect(drawn { $0.fill($0.bounds, with: "日") } == "")
    #expect(drawn { $0.put("abcdef", row: 0, column: 0, width: 3, ellipsis: "\u{1b}") } == "ab^")
  }

  @Test("Differences are runs that begin and end at whole characters")
  func differences() {
    var old = Grid(columns: 10, rows: 2)
    old.put("abcdefghij", row: 0, column: 0)
    var new = old
    #expect(new.diff(with: old).isEmpty)
    new.put("XY", row: 0, column: 2)
    new.put("日", row: 1, column: 4)
    #expect(new.diff(with: old) == [Run(row: 0, columns: 2..<4), Run(row: 1, columns: 4..<6)])
    var styled = old
    styled.restyle(Rect(row: 0, column: 9, rows: 9, columns: 9)) { $0.selected = true }
    #expect(styled.diff(with: old) == [Run(row: 0, columns: 9..<10), Run(row: 1, columns: 9..<10)])
    #expect(Grid(columns: 3, rows: 1).diff(with: old) == [Run(row: 0, columns: 0..<3)])
  }

  @Test("Grids with characters of several scalars are compared by what they show")
  func clusterTables() {
    var one = Grid(columns: 6, rows: 1)
    one.put("e\u{301}a\u{300}", row: 0, column: 0)
    var other = Grid(columns: 6, rows: 1)
    other.put("a\u{300}", row: 0, column: 1)
    other.put("e\u{301}", row: 0, column: 0)
    #expect(one == other)
    #expect(one.diff(with: other).isEmpty)
    other.put("e\u{302}", row: 0, column: 0)
    #expect(one.diff(with: other) == [Run(row: 0, columns: 0..<1)])
  }

  @Test("Text and grid are each other's inverse")
  func parsing() {
    let text = "NAME   日本\n\n e\u{301} end\n"
    let grid = Grid(parsing: text)
    #expect(grid.size == Size(columns: 11, rows: 3))
    #expect(grid.text == text)
    #expect(grid.boxed == "+-----------+\n|NAME   日本|\n|           |\n| e\u{301} end     |\n+-----------+\n")
  }

  @Test("A grid drawn on another is clipped, and its characters survive")
  func nested() {
    var inner = Grid(columns: 4, rows: 2)
    inner.put("e\u{301}日x", row: 0, column: 0)
    var outer = Grid(columns: 5, rows: 2)
    outer.fill(outer.bounds, with: ".")
    outer.put(inner, at: Position(row: 1, column: 3))
    #expect(outer.lines == [".....", "...e\u{301} "].map { $0.hasSuffix(" ") ? String($0.dropLast()) : $0 })
    outer.put(inner, at: Position(row: -1, column: -2))
    #expect(outer.lines[0] == "  ...")
  }

  @Test("A box frames its area and cuts its title")
  func box() {
    var grid = Grid(columns: 12, rows: 3)
    grid.box(grid.bounds, title: ["pods(shop)"], glyphs: .ascii)
    #expect(grid.lines == ["+- pods(s~-+", "|          |", "+----------+"])
    var small = Grid(columns: 1, rows: 1)
    small.box(small.bounds, glyphs: .unicode)
    #expect(small.lines == [""])
  }

  @Test("Whatever is drawn wherever, every row stays as wide as the grid and free of controls", arguments: 1...40)
  func randomText(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let alphabet: [Unicode.Scalar] = [
      "a", "Z", " ", "\t", "\u{1b}", "\r", "\n", "\u{7f}", "\u{9b}", "\u{301}", "\u{200D}", "\u{FE0F}", "日", "本", "가",
      "🚀",
      "👩", "🏽", "🇩", "🇪", "\u{202E}", "\u{200B}", "\u{1100}", "\u{1161}", "क", "ि", "\u{94D}", "ก", "็", "❤",
      "\u{E0067}",
      "🏴", "\u{FFFD}", "\u{378}", "\u{10FFFF}", "\u{E000}", "\u{600}", "─",
    ]
    let size = Size(columns: Int.random(in: 1...12, using: &random), rows: Int.random(in: 1...3, using: &random))
    var grid = Grid(size)
    var last = grid
    for _ in 0..<200 {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        if let scalar = alphabet.randomElement(using: &random) { text.append(scalar) }
      }
      let row = Int.random(in: -1...3, using: &random)
      let column = Int.random(in: -6...14, using: &random)
      let width = Bool.random(using: &random) ? Int.random(in: -1...14, using: &random) : nil
      switch Int.random(in: 0..<10, using: &random) {
      case 0: grid.fill(Rect(row: row, column: column, rows: 2, columns: width ?? 3), with: "#")
      case 1: grid.put(last, at: Position(row: row, column: column))
      case 2: grid.restyle(Rect(row: row, column: column, rows: 2, columns: width ?? 3)) { $0.bold.toggle() }
      default:
        let align = [Alignment.leading, .trailing, .center].randomElement(using: &random) ?? .leading
        let used = grid.put(
          String(text), row: row, column: column, width: width, align: align,
          ellipsis: Bool.random(using: &random) ? "…" : nil, offset: Int.random(in: 0...4, using: &random))
        #expect(used >= 0 && used <= max(0, width ?? 99))
      }
      checkShape(grid, seed)
      checkDifference(grid, last, seed)
      last = grid
    }
  }

  /// Each head of a wide character is followed by its second column, and nothing else is.
  private func checkShape(_ grid: Grid, _ seed: UInt64) {
    for row in 0..<grid.rows {
      var column = 0
      while column < grid.columns {
        let cell = grid[row, column]
        #expect(cell.width == 1 || cell.width == 2, "seed \(seed)")
        #expect(textWidth(cell.text) == cell.width, "seed \(seed): \(cell.text.debugDescription)")
        #expect(!cell.text.unicodeScalars.contains { $0.properties.generalCategory == .control }, "seed \(seed)")
        if cell.width == 2 { #expect(grid[row, column + 1].width == 0 && column + 1 < grid.columns, "seed \(seed)") }
        column += max(1, cell.width)
      }
      #expect(column == grid.columns, "seed \(seed)")
    }
  }

  /// Redrawing only the differing runs makes the old frame the new one.
  private func checkDifference(_ new: Grid, _ old: Grid, _ seed: UInt64) {
    var patched = old
    for run in new.diff(with: old) {
      #expect(new[run.row, run.columns.lowerBound].width > 0, "seed \(seed)")
      for column in run.columns {
        let cell = new[run.row, column]
        if cell.width > 0 {
          #expect(column + cell.width <= run.columns.upperBound, "seed \(seed)")
          patched.put(cell.text, row: run.row, column: column, style: cell.style)
        }
      }
    }
    #expect(patched == new, "seed \(seed): \(new.differences(from: patched))")
  }
}
