import DataFiles

/// The id-token of a legacy OIDC provider over time, as client-go keeps it, as a state machine: it says what to send to
/// the issuer and takes what came back. It sends nothing itself, and refreshes once at a time.
public struct OIDCCredentialSource: Sendable, Hashable {
  /// What is to be sent to the issuer.
  public struct Request: Sendable, Hashable {
    /// GET or POST.
    public let method: String
    /// An https address.
    public let url: String
    /// Headers; they may hold the client's secret.
    public let headers: [String: Secret]
    /// The form of a POST; it holds the refresh token.
    public let form: Secret
  }

  /// What came of a request.
  public enum Response: Sendable, Hashable {
    /// The issuer answered.
    case answered(status: Int, body: [UInt8])
    /// It did not, in the transport's words.
    case failed(String)
  }

  /// What a request to the cluster is to do.
  public enum Answer: Sendable, Hashable {
    /// Send this token.
    case use(Secret)
    /// Send this to the issuer, give `received` the answer, and go on as that says.
    case send(Request)
    /// Wait for the refresh that is under way, then ask again.
    case wait
    /// There is no token.
    case failed(ExecError)
  }

  /// How a refresh goes on.
  public enum Step: Sendable, Hashable {
    /// Send this, too.
    case send(Request)
    /// There is a new token; these settings of the provider are to be written to the kubeconfig.
    case refreshed([String: Secret])
    /// The refresh failed.
    case failed(ExecError)
  }

  private enum Phase: Hashable {
    case idle
    case discovering
    /// Asking for a token, with the client's secret in the header at first, as oauth2 does it, and then in the form.
    case refreshing(endpoint: String, inHeader: Bool)
  }

  /// How long a token is good at least, in seconds: a machine's wrong clock must not refresh for every request.
  static let leastUse = 10.0
  /// How long it is waited after a refresh that failed, in seconds.
  static let pauseAfterFailure = 10.0

  private let config: OIDCCredentials
  private var idToken: Secret
  private var refreshToken: Secret
  private var refreshedAt: Double?
  private var phase = Phase.idle
  private var failure: ExecError?
  private var failedAt = 0.0

  /// A source with what the kubeconfig holds.
  public init(_ config: OIDCCredentials) {
    self.config = config
    idToken = config.idToken
    refreshToken = config.refreshToken
  }

  /// What a request at `now` (seconds since 1970) is to do. A token is good until ten seconds before it expires.
  public mutating func credential(now: Double) -> Answer {
    if phase != .idle { return .wait }
    if config.issuer.isEmpty { return .failed(ExecError("Must provide idp-issuer-url", hint: Self.hint)) }
    if config.clientID.isEmpty { return .failed(ExecError("Must provide client-id", hint: Self.hint)) }
    if !idToken.isEmpty {
      guard let expiry = OIDCCredentials.expiry(of: idToken) else {
        return .failed(
          ExecError("the id-token of the kubeconfig is not a JSON Web Token with an expiry", hint: Self.hint))
      }
      if expiry - 10 > now { return .use(idToken) }
      if let refreshedAt, now >= refreshedAt, now < refreshedAt + Self.leastUse { return .use(idToken) }
    }
    guard !refreshToken.isEmpty else {
      return .failed(ExecError("No valid id-token, and cannot refresh without refresh-token", hint: Self.hint))
    }
    if let failure, now >= failedAt, now < failedAt + Self.pauseAfterFailure { return .failed(failure) }
    let issuer = config.issuer.hasSuffix("/") ? String(config.issuer.dropLast()) : config.issuer
    guard Self.isEncrypted(issuer) else { return .failed(Self.plain(config.issuer)) }
    phase = .discovering
    return .send(
      Request(
        method: "GET", url: issuer + "/.well-known/openid-configuration",
        headers: ["Accept": Secret("application/json")], form: Secret("")))
  }

  /// Takes what came of a request at `now`.
  public mutating func received(_ response: Response, now: Double) -> Step {
    do throws(ExecError) {
      switch phase {
      case .idle: throw Self.error("an answer came that nothing was asked for")
      case .discovering: return .send(try discovered(response))
      case .refreshing(let endpoint, let inHeader): return try refreshed(response, endpoint, inHeader, now)
      }
    } catch {
      phase = .idle
      failure = error
      failedAt = now
      return .failed(error)
    }
  }

