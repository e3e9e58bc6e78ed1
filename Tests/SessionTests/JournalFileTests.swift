import Foundation
import Glibc
import Kube
import Remedies
import TestSupport
import Testing

@testable import Session

/// The journal on the disk.
@Suite struct JournalFileTests {
  private func entry(_ id: String, _ moment: JournalEntry.Moment = .began) -> JournalEntry {
    var entry = JournalEntry()
    entry.id = id
    entry.moment = moment
    entry.title = "title"
    return entry
  }

  @Test func linesAreAppendedForThisUserOnly() throws {
    let folder = try TemporaryFolder()
    let state = folder.url.path + "/deep/state"
    let journal = JournalFile(environment: ["XDG_STATE_HOME": state])
    for id in ["a", "b"] { try journal.append(entry(id)).get() }
    #expect(try journal.history().get().records.map(\.entry.id) == ["a", "b"])
    let path = try #require(journal.path)
    #expect(path == state + "/podmedic/history")
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test func aLineThatWasCutOffDoesNotSpoilTheNext() throws {
    let folder = try TemporaryFolder()
    let journal = JournalFile(environment: ["XDG_STATE_HOME": folder.url.path])
    try journal.append(entry("a")).get()
    let path = try #require(journal.path)
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data("{\"id\":\"cut".utf8))
    try file.close()
    try journal.append(entry("b")).get()
    let history = try journal.history().get()
    #expect(history.records.map(\.entry.id) == ["a", "b"])
    #expect(history.brokenLines == 1)
  }

  @Test func whereNothingCanBeWrittenThatIsSaid() throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("file")
    for (environment, word) in [
      (["XDG_STATE_HOME": file.path], "Not a directory"), ([:], "HOME is not set"),
    ] {
      let journal = JournalFile(environment: environment)
      guard case .failure(let failure) = journal.append(entry("a")) else {
        Issue.record("it was written")
        continue
      }
      #expect(failure.message.contains(word), "\(failure.message)")
    }
  }

  /// The device that is always full stands for a full disk.
  @Test(.enabled(if: access("/dev/full", W_OK) == 0)) func aFullDiskIsSaid() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path + "/podmedic"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: path + "/history", withDestinationPath: "/dev/full")
    let journal = JournalFile(environment: ["XDG_STATE_HOME": folder.url.path])
    guard case .failure(let failure) = journal.append(entry("a")) else {
      Issue.record("it was written")
      return
    }
    #expect(failure.message.contains("No space left on device"), "\(failure.message)")
  }

  @Test func noJournalIsAnEmptyOne() throws {
    let folder = try TemporaryFolder()
    let journal = JournalFile(environment: ["XDG_STATE_HOME": folder.url.path + "/none"])
    #expect(try journal.history().get().records.isEmpty)
  }
}
