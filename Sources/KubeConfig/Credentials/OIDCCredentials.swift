import DataFiles

/// A legacy `auth-provider: oidc`: its id-token is sent while it is valid. It is not refreshed.
public struct OIDCCredentials: Sendable, Hashable {
  /// `idp-issuer-url`.
  public let issuer: String
  /// `id-token`; empty when there is none.
  public let idToken: Secret
  /// Whether a `refresh-token` is there, which kubectl would use.
  public let hasRefreshToken: Bool

  init(_ config: [String: Secret]) {
    issuer = config["idp-issuer-url"]?.revealed ?? ""
    idToken = config["id-token"] ?? Secret("")
    hasRefreshToken = config["refresh-token"]?.isEmpty == false
  }

  /// The id-token, if it is valid for at least ten more seconds at `now` (seconds since 1970).
  public func token(now: Double) throws(ExecError) -> Secret {
    if !idToken.isEmpty {
      guard let expiry = Self.expiry(of: idToken.revealed) else {
        throw ExecError("the id-token of the kubeconfig is not a JSON Web Token with an expiry", hint: hint)
      }
      if expiry - 10 > now { return idToken }
    }
    throw ExecError(
      hasRefreshToken
        ? "the id-token of the kubeconfig has expired" : "No valid id-token, and cannot refresh without refresh-token",
      hint: hint)
  }

  private var hint: String {
    hasRefreshToken
      ? "Run any kubectl command, which refreshes it; better, replace auth-provider by exec with \"kubectl oidc-login\"."
      : "Log in again, or replace auth-provider by exec with \"kubectl oidc-login\"."
  }

  /// `exp` of a JSON Web Token, in seconds since 1970. Its signature is the server's business.
  static func expiry(of token: String) -> Double? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let claims = Base64.decodeURL(String(parts[1])),
      let node = try? YAMLFile.onlyDocument(claims, file: "id-token")
    else { return nil }
    return node["exp"]?.number
  }
}
