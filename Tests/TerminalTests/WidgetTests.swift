import Terminal
import Testing

@Suite struct WidgetTests {
  @Test("The cursor stays in the list and on the screen whatever happens", arguments: 1...20)
  func listWindow(_ seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var list = ListWindow(count: 30, height: 7, margin: Int.random(in: 0...5, using: &random))
    for _ in 0..<300 {
      let number = [Int.min, -40, -3, -1, 0, 1, 2, 9, 40, Int.max].randomElement(using: &random) ?? 0
      switch Int.random(in: 0..<7, using: &random) {
      case 0: list.update(count: number)
      case 1: list.update(height: number)
      case 2: list.move(to: number)
      case 3: list.move(by: number)
      case 4: list.page(by: number)
      case 5: list.scroll(by: number)
      default: list.moveKeepingRow(to: number)
      }
      if list.count == .max { list.update(count: 30) }
      if list.height == .max { list.update(height: 7) }
      #expect(list.cursor >= 0 && list.cursor < max(1, list.count), "seed \(seed)")
      if list.height > 0 && list.count > 0 { #expect(list.visible.contains(list.cursor), "seed \(seed)") }
      #expect(list.offset + list.height <= max(list.count, list.height), "seed \(seed)")
    }
  }

  @Test("The list scrolls only as far as the cursor needs")
  func listScrolling() {
    var list = ListWindow(count: 100, height: 10)
    list.move(by: 9)
    #expect(list.offset == 0)
    list.move(by: 1)
    #expect(list.offset == 1)
    list.page(by: 1)
    #expect(list.cursor == 19 && list.offset == 10)
    list.scroll(by: 5)
    #expect(list.visible == 15..<25 && list.cursor == 19)
    list.scroll(by: 10)
    #expect(list.visible == 25..<35 && list.cursor == 25)
    list.moveKeepingRow(to: 60)
    #expect(list.cursor == 60 && list.offset == 60)
    #expect(list.item(atRow: 3) == 63 && list.item(atRow: 10) == nil)
    list.update(count: 5)
    #expect(list.cursor == 4 && list.offset == 0)
  }

  @Test("A followed text stays at its end until someone scrolls up")
  func following() {
    var scroll = Scroll(count: 5, height: 3, followsEnd: true)
    #expect(scroll.visible == 2..<5)
    scroll.update(count: 9)
    #expect(scroll.visible == 6..<9)
    scroll.move(by: -1)
    scroll.update(count: 20)
    #expect(scroll.visible == 5..<8 && !scroll.followsEnd)
    scroll.update(count: 18, dropped: 2)
    #expect(scroll.visible == 3..<6)
    scroll.reveal(15)
    #expect(scroll.visible == 14..<17)
    scroll.move(by: .max)
    #expect(scroll.isAtEnd)
    scroll.move(by: .min)
    scroll.page(by: .max)
    #expect(scroll.visible == 15..<18)
    scroll.moveSideways(by: -4)
    #expect(scroll.column == 0)
  }

  private func edited(_ keys: String, _ text: String = "") -> LineEditor? {
    guard let keys = Key.keys(keys) else { return nil }
    var editor = LineEditor(text)
    for key in keys { _ = editor.handle(key) }
    return editor
  }

  @Test(
    "The editor's keys are the shell's",
    arguments: [
      ("pods", "pods", 4), ("ab<left>c", "acb", 2), ("abc<ctrl-a>X", "Xabc", 1), ("abc<ctrl-a><ctrl-e>X", "abcX", 4),
      ("one two<ctrl-w>", "one ", 4), ("one two  <ctrl-w><ctrl-w>", "", 0), ("abc<left><ctrl-u>", "c", 0),
      ("abc<left><left><ctrl-k>", "a", 1), ("ab<backspace><backspace><backspace>", "", 0),
      ("abc<home><delete>", "bc", 0), ("one two<alt-b>X", "one Xtwo", 5), ("a b<home><alt-f>X", "aX b", 2),
      ("<left><right><ctrl-d>", "", 0), ("日本<left>語", "日語本", 2),
    ])
  func editing(_ keys: String, _ text: String, _ cursor: Int) throws {
    let editor = try #require(edited(keys))
    #expect(editor.text == text && editor.cursor == cursor)
  }

  @Test("The cursor's column counts wide characters")
  func cursorColumn() throws {
    #expect(try #require(edited("日a")).cursorColumn == 3)
  }

  @Test("Earlier entries come back, and what was being typed after them")
  func history() {
    var editor = LineEditor("pods")
    #expect(editor.commit() == "pods")
    editor.text = "nodes"
    _ = editor.commit()
    editor.text = "dra"
    _ = editor.handle(Key(.up))
    #expect(editor.text == "nodes")
    _ = editor.handle(Key(.up))
    _ = editor.handle(Key(.up))
    #expect(editor.text == "pods")
    _ = editor.handle(Key(.down))
    _ = editor.handle(Key(.down))
    #expect(editor.text == "dra")
    #expect(editor.handle(Key(.down)) == .moved)
  }

  @Test("Pasted text becomes one line without control characters")
  func paste() {
    var editor = LineEditor()
    editor.paste("a\nb\tc\u{1b}d\r\ne")
    #expect(editor.text == "a b cd e")
  }
}
