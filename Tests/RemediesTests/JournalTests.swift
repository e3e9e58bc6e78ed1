import Kube
import Testing

@testable import Remedies

/// What the journal has, and what it must not have.
@Suite struct JournalTests {
  private func entry(_ moment: JournalEntry.Moment, id: String = "a") -> JournalEntry {
    var entry = JournalEntry()
    entry.id = id
    entry.moment = moment
    entry.time = Timestamp(seconds: 1_780_000_000)
    entry.cluster = "prod"
    entry.title = "scale \"it\"\nto 3"
    entry.changes = ["spec.replicas: 1 -> 3"]
    if moment == .ended { entry.outcome = "succeeded" }
    return entry
  }

  @Test func linesAreReadBack() throws {
    let written = entry(.began)
    #expect(!written.line.contains("\n"))
    #expect(JournalEntry(line: written.line) == written)
  }

  @Test func brokenLinesAreCountedAndSkipped() {
    let text = [
      entry(.began).line, "{\"id\":", "", "rubbish", entry(.ended).line, entry(.began, id: "b").line,
      String(entry(.ended, id: "b").line.prefix(40)),
    ].joined(separator: "\n")
    let history = JournalHistory(text: text)
    #expect(history.records.map(\.entry.id) == ["a", "b"])
    #expect(history.records.map { $0.ended != nil } == [true, false])
    #expect(history.records.map(\.entry.outcome) == ["succeeded", ""])
    #expect(history.brokenLines == 3)
  }

  /// Values of variables and templates are on the screen, where a person asked for them, and not in the journal.
  @Test func noSecretsAreWritten() throws {
    let secret = "hunter2"
    var bench = try Sample.bench()
    try bench.put(
      Sample.set("checkout-1", uid: "r1", revision: 1, image: "checkout:1", ready: 0).replacing(
        #""image":"checkout:1""#, with: #""image":"checkout:1","env":[{"name":"PASSWORD","value":"hunter2"}]"#))
    var server = try ScriptedServer(bench, .rolloutUndo, "deployment/checkout")
    try server.start(replying: "y")
    #expect(server.run.trial?.changes.contains { $0.line.contains(secret) } == true)
    #expect(server.journal.count == 1)
    #expect(!server.journal.contains { $0.line.contains(secret) })
    var undone = ScriptedServer(server.bench, try #require(server.run.undo))
    try undone.start(replying: "y")
    #expect(undone.journal.count == 1)
    #expect(!undone.journal.contains { $0.line.contains(secret) })
  }
}
