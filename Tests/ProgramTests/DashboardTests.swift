import Foundation
import TestSupport
import Testing

/// The real program in a real pseudo-terminal, on its own demo cluster.
@Suite(.serialized) struct DashboardTests {
  private func expectRestored(_ terminal: PseudoTerminal, _ modes: [tcflag_t], _ how: String) {
    #expect(terminal.modes == modes, "\(how): line discipline")
    #expect(terminal.screen.modes == ScreenReader.fresh, "\(how): terminal modes")
    #expect(terminal.screen.unknown == [], "\(how): sequences")
  }

  @Test("The demo opens on what is wrong, worst first; q quits with 0 and gives the terminal back")
  func demo() throws {
    let modes = try Program.freshModes()
    let terminal = try Program.demo()
    #expect(terminal.screen.lines[0].hasPrefix(" podmedic  demo"))
    #expect(terminal.screen.lines[1].hasPrefix(" triage"))
    #expect(terminal.screen.lines[3].contains("critical"))
    #expect(terminal.screen.usesColor)
    terminal.type("q")
    #expect(try terminal.end() == 0)
    expectRestored(terminal, modes, "q")
  }

  @Test(
    "ctrl-c quits with 0, and signals end it as signals do", arguments: ["ctrl-c", ":q", "TERM", "HUP", "INT", "QUIT"])
  func ends(_ how: String) throws {
    let signals = ["TERM": SIGTERM, "HUP": SIGHUP, "INT": SIGINT, "QUIT": SIGQUIT]
    let modes = try Program.freshModes()
    let terminal = try Program.demo()
    switch how {
    case "ctrl-c": terminal.type("\u{3}")
    case ":q": terminal.type(":q\r")
    default: kill(terminal.process, signals[how] ?? 0)
    }
    #expect(try terminal.end() == signals[how].map { -$0 } ?? 0)
    expectRestored(terminal, modes, how)
  }

  @Test("Where there is no table of objects ctrl-z stops the job, f10 and SIGTSTP do everywhere; fg brings it back")
  func stops() throws {
    let modes = try Program.freshModes()
    for (number, stop) in ["\u{1a}", "\u{1b}[21~", "TSTP"].enumerated() {
      let terminal = try PseudoTerminal(
        [
          "/bin/bash", "--norc", "-mc",
          "'\(Program.path)' demo; echo job-is-asleep; jobs -p > /dev/null; read line; fg > /dev/null; echo over $?",
        ], environment: Program.environment, columns: 120, rows: 36, limit: Program.limit)
      try terminal.wait(for: "checkout")
      if number > 0 {
        terminal.type(":po\r")
        try terminal.wait(for: "READY")
      }
      if stop == "TSTP" { kill(try foreground(terminal), SIGTSTP) } else { terminal.type(stop) }
      try terminal.wait(for: "job-is-asleep")
      expectRestored(terminal, modes, "stopped by \(number)")
      terminal.type("\n")
      try terminal.wait("the dashboard again") {
        $0.modes.contains(1049) && $0.lines[0].hasPrefix(" podmedic") && $0.lines.contains { $0.contains("checkout") }
      }
      terminal.type(":q\r")
      try terminal.wait(for: "over 0")
      #expect(try terminal.end() == 0)
    }
  }

  /// The only child of the shell.
  private func foreground(_ terminal: PseudoTerminal) throws -> pid_t {
    let path = "/proc/\(terminal.process)/task/\(terminal.process)/children"
    let children = try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").compactMap { pid_t($0) }
    return try #require(children.first)
  }

  @Test("A capture opens on what is wrong in it, says that it is one, and refuses changes at once")
  func capture() throws {
    let bank = TestCluster.checkout.appendingPathComponent("Tests/Accuracy").path
    let terminal = try Program.start([
      "--from", "\(bank)/cluster.yaml", "--from", "\(bank)/crash-exit-1/fault.yaml", "--at", "2026-06-01T12:00:00Z",
    ])
    try terminal.wait(for: "deployment/orders")
    #expect(terminal.screen.lines[0].contains("capture"))
    try terminal.wait(for: "exit 1")
    terminal.type(":deploy\r")
    try terminal.wait("the table") { $0.lines[1].hasPrefix(" deployments") }
    terminal.type("s")
    try terminal.wait(for: "nothing can be changed in it")
    terminal.type(":q\r")
    #expect(try terminal.end() == 0)
  }

