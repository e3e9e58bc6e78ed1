import DataFiles

/// The bearer token in a file that something else keeps fresh, such as the kubelet.
public struct TokenFileSource: Sendable, Hashable {
  /// Why there is no token.
  public struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    /// client-go's words.
    public let description: String
  }

  /// How long a token is used before the file is read again: a minute, less ten seconds of leeway, in seconds.
  static let lifetime = 50.0

  /// The file.
  public let path: String
  private let fallback: Secret?
  private var current: Secret?
  private var readAt = 0.0

  /// A source that has not read its file; `fallback` is used while the file cannot be read and never could.
  public init(path: String, fallback: Secret?) {
    self.path = path
    self.fallback = fallback
  }

  /// The token to send at `now` (seconds since 1970, or of any clock that does not go back). A token that was read less
  /// than 50 seconds ago is used as it is. If reading fails the last token stays.
  public mutating func token(now: Double, fileSystem: any FileSystem) throws(Failure) -> Secret {
    // A clock that was set back must not keep an old token for ever.
    if let current, now < readAt + Self.lifetime, now >= readAt { return current }
    do throws(Failure) {
      let token = try read(fileSystem)
      current = token
      readAt = now
      return token
    } catch {
      guard let token = current ?? fallback else { throw error }
      return token
    }
  }

  /// Forgets the token because the server refused it with 401 in a request that began at `requestStart`. A token that
  /// was read since then stays.
  public mutating func unauthorized(requestStart: Double) {
    if readAt <= requestStart { current = nil }
  }

  private func read(_ fileSystem: any FileSystem) throws(Failure) -> Secret {
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try fileSystem.read(path, limit: 1 << 20)
    } catch {
      throw Failure(description: "failed to read token file \"\(path)\": \(error)")
    }
    let token = Secret(PlainText.trimmed(String(decoding: bytes, as: UTF8.self)))
    guard !token.isEmpty else { throw Failure(description: "read empty token from file \"\(path)\"") }
    guard Validation.canStandInHeader(token) else {
      throw Failure(description: "the token in file \"\(path)\" holds spaces or line breaks")
    }
    return token
  }
}
