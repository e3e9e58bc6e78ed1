import Terminal
import Testing

@Suite struct TextWidthTests {
  @Test(
    "Characters take the columns that terminals give them",
    arguments: [
      ("", 0), ("checkout-7d9f", 13), ("é", 1), ("e\u{301}", 1), ("ä\u{300}\u{301}", 1), ("日本", 4), ("ｗ", 2),
      ("가", 2), ("\u{1100}\u{1161}\u{11A8}", 2), ("—…", 2), ("│─┼", 3), ("✓✗", 2), ("⌚", 2), ("⚡", 2), ("🚀", 2),
      ("👩‍👩‍👧‍👦", 2), ("👍🏽", 2), ("❤", 1), ("❤️", 2), ("🇩🇪", 2), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 2), ("कि", 2), ("ก็", 1), ("\u{A0}", 1),
      ("\u{3000}", 2), ("ß½§", 3), ("\u{E0B0}", 1), ("\u{1FACE}", 2), ("\u{FF76}", 1),
    ] as [(String, Int)])
  func width(_ text: String, _ columns: Int) {
    #expect(textWidth(text) == columns)
    #expect(textWidth(text + "x" + text) == 2 * columns + 1)
  }

  @Test(
    "What steers terminals or misleads the eye is spelled out",
    arguments: [
      ("plain text", "plain text"),
      ("\u{1b}[31mred\u{1b}[0m", "^[[31mred^[[0m"),
      ("a\u{0}b\u{7f}c", "a^@b^?c"),
      ("line\r\nnext", "line^M^Jnext"),
      ("\u{9b}2J", "<U+009B>2J"),
      ("a\u{85}b", "a<U+0085>b"),
      ("safe\u{202E}txt.exe", "safe<U+202E>txt.exe"),
      ("a\u{2066}b\u{2069}", "a<U+2066>b<U+2069>"),
      ("pay\u{200B}ments", "pay<U+200B>ments"),
      ("pay\u{200D}ments", "pay<U+200D>ments"),
      ("soft\u{AD}hyphen", "soft<U+00AD>hyphen"),
      ("a\u{2028}b\u{2029}", "a<U+2028>b<U+2029>"),
      ("\u{FEFF}x", "<U+FEFF>x"),
      ("\u{301}x", "<U+0301>x"),
      ("\n\u{301}", "^J<U+0301>"),
      ("\u{FE0F}", "<U+FE0F>"),
      ("\u{E0041}", "<U+E0041>"),
      ("\u{3164}", "<U+3164>"),
      ("\u{FFFE}", "<U+FFFE>"),
      ("\u{378}", "<U+0378>"),
      ("bad \u{FFFD} byte", "bad \u{FFFD} byte"),
      ("👩‍👩‍👧 e\u{301} 日本", "👩‍👩‍👧 e\u{301} 日本"),
      ("a\tb", "a       b"),
      ("12345678\tb", "12345678        b"),
      ("日\tb", "日      b"),
    ])
  func spelledOut(_ text: String, _ shown: String) {
    #expect(printable(text) == shown)
    #expect(printable(shown) == shown)
  }

  @Test("Tabs go to the next stop of the line, not of the text")
  func tabsByColumn() {
    #expect(printable("\tx", column: 6) == "  x")
  }

  @Test("A character buried under marks is cut and says so")
  func stackedMarks() {
    let text = "z" + String(repeating: "\u{301}", count: 100_000)
    #expect(printable(text).hasSuffix("<+99977>"))
    #expect(textWidth(text) == 9)
  }

  @Test("Lines break at spaces, or anywhere when there is none")
  func wrapping() {
    #expect(wrapped("the quick brown fox", width: 10) == ["the quick", "brown fox"])
    #expect(wrapped("abcdefghijkl", width: 5) == ["abcde", "fghij", "kl"])
    #expect(wrapped("日本語", width: 5) == ["日本", "語"])
    #expect(wrapped("", width: 5) == [""])
    #expect(wrapped("a\u{1b}b", width: 2) == ["a^", "[b"])
    #expect(wrapped("日本", width: 0) == ["日", "本"])
  }
}
