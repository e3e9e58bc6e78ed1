/// A key press.
public struct Key: Hashable, Sendable {
  /// What the key is, without the keys held down beside it.
  public enum Code: Hashable, Sendable {
    /// A character as typed: an upper-case letter for shift and a letter.
    case character(Character)
    case enter, escape, tab, backspace, delete, insert
    case up, down, left, right
    case home, end, pageUp, pageDown
    /// F1 to F24.
    case function(Int)
  }

  /// Keys held down beside it.
  public struct Modifiers: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: UInt8

    /// A set of the given bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Shift; not set for characters, which are then upper case or another sign already.
    public static let shift = Modifiers(rawValue: 1)
    /// Alt, or an escape in front.
    public static let alt = Modifiers(rawValue: 2)
    /// Control; letters with it are in lower case.
    public static let control = Modifiers(rawValue: 4)
  }

  /// What the key is.
  public var code: Code
  /// Keys held down beside it.
  public var modifiers: Modifiers

  /// A key press. With control, letters are taken in lower case, as terminals cannot tell the difference.
  public init(_ code: Code, _ modifiers: Modifiers = []) {
    self.code = code
    self.modifiers = modifiers
    guard case .character(let character) = code else { return }
    if modifiers.contains(.control) {
      if let lower = character.lowercased().first { self.code = .character(lower) }
    } else if modifiers.contains(.shift) {
      if let upper = character.uppercased().first { self.code = .character(upper) }
    }
    self.modifiers.remove(.shift)
  }

  /// A character typed by itself.
  public init(_ character: Character) { self.init(.character(character)) }

  /// A character typed with control.
  public static func control(_ character: Character) -> Key { Key(.character(character), .control) }

  /// The character that the key types, when it types one.
  public var typed: Character? {
    guard case .character(let character) = code, modifiers.isEmpty else { return nil }
    return character
  }
}

extension Key {
  /// The key that is always reported for control and a letter that has a key of its own: ctrl-i is tab, ctrl-m enter,
  /// ctrl-h backspace, ctrl-[ escape. Terminals send the same byte for both.
  public var canonical: Key {
    guard modifiers.contains(.control), case .character(let character) = code else { return self }
    let others = modifiers.subtracting(.control)
    switch character {
    case "i": return Key(.tab, others)
    case "m", "j": return Key(.enter, others)
    case "h": return Key(.backspace, others)
    case "[": return Key(.escape, others)
    default: return self
    }
  }
}
