import Foundation
import TestSupport
import Testing

/// Maintenance of a node as a person does it in the demo, from the plan to the way back, on the real program.
@Suite(.serialized) struct MaintenanceTests {
  @Test("A node is drained although a budget never allows it, which its playbook mends, and brought back")
  func wholeWay() throws {
    let terminal = try Program.demo()
    func press(_ keys: String, _ text: String) throws {
      terminal.type(keys)
      try terminal.wait(for: text)
    }
    // The plan says beforehand what kubectl refuses and what will never go.
    try press(":drain node-a1\r", "kubectl refuses to drain node-a1 without --ignore-daemonsets")
    try press("i", "budgets never allow the eviction of data/redis")
    try press("r", "type node-a1 to drain it")
    try press("node-a1\r", "never: PDB redis")
    // From the blocked pod to its budget, while the rest of the drain goes on.
    try press("jjb", "Let one pod be missing")
    #expect(terminal.screen.lines[0].contains("draining"), "the header says that it goes on")
    try press("G\r", "Apply it to cluster demo?")
    terminal.type("y")
    // The drain may take what the budget allows before the remedy sees that it allows something.
    try terminal.wait("the budget is patched") { $0.lines[1].contains("applied") || $0.lines[1].contains("succeeded") }
    try press("q", "pdb-blocked")
    try press("q", "STATE")
    try terminal.wait(for: "15 of 15 gone")
    try terminal.wait("the end") { $0.lines[1].hasSuffix("drained") }
    // The checklist sees what was done; what only a person knows is asked.
    try press("gb", "Take a node out of service and bring it back")
    func step(_ number: Int, _ words: String) throws {
      terminal.type("g" + String(repeating: "j", count: number - 1))
      try terminal.wait("step \(number)") { $0.lines.contains { $0.contains(words) } }
    }
    try step(11, "spec.unschedulable and the taint are there")
    try step(12, "only pods of DaemonSets and static pods are left")
    try step(13, "Is the work on node-a1 done")
    terminal.type("y")
    try step(14, "its kubelet says so")
    try step(18, "uncordon node/node-a1")
    try press("\r", "Apply it to cluster demo?")
    terminal.type("y")
    try terminal.wait("the node is open") { $0.lines.contains { $0.contains("succeeded") } }
    try press("q", "Is it open again?")
    try step(19, "neither spec.unschedulable nor the taint is there")
    try step(20, "owners")
    terminal.type(":q\r")
    #expect(try terminal.end() == 0)
  }

  @Test("Ctrl-C, the end of input and any other answer leave the node cordoned, at once, and say so")
  func theOfferToUncordonEnds() throws {
    let port = try Program.freePort()
    let folder = try TemporaryFolder()
    let server = try Program.start(["demo", "--serve", "--port", "\(port)"])
    try server.wait(for: "current-context")
    let kubeconfig = try Program.kubeconfig(port: port, in: folder)
    func podmedic(_ arguments: String...) throws -> PseudoTerminal {
      try Program.start(
        arguments + ["--kubeconfig", kubeconfig], ["XDG_STATE_HOME": folder.url.path + "/state"])
    }
    for (keys, status) in [("\u{3}", 130), ("\u{4}", 1), ("q\r", 1)] as [(String, Int32)] {
      let drain = try podmedic("drain", "node-a1", "--ignore-daemonsets", "--timeout=1s")
      try drain.wait(for: "Uncordon node-a1, which this drain has cordoned? y/N:")
      drain.type(keys)
      #expect(try drain.end() == status)
      try drain.wait(for: "node-a1 stays cordoned; \"podmedic uncordon node-a1\" opens it.")
      let uncordon = try podmedic("uncordon", "node-a1")
      #expect(try uncordon.end() == 0)
    }
  }

  @Test("A drain that kill -9 has cut off is offered by the next session, which ends it")
  func goesOnInTheNextSession() throws {
    let port = try Program.freePort()
    let folder = try TemporaryFolder()
    let server = try Program.start(["demo", "--serve", "--port", "\(port)"])
    try server.wait(for: "current-context")
    let arguments = ["--kubeconfig", try Program.kubeconfig(port: port, in: folder), "-A"]
    let changes = ["XDG_STATE_HOME": folder.url.path + "/state"]
    let first = try Program.start(arguments, changes)
    func press(_ keys: String, _ text: String, on terminal: PseudoTerminal) throws {
      terminal.type(keys)
      try terminal.wait(for: text)
    }
    try first.wait(for: "checkout")
    try press(":drain node-a1\r", "without --ignore-daemonsets", on: first)
    try press("i", "never allow the eviction", on: first)
    try press("r", "type node-a1 to drain it", on: first)
    try press("node-a1\r", "never: PDB redis", on: first)
    // While it goes on nobody else is offered it.
    let other = try Program.start(arguments, changes)
    try other.wait(for: "checkout")
    try press(":drain\r", "name a node", on: other)
    other.type(":q\r")
    #expect(try other.end() == 0)
    kill(first.process, SIGKILL)
    _ = try first.end()
    let second = try Program.start(arguments, changes)
    try second.wait(for: "a drain of node-a1 was cut off")
    try press(":drain\r", "R goes on", on: second)
    try press("R", "never: PDB redis", on: second)
    try press("jjs", "14 of 15 gone, 1 left alone", on: second)
    try second.wait("the end") { $0.lines[1].hasSuffix("drained") }
    second.type(":q\r")
    #expect(try second.end() == 0)
    // What has ended is not offered again.
    let third = try Program.start(arguments, changes)
    try third.wait(for: "checkout")
    try press(":drain\r", "name a node", on: third)
  }
}
