import DataFiles
import Draining
import Foundation
import Glibc
import Kube
import Remedies
import TestSupport
import Testing

@testable import Session

/// Logs of drains on the disk: who holds one, and which are kept.
@Suite struct DrainLogFileTests {
  private let folder: TemporaryFolder
  private var environment: [String: String] { ["XDG_STATE_HOME": folder.url.path] }
  private var drains: URL { folder.url.appendingPathComponent("podmedic/drains") }

  init() throws { folder = try TemporaryFolder() }

  /// A drain of the node n1, or of others, each with a uid of its own; without a node, of one that no other drains.
  private func header(_ id: String, _ nodes: [String] = [], at seconds: Int64 = 5) -> DrainHeader {
    let order = DrainOrder(
      nodes: (nodes.isEmpty ? ["node of \(id)"] : nodes).map {
        .init(name: $0, uid: "uid of \($0)", isCordoned: false)
      },
      options: DrainOptions())
    return DrainHeader(
      id: id, time: Timestamp(seconds: seconds), context: "c", cluster: "d", server: "https://e", user: "f",
      order: order)
  }

  private func begin(_ id: String, _ nodes: [String] = [], at seconds: Int64 = 5) throws -> DrainLogFile {
    let log = try DrainLogFile.create(id: id, environment: environment).get()
    try log.append(.began(header(id, nodes, at: seconds))).get()
    return log
  }

  private func resumable() -> [String] {
    DrainLogs.resumable(server: "https://e", environment: environment).map(\.log.header.id)
  }

  private func age(_ name: String, days: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -days * 86_400)],
      ofItemAtPath: drains.appendingPathComponent(name).path)
  }

  /// Waits until nobody holds a log that this process has let go: one that another test starts at that very moment holds
  /// it, too, until it runs a program of its own.
  private func waitUntilFree(_ name: String) {
    let descriptor = open(drains.appendingPathComponent(name).path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX | LOCK_NB) == -1, errno == EWOULDBLOCK { sched_yield() }
  }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: drains.path).sorted() }

  @Test func oldLogsAreClearedAwayWhenANewOneBegins() throws {
    for name in ["cut-off", "ended", "recent"] {
      let log = try begin(name)
      if name == "ended" { try log.append(.ended("succeeded", "drained")).get() }
    }
    let held = try begin("held")
    try Data("no log\n".utf8).write(to: drains.appendingPathComponent("foreign"))
    for name in ["cut-off", "ended", "recent"] { waitUntilFree(name) }
    for name in ["cut-off", "ended", "held", "foreign"] { try age(name, days: 31) }
    try age("recent", days: 29)
    _ = try begin("new")
    #expect(try names() == ["foreign", "held", "new", "recent"])
    #expect(
      DrainLogs.resumable(server: "https://e", environment: environment).map(\.log.header.id) == [
        "held", "new", "recent",
      ])
    // Whoever holds a log may go on writing to it.
    try held.append(.cordoning("n1")).get()
  }

  /// Whoever drains a node anew has done with the drain before.
  @Test func aLaterDrainOfANodeTakesThePlaceOfTheEarlier() throws {
    _ = try begin("old", ["n1", "n2"], at: 5)
    _ = try begin("other", ["n3"], at: 6)
    #expect(resumable() == ["old", "other"])
    let later = try begin("later", ["n2"], at: 7)
    #expect(resumable() == ["other", "later"])
    // Also when that one has ended.
    try later.append(.nodeEnded("n2", problem: nil)).get()
    try later.append(.ended("succeeded", "drained")).get()
    #expect(resumable() == ["other"])
  }

  @Test func aDrainWhoseNodeWasOpenedIsNotOffered() throws {
    for (name, node) in [("a", "n1"), ("b", "n2")] {
      let log = try begin(name, [node])
      try log.append(.ended("cancelled", "")).get()
    }
    for name in ["a", "b"] { waitUntilFree(name) }
    func note(_ node: String, _ uid: String) -> [JournalFailure] {
      DrainLogs.noteUncordoned(
        node: node, uid: uid, at: Timestamp(seconds: 9), server: "https://e", environment: environment)
    }
    #expect(note("n1", "another node of the same name").isEmpty)
    #expect(resumable() == ["a", "b"])
    #expect(note("n1", "uid of n1").isEmpty)
    #expect(resumable() == ["b"])
    // The one that is being carried out is not written to by others.
    let held = try begin("held", ["n5"])
    #expect(note("n5", "uid of n5").isEmpty)
    #expect(resumable() == ["b", "held"])
    withExtendedLifetime(held) {}
  }

  @Test func oneProcessAtATimeCarriesADrainOut() throws {
    let log = try begin("a")
    guard case .failure(let failure) = DrainLogFile.reopen(log.path) else {
      Issue.record("two have it")
      return
    }
    #expect(failure.message == "another podmedic is carrying this drain out")
  }
}
