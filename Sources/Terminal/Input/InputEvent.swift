/// What a person, or the terminal itself, did.
public enum InputEvent: Hashable, Sendable {
  /// A key was pressed.
  case key(Key)
  /// The mouse was used.
  case mouse(Mouse)
  /// Text was pasted; it may hold anything and is not made safe yet. Long pastes come in several pieces.
  case paste(String)
  /// The terminal has another size now.
  case resize(Size)
  /// The terminal's window gained (true) or lost the keyboard.
  case focus(Bool)
  /// The terminal has gone away; nothing can be read or shown any more.
  case closed
}

/// What the mouse did.
public struct Mouse: Hashable, Sendable {
  /// The kind of movement.
  public enum Kind: Hashable, Sendable {
    case press, release, drag, wheelUp, wheelDown, wheelLeft, wheelRight
  }

  /// The button that did it; none for the wheel.
  public enum Button: Hashable, Sendable {
    case left, middle, right, none
  }

  /// What happened.
  public var kind: Kind
  /// With which button.
  public var button: Button
  /// At which cell; may lie outside the grid when the window has just shrunk.
  public var position: Position
  /// Keys held down.
  public var modifiers: Key.Modifiers

  /// A use of the mouse.
  public init(_ kind: Kind, _ button: Button = .none, at position: Position, _ modifiers: Key.Modifiers = []) {
    self.kind = kind
    self.button = button
    self.position = position
    self.modifiers = modifiers
  }
}
