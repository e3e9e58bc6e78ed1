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
  /// What the pods were found by, where they are those of a workload or a Service.
  var selector: LabelSelector?
  /// New lines are followed.
  public private(set) var follows = true
  /// Times are shown.
  public var showsTimes = false
  /// Long lines are broken.
  public var wraps = true
  /// JSON lines are made readable.
  public var prettyJSON = true
  /// What n and N look for, by the grammar of `/`.
  public private(set) var search: RowFilter?
  /// How far the search has come.
  public private(set) var searching = Searching.nothing
  /// The sources of which more may come.
  public internal(set) var openSources: Set<Int>
  /// Columns scrolled to the right while lines are not broken.
  public private(set) var column = 0

  private var selection: LogSelection?
  /// Number of the first line on the screen while nothing is followed.
  private var top = 0
  private var height = 1
  private var currentMatch: Int?
  /// A search under way: the line to look at next, and how many are left.
  private var seek: (next: Int, step: Int, left: Int)?

  /// Lines that one key looks at; for what is left `work` is called until it is done, with room for keys in between.
  static let portion = 2000
  /// A long line is as much work as many short ones.
  private static let bytesPerVisit = 512
  /// Longer lines are cut there on the screen, in every frame; copies and files have the whole line.
  private static let longestDrawn = 20_000
  /// How much has been looked at so far by filter and search, in lines of ordinary length: what keys cost.
  private(set) var visits = 0

  /// How far a search has come.
  public enum Searching: Sendable, Equatable { case nothing, underWay, found, notFound }

  /// A view without lines.
  public init(request: LogQuery) {
    self.request = request
    openSources = Set(request.sources.indices)
  }

  // MARK: Lines

  /// Adds lines that have arrived.
  public func append(_ lines: [LogRow]) {
    buffer.append(lines)
    selection?.forget(before: firstNumber)
    work(limit: lines.count)
  }

  /// Forgets the lines read so far.
  public func clear() {
    buffer.removeAll()
    selection = selection.map { LogSelection($0.filter, contextLines: $0.contextLines, from: 0) }
    seek = nil
    searching = .nothing
    top = 0
    currentMatch = nil
  }

  /// Draws a line under what has been read.
  public func addRule() { append([LogRow(source: nil, time: nil, text: String(repeating: "─", count: 40))]) }

  private var firstNumber: Int { buffer.dropped }
  private var endNumber: Int { buffer.dropped + buffer.count }
  private func line(_ number: Int) -> LogRow { buffer[number - buffer.dropped] }

  /// Only lines that match are shown.
  public var filter: RowFilter? { selection?.filter }
  /// Lines shown around each match.
  public var contextLines: Int { selection?.contextLines ?? 0 }

  /// Narrows the lines; nil shows all. A screen that does not follow stays at its place, a match with the lines around
  /// it in sight.
  public func setFilter(_ filter: RowFilter?, contextLines: Int) {
    let anchor = numberAtTop
    selection = filter.map { LogSelection($0, contextLines: contextLines, from: firstNumber) }
    seek = nil
    top = max(firstNumber, anchor - contextLines)
    work(limit: Self.portion)
  }

  /// How many lines are shown, and how many there are.
  public var counts: (shown: Int, total: Int) { (shownCount, buffer.count) }

  // MARK: Work that takes long

  /// Whether filter or search have not come to their end.
  public var hasWork: Bool { seek != nil || (selection?.next ?? endNumber) < endNumber }

  /// How much of the lines the filter has not looked at yet, in percent.
  public var percentLeft: Int {
    guard let selection, selection.next < endNumber else { return 0 }
    return max(1, (endNumber - selection.next) * 100 / max(1, buffer.count))
  }

  /// Goes on with filter and search for about as much work as `limit` lines of ordinary length; answers whether there
  /// is more to do.
  @discardableResult
  public func work(limit: Int) -> Bool {
    let end = visits + limit
    while let next = selection?.next, next < endNumber, visits < end {
      let line = line(next)
      selection?.take(line, oldest: firstNumber)
      countVisit(line)
    }
    while visits < end, let seek { visit(seek) }
    return hasWork
  }

  private func countVisit(_ line: LogRow) { visits += 1 + line.text.utf8.count / Self.bytesPerVisit }

  // MARK: Reading

  /// Places of lines as they are shown: 0 is the first shown line.
  private var shownCount: Int { selection?.count ?? buffer.count }
  private func number(atPlace place: Int) -> Int { selection?[place] ?? firstNumber + place }
  private func place(of number: Int) -> Int {
    min(max(0, selection?.place(of: number) ?? number - firstNumber), max(0, shownCount - 1))
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

  /// What n and N go to from now on; nothing moves.
  public func setSearch(_ search: RowFilter?) {
    self.search = search
    currentMatch = nil
    seek = nil
    searching = .nothing
  }

  /// Goes to the next match (1) or the one before (-1), around the ends; the first one is the newest at or above the
  /// bottom of the screen. Where many lines have no match, it is found by `work`.
  public func findNext(_ step: Int) {
    guard search != nil, shownCount > 0 else { return }
    let start =
      currentMatch.map { around(place(of: $0) + step) } ?? min(shownCount - 1, place(of: numberAtTop) + height - 1)
    seek = (number(atPlace: start), step, shownCount)
    searching = .underWay
    work(limit: Self.portion)
  }

  private func around(_ place: Int) -> Int { (place % shownCount + shownCount) % shownCount }

  private func visit(_ seek: (next: Int, step: Int, left: Int)) {
    guard let search, seek.left > 0, shownCount > 0 else {
      self.seek = nil
      searching = .notFound
      return
    }
    let place = place(of: seek.next)
    let found = number(atPlace: place)
    countVisit(line(found))
    if search.matches(cells: line(found).text.lowercased(), labels: [:]) {
      self.seek = nil
      searching = .found
      currentMatch = found
      reveal(place)
    } else {
      self.seek = (number(atPlace: around(place + seek.step)), seek.step, seek.left - 1)
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

  private func spans(_ line: LogRow, isDrawn: Bool = false) -> [Span] {
    var spans: [Span] = []
    if showsTimes, let time = line.time { spans.append(Span(time.description + " ", .dim)) }
    guard let source = line.source else { return spans + [Span(line.text, .dim)] }
    if request.sources.count > 1, request.sources.indices.contains(source) {
      spans.append(Span(prefix(source) + " ", .podColor(source)))
    }
    let readable = prettyJSON ? ReadableJSON.spans(line.text) : nil
    // A line of megabytes is not laid out whole for one screen.
    let isTooLong = isDrawn && line.text.utf8.count > Self.longestDrawn
    return spans + (readable ?? [Span(isTooLong ? String(line.text.prefix(Self.longestDrawn)) : line.text)])
  }

  /// The pod, and the container where a pod has several; of one pod's containers only their names.
  func prefix(_ source: Int) -> String {
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
    let search = LineSearch(search?.highlighted ?? "", in: [])
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
    let spans = spans(line(number), isDrawn: true)
    guard wraps, spans.reduce(0, { $0 + textWidth($1.text) }) > width, let last = spans.last else {
      return [(number, spans)]
    }
    let prefix = Array(spans.dropLast())
    let prefixWidth = prefix.reduce(0) { $0 + textWidth($1.text) }
    return wrapped(last.text, width: max(8, width - prefixWidth)).enumerated().map { index, piece in
      (
        number,
        index == 0
          ? prefix + [Span(piece, last.style)] : [Span(String(repeating: " ", count: prefixWidth) + piece, last.style)]
      )
    }
  }
}
