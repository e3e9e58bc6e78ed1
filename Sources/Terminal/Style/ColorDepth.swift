/// How many colours are used, from none to the 256 of xterm.
public enum ColorDepth: Int, Comparable, CaseIterable, Sendable {
  /// No colour: attributes only.
  case mono = 1
  /// The eight ANSI colours.
  case ansi8 = 8
  /// The eight ANSI colours and their bright forms.
  case ansi16 = 16
  /// xterm's palette of 256.
  case indexed256 = 256

  /// Orders by the number of colours.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The deepest that `count` colours allow.
  public init(colors count: Int) {
    self = Self.allCases.last { $0.rawValue <= count } ?? .mono
  }
}

/// The `--color` flag.
public enum ColorChoice: String, CaseIterable, Sendable {
  /// Colour when the terminal has it and nothing forbids it.
  case auto
  /// Colour whatever the environment says.
  case always
  /// No colour.
  case never
}

extension ColorDepth {
  /// The depth for the full-screen interface, where the terminal description decides what can be sent.
  ///
  /// `--color` wins over `NO_COLOR` (any value but the empty one counts), which wins over the terminal's abilities.
  /// `always` on a terminal that claims no colours means the eight that practically all have.
  /// - Parameter terminalColors: the `colors` number of terminfo; negative or 0 when there is none.
  public static func forScreen(
    environment: [String: String], choice: ColorChoice, terminalColors: Int
  ) -> ColorDepth {
    let able = ColorDepth(colors: terminalColors)
    switch choice {
    case .never: return .mono
    case .always: return max(able, .ansi8)
    case .auto: return noColor(environment) ? .mono : able
    }
  }

  /// The depth for lines printed to standard output.
  ///
  /// The order is `--color`, `NO_COLOR`, `CLICOLOR_FORCE` (not empty and not `0`), then whether a person reads it: a
  /// terminal whose `TERM` is neither empty nor `dumb`.
  public static func forText(
    environment: [String: String], choice: ColorChoice, isTerminal: Bool
  ) -> ColorDepth {
    let term = environment["TERM"] ?? ""
    let deep = term.contains("256color") || term.contains("direct") || !(environment["COLORTERM"] ?? "").isEmpty
    let able: ColorDepth = deep ? .indexed256 : .ansi8
    switch choice {
    case .never: return .mono
    case .always: return able
    case .auto:
      if noColor(environment) { return .mono }
      if let force = environment["CLICOLOR_FORCE"], !force.isEmpty, force != "0" { return able }
      return isTerminal && !term.isEmpty && term != "dumb" ? able : .mono
    }
  }

  private static func noColor(_ environment: [String: String]) -> Bool {
    !(environment["NO_COLOR"] ?? "").isEmpty
  }
}
