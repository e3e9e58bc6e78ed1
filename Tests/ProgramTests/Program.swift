import Foundation
import Glibc
import TestSupport

/// The podmedic that was built, in a pseudo-terminal.
enum Program {
  static let path = builtProgram("podmedic")
  /// What is waited for may take so many seconds on a machine that has much else to do.
  static let limit = 60.0

  /// An environment in which nothing of the machine's user is read.
  static let environment = [
    "TERM": "xterm-256color", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": "/nonexistent",
    "XDG_STATE_HOME": "/dev/null/none",
    "SWIFT_BACKTRACE": "enable=no",
  ]

  static func start(
    _ arguments: [String], _ changes: [String: String] = [:], columns: Int = 120, rows: Int = 36, terminal: Bool = true
  ) throws -> PseudoTerminal {
    try PseudoTerminal(
      [path] + arguments, environment: environment.merging(changes) { $1 }, columns: columns, rows: rows,
      terminal: terminal, limit: limit)
  }

  /// The demo, when it has shown what is wrong.
  static func demo(
    _ changes: [String: String] = [:], columns: Int = 120, rows: Int = 36, _ arguments: [String] = []
  ) throws -> PseudoTerminal {
    let terminal = try start(["demo"] + arguments, changes, columns: columns, rows: rows)
    try terminal.wait(for: "checkout")
    return terminal
  }

  /// The modes of a terminal that nobody has changed.
  static func freshModes() throws -> [tcflag_t] {
    let terminal = try PseudoTerminal(["/bin/true"], environment: [:])
    _ = try terminal.end()
    return terminal.modes
  }

  /// The path of a kubeconfig for a server of this machine that asks for no credentials.
  static func kubeconfig(port: UInt16, in folder: TemporaryFolder) throws -> String {
    let text = """
      apiVersion: v1
      kind: Config
      clusters: [{name: late, cluster: {server: "http://127.0.0.1:\(port)"}}]
      contexts: [{name: late, context: {cluster: late, user: nobody}}]
      users: [{name: nobody, user: {}}]
      current-context: late
      """
    return try folder.file("config", Data(text.utf8)).path
  }

  /// A port that nobody listens on.
  static func freePort() throws -> UInt16 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    return try bindAnywhere(descriptor)
  }

  /// Runs `body` with the port of a server that takes connections and never answers; `connected` waits for the first.
  static func withSilentServer(_ body: (_ port: UInt16, _ connected: () -> Bool) throws -> Void) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    let port = try bindAnywhere(descriptor)
    guard listen(descriptor, 8) == 0 else { throw PseudoTerminal.Failure(description: "cannot listen: errno \(errno)") }
    try body(port) {
      var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      return poll(&watched, 1, Int32(limit * 1000)) == 1
    }
  }

  private static func bindAnywhere(_ descriptor: Int32) throws -> UInt16 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
      }
    }
    guard bound else { throw PseudoTerminal.Failure(description: "no free port: errno \(errno)") }
    return UInt16(bigEndian: address.sin_port)
  }
}
