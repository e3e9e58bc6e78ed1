import DataFiles
import EventLoop
import Foundation
import HTTPTransport
import KubeClient
import KubeConfig
import TestSupport
import Testing

@testable import Session

/// A client with a user's credentials on a scripted server; files and plugins are real, the clock is the test's.
private final class UserRun {
  let clock = ManualClock()
  let loop: Loop
  let transport = ScriptedTransport()
  let folder: TemporaryFolder
  let authenticator: ConnectionAuthenticator
  let client: KubeClient
  private(set) var results: [Result<APIResponse, APIFailure>] = []

  init(
    _ folder: TemporaryFolder, server: String = "https://test", kuberc: String = "off",
    _ configure: (inout ConnectionConfig) throws -> Void
  ) throws {
    self.folder = folder
    loop = try Loop(clock: clock)
    var connection = ConnectionConfig(server: try ServerURL(server))
    try configure(&connection)
    authenticator = ConnectionAuthenticator(
      connection, loop: loop, transport: transport, fileSystem: DiskFileSystem(),
      environment: ["PATH": "/usr/bin:/bin", "KUBERC": kuberc])
    client = KubeClient(
      endpoint: Endpoint(url: server), loop: loop, transport: transport, authenticator: authenticator,
      userAgent: "test")
  }

  /// A user whose plugin counts its runs and prints the token `t1`, then `t2` and so on.
  static func withPlugin(
    server: String = "https://test", kuberc: String = "off", expiration: String = "", ending: String = ""
  ) throws -> UserRun {
    let folder = try TemporaryFolder()
    let expiry = expiration.isEmpty ? "" : #","expirationTimestamp":"\#(expiration)""#
    let script = """
      #!/bin/sh
      echo run >> "$COUNT"
      \(ending)
      echo '{"apiVersion":"\(ExecConfig.v1)","kind":"ExecCredential","status":{"token":"t'$(wc -l < "$COUNT")'"\(expiry)}}'
      """
    let plugin = try folder.program("plugin", script)
    return try UserRun(folder, server: server, kuberc: kuberc) { connection in
      var config = ExecConfig()
      config.command = plugin.path
      config.apiVersion = ExecConfig.v1
      config.interactiveMode = "Never"
      config.environment = [.init(name: "COUNT", value: Secret(folder.url.path + "/count"))]
      connection.authentication = .exec(config)
    }
  }

  /// How often the plugin has run.
  var runs: Int {
    let text = try? String(contentsOf: folder.url.appendingPathComponent("count"), encoding: .utf8)
    return text?.split(separator: "\n").count ?? 0
  }

  /// Sends requests at the same time; returns what they were authorized with.
  @discardableResult
  func send(_ count: Int = 1) throws -> [String?] {
    let before = transport.started.count
    for _ in 0..<count { client.send(APIRequest(path: "/x")) { [weak self] in self?.results.append($0) } }
    try settle()
    return transport.started[before...].map { $0.header("Authorization") }
  }

  func settle() throws {
    // A plugin is another process: this bound is for a machine with much to do.
    try #require(loop.runUntilIdle(limit: .seconds(60)))
  }

  /// Answers all open requests; returns what those were authorized with that came of it.
  @discardableResult
  func answer(status: Int) throws -> [String?] {
    let before = transport.started.count
    for request in transport.open { transport.answer(request, status: status, "{}") }
    try settle()
    return transport.started[before...].map { $0.header("Authorization") }
  }

  /// Has all open requests fail.
  func fail(_ failure: TransportFailure) throws {
    for request in transport.open { transport.send(.failed(failure), to: request) }
    try settle()
  }

  var lastFailure: APIFailure? { if case .failure(let failure) = results.last { failure } else { nil } }
}

@Suite struct ConnectionAuthenticatorTests {
  private func withTokenFile() throws -> UserRun {
    let folder = try TemporaryFolder()
    let file = try folder.file("token", Data("one\n".utf8))
    return try UserRun(folder) { $0.authentication = .tokenFile(path: file.path, fallback: nil) }
  }

