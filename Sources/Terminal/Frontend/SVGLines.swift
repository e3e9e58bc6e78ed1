/// The lines of frames and trees as strokes: fonts differ in height, and a frame with gaps is no frame.
struct SVGLines {
  /// Whether a line goes from the middle of the cell to its left, right, upper and lower edge.
  private typealias Arms = (left: Bool, right: Bool, up: Bool, down: Bool)

  private static let arms: [String: Arms] = [
    "─": (true, true, false, false), "│": (false, false, true, true), "┌": (false, true, false, true),
    "┐": (true, false, false, true), "└": (false, true, true, false), "┘": (true, false, true, false),
    "├": (false, true, true, true), "┤": (true, false, true, true), "┬": (true, true, false, true),
    "┴": (true, true, true, false), "┼": (true, true, true, true),
  ]

  /// A stroke in half cells: from a point to a point to the right or below.
  private struct Stroke {
    let color: String
    let column: Int
    var length: Int
    let top: Int
    let height: Int
  }

  private var strokes: [Stroke] = []

  /// Adds what `text` shows in the cell at `column`; false when it is no line.
  mutating func add(_ text: String, column: Int, color: String) -> Bool {
    guard let arms = Self.arms[text] else { return false }
    if arms.left || arms.right {
      let from = 2 * column + (arms.left ? 0 : 1)
      let to = 2 * column + (arms.right ? 2 : 1)
      if let last = strokes.lastIndex(where: { $0.length > 0 }), strokes[last].color == color,
        strokes[last].column + strokes[last].length == from
      {
        strokes[last].length += to - from
      } else {
        strokes.append(Stroke(color: color, column: from, length: to - from, top: 1, height: 0))
      }
    }
    if arms.up || arms.down {
      let from = arms.up ? 0 : 1
      let to = arms.down ? 2 : 1
      strokes.append(Stroke(color: color, column: 2 * column + 1, length: 0, top: from, height: to - from))
    }
    return true
  }

  /// The paths of one row, one for each colour.
  /// - Parameter point: the text of a point given in half cells, and of half a cell's width and height.
  func paths(_ point: (_ column: Int, _ row: Int) -> String, _ length: (_ columns: Int, _ rows: Int) -> String)
    -> String
  {
    var colors: [String] = []
    for stroke in strokes where !colors.contains(stroke.color) { colors.append(stroke.color) }
    return colors.map { color in
      let data = strokes.filter { $0.color == color }.map { stroke in
        "M" + point(stroke.column, stroke.top) + (stroke.length > 0 ? "h" : "v") + length(stroke.length, stroke.height)
      }
      return "<path d=\"\(data.joined())\" stroke=\"\(color)\"/>\n"
    }.joined()
  }
}