  /// Lets a refresh that failed be tried again at once: a person asked for it.
  public mutating func retry() { failure = nil }

  private mutating func discovered(_ response: Response) throws(ExecError) -> Request {
    let document = try Self.document(response)
    guard let endpoint = document["token_endpoint"]?.text, !endpoint.isEmpty else {
      throw Self.error("oidc: discovery object doesn't contain a token_endpoint")
    }
    guard Self.isEncrypted(endpoint) else { throw Self.plain(endpoint) }
    return refresh(endpoint, inHeader: true)
  }

  private mutating func refresh(_ endpoint: String, inHeader: Bool) -> Request {
    phase = .refreshing(endpoint: endpoint, inHeader: inHeader)
    var fields = [("grant_type", "refresh_token"), ("refresh_token", refreshToken.revealed)]
    var headers = [
      "Accept": Secret("application/json"), "Content-Type": Secret("application/x-www-form-urlencoded"),
    ]
    if inHeader {
      headers["Authorization"] = BasicCredentials.authorization(
        username: Self.escaped(config.clientID), password: Secret(Self.escaped(config.clientSecret.revealed)))
    } else {
      fields.append(("client_id", config.clientID))
      if !config.clientSecret.isEmpty { fields.append(("client_secret", config.clientSecret.revealed)) }
    }
    let form = fields.map { "\($0.0)=\(Self.escaped($0.1))" }.joined(separator: "&")
    return Request(method: "POST", url: endpoint, headers: headers, form: Secret(form))
  }

  private mutating func refreshed(
    _ response: Response, _ endpoint: String, _ inHeader: Bool, _ now: Double
  ) throws(ExecError) -> Step {
    // Which of the two ways an issuer wants cannot be known before.
    if inHeader, case .answered(let status, _) = response, !(200...299).contains(status) {
      return .send(refresh(endpoint, inHeader: false))
    }
    let document = try Self.document(response)
    guard let token = document["id_token"]?.text, !token.isEmpty else {
      throw Self.error(
        "token response did not contain an id_token, either the scope \"openid\" wasn't requested upon login, or the "
          + "provider doesn't support id_tokens as part of the refresh response.")
    }
    guard Validation.canStandInHeader(Secret(token)) else {
      throw Self.error("the new id-token holds spaces or line breaks")
    }
    idToken = Secret(token)
    refreshedAt = now
    failure = nil
    phase = .idle
    var changes = ["id-token": idToken]
    if let next = document["refresh_token"]?.text, !next.isEmpty, Secret(next) != refreshToken {
      refreshToken = Secret(next)
      changes["refresh-token"] = refreshToken
    }
    return .refreshed(changes)
  }

  /// The JSON of an answer; its error in oauth2's words.
  private static func document(_ response: Response) throws(ExecError) -> DataNode {
    switch response {
    case .failed(let reason): throw error(reason)
    case .answered(let status, let body):
      let document = (try? YAMLFile.onlyDocument(body, file: "answer")) ?? nil
      guard (200...299).contains(status) else {
        guard let code = document?["error"]?.text else {
          throw error("oidc: the issuer answered with status \(status)")
        }
        let words = document?["error_description"]?.text.map { " \"\($0)\"" } ?? ""
        throw error("oauth2: \"\(code)\"\(words)")
      }
      guard let document, document.entries != nil else { throw error("oidc: the issuer's answer is no JSON object") }
      return document
    }
  }

  private static let hint = "Log in again, or replace auth-provider by exec with \"kubectl oidc-login\"."

  private static func error(_ text: String) -> ExecError { ExecError("failed to refresh token: \(text)", hint: hint) }

  private static func plain(_ url: String) -> ExecError {
    ExecError("the refresh token is not sent to \(url): it is not https", hint: hint)
  }

  private static func isEncrypted(_ url: String) -> Bool { url.lowercased().hasPrefix("https://") }

  /// Percent-encoding of forms: letters, digits and `-_.~` stay, a space is `+`.
  private static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: result.append(byte)
      case 0x20: result.append(0x2B)
      default: result += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
