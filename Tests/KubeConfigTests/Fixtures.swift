import DataFiles
import KubeConfig
import Testing

let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
let key = "-----BEGIN PRIVATE KEY-----\nMIIC\n-----END PRIVATE KEY-----\n"
/// The two above in base64.
let certificateData = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUIKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="
let keyData = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSUMKLS0tLS1FTkQgUFJJVkFURSBLRVktLS0tLQo="

/// A kubeconfig with one context `a` of cluster `c` and user `u`, whose contents are given in flow style.
func config(
  cluster: String = "server: 'https://h:6443'", user: String = "", context: String = "cluster: c, user: u",
  current: String = "a"
) -> String {
  """
  apiVersion: v1
  kind: Config
  current-context: \(current)
  clusters:
  - {name: c, cluster: {\(cluster)}}
  users:
  - {name: u, user: {\(user)}}
  contexts:
  - {name: a, context: {\(context)}}
  """
}

/// Resolves with `/home/me/.kube/config` and other files, from the directory `/cwd`.
func resolve(
  _ text: String? = nil, files: [String: String] = [:], environment: [String: String] = [:],
  _ change: (inout ConnectionOverrides) -> Void = { _ in }
) throws(KubeConfigError) -> ConnectionConfig {
  var memory = MemoryFileSystem(files)
  if let text { memory.files["/home/me/.kube/config"] = Array(text.utf8) }
  var overrides = ConnectionOverrides()
  change(&overrides)
  return try ConnectionResolver(
    environment: ["HOME": "/home/me"].merging(environment) { $1 }, fileSystem: memory, workingDirectory: "/cwd"
  ).connection(overrides)
}

/// What resolving says is wrong; nothing when it succeeds.
func failure(
  _ text: String? = nil, files: [String: String] = [:], environment: [String: String] = [:],
  _ change: (inout ConnectionOverrides) -> Void = { _ in }
) -> KubeConfigError? {
  do {
    _ = try resolve(text, files: files, environment: environment, change)
    return nil
  } catch {
    return error
  }
}
