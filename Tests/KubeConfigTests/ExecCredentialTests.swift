import DataFiles
import KubeConfig
import Testing

private func credential(_ output: String, _ version: String = ExecConfig.v1) throws(ExecError) -> ExecCredential {
  try ExecCredential(output: Array(output.utf8), apiVersion: version)
}

private func output(_ status: String, version: String = "v1") -> String {
  "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/\(version)\",\"status\":\(status)}"
}

@Suite struct ExecCredentialTests {
  @Test func tokensAndCertificates() throws {
    let json = output(
      "{\"token\":\"t\",\"expirationTimestamp\":\"2026-07-25T10:00:00Z\",\"clientCertificateData\":\"-----BEGIN CERTIFICATE-----\\n\",\"clientKeyData\":\"-----BEGIN PRIVATE KEY-----\\n\"}"
    )
    let both = try credential(json)
    #expect(both.token == Secret("t") && both.expiration == 1_784_973_600)
    #expect(both.clientCertificate?.key == Secret("-----BEGIN PRIVATE KEY-----\n"))
    let yaml = try credential(
      "apiVersion: client.authentication.k8s.io/v1beta1\nstatus:\n  token: abc\n", ExecConfig.v1beta1)
    #expect(yaml.token == Secret("abc") && yaml.expiration == nil && yaml.clientCertificate == nil)
    #expect(try credential("status: {token: x}").token == Secret("x"))
  }

  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2026-07-25T12:00:00.5+02:00", 1_784_973_600.5),
      ("2024-02-29T23:59:59Z", 1_709_251_199),
      ("2000-03-01t00:00:00z", 951_868_800), ("2026-07-25 10:00:00Z", nil), ("2026-07-25T10:00:00", nil), ("soon", nil),
      ("2026-13-25T10:00:00Z", nil), ("2026-07-25T10:00:00+0200", nil), ("2026-07-25T10:00:00Zx", nil),
    ] as [(String, Double?)]) func expirations(text: String, expected: Double?)
  {
    let result = try? credential(output("{\"token\":\"t\",\"expirationTimestamp\":\"\(text)\"}"))
    #expect(result?.expiration == expected && (result == nil) == (expected == nil))
  }

  @Test(arguments: [
    ("", "decoding stdout: the plugin printed nothing, not an ExecCredential"),
    ("Please log in", "decoding stdout: the plugin printed text, not an ExecCredential"),
    ("{", "decoding stdout: line 2: a value was expected here; a bracket or quote may be missing"),
    (
      output("{\"token\":\"t\"}", version: "v1beta1"),
      "exec plugin is configured to use API version client.authentication.k8s.io/v1, plugin returned version client.authentication.k8s.io/v1beta1"
    ),
    (
      "kind: Pod\nstatus: {token: x}",
      "decoding stdout: no kind \"Pod\" is registered for version \"client.authentication.k8s.io/v1\""
    ),
    ("kind: ExecCredential", "exec plugin didn't return a status field"),
    (output("{}"), "exec plugin didn't return a token or cert/key pair"),
    (output("{\"token\":\"\"}"), "exec plugin didn't return a token or cert/key pair"),
    (output("{\"clientCertificateData\":\"x\"}"), "exec plugin returned only certificate or key, not both"),
    (output("{\"token\":\"t\",\"clientKeyData\":\"x\"}"), "exec plugin returned only certificate or key, not both"),
    (
      output("{\"clientCertificateData\":\"x\",\"clientKeyData\":\"y\"}"),
      "failed parsing client key/certificate: tls: failed to find any PEM data in certificate input"
    ),
    (output("{\"token\":12}"), "decoding stdout: status.token must be text, not a number"),
    (output("[]"), "decoding stdout: status is a list, not a mapping"),
    (output("{\"token\":\"a\\nHost: x\"}"), "exec plugin returned a token with spaces or control characters"),
  ]) func refuses(text: String, message: String) {
    #expect { try credential(text) } throws: { "\($0)" == message }
  }

  @Test func garbageNeverTrapsAndIsNotShownRaw() {
    var state: UInt64 = 3
    for _ in 0..<500 {
      let bytes = (0..<60).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 40)
      }
      #expect {
        try ExecCredential(output: bytes, apiVersion: ExecConfig.v1)
      } throws: { error in
        !"\(error)".unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" }
      }
    }
  }

  @Test(arguments: [
    ("Never", false, "false"), ("Never", true, "false"), ("IfAvailable", false, "false"), ("IfAvailable", true, "true"),
    ("Always", true, "true"),
    ("Always", false, "exec plugin cannot support interactive mode: standard input is not a terminal"),
    ("Else", true, "exec plugin cannot support interactive mode: unknown interactiveMode: \"Else\""),
  ]) func interactivity(mode: String, hasTerminal: Bool, expected: String) {
    var config = ExecConfig()
    config.interactiveMode = mode
    do {
      #expect("\(try config.isInteractive(hasTerminal: hasTerminal))" == expected)
    } catch {
      #expect("\(error)" == expected)
    }
  }

  @Test func thePolicyOfAKuberc() throws {
    func policy(_ text: String?, _ environment: [String: String] = [:]) throws(DataProblems) -> ExecPolicy {
      let memory = MemoryFileSystem(text.map { ["/h/.kube/kuberc": $0] } ?? [:])
      return try ExecPolicy.load(environment: ["HOME": "/h"].merging(environment) { $1 }, fileSystem: memory)
    }
    func allows(_ policy: ExecPolicy, _ command: String) -> Bool {
      (try? policy.check(command) { $0.hasPrefix("/") ? $0 : "/bin/" + $0 }) != nil
    }
    #expect(try allows(policy(nil), "x") && allows(policy("credentialPluginPolicy: AllowAll"), "x"))
    #expect(try !allows(policy("credentialPluginPolicy: DenyAll"), "x"))
    #expect(try allows(policy("credentialPluginPolicy: DenyAll", ["KUBERC": "off"]), "x"))
    let list = try policy(
      "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: a}, {command: /opt/b}]")
    #expect(
      allows(list, "a") && allows(list, "/bin/a") && allows(list, "/opt/b") && !allows(list, "b") && !allows(list, "c"))
    for text in [
      "credentialPluginPolicy: Allow", "credentialPluginPolicy: Allowlist", "credentialPluginAllowlist: [{name: a}]",
      "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{}]",
      "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: a/../b}]", "[",
    ] {
      #expect(throws: DataProblems.self) { try policy(text) }
    }
    #expect(throws: DataProblems.self) { try policy(nil, ["KUBERC": "/gone"]) }
  }
}
