import Terminal

/// The part of a terminal that programs written with ncurses make use of when TERM is one of the xterm family: enough to
/// see what a person would see. What it does not know is listed in `unknown`, so that a test can say so.
public final class ScreenReader {
  /// The rows without blanks at their ends.
  public private(set) var lines: [String] = []
  /// Where the cursor stands, from 0.
  public private(set) var row = 0
  /// Where the cursor stands, from 0.
  public private(set) var column = 0
  /// What is on in a terminal that nobody has changed.
  public static let fresh: Set<Int> = [7, 25]
  /// Private modes that are on: 7 wraps lines, 1049 the alternate screen, 25 the cursor, 2004 paste, 1000, 1002 and 1006 the mouse.
  public private(set) var modes = ScreenReader.fresh
  /// Operating system commands, such as titles and the clipboard, oldest first.
  public private(set) var commands: [String] = []
  /// Whether any text was drawn in a colour.
  public private(set) var usesColor = false
  /// Sequences that it does not know.
  public private(set) var unknown: [String] = []
  /// Control characters that have arrived outside of any sequence, except those that move the cursor.
  public private(set) var controls: [UInt8] = []
  private var cells: [[String]] = []
  private var columns: Int
  private var rows: Int
  private var pending: [UInt8] = []
  private var lastDrawn = " "
  private var region: ClosedRange<Int>
  private var saved: (cells: [[String]], row: Int, column: Int)?

