/// Rows of text in columns, laid out as kubectl does with Go's tabwriter: every column but the last is as wide as its
/// widest cell and three spaces, and at least six.
public struct TextTable: Sendable, Equatable {
  /// The cells of each row; rows may differ in length.
  public private(set) var rows: [[String]] = []
  /// Widths that columns had in an earlier part of the same table: they never shrink.
  private var widths: [Int] = []

  /// What names are usually not longer than: a limit for tables of podmedic's own.
  public static let readable = 60

  private static let smallest = 6
  private static let padding = 3

  /// A wider cell pushes the rest of its own row to the right and not that of all rows.
  private let widest: Int

  /// An empty table. A cell wider than `widest` does not widen its column: one absurd name must not move all rows out of
  /// sight. kubectl knows no such limit, so what is printed as kubectl prints it has none.
  public init(widest: Int = .max) { self.widest = widest }

  /// Adds a row.
  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The rows as lines, each with its line end. The rows are gone then, the widths stay for what follows.
  public mutating func takeLines() -> String {
    for row in rows {
      for (index, cell) in row.dropLast().enumerated() {
        let count = cell.unicodeScalars.count
        let width = max(Self.smallest, count > widest ? 0 : count + Self.padding)
        if index < widths.count { widths[index] = max(widths[index], width) } else { widths.append(width) }
      }
    }
    var text = ""
    for row in rows {
      for (index, cell) in row.enumerated() {
        text += cell
        if index < row.count - 1 {
          text += String(repeating: " ", count: max(Self.padding, widths[index] - cell.unicodeScalars.count))
        }
      }
      text += "\n"
    }
    rows = []
    return text
  }
}
