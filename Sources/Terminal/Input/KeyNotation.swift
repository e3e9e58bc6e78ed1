extension Key: CustomStringConvertible {
  private static let names: [(code: Code, names: [String])] = [
    (.enter, ["enter", "return", "ret", "cr"]),
    (.escape, ["esc", "escape"]),
    (.tab, ["tab"]),
    (.backspace, ["backspace", "bs", "backspace2"]),
    (.delete, ["del", "delete"]),
    (.insert, ["ins", "insert"]),
    (.up, ["up"]),
    (.down, ["down"]),
    (.left, ["left"]),
    (.right, ["right"]),
    (.home, ["home"]),
    (.end, ["end"]),
    (.pageUp, ["pgup", "pageup"]),
    (.pageDown, ["pgdn", "pagedown", "pgdown"]),
    (.character(" "), ["space"]),
    (.character("-"), ["minus", "dash"]),
    (.character("<"), ["lt"]),
    (.character(">"), ["gt"]),
  ]

  /// The key as k9s, our screens and our help write it: `ctrl-d`, `shift-f` (which is an upper-case F), `?`, `esc`,
  /// `pgdn`, `shift-left`, `f5`, `space`.
  public var description: String {
    var prefix = ""
    if modifiers.contains(.control) { prefix += "ctrl-" }
    if modifiers.contains(.alt) { prefix += "alt-" }
    if modifiers.contains(.shift) { prefix += "shift-" }
    switch code {
    case .function(let number): return prefix + "f\(number)"
    case .character(let character):
      if character == " " { return prefix + "space" }
      if character.isUppercase, let lower = character.lowercased().first, Key(.character(lower), .shift).code == code {
        return prefix + "shift-\(lower)"
      }
      return prefix + printable(String(character))
    default: return prefix + (Self.names.first { $0.code == code }?.names[0] ?? "")
    }
  }

  /// Reads a key as `description` writes it. Case of names does not matter, `c-`, `ctl-`, `control-`, `a-`, `m-`, `meta-`,
  /// `opt-`, `option-` and `s-` are understood, `+` may stand for `-`, and the whole may be in angle brackets, as in
  /// `<pgdn>`. A single letter is taken as it is: `F` is `shift-f`. Nil when it is no key.
  public init?(notation text: String) {
    var rest = Substring(text)
    if rest.count > 2 && rest.first == "<" && rest.last == ">" { rest = rest.dropFirst().dropLast() }
    var modifiers: Modifiers = []
    while rest.count > 1, let mark = rest.dropFirst().firstIndex(where: { $0 == "-" || $0 == "+" }) {
      let after = rest[rest.index(after: mark)...]
      guard !after.isEmpty, let modifier = Self.modifier(rest[..<mark].lowercased()) else { break }
      modifiers.insert(modifier)
      rest = after
    }
    guard let first = rest.first else { return nil }
    if rest.count == 1 {
      guard Self.isTypable(first) else { return nil }
      self.init(.character(first), modifiers)
      return
    }
    let name = rest.lowercased()
    if name == "backtab" {
      self.init(.tab, modifiers.union(.shift))
    } else if let code = Self.names.first(where: { $0.names.contains(name) })?.code {
      self.init(code, modifiers)
    } else if first == "f" || first == "F", let number = Int(rest.dropFirst()), (1...24).contains(number),
      String(number) == rest.dropFirst()
    {
      self.init(.function(number), modifiers)
    } else {
      return nil
    }
  }

  private static func modifier(_ name: String) -> Modifiers? {
    switch name {
    case "ctrl", "control", "ctl", "c": .control
    case "alt", "meta", "opt", "option", "a", "m": .alt
    case "shift", "s": .shift
    default: nil
    }
  }

  private static func isTypable(_ character: Character) -> Bool {
    character == " " || printable(String(character)) == String(character)
  }

  /// The keys of a line as tests and recordings write it: characters stand for themselves and names in angle brackets
  /// for other keys, `:pods<enter>jj<ctrl-d>`; `<lt>` types `<`. Newlines and tabs in it are left out, so that long lines
  /// may be broken. Nil when a name in brackets is no key or a bracket is not closed.
  public static func keys(_ line: String) -> [Key]? {
    var keys: [Key] = []
    var rest = Substring(line)
    while let character = rest.popFirst() {
      switch character {
      case "\n", "\r\n", "\t": continue
      case "<":
        guard let close = rest.firstIndex(of: ">"), let key = Key(notation: String(rest[..<close])),
          close > rest.startIndex
        else { return nil }
        keys.append(key)
        rest = rest[rest.index(after: close)...]
      default:
        guard isTypable(character) else { return nil }
        keys.append(Key(character))
      }
    }
    return keys
  }
}
