import Foundation
import Glibc

/// A folder that only this user can read and that is deleted with the last reference to it.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let url: URL
  /// Where it is, as commands are told.
  public var path: String { url.path }

  /// Makes an empty folder with a name of its own.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("podmedic-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit {
    // A folder that cannot be deleted is only left behind.
    try? FileManager.default.removeItem(at: url)
  }

  /// Makes a file in it and returns where it is.
  public func file(_ name: String, _ content: Data = Data()) throws -> URL {
    let file = url.appendingPathComponent(name)
    try content.write(to: file)
    return file
  }
  /// Makes a program in it, in the place of an earlier one; returns where it is.
  @discardableResult
  public func program(_ name: String, _ text: String) throws -> URL {
    let file = try file(name, Data(text.utf8))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    waitForWriters(of: file.path)
    return file
  }

  /// Waits until nobody has the file open for writing. A process that another test starts at the very moment in which a
  /// program is written has it open, too, until it runs a program of its own: to run the file then fails with ETXTBSY.
  private func waitForWriters(of path: String) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    // A lease for reading is refused with EAGAIN while there are writers.
    let setLease: Int32 = 1024
    while fcntl(descriptor, setLease, Int32(F_RDLCK)) == -1, errno == EAGAIN { sched_yield() }
  }

  /// The text of a file in it.
  public func text(_ name: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
  }
}
