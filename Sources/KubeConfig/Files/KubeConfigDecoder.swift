import Base64Text
import DataFiles

/// Turns the nodes of one file into a `KubeConfig` as strictly as client-go's decoder, and finds all problems at once.
///
/// Unknown keys are fine (newer files must work); a number or truth value where text belongs is not, because
/// `token: 0123` has lost its zero in every other tool that reads the file.
struct KubeConfigDecoder {
  private let reader = DataReader()
  /// The directory that relative paths start from: the file's own.
  private let base: String

  static func decode(_ root: DataNode?, base: String) throws(DataProblems) -> KubeConfig {
    guard let root, !root.isNull else { return KubeConfig() }
    let decoder = KubeConfigDecoder(base: base)
    return try decoder.reader.finish(decoder.config(root))
  }

  private init(base: String) { self.base = base }

  private func config(_ root: DataNode) -> KubeConfig? {
    guard let fields = fields(root) else { return nil }
    let kind = text(fields["kind"], "kind")
    let version = text(fields["apiVersion"], "apiVersion")
    if (!kind.isEmpty && kind != "Config") || (!version.isEmpty && version != "v1") {
      let shown = [kind.isEmpty ? "Config" : kind, version.isEmpty ? "v1" : version].map(Printable.quoted)
      reader.report("no kind \(shown[0]) is registered for version \(shown[1]): this is not a kubeconfig", at: root)
      return nil
    }
    var config = KubeConfig()
    config.currentContext = text(fields["current-context"], "current-context")
    config.clusters = named(fields["clusters"], "cluster", cluster)
    config.users = named(fields["users"], "user", user)
    config.contexts = named(fields["contexts"], "context", context)
    return config
  }

  /// A list of `{name: …, cluster: …}`.
  private func named<Value>(
    _ node: DataNode?, _ key: String, _ decode: ([String: DataNode], DataPosition) -> Value
  ) -> [String: Value] {
    var values: [String: Value] = [:]
    for element in node.flatMap({ reader.list($0) }) ?? [] {
      guard let entry = fields(element) else { continue }
      let name = text(entry["name"], "name")
      guard let content = entry[key].map({ fields($0) }) ?? [:] else { continue }
      if values.updateValue(decode(content, element.position), forKey: name) != nil {
        reader.report("duplicate name \(Printable.quoted(name)) in list of \(key)s", at: element)
      }
    }
    return values
  }

  private func cluster(_ fields: [String: DataNode], _ origin: DataPosition) -> KubeConfig.Cluster {
    var cluster = KubeConfig.Cluster()
    cluster.server = text(fields["server"], "server")
    cluster.tlsServerName = text(fields["tls-server-name"], "tls-server-name")
    cluster.insecureSkipTLSVerify = bool(fields["insecure-skip-tls-verify"])
    cluster.certificateAuthority = path(fields["certificate-authority"], "certificate-authority")
    cluster.certificateAuthorityData = data(fields["certificate-authority-data"], "certificate-authority-data")
    cluster.proxyURL = text(fields["proxy-url"], "proxy-url")
    cluster.disableCompression = bool(fields["disable-compression"])
    for element in fields["extensions"].flatMap({ reader.list($0) }) ?? [] {
      guard let entry = self.fields(element), let value = entry["extension"] else { continue }
      cluster.extensions[text(entry["name"], "name")] = value
    }
    cluster.origin = origin
    return cluster
  }

  private func context(_ fields: [String: DataNode], _ origin: DataPosition) -> KubeConfig.Context {
    var context = KubeConfig.Context()
    context.cluster = text(fields["cluster"], "cluster")
    context.user = text(fields["user"], "user")
    context.namespace = text(fields["namespace"], "namespace")
    context.origin = origin
    return context
  }

