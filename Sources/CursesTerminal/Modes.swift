import CNcurses
import Terminal

/// The modes that are switched on beside those of ncurses, and the bytes that undo everything, ours and ncurses's. One
/// place for both: a mode that is not undone in a crash leaves the shell broken.
struct Modes {
  /// Pastes arrive between marks.
  static let paste = Mode(on: "\u{1b}[?2004h", off: "\u{1b}[?2004l")
  /// Buttons, movement with a button down, and the report form that knows columns beyond 223.
  static let mouse = Mode(on: "\u{1b}[?1000h\u{1b}[?1002h\u{1b}[?1006h", off: "\u{1b}[?1006l\u{1b}[?1002l\u{1b}[?1000l")
  /// The title there was before is kept on the terminal's own stack.
  static let title = Mode(on: "\u{1b}[22;2t", off: "\u{1b}[23;2t")

  struct Mode {
    let on: String
    let off: String
  }

  /// Whether the mouse is reported to us.
  var mouse: Bool
  /// Whether the terminal is one that has a window title.
  let hasTitle: Bool
  /// ncurses's own way back: keypad, attributes, colours, cursor, and at last the screen there was before.
  let cursesReset: String

  /// Reads what ncurses would undo from the terminfo entry that is set up.
  init(mouse: Bool, environment: [String: String]) {
    self.mouse = mouse
    hasTitle = Self.hasTitle(environment["TERM"] ?? "")
    cursesReset = ["rmkx", "sgr0", "op", "cnorm", "rmcup"].map { Self.capability($0) }.joined()
  }

  /// What switches our modes on.
  var on: String { (hasTitle ? Self.title.on : "") + Self.paste.on + (mouse ? Self.mouse.on : "") }

  /// What switches our modes off; the mouse always, since it can be switched while the program runs.
  var off: String { Self.mouse.off + Self.paste.off + (hasTitle ? Self.title.off : "") }

  /// What a crash must send: everything, whatever the state is.
  var reset: String { off + cursesReset }

  /// A string capability without its padding marks (`$<5>`), which only ncurses's own output interprets.
  static func capability(_ name: String) -> String {
    guard let value = pm_capability(name) else { return "" }
    var result = ""
    var rest = Substring(String(cString: value))
    while let mark = rest.firstIndex(of: "$") {
      result += rest[..<mark]
      let after = rest[rest.index(after: mark)...]
      if after.first == "<", let end = after.firstIndex(of: ">") {
        rest = after[after.index(after: end)...]
      } else {
        result += "$"
        rest = after
      }
    }
    return result + rest
  }

  /// Terminals not in this list may print the title's sequence on the screen.
  private static func hasTitle(_ term: String) -> Bool {
    let families = [
      "xterm", "screen", "tmux", "rxvt", "alacritty", "foot", "st-", "kitty", "konsole", "gnome", "vte", "putty",
      "wezterm",
      "ghostty", "contour", "mlterm", "iterm",
    ]
    return families.contains { term.hasPrefix($0) }
  }
}
