import DemoCluster
import Foundation
import TestSupport
import Testing

/// Every command on what cannot be used: one sentence and what to do next on standard error, nothing on standard
/// output, a status that is not 0. (The dashboard's own refusals are in ProgramTests.)
@Suite struct BadInputTests {
  /// Contents of a kubeconfig, further arguments, and what the first line must hold.
  private static let kubeconfigs: [(text: String, arguments: [String], says: String)] = [
    ("clusters: [\n", [], ":2:1: a value was expected here"),
    ("just text", [], ":1:1: expected a mapping, found \"just text\""),
    ("clusters: {a: b}", [], ":1:11: expected a list, found a mapping"),
    ("apiVersion: v2\nkind: Other", [], "no kind \"Other\" is registered for version \"v2\""),
    ("\u{0}\u{1}", [], "control characters are not allowed"),
    ("", [], "no configuration has been provided"),
    (
      two(""), ["--context", "nope"],
      "Error in configuration: context was not found for specified context: nope"
    ),
    (two("", user: "token: t"), ["--username", "u", "--password", "p"], "more than one authentication method found"),
    (two(""), ["--proxy-url", "gopher://x"], "invalid 'proxy-url'"),
    (two(""), ["--context", "gone"], "cluster \"nowhere\" was not found for context \"gone\""),
    (two(""), ["--cluster", "nope"], "cluster \"nope\" does not exist"),
    (two(""), ["--user", "nope"], "auth info \"nope\" does not exist"),
    (two(""), ["-n", "a/b"], "invalid namespace \"a/b\": [may not contain '/']"),
    (two(""), ["--request-timeout", "x"], "Invalid timeout value."),
    (two(", certificate-authority: /nonexistent/ca"), [], "unable to read certificate-authority /nonexistent/ca for c"),
    (
      two(", certificate-authority-data: eA==, insecure-skip-tls-verify: true"), [],
      "specifying a root certificates file with the insecure flag is not allowed"
    ),
    (two("", user: "token: a, username: b, password: c"), [], "more than one authentication method found for me"),
    (two("", user: "client-certificate: /nonexistent/c, client-key: /nonexistent/k"), [], "unable to read client-cert"),
    (two("", user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: x}"), [], "interactiveMode"),
    (two("", user: "tokenFile: /nonexistent/t"), [], "open /nonexistent/t: no such file or directory"),
    (two("", user: "auth-provider: {name: gcp}"), [], "gke-gcloud-auth-plugin"),
    (
      two(
        "",
        user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: /nonexistent/x, interactiveMode: Never}"),
      [], "exec: executable /nonexistent/x not found"
    ),
  ]

  /// A kubeconfig with a context that works as far as the port, and one whose cluster is missing.
  private static func two(_ cluster: String, user: String = "") -> String {
    """
    clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"\(cluster)}}]
    contexts: [{name: here, context: {cluster: c, user: me}}, {name: gone, context: {cluster: nowhere, user: me}}]
    users: [{name: me, user: {\(user)}}]
    current-context: here
    """
  }

  @Test func kubeconfigsThatCannotBeUsed() async throws {
    let folder = try TemporaryFolder()
    for (index, (text, arguments, says)) in Self.kubeconfigs.enumerated() {
      let file = try folder.file("config\(index)", Data(text.utf8))
      let result = try await Podmedic.run(["get", "pods"] + arguments, kubeconfig: file.path)
      let lines = result.errorText.split(separator: "\n")
      #expect(result.status == 1 && result.text == "", "\(result)")
      #expect(lines.first?.contains(says) == true, "\(says): \(result)")
      #expect((1...2).contains(lines.count), "\(result)")
    }
  }

  @Test func unknownCommands() async throws {
    let wrong = try await Podmedic.run(["gett", "pods"])
    #expect(wrong.status == 64 && wrong.text == "")
    #expect(
      wrong.errorText == """
        error: unknown command "gett" for "podmedic"
        hint: Did you mean "get"? "podmedic --help" lists the commands.\n
        """)
    #expect(try await Podmedic.run(["help"]).status == 0)
  }

  @Test func aScreenWithBrokenYAML() async throws {
    let folder = try TemporaryFolder()
    let screens = folder.url.appendingPathComponent("podmedic/screens")
    try FileManager.default.createDirectory(at: screens, withIntermediateDirectories: true)
    try Data("name: pods\ncolumns: [\n".utf8).write(to: screens.appendingPathComponent("pods.yaml"))
    let result = try await Podmedic.bash("XDG_CONFIG_HOME=\(folder.url.path) exec \"$podmedic\" lint")
    #expect(result.status == 1)
    #expect((result.text + result.errorText).contains("pods.yaml:3:1: "), "\(result)")
  }