  @Test("In a table of objects ctrl-z shows only trouble, as in k9s")
  func faults() throws {
    let terminal = try Program.demo()
    terminal.type(":po\r")
    try terminal.wait("all pods") { $0.lines[1].hasPrefix(" pods  ") && !$0.lines[1].contains("reading") }
    terminal.type("\u{1a}")
    try terminal.wait(for: "only trouble")
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }

  @Test("A new extent is drawn at once, down to very small ones")
  func resizes() throws {
    let terminal = try Program.demo()
    for (columns, rows) in [(40, 12), (20, 5), (10, 2), (200, 50), (80, 24)] {
      terminal.resize(columns: columns, rows: rows)
      // Where there is no room the program gives way to the context, and that to the version.
      try terminal.wait("\(columns)x\(rows)") {
        $0.lines.count == rows && (columns < 20 || $0.lines[0].contains(" de"))
      }
    }
    try terminal.wait(for: "? all keys")
    terminal.type("q")
    #expect(try terminal.end() == 0)
    #expect(terminal.screen.unknown == [])
  }

  @Test("Keys lead from a deployment over its pods and containers to the log, and esc leads back")
  func drills() throws {
    let terminal = try Program.demo()
    terminal.type(":deploy shop /orders\r")
    try terminal.wait(for: "deployments  1 of")
    terminal.type("\r")
    try terminal.wait("its pods") { $0.lines[1].contains("deployments  ›  orders  2") }
    terminal.type("\r")
    try terminal.wait(for: "LAST STATE")
    terminal.type("p")
    try terminal.wait(for: "cannot connect to database")
    terminal.type("\u{1b}")
    try terminal.wait(for: "LAST STATE")
    terminal.type("q")
    try terminal.wait("its pods again") { $0.lines[1].contains("deployments  ›  orders  2") }
    terminal.type("\u{3}")
    #expect(try terminal.end() == 0)
  }

  @Test("NO_COLOR means no colours, and the C locale ASCII only")
  func plain() throws {
    let mono = try Program.demo(["NO_COLOR": "1"])
    #expect(!mono.screen.usesColor)
    mono.type("q")
    #expect(try mono.end() == 0)
    let ascii = try Program.demo(["LANG": "C"])
    #expect(ascii.screen.lines.allSatisfy { $0.unicodeScalars.allSatisfy { (0x20...0x7e).contains($0.value) } })
    #expect(ascii.screen.lines[3].hasPrefix(">x critical"))
    ascii.type("q")
    #expect(try ascii.end() == 0)
  }

  @Test("A server that is not there yet is said, and found when it comes")
  func recovers() throws {
    let port = try Program.freePort()
    let folder = try TemporaryFolder()
    let terminal = try Program.start(["--kubeconfig", try Program.kubeconfig(port: port, in: folder), "-A"])
    try terminal.wait(for: "Retrying")
    #expect(terminal.screen.lines.contains { $0.lowercased().contains("refused") }, "\(terminal.screen.lines)")
    // Keys are answered while nobody answers us.
    terminal.type("?")
    try terminal.wait(for: "Keys here")
    terminal.type("q")
    try terminal.wait(for: "Retrying")
    let server = try Program.start(["demo", "--serve", "--port", "\(port)"])
    try server.wait(for: "current-context")
    terminal.type("\u{12}")
    try terminal.wait(for: "checkout")
    try terminal.wait("everything") { $0.lines[1].hasSuffix("live") }
    // It goes away again: what was read stays, marked.
    kill(server.process, SIGKILL)
    _ = try server.end()
    try terminal.wait(for: "reconnecting")
    #expect(terminal.screen.lines.contains { $0.contains("checkout") })
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }
}
