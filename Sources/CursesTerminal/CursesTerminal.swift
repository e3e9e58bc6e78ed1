import CNcurses
import CTerminalGuard
import Glibc
import Terminal

/// The terminal the program was started in, drawn on with ncurses. It opens /dev/tty, so that standard input and output
/// may be pipes or files.
///
/// There can be one at a time, and everything about it happens on one thread. The owner watches `descriptor` and calls
/// `readInput()` when it is readable, `handleResize()` after SIGWINCH, and `restore()` at the end; a crash or `exit()`
/// restores the terminal too.
public final class CursesTerminal: Frontend {
  /// What is chosen before the terminal is taken.
  public struct Options: Sendable {
    /// The environment: TERM, the locale, NO_COLOR, TMUX and others are read from it.
    public var environment: [String: String]
    /// The `--color` flag.
    public var color: ColorChoice = .auto
    /// The theme to start with.
    public var theme: Theme = .dark
    /// Whether the mouse is reported; it can be switched later.
    public var mouse = true
    /// What is printed on standard error after a crash has given the terminal back; at most 512 bytes.
    public var lastWords = ""
    /// Whether handlers installed earlier, such as Swift's backtraces, see a crash after the terminal was given back.
    public var chainsCrashHandlers = false

    /// The usual choices for an environment.
    public init(environment: [String: String]) { self.environment = environment }
  }

  /// Has a crash end the process with `lastWords` (at most 512 bytes) on standard error, from now on and not only while
  /// there is a terminal; `chainsHandlers` as in `Options`.
  public static func announceCrashes(lastWords: String, chainsHandlers: Bool) {
    let words = lastWords + "\n"
    _ = pm_guard_watch(words, words.utf8.count, chainsHandlers)
  }

  /// The most cells that are drawn: what is larger is no screen but a misunderstanding.
  public static let largest = Size(columns: 1000, rows: 500)

  /// The descriptor to watch for input.
  public let descriptor: Int32
  /// The colours in use.
  public var depth: ColorDepth { painter.depth }
  /// Whether the terminal is sent UTF-8; when not, characters outside ASCII are shown as `?`.
  public var isUTF8: Bool { painter.isUTF8 }
  /// Whether the terminal is ours at the moment.
  public private(set) var isActive = false
  /// Whether the mouse is reported to us; when not, the terminal selects text with it.
  public var mouse: Bool {
    get { modes.mouse }
    set { setMouse(newValue) }
  }
  /// The looks of roles; setting it draws the last frame anew at the next `present`.
  public var theme: Theme {
    get { painter.theme }
    set {
      painter.theme = newValue
      shown = nil
    }
  }

  private let options: Options
  private let output: UnsafeMutablePointer<FILE>
  private let input: UnsafeMutablePointer<FILE>
  private var screen: OpaquePointer?
  private var modes: Modes
  private var decoder: InputDecoder
  private var shown: Grid?
  private var cursorShown = true
  private var isClosed = false
  private var told = Size(columns: 0, rows: 0)
  private var painter: CellPainter

