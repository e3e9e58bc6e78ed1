import DataFiles
import KubeConfig
import Testing

@Suite struct ConnectionResolverTests {
  @Test func theOrdinaryCase() throws {
    let result = try resolve(config(user: "token: abc", context: "cluster: c, user: u, namespace: n"))
    #expect(result.contextName == "a" && result.clusterName == "c" && result.userName == "u")
    #expect(result.server.description == "https://h:6443" && result.namespace == "n" && !result.allNamespaces)
    #expect(result.authentication == .token(Secret("abc")) && result.warnings.isEmpty && result.proxy == nil)
    #expect(result.source == .kubeconfig(files: ["/home/me/.kube/config"]) && result.requestTimeout == nil)
    #expect(result.tls == ConnectionConfig.TLS() && result.impersonation.headers.isEmpty)
  }

  // MARK: names

  @Test func flagsThatNameNothing() {
    func check(_ text: String, _ kind: KubeConfigError.Kind, _ change: (inout ConnectionOverrides) -> Void) {
      let error = failure(config(user: "token: t"), change)
      #expect(error?.description == text && error?.kind == kind)
    }
    check("context \"x\" does not exist", .unknownContext) { $0.context = "x" }
    check("cluster \"x\" does not exist", .unknownCluster) { $0.cluster = "x" }
    check("auth info \"x\" does not exist", .unknownUser) { $0.user = "x" }
    check("invalid namespace \"ns/foo\": [may not contain '/']", .flag) { $0.namespace = "ns/foo" }
    check("invalid namespace \"..\": [may not be '..']", .flag) { $0.namespace = ".." }
    check(
      "Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding "
        + "time unit (e.g. 1s | 2m | 3h)", .flag
    ) { $0.requestTimeout = "5x" }
  }

  @Test func aSlipIsSuggested() {
    let text = config().replacing("name: a,", with: "name: production,")
    #expect(failure(text) { $0.context = "prodution" }?.hint == "Did you mean \"production\"?")
  }

  @Test(arguments: [
    (config(current: "q"), "context was not found for specified context: q"),
    (config(current: "\"\""), "no context chosen"),
    (
      config(context: "cluster: gone, user: u"),
      "invalid configuration: cluster \"gone\" was not found for context \"a\""
    ),
    (config(context: "user: u"), "invalid configuration: cluster was not specified for context \"a\""),
    (config(cluster: ""), "invalid configuration: no server found for cluster \"c\""),
    (
      config(context: "cluster: c, user: u, namespace: 'a b'"),
      "invalid configuration: invalid namespace \"a b\": it does not conform to the kubernetes DNS_LABEL rules"
    ),
  ]) func configurationsThatReferToNothing(text: String, message: String) {
    #expect(failure(text)?.description == message)
    #expect(failure(text)?.hint != nil)
  }

