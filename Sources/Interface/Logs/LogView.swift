import Kube
import Terminal

/// Logs on the screen: kept lines, what is shown of them, and where the person is reading.
///
/// Lines are named by their number since the beginning, so that the place being read does not move when old lines go
/// or new ones come: paused means that the eye rests, not that lines are lost.
public final class LogView {
  /// What is read.
  public internal(set) var request: LogQuery
  /// The lines.
  public private(set) var buffer = LogBuffer()
  /// New lines are followed.
  public private(set) var follows = true
  /// Times are shown.
  public var showsTimes = false
  /// Long lines are broken.
  public var wraps = true
  /// JSON lines are made readable.
  public var prettyJSON = true
  /// Only lines that match, with so many lines around.
  public private(set) var filter: RowFilter?
  /// Lines shown around each match.
  public private(set) var contextLines = 0
  /// What is searched for, in lower case.
  public private(set) var needle = ""
  /// The sources of which more may come.
  public internal(set) var openSources: Set<Int>
  /// Columns scrolled to the right while lines are not broken.
  public private(set) var column = 0

  /// Numbers of the lines that are shown, when there is a filter.
  private var shown: [Int] = []
  private var filtered = 0
  /// Number of the first line on the screen while nothing is followed.
  private var top = 0
  private var height = 1
  private var currentMatch: Int?

  /// A view without lines.
  public init(request: LogQuery) {
    self.request = request
    openSources = Set(request.sources.indices)
  }

  // MARK: Lines

  /// Adds lines that have arrived.
  public func append(_ lines: [LogRow]) {
    buffer.append(lines)
    filterNewLines()
  }

  /// Forgets the lines read so far.
  public func clear() {
    buffer.removeAll()
    shown = []
    filtered = 0
    top = 0
    currentMatch = nil
  }

  /// Draws a line under what has been read.
  public func addRule() { append([LogRow(source: nil, time: nil, text: String(repeating: "─", count: 40))]) }

  private var firstNumber: Int { buffer.dropped }
  private var endNumber: Int { buffer.dropped + buffer.count }
  private func line(_ number: Int) -> LogRow { buffer[number - buffer.dropped] }

  /// Narrows the lines; nil shows all.
  public func setFilter(_ filter: RowFilter?, contextLines: Int) {
    let anchor = numberAtTop
    self.filter = filter
    self.contextLines = contextLines
    shown = []
    filtered = firstNumber
    filterNewLines()
    top = anchor
  }

  private func filterNewLines() {
    guard let filter else { return }
    filtered = max(filtered, firstNumber)
    if let first = shown.first, first < firstNumber { shown.removeAll { $0 < firstNumber } }
    // Lines after a match that were not there yet when it was found.
    var wanted = lastMatch.map { $0 + contextLines } ?? -1
    while filtered < endNumber {
      if filter.matches(cells: line(filtered).text.lowercased(), labels: [:]) {
        for number in max(firstNumber, filtered - contextLines)...filtered where number > (shown.last ?? -1) {
          shown.append(number)
        }
        lastMatch = filtered
        wanted = filtered + contextLines
      } else if filtered <= wanted, filtered > (shown.last ?? -1) {
        shown.append(filtered)
      }
      filtered += 1
    }
  }
  private var lastMatch: Int?

  /// How many lines are shown, and how many there are.
  public var counts: (shown: Int, total: Int) { (filter == nil ? buffer.count : shown.count, buffer.count) }

  // MARK: Reading

  /// Places of lines as they are shown: 0 is the first shown line.
  private var shownCount: Int { filter == nil ? buffer.count : shown.count }
  private func number(atPlace place: Int) -> Int { filter == nil ? firstNumber + place : shown[place] }
  private func place(of number: Int) -> Int {
    if filter == nil { return min(max(0, number - firstNumber), max(0, buffer.count - 1)) }
    var low = 0
    var high = shown.count
    while low < high {
      let middle = (low + high) / 2
      if shown[middle] < number { low = middle + 1 } else { high = middle }
    }
    return min(low, max(0, shown.count - 1))
  }

  private var numberAtTop: Int {
    guard follows else { return top }
    return shownCount == 0 ? firstNumber : number(atPlace: max(0, shownCount - height))
  }

  /// Follows new lines, or stays where the person is reading.
  public func setFollows(_ follows: Bool) {
    if self.follows, !follows { top = numberAtTop }
    self.follows = follows
  }

  /// Moves up or down; moving up stops following, reaching the end starts it again.
  public func move(by lines: Int) {
    guard shownCount > 0 else { return }
    let place = place(of: numberAtTop) + lines
    if place + height >= shownCount, lines > 0 {
      follows = true
    } else {
      follows = false
      top = number(atPlace: min(max(0, place), shownCount - 1))
    }
  }

