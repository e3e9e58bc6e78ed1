import Foundation
import Glibc
import Kube
import TestSupport
import Testing

/// The podmedic that was built together with the tests.
enum Podmedic {
  static let path: String = {
    let own = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? "/proc/self/exe"
    return URL(fileURLWithPath: own).resolvingSymlinksInPath().deletingLastPathComponent().path + "/podmedic"
  }()

  /// Nothing of the machine's user is read; kubectl has nowhere to keep what it learns.
  static let environment = [
    "KUBECACHEDIR": "/dev/null/none",
    "HOME": "/nonexistent", "XDG_STATE_HOME": "/dev/null/none", "KUBECONFIG": "/nonexistent/kubeconfig",
    "KUBERC": "off", "SWIFT_BACKTRACE": "enable=no",
    "NO_PROXY": "*", "LC_ALL": "C.UTF-8",
  ]

  static func run(_ arguments: [String], kubeconfig: String? = nil) async throws -> CommandResult {
    try await TestSupport.run([path] + arguments, environment: environment(kubeconfig), seconds: 60)
  }

  /// Runs a script of bash in which `$podmedic` is the program.
  static func bash(_ script: String, kubeconfig: String? = nil) async throws -> CommandResult {
    var environment = environment(kubeconfig)
    environment["podmedic"] = path
    return try await TestSupport.run(["bash", "-c", script], environment: environment, seconds: 60)
  }

  private static func environment(_ kubeconfig: String?) -> [String: String] {
    environment.merging(kubeconfig.map { ["KUBECONFIG": $0] } ?? [:]) { $1 }
  }

  /// A kubeconfig with one context, `here`, that leads to a server.
  static func kubeconfig(_ folder: TemporaryFolder, server: String) throws -> String {
    let text = """
      clusters: [{name: c, cluster: {server: "\(server)"}}]
      contexts: [{name: here, context: {cluster: c, user: me, namespace: shop}}, {name: other, context: {cluster: c}}]
      users: [{name: me, user: {}}]
      current-context: here
      """
    return try folder.file("config", Data(text.utf8)).path
  }
}

/// `podmedic demo --serve` for as long as this lives.
final class Demo: Sendable {
  let folder: TemporaryFolder
  let kubeconfig: String
  let port: String
  private let process: pid_t

  /// Closes what was inherited besides the standard streams, then becomes the command.
  private static let closing =
    #"for f in /proc/self/fd/*; do f=${f##*/}; [ "$f" -le 2 ] || eval "exec $f>&-"; done; exec "$@""#

  /// `time`: the cluster stands still at it.
  init(_ scenario: String, at time: String? = nil) throws {
    folder = try TemporaryFolder()
    var output: [Int32] = [0, 0]
    try #require(pipe(&output) == 0)
    let (reading, writing) = (output[0], output[1])
    for end in output { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(reading) }
    // Should the tests be killed, it ends all the same.
    let command =
      [
        "bash", "-c", Self.closing, "bash", "timeout", "900", Podmedic.path, "demo", scenario, "--serve", "--port", "0",
      ] + (time.map { ["--at", $0] } ?? [])
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, writing, STDOUT_FILENO)
    // Not Foundation's Process: its children inherit that the tests' threads block signals, and nothing ends them.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var arguments: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let failure = posix_spawnp(&process, "bash", &actions, &attributes, &arguments, environ)
    close(writing)
    try #require(failure == 0)
    self.process = process
    // It is written in one piece, as soon as there is a server.
    var waiting = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
    try #require(poll(&waiting, 1, 60_000) == 1, "the demo does not start")
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(reading, &bytes, bytes.count)
    let text = Data(bytes.prefix(max(0, count)))
    kubeconfig = try folder.file("config", text).path
    let server = String(decoding: text, as: UTF8.self).split(separator: "\n").first { $0.contains("server:") }
    port = try #require(server?.split(separator: ":").last.map(String.init))
  }

  deinit {
    kill(process, SIGTERM)
    waitpid(process, nil, 0)
  }

  func run(_ arguments: String...) async throws -> CommandResult {
    try await Podmedic.run(arguments, kubeconfig: kubeconfig)
  }
}

/// Something that answers every connection with the same bytes.
final class WebServer: Sendable {
  let port: UInt16
  private let descriptor: Int32

  init(_ answer: String) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    try #require(isBound)
    self.descriptor = descriptor
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread {
      while true {
        let connection = accept(descriptor, nil, nil)
        if connection < 0 { return }
        var request = [UInt8](repeating: 0, count: 4096)
        _ = read(connection, &request, request.count)
        let bytes = Array(answer.utf8)
        _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        close(connection)
      }
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }
}

