import DataFiles

/// A kubeconfig: what one file holds, or what several hold together.
public struct KubeConfig: Sendable, Hashable {
  /// How to reach and recognise an API server.
  public struct Cluster: Sendable, Hashable {
    /// The server's address as written; it may hold a password, so show `ServerURL` instead.
    public var server = ""
    /// The name to verify the server's certificate for, instead of the address.
    public var tlsServerName = ""
    /// Whether the server's certificate is not verified.
    public var insecureSkipTLSVerify = false
    /// The absolute path of the certificates of authorities, in PEM.
    public var certificateAuthority = ""
    /// The certificates of authorities themselves, in PEM.
    public var certificateAuthorityData: [UInt8] = []
    /// The proxy as written; it may hold a password, so show `ProxySettings` instead.
    public var proxyURL = ""
    /// Whether answers are asked for without compression.
    public var disableCompression = false
    /// Extensions by name.
    public var extensions: [String: DataNode] = [:]
    /// Where it is written; nil for what flags made.
    public var origin: DataPosition?

    /// A cluster without a server.
    public init() {}
  }

  /// How to say who one is.
  public struct User: Sendable, Hashable {
    /// The absolute path of the client certificate, in PEM.
    public var clientCertificate = ""
    /// The client certificate itself, in PEM.
    public var clientCertificateData: [UInt8] = []
    /// The absolute path of the certificate's key, in PEM.
    public var clientKey = ""
    /// The certificate's key itself, in PEM.
    public var clientKeyData = Secret("")
    /// A bearer token.
    public var token = Secret("")
    /// The absolute path of a file with a bearer token.
    public var tokenFile = ""
    /// The user name of basic authentication.
    public var username = ""
    /// The password of basic authentication.
    public var password = Secret("")
    /// Whom to act as.
    public var impersonation = Impersonation()
    /// A legacy `auth-provider`.
    public var authProvider: AuthProvider?
    /// A credential plugin.
    public var exec: ExecConfig?
    /// Where it is written; nil for what flags made.
    public var origin: DataPosition?

    /// A user without credentials.
    public init() {}
  }

  /// A legacy `auth-provider` of a user. Only `oidc` still exists.
  public struct AuthProvider: Sendable, Hashable {
    /// `oidc`, or one of the providers that client-go removed.
    public var name: String
    /// Its settings; they may hold tokens.
    public var config: [String: Secret]

    /// A provider.
    public init(name: String, config: [String: Secret] = [:]) {
      self.name = name
      self.config = config
    }
  }

  /// A cluster, a user and a namespace under one name.
  public struct Context: Sendable, Hashable {
    /// The name of the cluster.
    public var cluster = ""
    /// The name of the user.
    public var user = ""
    /// The namespace; empty when none is set.
    public var namespace = ""
    /// Where it is written; nil for what flags made.
    public var origin: DataPosition?

    /// A context of nothing.
    public init() {}
  }

  /// The clusters by name.
  public var clusters: [String: Cluster] = [:]
  /// The users by name.
  public var users: [String: User] = [:]
  /// The contexts by name.
  public var contexts: [String: Context] = [:]
  /// The name of the context to use; empty when none is set.
  public var currentContext = ""
  /// The files it was read from, the most important first.
  public var files: [String] = []
  /// The files that were looked for and do not exist.
  public var missingFiles: [String] = []

  /// A kubeconfig of nothing.
  public init() {}

  /// Whether nothing is configured.
  public var isEmpty: Bool { clusters.isEmpty && users.isEmpty && contexts.isEmpty && currentContext.isEmpty }

  /// Takes in what a less important file holds. What is defined already stays whole: of a second cluster, user or
  /// context of the same name nothing is used.
  public mutating func merge(lower: KubeConfig) {
    clusters.merge(lower.clusters) { first, _ in first }
    users.merge(lower.users) { first, _ in first }
    contexts.merge(lower.contexts) { first, _ in first }
    if currentContext.isEmpty { currentContext = lower.currentContext }
    files += lower.files
    missingFiles += lower.missingFiles
  }
}

/// Whom the server is asked to treat the requests as.
public struct Impersonation: Sendable, Hashable {
  /// `Impersonate-User`; empty when nobody is impersonated.
  public var user = ""
  /// `Impersonate-Uid`.
  public var uid = ""
  /// `Impersonate-Group`, one header each.
  public var groups: [String] = []
  /// `Impersonate-Extra-<key>`, in the order of the keys.
  public var extra: [String: [String]] = [:]

  /// Nobody.
  public init() {}

  /// The request headers, in a fixed order; none when no user is set. Keys of `extra` are percent-encoded where they
  /// could not stand in a header name.
  public var headers: [(name: String, value: String)] {
    guard !user.isEmpty else { return [] }
    var headers = [("Impersonate-User", user)]
    if !uid.isEmpty { headers.append(("Impersonate-Uid", uid)) }
    headers += groups.map { ("Impersonate-Group", $0) }
    for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
      headers += values.map { ("Impersonate-Extra-" + Self.headerKey(key), $0) }
    }
    return headers
  }

  /// Encodes everything but the characters of an HTTP token; `%` too, so that decoding is unambiguous.
  private static func headerKey(_ key: String) -> String {
    var result = ""
    for byte in key.lowercased().utf8 {
      let isLetterOrDigit = (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      if isLetterOrDigit || "!#$&'*+-.^_`|~".utf8.contains(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return result
  }
}
