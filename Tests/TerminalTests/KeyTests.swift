import Terminal
import Testing

@Suite struct KeyTests {
  @Test(
    "The notation of k9s and of our files is read and written",
    arguments: [
      ("a", Key("a"), "a"), ("F", Key("F"), "shift-f"), ("shift-f", Key("F"), "shift-f"), ("?", Key("?"), "?"),
      ("ctrl-d", .control("d"), "ctrl-d"), ("Ctrl-D", .control("d"), "ctrl-d"), ("<c-d>", .control("d"), "ctrl-d"),
      ("ctrl-space", .control(" "), "ctrl-space"), ("ctrl-\\", .control("\\"), "ctrl-\\"), ("-", Key("-"), "-"),
      ("ctrl--", .control("-"), "ctrl--"), ("alt-x", Key(.character("x"), .alt), "alt-x"), ("<", Key("<"), "<"),
      ("space", Key(" "), "space"), (" ", Key(" "), "space"), ("<pgdn>", Key(.pageDown), "pgdn"),
      ("PageUp", Key(.pageUp), "pgup"), ("esc", Key(.escape), "esc"), ("return", Key(.enter), "enter"),
      ("shift-left", Key(.left, .shift), "shift-left"), ("shift-tab", Key(.tab, .shift), "shift-tab"),
      ("backtab", Key(.tab, .shift), "shift-tab"), ("f12", Key(.function(12)), "f12"), ("f", Key("f"), "f"),
      ("ctrl-alt-del", Key(.delete, [.control, .alt]), "ctrl-alt-del"), ("/", Key("/"), "/"), ("+", Key("+"), "+"),
      ("ctrl-+", .control("+"), "ctrl-+"), ("É", Key("É"), "shift-é"), ("日", Key("日"), "日"), ("ẞ", Key("ẞ"), nil),
    ] as [(String, Key, String?)])
  func notation(_ text: String, _ key: Key, _ written: String?) {
    #expect(Key(notation: text) == key)
    if let written { #expect(key.description == written) }
    #expect(Key(notation: key.description) == key)
  }

  @Test(
    "What is no key is refused", arguments: ["", "foo", "ctrl-", "ctrl-foo", "f0", "f25", "f01", "\u{1b}", "\n", "aa"])
  func noKey(_ text: String) {
    #expect(Key(notation: text) == nil)
  }

  @Test("A line of keys is what a person types")
  func line() {
    #expect(
      Key.keys(":po<enter>J<ctrl-d><lt><gt>") == [
        Key(":"), Key("p"), Key("o"), Key(.enter), Key("J"), .control("d"), Key("<"), Key(">"),
      ])
    #expect(Key.keys("a<b") == nil)
    #expect(Key.keys("<nokey>") == nil)
    #expect(Key.keys("<>") == nil)
  }

  @Test("Bindings of keys that terminals cannot tell apart meet")
  func canonical() {
    #expect(Key.control("i").canonical == Key(.tab))
    #expect(Key.control("[").canonical == Key(.escape))
    #expect(Key.control("d").canonical == .control("d"))
  }
}
