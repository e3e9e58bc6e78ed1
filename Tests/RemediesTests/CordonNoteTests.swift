import ClusterState
import Kube
import Testing

@testable import Remedies

/// Who has cordoned a node, and when, is on the node.
@Suite struct CordonNoteTests {
  /// A node with notes, annotations that are not podmedic's, or none at all.
  private func node(_ annotations: String?, isCordoned: Bool = false) -> String {
    #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"noted","uid":"noted","resourceVersion":"9""#
      + (annotations.map { #","annotations":\#($0)"# } ?? "")
      + #"},"spec":{"unschedulable":\#(isCordoned)}}"#
  }

  /// Notes about a cordon do not outlive it, or the next cordon is taken for that of the run they name.
  @Test func uncordonTakesTheNotesAboutTheCordonAway() throws {
    var bench = try Sample.bench()
    try bench.put(
      #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"noted","uid":"noted","resourceVersion":"9","annotations":{"#
        + #""podmedic.dev/cordoned-by":"me","podmedic.dev/cordoned-run":"r1","kept":"x"}},"#
        + #""spec":{"unschedulable":true}}"#)
    let patch = try bench.make(.uncordon, "node/noted").patch
    #expect(patch.contains(#"{"op":"remove","path":"/metadata/annotations/podmedic.dev~1cordoned-by"}"#), "\(patch)")
    #expect(patch.contains(#"{"op":"remove","path":"/metadata/annotations/podmedic.dev~1cordoned-run"}"#), "\(patch)")
    #expect(patch.contains(#"{"op":"remove","path":"/spec/unschedulable"}"#) && !patch.contains("kept"), "\(patch)")
  }

  /// A remedy's cordon must not be taken for that of a drain that once cordoned the node.
  @Test func cordonWritesWhoAndWhenAndLeavesNoEarlierNote() throws {
    var bench = try Sample.bench()
    try bench.put(node(#"{"podmedic.dev/cordoned-by":"old","podmedic.dev/cordoned-run":"r1","kept":"x"}"#))
    var server = try ScriptedServer(bench, .cordon, "node/noted")
    try server.start()
    let lines = try #require(server.run.remedy).changes.map(\.line)
    #expect(
      lines == [
        "metadata.annotations[podmedic.dev/cordoned-by]: old -> mira",
        "metadata.annotations[podmedic.dev/cordoned-run]: r1 -> (removed)",
        "metadata.annotations[podmedic.dev/cordoned-at]: (not set) -> 2026-05-28T20:26:40Z",
        "spec.unschedulable: false -> true",
      ])
    #expect(server.run.trial?.changes == server.run.remedy?.changes)
    try server.handle(.reply("noted"))
    let after = try #require(server.bench.state.store(of: Node.self)?.object(namespace: "", name: "noted") as? Node)
    #expect(after.spec.unschedulable)
    #expect(!CordonNote.isStanding(after, run: "r1"))
    #expect(server.sent.filter { $0 == "PATCH" }.count == 1)
    #expect(server.journal.first?.changes == lines, "the journal hides none of it: it has the user anyway")
  }

  @Test func whatIsCordonedKeepsItsNote() throws {
    var bench = try Sample.bench()
    for annotations in [nil, #"{"podmedic.dev/cordoned-by":"ann"}"#] {
      try bench.put(node(annotations, isCordoned: true))
      #expect(try bench.refusal(.cordon, "node/noted").reason == .alreadySo)
    }
  }

  /// The note is no reason to ask again: it has the time at which the remedy was worked out, and nodes change all the
  /// time.
  @Test func aConflictDoesNotChangeTheTimeThatIsWritten() throws {
    var bench = try Sample.bench()
    try bench.put(node("{}"))
    var server = try ScriptedServer(bench, .cordon, "node/noted")
    var isFirst = true
    server.before = { word, bench in
      guard word == "PATCH", isFirst else { return }
      isFirst = false
      bench.now = bench.now.advanced(by: .seconds(100))
      try bench.put(
        #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"noted","uid":"noted","#
          + #""resourceVersion":"10","annotations":{}},"spec":{"unschedulable":false}}"#)
    }
    try server.start(replying: "noted")
    let note = server.bench.objects["node/noted"]?[path: "metadata", "annotations", CordonNote.atKey]
    #expect(note == .string(Bench.now.description))
    #expect(server.run.remark == nil)
  }

  /// However long somebody thinks about it.
  @Test func theTimeIsThatOfTheCordon() throws {
    var bench = try Sample.bench()
    try bench.put(node("{}"))
    var server = try ScriptedServer(bench, .cordon, "node/noted")
    try server.start()
    let later = Bench.now.advanced(by: .seconds(3600))
    server.bench.now = later
    try server.handle(.reply("noted"))
    let note = server.bench.objects["node/noted"]?[path: "metadata", "annotations", CordonNote.atKey]
    #expect(note == .string(later.description), "\(String(describing: note))")
    try server.handle(.leave)
    let told = server.journal.map(\.changes).joined().filter { (line: String) in line.contains(CordonNote.atKey) }
    #expect(!told.isEmpty && told.allSatisfy { $0.contains(later.description) }, "\(told)")
    #expect(server.run.trial?.changes.contains { $0.after == Bench.now.description } == false)
    // What takes it back knows the same time.
    let back = try #require(server.journal.last?.back)
    #expect(
      back.restores.contains { $0.expected == .string(later.description) } || "\(back)".contains(later.description))
  }

  /// It can be taken back later, by another process: nothing of it is a secret.
  @Test(arguments: [nil, "{}", #"{"kept":"x"}"#])
  func theJournalHasWhatTakesItBack(annotations: String?) throws {
    var bench = try Sample.bench()
    try bench.put(node(annotations))
    let before = try #require(bench.objects["node/noted"])
    var server = try ScriptedServer(bench, .cordon, "node/noted")
    try server.start(replying: "noted")
    try server.handle(.leave)
    let entry = try #require(server.journal.last)
    let back = try #require(JournalEntry(line: entry.line)?.back)
    var second = ScriptedServer(server.bench, back)
    try second.start(replying: "y")
    let after = try #require(second.bench.objects["node/noted"])
    #expect(after[path: "metadata", "annotations"] == before[path: "metadata", "annotations"])
    #expect(after[path: "spec", "unschedulable"]?.bool != true)
  }

  /// kubectl leaves the note when it uncordons: whoever cordons the node after that has closed it. An older taint is what
  /// the node controller has not taken away yet.
  @Test(arguments: [("2026-05-28T20:30:00Z", true), ("2026-05-28T20:20:30Z", false), ("2026-05-28T20:00:00Z", false)])
  func aCordonThatCameLaterIsNotTakenBack(added: String, isRefused: Bool) throws {
    let time = try #require(Timestamp("2026-05-28T20:20:00Z"))
    var bench = try Sample.bench()
    try bench.put(
      #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"noted","uid":"noted","resourceVersion":"9","#
        + #""annotations":{"podmedic.dev/cordoned-by":"ann","podmedic.dev/cordoned-at":"\#(time)"}},"spec":{"#
        + #""unschedulable":true,"taints":[{"key":"node.kubernetes.io/unschedulable","effect":"NoSchedule","#
        + #""timeAdded":"\#(added)"}]}}"#)
    let order = RemedyOrder.undoingCordon(of: try bench.reference("node/noted"), CordonNote(user: "ann", time: time))
    do throws(RemedyRefusal) {
      let remedy = try Remedy.make(
        order, from: try Remedy.reads(for: order, in: bench.scene).compactMap(bench.object), in: bench.scene)
      #expect(!isRefused && remedy.title == "take back: cordon the node")
    } catch {
      #expect(isRefused && error.message.contains("not by what is taken back"), "\(error)")
    }
  }
}