  /// A blank screen.
  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    region = 0...(rows - 1)
    cells = Self.blank(columns, rows)
    update()
  }

  /// Another extent; what was drawn is gone.
  public func resize(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
    region = 0...(rows - 1)
    cells = Self.blank(columns, rows)
    (row, column) = (0, 0)
    update()
  }

  /// Takes what the program wrote.
  public func feed(_ bytes: ArraySlice<UInt8>) {
    pending += bytes
    var index = 0
    while index < pending.count, let length = take(pending[index...]) { index += length }
    pending.removeFirst(index)
    update()
  }

  private static func blank(_ columns: Int, _ rows: Int) -> [[String]] {
    Array(repeating: Array(repeating: " ", count: columns), count: rows)
  }

  private func update() {
    lines = cells.map { line in
      var text = line.joined()
      while text.last == " " { text.removeLast() }
      return text
    }
  }

  /// Acts on the first character or sequence and gives its length; nil when it is not complete.
  private func take(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    if first == 0x1b { return sequence(bytes) }
    if first < 0x20 || first == 0x7f {
      control(first)
      return 1
    }
    let length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    guard bytes.count >= length else { return nil }
    draw(String(decoding: bytes.prefix(length), as: UTF8.self))
    return length
  }

  private func control(_ byte: UInt8) {
    switch byte {
    case 0x08: column = max(0, column - 1)
    case 0x0a: lineFeed()
    case 0x0d: column = 0
    case 0x07, 0x0e, 0x0f: break
    default: controls.append(byte)
    }
  }

  private func lineFeed() {
    if row == region.upperBound {
      cells.remove(at: region.lowerBound)
      cells.insert(Array(repeating: " ", count: columns), at: region.upperBound)
    } else {
      row = min(rows - 1, row + 1)
    }
  }

  private func draw(_ text: String) {
    let width = textWidth(text)
    // A mark by itself is spelled out, so it is wider than any character.
    if width > 2 {
      let at = column > 0 ? column - 1 : 0
      cells[row][cells[row][at].isEmpty && at > 0 ? at - 1 : at] += text
      return
    }
    if column + width > columns {
      column = 0
      lineFeed()
    }
    cells[row][column] = text
    if width == 2 { cells[row][column + 1] = "" }
    column += width
    lastDrawn = text
  }

  private func sequence(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let kind = bytes.dropFirst().first else { return nil }
    switch kind {
    case UInt8(ascii: "["):
      guard let end = bytes.dropFirst(2).firstIndex(where: { $0 >= 0x40 && $0 <= 0x7e }) else { return nil }
      let text = String(decoding: bytes[(bytes.startIndex + 2)...end], as: UTF8.self)
      controlSequence(text)
      return end + 1 - bytes.startIndex
    case UInt8(ascii: "]"), UInt8(ascii: "P"):
      for index in bytes.indices.dropFirst(2) {
        let isBell = bytes[index] == 0x07
        if isBell || (bytes[index] == 0x5c && bytes[index - 1] == 0x1b) {
          commands.append(String(decoding: bytes[(bytes.startIndex + 2)..<index], as: UTF8.self))
          return index + 1 - bytes.startIndex
        }
      }
      return nil
    case UInt8(ascii: "("), UInt8(ascii: ")"): return bytes.count > 2 ? 3 : nil
    case UInt8(ascii: "="), UInt8(ascii: ">"), UInt8(ascii: "7"), UInt8(ascii: "8"): return 2
    case UInt8(ascii: "M"):
      if row == region.lowerBound {
        cells.remove(at: region.upperBound)
        cells.insert(Array(repeating: " ", count: columns), at: region.lowerBound)
      } else {
        row = max(0, row - 1)
      }
      return 2
    default:
      unknown.append("ESC \(kind)")
      return 2
    }
  }

  private func controlSequence(_ text: String) {
    guard let letter = text.last else { return }
    let numbers = text.dropLast().drop { $0 == "?" || $0 == ">" }.split(separator: ";").map { Int($0) ?? 0 }
    let first = numbers.first ?? 0
    let count = max(1, first)
    switch letter {
    case "H": (row, column) = (clamp(first - 1, rows), clamp((numbers.count > 1 ? numbers[1] : 1) - 1, columns))
    case "A": row = clamp(row - count, rows)
    case "B": row = clamp(row + count, rows)
    case "C": column = clamp(column + count, columns)
    case "D": column = clamp(column - count, columns)
    case "G": column = clamp(count - 1, columns)
    case "d": row = clamp(count - 1, rows)
    case "J":
      if first == 2 { cells = Self.blank(columns, rows) } else { erase(row, from: column) }
      if first == 0 { for below in (row + 1)..<max(rows, row + 1) { erase(below, from: 0) } }
    case "K":
      if first == 1 {
        for at in 0...min(column, columns - 1) { cells[row][at] = " " }
      } else {
        erase(row, from: column)
      }
    case "X": for at in column..<min(columns, column + count) { cells[row][at] = " " }
    case "P":
      cells[row].removeSubrange(column..<min(columns, column + count))
      cells[row] += Array(repeating: " ", count: columns - cells[row].count)
    case "@":
      cells[row].insert(contentsOf: Array(repeating: " ", count: count), at: column)
      cells[row].removeLast(count)
    case "b": for _ in 0..<count { draw(lastDrawn) }
    case "r": region = numbers.count > 1 ? (first - 1)...(numbers[1] - 1) : 0...(rows - 1)
    case "L", "M", "S", "T": scroll(letter, count)
    case "h" where text.hasPrefix("?"): for mode in numbers { set(mode) }
    case "l" where text.hasPrefix("?"): for mode in numbers { reset(mode) }
    case "m":
      if numbers.contains(where: { (30...49).contains($0) && $0 != 39 && $0 != 49 || (90...107).contains($0) }) {
        usesColor = true
      }
    case "t", "h", "l": break
    default: unknown.append(text)
    }
  }

  private func scroll(_ letter: Character, _ count: Int) {
    let top = letter == "L" || letter == "M" ? row : region.lowerBound
    for _ in 0..<count {
      let (from, to) = letter == "M" || letter == "S" ? (top, region.upperBound) : (region.upperBound, top)
      cells.remove(at: from)
      cells.insert(Array(repeating: " ", count: columns), at: to)
    }
  }

  private func set(_ mode: Int) {
    modes.insert(mode)
    if mode == 1049 {
      saved = (cells, row, column)
      cells = Self.blank(columns, rows)
    }
  }

  private func reset(_ mode: Int) {
    modes.remove(mode)
    guard mode == 1049, let saved, saved.cells.count == rows, saved.cells.first?.count == columns else { return }
    (cells, row, column) = saved
  }

  private func erase(_ row: Int, from: Int) {
    for at in min(from, columns)..<columns { cells[row][at] = " " }
  }

  private func clamp(_ value: Int, _ limit: Int) -> Int { min(max(0, value), limit - 1) }
}
