import DataFiles

/// The service account of the pod that podmedic runs in.
struct InClusterConfig {
  let environment: [String: String]
  let fileSystem: any FileSystem

  private static let directory = "/var/run/secrets/kubernetes.io/serviceaccount"
  static let tokenPath = directory + "/token"
  private static let authorityPath = directory + "/ca.crt"

  /// Whether this is a pod with a service account: both variables set and a token there.
  var isPossible: Bool {
    guard environment["KUBERNETES_SERVICE_HOST"]?.isEmpty == false,
      environment["KUBERNETES_SERVICE_PORT"]?.isEmpty == false
    else { return false }
    return (try? fileSystem.read(Self.tokenPath)) != nil
  }

  /// `POD_NAMESPACE`, else the service account's, else `default`.
  var namespace: String {
    if let name = environment["POD_NAMESPACE"], !name.isEmpty { return name }
    if let bytes = try? fileSystem.read(Self.directory + "/namespace") {
      let name = PlainText.trimmed(String(decoding: bytes, as: UTF8.self))
      if !name.isEmpty { return name }
    }
    return "default"
  }

  /// The address of the API server; brackets around an IPv6 address.
  var server: String {
    let host = environment["KUBERNETES_SERVICE_HOST"] ?? ""
    let port = environment["KUBERNETES_SERVICE_PORT"] ?? ""
    return "https://" + (host.contains(":") ? "[\(host)]" : host) + ":" + port
  }

  /// The cluster's authority; nil means the system's, never an unverified server.
  var certificateAuthority: ConnectionConfig.PEM? {
    (try? fileSystem.read(Self.authorityPath)) == nil ? nil : .file(Self.authorityPath)
  }
}