@Suite struct FailureTests {
  /// What a script sees: nothing on standard output, these lines on standard error, this status.
  private func expect(
    _ arguments: [String], _ kubeconfig: String?, status: Int32, _ lines: [String],
    _ location: SourceLocation = #_sourceLocation
  ) async throws {
    let result = try await Podmedic.run(arguments, kubeconfig: kubeconfig)
    #expect(result.status == status, "\(result)", sourceLocation: location)
    #expect(result.text == "", sourceLocation: location)
    #expect(result.errorText.split(separator: "\n").map(String.init) == lines, sourceLocation: location)
  }

  @Test func configurationsThatCannotBeUsed() async throws {
    let folder = try TemporaryFolder()
    let config = try Podmedic.kubeconfig(folder, server: "http://127.0.0.1:1")
    try await expect(
      ["get", "pods", "--context", "nowhere"], config, status: 1,
      [
        "Error in configuration: context was not found for specified context: nowhere",
        "hint: \"podmedic contexts\" lists the contexts there are.",
      ])
    try await expect(
      ["get", "pods", "--kubeconfig", "/nonexistent/x"], nil, status: 1,
      ["error: stat /nonexistent/x: no such file or directory", "hint: Check the path given with --kubeconfig."])
    withExtendedLifetime(folder) {}
  }

  @Test func serversThatCannotBeUsed() async throws {
    let folder = try TemporaryFolder()
    let refused = try Podmedic.kubeconfig(folder, server: "http://127.0.0.1:1")
    let sentence = "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?"
    let hint = "hint: Is the cluster running? \"podmedic doctor\" shows which address is used and why."
    try await expect(["get", "pods"], refused, status: 1, [sentence, hint])
    try await expect(["check"], refused, status: 2, [sentence, hint])
    let web = try WebServer("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")
    let other = try Podmedic.kubeconfig(folder, server: "http://127.0.0.1:\(web.port)")
    let advice = "hint: Is the address that of a Kubernetes API server? \"podmedic doctor\" shows it."
    try await expect(
      ["get", "pods"], other, status: 1, ["error: the server's answer is no list (text/html)", advice])
    let result = try await Podmedic.run(["check"], kubeconfig: other)
    #expect(result.status == 2 && result.errorText.contains("the server's answer is no JSON"), "\(result)")
    withExtendedLifetime((folder, web)) {}
  }

  @Test func wrongCommandLines() async throws {
    let folder = try TemporaryFolder()
    let config = try Podmedic.kubeconfig(folder, server: "http://127.0.0.1:1")
    let table: [(line: String, status: Int32)] = [
      // kubectl's own commands end as kubectl's do; the others keep 1 and 2 for what they find.
      ("get --no-such-flag", 1), ("get pods --chunk-size=-1", 1), ("-n shop logs", 1), ("events --at now", 1),
      ("drain --no-such-flag", 1), ("findings x", 64), ("check --fail-on nothing", 64), ("--no-such-flag", 64),
    ]
    for (line, status) in table {
      let result = try await Podmedic.run(line.split(separator: " ").map(String.init), kubeconfig: config)
      #expect(result.status == status && result.text == "" && !result.errorText.isEmpty, "\(result)")
    }
    #expect(try await Podmedic.run(["get", "--help"]).status == 0)
    withExtendedLifetime(folder) {}
  }

  @Test func anythingThatOnlyClosesIsNoAnswer() async throws {
    let web = try WebServer("")
    let folder = try TemporaryFolder()
    let config = try Podmedic.kubeconfig(folder, server: "http://127.0.0.1:\(web.port)")
    let result = try await Podmedic.run(["version"], kubeconfig: config)
    withExtendedLifetime((folder, web)) {}
    #expect(result.status == 1 && result.errorText.hasPrefix("Unable to connect to the server: "), "\(result)")
  }
}