  /// Takes the terminal.
  public init(_ options: Options) throws(TerminalFailure) {
    let descriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw TerminalFailure("there is no terminal to draw on (/dev/tty: \(reason(errno)))") }
    let term = options.environment["TERM"] ?? ""
    let isUTF8 = pm_adopt_locale(Glyphs.isUTF8(options.environment))
    if let failure = Self.setUp(term, descriptor) {
      close(descriptor)
      throw failure
    }
    guard let output = fdopen(dup(descriptor), "w"), let input = fdopen(dup(descriptor), "r") else {
      close(descriptor)
      throw TerminalFailure("the terminal cannot be opened (\(reason(errno)))")
    }
    let modes = Modes(mouse: options.mouse, environment: options.environment)
    self.descriptor = descriptor
    self.output = output
    self.input = input
    self.options = options
    self.modes = modes
    decoder = InputDecoder(extra: terminfoKeys())
    painter = CellPainter(theme: options.theme, depth: .mono, isUTF8: isUTF8)
    // Armed before ncurses changes anything, so that the modes kept are those of the shell.
    let words = options.lastWords.isEmpty ? "" : options.lastWords + "\n"
    guard
      pm_guard_arm(
        descriptor, modes.reset, modes.reset.utf8.count, words, words.utf8.count, options.chainsCrashHandlers),
      let screen = newterm(term, output, input)
    else {
      pm_guard_disarm()
      fclose(output)
      fclose(input)
      close(descriptor)
      throw TerminalFailure("the terminal type \(printable(term)) cannot be used for a full screen")
    }
    self.screen = screen
    painter = CellPainter(theme: options.theme, depth: Self.startColors(options), isUTF8: isUTF8)
    raw()
    noecho()
    nonl()
    keypad(pm_screen(), true)
    leaveok(pm_screen(), false)
    isActive = true
    told = size
    write(modes.on)
  }

  deinit { restore() }

  private static func setUp(_ term: String, _ descriptor: Int32) -> TerminalFailure? {
    if term.isEmpty {
      return TerminalFailure("TERM is not set, so it is unknown how to draw on this terminal; try TERM=xterm-256color")
    }
    var error: Int32 = 0
    if setupterm(term, descriptor, &error) != OK {
      return TerminalFailure(
        error < 0
          ? "the terminfo database, which says how to draw on a terminal, is not installed"
          : "the terminal type TERM=\(printable(term)) is not known here; try TERM=xterm-256color")
    }
    if pm_capability("cup") == nil {
      return TerminalFailure("the terminal type TERM=\(printable(term)) cannot show a full screen")
    }
    return nil
  }

  private static func startColors(_ options: Options) -> ColorDepth {
    let depth = ColorDepth.forScreen(
      environment: options.environment, choice: options.color, terminalColors: Int(tigetnum("colors")))
    guard depth > .mono, has_colors(), start_color() == OK else { return .mono }
    use_default_colors()
    return depth
  }

  // MARK: - Size

  /// The terminal's extent, at most `largest`; 80x24 when it does not know.
  public var size: Size {
    var window = winsize()
    let known = ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0 && window.ws_row > 0
    let columns = known ? Int(window.ws_col) : 80
    let rows = known ? Int(window.ws_row) : 24
    return Size(columns: min(columns, Self.largest.columns), rows: min(rows, Self.largest.rows))
  }

  /// Takes over the terminal's new extent; call it after SIGWINCH, and after the terminal was given away, when nobody
  /// told of changes. The next `present` draws everything. Nil when the extent is the one last told.
  public func handleResize() -> InputEvent? {
    guard isActive else { return nil }
    let size = size
    fit(size)
    defer { told = size }
    return size == told ? nil : .resize(size)
  }

  private func fit(_ size: Size) {
    guard size.columns != Int(pm_columns()) || size.rows != Int(pm_lines()) else { return }
    resizeterm(Int32(size.rows), Int32(size.columns))
    redraw()
  }

  /// Makes the next `present` send every cell, for a screen that something else has written on (Ctrl-L).
  public func redraw() {
    shown = nil
    clearok(pm_screen(), true)
  }

  // MARK: - Drawing

  /// Shows a frame. Does nothing while the terminal is given away.
  public func present(_ grid: Grid, cursor: Position?) {
    guard isActive else { return }
    let runs = grid.diff(with: shown ?? Grid(columns: 0, rows: 0))
    if shown?.size != grid.size { werase(pm_screen()) }
    for run in runs where run.row < Int(pm_lines()) {
      for column in run.columns {
        let cell = grid[run.row, column]
        if cell.width > 0 && column + cell.width <= Int(pm_columns()) {
          painter.draw(cell, row: run.row, column: column)
        }
      }
    }
    shown = grid
    place(cursor)
    wnoutrefresh(pm_screen())
    doupdate()
  }

  private func place(_ cursor: Position?) {
    if let cursor, cursor.row >= 0, cursor.column >= 0, cursor.row < Int(pm_lines()), cursor.column < Int(pm_columns())
    {
      wmove(pm_screen(), Int32(cursor.row), Int32(cursor.column))
      if !cursorShown { curs_set(1) }
      cursorShown = true
    } else {
      if cursorShown { curs_set(0) }
      cursorShown = false
    }
  }

  // MARK: - Input

  /// What has been done since the last call; does not wait, except 25 milliseconds after an escape to see whether it
  /// begins a sequence. The last event is `closed` when the terminal has gone away.
  public func readInput() -> [InputEvent] {
    var events: [InputEvent] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    // A limit, so that a huge paste does not keep the loop from drawing; what is left keeps the descriptor readable.
    for _ in 0..<16 where isActive && !isClosed {
      if !isReadable(within: decoder.isWaiting ? 25 : 0) {
        events += decoder.flush()
        return events
      }
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        events += decoder.feed(buffer[..<count])
      } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
        isClosed = true
        events.append(.closed)
      }
    }
    return events
  }

  private func isReadable(within milliseconds: Int32) -> Bool {
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&watched, 1, milliseconds) > 0
  }

  // MARK: - Giving away and taking back

  /// Gives the terminal back as it was found; ncurses and our modes are off until `resume()`.
  public func suspend() {
    guard isActive else { return }
    isActive = false
    write(modes.off)
    if !cursorShown { curs_set(1) }
    cursorShown = true
    // Without a second screen ours stays, and what comes next must not be written over its last line.
    let staysOnScreen = pm_capability("smcup") == nil
    endwin()
    if staysOnScreen { write("\r\n") }
    pm_guard_disarm()
  }

  /// Takes the terminal again after `suspend()`; the next `present` draws everything.
  public func resume() {
    guard !isActive, screen != nil else { return }
    let reset = modes.reset
    let words = options.lastWords.isEmpty ? "" : options.lastWords + "\n"
    pm_guard_arm(descriptor, reset, reset.utf8.count, words, words.utf8.count, options.chainsCrashHandlers)
    isActive = true
    decoder = InputDecoder(extra: terminfoKeys())
    fit(size)
    redraw()
    // Output takes the screen again.
    wrefresh(pm_screen())
    write(modes.on)
  }

  /// Runs `body` with the terminal given back.
  public func suspend<Result>(while body: () throws -> Result) rethrows -> Result {
    suspend()
    defer { resume() }
    return try body()
  }

  /// Stops the program as Ctrl-Z does in a shell and takes the terminal again when it is continued. Gives a sentence when
  /// the program cannot be stopped. Where nobody could continue it, nothing happens.
  public func stop() -> String? {
    let error = suspend { pm_stop_job() }
    return error == 0 ? nil : "the program cannot be stopped (\(reason(error)))"
  }

  /// Gives the terminal back for good. May be called again.
  public func restore() {
    suspend()
    guard let screen else { return }
    self.screen = nil
    delscreen(screen)
    fclose(output)
    fclose(input)
    close(descriptor)
  }

  private func setMouse(_ on: Bool) {
    guard on != modes.mouse else { return }
    modes.mouse = on
    if isActive { write(on ? Modes.mouse.on : Modes.mouse.off) }
  }

  // MARK: - Beside the screen

  /// Names the terminal's window, where it has a name; the old name comes back at the end.
  public func setTitle(_ title: String) {
    if isActive && modes.hasTitle { write("\u{1b}]2;\(printable(String(title.prefix(200))))\u{7}") }
  }

  /// Rings, or flashes where there is no bell.
  public func bell() {
    if isActive { beep() }
  }

  /// Gives `text` to the clipboard. At a local desktop its own program is asked first, because not every terminal knows
  /// OSC 52 and none says so; over SSH, or without a program, the terminal is.
  public func copyToClipboard(_ text: String) -> ClipboardResult {
    let environment = options.environment
    let bytes = text.utf8.count
    let remote = !(environment["SSH_TTY"] ?? "").isEmpty || !(environment["SSH_CONNECTION"] ?? "").isEmpty
    if !remote, let program = ClipboardProgram.copy(text, environment: environment) {
      return .copied(via: program, bytes: bytes)
    }
    guard let sequence = Clipboard.osc52(text, environment: environment) else {
      return .tooLarge(bytes: bytes, limit: Clipboard.limit)
    }
    if !modes.hasTitle { return .unavailable("this terminal has no clipboard (TERM=\(environment["TERM"] ?? ""))") }
    guard isActive else { return .unavailable("the terminal is in use by another program") }
    write(sequence)
    return .copied(via: "terminal (OSC 52)", bytes: bytes)
  }

  private func write(_ text: String) { write(Array(text.utf8)) }

  /// Writes past ncurses, which sends all of its own at the end of each update, so that nothing is mixed. A terminal
  /// that has gone away is found out by reading.
  private func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return }
    }
  }
}

/// What the system says about an error number.
func reason(_ number: Int32) -> String {
  strerror(number).map { String(cString: $0) } ?? "error \(number)"
}
