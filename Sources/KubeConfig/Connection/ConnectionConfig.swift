/// Everything needed to talk to one API server as one user. Nothing of it has been written to a file.
public struct ConnectionConfig: Sendable, Hashable {
  /// Where the configuration came from.
  public enum Source: Sendable, Hashable {
    /// The files of the kubeconfig, the most important first; none when flags were enough.
    case kubeconfig(files: [String])
    /// The service account of the pod that podmedic runs in.
    case inCluster
  }

  /// How a request says who it comes from. A client certificate goes along with any of them.
  public enum Authentication: Sendable, Hashable {
    /// Not at all: the server sees `system:anonymous`, or whom the client certificate names.
    case none
    /// By the client certificate alone.
    case clientCertificate
    /// `Authorization: Bearer` with this token.
    case token(Secret)
    /// `Authorization: Bearer` with the token in a file; see `TokenFileSource`.
    case tokenFile(path: String, fallback: Secret?)
    /// `Authorization: Basic`; servers since 1.19 refuse it.
    case basic(username: String, password: Secret)
    /// With what a plugin prints; see `ExecCredentialSource`.
    case exec(ExecConfig)
    /// With the id-token of a legacy `auth-provider: oidc`; see `OIDCCredentials`.
    case oidc(OIDCCredentials)
    /// With a provider that client-go removed; nothing can be sent.
    case removedProvider(RemovedProvider)
  }

  /// PEM in memory or in a file.
  public enum PEM: Sendable, Hashable {
    /// From the kubeconfig itself: must never be written to a file.
    case inline(Secret)
    /// An absolute path.
    case file(String)
  }

  /// A client certificate with its key.
  public struct ClientCertificate: Sendable, Hashable {
    /// The certificate, with the chain if there is one.
    public var certificate: PEM
    /// The key.
    public var key: PEM

    /// A certificate with its key.
    public init(certificate: PEM, key: PEM) {
      self.certificate = certificate
      self.key = key
    }
  }

  /// How the server is verified and what the client shows it.
  public struct TLS: Sendable, Hashable {
    /// The authorities that may have signed the server's certificate; nil for the system's.
    public var certificateAuthority: PEM?
    /// The client's certificate.
    public var clientCertificate: ClientCertificate?
    /// The name to verify, and to send as SNI, instead of the server's; the `Host` header stays the server's.
    public var serverName: String?
    /// Whether neither the server's certificate nor its name is verified: to be marked on screen all the time.
    public var isInsecure = false

    /// The system's authorities, the server's own name, no client certificate.
    public init() {}
  }

  /// The name of the context; empty when flags or the pod made the configuration.
  public var contextName = ""
  /// The name of the cluster in the kubeconfig; empty when there is none.
  public var clusterName = ""
  /// The name of the user in the kubeconfig; empty when there is none.
  public var userName = ""
  /// Where the configuration came from.
  public var source: Source
  /// The server.
  public var server: ServerURL
  /// TLS; nil for a plain `http` server.
  public var tls: TLS?
  /// The proxy.
  public var proxy: ProxySettings?
  /// Whether answers are asked for without compression.
  public var disableCompression = false
  /// The namespace to begin in.
  public var namespace = "default"
  /// Whether to begin with all namespaces.
  public var allNamespaces = false
  /// Whom to act as.
  public var impersonation = Impersonation()
  /// How requests say who they come from; always `none` for a plain `http` server.
  public var authentication = Authentication.none
  /// The time a single request may take, watches and logs excepted; nil for none.
  public var requestTimeout: Duration?
  /// What a person should know: one sentence each, without secrets.
  public var warnings: [String] = []
  /// The one of a server whose certificate is not verified.
  public static let insecureWarning = "The server's certificate is not verified (insecure-skip-tls-verify)."
  /// What an exec plugin with `provideClusterInfo` is told in `spec.cluster`, as JSON; addresses in it may hold passwords.
  public var execClusterInfo = Secret("")

  /// An anonymous connection to a server, verified with the system's authorities if it is encrypted.
  public init(server: ServerURL, source: Source = .kubeconfig(files: [])) {
    self.server = server
    self.source = source
    tls = server.isEncrypted ? TLS() : nil
  }
}

/// A provider of `auth-provider` that client-go removed, with what took its place.
public struct RemovedProvider: Sendable, Hashable, CustomStringConvertible {
  /// The provider's name.
  public let name: String

  /// What client-go says about it.
  public var description: String {
    switch name {
    case "gcp":
      "The gcp auth plugin has been removed. Please use the \"gke-gcloud-auth-plugin\" kubectl/client-go credential "
        + "plugin instead."
    case "azure":
      "The azure auth plugin has been removed. Please use the https://github.com/Azure/kubelogin kubectl/client-go "
        + "credential plugin instead."
    default: "no Auth Provider found for name \"\(PlainText.withoutControls(name))\""
    }
  }

  /// The command that writes a kubeconfig with the replacement.
  public var hint: String {
    switch name {
    case "gcp": "Run \"gcloud container clusters get-credentials CLUSTER\" with gke-gcloud-auth-plugin installed."
    case "azure": "Run \"kubelogin convert-kubeconfig\"."
    default: "Replace auth-provider by exec in the kubeconfig, with a plugin of your identity provider."
    }
  }
}
