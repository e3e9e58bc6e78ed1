import ArgumentParser
import KubeConfig

/// kubectl's options about the cluster to talk to, and what to read in its place; shared by all commands.
struct ConnectionFlags: ParsableArguments {
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Read a capture instead of a server: a file or folder of objects in JSON or YAML, a 'kubectl cluster-info dump', "
        + "or what 'podmedic record' wrote; - for standard input; may be repeated.",
      valueName: "path"))
  var from: [String] = []
  @Option(help: ArgumentHelp("Time of the capture (RFC 3339), as of which ages are told.", valueName: "time"))
  var at: String?
  @Option(help: ArgumentHelp("Kubernetes' version in the capture, such as 1.36.", valueName: "version"))
  var serverVersion: String?
  @Option(help: "Path to the kubeconfig file.") var kubeconfig: String?
  @Option(help: "Name of the kubeconfig context to use.") var context: String?
  @Option(help: "Name of the kubeconfig cluster to use.") var cluster: String?
  @Option(help: "Name of the kubeconfig user to use.") var user: String?
  @Option(name: [.short, .long], help: "Namespace to look at.") var namespace: String?
  @Flag(name: [.customShort("A"), .long], help: "Look at all namespaces.") var allNamespaces = false
  @Option(name: [.short, .long], help: "Address and port of the API server.") var server: String?
  @Option(help: "Bearer token for the API server.") var token: String?
  @Option(help: "User name for basic authentication, which servers since 1.19 refuse.") var username: String?
  @Option(help: "Password for basic authentication.") var password: String?
  @Option(name: .customLong("as"), help: "User to impersonate.") var impersonatedUser: String?
  @Option(name: .customLong("as-group"), parsing: .singleValue, help: "Group to impersonate; may be repeated.")
  var impersonatedGroups: [String] = []
  @Option(name: .customLong("as-uid"), help: "UID to impersonate.") var impersonatedUID: String?
  @Option(
    name: .customLong("as-user-extra"), parsing: .singleValue,
    help: ArgumentHelp("Extra to impersonate; may be repeated.", valueName: "key=value"))
  var impersonatedExtra: [String] = []
  @Option(help: "Path to a client certificate file.") var clientCertificate: String?
  @Option(help: "Path to a client key file.") var clientKey: String?
  @Option(help: "Path to the certificate authority's file.") var certificateAuthority: String?
  @Option(help: "Name to verify the server's certificate against.") var tlsServerName: String?
  @Flag(name: .customLong("insecure-skip-tls-verify"), help: "Do not verify the server's certificate.")
  var insecureSkipTLSVerify = false
  @Option(name: .customLong("proxy-url"), help: "Proxy to reach the server through.") var proxyURL: String?
  @Flag(help: "Do not ask for compressed answers.") var disableCompression = false
  @Option(parsing: .unconditional, help: "Longest time for a single request, such as 5s; 0 for no limit.")
  var requestTimeout: String?
  @Option(
    help: ArgumentHelp(
      "As kubectl has it, and without effect: podmedic keeps no cache of what a server serves.", valueName: "folder"))
  var cacheDir: String?
  @OptionGroup var ofKubectl: KubectlOnlyFlags
  @Option(name: .short, help: "Commands log requests to standard error: 6 with status and time, 8 with headers.")
  var v: Int = 0

  /// What the flags say.
  func overrides() throws(CommandFailure) -> ConnectionOverrides {
    try ofKubectl.check()
    var overrides = ConnectionOverrides()
    overrides.kubeconfig = kubeconfig
    overrides.context = context
    overrides.cluster = cluster
    overrides.user = user
    overrides.namespace = namespace
    overrides.allNamespaces = allNamespaces
    overrides.server = server
    overrides.token = token.map { Secret($0) }
    overrides.username = username
    overrides.password = password.map { Secret($0) }
    overrides.impersonatedUser = impersonatedUser
    overrides.impersonatedGroups = impersonatedGroups
    overrides.impersonatedUID = impersonatedUID
    var extra: [(key: String, value: String)] = []
    for text in impersonatedExtra {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw .usage("--as-user-extra must be key=value, not \"\(text)\"")
      }
      extra.append((String(text[..<equals]), String(text[text.index(after: equals)...])))
    }
    overrides.impersonatedExtra = extra
    overrides.clientCertificate = clientCertificate
    overrides.clientKey = clientKey
    overrides.certificateAuthority = certificateAuthority
    overrides.tlsServerName = tlsServerName
    overrides.proxyURL = proxyURL
    overrides.insecureSkipTLSVerify = insecureSkipTLSVerify
    overrides.disableCompression = disableCompression
    overrides.requestTimeout = requestTimeout
    return overrides
  }
}
