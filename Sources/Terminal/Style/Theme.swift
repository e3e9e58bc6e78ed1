/// A colour in each of the depths that have any. There are no RGB values for terminals: the program never edits the
/// user's palette.
public struct Paint: Hashable, Sendable {
  /// The index in xterm's palette of 256. 16 to 255 have fixed colours; below that the user's palette decides.
  public let indexed: UInt8
  /// The index among the sixteen ANSI colours: 0 to 7, and 8 more for the bright ones.
  public let basic: UInt8

  /// A colour and the basic one that comes nearest.
  public init(_ indexed: UInt8, _ basic: UInt8) {
    self.indexed = indexed
    self.basic = basic & 15
  }
}

/// How a role looks in a theme.
public struct RolePaint: Hashable, Sendable {
  /// The colour of the letters; the terminal's own when nil.
  public var foreground: Paint?
  /// The colour behind them; the terminal's own when nil.
  public var background: Paint?
  /// What is added to the letters at every depth.
  public var attributes: TextAttributes

  /// A look.
  public init(_ foreground: Paint?, on background: Paint? = nil, _ attributes: TextAttributes = []) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }
}

/// What a front end sends for a cell: palette indexes of one depth and attributes.
public struct Appearance: Hashable, Sendable {
  /// The palette index of the letters; the terminal's own colour when nil.
  public var foreground: UInt8?
  /// The palette index behind them; the terminal's own colour when nil.
  public var background: UInt8?
  /// Attributes; never contains `selected`, which has been resolved.
  public var attributes: TextAttributes
}

/// A red, green and blue value for pictures.
public struct RGB: Hashable, Sendable {
  /// The parts, 0 to 255.
  public let red, green, blue: UInt8

  /// A colour of 24 bits, written `0xRRGGBB`.
  public init(_ value: UInt32) {
    red = UInt8(truncatingIfNeeded: value >> 16)
    green = UInt8(truncatingIfNeeded: value >> 8)
    blue = UInt8(truncatingIfNeeded: value)
  }
}

/// The looks of all roles. Themes are values: a screen drawn once can be shown in any of them.
public struct Theme: Sendable {
  /// The name that `--theme` and the configuration use.
  public let name: String
  /// The letters' colour in pictures where a cell names none.
  public let canvasForeground: RGB
  /// The background in pictures where a cell names none.
  public let canvasBackground: RGB
  private let paints: [RolePaint]

  init(name: String, foreground: RGB, background: RGB, _ paint: (Role) -> RolePaint) {
    self.name = name
    canvasForeground = foreground
    canvasBackground = background
    paints = Role.allCases.map(paint)
  }

  /// The look of a role.
  public subscript(role: Role) -> RolePaint { paints[Int(role.rawValue)] }

  /// The theme called `name`; nil when there is none.
  public static func named(_ name: String) -> Theme? { all.first { $0.name == name } }

  /// The theme for a terminal about which only the environment is known: light when `COLORFGBG` (`fg;bg` or
  /// `fg;other;bg`) names a light background (7, or 9 to 15), otherwise dark.
  public static func suiting(environment: [String: String]) -> Theme {
    guard let value = environment["COLORFGBG"], let last = value.split(separator: ";").last, let background = Int(last)
    else { return .dark }
    return background == 7 || (9...15).contains(background) ? .light : .dark
  }

  /// What to send for a cell of `style` with `depth` colours.
  ///
  /// With 8 colours a bright foreground becomes the plain one in bold, but grey the terminal's own colour, faint: where
  /// bold is not brighter, as in most terminals now, black in bold cannot be seen on black. A selected cell keeps its role's foreground, on
  /// the selection's background unless the role has its own, when there are 256 colours; it is reversed when there are
  /// fewer, because few of the sixteen colours can be read on each other.
  public func appearance(of style: Style, depth: ColorDepth) -> Appearance {
    let paint = self[style.role]
    var attributes = style.attributes.union(paint.attributes).subtracting(.selected)
    let selected = style.attributes.contains(.selected)
    switch depth {
    case .mono:
      attributes.formUnion(style.role.attributesWithoutColor)
      if selected { attributes.insert(.reverse) }
      return Appearance(foreground: nil, background: nil, attributes: attributes)
    case .ansi8, .ansi16:
      if selected && style.role != .selection { attributes.insert(.reverse) }
      let mask: UInt8 = depth == .ansi8 ? 7 : 15
      var foreground = paint.foreground?.basic
      if depth == .ansi8, foreground == 8, paint.background == nil {
        attributes.insert(.faint)
        foreground = nil
      } else if depth == .ansi8, let basic = foreground, basic > 7 {
        attributes.insert(.bold)
      }
      return Appearance(
        foreground: foreground.map { $0 & mask }, background: paint.background.map { $0.basic & mask },
        attributes: attributes)
    case .indexed256:
      let background = paint.background ?? (selected ? self[.selection].background : nil)
      let foreground = paint.foreground ?? (selected ? self[.selection].foreground : nil)
      return Appearance(
        foreground: foreground?.indexed, background: background?.indexed, attributes: attributes)
    }
  }
}

extension Role {
  /// How the role is told apart when there is no colour at all.
  var attributesWithoutColor: TextAttributes {
    switch self {
    case .selection: .reverse
    case .match, .danger: [.reverse, .bold]
    case .title, .header, .key, .accent, .critical, .marked: .bold
    case .warning, .crumb: .underline
    case .dim, .stale: .faint
    default: []
    }
  }
}

extension RGB {
  /// What xterm's palette has at `index`; for the first sixteen, which terminals let people choose, xterm's defaults
  /// moved a little towards readability.
  public init(indexed index: UInt8) {
    let basic: [UInt32] = [
      0x1c1c1c, 0xd75f5f, 0x5faf5f, 0xd7af5f, 0x5f87d7, 0xaf87d7, 0x5fafaf, 0xd0d0d0,
      0x808080, 0xff8787, 0x87d787, 0xffd787, 0x87afff, 0xd7afff, 0x87d7d7, 0xffffff,
    ]
    switch index {
    case 0..<16: self.init(basic[Int(index)])
    case 16..<232:
      let cube = UInt32(index) - 16
      let levels: [UInt32] = [0, 95, 135, 175, 215, 255]
      self.init(
        levels[Int(cube / 36)] << 16 | levels[Int(cube / 6 % 6)] << 8 | levels[Int(cube % 6)])
    default:
      let level = 8 + (UInt32(index) - 232) * 10
      self.init(level << 16 | level << 8 | level)
    }
  }

  /// As SVG and CSS write it: `#rrggbb`.
  public var hexadecimal: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
