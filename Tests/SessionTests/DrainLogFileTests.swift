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

  private func header(_ id: String) -> DrainHeader {
    let order = DrainOrder(nodes: [.init(name: "n1", uid: "u", isCordoned: false)], options: DrainOptions())
    return DrainHeader(
      id: id, time: Timestamp(seconds: 5), context: "c", cluster: "d", server: "https://e", user: "f", order: order)
  }

  private func begin(_ id: String) throws -> DrainLogFile {
    let log = try DrainLogFile.create(id: id, environment: environment).get()
    try log.append(.began(header(id))).get()
    return log
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

  @Test func oneProcessAtATimeCarriesADrainOut() throws {
    let log = try begin("a")
    guard case .failure(let failure) = DrainLogFile.reopen(log.path) else {
      Issue.record("two have it")
      return
    }
    #expect(failure.message == "another podmedic is carrying this drain out")
  }
}
