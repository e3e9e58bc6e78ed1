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
  /// Below this width columns stand closer and the cause gets less, so that what people know from kubectl stays: the
  /// bottom line has the whole cause of the row at the cursor.
  private static let narrowTerminal = 100
  private static let readableFillWhereNarrow = 18
  /// What a fill column (the cause) should have before other columns are kept whole.
  private static let comfortableFill = 44
  private static let narrowestFill = 12
  /// With less than this a cause says nothing: other columns are cut, and those that matter less go, to keep it.
  private static let readableFill = 28
  /// The same where a person has asked for more columns: these are wanted now, the cause stands in the bottom line.
  private static let fillAmongWide = 20
  /// Fit columns are cut down to this before columns of importance are dropped; names keep both ends.
  private static let narrowestFit = 18
  private static let narrowestName = 22

  private static func narrowest(_ column: TableViewColumn) -> Int {
    column.id == "name" || column.id == "object" ? narrowestName : narrowestFit
  }
  /// Columns from this priority on are dropped before anything is cut.
  private static let dispensable = 3

  /// Shares `width` among `columns`; `longest` is the width of the longest text of each column, its header included.
  /// When there is too little room, first the columns of the largest priorities go, then those that matter less and the
  /// widest ones are cut until the cause can be read, then the cause gives way, and then more columns go.
  init(_ columns: [TableViewColumn], longest: [String: Int], width: Int) {
    var kept = columns
    let isNarrow = width < Self.narrowTerminal
    let gap = isNarrow ? 1 : Self.gap
    let isWide = columns.contains(where: \.isWide)
    let comfortableFill = isWide ? Self.fillAmongWide : Self.comfortableFill
    // Columns that were asked for go after those that are always there but matter less.
    if isWide {
      for index in kept.indices where kept[index].isWide { kept[index].priority = min(kept[index].priority, 2) }
    }
    func dropLast(from priority: Int) -> Bool {
      let candidates = kept.indices.filter { kept[$0].priority >= priority }
      guard kept.count > 1,
        let victim = candidates.max(by: { (kept[$0].priority, $0) < (kept[$1].priority, $1) })
      else { return false }
      kept.remove(at: victim)
      return true
    }
    func total(fill: Int) -> Int { Self.widths(kept, longest, fill: fill).reduce(0, +) + gap * (kept.count - 1) }
    while total(fill: comfortableFill) > width, dropLast(from: Self.dispensable) {}
    var widths: [Int] = []
    func fits(fill: Int) -> Bool {
      widths = Self.widths(kept, longest, fill: fill)
      let room = width - gap * (kept.count - 1)
      Self.cut(&widths, of: kept, to: room)
      return widths.reduce(0, +) <= room
    }
    if !fits(fill: comfortableFill) {
      var fill =
        isWide ? Self.narrowestFill : isNarrow ? Self.readableFillWhereNarrow : Self.readableFill
      while !fits(fill: fill), dropLast(from: 2) {}
      while fill > Self.narrowestFill, !fits(fill: fill) { fill -= 1 }
      while !fits(fill: fill), dropLast(from: 1) {}
    }
    hidden = columns.count - kept.count
    let fixed = zip(kept, widths).filter { $0.0.width != .fill }.reduce(0) { $0 + $1.1 } + gap * (kept.count - 1)
    distribute(max(0, width - fixed), among: kept, longest: longest, into: &widths)
    var start = 0
    for (column, columnWidth) in zip(kept, widths) {
      let room = max(0, min(columnWidth, width - start))
      placed.append(Placed(column: column, start: start, width: room))
      start += columnWidth + gap
    }
  }

  /// Takes from the widest fit column until all fit, as far as that goes.
  private static func cut(_ widths: inout [Int], of columns: [TableViewColumn], to room: Int) {
    var excess = widths.reduce(0, +) - room
    while excess > 0 {
      let candidates = columns.indices.filter { columns[$0].width != .fill && widths[$0] > narrowest(columns[$0]) }
      guard let widest = candidates.max(by: { widths[$0] < widths[$1] }) else { return }
      widths[widest] -= 1
      excess -= 1
    }
  }

  private static func widths(_ columns: [TableViewColumn], _ longest: [String: Int], fill: Int) -> [Int] {
    columns.map { column in
      let text = longest[column.id, default: 0]
      switch column.width {
      case .fit(let maximum): return min(text, max(maximum, textWidth(column.title)))
      case .fill: return min(text, fill)
      }
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
}
