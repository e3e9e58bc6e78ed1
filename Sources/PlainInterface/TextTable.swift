/// Rows of text in columns, laid out as kubectl does with Go's tabwriter: every column but the last is as wide as its
/// widest cell and three spaces, and at least six.
public struct TextTable: Sendable, Equatable {
  /// The cells of each row; rows may differ in length.
  public private(set) var rows: [[String]] = []
  /// Widths that columns had in an earlier part of the same table: they never shrink.
  private var widths: [Int] = []

  private static let smallest = 6
  private static let padding = 3

  /// An empty table.
  public init() {}

  /// Adds a row.
  public mutating func add(_ cells: [String]) { rows.append(cells) }

  /// The rows as lines, each with its line end. The rows are gone then, the widths stay for what follows.
  public mutating func takeLines() -> String {
    for row in rows {
      for (index, cell) in row.dropLast().enumerated() {
        let width = max(Self.smallest, cell.unicodeScalars.count + Self.padding)
        if index < widths.count { widths[index] = max(widths[index], width) } else { widths.append(width) }
      }
    }
    var text = ""
    for row in rows {
      for (index, cell) in row.enumerated() {
        text += cell
        if index < row.count - 1 {
          text += String(repeating: " ", count: widths[index] - cell.unicodeScalars.count)
        }
      }
      text += "\n"
    }
    rows = []
    return text
  }
}