@Suite struct LocalCommandTests {
  @Test func contexts() async throws {
    let folder = try TemporaryFolder()
    let config = try Podmedic.kubeconfig(folder, server: "http://127.0.0.1:1")
    let result = try await Podmedic.run(["contexts"], kubeconfig: config)
    #expect(
      result.text == """
        CURRENT   NAME    CLUSTER   AUTHINFO   NAMESPACE
        *         here    c         me         shop
                  other   c                    \n
        """)
  }

  @Test func findings() async throws {
    let all = try await Podmedic.run(["findings"])
    #expect(all.status == 0 && all.text.contains("pod.image-pull") && all.text.hasPrefix("CODE "), "\(all)")
    let some = try await Podmedic.run(["findings", "node"])
    #expect(some.text.hasPrefix("node.") && !some.text.contains("\npod."))
  }

  @Test func findingsAndHistoryAsJSON() async throws {
    let findings = try JSONValue(parsing: try await Podmedic.run(["findings", "-o", "json"]).text)
    #expect(findings["apiVersion"] == "podmedic.dev/v1" && findings["kind"] == "FindingList")
    let killed = findings["items"]?.array?.first { $0["code"] == "pod.oom-killed" }
    #expect(killed?["severity"] == "critical" && killed?["playbook"] == "oom-killed")
    let folder = try TemporaryFolder()
    let history = try await Podmedic.bash("XDG_STATE_HOME='\(folder.path)' \"$podmedic\" history -o json")
    let journal = try JSONValue(parsing: history.text)
    #expect(history.status == 0 && journal["kind"] == "History" && journal["items"]?.array?.isEmpty == true)
  }

  @Test func glossary() async throws {
    let all = try await Podmedic.run(["glossary"])
    #expect(all.status == 0 && all.text.hasPrefix("TERM ") && all.text.contains("\nfinalizer "), "\(all)")
    let words = try await Podmedic.run(["glossary", "network", "namespace"])
    #expect(words.status == 0 && words.text.hasPrefix("Linux namespaces\n"), "\(words)")
    let alias = try await Podmedic.run(["glossary", "poddisruptionbudget"])
    #expect(alias.status == 0 && alias.text.hasPrefix("PDB\nalso: PodDisruptionBudget"), "\(alias)")
    #expect(alias.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    let json = try await Podmedic.run(["glossary", "taint", "-o", "json"])
    let document = try JSONValue(parsing: json.text)
    #expect(document["kind"]?.string == "GlossaryTerm" && document["name"]?.string == "taint", "\(json)")
    let list = try JSONValue(parsing: try await Podmedic.run(["glossary", "-o", "json"]).text)
    #expect((list["terms"]?.array?.count ?? 0) >= 60)
    let unknown = try await Podmedic.run(["glossary", "finaliser"])
    #expect(
      unknown.status == 1 && unknown.text == ""
        && unknown.errorText
          == "error: the glossary has no term \"finaliser\"\nhint: Did you mean \"finalizer\"?\n",
      "\(unknown)")
  }

  @Test func lint() async throws {
    let own = try await Podmedic.run(["lint"])
    #expect(
      own.status == 0 && own.text == ""
        && own.errorText == "all screens, playbooks, terms, aliases, hotkeys and the configuration are well\n",
      "\(own)")
    let folder = try TemporaryFolder()
    let file = try folder.file("x.yaml", Data("nonsense: [\n".utf8))
    let broken = try await Podmedic.run(["lint", file.path])
    #expect(broken.status == 1, "\(broken)")
    for text in ["", "# nothing\n"] {
      let folder = try TemporaryFolder()
      let empty = try folder.file("x.yaml", Data(text.utf8))
      let result = try await Podmedic.run(["lint", empty.path])
      #expect(
        result.status == 1
          && result.text == "\(empty.path):1:1: the file is empty: there is no screen, playbook or glossary in it\n",
        "\(result)")
    }
  }

  @Test func theVersionNeedsNoServer() async throws {
    let result = try await Podmedic.run(["version", "--client"])
    #expect(result.status == 0 && result.text.hasPrefix("podmedic: v"))
    #expect(result.text == "podmedic: v" + (try await Podmedic.run(["--version"])).text)
  }

  @Test func thePluginIsCalledAsKubectlCallsIt() async throws {
    let folder = try TemporaryFolder()
    let link = folder.url.appendingPathComponent("kubectl-podmedic")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: Podmedic.path)
    let result = try await TestSupport.run([link.path, "get", "--help"], environment: Podmedic.environment)
    #expect(result.text.contains("USAGE: kubectl podmedic get "), "\(result)")
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) async throws {
    let result = try await Podmedic.run(["--generate-completion-script", shell])
    #expect(result.status == 0 && result.text.contains("podmedic") && result.text.contains("field-selector"))
    guard shell == "bash" else { return }
    let folder = try TemporaryFolder()
    let script = try folder.file("script", result.output)
    let check = try await TestSupport.run(["bash", "-n", script.path])
    #expect(check.status == 0, "\(check)")
  }

  @Test func aReaderThatIsGoneIsNothingToTalkAbout() async throws {
    let result = try await Podmedic.bash(
      #"exec 3> >(exit 0); wait $!; "$podmedic" findings >&3; echo $?"#)
    #expect(result.text == "141\n" && result.errorText == "", "\(result)")
  }
}
