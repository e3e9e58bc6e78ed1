/// A terminal for tests: it keeps what it was shown and plays what it was told to.
public final class VirtualTerminal: Frontend {
  /// One presented frame.
  public struct Frame: Equatable, Sendable {
    /// The cells.
    public let grid: Grid
    /// Where the hardware cursor stood.
    public let cursor: Position?
  }

  /// The extent; change it with `resize(to:)`.
  public private(set) var size: Size
  /// The frames from the oldest to the newest, at most `frameLimit`.
  public private(set) var frames: [Frame] = []
  /// How many frames are kept.
  public let frameLimit: Int
  /// How many frames were presented in all.
  public private(set) var presented = 0
  /// The window's title.
  public private(set) var title = ""
  /// What was copied, oldest first.
  public private(set) var copied: [String] = []
  /// How often the bell rang.
  public private(set) var bells = 0
  /// How often the terminal was given back for a while.
  public private(set) var suspensions = 0
  /// What copying answers; nil answers as a terminal with OSC 52 does.
  public var clipboardAnswer: ClipboardResult?
  private var events: [InputEvent] = []

  /// A terminal of the given extent that keeps the last `frameLimit` frames.
  public init(_ size: Size, frameLimit: Int = 100) {
    self.size = size
    self.frameLimit = max(1, frameLimit)
  }

  /// The newest frame's cells; empty before the first.
  public var grid: Grid { frames.last?.grid ?? Grid(size) }
  /// The newest frame's cursor.
  public var cursor: Position? { frames.last?.cursor }

  // MARK: - What the test does

  /// Adds an event that the program will read.
  public func send(_ event: InputEvent) { events.append(event) }

  /// Adds the keys of a line such as `:pods<enter>`; false, adding none, when it cannot be read.
  @discardableResult
  public func type(_ line: String) -> Bool {
    guard let keys = Key.keys(line) else { return false }
    events += keys.map { .key($0) }
    return true
  }

  /// Changes the extent and adds the event that tells of it.
  public func resize(to size: Size) {
    self.size = size
    events.append(.resize(size))
  }

  /// Takes the events that have been added, oldest first.
  public func takeEvents() -> [InputEvent] {
    defer { events = [] }
    return events
  }

  // MARK: - Frontend

  /// Keeps the frame.
  public func present(_ grid: Grid, cursor: Position?) {
    presented += 1
    if frames.count == frameLimit { frames.removeFirst() }
    frames.append(Frame(grid: grid, cursor: cursor))
  }

  /// Keeps the title.
  public func setTitle(_ title: String) { self.title = title }

  /// Keeps the text and gives the answer that was set.
  public func copyToClipboard(_ text: String) -> ClipboardResult {
    copied.append(text)
    if let clipboardAnswer { return clipboardAnswer }
    let bytes = text.utf8.count
    return bytes <= Clipboard.limit
      ? .copied(via: "terminal (OSC 52)", bytes: bytes) : .tooLarge(bytes: bytes, limit: Clipboard.limit)
  }

  /// Counts and runs `body`.
  public func suspend<Result>(while body: () throws -> Result) rethrows -> Result {
    suspensions += 1
    return try body()
  }

  /// Counts.
  public func bell() { bells += 1 }
}
