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
    try press("node-a1\r", "blocked by PDB redis: needs 1, has 1")
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
}
