/// Pictures of screens for the README and for reports. The same grid gives the same bytes, so that pictures are
/// reviewed as other files are.
public struct SVG: Sendable {
  /// The colours; its canvas is the window's background.
  public var theme: Theme
  /// The text in the window's upper edge; none when empty.
  public var title: String
  /// The colours to show.
  public var depth: ColorDepth
  /// The cell to mark as the hardware cursor.
  public var cursor: Position?

  /// A way to make pictures.
  public init(theme: Theme = .dark, title: String = "", depth: ColorDepth = .indexed256, cursor: Position? = nil) {
    self.theme = theme
    self.title = title
    self.depth = depth
    self.cursor = cursor
  }

  // All lengths are tenths of a pixel, so that they are exact. The advance of the usual monospace fonts is 0.602 of
  // their size, 14 pixels here; `textLength` makes the others fit.
  private let cellWidth = 84
  private let cellHeight = 180
  private let baseline = 134
  private let padding = 160
  private let titleBar = 360

  /// The picture of a grid, a whole SVG document.
  public func render(_ grid: Grid) -> String {
    let width = grid.columns * cellWidth + 2 * padding
    let height = grid.rows * cellHeight + titleBar + padding
    let canvas = theme.canvasBackground
    let name = escape(printable(title))
    let faint = mix(theme.canvasForeground, canvas, 40)
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(px(width))" height="\(px(height))" \
      viewBox="0 0 \(px(width)) \(px(height))" role="img"\(title.isEmpty ? "" : " aria-label=\"\(name)\"")>
      <rect x="0.5" y="0.5" width="\(px(width - 10))" height="\(px(height - 10))" rx="9" \
      fill="\(canvas.hexadecimal)" stroke="\(faint.hexadecimal)"/>
      <circle cx="20" cy="18" r="6" fill="#ff5f57"/><circle cx="40" cy="18" r="6" fill="#febc2e"/>\
      <circle cx="60" cy="18" r="6" fill="#28c840"/>

      """
    if !title.isEmpty {
      svg += """
        <text x="\(px(width / 2))" y="22.5" text-anchor="middle" font-size="13" \
        font-family="-apple-system,'Segoe UI',Helvetica,Arial,sans-serif" \
        fill="\(mix(theme.canvasForeground, canvas, 75).hexadecimal)">\(name)</text>

        """
    }
    svg += """
      <g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace" \
      font-size="14" fill="\(theme.canvasForeground.hexadecimal)" xml:space="preserve">

      """
    for row in 0..<grid.rows {
      let runs = runs(grid, row)
      svg += backgrounds(runs, row) + letters(runs, row)
    }
    return svg + "</g>\n</svg>\n"
  }

  // MARK: - Runs

  /// Neighbouring cells that look the same.
  private struct LookRun {
    var column: Int
    var columns: Int
    var text: String
    let look: Look
  }

  private struct Look: Equatable {
    let foreground: RGB?
    let background: RGB?
    let attributes: TextAttributes
  }

  private func runs(_ grid: Grid, _ row: Int) -> [LookRun] {
    var runs: [LookRun] = []
    var column = 0
    while column < grid.columns {
      let cell = grid[row, column]
      let width = max(1, cell.width)
      let look = look(of: cell, isCursor: cursor == Position(row: row, column: column))
      // Characters that other fonts may have to supply stand alone, so that a wrong advance moves nothing else.
      let alone = !cell.text.utf8.allSatisfy { $0 < 0x80 }
      if var last = runs.last, !alone, last.look == look, last.text.utf8.count == last.columns {
        last.text += cell.text
        last.columns += width
        runs[runs.count - 1] = last
      } else {
        runs.append(LookRun(column: column, columns: width, text: cell.text, look: look))
      }
      column += width
    }
    return runs
  }

  private func look(of cell: Cell, isCursor: Bool) -> Look {
    let shown = theme.appearance(of: cell.style, depth: depth)
    let foreground = shown.foreground.map { RGB(indexed: $0) }
    let background = shown.background.map { RGB(indexed: $0) }
    let drawn = shown.attributes.subtracting(.reverse)
    if shown.attributes.contains(.reverse) != isCursor {
      return Look(
        foreground: background ?? theme.canvasBackground, background: foreground ?? theme.canvasForeground,
        attributes: drawn)
    }
    return Look(foreground: foreground, background: background, attributes: drawn)
  }

  // MARK: - Elements

  private func backgrounds(_ runs: [LookRun], _ row: Int) -> String {
    var result = ""
    var index = 0
    while index < runs.count {
      let first = runs[index]
      var columns = first.columns
      index += 1
      guard let background = first.look.background else { continue }
      while index < runs.count, runs[index].look.background == background {
        columns += runs[index].columns
        index += 1
      }
      result += """
        <rect x="\(px(padding + first.column * cellWidth))" y="\(px(titleBar + row * cellHeight))" \
        width="\(px(columns * cellWidth))" height="\(px(cellHeight))" fill="\(background.hexadecimal)"/>

        """
    }
    return result
  }

  private func letters(_ runs: [LookRun], _ row: Int) -> String {
    var spans = ""
    var lines = SVGLines()
    for run in runs {
      let color = (run.look.foreground ?? theme.canvasForeground).hexadecimal
      if run.columns == 1 && lines.add(run.text, column: run.column, color: color) { continue }
      // Blanks at both ends are left to the position of the next run; an underlined blank is seen.
      let underlined = run.look.attributes.contains(.underline)
      let leading = underlined ? 0 : run.text.prefix { $0 == " " }.count
      let text = run.text.dropFirst(leading)
      let trailing = underlined ? 0 : text.reversed().prefix { $0 == " " }.count
      let shown = text.dropLast(trailing)
      if shown.isEmpty { continue }
      let columns = run.columns - leading - trailing
      spans += "<tspan x=\"\(px(padding + (run.column + leading) * cellWidth))\""
      spans += " textLength=\"\(px(columns * cellWidth))\" lengthAdjust=\"spacingAndGlyphs\""
      if let foreground = run.look.foreground { spans += " fill=\"\(foreground.hexadecimal)\"" }
      if run.look.attributes.contains(.bold) { spans += " font-weight=\"bold\"" }
      if run.look.attributes.contains(.italic) { spans += " font-style=\"italic\"" }
      if run.look.attributes.contains(.faint) { spans += " opacity=\"0.7\"" }
      if underlined { spans += " text-decoration=\"underline\"" }
      spans += ">\(escape(String(shown)))</tspan>"
    }
    let paths = lines.paths(
      { px(padding + $0 * cellWidth / 2) + " " + px(titleBar + row * cellHeight + $1 * cellHeight / 2) },
      { px($0 * cellWidth / 2 + $1 * cellHeight / 2) })
    if spans.isEmpty { return paths }
    return paths + "<text y=\"\(px(titleBar + row * cellHeight + baseline))\">\(spans)</text>\n"
  }

  private func px(_ tenths: Int) -> String {
    tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }

  private func mix(_ one: RGB, _ other: RGB, _ percent: UInt32) -> RGB {
    func part(_ a: UInt8, _ b: UInt8) -> UInt32 { (UInt32(a) * percent + UInt32(b) * (100 - percent)) / 100 }
    return RGB(part(one.red, other.red) << 16 | part(one.green, other.green) << 8 | part(one.blue, other.blue))
  }

  private func escape(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
