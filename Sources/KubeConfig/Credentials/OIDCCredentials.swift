import Base64Text
import DataFiles

/// A legacy `auth-provider: oidc`: its id-token is sent while it is valid, and then refreshed by `OIDCCredentialSource`.
public struct OIDCCredentials: Sendable, Hashable {
  /// The user of the kubeconfig that it belongs to.
  public let userName: String
  /// The file that defines the user; empty when none does.
  public let file: String
  /// `idp-issuer-url`.
  public let issuer: String
  /// `id-token`; empty when there is none.
  public let idToken: Secret
  /// `refresh-token`; empty when there is none.
  public let refreshToken: Secret
  /// `client-id`.
  public let clientID: String
  /// `client-secret`; empty for public clients.
  public let clientSecret: Secret
  /// The only authority that may vouch for the issuer: `idp-certificate-authority-data` or `idp-certificate-authority`;
  /// nil for those of the machine.
  public let certificateAuthority: ConnectionConfig.PEM?

  /// The settings of a user. A relative path starts from the working directory: no kubectl resolves this one.
  init(_ config: [String: Secret], userName: String, file: String, workingDirectory: String) {
    self.userName = userName
    self.file = file
    issuer = config["idp-issuer-url"]?.revealed ?? ""
    idToken = config["id-token"] ?? Secret("")
    refreshToken = config["refresh-token"] ?? Secret("")
    clientID = config["client-id"]?.revealed ?? ""
    clientSecret = config["client-secret"] ?? Secret("")
    let path = config["idp-certificate-authority"]?.revealed ?? ""
    if let text = config["idp-certificate-authority-data"], !text.isEmpty,
      case .success(let bytes) = Base64.decode(text.revealed)
    {
      certificateAuthority = .inline(Secret(bytes))
    } else {
      certificateAuthority = path.isEmpty ? nil : .file(Path.join(workingDirectory, path))
    }
  }

  /// `exp` of a JSON Web Token, in seconds since 1970. Its signature is the server's business.
  static func expiry(of token: Secret) -> Double? {
    let parts = token.revealed.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let claims = Base64.decodeURL(String(parts[1])),
      let node = try? YAMLFile.onlyDocument(claims, file: "id-token")
    else { return nil }
    return node["exp"]?.number
  }
}
