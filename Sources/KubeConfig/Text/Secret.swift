/// A token, password or private key: it can be used, and no printing, dumping or interpolation shows it.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The secret itself; only for what is sent to the server or given to the TLS library.
  public let revealedBytes: [UInt8]

  /// A secret of bytes, such as a private key in PEM.
  public init(_ bytes: [UInt8]) { revealedBytes = bytes }

  /// A secret text, such as a token.
  public init(_ text: String) { revealedBytes = Array(text.utf8) }

  /// The secret as text; only for what is sent to the server.
  public var revealed: String { String(decoding: revealedBytes, as: UTF8.self) }

  /// Whether there is nothing to keep secret.
  public var isEmpty: Bool { revealedBytes.isEmpty }

  /// `REDACTED`, as kubectl writes it.
  public var description: String { "REDACTED" }
  /// `REDACTED`, as kubectl writes it.
  public var debugDescription: String { "REDACTED" }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
