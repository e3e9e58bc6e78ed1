import Terminal
import Testing

@Suite struct InputDecoderTests {
  private func decoded(_ text: String, _ decoder: InputDecoder = InputDecoder()) -> [InputEvent] {
    var decoder = decoder
    return decoder.feed(text.utf8) + decoder.flush()
  }

  @Test(
    "Sequences of the common terminals are the keys they stand for",
    arguments: [
      ("a", "a"), ("J", "shift-j"), ("日", "日"), ("\u{4}", "ctrl-d"), ("\u{0}", "ctrl-space"), ("\u{1c}", "ctrl-\\"),
      ("\r", "enter"), ("\n", "enter"), ("\t", "tab"), ("\u{7f}", "backspace"), ("\u{8}", "backspace"),
      ("\u{1b}", "esc"), ("\u{1b}x", "alt-x"), ("\u{1b}\u{7f}", "alt-backspace"), ("\u{1b}é", "alt-é"),
      ("\u{1b}[A", "up"), ("\u{1b}OA", "up"), ("\u{1b}[1;2D", "shift-left"), ("\u{1b}[1;5C", "ctrl-right"),
      ("\u{1b}[1;4B", "alt-shift-down"), ("\u{1b}[d", "shift-left"), ("\u{1b}[H", "home"), ("\u{1b}[4~", "end"),
      ("\u{1b}[5~", "pgup"), ("\u{1b}[6;5~", "ctrl-pgdn"), ("\u{1b}[3~", "del"), ("\u{1b}[Z", "shift-tab"),
      ("\u{1b}OP", "f1"), ("\u{1b}[15~", "f5"), ("\u{1b}[24~", "f12"), ("\u{1b}[[B", "f2"), ("\u{1b}[1;2R", "shift-f3"),
      ("\u{1b}[27;5;13~", "ctrl-enter"), ("\u{1b}[100;5u", "ctrl-d"), ("\u{1b}OM", "enter"), ("\u{1b}Oq", "1"),
      ("\u{1b}[", "alt-["), ("\u{1b}O", "alt-shift-o"), ("\u{1b}]", "alt-]"),
    ])
  func keys(_ bytes: String, _ notation: String) throws {
    let key = try #require(Key(notation: notation))
    #expect(decoded(bytes) == [.key(key)])
    // The same in pieces of one byte, and twice in a row.
    var decoder = InputDecoder()
    var events: [InputEvent] = []
    for byte in bytes.utf8 { events += decoder.feed([byte]) }
    #expect(events + decoder.flush() == [.key(key)])
    #expect(!decoder.isWaiting)
    if bytes.utf8.count > 2 { #expect(decoded(bytes + bytes) == [.key(key), .key(key)]) }
  }

  @Test("An escape waits for what may follow")
  func escape() {
    var decoder = InputDecoder()
    #expect(decoder.feed([0x1b]).isEmpty && decoder.isWaiting)
    #expect(decoder.flush() == [.key(Key(.escape))])
    #expect(decoder.feed(Array("\u{1b}\u{1b}".utf8)) == [.key(Key(.escape))])
    #expect(decoder.feed(Array("[A".utf8)) == [.key(Key(.up))])
  }

  @Test("Sequences of the terminfo entry win")
  func terminfo() throws {
    let decoder = InputDecoder(extra: [Array("\u{1b}[11^".utf8): Key(.function(1), .control)])
    #expect(decoded("\u{1b}[11^x", decoder) == [.key(Key(.function(1), .control)), .key(Key("x"))])
  }

  @Test(
    "Mouse reports are decoded in both forms",
    arguments: [
      ("\u{1b}[<0;250;70M", Mouse(.press, .left, at: Position(row: 69, column: 249))),
      ("\u{1b}[<2;1;1m", Mouse(.release, .right, at: Position(row: 0, column: 0))),
      ("\u{1b}[<32;5;6M", Mouse(.drag, .left, at: Position(row: 5, column: 4))),
      ("\u{1b}[<64;5;6M", Mouse(.wheelUp, at: Position(row: 5, column: 4))),
      ("\u{1b}[<69;5;6M", Mouse(.wheelDown, at: Position(row: 5, column: 4), .shift)),
      ("\u{1b}[<16;5;6M", Mouse(.press, .left, at: Position(row: 5, column: 4), .control)),
      ("\u{1b}[M %&", Mouse(.press, .left, at: Position(row: 5, column: 4))),
      ("\u{1b}[M#%&", Mouse(.release, .none, at: Position(row: 5, column: 4))),
    ])
  func mouse(_ bytes: String, _ mouse: Mouse) {
    #expect(decoded(bytes) == [.mouse(mouse)])
    #expect(decoded(bytes + "q") == [.mouse(mouse), .key(Key("q"))])
  }

  @Test("What is no input is dropped and nothing else with it")
  func dropped() {
    #expect(decoded("\u{1b}[?62;1;6cq") == [.key(Key("q"))])
    #expect(decoded("\u{1b}[12;40Rq") == [.key(Key("q"))])
    #expect(decoded("\u{1b}]11;rgb:1616/1818/1d1d\u{7}q") == [.key(Key("q"))])
    #expect(decoded("\u{1b}P>|XTerm(379)\u{1b}\\q") == [.key(Key("q"))])
    #expect(decoded("\u{1b}[<0;5Mq") == [.key(Key("q"))])
    #expect(decoded("\u{1b}[201~q") == [.key(Key("q"))])
    #expect(decoded("\u{1b}[I\u{1b}[O") == [.focus(true), .focus(false)])
    var decoder = InputDecoder()
    #expect(decoder.feed([0xff, 0xe2, 0x82, 0x41]) == [.key(Key("\u{FFFD}")), .key(Key("\u{FFFD}")), .key(Key("A"))])
  }

  @Test("Pasted text arrives whole, whatever it holds and however it is cut")
  func paste() {
    #expect(decoded("\u{1b}[200~a\n\u{1b}[31m日\u{1b}[201~q") == [.paste("a\n\u{1b}[31m日"), .key(Key("q"))])
    var decoder = InputDecoder()
    var text = ""
    var others = 0
    for byte in "\u{1b}[200~ab\u{1b}[2日本e\u{1b}[201~".utf8 {
      for event in decoder.feed([byte]) {
        if case .paste(let piece) = event { text += piece } else { others += 1 }
      }
    }
    #expect(text == "ab\u{1b}[2日本e" && others == 0)
    #expect(decoder.feed("q".utf8) == [.key(Key("q"))])
  }

  @Test("A paste whose end never comes does not swallow what follows")
  func endlessPaste() {
    var decoder = InputDecoder()
    #expect(decoder.feed("\u{1b}[200~abc".utf8) == [.paste("abc")])
    #expect(!decoder.isWaiting)
    #expect(decoder.feed("d".utf8) == [.paste("d")])
  }

  @Test("Random bytes neither trap nor get stuck", arguments: 1...30)
  func randomBytes(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let favourites = Array("\u{1b}\u{1b}\u{1b}[[<;0123456789~MmOP]_AZRu\u{7}\\日".utf8)
    var decoder = InputDecoder(extra: [Array("\u{1b}[1~".utf8): Key(.home)])
    for _ in 0..<2000 {
      let byte =
        Int.random(in: 0..<4, using: &random) == 0
        ? UInt8.random(in: 0...255, using: &random) : favourites.randomElement(using: &random) ?? 0x1b
      _ = decoder.feed([byte])
      if Int.random(in: 0..<20, using: &random) == 0 {
        _ = decoder.flush()
        #expect(!decoder.isWaiting, "seed \(seed)")
      }
    }
    _ = decoder.feed("\u{1b}[201~\u{7}\u{1b}\\".utf8)
    _ = decoder.flush()
    #expect(decoder.feed("q".utf8) == [.key(Key("q"))], "seed \(seed)")
  }
}
