/// Why there is no full-screen terminal, in one sentence for the person who started the program.
public struct TerminalFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sentence, without a full stop.
  public let description: String

  init(_ description: String) { self.description = description }
}
