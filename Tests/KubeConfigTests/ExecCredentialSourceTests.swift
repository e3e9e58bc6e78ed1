import DataFiles
import KubeConfig
import Testing

private func source(
  _ change: (inout ExecConfig) -> Void = { _ in }, clusterInfo: String = "{}", environment: [String: String] = [:]
) -> ExecCredentialSource {
  var config = ExecConfig()
  config.command = "login"
  config.arguments = ["--now"]
  config.apiVersion = ExecConfig.v1
  config.interactiveMode = "IfAvailable"
  change(&config)
  return ExecCredentialSource(config: config, clusterInfo: Secret(clusterInfo), environment: environment)
}

private func success(_ token: String, expires: String? = nil, certificate: String? = nil)
  -> ExecCredentialSource.Outcome
{
  var status = "token: \(token)"
  if let expires { status += ", expirationTimestamp: '\(expires)'" }
  if let certificate {
    status += ", clientCertificateData: '-----BEGIN \(certificate)', clientKeyData: '-----BEGIN k'"
  }
  let text = "{apiVersion: client.authentication.k8s.io/v1, kind: ExecCredential, status: {\(status)}}"
  return .exited(code: 0, stdout: Array(text.utf8), stderr: [])
}

/// What a request at a time is told to do, in a word.
private func ask(_ source: inout ExecCredentialSource, now: Double) -> String {
  word(source.credential(now: now, hasTerminal: false))
}

/// Whether a request is to be sent again after a 401.
private func refused(_ source: inout ExecCredentialSource, generation: Int, now: Double) -> Bool {
  source.unauthorized(generation: generation, now: now)
}

/// An answer in a word.
private func word(_ answer: ExecCredentialSource.Answer) -> String {
  switch answer {
  case .use(let credential, let generation): "use \(credential.token?.revealed ?? "-") \(generation)"
  case .run: "run"
  case .wait: "wait"
  case .failed(let error, _): "failed \(error)"
  }
}

@Suite struct ExecCredentialSourceTests {
  @Test func oneRunAtATimeThenUntilTheServerRefuses() throws {
    var source = source()
    #expect(ask(&source, now: 0) == "run")
    #expect(ask(&source, now: 0) == "wait")
    let hasChanged = try source.finished(success("one"), now: 1)
    #expect(!hasChanged)
    #expect(ask(&source, now: 1e9) == "use one 1")
  }

  @Test func expiryIsOfTheInjectedClock() throws {
    var source = source()
    _ = source.credential(now: 0, hasTerminal: false)
    try source.finished(success("one", expires: "1970-01-01T01:00:00Z"), now: 0)
    #expect(ask(&source, now: 3600) == "use one 1")
    #expect(ask(&source, now: 3600.5) == "run")
    try source.finished(success("two"), now: 3601)
    #expect(ask(&source, now: 3601) == "use two 2")
  }

  @Test func aCredentialThatComesExpiredDoesNotMakeThePluginRunForEveryRequest() throws {
    var source = source()
    _ = source.credential(now: 1e9, hasTerminal: false)
    try source.finished(success("old", expires: "1970-01-01T01:00:00Z"), now: 1e9)
    #expect(ask(&source, now: 1e9 + 9) == "use old 1")
    #expect(ask(&source, now: 1e9 + 10) == "run")
  }

  @Test func a401RunsThePluginOnceUnlessItHasRunSince() throws {
    var source = source()
    _ = source.credential(now: 0, hasTerminal: false)
    try source.finished(success("one"), now: 0)
    // Two requests with the same credential are refused: one run.
    #expect(refused(&source, generation: 1, now: 1) == true)
    #expect(ask(&source, now: 1) == "run")
    #expect(refused(&source, generation: 1, now: 1) == true)
    #expect(ask(&source, now: 1) == "wait")
    try source.finished(success("two"), now: 2)
    #expect(ask(&source, now: 2) == "use two 2")
    // A late answer to the old credential does not run it again.
    #expect(refused(&source, generation: 1, now: 3) == true)
    #expect(ask(&source, now: 3) == "use two 2")
    // The fresh one is refused too: that is the answer, for now.
    #expect(refused(&source, generation: 2, now: 4) == false)
    #expect(ask(&source, now: 4) == "use two 2")
    #expect(refused(&source, generation: 2, now: 62) == true)
    #expect(ask(&source, now: 62) == "run")
  }

  @Test func failuresPauseAndAPersonCanRetry() {
    var source = source()
    _ = source.credential(now: 0, hasTerminal: false)
    #expect(throws: ExecError.self) { try source.finished(.notFound, now: 0) }
    #expect(ask(&source, now: 9) == "failed exec: executable login not found")
    #expect(ask(&source, now: 10) == "run")
    #expect(throws: ExecError.self) { try source.finished(.timedOut(seconds: 60), now: 10) }
    source.retry()
    #expect(ask(&source, now: 11) == "run")
  }

