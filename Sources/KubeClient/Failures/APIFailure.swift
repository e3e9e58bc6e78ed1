import HTTPTransport
import Kube

/// Why a request to an API server did not give what was asked for.
public enum APIFailure: Error, Sendable {
  /// No answer, or only part of one.
  case transport(TransportFailure)
  /// The server's own refusal; `retryAfter` is what it asked for in a `Retry-After` header.
  case status(Status, retryAfter: Duration?)
  /// An answer that is not what an API server sends.
  case malformed(String)
  /// No credentials could be had.
  case credentials(String)
  /// podmedic itself did not send it, for this reason: the session is read-only.
  case readOnly(String)

  /// HTTP status code of a refusal; nil for everything else.
  public var code: Int? { if case .status(let status, _) = self { status.code } else { nil } }

  /// The same with what is known of the credentials, where they are what was refused: what is wrong with them, and where
  /// the client certificate comes from.
  func because(_ trouble: String?, certificate origin: String?) -> APIFailure {
    switch self {
    case .status(var status, let retryAfter) where status.code == 401:
      guard let trouble else { return self }
      status.message = "\(status.message.isEmpty ? "Unauthorized" : status.message): \(trouble)"
      return .status(status, retryAfter: retryAfter)
    case .transport(.clientCertificate(let reason)):
      let parts = [origin, reason, trouble].compactMap { $0 }
      return .transport(.clientCertificate(reason: parts.joined(separator: ": ")))
    default: return self
    }
  }

  /// Whether the server refuses this user the request.
  public var isForbidden: Bool { code == 403 }

  /// Whether the server does not have what was asked for.
  public var isNotFound: Bool { code == 404 || code == 405 }

  /// Whether the answer is not what an API server sends.
  public var isMalformed: Bool { if case .malformed = self { true } else { false } }

  private static let noKinds = "the server serves no kinds of objects"
  /// What a server answers whose discovery is well formed and names nothing: no API server does so.
  static let nothingServed = APIFailure.malformed(noKinds)
  /// Whether discovery has found that the server serves nothing.
  public var isNothingServed: Bool { if case .malformed(Self.noKinds) = self { true } else { false } }

  /// Whether the server does not know the path itself, rather than an object below it.
  public var isAboutNoObject: Bool {
    guard case .status(let status, _) = self, status.code == 404, !isNotCaptured else { return false }
    return status.details?.name.isEmpty ?? true
  }

  /// Whether a capture, which answers in the place of a server, does not have what was asked for, so that nobody can tell.
  public var isNotCaptured: Bool {
    if case .status(let status, _) = self { status.reason == "NotCaptured" } else { false }
  }

  /// Whether a version is too old to be listed or watched from: HTTP 410, or a status with its reason.
  public var isExpired: Bool {
    if case .status(let status, _) = self {
      return status.code == 410 || status.reason == "Expired" || status.reason == "Gone"
    }
    return false
  }

  /// Whether the server may have done what it was asked to, although it did not say so: the answer was lost, or it gave
  /// up in the middle.
  public var mayHaveHappened: Bool {
    switch self {
    case .transport(let failure):
      switch failure {
      case .refused, .unreachable, .couldNotResolve, .timedOut(connecting: true), .tls, .clientCertificate, .proxy,
        .invalidRequest:
        false
      case .timedOut(connecting: false), .closedEarly, .tooLarge, .notHTTP, .other: true
      }
    case .status(let status, _): status.code >= 500 || status.code == 408
    case .malformed: true
    case .credentials, .readOnly: false
    }
  }

  /// What the server asked to wait before the next try.
  public var retryAfter: Duration? {
    guard case .status(let status, let header) = self else { return nil }
    if let header { return header }
    let seconds = status.details?.retryAfterSeconds ?? 0
    return seconds > 0 ? .seconds(seconds) : nil
  }
}
