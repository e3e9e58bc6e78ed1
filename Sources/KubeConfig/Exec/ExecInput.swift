import Base64Text
import Kube

/// What a credential plugin is told.
enum ExecInput {
  /// `spec.cluster` for a cluster, as JSON; `authority` is the PEM even when the kubeconfig names a file.
  static func clusterInfo(_ cluster: KubeConfig.Cluster, authority: [UInt8]) -> Secret {
    var members: [(String, JSONValue)] = [("server", .string(cluster.server))]
    if !cluster.tlsServerName.isEmpty { members.append(("tls-server-name", .string(cluster.tlsServerName))) }
    if cluster.insecureSkipTLSVerify { members.append(("insecure-skip-tls-verify", true)) }
    if !authority.isEmpty {
      members.append(("certificate-authority-data", .string(Base64.encode(authority))))
    }
    if !cluster.proxyURL.isEmpty { members.append(("proxy-url", .string(cluster.proxyURL))) }
    if cluster.disableCompression { members.append(("disable-compression", true)) }
    let config = cluster.extensions["client.authentication.k8s.io/exec"].map { JSONValue($0) }
    members.append(("config", config ?? .null))
    return Secret(JSONValue.object(SmallMap(uniquing: members)).text())
  }

  /// The value of `KUBERNETES_EXEC_INFO`; `clusterInfo` is nil unless the plugin asks for it.
  static func info(apiVersion: String, clusterInfo: String?, isInteractive: Bool) -> String {
    // The part about the cluster is JSON already, kept as a secret.
    let cluster = clusterInfo.map { "\"cluster\":\($0)," } ?? ""
    let version = JSONValue.string(apiVersion).text()
    return
      "{\"kind\":\"ExecCredential\",\"apiVersion\":\(version),\"spec\":{\(cluster)\"interactive\":\(isInteractive)}}"
  }
}