  /// A configuration that cannot be read keeps a person from changing anything: lint and doctor say why.
  @Test(arguments: [
    ("protcted: [prod]\n", ":1:1: "), ("readOnly: perhaps\n", ":1:11: "), ("protected: [\n", ":2:1: "),
  ])
  func aBrokenConfiguration(text: String, position: String) async throws {
    let folder = try TemporaryFolder()
    let home = folder.url.appendingPathComponent("podmedic")
    try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
    let file = home.appendingPathComponent("config.yaml")
    try Data(text.utf8).write(to: file)
    for command in ["lint", "lint \(file.path)", "doctor"] {
      let result = try await Podmedic.bash("XDG_CONFIG_HOME=\(folder.url.path) exec \"$podmedic\" \(command)")
      #expect(result.status == 1, "\(result)")
      #expect(result.text.contains("config.yaml" + position), "\(result)")
    }
  }

  /// A picture of the dashboard is for scripts: they are told at once.
  @Test func aPictureOfAServerThatRefusesConnections() async throws {
    let folder = try TemporaryFolder()
    let result = try await Podmedic.run([
      "--server", "http://127.0.0.1:1", "--save-screen", folder.path + "/screen.txt",
    ])
    #expect(result.status == 1)
    #expect(result.errorText.hasPrefix("The connection to the server 127.0.0.1:1 was refused"), "\(result)")
  }

