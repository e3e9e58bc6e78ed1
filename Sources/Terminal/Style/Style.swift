/// What a piece of text means; a `Theme` decides what it looks like. Screens name roles, never colours, so that every
/// theme and every colour depth works everywhere.
public enum Role: UInt8, CaseIterable, Sendable {
  case text, dim, title, header, selection, marked, accent, key, border, match, prompt, crumb
  /// Severities and states; each goes with a glyph and a word, never colour alone.
  case critical, warning, notice, ok, unknown, progressing, stale
  /// A context that must not be mistaken, such as production.
  case danger
  /// The two sides of a change that is shown before it is made.
  case added, removed
  /// Parts of YAML and JSON.
  case fieldName, string, number
  /// Prefixes of interleaved logs; use `podColor(_:)`.
  case pod0, pod1, pod2, pod3, pod4, pod5, pod6, pod7

  /// One of eight colours that tell pods apart; any number may be given.
  public static func podColor(_ number: Int) -> Role {
    Role(rawValue: Role.pod0.rawValue + UInt8(number & 7)) ?? .pod0
  }

  /// The letter of this role in a style map; no two roles share one.
  public var letter: Character {
    switch self {
    case .text: "."
    case .dim: "d"
    case .title: "t"
    case .header: "h"
    case .selection: "s"
    case .marked: "m"
    case .accent: "a"
    case .key: "k"
    case .border: "b"
    case .match: "f"
    case .prompt: "r"
    case .crumb: "g"
    case .critical: "c"
    case .warning: "w"
    case .notice: "n"
    case .ok: "o"
    case .unknown: "u"
    case .progressing: "p"
    case .stale: "l"
    case .danger: "x"
    case .added: "i"
    case .removed: "v"
    case .fieldName: "y"
    case .string: "q"
    case .number: "z"
    case .pod0: "0"
    case .pod1: "1"
    case .pod2: "2"
    case .pod3: "3"
    case .pod4: "4"
    case .pod5: "5"
    case .pod6: "6"
    case .pod7: "7"
    }
  }
}

/// Ways to set text off that work without colour.
public struct TextAttributes: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8

  /// A set of the given bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Heavier or brighter letters.
  public static let bold = TextAttributes(rawValue: 1)
  /// A line below the letters.
  public static let underline = TextAttributes(rawValue: 2)
  /// Foreground and background exchanged.
  public static let reverse = TextAttributes(rawValue: 4)
  /// Slanted letters, where the terminal has them.
  public static let italic = TextAttributes(rawValue: 8)
  /// Fainter letters, where the terminal has them.
  public static let faint = TextAttributes(rawValue: 16)
  /// Part of the selected row: keeps the role's foreground on the selection's background.
  public static let selected = TextAttributes(rawValue: 32)
}

/// The meaning of a cell and how it is set off; two bytes.
public struct Style: Hashable, Sendable {
  /// What the text means.
  public var role: Role
  /// How it is set off beyond what the theme does for the role.
  public var attributes: TextAttributes

  /// A style.
  public init(_ role: Role, _ attributes: TextAttributes = []) {
    self.role = role
    self.attributes = attributes
  }

  /// Ordinary text.
  public static let plain = Style(.text)

  /// Whether it is bold beyond what the theme says.
  public var bold: Bool {
    get { attributes.contains(.bold) }
    set { set(.bold, newValue) }
  }

  /// Whether it is underlined beyond what the theme says.
  public var underline: Bool {
    get { attributes.contains(.underline) }
    set { set(.underline, newValue) }
  }

  /// Whether foreground and background are exchanged.
  public var reverse: Bool {
    get { attributes.contains(.reverse) }
    set { set(.reverse, newValue) }
  }

  /// Whether it is slanted.
  public var italic: Bool {
    get { attributes.contains(.italic) }
    set { set(.italic, newValue) }
  }

  /// Whether it belongs to the selected row.
  public var selected: Bool {
    get { attributes.contains(.selected) }
    set { set(.selected, newValue) }
  }

  private mutating func set(_ attribute: TextAttributes, _ present: Bool) {
    if present { attributes.insert(attribute) } else { attributes.remove(attribute) }
  }
}

/// A piece of text in one style; a line is an array of them.
public struct Span: Hashable, Sendable, ExpressibleByStringInterpolation {
  /// The text as it came; made safe when it is drawn.
  public var text: String
  /// Its style.
  public var style: Style

  /// A piece of text in a style.
  public init(_ text: String, _ style: Style = .plain) {
    self.text = text
    self.style = style
  }

  /// A piece of text in a role's style.
  public init(_ text: String, _ role: Role) { self.init(text, Style(role)) }

  /// Ordinary text.
  public init(stringLiteral value: String) { self.init(value) }
}