  private func user(_ fields: [String: DataNode], _ origin: DataPosition) -> KubeConfig.User {
    var user = KubeConfig.User()
    user.clientCertificate = path(fields["client-certificate"], "client-certificate")
    user.clientCertificateData = data(fields["client-certificate-data"], "client-certificate-data")
    user.clientKey = path(fields["client-key"], "client-key")
    user.clientKeyData = Secret(data(fields["client-key-data"], "client-key-data"))
    user.token = Secret(text(fields["token"], "token", isSecret: true))
    user.tokenFile = path(fields["tokenFile"], "tokenFile")
    user.username = text(fields["username"], "username")
    user.password = Secret(text(fields["password"], "password", isSecret: true))
    user.impersonation.user = text(fields["as"], "as")
    user.impersonation.uid = text(fields["as-uid"], "as-uid")
    user.impersonation.groups = texts(fields["as-groups"], "as-groups")
    for entry in fields["as-user-extra"].flatMap({ reader.mapping($0) }) ?? [] {
      user.impersonation.extra[entry.key] = texts(entry.value, "as-user-extra")
    }
    if let provider = fields["auth-provider"].flatMap({ self.fields($0) }) {
      let settings = provider["config"].flatMap { reader.mapping($0) } ?? []
      user.authProvider = .init(name: text(provider["name"], "name"))
      for entry in settings {
        user.authProvider?.config[entry.key] = Secret(text(entry.value, entry.key, isSecret: true))
      }
    }
    if let exec = fields["exec"].flatMap({ self.fields($0) }) { user.exec = self.exec(exec) }
    user.origin = origin
    return user
  }

  private func exec(_ fields: [String: DataNode]) -> ExecConfig {
    var exec = ExecConfig()
    exec.command = text(fields["command"], "command")
    // A bare name is looked up in PATH; anything with a slash belongs to the file's directory.
    if exec.command.contains("/") { exec.command = Path.join(base, exec.command) }
    exec.arguments = texts(fields["args"], "args")
    for element in fields["env"].flatMap({ reader.list($0) }) ?? [] {
      guard let entry = self.fields(element) else { continue }
      let value = Secret(text(entry["value"], "value", isSecret: true))
      exec.environment.append(.init(name: text(entry["name"], "name"), value: value))
    }
    exec.apiVersion = text(fields["apiVersion"], "apiVersion")
    exec.installHint = PlainText.withoutControls(text(fields["installHint"], "installHint"))
    exec.provideClusterInfo = bool(fields["provideClusterInfo"])
    exec.interactiveMode = text(fields["interactiveMode"], "interactiveMode")
    if exec.interactiveMode.isEmpty, exec.apiVersion == ExecConfig.v1beta1 { exec.interactiveMode = "IfAvailable" }
    return exec
  }

  private func fields(_ node: DataNode) -> [String: DataNode]? {
    guard let entries = reader.mapping(node) else { return nil }
    var fields: [String: DataNode] = [:]
    for entry in entries where !entry.value.isNull { fields[entry.key] = entry.value }
    return fields
  }

  private func text(_ node: DataNode?, _ key: String, isSecret: Bool = false) -> String {
    guard let node else { return "" }
    guard let text = node.text, node.bool == nil, node.number == nil else {
      let shown = isSecret || node.scalar == nil ? node.kindName : Printable.quoted(node.scalar?.text ?? "")
      let advice = node.scalar == nil || node.isNull ? "" : "; put it in quotes"
      if !node.isNull { reader.report("\(key) must be text, not \(shown)\(advice)", at: node) }
      return ""
    }
    return text
  }

  private func texts(_ node: DataNode?, _ key: String) -> [String] {
    (node.flatMap { reader.list($0) } ?? []).map { text($0, key) }
  }

  private func path(_ node: DataNode?, _ key: String) -> String {
    let path = text(node, key)
    return path.isEmpty ? "" : Path.join(base, path)
  }

  private func data(_ node: DataNode?, _ key: String) -> [UInt8] {
    guard let node else { return [] }
    guard let text = node.scalar?.text else {
      reader.report("\(key) must be base64 text, not \(node.kindName)", at: node)
      return []
    }
    switch Base64.decode(text) {
    case .success(let bytes): return bytes
    case .failure(let error):
      reader.report("\(key): \(error)", at: node)
      return []
    }
  }

  /// Truth values of YAML 1.1, which kubectl's reader still knows.
  private func bool(_ node: DataNode?) -> Bool {
    guard let node else { return false }
    if node.scalar?.isPlain == true, let word = node.scalar?.text.lowercased() {
      if ["yes", "on", "y"].contains(word) { return true }
      if ["no", "off", "n"].contains(word) { return false }
    }
    return reader.bool(node) ?? false
  }
}