  @Test func aPictureOfWhatIsNotThere() async throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/screen.txt"
    let unknown = try await Podmedic.run(["demo", "-c", "nonsense", "--save-screen", file])
    #expect(unknown.status == 1)
    #expect(unknown.errorText == "error: the server doesn't have a resource type \"nonsense\"\n")
    let missing = try await Podmedic.run(["demo", "--screens", folder.path + "/none", "--save-screen", file])
    #expect(missing.status == 1)
    #expect(missing.errorText == "error: --screens: open \(folder.path)/none: no such file or directory\n")
    #expect(!FileManager.default.fileExists(atPath: file))
    // A kind of which only the server knows.
    let custom = try await Podmedic.run(["demo", "-c", "crd", "--save-screen", file])
    #expect(custom.status == 0, "\(custom)")
  }

  /// What a server refuses, as the commands for scripts tell it.
  @Test func refusalsOfTheServer() async throws {
    let demo = try await DemoCluster.launch(scenario: "calm", clock: .real)
    let folder = try TemporaryFolder()
    let config = try folder.file("config", Data(demo.kubeconfig(namespace: "web").utf8)).path
    func run(_ arguments: String...) async throws -> CommandResult {
      try await Podmedic.run(arguments, kubeconfig: config)
    }
    demo.faults.forbiddenKinds = ["secrets"]
    let secrets = try await run("get", "secrets")
    #expect(secrets.status == 1 && secrets.text == "")
    #expect(
      secrets.errorText.hasPrefix(
        "Error from server (Forbidden): secrets is forbidden: User \"demo-admin\" cannot list resource \"secrets\" in "
          + "API group \"\" in the namespace \"web\"\nhint: "))
    let both = try await run("get", "secrets,services", "-o", "name")
    #expect(both.status == 1 && both.text == "service/hello\n" && both.errorText.contains("secrets is forbidden"))

    // Namespaces may not be listed, pods of one namespace may be.
    demo.faults = Faults()
    demo.faults.onlyNamespaces = ["web"]
    #expect(
      try await run("get", "namespaces").errorText.hasPrefix("Error from server (Forbidden): namespaces is forbid"))
    #expect(try await run("get", "pods", "-A").status == 1)
    let pods = try await run("get", "pods", "-o", "name")
    #expect(pods.status == 0 && pods.text.split(separator: "\n").count == 3 && pods.errorText == "", "\(pods)")
    #expect(try await run("logs", "deploy/hello", "--tail", "1").status == 0)
    let events = try await run("events")
    #expect(events.status == 0, "\(events)")
    let everywhere = try await run("check", "-A")
    #expect(
      everywhere.status == 2 && everywhere.errorText.hasPrefix("error: not everything could be read: pods, nodes,"),
      "\(everywhere)")

    // Credentials that are not taken.
    demo.faults = Faults()
    demo.faults.token = "right"
    for arguments in [["get", "pods"], ["events"], ["logs", "x"]] {
      let result = try await Podmedic.run(arguments, kubeconfig: config)
      #expect(result.status == 1, "\(result)")
      #expect(
        result.errorText.hasPrefix("error: You must be logged in to the server (Unauthorized)\nhint: "), "\(result)")
    }
    #expect(try await run("check").status == 2)

    // A server that drops every answer in the middle, and one that has too much to do.
    demo.faults = Faults()
    demo.faults.droppedPerMille = 1000
    let dropped = try await run("get", "pods")
    #expect(dropped.status == 1 && dropped.text == "" && !dropped.errorText.isEmpty, "\(dropped)")
    demo.faults = Faults()
    demo.faults.throttledPerMille = 1000
    let busy = try await run("get", "pods", "--request-timeout", "3s")
    #expect(busy.status == 1 && busy.errorText.contains("too many requests"), "\(busy)")
    demo.faults = Faults()
    demo.faults.isDown = true
    let down = try await run("get", "pods")
    #expect(down.status == 1 && down.errorText.hasPrefix("Unable to connect to the server: "), "\(down)")
    await demo.stop()
  }

  /// A server that is none of Kubernetes' and answers `{}` to everything: kubectl's words, and nothing is sent but reads.
  @Test func aServerThatAnswersNothingOfUse() async throws {
    let folder = try TemporaryFolder()
    let script = """
      cd \(folder.url.path)
      coproc exec python3 -u -c '
      import http.server
      class Answer(http.server.BaseHTTPRequestHandler):
        def answer(self):
          if self.command != "GET": open("changes", "a").write(self.command + " " + self.path + "\\n")
          self.send_response(200)
          self.send_header("Content-Type", "application/json")
          self.end_headers()
          self.wfile.write(b"{}")
        do_GET = do_PATCH = do_PUT = do_POST = do_DELETE = answer
        def log_message(self, *rest): pass
      server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
      print(server.server_port)
      server.serve_forever()'
      trap 'kill -KILL "$COPROC_PID"' EXIT
      read -r port <&"${COPROC[0]}"
      for arguments in 'get pods' 'get pod x' 'get pods -o json' 'get pods -w' 'get deploy' 'get nope' 'get all' \
        'logs x' 'cordon n1' 'drain n1' 'drain -l a=b' 'drain n1 --plan' 'events' 'events -o json' 'check' \
        '--save-screen picture'; do
        "$podmedic" -s "http://127.0.0.1:$port" $arguments </dev/null >output 2>message
        echo "$arguments: $? $(head -n 1 output | head -c 20)$(head -n 1 message)"
      done
      [ ! -e changes ] || cat changes
      """
    let result = try await Podmedic.bash(script)
    #expect(
      result.text == """
        get pods: 1 error: the server doesn't have a resource type "pods"
        get pod x: 1 error: the server doesn't have a resource type "pod"
        get pods -o json: 1 error: the server doesn't have a resource type "pods"
        get pods -w: 1 error: the server doesn't have a resource type "pods"
        get deploy: 1 error: the server doesn't have a resource type "deploy"
        get nope: 1 error: the server doesn't have a resource type "nope"
        get all: 1 error: the server doesn't have a resource type "all"
        logs x: 1 error: the server doesn't have a resource type "pod"
        cordon n1: 1 error: the server doesn't have a resource type "nodes"
        drain n1: 1 error: the server doesn't have a resource type "nodes"
        drain -l a=b: 1 error: the server doesn't have a resource type "nodes"
        drain n1 --plan: 2 error: the server serves no kinds of objects
        events: 1 error: the server serves no kinds of objects
        events -o json: 1 error: the server's answer is no object of Kubernetes'
        check: 2 error: the server serves no kinds of objects
        --save-screen picture: 1 error: the server serves no kinds of objects

        """, "\(result)")
  }

  @Test func anExpiredCertificate() async throws {
    let folder = try TemporaryFolder()
    let script = """
      set -e; cd \(folder.url.path)
      openssl ecparam -name prime256v1 -genkey -noout -out key
      openssl req -new -key key -subj /CN=x -out request
      openssl x509 -req -in request -signkey key -days -1 -extfile <(echo subjectAltName=IP:127.0.0.1) -out certificate
      coproc exec openssl s_server -accept 127.0.0.1:0 -cert certificate -key key
      trap 'kill -KILL "$COPROC_PID"' EXIT
      while read -r word address rest; do [ "$word" = ACCEPT ] && break; done <&"${COPROC[0]}"
      printf 'clusters: [{name: c, cluster: {server: "https://%s", certificate-authority: certificate}}]\\n' "$address" >config
      printf 'contexts: [{name: here, context: {cluster: c}}]\\ncurrent-context: here\\n' >>config
      "$podmedic" get pods --kubeconfig config 2>message && status=0 || status=$?
      echo "$status"; cat message
      """
    let result = try await Podmedic.bash(script)
    #expect(result.text.hasPrefix("1\nUnable to connect to the server: x509: certificate has expired"), "\(result)")
    #expect(result.text.contains("\nhint: "), "\(result)")
  }
}
