import Terminal

/// A search through lines of text, without regard to case.
public struct LineSearch: Sendable {
  /// What is searched for; empty when nothing is.
  public let text: String
  /// The lines that match, in order.
  public private(set) var matches: [Int] = []
  private var current: Int?
  private let needle: String

  /// No search.
  public init() { self.init("", in: []) }

  /// A search for `text`.
  public init(_ text: String, in lines: [String]) {
    self.text = text
    needle = text.lowercased()
    update(lines)
  }

  /// Searches again after the text has changed.
  public mutating func update(_ lines: [String]) {
    guard !needle.isEmpty else { return matches = [] }
    matches = lines.indices.filter { lines[$0].lowercased().contains(needle) }
    if let current, !matches.indices.contains(current) { self.current = matches.isEmpty ? nil : matches.count - 1 }
  }

  /// The line of the current match.
  public var currentLine: Int? { current.map { matches[$0] } }

  /// `2 of 14`, or nil when nothing is searched for.
  public var summary: String? {
    if needle.isEmpty { return nil }
    if matches.isEmpty { return "'\(text)' not found" }
    return "'\(text)' \(current.map { "\($0 + 1) of " } ?? "")\(matches.count)"
  }

  /// The first match at or behind `line`, else the first of all; it becomes the current one.
  public mutating func first(from line: Int) -> Int? {
    guard !matches.isEmpty else { return nil }
    current = matches.firstIndex { $0 >= line } ?? 0
    return currentLine
  }

  /// The match `step` further, around the end; it becomes the current one.
  public mutating func next(_ step: Int) -> Int? {
    guard !matches.isEmpty else { return nil }
    current = ((current ?? (step > 0 ? -1 : 0)) + step + matches.count) % matches.count
    return currentLine
  }

  /// Paints the matches in a line that has been drawn.
  func highlight(_ line: String, isCurrent: Bool, row: Int, area: Rect, offset: Int, in grid: inout Grid) {
    guard !needle.isEmpty else { return }
    let line = printable(line).lowercased()
    var rest = line[...]
    while let found = rest.firstRange(of: needle) {
      let start = textWidth(String(line[..<found.lowerBound])) - offset
      let end = start + textWidth(String(line[found]))
      let first = max(0, start)
      let count = min(area.columns, end) - first
      if count > 0 {
        grid.restyle(Rect(row: row, column: area.column + first, rows: 1, columns: count)) {
          $0.role = .match
          $0.bold = isCurrent
        }
      }
      rest = rest[found.upperBound...]
    }
  }
}

extension Substring {
  /// The first place where `needle` stands; nil for none and for an empty needle.
  fileprivate func firstRange(of needle: String) -> Range<Index>? {
    guard let first = needle.first else { return nil }
    var start = startIndex
    while let candidate = self[start...].firstIndex(of: first) {
      if self[candidate...].hasPrefix(needle) {
        return candidate..<(index(candidate, offsetBy: needle.count, limitedBy: endIndex) ?? endIndex)
      }
      start = index(after: candidate)
    }
    return nil
  }
}
