import Terminal
import Testing

@Suite struct StyleTests {
  @Test(
    "The flag wins over NO_COLOR, and NO_COLOR over the terminal",
    arguments: [
      ([:], ColorChoice.auto, 256, ColorDepth.indexed256), ([:], .auto, 88, .ansi16), ([:], .auto, 8, .ansi8),
      ([:], .auto, -1, .mono), ([:], .auto, 16_777_216, .indexed256), (["NO_COLOR": "1"], .auto, 256, .mono),
      (["NO_COLOR": ""], .auto, 256, .indexed256), (["NO_COLOR": "1"], .always, 256, .indexed256),
      ([:], .always, 0, .ansi8), ([:], .never, 256, .mono),
    ] as [([String: String], ColorChoice, Int, ColorDepth)])
  func screenDepth(_ environment: [String: String], _ choice: ColorChoice, _ colors: Int, _ depth: ColorDepth) {
    #expect(ColorDepth.forScreen(environment: environment, choice: choice, terminalColors: colors) == depth)
  }

  @Test(
    "Printed text has colours for people, or when they are forced",
    arguments: [
      (["TERM": "xterm-256color"], ColorChoice.auto, true, ColorDepth.indexed256),
      (["TERM": "xterm-256color"], .auto, false, .mono), (["TERM": "dumb"], .auto, true, .mono),
      ([:], .auto, true, .mono), (["TERM": "vt100", "CLICOLOR_FORCE": "1"], .auto, false, .ansi8),
      (["CLICOLOR_FORCE": "0"], .auto, false, .mono), (["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], .auto, true, .mono),
      (["NO_COLOR": "1"], .always, false, .ansi8),
    ] as [([String: String], ColorChoice, Bool, ColorDepth)])
  func textDepth(_ environment: [String: String], _ choice: ColorChoice, _ terminal: Bool, _ depth: ColorDepth) {
    #expect(ColorDepth.forText(environment: environment, choice: choice, isTerminal: terminal) == depth)
  }

  @Test("Every role can be told from ordinary text and read on its background", arguments: Theme.all.map(\.name))
  func contrast(_ name: String) throws {
    let theme = try #require(Theme.named(name))
    for role in Role.allCases {
      for attributes in role == .border ? [[]] : [[], TextAttributes.selected] {
        let shown = theme.appearance(of: Style(role, attributes), depth: .indexed256)
        let front = shown.foreground.map { RGB(indexed: $0) } ?? theme.canvasForeground
        let back = shown.background.map { RGB(indexed: $0) } ?? theme.canvasBackground
        let least = role == .border ? 3.0 : attributes.isEmpty ? 4.5 : 3.0
        #expect(contrast(front, back) >= least, "\(name) \(role) \(attributes.isEmpty ? "" : "selected")")
      }
      if [.text, .border].contains(role) { continue }
      for depth in [ColorDepth.ansi8, .ansi16, .indexed256] where name != "mono" {
        let plain = theme.appearance(of: .plain, depth: depth)
        #expect(theme.appearance(of: Style(role), depth: depth) != plain, "\(name) \(role) \(depth)")
      }
    }
  }

  @Test("Without colour there are no colours, and what matters keeps an attribute", arguments: Theme.all.map(\.name))
  func mono(_ name: String) throws {
    let theme = try #require(Theme.named(name))
    for role in Role.allCases {
      let shown = theme.appearance(of: Style(role), depth: .mono)
      #expect(shown.foreground == nil && shown.background == nil)
    }
    for role in [Role.selection, .match, .critical, .warning, .header, .key, .danger] {
      #expect(!theme.appearance(of: Style(role), depth: .mono).attributes.isEmpty, "\(role)")
    }
    #expect(theme.appearance(of: Style(.text, .selected), depth: .mono).attributes == .reverse)
  }

  @Test("Basic colours stay within the depth, and bright ones become bold")
  func basicColors() {
    for theme in Theme.all {
      for role in Role.allCases {
        let eight = theme.appearance(of: Style(role), depth: .ansi8)
        #expect((eight.foreground ?? 0) < 8 && (eight.background ?? 0) < 8)
        let sixteen = theme.appearance(of: Style(role), depth: .ansi16)
        #expect((sixteen.foreground ?? 0) < 16 && (sixteen.background ?? 0) < 16)
      }
    }
    #expect(Theme.dark.appearance(of: Style(.warning), depth: .ansi8).attributes.contains(.bold))
    let grey = Theme.dark.appearance(of: Style(.dim), depth: .ansi8)
    #expect(grey.foreground == nil && grey.attributes.contains(.faint), "black in bold may be invisible")
  }

  @Test("No two roles share a letter of the style map")
  func letters() {
    #expect(Set(Role.allCases.map(\.letter)).count == Role.allCases.count)
    #expect(Role.podColor(0) == .pod0 && Role.podColor(9) == .pod1 && Role.podColor(-1) == .pod7)
  }

  @Test("A light terminal gets the light theme")
  func colorfgbg() {
    #expect(Theme.suiting(environment: ["COLORFGBG": "0;15"]).name == "light")
    #expect(Theme.suiting(environment: ["COLORFGBG": "15;default;0"]).name == "dark")
    #expect(Theme.suiting(environment: ["COLORFGBG": "x"]).name == "dark")
    #expect(Theme.suiting(environment: [:]).name == "dark")
  }

  @Test("Both glyph tables take the same columns, and ASCII is ASCII")
  func glyphs() {
    let unicode = strings(of: Glyphs.unicode)
    let ascii = strings(of: Glyphs.ascii)
    #expect(unicode.count == ascii.count && unicode.count > 40)
    for ((name, fancy), (_, plain)) in zip(unicode, ascii) {
      #expect(textWidth(fancy) == textWidth(plain), "\(name)")
      #expect(plain.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }, "\(name)")
    }
  }

  @Test("The locale and the terminal choose the glyphs")
  func glyphChoice() {
    #expect(Glyphs.suiting(environment: ["LANG": "de_DE.UTF-8", "TERM": "xterm"]) == .unicode)
    #expect(Glyphs.suiting(environment: ["LANG": "de_DE.utf8", "LC_ALL": ""]) == .unicode)
    #expect(Glyphs.suiting(environment: ["LANG": "de_DE.UTF-8", "LC_ALL": "C"]) == .ascii)
    #expect(Glyphs.suiting(environment: ["LANG": "de_DE.UTF-8", "LC_CTYPE": "POSIX"]) == .ascii)
    #expect(Glyphs.suiting(environment: ["LANG": "C.UTF-8", "TERM": "linux"]) == .ascii)
    #expect(Glyphs.suiting(environment: ["LANG": "C.UTF-8"], ascii: true) == .ascii)
    #expect(Glyphs.suiting(environment: [:]) == .ascii)
  }

  @Test("A bar has its columns whatever the fraction")
  func bars() {
    for fraction in [-1, 0, 0.01, 0.5, 0.99, 1, 7, .nan, .infinity] {
      #expect(textWidth(Glyphs.unicode.bar(fraction, columns: 10)) == 10)
    }
    #expect(Glyphs.unicode.bar(0.55, columns: 4) == "██▎░")
    #expect(Glyphs.ascii.bar(0.5, columns: 4) == "##..")
    #expect(Glyphs.ascii.bar(1, columns: -1) == "")
  }

  private func strings(of glyphs: Glyphs) -> [(String, String)] {
    Mirror(reflecting: glyphs).children.flatMap { child -> [(String, String)] in
      let name = child.label ?? ""
      if let list = child.value as? [String] { return list.map { (name, $0) } }
      return [(name, "\(child.value)")]
    }
  }

  /// WCAG's contrast ratio.
  private func contrast(_ one: RGB, _ other: RGB) -> Double {
    func luminance(_ color: RGB) -> Double {
      func linear(_ part: UInt8) -> Double {
        let value = Double(part) / 255
        // The square is near enough to the exponent 2.4 of sRGB for this purpose.
        return value * value
      }
      return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    }
    let (low, high) = (min(luminance(one), luminance(other)), max(luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)
  }
}