  @Test(
    arguments: [
      (.notFound, "exec: executable login not found", "Get it: ^[[1mhere"),
      (
        .exited(code: 3, stdout: [], stderr: Array("\u{1B}]0;x\u{7}no session\n".utf8)),
        "exec: executable login failed with exit code 3", "^[]0;x^Gno session"
      ),
      (.killed(signal: 9, stderr: []), "exec: executable login was ended by signal 9", nil),
      (.notStarted("permission denied"), "exec: login: permission denied", nil),
      (
        .timedOut(seconds: 60), "exec: executable login gave no credentials in 60 seconds",
        "Run \"login --now\" by hand to see what it waits for."
      ),
      (
        .exited(code: 0, stdout: [], stderr: []), "decoding stdout: the plugin printed nothing, not an ExecCredential",
        nil
      ),
    ] as [(ExecCredentialSource.Outcome, String, String?)])
  func failures(outcome: ExecCredentialSource.Outcome, message: String, hint: String?) throws {
    // The hint of a kubeconfig is cleaned when it is read.
    let text = config(
      user: "exec: {command: login, args: [--now], apiVersion: client.authentication.k8s.io/v1beta1, "
        + "installHint: \"Get it: \\e[1mhere\"}")
    guard case .exec(let exec) = try resolve(text).authentication else {
      Issue.record("no plugin")
      return
    }
    var source = ExecCredentialSource(config: exec, clusterInfo: Secret("{}"), environment: [:])
    _ = source.credential(now: 0, hasTerminal: false)
    #expect {
      try source.finished(outcome, now: 0)
    } throws: { error in
      guard let error = error as? ExecError else { return false }
      return error.message == message && error.hint == hint
    }
  }

  @Test func aPluginThatInsistsOnATerminal() {
    var source = source { $0.interactiveMode = "Always" }
    #expect(
      ask(&source, now: 0)
        == "failed exec plugin cannot support interactive mode: standard input is not a terminal")
    guard case .failed = source.credential(now: 1, hasTerminal: true) else {
      Issue.record("not paused")
      return
    }
    source.retry()
    guard case .run(let run) = source.credential(now: 1, hasTerminal: true) else {
      Issue.record("not run")
      return
    }
    #expect(
      run.isInteractive && run.environment["KUBERNETES_EXEC_INFO"]?.revealed.contains("\"interactive\":true") == true)
  }

  @Test func aChangedCertificateIsSaid() throws {
    var source = source()
    func fetch(_ outcome: ExecCredentialSource.Outcome, now: Double) throws -> Bool {
      source.retry()
      _ = source.credential(now: now, hasTerminal: false)
      return try source.finished(outcome, now: now)
    }
    #expect(try !fetch(success("a", certificate: "1"), now: 0))
    #expect(try !fetch(success("b", certificate: "1"), now: 1))
    #expect(try fetch(success("b", certificate: "2"), now: 2))
    #expect(try fetch(success("b"), now: 3))
  }

  @Test func theEnvironmentAndWhatThePluginIsTold() throws {
    let text = config(
      cluster: "server: 'https://h/p', tls-server-name: n, certificate-authority: ca.pem, disable-compression: true, "
        + "extensions: [{name: client.authentication.k8s.io/exec, extension: {a: \"b\\n\", n: 1, t: true, l: [~]}}, {name: x}]",
      user: "exec: {command: login, apiVersion: client.authentication.k8s.io/v1beta1, provideClusterInfo: true, "
        + "env: [{name: A, value: '1'}, {name: PATH, value: /p}, {name: A, value: '2'}]}")
    let connection = try resolve(text, files: ["/home/me/.kube/ca.pem": "-----BEGIN \n"])
    guard case .exec(let exec) = connection.authentication else {
      Issue.record("no plugin")
      return
    }
    var source = ExecCredentialSource(
      config: exec, clusterInfo: connection.execClusterInfo,
      environment: ["HOME": "/h", "PATH": "/bin", "KUBERNETES_EXEC_INFO": "old"])
    guard case .run(let run) = source.credential(now: 0, hasTerminal: false) else {
      Issue.record("not run")
      return
    }
    #expect(run.environment["A"]?.revealed == "2" && run.environment["PATH"]?.revealed == "/p")
    #expect(run.environment["HOME"]?.revealed == "/h" && run.environment.count == 4 && !run.isInteractive)
    let expected =
      #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","spec":{"cluster":"#
      + #"{"server":"https://h/p","tls-server-name":"n","certificate-authority-data":"LS0tLS1CRUdJTiAK","disable-compression":true,"#
      + #""config":{"a":"b\n","n":1,"t":true,"l":[null]}},"interactive":false}}"#
    #expect(run.environment["KUBERNETES_EXEC_INFO"]?.revealed == expected)
    #expect(!"\(run)".contains("https://h/p"))
  }

  @Test func withoutProvideClusterInfoNothingOfTheClusterIsTold() {
    var source = source(clusterInfo: "{\"server\":\"x\"}")
    guard case .run(let run) = source.credential(now: 0, hasTerminal: true) else {
      Issue.record("not run")
      return
    }
    #expect(
      run.environment["KUBERNETES_EXEC_INFO"]?.revealed
        == #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":true}}"#)
  }
}
