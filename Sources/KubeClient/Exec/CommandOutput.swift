import Kube

/// What a command in a container wrote, and how it ended.
public struct CommandOutput: Sendable, Equatable {
  /// How a command ended.
  public enum End: Sendable, Equatable {
    /// By itself, with this exit status.
    case exited(Int)
    /// It could not be run, or the container's runtime lost it, for this reason.
    case failed(String)
    /// Not in the time that it had; it may still be running in the container.
    case timedOut(Duration)
    /// It wrote more than this number of bytes; nobody reads on, and it may still be running in the container.
    case tooMuch(Int)
  }

  /// What it wrote to both of its outputs, in the order in which it came. Bytes that are no UTF-8 are replaced.
  public var text: String
  /// How it ended.
  public var end: End

  /// An output.
  public init(text: String, end: End) {
    self.text = text
    self.end = end
  }
}

/// Puts the output of a command together from the messages of Kubernetes' exec protocol (`v4.channel.k8s.io` and
/// `v5.channel.k8s.io`): the first byte of each names the channel.
struct CommandOutputReader {
  private static let (output, errors, status): (UInt8, UInt8, UInt8) = (1, 2, 3)

  /// Most bytes that are kept.
  let limit: Int
  private(set) var bytes: [UInt8] = []
  private var end: CommandOutput.End?

  init(limit: Int) { self.limit = limit }

  /// The whole output, once the command has ended or written too much.
  var result: CommandOutput? { end.map { output(ending: $0) } }

  /// What was written so far, ended in some way that no message tells of.
  func output(ending end: CommandOutput.End) -> CommandOutput {
    CommandOutput(text: String(decoding: bytes, as: UTF8.self), end: end)
  }

  mutating func read(_ message: [UInt8]) {
    guard end == nil, let channel = message.first else { return }
    switch channel {
    case Self.output, Self.errors:
      bytes += message.dropFirst().prefix(limit - bytes.count)
      if bytes.count == limit { end = .tooMuch(limit) }
    case Self.status: end = Self.end(Array(message.dropFirst()))
    // Version 5 says on channel 255 that another one is closed, which is of no use to who only reads.
    default: break
    }
  }

  private static func end(_ body: [UInt8]) -> CommandOutput.End {
    let status = body.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: StringPool(capacity: 16))
      return try? Status(json: &reader)
    }
    guard let status else { return .failed("the server's word about the end is no Status object") }
    if status.status == "Success" { return .exited(0) }
    let exit = status.details?.causes.first { $0.reason == "ExitCode" }.flatMap { Int($0.message) }
    if status.reason == "NonZeroExitCode", let exit { return .exited(exit) }
    return .failed(status.message.isEmpty ? "it could not be run" : status.message)
  }
}