  @Test func aTokenFileIsReadAgainAfterAWhile() throws {
    let run = try withTokenFile()
    #expect(try run.send() == ["Bearer one"])
    _ = try run.folder.file("token", Data("two".utf8))
    run.clock.advance(by: .seconds(49))
    #expect(try run.send() == ["Bearer one"])
    run.clock.advance(by: .seconds(1))
    #expect(try run.send() == ["Bearer two"])
  }

  @Test func aRefusedTokenIsReadAgainAndTriedOnce() throws {
    let run = try withTokenFile()
    try run.send()
    _ = try run.folder.file("token", Data("two".utf8))
    run.clock.advance(by: .seconds(1))
    #expect(try run.answer(status: 401) == ["Bearer two"])
    #expect(run.results.isEmpty)
    #expect(try run.answer(status: 401) == [])
    #expect(run.lastFailure?.code == 401)
  }

  @Test func aTokenThatIsTheSameIsNotTriedAgain() throws {
    let run = try withTokenFile()
    try run.send()
    #expect(try run.answer(status: 401) == [])
    #expect(run.lastFailure?.code == 401)
  }

  @Test func aPluginRunsOnceForRequestsAtTheSameTime() throws {
    let run = try UserRun.withPlugin()
    #expect(try run.send(3) == ["Bearer t1", "Bearer t1", "Bearer t1"])
    run.clock.advance(by: .seconds(100_000))
    #expect(try run.send() == ["Bearer t1"], "without an expiry it is used until it is refused")
    #expect(run.runs == 1)
  }

  @Test func aPluginRunsAgainWhenItsCredentialExpires() throws {
    let run = try UserRun.withPlugin(expiration: "2024-01-01T00:01:00Z")
    #expect(try run.send() == ["Bearer t1"])
    run.clock.advance(by: .seconds(60))
    #expect(try run.send() == ["Bearer t1"])
    run.clock.advance(by: .seconds(1))
    #expect(try run.send(2) == ["Bearer t2", "Bearer t2"])
  }

  @Test func aRefusedPluginRunsOnceMore() throws {
    let run = try UserRun.withPlugin()
    try run.send(2)
    #expect(try run.answer(status: 401) == ["Bearer t2", "Bearer t2"])
    #expect(run.runs == 2)
    try run.answer(status: 401)
    #expect(run.results.count == 2 && run.lastFailure?.code == 401)
    // A server that refuses everything does not make the plugin run for every request.
    try run.send()
    try run.answer(status: 401)
    #expect(run.runs == 2 && run.results.count == 3)
  }

  @Test func aFailingPluginIsLeftAloneForAWhileUnlessAPersonAsks() throws {
    let run = try UserRun.withPlugin(ending: "echo 'log in first' >&2; exit 3")
    try run.send(2)
    #expect(run.results.count == 2 && run.runs == 1 && run.transport.started.isEmpty)
    let sentence = try #require(run.lastFailure?.sentence)
    #expect(sentence.contains("failed with exit code 3") && sentence.contains("log in first"))
    try run.send()
    #expect(run.results.count == 3 && run.runs == 1)
    run.authenticator.retry()
    try run.send()
    #expect(run.runs == 2)
    run.clock.advance(by: .seconds(11))
    try run.send()
    #expect(run.runs == 3)
  }

  @Test func aMissingPluginIsNamed() throws {
    let run = try UserRun(try TemporaryFolder()) { connection in
      var config = ExecConfig()
      config.command = "podmedic-test-no-such-plugin"
      config.apiVersion = ExecConfig.v1
      config.interactiveMode = "Never"
      config.installHint = "Install it."
      connection.authentication = .exec(config)
    }
    try run.send()
    let sentence = try #require(run.lastFailure?.sentence)
    #expect(sentence.contains("executable podmedic-test-no-such-plugin not found") && sentence.contains("Install it."))
  }

