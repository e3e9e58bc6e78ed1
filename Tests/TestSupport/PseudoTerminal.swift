import Glibc

/// A program running in a pseudo-terminal of its own, and the screen it draws.
public final class PseudoTerminal {
  /// What did not happen, with the screen as it was then.
  public struct Failure: Error, CustomStringConvertible {
    /// For a person.
    public let description: String

    /// A failure.
    public init(description: String) { self.description = description }
  }

  // TIOCSPTLCK, TIOCGPTN, POSIX_SPAWN_SETSID and POSIX_SPAWN_SETSIGDEF with POSIX_SPAWN_SETSIGMASK, which Swift does not import.
  private static let lockRequest: UInt = 0x4004_5431
  private static let numberRequest: UInt = 0x8004_5430
  private static let setSession: Int16 = 0x80
  private static let setSignals: Int16 = 0x04 | 0x08

  /// What the program has drawn.
  public let screen: ScreenReader
  /// The program.
  public let process: pid_t
  private var master: Int32
  /// Seconds after which something that is waited for is given up.
  private let limit: Double
  private var status: Int32?

  /// Starts `command` as leader of a session whose terminal is new and has the given extent.
  public init(
    _ command: [String], environment: [String: String], columns: Int = 60, rows: Int = 10, terminal: Bool = true,
    limit: Double = 10
  ) throws {
    self.limit = limit
    screen = ScreenReader(columns: columns, rows: rows)
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var unlock: Int32 = 0
    var number: Int32 = 0
    guard master >= 0, ioctl(master, Self.lockRequest, &unlock) == 0, ioctl(master, Self.numberRequest, &number) == 0
    else { throw Failure(description: "no pseudo-terminal: errno \(errno)") }
    let path = "/dev/pts/\(number)"
    var extent = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    // The slave must be open once for the extent to be kept.
    let slave = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    _ = ioctl(master, UInt(TIOCSWINSZ), &extent)
    defer { close(slave) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Opened by a session's leader without O_NOCTTY, it becomes the session's terminal.
    posix_spawn_file_actions_addopen(&actions, 0, terminal ? path : "/dev/null", O_RDWR, 0)
    if terminal {
      posix_spawn_file_actions_adddup2(&actions, 0, 1)
    } else {
      posix_spawn_file_actions_adddup2(&actions, slave, 1)
    }
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Tests run on threads that block signals, which a child would inherit.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Self.setSession | Self.setSignals)
    var arguments = command.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var process: pid_t = 0
    let error = posix_spawn(&process, command[0], &actions, &attributes, &arguments, &variables)
    guard error == 0 else { throw Failure(description: "\(command[0]) cannot be started: \(error)") }
    self.process = process
  }

  deinit {
    if status == nil {
      kill(process, SIGKILL)
      var ignored: Int32 = 0
      waitpid(process, &ignored, 0)
    }
    hangUp()
  }

  /// Types bytes.
  public func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// Changes the extent; the kernel tells the program.
  public func resize(columns: Int, rows: Int) {
    var extent = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    screen.resize(columns: columns, rows: rows)
    _ = ioctl(master, UInt(TIOCSWINSZ), &extent)
  }

  /// Takes the terminal away, as closing its window does.
  public func hangUp() {
    if master >= 0 { close(master) }
    master = -1
  }

  /// The line discipline's modes.
  public var modes: [tcflag_t] {
    var modes = termios()
    tcgetattr(master, &modes)
    return [modes.c_iflag, modes.c_oflag, modes.c_cflag, modes.c_lflag]
  }

  /// Reads what the program draws until `condition` holds, until the limit.
  public func wait(_ what: String, until condition: (ScreenReader) -> Bool) throws {
    let deadline = now() + limit
    while !condition(screen) {
      guard now() < deadline else {
        throw Failure(description: "waited in vain for \(what); the screen is\n\(screen.lines.joined(separator: "\n"))")
      }
      if !readSome(milliseconds: 100) && ended() != nil && !condition(screen) {
        throw Failure(
          description: "the program ended before \(what); the screen is\n\(screen.lines.joined(separator: "\n"))")
      }
    }
  }

  /// Waits until some line holds `text`.
  public func wait(for text: String) throws {
    try wait("\"\(text)\"") { $0.lines.contains { $0.contains(text) } }
  }

  /// Waits for the end: the exit status, or the signal's number as a negative one.
  public func end() throws -> Int32 {
    let deadline = now() + limit
    while now() < deadline {
      _ = readSome(milliseconds: 20)
      if let end = ended() {
        while readSome(milliseconds: 0) {}
        return end
      }
    }
    throw Failure(description: "the program does not end; the screen is\n\(screen.lines.joined(separator: "\n"))")
  }

  private func ended() -> Int32? {
    if let status { return status }
    var raw: Int32 = 0
    guard waitpid(process, &raw, WNOHANG) == process else { return nil }
    let end = raw & 0x7f == 0 ? (raw >> 8) & 0xff : -(raw & 0x7f)
    status = end
    return end
  }

  private func readSome(milliseconds: Int32) -> Bool {
    guard master >= 0 else {
      poll(nil, 0, milliseconds)
      return false
    }
    var watched = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&watched, 1, milliseconds) > 0, watched.revents & Int16(POLLIN) != 0 else { return false }
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = read(master, &buffer, buffer.count)
    guard count > 0 else { return false }
    screen.feed(buffer[..<count])
    return true
  }

  private func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// The path of an executable that was built together with the tests.
public func builtProgram(_ name: String) -> String {
  var buffer = [CChar](repeating: 0, count: 4096)
  let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
  var path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  // `swift test` runs a helper of the toolchain with the bundle's path as an argument.
  if let bundle = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") }) { path = bundle }
  return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/\(name)"
}
