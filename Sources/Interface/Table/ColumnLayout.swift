import Terminal

/// Where the columns of a table stand on a line.
struct ColumnLayout: Equatable {
  /// A column with its place.
  struct Placed: Equatable {
    var column: TableViewColumn
    var start: Int
    var width: Int
  }

  /// The columns that are shown, from left to right.
  var placed: [Placed] = []
  /// How many columns did not fit.
  var hidden = 0

  private static let gap = 2
  private static let narrowestFill = 12

  /// Shares `width` among `columns`; `longest` is the width of the longest text of each column, its header included.
  /// When there is too little room the columns with the largest priority go first.
  init(_ columns: [TableViewColumn], longest: [String: Int], width: Int) {
    var kept = columns
    while kept.count > 1, Self.minimum(kept, longest) > width {
      guard let victim = kept.indices.max(by: { (kept[$0].priority, $0) < (kept[$1].priority, $1) }) else { break }
      kept.remove(at: victim)
    }
    hidden = columns.count - kept.count
    var widths = kept.map { Self.wanted($0, longest) }
    let fixed = zip(kept, widths).filter { $0.0.width != .fill }.reduce(0) { $0 + $1.1 } + Self.gap * (kept.count - 1)
    distribute(max(0, width - fixed), among: kept, longest: longest, into: &widths)
    var start = 0
    for (column, columnWidth) in zip(kept, widths) {
      let room = max(0, min(columnWidth, width - start))
      placed.append(Placed(column: column, start: start, width: room))
      start += columnWidth + Self.gap
    }
  }

  /// Fill columns get what they need, the shorter ones first; what is left over goes to the last one.
  private func distribute(
    _ room: Int, among columns: [TableViewColumn], longest: [String: Int], into widths: inout [Int]
  ) {
    var room = room
    var open = columns.indices.filter { columns[$0].width == .fill }
      .sorted { longest[columns[$0].id, default: 0] < longest[columns[$1].id, default: 0] }
    while let index = open.first {
      let share = room / open.count
      widths[index] = open.count == 1 ? room : min(share, longest[columns[index].id, default: 0])
      room -= widths[index]
      open.removeFirst()
    }
  }

  private static func wanted(_ column: TableViewColumn, _ longest: [String: Int]) -> Int {
    let text = longest[column.id, default: 0]
    switch column.width {
    case .fit(let maximum): return min(text, max(maximum, textWidth(column.title)))
    case .fill: return min(text, narrowestFill)
    }
  }

  private static func minimum(_ columns: [TableViewColumn], _ longest: [String: Int]) -> Int {
    columns.reduce(0) { $0 + wanted($1, longest) } + gap * (columns.count - 1)
  }
}
