import DataFiles
import EventLoop
import Foundation
import HTTPTransport
import KubeClient
import KubeConfig
import TestSupport
import Testing

@testable import Session

/// A legacy OIDC provider whose issuer is the test.
@Suite struct OIDCRefreshTests {
  private final class IssuerRun {
    let folder: TemporaryFolder
    let file: String
    let clock = ManualClock()
    let loop: Loop
    let transport = ScriptedTransport()
    let authenticator: ConnectionAuthenticator
    var results: [String] = []
    var remarks: [String] = []

    init(_ settings: String, before: String = "", after: String = "") throws {
      folder = try TemporaryFolder()
      let text = """
        apiVersion: v1
        # a comment that stays
        clusters: [{name: c, cluster: {server: "https://test"}}]
        contexts: [{name: x, context: {cluster: c, user: ünï}}]
        current-context: x
        users:
        - name: other
          user: {auth-provider: {name: oidc, config: {id-token: untouched, refresh-token: r1}}}
        - name: ünï
          user:
            auth-provider:
              name: oidc
              config:
        \(settings)
        """
      file = try folder.file("config", Data(text.utf8)).path
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
      var overrides = ConnectionOverrides()
      overrides.kubeconfig = file
      let connection = try ConnectionResolver(
        environment: [:], fileSystem: DiskFileSystem(), workingDirectory: folder.url.path
      ).connection(overrides)
      loop = try Loop(clock: clock)
      authenticator = ConnectionAuthenticator(
        connection, loop: loop, transport: transport, fileSystem: DiskFileSystem(), environment: [:])
      authenticator.onRemark = { [weak self] in self?.remarks.append($0) }
    }

    func ask() {
      authenticator.credentials { [self] result in
        switch result {
        case .success(let credentials): results.append(credentials.authorization ?? "none")
        case .failure(let failure): results.append(failure.message)
        }
      }
    }

    /// Answers the request that waits; answers what it was.
    @discardableResult
    func answer(_ body: String, status: Int = 200) throws -> HTTPRequest {
      let request = try #require(transport.open.first)
      transport.answer(request, status: status, body)
      return request.request
    }

    var text: String { get throws { try String(contentsOfFile: file, encoding: .utf8) } }
  }

