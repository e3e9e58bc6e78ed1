import Diagnosis
import Kube
import KubeClient
import PlaybookKit
import Remedies
import Terminal
import Testing

@testable import Interface

/// Playbooks in the dashboard: which one opens, what a person adds to it, and that nothing is changed by the way.
@Suite struct PlaybookPageTests {
  private func world(_ screen: String = "triage", rows: Int = 40) throws -> World {
    let world = World(size: Size(columns: 120, rows: rows))
    try world.load("shop.yaml")
    world.logs["checkout-5d8f-ccccc/app/previous"] = ["INFO ready", "password=hunter2 accepted"]
    world.open(screen)
    return world
  }

  private func guided(_ world: World) throws -> GuidedRun { try #require(world.interface.page?.playbook?.guided) }

  private func readings(_ world: World) -> Int {
    world.effects.count { if case .readText = $0 { true } else { false } }
  }

  @Test(arguments: [
    ("triage", "/checkout<enter>b", "oom-killed pod/checkout-5d8f-ccccc"),
    ("pods", "/checkout<enter>b", "oom-killed pod/checkout-5d8f-ccccc"),
    ("pods", "/checkout<enter>db", "oom-killed pod/checkout-5d8f-ccccc"),
    ("deployments", "/checkout<enter>b", "oom-killed pod/checkout-5d8f-ccccc"),
    ("triage", "/report<enter>b", "pending pod/report-5d8f-ddddd"),
    ("triage", ":playbook oom-killed<enter>", "oom-killed pod/checkout-5d8f-ccccc"),
    ("triage", ":playbook oom-killed web-5d8f-aaaaa shop<enter>", "oom-killed pod/web-5d8f-aaaaa"),
    ("triage", ":playbook oom-killed deployment/checkout<enter>", "oom-killed pod/checkout-5d8f-ccccc"),
    ("triage", ":playbook evicted<enter>web-5d8f-bbbbb<enter>", "evicted pod/web-5d8f-bbbbb"),
    ("playbooks", "/oom<enter><enter>", "oom-killed pod/checkout-5d8f-ccccc"),
  ])
  func opensWhatFits(_ screen: String, _ keys: String, _ wanted: String) throws {
    let world = try world(screen)
    try world.press(keys)
    let run = try guided(world).run
    #expect("\(run.playbook.name) \(run.subject?.shortText ?? "")" == wanted)
  }

  @Test(arguments: [
    (":playbook nonsense<enter>", "there is no playbook"),
    (":playbook oom-killed nobody<enter>", "does not exist"),
    (":playbook oom-killed gizmo/nobody<enter>", "does not know the kind"),
    (":playbook evicted<enter><esc>", "Nothing has a finding of playbook evicted"),
  ])
  func saysWhyThereIsNone(_ keys: String, _ words: String) throws {
    let world = try world()
    try world.press(keys)
    #expect(world.terminal.grid.text.contains(words), "\(world.terminal.grid.text)")
  }

  @Test func whatHasNoRoomIsSaidAndReached() throws {
    let world = World(size: Size(columns: 80, rows: 24))
    try world.load("shop.yaml")
    world.open("triage")
    try world.press("/checkout<enter>b")
    #expect(world.terminal.grid.lines[22].contains("pgdn: "), "\(world.terminal.grid.text)")
    try world.press("<pgdn><pgdn><pgdn><pgdn><pgdn>")
    #expect(world.terminal.grid.lines[22].contains("pgup: what is above"), "\(world.terminal.grid.text)")
    let last = try guided(world).detail.lines.last?.map(\.text).joined() ?? ""
    #expect(!last.isEmpty && world.terminal.grid.lines[21].contains(last), "\(world.terminal.grid.text)")
  }

  @Test func readsByItselfOnceAndAgainWhenAsked() throws {
    let world = try world()
    try world.press("/checkout<enter>b")
    let guided = try guided(world)
    #expect(guided.report?.step("previous-log")?.verdict == .ok)
    let count = readings(world)
    // Whatever happens then, nothing is read again by itself.
    try world.load("shop.yaml")
    world.draw()
    #expect(readings(world) == count)
    guided.choose("previous-log")
    try world.press("r")
    #expect(readings(world) == count + 1)
    #expect(guided.text(of: "previous-log").last?.contains("hunter2") == false)
  }

  @Test func followsTheCluster() throws {
    let world = try world()
    try world.press("/checkout<enter>b")
    let guided = try guided(world)
    #expect(guided.report?.causes.isEmpty == false)
    try world.delete("pods", namespace: "shop", name: "checkout-5d8f-ccccc")
    world.draw()
    #expect(guided.doubt != nil)
    #expect(guided.report?.causes.isEmpty == false)
    #expect(world.terminal.grid.text.contains("enter looks at what deployment/checkout has now"))
  }

  @Test func keepsWhatWasSaid() throws {
    let world = try world()
    try world.press("/report<enter>b")
    let first = try guided(world)
    try world.press("gseasked the team<enter>")
    #expect(first.run.journal.map(\.what) == [.skip, .note("asked the team")])
    try world.press("<esc>b")
    #expect(try guided(world) === first)
    #expect(world.terminal.grid.text.contains("skipped"))
    try world.press("<backspace>")
    #expect(first.run.journal.map(\.what) == [.note("asked the team")])
  }

  @Test func takesUpWhatWasSaidInAnEarlierSession() throws {
    let earlier = try world()
    try earlier.press("/report<enter>b")
    #expect(earlier.kept.isEmpty)
    try earlier.press("gseasked the team<enter>")
    #expect(earlier.kept.count == 1)
    let later = try world()
    later.kept = earlier.kept
    try later.press("/report<enter>b")
    #expect(try guided(later).run.journal.map(\.what) == [.skip, .note("asked the team")])
    #expect(later.terminal.grid.text.contains("skipped"))
    // What is said about one object is not said about another.
    try later.press("<esc>:playbook pending web-5d8f-aaaaa shop<enter>")
    #expect(try guided(later).run.journal.allSatisfy { if case .skip = $0.what { false } else { true } })
  }

  @Test func aRemedyComesAfterTheQuestionBeforeIt() throws {
    let world = World(size: Size(columns: 120, rows: 40))
    try world.load("shop.yaml")
    try world.load("image.yaml")
    world.open("triage")
    try world.press("/shelf<enter>b")
    #expect(try guided(world).report?.next?.id == guided(world).report?.question?.id)
    #expect(try guided(world).report?.steps.contains { $0.word == "offered" } == true)
  }

  @Test func whatIsSoAlreadyAndWhatAnAnswerHasLeftBehindIsNotNext() throws {
    let world = try World("maintenance.yaml", size: Size(columns: 120, rows: 40), open: "nodes")
    try world.press(":playbook node-maintenance node-1<enter>")
    #expect(try guided(world).report?.next?.id == "cordon")
    try world.cordon("node-1")
    try world.taint("node-1", ["node.kubernetes.io/unschedulable"])
    try world.press("j")
    #expect(try guided(world).report?.next?.id == "drain")
    for (namespace, pod) in [
      ("data", "redis-6d9f-a"), ("shop", "cart-6d9f-a"), ("shop", "shell"), ("shop", "web-6d9f-a"),
    ] {
      try world.delete("pods", namespace: namespace, name: pod)
    }
    try world.press("j")
    #expect(try guided(world).report?.next?.id == "work")
    try guided(world).choose("work")
    try world.press("y")
    #expect(try guided(world).report?.next?.id == "uncordon")
    #expect(try guided(world).step?.id == "uncordon", "the cursor goes to what is next")
    #expect(world.terminal.grid.text.contains("next        Let pods come again"), "\(world.terminal.grid.text)")
    try world.cordon("node-1", false)
    try world.taint("node-1", [])
    try world.press("k")
    #expect(try guided(world).report?.next == nil)
    // Cordoned anew, it is another maintenance: what was answered then is no answer now.
    try world.cordon("node-1")
    try world.taint(
      "node-1", ["node.kubernetes.io/unschedulable"], added: world.interface.now.advanced(by: .seconds(60)))
    try world.press("j")
    #expect(try guided(world).report?.next?.id == "work")
  }

  @Test func remediesAreOnlyOfferedAndTheirEndIsKnownToTheStep() throws {
    let world = try world()
    try world.press("/checkout<enter>b")
    let guided = try guided(world)
    guided.choose("raise-limit")
    try world.press("y")
    #expect(guided.report?.step("raise-limit")?.word == "offered")
    try world.press("<enter>")
    guard case .startRemedy(let id, let order)? = world.effects.last else {
      Issue.record("no remedy: \(world.effects.suffix(1))")
      return
    }
    #expect(order.commandLine.contains("memory-limit=512Mi"))
    #expect(world.journal.isEmpty)
    // Leaving it without a word changes nothing, and the step says so.
    try world.press("n<esc>")
    #expect(guided.report?.step("raise-limit")?.word == "offered")
    world.interface.remedyOrigins[id] = (guided, "raise-limit")
    world.interface.remedyEnded(id: id, .succeeded)
    world.draw()
    #expect(guided.report?.step("raise-limit")?.verdict == .ok)
    #expect(guided.step?.id == "killed")
  }

  @Test(arguments: [
    ("y<enter>", ["cat /etc/resolv.conf"], Verdict.ok as Verdict?), ("n<enter>", [], nil), ("<esc>", [], nil),
    ("<enter>", [], nil),
  ])
  func aCommandRunsAfterItsQuestionOnly(_ keys: String, _ ran: [String], _ verdict: Verdict?) throws {
    let world = try world()
    world.commands.outputs["cat /etc/resolv.conf"] = CommandOutput(
      text: "search shop.svc.cluster.local svc.cluster.local\nnameserver 10.96.0.10\n", end: .exited(0))
    try world.press(":playbook dns web-5d8f-aaaaa shop<enter>")
    let guided = try guided(world)
    guided.choose("resolv")
    try world.press("<enter>")
    let text = world.terminal.grid.text
    for part in [
      "cat /etc/resolv.conf", "demo (context demo, user demo-admin)", "app of pod/web-5d8f-aaaaa in namespace shop",
      "allowed: create pods/exec in namespace shop", "Run it in cluster demo? y/N",
    ] { #expect(text.contains(part), "\(part): \(text)") }
    #expect(world.commands.ran.isEmpty && world.commands.journal.isEmpty)
    try world.press(keys)
    #expect(world.commands.ran == ran)
    #expect(world.commands.journal.map(\.moment) == (ran.isEmpty ? [] : [.began, .ended]))
    #expect(guided.report?.step("resolv")?.verdict == verdict)
    #expect(guided.command(of: "resolv") == nil)
  }

  @Test func aCommandThatMayNotBeRunIsNotAskedAbout() throws {
    let world = try world()
    world.commands.isAllowed = false
    try world.press(":playbook dns web-5d8f-aaaaa shop<enter>")
    let guided = try guided(world)
    guided.choose("resolv")
    try world.press("<enter>")
    #expect(world.interface.prompt == nil && world.commands.ran.isEmpty)
    #expect(guided.report?.step("resolv")?.doubt?.reason == .forbidden)
    // Read-only, nothing is even asked of the server.
    world.interface.session.writeRefusal = "podmedic was started with --read-only"
    let count = world.effects.count
    try world.press("<enter>")
    #expect(world.effects.count == count)
    #expect(world.terminal.grid.text.contains("--read-only"))
  }

  @Test func exportsMarkdown() throws {
    let world = try world()
    try world.press("/checkout<enter>bx")
    guard case .save(let name, let text)? = world.effects.last else {
      Issue.record("nothing was saved")
      return
    }
    #expect(name == "oom-killed-checkout-5d8f-ccccc.md")
    #expect(text.hasPrefix("# A container ran out of memory"))
    #expect(text.contains("**Cause:**"))
    #expect(!text.contains("hunter2"))
  }

  @Test func needsWhatItsChecksRead() throws {
    let world = try world("deployments")
    #expect(!world.interface.needs.contains { $0.resource.kind == "ResourceQuota" })
    try world.press("/checkout<enter>b")
    #expect(world.interface.needs.contains { $0.resource.kind == "ResourceQuota" })
    try world.press("<esc>")
    #expect(!world.interface.needs.contains { $0.resource.kind == "ResourceQuota" })
  }

  @Test func waitsUntilTheClusterIsRead() throws {
    let world = try world("deployments")
    try world.setFreshness("pods", "loading 0 10")
    world.draw()
    try world.press("/checkout<enter>b")
    #expect(world.interface.page?.playbook?.guided == nil)
    #expect(world.interface.isWaiting)
    try world.setFreshness("pods", "live")
    world.draw()
    #expect(try guided(world).playbook.name == "oom-killed")
  }
}
