import Kube
import Terminal
import Testing

@testable import Interface

@Suite struct LogTests {
  private func view(sources: Int = 1) -> LogView {
    LogView(
      request: LogQuery(
        id: 1,
        sources: (0..<sources).map { LogQuery.Source(namespace: "shop", pod: "web-\($0)", container: "app") },
        previous: false, tailLines: nil, sinceSeconds: nil))
  }

  private func lines(_ range: Range<Int>) -> [LogRow] {
    range.map { LogRow(source: 0, time: nil, text: "line \($0)") }
  }

  private func screen(_ view: LogView, rows: Int, columns: Int = 20) -> [String] {
    var grid = Grid(columns: columns, rows: rows)
    view.draw(into: &grid, area: grid.bounds)
    return grid.lines.map { $0.split(separator: " ", omittingEmptySubsequences: false).joined(separator: " ").trimmed }
  }

  @Test func followsNewLines() {
    let view = view()
    view.append(lines(0..<10))
    #expect(screen(view, rows: 3) == ["line 7", "line 8", "line 9"])
    view.append(lines(10..<11))
    #expect(screen(view, rows: 3) == ["line 8", "line 9", "line 10"])
  }

  @Test func pausedMeansThatTheEyeRestsAndNothingIsLost() {
    let view = view()
    view.append(lines(0..<10))
    _ = screen(view, rows: 3)
    view.move(by: -2)
    #expect(screen(view, rows: 3) == ["line 5", "line 6", "line 7"])
    view.append(lines(10..<1000))
    #expect(screen(view, rows: 3) == ["line 5", "line 6", "line 7"])
    #expect(view.counts.total == 1000)
    view.toEnd()
    #expect(screen(view, rows: 3) == ["line 997", "line 998", "line 999"])
  }

  @Test func oldLinesGoButTheCountOfThemStays() {
    var buffer = LogBuffer()
    let batch = 50_000
    for start in stride(from: 0, to: LogBuffer.lineLimit + 3 * batch, by: batch) {
      buffer.append(lines(start..<start + batch))
    }
    #expect(buffer.count == LogBuffer.lineLimit)
    #expect(buffer.dropped == 3 * batch)
    #expect(buffer[0].text == "line \(3 * batch)")
    #expect(LogBuffer.lineLimit >= 100_000)
  }

  @Test func filterKeepsLinesAroundMatches() throws {
    let view = view()
    view.append(lines(0..<100))
    view.setFilter(try RowFilter(parsing: "line 5$"), contextLines: 1)
    #expect(screen(view, rows: 5).filter { !$0.isEmpty } == ["line 4", "line 5", "line 6"])
    view.append(lines(5..<6))
    view.append(lines(200..<202))
    #expect(
      screen(view, rows: 9).filter { !$0.isEmpty } == ["line 4", "line 5", "line 6", "line 99", "line 5", "line 200"])
    view.setFilter(nil, contextLines: 0)
    #expect(view.counts.shown == 103)
  }

  @Test func searchGoesAroundTheEnds() throws {
    let view = view()
    view.append(lines(0..<100))
    _ = screen(view, rows: 3)
    view.setSearch(try RowFilter(parsing: "line 42"))
    view.findNext(-1)
    #expect(screen(view, rows: 3).contains("line 42"))
    view.setSearch(try RowFilter(parsing: "LINE 9"))
    view.findNext(-1)
    view.findNext(1)
    #expect(!view.follows)
  }

  @Test func severalPodsHavePrefixes() {
    let view = view(sources: 2)
    view.append([LogRow(source: 0, time: nil, text: "a"), LogRow(source: 1, time: nil, text: "b")])
    #expect(screen(view, rows: 2) == ["web-0 a", "web-1 b"])
  }

  @Test func timeInFrontOfALineIsTakenOff() {
    let line = LogRow(source: 0, stamped: "2026-01-02T03:04:05.678901234Z hello  world")
    #expect(line.text == "hello  world")
    #expect(line.time == Timestamp("2026-01-02T03:04:05.678901Z"))
    #expect(LogRow(source: 0, stamped: "no time here").text == "no time here")
    #expect(LogRow(source: 0, stamped: "2026-01-02T03:04:05Z").text == "")
  }

  @Test func jsonLinesAreReadable() throws {
    let spans = try #require(ReadableJSON.spans(#"{"level":"error","msg":"cannot connect","port":5432,"ts":1}"#))
    #expect(spans.map(\.text).joined() == "ERROR cannot connect  port=5432")
    #expect(spans[0].style.role == .critical)
    #expect(ReadableJSON.spans("plain") == nil)
    #expect(ReadableJSON.spans("{broken") == nil)
    #expect(ReadableJSON.spans("{}") == nil)
  }
}

extension String {
  /// Without spaces at the end.
  var trimmed: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
