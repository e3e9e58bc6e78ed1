import Foundation

/// What a finished child process left behind.
public struct CommandResult: Sendable, CustomStringConvertible {
  /// The command as it was run, for messages.
  public let command: [String]
  /// The exit status; 124 if it was ended because it took too long.
  public let status: Int32
  /// Everything it wrote to standard output.
  public let output: Data
  /// Everything it wrote to standard error, as text.
  public let errorText: String

  /// Standard output as text.
  public var text: String { String(decoding: output, as: UTF8.self) }

  /// One message with everything a person needs to see why a command failed.
  public var description: String {
    "\(command.joined(separator: " ")): exit status \(status)\n\(errorText)\(text.prefix(4000))"
  }
}

/// A command that should have succeeded did not.
public struct CommandFailed: Error, CustomStringConvertible {
  /// The command and what it said.
  public let result: CommandResult
  /// The same as the result's description.
  public var description: String { result.description }
}

/// Runs a program (looked up in PATH unless it is a path) to its end, without blocking the calling thread.
///
/// - Parameters:
///   - input: what the program reads from standard input; without it the input is empty.
///   - environment: added to this process's environment.
///   - seconds: after this time the program is ended and the status is 124.
/// - Throws: only if the program cannot be started; see `CommandResult.status` for its own verdict.
public func run(
  _ command: [String], input: Data = Data(), environment: [String: String] = [:], seconds: Int = 120
) async throws -> CommandResult {
  // Files, not pipes: nobody has to read them while the program runs, however much it writes.
  let folder = try TemporaryFolder()
  let input = try folder.file("input", input)
  let output = try folder.file("output")
  let errorText = try folder.file("error")

  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = ["timeout", "--kill-after=5", "\(seconds)"] + command
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
  let handles = [
    try FileHandle(forReadingFrom: input), try FileHandle(forWritingTo: output),
    try FileHandle(forWritingTo: errorText),
  ]
  process.standardInput = handles[0]
  process.standardOutput = handles[1]
  process.standardError = handles[2]
  // Foundation keeps a Process that has ended, and with it what is not closed: after some hundred commands its search for
  // open descriptors crashes.
  defer { for handle in handles { try? handle.close() } }
  let status: Int32 = try await withCheckedThrowingContinuation { continuation in
    process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
    do { try process.run() } catch { continuation.resume(throwing: error) }
  }
  return CommandResult(
    command: command, status: status, output: try Data(contentsOf: output),
    errorText: String(decoding: try Data(contentsOf: errorText), as: UTF8.self))
}
