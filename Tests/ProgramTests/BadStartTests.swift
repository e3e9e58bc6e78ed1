import Foundation
import TestSupport
import Testing

/// What cannot be opened is said before the screen is touched: one clear sentence, and a status that scripts see.
@Suite(.serialized) struct BadStartTests {
  private func refusal(
    _ arguments: [String], _ changes: [String: String] = [:], terminal hasTerminal: Bool = true
  ) throws -> (status: Int32, lines: [String]) {
    let terminal = try Program.start(arguments, changes, columns: 200, rows: 20, terminal: hasTerminal)
    let status = try terminal.end()
    #expect(terminal.screen.modes == ScreenReader.fresh)
    #expect(terminal.screen.controls == [] && terminal.screen.unknown == [])
    return (status, terminal.screen.lines.filter { !$0.isEmpty })
  }

  @Test("Without a usable terminal the plain commands are named")
  func terminals() throws {
    for changes in [["TERM": "dumb"], ["TERM": ""], ["TERM": "nonsense"]] {
      let (status, lines) = try refusal(["demo"], changes)
      #expect(status == 1, "\(lines)")
      #expect(lines.count <= 2 && lines.first?.hasPrefix("error: ") == true, "\(lines)")
      #expect(lines.contains { $0.contains("podmedic check") }, "\(lines)")
    }
    let (status, lines) = try refusal(["demo"], terminal: false)
    #expect(status == 1)
    #expect(lines.first?.contains("no terminal") == true, "\(lines)")
  }

  @Test("Kubeconfigs that cannot be used")
  func kubeconfigs() throws {
    let folder = try TemporaryFolder()
    let good = try folder.file(
      "good",
      Data(
        """
        clusters: [{name: here, cluster: {server: "http://127.0.0.1:1"}}]
        contexts: [{name: here, context: {cluster: here, user: me}}, {name: nowhere, context: {cluster: gone, user: me}}]
        users: [{name: me, user: {}}]
        current-context: here
        """.utf8)
    ).path
    let broken = try folder.file("broken", Data("clusters: [\n".utf8)).path
    let table: [(arguments: [String], says: String)] = [
      (["--kubeconfig", good, "--context", "nope"], "context \"nope\" does not exist"),
      (["--kubeconfig", folder.url.path + "/missing"], "no such file"),
      (["--kubeconfig", broken], broken),
      (["--kubeconfig", good, "--theme", "neon"], "there is no theme \"neon\""),
      (["--kubeconfig", good, "--cluster", "gone"], "gone"),
    ]
    for (arguments, says) in table {
      let (status, lines) = try refusal(arguments)
      #expect(status != 0, "\(arguments): \(lines)")
      #expect(lines.joined(separator: " ").contains(says), "\(arguments): \(lines)")
      #expect(lines.count <= 3, "\(arguments): \(lines)")
    }
  }

  @Test(
    "A crash before there is a screen ends at once, without a debugger that waits for keys",
    arguments: [[], ["check"]],
    [SIGSEGV, SIGQUIT])
  func earlyCrash(_ command: [String], signal: Int32) throws {
    let folder = try TemporaryFolder()
    try Program.withSilentServer { port, connected in
      let file = try folder.file(
        "config",
        Data(
          """
          clusters: [{name: here, cluster: {server: "http://127.0.0.1:\(port)"}}]
          contexts: [{name: here, context: {cluster: here, user: me}}]
          users: [{name: me, user: {}}]
          current-context: here
          """.utf8)
      ).path
      let terminal = try Program.start(
        command + ["--kubeconfig", file], ["SWIFT_BACKTRACE": "enable=yes,interactive=yes"], columns: 160, rows: 20)
      #expect(connected())
      kill(terminal.process, signal)
      #expect(try terminal.end() == -signal)
      let lines = terminal.screen.lines.filter { !$0.isEmpty }
      // To be asked to quit is no crash.
      let saysCrash = lines.contains { $0.contains("has crashed; PODMEDIC_BACKTRACE=1 shows where") }
      #expect(saysCrash == (signal == SIGSEGV), "\(lines)")
      #expect(!lines.contains { $0.contains("Backtrace") || $0.contains("ress ") }, "\(lines)")
      #expect(terminal.screen.modes == ScreenReader.fresh)
      #expect(try terminal.modes == Program.freshModes())
    }
  }

  @Test("A command that does not exist is refused with the nearest one")
  func commands() throws {
    let (status, lines) = try refusal(["demmo"])
    #expect(status != 0, "\(lines)")
    let (scenario, said) = try refusal(["demo", "no-such-scenario"])
    #expect(scenario == 1 && said.first?.hasPrefix("error: ") == true, "\(said)")
  }
}
