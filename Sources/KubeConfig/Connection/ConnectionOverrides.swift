/// What the command line says about the connection: kubectl's flags. Nil and empty values leave the kubeconfig's.
public struct ConnectionOverrides: Sendable, Hashable {
  /// `--kubeconfig`: read this file only.
  public var kubeconfig: String?
  /// `--context`.
  public var context: String?
  /// `--cluster`: another cluster than the context's.
  public var cluster: String?
  /// `--user`: another user than the context's.
  public var user: String?
  /// `-n`, `--namespace`.
  public var namespace: String?
  /// `-A`, `--all-namespaces`; stronger than `-n`.
  public var allNamespaces = false
  /// `-s`, `--server`; also drops the kubeconfig's `tls-server-name`.
  public var server: String?
  /// `--token`.
  public var token: Secret?
  /// `--username`.
  public var username: String?
  /// `--password`.
  public var password: Secret?
  /// `--as`.
  public var impersonatedUser: String?
  /// `--as-group`, in order; they replace the kubeconfig's.
  public var impersonatedGroups: [String] = []
  /// `--as-uid`.
  public var impersonatedUID: String?
  /// `--as-user-extra key=value`, in order; they replace the kubeconfig's of the same key.
  public var impersonatedExtra: [(key: String, value: String)] {
    get { extraKeys.indices.map { (extraKeys[$0], extraValues[$0]) } }
    set {
      extraKeys = newValue.map(\.key)
      extraValues = newValue.map(\.value)
    }
  }
  /// `--client-certificate`; replaces inline data too.
  public var clientCertificate: String?
  /// `--client-key`; replaces inline data too.
  public var clientKey: String?
  /// `--certificate-authority`; replaces inline data too and clears `insecure-skip-tls-verify` of the kubeconfig.
  public var certificateAuthority: String?
  /// `--proxy-url`.
  public var proxyURL: String?
  /// `--tls-server-name`.
  public var tlsServerName: String?
  /// `--insecure-skip-tls-verify`; true clears the kubeconfig's authorities, false changes nothing, as in kubectl.
  public var insecureSkipTLSVerify = false
  /// `--disable-compression`; false changes nothing.
  public var disableCompression = false
  /// `--request-timeout` as typed.
  public var requestTimeout: String?

  private var extraKeys: [String] = []
  private var extraValues: [String] = []

  /// No flags.
  public init() {}
}
