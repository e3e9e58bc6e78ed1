import Glibc

/// A program to run with `Loop.spawn`.
public struct ProcessRequest: Sendable {
  /// What the program reads.
  public enum Input: Sendable, Equatable {
    /// Nothing: the end of file at once.
    case nothing
    /// These bytes, then the end of file. A program that does not read them all is no error.
    case bytes([UInt8])
    /// podmedic's own standard input: the terminal.
    case inherited
    /// An open descriptor, which stays the caller's.
    case descriptor(Int32)
  }

  /// Where the program writes.
  public enum Output: Sendable, Equatable {
    /// Nowhere.
    case discarded
    /// Into the result. Bytes after the first `limit` are read and dropped.
    case captured(limit: Int)
    /// podmedic's own output: the terminal.
    case inherited
    /// An open descriptor, which stays the caller's.
    case descriptor(Int32)
  }

  /// A path, or a bare name that is looked up in the PATH of `environment`.
  public var executable: String
  /// The arguments after the program's name.
  public var arguments: [String]
  /// The whole environment; nothing is added.
  public var environment: [String: String]
  /// Where it runs; `nil`: podmedic's own working directory.
  public var workingDirectory: String?
  /// What it reads.
  public var input: Input
  /// Where its standard output goes.
  public var output: Output
  /// Where its standard error goes.
  public var errorOutput: Output
  /// A terminal that becomes the program's controlling one, for running it in a pseudoterminal.
  public var controllingTerminal: Int32?
  /// How long it may run. Then it gets SIGTERM, and SIGKILL a second later; `nil` for ever.
  public var timeout: Duration?

  /// A program that reads nothing and of whose output up to 1 MiB each is captured, unless changed.
  public init(
    _ executable: String, _ arguments: [String] = [], environment: [String: String],
    workingDirectory: String? = nil, input: Input = .nothing, output: Output = .captured(limit: 1 << 20),
    errorOutput: Output = .captured(limit: 1 << 20), controllingTerminal: Int32? = nil, timeout: Duration? = nil
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.input = input
    self.output = output
    self.errorOutput = errorOutput
    self.controllingTerminal = controllingTerminal
    self.timeout = timeout
  }

  /// Whether the program shares podmedic's terminal. Then it stays in podmedic's process group, so that the terminal's
  /// keys reach it. Otherwise it gets a session of its own, cannot touch the terminal, and is ended with all it started.
  public var sharesTerminal: Bool {
    controllingTerminal == nil && (input == .inherited || output == .inherited || errorOutput == .inherited)
  }

  /// The file that the shell would run for `name`: itself if it has a slash, else the first executable file of that
  /// name in the colon-separated `path`. Empty and relative folders are skipped, for what runs must not depend on
  /// where podmedic was started.
  public static func locate(_ name: String, path: String) -> String? {
    if name.utf8.contains(UInt8(ascii: "/")) { return name }
    guard !name.isEmpty && !name.utf8.contains(0) else { return nil }
    for folder in path.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = "\(folder)/\(name)"
      var information = stat()
      if stat(candidate, &information) == 0, information.st_mode & S_IFMT == S_IFREG, access(candidate, X_OK) == 0 {
        return candidate
      }
    }
    return nil
  }
}

/// How a program ended.
public struct ProcessResult: Sendable, Equatable {
  /// Its own end, or a signal's.
  public enum Termination: Sendable, Equatable {
    /// It exited with this status, 0...255.
    case exited(Int32)
    /// This signal ended it.
    case signaled(Int32)
  }

  /// By which way it ended.
  public var termination: Termination
  /// What was captured of its standard output.
  public var output: [UInt8]
  /// What was captured of its standard error.
  public var errorOutput: [UInt8]
  /// Whether output or error output was longer than its limit.
  public var isTruncated: Bool
  /// Whether it was ended because its time was up.
  public var didTimeOut: Bool

  /// Whether it exited with status 0.
  public var succeeded: Bool { termination == .exited(0) }
}

/// A program did not start.
public struct ProcessFailure: Error, Equatable, CustomStringConvertible {
  /// The executable, or the working directory that could not be entered.
  public let subject: String
  /// The `errno`; ENOENT when a bare name is nowhere in the PATH.
  public let code: Int32

  /// The subject and the C library's words for the code.
  public var description: String { "\(subject): \(errorText(code))" }
}
