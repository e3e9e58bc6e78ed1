import Foundation
import Glibc
import Synchronization

/// A child process that lives until this object goes, or this process does: it ends when its standard input does.
///
/// The kernel closes a pipe however its owner dies, so that nothing is left behind even after a SIGKILL.
final class Lifeline: Sendable {
  private let input: Mutex<Pipe?>
  private let exit: Task<Void, Never>

  private init(input: Pipe, exit: Task<Void, Never>) {
    self.input = Mutex(input)
    self.exit = exit
  }

  deinit {
    input.withLock { $0?.closeWriting() }
  }

  /// Starts the command and waits until it has written a line to standard output, which says that it is ready.
  ///
  /// - Throws: `CommandFailed` with what it wrote to standard error if it ended without a line.
  static func hold(_ command: [String]) async throws -> Lifeline {
    let messages = try TemporaryFolder()
    let errorText = try messages.file("error")
    let input = try Pipe()
    let output = try Pipe()

    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    // A session of its own: Ctrl-C in the tests' terminal must not end it before it has cleaned up.
    process.arguments = ["setsid", "--wait"] + command
    process.standardInput = FileHandle(fileDescriptor: input.reading)
    process.standardOutput = FileHandle(fileDescriptor: output.writing)
    process.standardError = try FileHandle(forWritingTo: errorText)
    let (exits, exited) = AsyncStream<Void>.makeStream()
    process.terminationHandler = { _ in exited.finish() }
    do {
      try process.run()
    } catch {
      for pipe in [input, output] {
        pipe.closeReading()
        pipe.closeWriting()
      }
      throw error
    }
    input.closeReading()
    output.closeWriting()
    let exit = Task { for await _ in exits {} }

    // A thread of its own waits for the answer: it may take seconds, and the tasks' threads are few.
    let answer: Data = await withCheckedContinuation { continuation in
      Thread.detachNewThread { continuation.resume(returning: output.readLine()) }
    }
    output.closeReading()
    guard answer.last == UInt8(ascii: "\n") else {
      input.closeWriting()
      await exit.value
      throw CommandFailed(
        result: CommandResult(
          command: command, status: process.terminationStatus, output: answer,
          errorText: String(decoding: try Data(contentsOf: errorText), as: UTF8.self)))
    }
    return Lifeline(input: input, exit: exit)
  }

  /// Tells the child process to end, and waits until it has.
  func end() async {
    input.withLock {
      $0?.closeWriting()
      $0 = nil
    }
    await exit.value
  }

  /// The two ends of a pipe, which no other child process inherits: one that did would keep it open. (It is a pair of
  /// sockets, because they can be made so in one step, and `pipe2` is not visible from Swift.)
  private struct Pipe {
    let reading: Int32
    let writing: Int32

    init() throws {
      var ends: [Int32] = [-1, -1]
      let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
      guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EMFILE)
      }
      (reading, writing) = (ends[0], ends[1])
    }

    func closeReading() { close(reading) }
    func closeWriting() { close(writing) }

    /// Everything up to the first line feed, or to the end if there is none.
    func readLine() -> Data {
      var answer = Data()
      var byte: UInt8 = 0
      while answer.last != UInt8(ascii: "\n") {
        let count = read(reading, &byte, 1)
        if count > 0 { answer.append(byte) }
        if count == 0 || (count < 0 && errno != EINTR) { break }
      }
      return answer
    }
  }
}