  /// Moves by screens.
  public func page(by screens: Int) { move(by: screens * max(1, height - 1)) }

  /// To the oldest line.
  public func toStart() {
    follows = false
    top = shownCount > 0 ? number(atPlace: 0) : firstNumber
  }

  /// To the newest line, following.
  public func toEnd() { follows = true }

  /// Scrolls sideways.
  public func moveSideways(by columns: Int) { column = max(0, column + columns) }

  /// Searches for text; the newest match at or above the bottom of the screen becomes the current one.
  public func find(_ text: String) {
    needle = text.lowercased()
    currentMatch = nil
    findNext(-1)
  }

  /// Goes to the next match (1) or the one before (-1), around the ends.
  public func findNext(_ step: Int) {
    guard !needle.isEmpty, shownCount > 0 else { return }
    let start = currentMatch.map { place(of: $0) + step } ?? min(shownCount - 1, place(of: numberAtTop) + height - 1)
    for distance in 0..<shownCount {
      let place = ((start + distance * step) % shownCount + shownCount) % shownCount
      let found = number(atPlace: place)
      if line(found).text.lowercased().contains(needle) {
        currentMatch = found
        reveal(place)
        return
      }
    }
  }

  private func reveal(_ place: Int) {
    let first = self.place(of: numberAtTop)
    guard place < first || place >= first + height else { return setFollows(false) }
    follows = false
    top = number(atPlace: max(0, place - height / 2))
  }

  // MARK: Text and drawing

  /// All lines that are shown, as plain text.
  public var plainText: String {
    (0..<shownCount).map { place in
      let line = line(number(atPlace: place))
      return spans(line).map(\.text).joined() + "\n"
    }.joined()
  }

  private func spans(_ line: LogRow) -> [Span] {
    var spans: [Span] = []
    if showsTimes, let time = line.time { spans.append(Span(time.description + " ", .dim)) }
    guard let source = line.source else { return spans + [Span(line.text, .dim)] }
    if request.sources.count > 1, request.sources.indices.contains(source) {
      spans.append(Span(prefix(source) + " ", .podColor(source)))
    }
    let readable = prettyJSON ? ReadableJSON.spans(line.text) : nil
    return spans + (readable ?? [Span(line.text)])
  }

  /// The pod, and the container where a pod has several; of one pod's containers only their names.
  private func prefix(_ source: Int) -> String {
    let own = request.sources[source]
    if request.sources.allSatisfy({ $0.pod == own.pod && $0.namespace == own.namespace }) { return own.container }
    let hasSiblings = request.sources.contains { $0.pod == own.pod && $0.container != own.container }
    return hasSiblings ? "\(own.pod)/\(own.container)" : own.pod
  }

  /// Draws the visible part; answers the row of the current match, for the cursor.
  @discardableResult
  public func draw(into grid: inout Grid, area: Rect) -> Int? {
    height = max(1, area.rows)
    guard shownCount > 0 else { return nil }
    var pieces: [(number: Int, spans: [Span])] = []
    if follows {
      var place = shownCount - 1
      while place >= 0, pieces.count < area.rows {
        pieces = rows(number(atPlace: place), width: area.columns) + pieces
        place -= 1
      }
      pieces = Array(pieces.suffix(area.rows))
    } else {
      var place = place(of: top)
      while place < shownCount, pieces.count < area.rows {
        pieces += rows(number(atPlace: place), width: area.columns)
        place += 1
      }
    }
    var matchRow: Int?
    let search = LineSearch(needle, in: [])
    for (row, piece) in pieces.prefix(area.rows).enumerated() {
      let offset = wraps ? 0 : column
      grid.put(piece.spans, row: area.row + row, column: area.column, width: area.columns, offset: offset)
      let isCurrent = piece.number == currentMatch
      if isCurrent, matchRow == nil { matchRow = area.row + row }
      search.highlight(
        piece.spans.map(\.text).joined(), isCurrent: isCurrent, row: area.row + row, area: area, offset: offset,
        in: &grid)
    }
    return matchRow
  }

  private func rows(_ number: Int, width: Int) -> [(number: Int, spans: [Span])] {
    let spans = spans(line(number))
    guard wraps, spans.reduce(0, { $0 + textWidth($1.text) }) > width, let last = spans.last else {
      return [(number, spans)]
    }
    let prefix = Array(spans.dropLast())
    let prefixWidth = prefix.reduce(0) { $0 + textWidth($1.text) }
    // A line of megabytes is not laid out whole for one screen.
    let text = String(last.text.prefix(20_000))
    return wrapped(text, width: max(8, width - prefixWidth)).enumerated().map { index, piece in
      (
        number,
        index == 0
          ? prefix + [Span(piece, last.style)] : [Span(String(repeating: " ", count: prefixWidth) + piece, last.style)]
      )
    }
  }
}
