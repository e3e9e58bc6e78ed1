import EventLoop
import Glibc
import Testing

@testable import HTTPTransport

/// Trust, names, client certificates and proxies, against TLS servers of another make.
@Suite struct TLSTests {
  let servers: TLSServers
  let client: Client

  init() throws {
    servers = try TLSServers.shared.get()
    client = try Client()
  }

  /// What the server saw, as its first line and the request's lines.
  func lines(_ outcome: Outcome) -> [String] {
    outcome.text.replacing("\r\n", with: "\n").split(separator: "\n").map(String.init)
  }

  func options(_ change: (inout ConnectionOptions) throws -> Void = { _ in }) throws -> ConnectionOptions {
    var options = ConnectionOptions(ca: try servers.pem("ca.crt"))
    try change(&options)
    return options
  }

  func run(_ server: String, host: String = "127.0.0.1", _ options: ConnectionOptions) throws -> Outcome {
    client.run(HTTPRequest(url: try servers.url(server, host: host), options: options))
  }

  @Test func theGivenAuthorityIsTrusted() throws {
    let outcome = try run("good", options())
    #expect(lines(outcome).first == "sni=None client= TLSv1.3")
    #expect(try lines(run("good", host: "localhost", options())).first == "sni=localhost client= TLSv1.3")
  }

