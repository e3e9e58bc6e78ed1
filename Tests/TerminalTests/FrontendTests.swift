import Terminal
import Testing

@Suite struct FrontendTests {
  @Test("OSC 52 carries base64, wrapped for multiplexers, up to its limit")
  func clipboard() throws {
    func sequence(_ text: String, _ environment: [String: String] = [:]) -> String? {
      Clipboard.osc52(text, environment: environment).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(sequence("") == "\u{1b}]52;c;\u{7}")
    #expect(sequence("f") == "\u{1b}]52;c;Zg==\u{7}")
    #expect(sequence("fo") == "\u{1b}]52;c;Zm8=\u{7}")
    #expect(sequence("foo") == "\u{1b}]52;c;Zm9v\u{7}")
    #expect(sequence("\u{1b}日") == "\u{1b}]52;c;G+aXpQ==\u{7}")
    #expect(
      sequence("foo", ["TMUX": "/tmp/x,1,0"])
        == "\u{1b}]52;c;Zm9v\u{7}\u{1b}Ptmux;\u{1b}\u{1b}]52;c;Zm9v\u{7}\u{1b}\\")
    let screen = try #require(
      sequence(String(repeating: "a", count: 900), ["TERM": "screen-256color", "STY": "1.pts"]))
    #expect(screen.split(separator: "\u{1b}\\").allSatisfy { $0.hasPrefix("\u{1b}P") && $0.utf8.count <= 702 })
    #expect(sequence(String(repeating: "a", count: Clipboard.limit))?.utf8.count == 100_000)
    #expect(sequence(String(repeating: "a", count: Clipboard.limit + 1)) == nil)
  }

  @Test("The virtual terminal keeps what it was shown and plays what it was told to")
  func virtualTerminal() {
    let terminal = VirtualTerminal(Size(columns: 4, rows: 1), frameLimit: 2)
    for text in ["a", "b", "c"] {
      terminal.present(Grid(parsing: text, size: terminal.size), cursor: Position(row: 0, column: 1))
    }
    #expect(terminal.frames.map(\.grid.lines) == [["b"], ["c"]] && terminal.presented == 3)
    #expect(terminal.cursor == Position(row: 0, column: 1))
    #expect(terminal.type("j<enter>") && !terminal.type("<nonsense>"))
    terminal.resize(to: Size(columns: 9, rows: 2))
    #expect(
      terminal.takeEvents() == [.key(Key("j")), .key(Key(.enter)), .resize(Size(columns: 9, rows: 2))])
    #expect(terminal.takeEvents().isEmpty)
    #expect(terminal.copyToClipboard("日") == .copied(via: "terminal (OSC 52)", bytes: 3))
    #expect(terminal.suspend { 7 } == 7 && terminal.suspensions == 1)
  }

  @Test("A picture is the same every time and shows every cell in its place")
  func picture() {
    var grid = Grid(columns: 10, rows: 2)
    grid.put([Span("NAME", Style(.header)), Span(" <&>", .text)], row: 0, column: 0)
    grid.fill(Rect(row: 1, column: 0, rows: 1, columns: 10), style: Style(.text, .selected))
    grid.put("日b", row: 1, column: 1, style: Style(.critical, .selected))
    let svg = SVG(theme: .dark, title: "pods <shop>").render(grid)
    #expect(svg == expectedPicture, "\(svg)")
    var frame = Grid(columns: 3, rows: 2)
    frame.box(frame.bounds, style: .plain, glyphs: .unicode)
    let strokes = SVG(theme: .dark).render(frame).split(separator: "\n").filter { $0.hasPrefix("<path") }
    #expect(
      strokes == [
        "<path d=\"M20.2 45h16.8M20.2 45v9M37 45v9\" stroke=\"#d0d4dc\"/>",
        "<path d=\"M20.2 63h16.8M20.2 54v9M37 54v9\" stroke=\"#d0d4dc\"/>",
      ], "\(strokes)")
  }
}
