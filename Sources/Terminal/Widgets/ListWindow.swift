/// The cursor in a list and the part of the list that is on screen. All changes keep the cursor within the list and on
/// the screen.
public struct ListWindow: Hashable, Sendable {
  /// The number of items.
  public private(set) var count: Int
  /// The rows on screen; 0 while there is no room.
  public private(set) var height: Int
  /// The item under the cursor; 0 in an empty list.
  public private(set) var cursor = 0
  /// The first item on screen.
  public private(set) var offset = 0
  /// Rows kept between the cursor and the edge, as far as the height allows.
  public let margin: Int

  /// A window on a list, at its start.
  public init(count: Int = 0, height: Int = 0, margin: Int = 0) {
    self.count = max(0, count)
    self.height = max(0, height)
    self.margin = max(0, margin)
  }

  /// The items on screen.
  public var visible: Range<Int> { offset..<min(count, offset + height) }

  /// Takes over a new number of items or rows.
  public mutating func update(count: Int? = nil, height: Int? = nil) {
    if let count { self.count = max(0, count) }
    if let height { self.height = max(0, height) }
    move(to: cursor)
  }

  /// Puts the cursor on an item, or on the nearest there is.
  public mutating func move(to item: Int) {
    cursor = min(max(0, item), max(0, count - 1))
    let room = min(margin, max(0, (height - 1) / 2))
    offset = min(offset, cursor - room)
    offset = max(offset, cursor + room - height + 1)
    offset = max(0, min(offset, count - height))
    // Without any room the cursor's item counts as the screen.
    if height == 0 { offset = cursor }
  }

  /// Puts the cursor on an item and shows it in the row of the screen in which the cursor was: after a sort or an
  /// update that moved the item, the eye need not follow.
  public mutating func moveKeepingRow(to item: Int) {
    let row = cursor - offset
    cursor = min(max(0, item), max(0, count - 1))
    offset = max(0, cursor - row)
    move(to: cursor)
  }

  /// Moves the cursor by items; negative goes up.
  public mutating func move(by items: Int) {
    let (sum, overflow) = cursor.addingReportingOverflow(items)
    move(to: overflow ? (items < 0 ? 0 : count) : sum)
  }

  /// Moves by screens, keeping one row in common.
  public mutating func page(by screens: Int) {
    let (rows, overflow) = screens.multipliedReportingOverflow(by: max(1, height - 1))
    move(by: overflow ? (screens < 0 ? -count : count) : rows)
  }

  /// Scrolls the list under the cursor, as a mouse wheel does; the cursor moves only when it would leave the screen.
  public mutating func scroll(by rows: Int) {
    let (sum, overflow) = offset.addingReportingOverflow(rows)
    let last = max(0, count - height)
    offset = min(max(0, overflow ? (rows < 0 ? 0 : last) : sum), last)
    let room = min(margin, max(0, (height - 1) / 2))
    move(to: min(max(cursor, offset == 0 ? 0 : offset + room), offset == last ? count : offset + height - 1 - room))
  }

  /// The item shown in a row of the screen; nil below the end.
  public func item(atRow row: Int) -> Int? {
    row >= 0 && row < height && offset + row < count ? offset + row : nil
  }
}
