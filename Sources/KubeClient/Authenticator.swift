import HTTPTransport

/// Adds credentials to requests. What it adds may take time (a credential plugin runs, a person logs in), so it answers
/// through a closure, on the loop's thread.
public protocol Authenticator: AnyObject {
  /// Hands out the credentials of now, or why there are none.
  func credentials(_ completion: @escaping (Result<RequestCredentials, CredentialFailure>) -> Void)

  /// The server has refused these credentials with 401. Answers whether others may now be had, so that one more try
  /// makes sense.
  func rejected(_ credentials: RequestCredentials, _ completion: @escaping (Bool) -> Void)

  /// What is known to be wrong with these credentials, such as `the client certificate expired on …`; said beside the
  /// server's refusal, which does not name the reason. nil when nothing is known.
  func trouble(with credentials: RequestCredentials) -> String?

  /// Where the client certificate and its key come from, such as `/etc/me.crt with the key /etc/me.key of user "me"`:
  /// said when one of them is what fails. nil when there is none.
  var certificateOrigin: String? { get }
}

extension Authenticator {
  /// Nothing is known.
  public func trouble(with credentials: RequestCredentials) -> String? { nil }

  /// There is none.
  public var certificateOrigin: String? { nil }
}

/// What one request is authenticated with.
public struct RequestCredentials: Sendable, Equatable {
  /// Value of the `Authorization` header.
  public var authorization: String?
  /// PEM of a client certificate that replaces the connection's own.
  public var clientCertificate: PEM?
  /// PEM of its key.
  public var clientKey: PEM?

  /// No credentials.
  public init() {}
}

/// Why there are no credentials, as a sentence.
public struct CredentialFailure: Error, Equatable {
  /// For a person; never has a credential in it.
  public var message: String

  /// A failure.
  public init(message: String) { self.message = message }
}

extension RequestCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Says only what kinds of credential there are.
  public var description: String {
    let parts = [authorization.map { _ in "authorization" }, clientCertificate.map { _ in "client certificate" }]
    return "RequestCredentials(\(parts.compactMap { $0 }.joined(separator: ", ")))"
  }
  /// The description.
  public var debugDescription: String { description }
  /// Nothing to look into.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Sends every request as it is.
public final class NoCredentials: Authenticator {
  /// An authenticator that adds nothing.
  public init() {}

  /// No credentials.
  public func credentials(_ completion: @escaping (Result<RequestCredentials, CredentialFailure>) -> Void) {
    completion(.success(RequestCredentials()))
  }

  /// There are no others.
  public func rejected(_ credentials: RequestCredentials, _ completion: @escaping (Bool) -> Void) { completion(false) }
}
