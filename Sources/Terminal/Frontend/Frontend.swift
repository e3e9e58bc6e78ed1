/// Everything the interface may ask of a screen. There is one for ncurses and one for tests.
public protocol Frontend: AnyObject {
  /// The extent to draw for.
  var size: Size { get }
  /// Shows a complete frame; the front end sends what has changed. The hardware cursor stands on `cursor`, for screen
  /// readers and magnifiers, and is hidden when that is nil.
  func present(_ grid: Grid, cursor: Position?)
  /// Names the terminal's window.
  func setTitle(_ title: String)
  /// Gives `text` to the clipboard of the person's machine.
  func copyToClipboard(_ text: String) -> ClipboardResult
  /// Gives the terminal back as it was found while `body` runs (an editor, a login, a shell), then takes it again.
  func suspend<Result>(while body: () throws -> Result) rethrows -> Result
  /// Draws attention.
  func bell()
}

/// What became of a request to copy.
public enum ClipboardResult: Hashable, Sendable {
  /// Handed over: how (`terminal (OSC 52)`, `wl-copy` …), and the UTF-8 bytes. Terminals do not confirm OSC 52, so it is
  /// said how it went rather than promised.
  case copied(via: String, bytes: Int)
  /// More than the terminal takes, and there was no other way.
  case tooLarge(bytes: Int, limit: Int)
  /// There is no way, with the reason in one sentence.
  case unavailable(String)
}