  @Test func onlyTheGivenAuthorityIsTrusted() throws {
    for options in [ConnectionOptions(), ConnectionOptions(ca: try servers.pem("stranger.crt"))] {
      let failure = try run("good", options).failure
      guard case .tls(.unknownAuthority, _) = failure else { return #expect(Bool(false), "\(failure as Any)") }
    }
    // The first connection must not be used for a request that trusts others.
    #expect(try run("good", options()).isFinished)
    #expect(try run("good", ConnectionOptions(ca: servers.pem("stranger.crt"))).failure != nil)
  }

  @Test func expiredWrongHostAndOldAreToldApart() throws {
    let expired = try run("expired", options()).failure
    guard case .tls(.certificateExpired, _) = expired else { return #expect(Bool(false), "\(expired as Any)") }
    let wrong = try run("other", options()).failure
    guard case .tls(.wrongHost, _) = wrong else { return #expect(Bool(false), "\(wrong as Any)") }
    let old = try run("old", options()).failure
    guard case .tls(.other, _) = old else { return #expect(Bool(false), "\(old as Any)") }
  }

  @Test(arguments: [(Int64.max, false), (0, true)])
  func aServerOnTheSameMachineIsNotAskedToCompress(_ longestHandshake: Int64, _ asksAgain: Bool) throws {
    client.transport.longestLocalHandshake = longestHandshake
    let asks = "Accept-Encoding: gzip"
    // Until there is a connection nothing is known.
    #expect(try lines(run("good", options())).contains(asks))
    #expect(try lines(run("good", options())).contains(asks) == asksAgain)
  }

  @Test func requestsWaitForTheFirstAnswerToKnowWhetherToCompress() throws {
    client.transport.longestLocalHandshake = .max
    let request = HTTPRequest(url: try servers.url("good"), options: try options())
    let outcomes = (0..<3).map { _ in client.start(request) }
    #expect(client.wait { outcomes.allSatisfy(\.hasEnded) })
    #expect(outcomes.map { lines($0).contains("Accept-Encoding: gzip") } == [true, false, false])
  }

  @Test func unreadableAuthorityIsNamedSo() throws {
    for text in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
      let failure = try run("good", ConnectionOptions(ca: PEM(Array(text.utf8)))).failure
      guard case .tls(.unreadableAuthority, _) = failure else {
        return #expect(Bool(false), "\(text): \(failure as Any)")
      }
    }
  }

  @Test func insecureAcceptsAnything() throws {
    for server in ["good", "other", "expired"] {
      #expect(try run(server, ConnectionOptions(insecureSkipTLSVerify: true)).isFinished)
    }
    #expect(try run("other", options()).failure != nil)
  }

  @Test func theServerNameReplacesTheHostInTLSOnly() throws {
    let outcome = try run("other", options { $0.tlsServerName = "other.test" })
    #expect(lines(outcome).first == "sni=other.test client= TLSv1.3")
    #expect(lines(outcome).contains("Host: 127.0.0.1:\(try #require(servers.ports["other"]))"))
    #expect(lines(outcome).contains("GET / HTTP/1.1"))
    let wrong = try run("good", options { $0.tlsServerName = "other.test" }).failure
    guard case .tls(.wrongHost, _) = wrong else { return #expect(Bool(false), "\(wrong as Any)") }
  }

  @Test(arguments: ["mutual", "mutual12"])
  func clientCertificates(_ server: String) throws {
    let known = try run(
      server,
      options {
        $0.clientCertificate = try servers.pem("client.crt")
        $0.clientKey = try servers.pem("client.key")
      })
    #expect(lines(known).first?.contains("client=client ") == true)
    let none = try run(server, options()).failure
    // TLS 1.2 has no alert of its own for a missing certificate: the server just says that it cannot go on.
    if server == "mutual" {
      guard case .clientCertificate = none else { return #expect(Bool(false), "\(none as Any)") }
    }
    #expect(none != nil)
    let unknown = try run(
      server,
      options {
        $0.clientCertificate = try servers.pem("unknown.crt")
        $0.clientKey = try servers.pem("unknown.key")
      }
    ).failure
    guard case .clientCertificate = unknown else { return #expect(Bool(false), "\(unknown as Any)") }
  }

  @Test func unusableClientCertificatesAreNamedSoWithoutAskingForAPassword() throws {
    for (certificate, key, says) in [
      ("client.crt", "encrypted.key", "the key is encrypted"),
      ("client.crt", "unknown.key", "the key does not belong to the certificate"),
      ("client.crt", "client.crt", "there is no private key"),
      ("ca.key", "client.key", "there is no certificate in it"),
    ] {
      let failure = try run(
        "mutual",
        options {
          $0.clientCertificate = try servers.pem(certificate)
          $0.clientKey = try servers.pem(key)
        }
      ).failure
      guard case .clientCertificate(let reason) = failure else {
        return #expect(Bool(false), "\(certificate): \(failure as Any)")
      }
      #expect(reason.hasPrefix(says))
    }
  }

  @Test(arguments: ["http", "https", "socks5"])
  func aProxyConnectsByName(_ scheme: String) throws {
    let port = try #require(servers.ports[scheme == "https" ? "secureproxy" : "proxy"])
    let outcome = try run(
      "good", host: "other.proxied.test",
      options {
        $0.proxyURL = "\(scheme)://127.0.0.1:\(port)"
        $0.tlsServerName = "other.test"
      })
    #expect(outcome.events == ["head", "body", "finished"], "\(outcome.failure as Any)")
    #expect(outcome.head?.first("x-from-proxy") == nil)
    #expect(lines(outcome).first == "sni=other.test client= TLSv1.3")
    #expect(lines(outcome).contains("Host: other.proxied.test:\(try #require(servers.ports["good"]))"))
  }

  @Test func theEnvironmentNamesAProxyToo() throws {
    let proxy = "127.0.0.1:\(try #require(servers.ports["proxy"]))"
    let proxied = try Client(environment: ["HTTPS_PROXY": proxy, "NO_PROXY": "direct.test"])
    let options = try options { $0.tlsServerName = "localhost" }
    #expect(proxied.run(HTTPRequest(url: "https://good.proxied.test/", options: options)).isFinished)
    #expect(
      proxied.run(HTTPRequest(url: "https://good.direct.test/", options: options)).failure
        == .couldNotResolve(host: "good.direct.test"))
    // The loopback address is never proxied: the proxy would not know it.
    #expect(try proxied.run(HTTPRequest(url: servers.url("good"), options: self.options())).isFinished)
  }

  @Test func aProxyThatRefusesOrIsNotThereIsNamedSo() throws {
    let port = try #require(servers.ports["proxy"])
    let unused = try ScriptedServer.unusedPort()
    for proxy in [
      "http://127.0.0.1:\(port)", "socks5://127.0.0.1:\(port)", "http://127.0.0.1:\(unused)", "http://no-such.invalid",
    ] {
      let failure = try run("good", host: "no.proxied.test", options { $0.proxyURL = proxy }).failure
      guard case .proxy = failure else { return #expect(Bool(false), "\(proxy): \(failure as Any)") }
    }
  }
}
