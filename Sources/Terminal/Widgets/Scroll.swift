/// The part of a long text that is on screen, without a cursor: details, YAML, logs.
public struct Scroll: Hashable, Sendable {
  /// The lines of the text.
  public private(set) var count: Int
  /// The rows on screen.
  public private(set) var height: Int
  /// The first line on screen.
  public private(set) var offset = 0
  /// Columns scrolled out to the left.
  public private(set) var column = 0
  /// Whether the end is kept in view as lines are added, as in a log that is followed.
  public private(set) var followsEnd: Bool

  /// A view of a text, at its start, or at its end when that is followed.
  public init(count: Int = 0, height: Int = 0, followsEnd: Bool = false) {
    self.count = max(0, count)
    self.height = max(0, height)
    self.followsEnd = followsEnd
    limit()
  }

  /// The lines on screen.
  public var visible: Range<Int> { offset..<min(count, offset + height) }
  /// Whether the last line is on screen.
  public var isAtEnd: Bool { offset + height >= count }

  /// Takes over a new number of lines or rows. `dropped` lines have gone at the start: the text on screen stays where it
  /// is when the end is not followed.
  public mutating func update(count: Int? = nil, height: Int? = nil, dropped: Int = 0) {
    if let count { self.count = max(0, count) }
    if let height { self.height = max(0, height) }
    offset = max(0, offset - max(0, dropped))
    limit()
  }

  /// Scrolls by lines; going up stops following, reaching the end does not start it again.
  public mutating func move(by lines: Int) {
    if lines < 0 { followsEnd = false }
    let (sum, overflow) = offset.addingReportingOverflow(lines)
    offset = overflow ? (lines < 0 ? 0 : count) : sum
    limit()
  }

  /// Scrolls by screens, keeping one line in common.
  public mutating func page(by screens: Int) {
    let (lines, overflow) = screens.multipliedReportingOverflow(by: max(1, height - 1))
    move(by: overflow ? (screens < 0 ? -count : count) : lines)
  }

  /// Shows the start; stops following.
  public mutating func toStart() {
    followsEnd = false
    offset = 0
  }

  /// Shows the end.
  public mutating func toEnd() {
    offset = count
    limit()
  }

  /// Brings a line into view, into the middle when it was not on screen; stops following.
  public mutating func reveal(_ line: Int) {
    followsEnd = false
    if !visible.contains(line) { offset = line - min(line, height / 2) }
    limit()
  }

  /// Starts or stops following the end.
  public mutating func follow(_ follow: Bool) {
    followsEnd = follow
    limit()
  }

  /// Scrolls sideways.
  public mutating func moveSideways(by columns: Int) {
    let (sum, overflow) = column.addingReportingOverflow(columns)
    column = overflow ? column : max(0, sum)
  }

  private mutating func limit() {
    let last = max(0, count - height)
    offset = followsEnd ? last : min(max(0, offset), last)
  }
}
