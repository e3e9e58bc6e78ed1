import Kube

/// What the exit code of a container tells.
public enum ExitCode {
  /// `exit 137 (SIGKILL)`, `exit 127 (command not found)`, `exit 1`.
  public static func text(_ code: Int) -> String {
    explanation(code).map { "exit \(code) (\($0))" } ?? "exit \(code)"
  }

  /// How a container ended, by its code, or by its signal where the runtime tells only that. What ran for a while chose
  /// 126 or 127 itself.
  public static func text(_ end: ContainerStateTerminated) -> String {
    if end.exitCode == 0, end.signal != 0 { return signalName(end.signal) ?? "signal \(end.signal)" }
    return end.hasRun && (126...127).contains(end.exitCode) ? "exit \(end.exitCode)" : text(end.exitCode)
  }

  /// What the code means beyond "the application chose it"; nil when there is nothing to say.
  ///
  /// Shells and container runtimes share these numbers: 128 + n stands for signal n.
  public static func explanation(_ code: Int) -> String? {
    switch code {
    case 0: "finished"
    case 125: "the container runtime failed"
    case 126: "command not executable"
    case 127: "command not found"
    case 128: "could not be started"
    case 255: "exit status out of range"
    case 129...192: signalName(code - 128)
    default: windowsStatus(code)
    }
  }

  /// What Windows ends a process with that it cannot start or go on with: a status of 32 bits, which some runtimes pass on
  /// as a negative number.
  private static func windowsStatus(_ code: Int) -> String? {
    guard let status = UInt32(exactly: code < 0 ? code + (1 << 32) : code), status >= 0x8000_0000 else { return nil }
    let meaning: String? =
      switch status {
      case 0xC000_0005: "access violation"
      case 0xC000_0017: "not enough memory"
      case 0xC000_007B: "a DLL or the program is for another processor"
      case 0xC000_00FD: "stack overflow"
      case 0xC000_0135: "a DLL is missing"
      case 0xC000_0139: "a DLL lacks a function: wrong version"
      case 0xC000_013A: "ended by Ctrl-C"
      case 0xC000_0142: "a DLL cannot be initialized"
      case 0xC000_0374: "heap corruption"
      case 0xC000_0409: "stack overrun or abort"
      case 0xE043_4352: "unhandled .NET exception"
      default: nil
      }
    return meaning.map { "0x\(String(status, radix: 16, uppercase: true)), \($0)" }
  }

  /// `SIGKILL` for 9; nil for what is no signal that ends containers.
  public static func signalName(_ signal: Int) -> String? {
    switch signal {
    case 1: "SIGHUP"
    case 2: "SIGINT"
    case 3: "SIGQUIT"
    case 4: "SIGILL"
    case 5: "SIGTRAP"
    case 6: "SIGABRT"
    case 7: "SIGBUS"
    case 8: "SIGFPE"
    case 9: "SIGKILL"
    case 10: "SIGUSR1"
    case 11: "SIGSEGV"
    case 12: "SIGUSR2"
    case 13: "SIGPIPE"
    case 14: "SIGALRM"
    case 15: "SIGTERM"
    case 24: "SIGXCPU"
    case 25: "SIGXFSZ"
    case 31: "SIGSYS"
    default: nil
    }
  }
}

extension ContainerStateTerminated {
  /// Whether its command was found and ran: shells and runtimes that do not find one end at once.
  public var hasRun: Bool {
    guard let startedAt, let finishedAt else { return false }
    return finishedAt.since(startedAt) >= .seconds(3)
  }
}
