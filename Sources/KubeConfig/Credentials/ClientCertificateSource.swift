import DataFiles

/// A client certificate whose files something else may renew.
public struct ClientCertificateSource: Sendable, Hashable {
  /// A certificate and its key, both in PEM.
  public struct Pair: Sendable, Hashable {
    /// The certificate, with the chain if there is one.
    public let certificate: [UInt8]
    /// The key.
    public let key: Secret
  }

  /// How often files are looked at again, in seconds.
  static let period = 300.0

  private let configuration: ConnectionConfig.ClientCertificate
  private var current: Pair?
  private var readAt = 0.0

  /// A source that has read nothing.
  public init(_ configuration: ConnectionConfig.ClientCertificate) { self.configuration = configuration }

  /// The pair to show at `now` (seconds), and whether it differs from the one before: then pooled connections are to
  /// be closed. Files are read at first and then every five minutes. If that fails the last pair stays.
  public mutating func pair(
    now: Double, fileSystem: any FileSystem
  ) throws(FileError) -> (pair: Pair, hasChanged: Bool) {
    if let current, now < readAt + Self.period, now >= readAt { return (current, false) }
    do throws(FileError) {
      let pair = Pair(
        certificate: try Self.bytes(configuration.certificate, fileSystem),
        key: Secret(try Self.bytes(configuration.key, fileSystem)))
      let hasChanged = current != nil && pair != current
      current = pair
      readAt = now
      return (pair, hasChanged)
    } catch {
      guard let current else { throw error }
      readAt = now
      return (current, false)
    }
  }

  private static func bytes(_ pem: ConnectionConfig.PEM, _ fileSystem: any FileSystem) throws(FileError) -> [UInt8] {
    switch pem {
    case .inline(let secret): secret.revealedBytes
    case .file(let path): try fileSystem.read(path)
    }
  }
}