  /// client-go checks only the user that `--user` asks for, and goes on without credentials, or with those of flags.
  @Test func aContextWhoseUserDoesNotExist() throws {
    let text = config(user: "token: t", context: "cluster: c, user: gone")
    let result = try resolve(text)
    #expect(result.authentication == .none && result.userName == "gone")
    #expect(
      result.warnings == ["user \"gone\" was not found for context \"a\", so that it has no credentials."])
    #expect(try resolve(text) { $0.token = Secret("flag") }.authentication == .token(Secret("flag")))
    #expect(failure(text) { $0.user = "gone" }?.kind == .unknownUser)
  }

  @Test func hostileNamesCannotSteerTheTerminalThroughMessages() {
    let text = config(context: "cluster: \"\\e[2J\", user: u", current: "\"a\"")
    let named = config().replacing("c, cluster: {", with: "\"\\e]0;x\\a\", cluster: {x: ").replacing(
      "cluster: c,", with: "cluster: \"\\e]0;x\\a\",")
    for text in [text, named] {
      let shown = failure(text).map { "\($0) \($0.hint ?? "")" } ?? ""
      #expect(!shown.isEmpty && !shown.unicodeScalars.contains { $0.value < 0x20 })
    }
  }

  @Test func flagsCanTakeThePlaceOfWhatIsMissing() throws {
    let noCluster = try resolve(config(context: "cluster: gone, user: u")) { $0.server = "https://s" }
    #expect(noCluster.server.host == "s")
    let basic = try resolve(config(context: "cluster: c, user: gone")) {
      $0.username = "u"
      $0.password = Secret("p")
      $0.proxyURL = "http://proxy:3128"
    }
    #expect(basic.authentication == .basic(username: "u", password: Secret("p")))
    #expect(basic.proxy?.url.revealed.contains("proxy:3128") == true)
    let noUser = try resolve(config(context: "cluster: c, user: gone")) { $0.token = Secret("t") }
    #expect(noUser.authentication == .token(Secret("t")))
    let nothing = try resolve { $0.server = "https://s:1" }
    #expect(nothing.server.port == 1 && nothing.authentication == .none && nothing.contextName.isEmpty)
  }

  @Test func anEmptyConfigurationSaysWhereItLooked() {
    let error = failure(environment: ["KUBECONFIG": "/x:/y"])
    #expect(error?.kind == .empty && error?.description.contains("(not found: /x, /y)") == true)
    #expect(error?.hint?.contains("podmedic demo") == true)
  }

  @Test func anotherClusterAndUserThanTheContexts() throws {
    let text = """
      current-context: a
      clusters: [{name: c, cluster: {server: 'https://c'}}, {name: d, cluster: {server: 'https://d'}}]
      users: [{name: u, user: {token: t}}, {name: v, user: {token: w}}]
      contexts: [{name: a, context: {cluster: c, user: u, namespace: n}}, {name: b, context: {cluster: c, user: u}}]
      """
    let result = try resolve(text) {
      $0.cluster = "d"
      $0.user = "v"
    }
    #expect(result.server.host == "d" && result.authentication == .token(Secret("w")) && result.namespace == "n")
    #expect(try resolve(text) { $0.context = "b" }.namespace == "default")
  }

  // MARK: namespace

  @Test(
    arguments: [
      (nil, "", "default"), (nil, "ctx", "ctx"), ("flag", "ctx", "flag"), ("flag", "", "flag"), ("", "ctx", "ctx"),
    ] as [(String?, String, String)]) func namespaces(flag: String?, context: String, expected: String) throws
  {
    let text = config(context: "cluster: c, user: u, namespace: '\(context)'")
    let result = try resolve(text) {
      $0.namespace = flag
      $0.allNamespaces = true
    }
    #expect(result.namespace == expected && result.allNamespaces)
  }

  // MARK: overrides and couplings

  private static let files = ["/ca.pem": certificate, "/c.pem": certificate, "/k.pem": key]

  @Test func certificateAuthorityReplacesDataAndClearsInsecure() throws {
    let withData = config(cluster: "server: 'https://h', certificate-authority-data: \(certificateData)")
    let insecure = config(cluster: "server: 'https://h', insecure-skip-tls-verify: true")
    for text in [withData, insecure] {
      let result = try resolve(text, files: Self.files) { $0.certificateAuthority = "/ca.pem" }
      #expect(result.tls?.certificateAuthority == .file("/ca.pem") && result.tls?.isInsecure == false)
    }
    let relative = try resolve(withData, files: ["/cwd/sub/ca": certificate]) { $0.certificateAuthority = "sub/ca" }
    #expect(relative.tls?.certificateAuthority == .file("/cwd/sub/ca"))
  }

  @Test func insecureClearsTheAuthority() throws {
    let text = config(cluster: "server: 'https://h', certificate-authority-data: \(certificateData)")
    let result = try resolve(text) { $0.insecureSkipTLSVerify = true }
    #expect(result.tls?.certificateAuthority == nil && result.tls?.isInsecure == true)
    #expect(result.warnings == ["The server's certificate is not verified (insecure-skip-tls-verify)."])
  }

  @Test func insecureFalseDoesNotUndoTheFile() throws {
    let text = config(cluster: "server: 'https://h', insecure-skip-tls-verify: true")
    #expect(try resolve(text) { $0.insecureSkipTLSVerify = false }.tls?.isInsecure == true)
  }

  @Test func bothFlagsTogetherAreAnError() {
    let error = failure(config(), files: Self.files) {
      $0.certificateAuthority = "/ca.pem"
      $0.insecureSkipTLSVerify = true
    }
    #expect(error?.problems == ["specifying a root certificates file with the insecure flag is not allowed"])
  }

  @Test(
    arguments: [(nil, nil, "file"), ("https://s", nil, nil), ("https://s", "flag", "flag"), (nil, "flag", "flag")]
      as [(String?, String?, String?)])
  func tlsServerName(server: String?, flag: String?, expected: String?) throws {
    let result = try resolve(config(cluster: "server: 'https://h', tls-server-name: file")) {
      $0.server = server
      $0.tlsServerName = flag
    }
    #expect(result.tls?.serverName == expected && result.server.host == (server == nil ? "h" : "s"))
  }

  @Test func certificateFlagsReplaceInlineData() throws {
    let text = config(user: "client-certificate-data: \(certificateData), client-key-data: \(keyData)")
    let inline = try resolve(text)
    #expect(inline.tls?.clientCertificate?.key == .inline(Secret(key)) && inline.authentication == .clientCertificate)
    #expect(inline.tls?.clientCertificate?.certificate == .inline(Secret(certificate)))
    let flags = try resolve(text, files: Self.files) {
      $0.clientCertificate = "/c.pem"
      $0.clientKey = "/k.pem"
    }
    #expect(flags.tls?.clientCertificate == .init(certificate: .file("/c.pem"), key: .file("/k.pem")))
    let half = try resolve(text, files: Self.files) { $0.clientKey = "/k.pem" }
    #expect(half.tls?.clientCertificate == .init(certificate: .inline(Secret(certificate)), key: .file("/k.pem")))
  }

  @Test(
    arguments: [
      ("", nil), ("0", nil), ("0s", nil), ("5", .seconds(5)), ("1.5s", .milliseconds(1500)), ("1h2m", .seconds(3720)),
      ("100ms", .milliseconds(100)), ("3us", .microseconds(3)), ("+2s", .seconds(2)), (".5s", .milliseconds(500)),
    ] as [(String, Duration?)]) func timeouts(text: String, expected: Duration?) throws
  {
    #expect(try RequestTimeout.parse(text) == expected)
  }

  @Test(arguments: ["5.5", "-5", "-3s", "abc", "5x", "s", "1s2", ".s", "1..2s", "999999999999999999999", "99999999h9h"])
  func badTimeouts(text: String) {
    #expect(throws: KubeConfigError.self) { try RequestTimeout.parse(text) }
  }

  @Test func otherFlags() throws {
    let result = try resolve(config(user: "token: t")) {
      $0.disableCompression = true
      $0.requestTimeout = "7"
    }
    #expect(result.disableCompression && result.requestTimeout == .seconds(7))
  }

  // MARK: validation

  @Test func allProblemsAreToldInKubectlsWords() {
    let text = config(
      cluster: "server: 'https://h', certificate-authority-data: \(certificateData), certificate-authority: /x, "
        + "proxy-url: 'ftp://x'",
      user: "token: a, username: u, password: p, client-certificate: /x, client-key-data: \(keyData), "
        + "exec: {command: '', env: [{name: ''}]}, auth-provider: {name: gcp}, as-groups: [b]")
    #expect(
      failure(text)?.problems == [
        "unable to read client-cert /x for u due to open /x: no such file or directory",
        "authProvider cannot be provided in combination with an exec plugin for u",
        "command must be specified for u to use exec authentication plugin",
        "apiVersion must be specified for u to use exec authentication plugin",
        "env variable name must be specified for u to use exec authentication plugin",
        "interactiveMode must be specified for u to use exec authentication plugin",
        "more than one authentication method found for u; found [token basicAuth], only one is allowed",
        "requesting uid, groups or user-extra for u without impersonating a user",
        "invalid 'proxy-url' \"ftp://x\" for cluster \"c\": unsupported scheme \"ftp\", must be http, https, or socks5",
        "certificate-authority-data and certificate-authority are both specified for c. "
          + "certificate-authority-data will override.",
        "unable to read certificate-authority /x for c due to open /x: no such file or directory",
      ])
    #expect(failure(text)?.description.hasPrefix("invalid configuration: [unable to read client-cert") == true)
  }

  @Test(arguments: [
    (
      "client-certificate-data: \(certificateData), client-certificate: /c.pem, client-key: /k.pem",
      "client-cert-data and client-cert are both specified for u. client-cert-data will override."
    ),
    (
      "client-certificate: /c.pem, client-key: /k.pem, client-key-data: \(keyData)",
      "client-key-data and client-key are both specified for u; client-key-data will override"
    ),
    (
      "client-certificate: /c.pem",
      "client-key-data or client-key must be specified for u to use the clientCert authentication method."
    ),
    ("client-certificate-data: YQ==, client-key: /k.pem", "tls: failed to find any PEM data in certificate input"),
    ("token: \"a\\nX-Evil: 1\"", "the token of u holds spaces or line breaks; it cannot be sent in a header"),
    (
      "exec: {command: x, apiVersion: client.authentication.k8s.io/v1}",
      "interactiveMode must be specified for u to use exec authentication plugin"
    ),
    (
      "exec: {command: x, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Maybe}",
      "invalid interactiveMode for u: \"Maybe\""
    ),
    (
      "exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1, interactiveMode: Never}",
      "exec plugin: invalid apiVersion \"client.authentication.k8s.io/v1alpha1\""
    ),
  ]) func userProblems(user: String, problem: String) {
    #expect(failure(config(user: user), files: Self.files)?.problems == [problem])
  }

  @Test func authoritiesThatAreNoCertificates() {
    let problem = "unable to load root certificates: unable to parse bytes as PEM block"
    let inline = failure(config(cluster: "server: 'https://h', certificate-authority-data: YWFh"))
    #expect(inline?.problems == [problem])
    let file = failure(config(cluster: "server: 'https://h', certificate-authority: /ca"), files: ["/ca": "x"])
    #expect(file?.problems == [problem + " (/ca)"])
  }

  @Test func theTokenFlagOverBasicAuthenticationIsAnError() {
    let error = failure(config(user: "username: u, password: p")) { $0.token = Secret("t") }
    #expect(error?.problems.first?.hasPrefix("more than one authentication method found for u") == true)
  }

  // MARK: credentials

  private static let exec = "exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1}"

  @Test(arguments: [
    ("", "none"), ("token: t", "token"), ("tokenFile: /t", "tokenFile nil"), ("token: t, tokenFile: /t", "tokenFile t"),
    ("token: t, tokenFile: /gone", "tokenFile t"), ("username: u, password: p", "basic u p"), (exec, "exec"),
    (exec + ", token: t", "token"), (exec + ", username: u", "basic u "),
    (exec + ", client-certificate: /c.pem, client-key: /k.pem", "clientCertificate"),
    ("token: t, client-certificate: /c.pem, client-key: /k.pem", "token"),
    ("auth-provider: {name: oidc, config: {id-token: x}}", "oidc"), ("auth-provider: {name: gcp}", "removed gcp"),
    ("auth-provider: {name: azure}", "removed azure"), ("auth-provider: {name: gcp}, token: t", "token"),
    ("client-key: /k.pem", "none"),
  ]) func whichCredential(user: String, expected: String) throws {
    var files = Self.files
    files["/t"] = " from-file\n"
    let result = try resolve(config(user: user), files: files)
    let found =
      switch result.authentication {
      case .none: "none"
      case .clientCertificate: "clientCertificate"
      case .token: "token"
      case .tokenFile(_, let fallback): "tokenFile \(fallback?.revealed ?? "nil")"
      case .basic(let username, let password): "basic \(username) \(password.revealed)"
      case .exec: "exec"
      case .oidc: "oidc"
      case .removedProvider(let provider): "removed \(provider.name)"
      }
    #expect(found == expected)
  }

  @Test func theTokenFlagDoesNotBeatATokenFile() throws {
    let result = try resolve(config(user: "tokenFile: /t"), files: ["/t": "x"]) { $0.token = Secret("flag") }
    #expect(result.authentication == .tokenFile(path: "/t", fallback: Secret("flag")))
  }

  @Test(arguments: [
    ([:], "failed to read token file \"/t\": open /t: no such file or directory"),
    (["/t": " \n"], "read empty token from file \"/t\""),
    (["/t": "a\nb"], "the token in file \"/t\" holds spaces or line breaks"),
  ]) func tokenFilesWithoutAToken(files: [String: String], problem: String) {
    #expect(failure(config(user: "tokenFile: /t"), files: files)?.problems == [problem])
  }

  @Test func removedProvidersNameTheirReplacement() throws {
    guard case .removedProvider(let gcp) = try resolve(config(user: "auth-provider: {name: gcp}")).authentication else {
      Issue.record("not removed")
      return
    }
    #expect(gcp.description.contains("gke-gcloud-auth-plugin") && gcp.hint.contains("gcloud"))
  }

  @Test(arguments: [
    "token: sEcReT", "tokenFile: /t", "username: u, password: sEcReT", exec,
    "client-certificate: /c.pem, client-key: /k.pem", "auth-provider: {name: gcp}",
  ]) func credentialsNeverGoOverPlainHTTP(user: String) throws {
    var files = Self.files
    files["/t"] = "sEcReT"
    for server in ["http://h:8080", "h:8080", "HTTP://u:p@h"] {
      let result = try resolve(
        config(cluster: "server: '\(server)', insecure-skip-tls-verify: true", user: user), files: files)
      #expect(result.authentication == .none && result.tls == nil && !result.server.isEncrypted)
      #expect(result.warnings == ["The server is plain http, so no credentials are sent to it."])
    }
    #expect(try resolve(config(cluster: "server: h:80")).warnings.isEmpty)
  }

  @Test func userInfoInTheAddressBecomesBasic() throws {
    let address = "server: 'https://me:p%40ss@h'"
    let plain = try resolve(config(cluster: address))
    #expect(
      plain.authentication == .basic(username: "me", password: Secret("p@ss"))
        && plain.server.description == "https://h")
    #expect(try resolve(config(cluster: address, user: "token: t")).authentication == .token(Secret("t")))
  }

  // MARK: impersonation

  @Test func impersonationHeaders() throws {
    let text = config(user: "token: t, as: jane, as-uid: '7', as-groups: [a, b], as-user-extra: {'x/Y z': [1a, 2b]}")
    let headers = try resolve(text).impersonation.headers.map { "\($0.name): \($0.value)" }
    #expect(
      headers == [
        "Impersonate-User: jane", "Impersonate-Uid: 7", "Impersonate-Group: a", "Impersonate-Group: b",
        "Impersonate-Extra-x%2Fy%20z: 1a", "Impersonate-Extra-x%2Fy%20z: 2b",
      ])
    let flags = try resolve(text) {
      $0.impersonatedUser = "joe"
      $0.impersonatedGroups = ["c"]
      $0.impersonatedExtra = [("k", "1"), ("k", "2")]
    }
    #expect(flags.impersonation.user == "joe" && flags.impersonation.groups == ["c"] && flags.impersonation.uid == "7")
    #expect(flags.impersonation.extra == ["x/Y z": ["1a", "2b"], "k": ["1", "2"]])
    #expect(failure(config()) { $0.impersonatedGroups = ["g"] }?.kind == .invalid)
  }

  // MARK: in-cluster

  private static let account = "/var/run/secrets/kubernetes.io/serviceaccount"
  private static let pod = [
    account + "/token": "pod-token", account + "/ca.crt": certificate, account + "/namespace": " kube-ops\n",
  ]
  private static let variables = ["KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"]

  @Test func inCluster() throws {
    let result = try resolve(files: Self.pod, environment: Self.variables)
    #expect(result.source == .inCluster && result.server.description == "https://10.0.0.1:443")
    #expect(result.authentication == .tokenFile(path: Self.account + "/token", fallback: nil))
    #expect(result.tls?.certificateAuthority == .file(Self.account + "/ca.crt") && result.namespace == "kube-ops")
  }

  @Test func inClusterVariants() throws {
    var variables = Self.variables
    variables["KUBERNETES_SERVICE_HOST"] = "fd00::1"
    variables["POD_NAMESPACE"] = "mine"
    let v6 = try resolve(files: [Self.account + "/token": "t"], environment: variables) { $0.token = Secret("flag") }
    #expect(v6.server.description == "https://[fd00::1]:443" && v6.namespace == "mine")
    // Without the cluster's authority the system's are used; the server is never left unverified.
    #expect(v6.tls?.certificateAuthority == nil && v6.tls?.isInsecure == false)
    #expect(v6.authentication == .token(Secret("flag")))
    #expect(failure(files: Self.pod, environment: ["KUBERNETES_SERVICE_HOST": "h"])?.kind == .empty)
    #expect(failure(environment: Self.variables)?.kind == .empty)
    variables["KUBERNETES_SERVICE_PORT"] = "99999"
    #expect(failure(files: Self.pod, environment: variables)?.kind == .invalid)
  }

  @Test func aKubeconfigComesBeforeThePod() throws {
    let result = try resolve(config(user: "token: t"), files: Self.pod, environment: Self.variables)
    #expect(result.server.host == "h" && result.namespace == "kube-ops")
  }
}
