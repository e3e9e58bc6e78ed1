import ClusterState
import Kube
import Testing

@testable import Remedies

/// What takes a change back outlives the program, unless it would have secrets in the journal.
@Suite struct SavedUndoTests {
  private func order(_ path: FieldPath, _ value: JSONValue?, expected: JSONValue? = .int(3)) -> RemedyOrder {
    var object = ObjectReference()
    object.kind = "Deployment"
    object.name = "checkout"
    object.uid = "d1"
    var order = RemedyOrder(.undo, object)
    order.undone = "scale to 3"
    order.restores = [FieldRestore(edit: FieldEdit(path, value), checkedPath: path, expected: expected)]
    return order
  }

  private func entry(_ order: RemedyOrder) -> JournalEntry {
    var entry = JournalEntry()
    entry.id = "a"
    entry.moment = .ended
    entry.time = Timestamp(seconds: 1_780_000_000)
    entry.object = order.object
    entry.back = order
    return entry
  }

  @Test(
    arguments: [
      ["spec", "replicas"], ["spec", .named("app"), .index(2), .text("x"), .end], ["metadata", "labels", "a.b/c"],
    ] as [FieldPath])
  func aLineBringsItBack(path: FieldPath) throws {
    for value in [JSONValue.int(1), .string("Ignore"), ["a": .array([.bool(true)])], nil] {
      let order = order(path, value)
      #expect(JournalEntry(line: entry(order).line)?.back == order)
    }
    #expect(JournalEntry(line: entry(order(path, .int(1), expected: nil)).line)?.back?.restores.first?.expected == nil)
  }

  @Test(
    arguments: [
      (["spec", "template"], nil), (["metadata", "annotations", "x"], .string("hunter2")), (["data", "password"], nil),
      (["spec", "template", "spec", "containers", .named("app")], ["env": .array([["value": .string("hunter2")]])]),
    ] as [(FieldPath, JSONValue?)])
  func secretsAreNotKept(path: FieldPath, value: JSONValue?) {
    let line = entry(order(path, value)).line
    #expect(!line.contains("hunter2"))
    #expect(JournalEntry(line: line)?.back == nil)
  }

  @Test(arguments: ["", "run-1"])
  func aCordonIsTakenBackFromTheJournal(run: String) throws {
    var node = ObjectReference()
    node.kind = "Node"
    node.name = "n1"
    let note = CordonNote(user: "ann", time: Timestamp(seconds: 1_780_000_000), run: run)
    for order in [RemedyOrder.undoingCordon(of: node, note), .undoingUncordon(of: node)] {
      #expect(JournalEntry(line: entry(order).line)?.back == order)
    }
    #expect(RemedyOrder.undoingCordon(of: node, note).opensNode && RemedyOrder(.uncordon, node).opensNode)
    #expect(!RemedyOrder.undoingUncordon(of: node).opensNode && !RemedyOrder(.cordon, node).opensNode)
  }

  @Test(arguments: [
    "{}", "[]", "null", #"{"undone":"x","restores":[]}"#, #"{"undone":"x","restores":[{"path":[{"no":1}]}]}"#,
    #"{"undone":"x","restores":[{"path":[{"member":"a"}],"checked":[]}]}"#,
  ])
  func brokenOnesAreNone(text: String) throws {
    #expect(RemedyOrder(saved: try JSONValue(parsing: text), object: ObjectReference()) == nil)
  }

  @Test func aRunLeavesItInTheJournal() throws {
    var server = try ScriptedServer(
      Sample.bench(), .setResources, "pod/checkout-2-a", ["memory-limit": "256Mi"])
    try server.start(replying: "y")
    try server.handle(.leave)
    let text = server.journal.map { $0.line + "\n" }.joined()
    let history = JournalHistory(text: text)
    let record = try #require(history.records.first)
    #expect(server.run.undo != nil && record.entry.back == server.run.undo)
    #expect(history.record(record.entry.id) == record)
    #expect(history.record("other") == nil)
  }

  @Test func whyNothingCanBeTakenBackIsSaid() {
    var entry = entry(order(["spec", "replicas"], .int(1)))
    var record: JournalHistory.Record { JournalHistory.Record(entry: entry, ended: entry.time) }
    #expect(record.whyNoUndo == nil)
    entry.back = nil
    for (undo, outcome, words) in [
      ("not possible: it is gone", "succeeded", "it is gone"), ("x", "", "never ended"), ("x", "succeeded", "secrets"),
      ("x", "declined", "nothing was changed"),
    ] {
      entry.undo = undo
      entry.outcome = outcome
      #expect(record.whyNoUndo?.contains(words) == true)
    }
    entry.context = "prod"
    entry.cluster = "c1"
    #expect(record.isAbout(context: "prod", cluster: "c1") && record.isAbout(context: "prod", cluster: ""))
    #expect(!record.isAbout(context: "prod", cluster: "c2") && !record.isAbout(context: "demo", cluster: "c1"))
  }
}
