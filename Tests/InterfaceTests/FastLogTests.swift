import Kube
import Terminal
import Testing

@testable import Interface

/// A stream faster than any eye, of more lines than are kept, from several pods at once, while keys are pressed: nothing
/// is lost that is to be kept, and no key costs more than a bounded piece of work.
@Suite struct FastLogTests {
  private static let pods = 3
  private static let batch = 500

  private func world() throws -> (World, LogView) {
    let world = World(size: Size(columns: 100, rows: 24))
    let query = LogQuery(
      id: 1,
      sources: (0..<Self.pods).map { LogQuery.Source(namespace: "shop", pod: "web-\($0)", container: "app") },
      previous: false, tailLines: nil, sinceSeconds: nil)
    world.open("triage")
    world.interface.push(
      Page(crumb: "web logs", address: "", kubectl: "", content: .logs(LogView(request: query))))
    return (world, try #require(world.interface.page?.logs))
  }

  /// The next lines of all pods, mixed. Each pod counts its own; every thousandth line of all is an error.
  private func lines(_ range: Range<Int>) -> [LogChange] {
    range.map { number in
      let text = number % 1000 == 0 ? "error \(number)" : "request \(number) took \(number % 97) ms"
      return .line(LogRow(source: number % Self.pods, time: nil, text: text))
    }
  }

  private func number(_ row: LogRow) -> Int? {
    row.text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
  }

  @Test func keysAreAnsweredWhileLinesCome() throws {
    let (world, view) = try world()
    let total = LogBuffer.lineLimit + 60_000
    let keys = [
      "/error<enter>", "n", "N", "<pgup>", "k", "G", "F", "F", "<esc>", "/absent<enter>", "<esc>", "n", "g", "j", "s",
      "w", "t", "/!request<enter>", "/re.*9[67] ms$<enter>", "<esc>", "<pgdn>", "G", "m",
    ]
    var pressed = 0
    var rules = 0
    for start in stride(from: 0, to: total, by: Self.batch) {
      let before = view.visits
      world.interface.logEvents(id: 1, lines(start..<min(total, start + Self.batch)))
      // New lines are looked at once by the filter; a search under way may go as far.
      #expect(view.visits - before <= 2 * Self.batch)
      if (start / Self.batch) % 10 == 3 {
        let key = keys[pressed % keys.count]
        pressed += 1
        rules += key == "m" ? 1 : 0
        let before = view.visits
        try world.press(key)
        #expect(view.visits - before <= 2 * LogView.portion + 2, "\(key) at line \(start)")
      }
      let piece = view.visits
      _ = world.interface.prepareFilter(rows: 100)
      #expect(view.visits - piece <= 2001)
    }
    #expect(pressed > keys.count)

    // Everything up to the limit is there, in order.
    #expect(view.buffer.count == LogBuffer.lineLimit)
    #expect(view.buffer.dropped == total + rules - LogBuffer.lineLimit)
    let kept = (0..<view.buffer.count).compactMap { number(view.buffer[$0]) }
    #expect(kept == Array((total - kept.count)..<total))
  }

  @Test func aFilterFindsEveryLineHoweverItIsCutIntoPieces() throws {
    let (world, view) = try world()
    world.interface.logEvents(id: 1, lines(0..<50_500))
    try world.press("/error<enter>")
    #expect(world.interface.isSearchingLog)
    #expect(world.terminal.grid.lines[1].contains("of the lines to go"))
    world.interface.logEvents(id: 1, lines(50_500..<60_000))
    while world.interface.prepareFilter(rows: 10) {}
    world.draw()
    #expect(view.counts == (60, 60_000))
    #expect(world.terminal.grid.lines[1].contains("60 of 60000 lines"))
    // More context around the same matches, and another filter: neither keeps anything of the one before.
    view.setFilter(view.filter, contextLines: 2)
    while world.interface.prepareFilter(rows: 10) {}
    #expect(view.counts.shown == 60 * 5 - 2)
    try world.press("/error 9...$<enter>")
    while world.interface.prepareFilter(rows: 10) {}
    #expect(view.counts.shown == 5)
  }

  @Test func aSearchWithoutAMatchEndsAndSaysSo() throws {
    let (world, view) = try world()
    world.interface.logEvents(id: 1, lines(0..<100_000))
    try world.press("/absent<enter>")
    while world.interface.prepareFilter(rows: 10) {}
    #expect(view.counts.shown == 0)
    try world.press("<esc>n")
    #expect(view.searching == .underWay)
    while world.interface.prepareFilter(rows: 10) {}
    world.draw()
    #expect(view.searching == .notFound)
    #expect(world.terminal.grid.lines[1].contains("'absent' not found"))
    #expect(view.visits < 350_000)
    #expect(view.follows)
  }

  @Test func aFarMatchIsFoundInPieces() throws {
    let (world, view) = try world()
    world.interface.logEvents(id: 1, [.line(LogRow(source: 0, time: nil, text: "the needle"))] + lines(1..<100_000))
    try world.press("/needle<enter><esc>")
    try world.press("n")
    while world.interface.prepareFilter(rows: 10) {}
    world.draw()
    #expect(view.searching == .found)
    #expect(world.terminal.grid.lines.contains { $0.contains("the needle") })
  }

  /// The place that is being read stays while a filter is on, old lines go and new ones come.
  @Test func pausedUnderAFilterTheEyeRests() throws {
    let (world, view) = try world()
    world.interface.logEvents(id: 1, lines(0..<LogBuffer.lineLimit))
    try world.press("/error<enter>")
    while world.interface.prepareFilter(rows: 100) {}
    try world.press("<pgup><pgup>")
    let shown = Array(world.terminal.grid.lines[2..<23])
    #expect(shown[0].contains("error"))
    for start in stride(from: LogBuffer.lineLimit, to: LogBuffer.lineLimit + 50_000, by: Self.batch) {
      world.interface.logEvents(id: 1, lines(start..<start + Self.batch))
      world.draw()
    }
    #expect(Array(world.terminal.grid.lines[2..<23]) == shown)
    #expect(view.counts.shown == LogBuffer.lineLimit / 1000)
  }

  @Test func hugeLinesAreBoundedInMemoryAndOnTheScreen() throws {
    let (world, view) = try world()
    let long = String(repeating: "x", count: 1 << 20)
    for number in 0..<200 {
      world.interface.logEvents(id: 1, [.line(LogRow(source: 0, time: nil, text: "\(number) " + long))])
    }
    var bytes = 0
    for index in 0..<view.buffer.count { bytes += view.buffer[index].text.utf8.count }
    #expect(bytes <= LogBuffer.byteLimit)
    #expect(view.buffer.count > 100)
    let before = view.visits
    try world.press("/absent<enter>")
    // A line of a megabyte counts as 2049.
    #expect(view.visits - before <= LogView.portion + 2049)
    #expect(world.terminal.grid.lines.count == 24)
  }
}