  private static func token(_ expiry: Int) -> String {
    let claims = Data(#"{"exp":\#(expiry)}"#.utf8).base64EncodedString()
    return "h.\(claims.replacingOccurrences(of: "=", with: "")).s"
  }

  private static let expired = token(1000)
  private static let fresh = token(4_000_000_000)
  private static let discovery = #"{"issuer":"https://idp.example","token_endpoint":"https://idp.example/token"}"#

  private static func settings(_ more: String) -> String {
    """
            idp-issuer-url: https://idp.example/
            client-id: kube client
            client-secret: s&cret
    \(more)
    """
  }

  @Test func anExpiredTokenIsRefreshedAndWrittenBack() throws {
    let run = try IssuerRun(
      Self.settings("        id-token: \(Self.expired)  # old\n        refresh-token: 'r/1'\n        extra: kept"))
    run.ask()
    run.ask()
    #expect(run.transport.started.count == 1, "one refresh for all who wait")
    let discovery = try run.answer(Self.discovery)
    #expect(discovery.method == "GET" && discovery.url == "https://idp.example/.well-known/openid-configuration")
    let refresh = try run.answer(#"{"id_token":"\#(Self.fresh)","access_token":"a","refresh_token":"r/2"}"#)
    #expect(refresh.method == "POST" && refresh.url == "https://idp.example/token")
    #expect(String(decoding: refresh.body ?? [], as: UTF8.self) == "grant_type=refresh_token&refresh_token=r%2F1")
    let basic = Data("kube+client:s%26cret".utf8).base64EncodedString()
    #expect(refresh.headers.first { $0.name == "Authorization" }?.value == "Basic \(basic)")
    #expect(run.results == ["Bearer \(Self.fresh)", "Bearer \(Self.fresh)"])
    let text = try run.text
    #expect(
      text.contains("        id-token: \"\(Self.fresh)\"  # old\n        refresh-token: \"r/2\"\n        extra: kept"))
    #expect(text.contains("# a comment that stays") && text.contains("id-token: untouched, refresh-token: r1"))
    let mode = try FileManager.default.attributesOfItem(atPath: run.file)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(try FileManager.default.contentsOfDirectory(atPath: run.folder.url.path) == ["config"])
    run.ask()
    #expect(run.results.count == 3 && run.transport.started.count == 2)
  }

  @Test func issuersThatWantTheSecretInTheFormGetItThere() throws {
    let run = try IssuerRun(Self.settings("        refresh-token: r1"))
    run.ask()
    try run.answer(Self.discovery)
    try run.answer(#"{"error":"invalid_client"}"#, status: 401)
    let second = try run.answer(#"{"id_token":"\#(Self.fresh)"}"#)
    #expect(!second.headers.contains { $0.name == "Authorization" })
    #expect(
      String(decoding: second.body ?? [], as: UTF8.self)
        == "grant_type=refresh_token&refresh_token=r1&client_id=kube+client&client_secret=s%26cret")
    #expect(run.results == ["Bearer \(Self.fresh)"])
    #expect(try run.text.contains("id-token: \"\(Self.fresh)\"\n        idp-issuer-url"), "a missing key is added")
  }

  @Test func aRefusedRefreshTokenIsTold() throws {
    let run = try IssuerRun(Self.settings("        id-token: \(Self.expired)\n        refresh-token: r1"))
    let before = try run.text
    run.ask()
    try run.answer(Self.discovery)
    for _ in 0..<2 {
      try run.answer(#"{"error":"invalid_grant","error_description":"Session\u001b gone"}"#, status: 400)
    }
    let hint = "Log in again, or replace auth-provider by exec with \"kubectl oidc-login\"."
    #expect(run.results == ["failed to refresh token: oauth2: \"invalid_grant\" \"Session^[ gone\"\n\(hint)"])
    #expect(try run.text == before)
    run.ask()
    #expect(run.transport.started.count == 3, "not asked again at once")
    run.clock.advance(by: .seconds(11))
    run.ask()
    #expect(run.transport.started.count == 4)
  }

  @Test(arguments: [
    ("        idp-issuer-url: https://i\n        refresh-token: r", "Must provide client-id"),
    ("        client-id: c\n        refresh-token: r", "Must provide idp-issuer-url"),
    (
      "        client-id: c\n        idp-issuer-url: https://i",
      "No valid id-token, and cannot refresh without refresh-token"
    ),
    (
      "        client-id: c\n        idp-issuer-url: http://i\n        refresh-token: r",
      "the refresh token is not sent to http://i: it is not https"
    ),
    (
      "        client-id: c\n        idp-issuer-url: https://i\n        id-token: x",
      "the id-token of the kubeconfig is not a JSON Web Token with an expiry"
    ),
  ]) func whatIsMissingIsTold(settings: String, sentence: String) throws {
    let run = try IssuerRun(settings)
    run.ask()
    #expect(run.transport.started.isEmpty)
    #expect(run.results.first?.hasPrefix(sentence + "\n") == true, "\(run.results)")
  }

  @Test(arguments: [
    (200, "{}", "oidc: discovery object doesn't contain a token_endpoint"),
    (
      200, #"{"token_endpoint":"http://idp.example/token"}"#,
      "the refresh token is not sent to http://idp.example/token"
    ),
    (404, "<html>", "oidc: the issuer answered with status 404"),
    (200, "nothing", "the issuer's answer is no JSON object"),
  ]) func anIssuerThatIsNone(status: Int, body: String, sentence: String) throws {
    let run = try IssuerRun(Self.settings("        refresh-token: r1"))
    run.ask()
    try run.answer(body, status: status)
    #expect(run.results.first?.contains(sentence) == true, "\(run.results)")
    #expect(run.transport.open.isEmpty)
  }

  @Test func aTokenThatCannotBeWrittenIsUsedAllTheSame() throws {
    let run = try IssuerRun(Self.settings("        refresh-token: r1"))
    _ = try run.folder.file("config.lock", Data())
    let before = try run.text
    run.ask()
    try run.answer(Self.discovery)
    try run.answer(#"{"id_token":"\#(Self.fresh)","refresh_token":"r2"}"#)
    #expect(run.results == ["Bearer \(Self.fresh)"])
    #expect(try run.text == before)
    #expect(run.remarks.first?.hasPrefix("could not persist new tokens: locking ") == true, "\(run.remarks)")
  }
}