  @Test func aPluginThatThePolicyForbidsDoesNotRun() throws {
    let policy = try TemporaryFolder()
    let kuberc = try policy.file("kuberc", Data("credentialPluginPolicy: DenyAll\n".utf8))
    let run = try UserRun.withPlugin(kuberc: kuberc.path)
    try run.send()
    #expect(run.runs == 0 && run.transport.started.isEmpty)
    #expect(run.lastFailure?.sentence.contains("not allowed") == true)
  }

  @Test func aChangedClientCertificateMakesOtherConnections() throws {
    let folder = try TemporaryFolder()
    let certificate = try folder.file("crt", Data("first".utf8))
    let key = try folder.file("key", Data("key".utf8))
    let run = try UserRun(folder) { connection in
      connection.authentication = .clientCertificate
      connection.tls?.clientCertificate = .init(certificate: .file(certificate.path), key: .file(key.path))
    }
    try run.send()
    _ = try folder.file("crt", Data("second".utf8))
    try run.send()
    run.clock.advance(by: .seconds(300))
    try run.send()
    let options = run.transport.started.map(\.request.options)
    #expect(options.map(\.clientCertificate) == ["first", "first", "second"].map { PEM(Array($0.utf8)) })
    // The transport shares connections between equal options only.
    #expect(options[0] == options[1] && options[1] != options[2])
  }

  /// The server says only "Unauthorized"; why is known here.
  @Test func anExpiredCertificateIsNamedWhenItIsRefused() throws {
    let folder = try TemporaryFolder()
    let certificate = try folder.file("certificate", Data(SampleCertificate.short.utf8))
    let key = try folder.file("key", Data("key".utf8))
    let run = try UserRun(folder) { connection in
      connection.authentication = .clientCertificate
      connection.tls?.clientCertificate = .init(certificate: .file(certificate.path), key: .file(key.path))
    }
    try run.send()
    try run.answer(status: 401)
    let sentence = try #require(run.lastFailure?.sentence)
    #expect(sentence.hasPrefix("error: You must be logged in to the server ("))
    #expect(sentence.hasSuffix(": the client certificate expired on 2021-02-03T04:05:06Z)"))
  }

  /// Which of many kubeconfigs and files is at fault is what a person must know.
  @Test func aCertificateThatCannotBeUsedIsNamedWithItsPlace() throws {
    let folder = try TemporaryFolder()
    let certificate = try folder.file("certificate", Data("certificate".utf8)).path
    let place = ConnectionConfig.ClientCertificate(certificate: .file(certificate), key: .inline(Secret("key")))
    let run = try UserRun(folder) { connection in
      connection.userName = "me"
      connection.authentication = .clientCertificate
      connection.tls?.clientCertificate = place
    }
    try run.send()
    try run.fail(.clientCertificate(reason: "the key does not belong to the certificate"))
    #expect(
      run.lastFailure?.sentence == """
        Unable to connect to the server: client certificate: \(certificate) with the key client-key-data of user "me": \
        the key does not belong to the certificate
        """)
  }

  @Test func nothingIsSentToAPlainHTTPServer() throws {
    let run = try UserRun(try TemporaryFolder(), server: "http://test") { connection in
      connection.authentication = .token(Secret("secret"))
    }
    #expect(try run.send() == [nil])
    let plugin = try UserRun.withPlugin(server: "http://test")
    #expect(try plugin.send() == [nil])
    #expect(plugin.runs == 0)
    for request in run.transport.started + plugin.transport.started {
      #expect(!request.request.headers.contains { $0.value.contains("secret") })
    }
  }

  @Test func userNameAndPasswordAreSentAsHTTPHasThem() throws {
    let run = try UserRun(try TemporaryFolder()) { connection in
      connection.authentication = .basic(username: "jo", password: Secret("pw"))
    }
    #expect(try run.send() == ["Basic am86cHc="])
    #expect(try run.answer(status: 401) == [])
  }
}
