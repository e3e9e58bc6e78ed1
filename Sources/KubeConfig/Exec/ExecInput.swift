/// What a credential plugin is told.
enum ExecInput {
  /// `spec.cluster` for a cluster, as JSON; `authority` is the PEM even when the kubeconfig names a file.
  static func clusterInfo(_ cluster: KubeConfig.Cluster, authority: [UInt8]) -> Secret {
    var members = [("server", JSONText.string(cluster.server))]
    if !cluster.tlsServerName.isEmpty { members.append(("tls-server-name", JSONText.string(cluster.tlsServerName))) }
    if cluster.insecureSkipTLSVerify { members.append(("insecure-skip-tls-verify", "true")) }
    if !authority.isEmpty {
      members.append(("certificate-authority-data", JSONText.string(Base64.encode(authority))))
    }
    if !cluster.proxyURL.isEmpty { members.append(("proxy-url", JSONText.string(cluster.proxyURL))) }
    if cluster.disableCompression { members.append(("disable-compression", "true")) }
    let config = cluster.extensions["client.authentication.k8s.io/exec"].map(JSONText.value) ?? "null"
    members.append(("config", config))
    return Secret(JSONText.object(members.map { (key: $0.0, json: $0.1) }))
  }

  /// The value of `KUBERNETES_EXEC_INFO`; `clusterInfo` is nil unless the plugin asks for it.
  static func info(apiVersion: String, clusterInfo: String?, isInteractive: Bool) -> String {
    var spec: [(key: String, json: String)] = []
    if let clusterInfo { spec.append(("cluster", clusterInfo)) }
    spec.append(("interactive", isInteractive ? "true" : "false"))
    return JSONText.object([
      ("kind", "\"ExecCredential\""), ("apiVersion", JSONText.string(apiVersion)), ("spec", JSONText.object(spec)),
    ])
  }
}
