/// Why a transfer did not end with a whole answer. The texts in it come from libcurl or were made from the request;
/// they hold no credentials.
public enum TransportFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong with the server's side of TLS.
  public enum TLSProblem: Sendable, Equatable {
    /// The certificate's time is over.
    case certificateExpired
    /// The certificate's time has not come.
    case certificateNotYetValid
    /// Nobody that we trust vouches for the certificate.
    case unknownAuthority
    /// The certificate is for other names.
    case wrongHost
    /// The other side does not speak TLS: perhaps plain http.
    case notTLS
    /// The configured certificate authorities cannot be read.
    case unreadableAuthority
    /// Anything else: see the reason.
    case other
  }

  /// Nobody listens at that `host:port`.
  case refused(address: String)
  /// There is no way to that `host:port`.
  case unreachable(address: String, reason: String)
  /// The name has no address, or the name server does not answer.
  case couldNotResolve(host: String)
  /// The time for connecting, or else for the whole transfer, was over.
  case timedOut(connecting: Bool)
  /// The connection is not secure, so nothing was sent.
  case tls(TLSProblem, reason: String)
  /// The client certificate or its key cannot be used, or the server does not accept it.
  case clientCertificate(reason: String)
  /// The proxy cannot be reached or refuses to connect us.
  case proxy(reason: String)
  /// The connection was closed before the end of the answer; a part of it may have been delivered.
  case closedEarly(reason: String)
  /// The headers of the answer are larger than any sensible server's.
  case tooLarge
  /// The request cannot be sent as it is.
  case invalidRequest(reason: String)
  /// The other side does not speak HTTP.
  case notHTTP(reason: String)
  /// Anything else, with libcurl's code and words.
  case other(code: Int32, text: String)

  /// One sentence part without a full stop, ready to follow "cannot reach the server: ".
  public var description: String {
    switch self {
    case .refused(let address): "connection to \(address) refused"
    case .unreachable(let address, let reason): "no connection to \(address): \(reason)"
    case .couldNotResolve(let host): "cannot resolve the host name \(host)"
    case .timedOut(connecting: true): "timed out while connecting"
    case .timedOut(connecting: false): "timed out while waiting for the answer"
    case .tls(.certificateExpired, _): "the server's certificate has expired"
    case .tls(.certificateNotYetValid, _): "the server's certificate is not valid yet"
    case .tls(.unknownAuthority, _): "the server's certificate is signed by an unknown authority"
    case .tls(.wrongHost, let reason): "the server's certificate is for another name: \(reason)"
    case .tls(.notTLS, _): "the server does not speak TLS (is it http, not https?)"
    case .tls(.unreadableAuthority, _): "the certificate authority data cannot be read"
    case .tls(.other, let reason): "TLS failed: \(reason)"
    case .clientCertificate(let reason): "client certificate: \(reason)"
    case .proxy(let reason): "proxy: \(reason)"
    case .closedEarly(let reason): "the connection was closed before the end of the answer: \(reason)"
    case .tooLarge: "the answer has more than 256 KiB of headers"
    case .invalidRequest(let reason): "invalid request: \(reason)"
    case .notHTTP(let reason): "the server does not speak HTTP: \(reason)"
    case .other(let code, let text): "\(text) (curl error \(code))"
    }
  }
}
