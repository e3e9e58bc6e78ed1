import CPosix
import EventLoop
import Glibc
import Testing

@testable import HTTPTransport

/// Everything that needs no TLS.
@Suite struct PlainTests {
  @Test func requestAndAnswerArriveAsGiven() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send(
        "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 5\r\nRetry-After: 7\r\nWarning: 299 - \"a\"\r\n"
          + "warning:299 - \"b\" \r\nFolded: one\r\n two\r\n\r\nhello")
    }
    let outcome = client.run(
      HTTPRequest(
        method: "PATCH", url: server.url + "a/../b?x=%20", headers: [("User-Agent", "podmedic"), ("Empty", "")],
        body: Array("{}".utf8)))
    #expect(outcome.events == ["head", "body", "finished"])
    #expect(outcome.text == "hello")
    let head = try #require(outcome.head)
    #expect(head.status == 429)
    #expect(head.httpVersion == "1.1")
    #expect(head.first("retry-after") == "7")
    #expect(head.first("missing") == nil)
    #expect(head.all("warning") == ["299 - \"a\"", "299 - \"b\""])
    #expect(head.first("folded") == "one two")
    let request = try #require(server.requests.first)
    let (headers, body) = try #require(split(request))
    #expect(body == "{}")
    #expect(
      headers == [
        "PATCH /a/../b?x=%20 HTTP/1.1", "Host: 127.0.0.1:\(server.port)", "Accept-Encoding: gzip",
        "User-Agent: podmedic", "Empty:", "Content-Length: 2",
      ])
  }

  @Test(arguments: [
    ("GET", nil as [UInt8]?, nil as String?), ("DELETE", nil, nil), ("POST", nil, "0"), ("PUT", [], "0"),
    ("DELETE", [65], "1"), ("HEAD", nil, nil),
  ])
  func methodsAndLengths(_ method: String, _ body: [UInt8]?, _ length: String?) throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send("HTTP/1.1 204 No Content\r\n\r\n")
    }
    let outcome = client.run(
      HTTPRequest(
        method: method, url: server.url, body: body, options: ConnectionOptions(disableCompression: true)))
    #expect(outcome.events == ["head", "finished"])
    let (headers, _) = try #require(split(server.requests.first ?? ""))
    let expected =
      ["\(method) / HTTP/1.1", "Host: 127.0.0.1:\(server.port)"] + (length.map { ["Content-Length: \($0)"] } ?? [])
    #expect(headers == expected)
  }

  @Test func chunksAreJoinedAndTrailersAreNoHeads() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: x\r\n\r\n")
    }
    let outcome = client.run(HTTPRequest(url: server.url))
    #expect(outcome.text == "abcde")
    #expect(outcome.isFinished)
    #expect(outcome.head?.headers.map(\.name) == ["transfer-encoding"])
  }

  @Test func interimHeadsAreNotReported() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
    }
    let outcome = client.run(HTTPRequest(url: server.url))
    #expect(outcome.events == ["head", "finished"])
    #expect(outcome.head?.status == 201)
    #expect(outcome.head?.first("link") == nil)
  }

  @Test func anUpgradedConnectionIsReadToItsEndAndNotUsedAgain() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { request, connection in
      guard request.hasPrefix("GET /exec ") else {
        return connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      }
      connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\u{1}ab")
      connection.send("HTTP/1.1 200 OK\r\n\r\n")
      connection.close()
    }
    #expect(client.run(HTTPRequest(url: server.url)).text == "ok")
    var request = HTTPRequest(url: server.url + "exec", headers: [("Connection", "Upgrade"), ("Upgrade", "websocket")])
    request.isUpgrade = true
    let outcome = client.run(request)
    #expect(outcome.head?.status == 101)
    #expect(outcome.text == "\u{1}abHTTP/1.1 200 OK\r\n\r\n", "what follows is not HTTP any more")
    #expect(outcome.isFinished)
    #expect(server.requests.last?.contains("Upgrade: websocket") == true)
    #expect(server.requests.last?.lowercased().contains("accept-encoding") == false)
    #expect(server.connections.count == 2, "it has a connection of its own")
    #expect(client.run(HTTPRequest(url: server.url)).text == "ok")
  }

  @Test func anUpgradeThatIsRefusedIsAnAnswer() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")
    }
    var request = HTTPRequest(url: server.url)
    request.isUpgrade = true
    let outcome = client.run(request)
    #expect(outcome.head?.status == 403 && outcome.text == "no" && outcome.isFinished)
  }

  @Test func redirectsAreNotFollowed() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send("HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
    }
    #expect(client.run(HTTPRequest(url: server.url)).head?.status == 302)
    #expect(server.requests.count == 1)
  }

  @Test func gzipIsDecompressedAndNoLongerMentioned() throws {
    // "hello hello hello\n" by gzip -n.
    let packed: [UInt8] = [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0x57, 0xc8, 0x40, 0x90,
      0x5c, 0x00, 0x3b, 0x7c, 0x8a, 0xdf, 0x12, 0x00, 0x00, 0x00,
    ]
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send(
        Array("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\nA: b\r\n\r\n".utf8)
          + packed)
    }
    let outcome = client.run(HTTPRequest(url: server.url))
    #expect(outcome.text == "hello hello hello\n")
    #expect(outcome.head?.headers.map(\.name) == ["a"])
    let raw = client.run(HTTPRequest(url: server.url, options: ConnectionOptions(disableCompression: true)))
    #expect(raw.body == packed)
    #expect(raw.head?.first("content-encoding") == "gzip")
    #expect(server.requests.last?.lowercased().contains("accept-encoding") == false)
  }

  @Test func oneConnectionServesRequestsInTurn() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    for _ in 0..<3 { #expect(client.run(HTTPRequest(url: server.url)).text == "ok") }
    #expect(server.connections.count == 1)
    client.transport.closeIdleConnections()
    #expect(client.wait { server.connections.allSatisfy { !$0.isOpen } })
    #expect(client.run(HTTPRequest(url: server.url)).text == "ok")
    #expect(server.connections.count == 2)
  }

  @Test func closingIdleConnectionsLeavesRunningTransfersAlone() throws {
    let client = try Client()
    var held: ScriptedServer.Connection?
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
      held = connection
    }
    let outcome = client.start(HTTPRequest(url: server.url))
    #expect(client.wait { outcome.size == 1 })
    client.transport.closeIdleConnections()
    held?.send("k")
    #expect(client.wait { outcome.hasEnded })
    #expect(outcome.text == "ok")
    #expect(client.wait { held?.isOpen == false })
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "HTTP/1.1 200 OK\r\nContent-Le",
  ])
  func aTruncatedAnswerIsNoAnswer(_ answer: String) throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send(answer)
      connection.close()
    }
    let outcome = client.run(HTTPRequest(url: server.url))
    guard case .closedEarly = outcome.failure else {
      return #expect(Bool(false), "\(outcome.events) \(outcome.failure as Any)")
    }
  }

  @Test func anEmptyAnswerIsClosedEarlyToo() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in connection.close() }
    let outcome = client.run(HTTPRequest(url: server.url))
    guard case .closedEarly = outcome.failure else { return #expect(Bool(false), "\(outcome.failure as Any)") }
    #expect(outcome.events == ["failed"])
  }

  @Test func whatIsNotHTTPIsNamedSo() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send("220 mail.example.com ESMTP\r\n")
      connection.close()
    }
    guard case .notHTTP = client.run(HTTPRequest(url: server.url)).failure else { return #expect(Bool(false)) }
    let secure = client.run(HTTPRequest(url: "https://127.0.0.1:\(try speakingPort(client))/")).failure
    guard case .tls(.notTLS, _) = secure else { return #expect(Bool(false), "\(secure as Any)") }
  }

  /// A server that answers in plain text as soon as it hears anything.
  func speakingPort(_ client: Client) throws -> Int {
    let (listener, port) = try ScriptedServer.listen()
    client.loop.watch(listener, .readable) { _ in
      let connection = accept(listener, nil, nil)
      let text = "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
      #expect(write(connection, text, text.utf8.count) == text.utf8.count)
      client.loop.unwatch(listener)
      close(listener)
      shutdown(connection, Int32(SHUT_WR))
    }
    return port
  }

  @Test func endlessHeadersAreRefused() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send(
        "HTTP/1.1 200 OK\r\n" + String(repeating: "A: \(String(repeating: "b", count: 1000))\r\n", count: 2000))
    }
    #expect(client.run(HTTPRequest(url: server.url)).failure == .tooLarge)
  }

  @Test func refusedUnresolvableAndUnsuitableAreToldApart() throws {
    let client = try Client()
    let port = try ScriptedServer.unusedPort()
    #expect(client.run(HTTPRequest(url: "http://127.0.0.1:\(port)/")).failure == .refused(address: "127.0.0.1:\(port)"))
    #expect(
      client.run(HTTPRequest(url: "http://no-such-host.invalid/")).failure
        == .couldNotResolve(host: "no-such-host.invalid"))
    for url in [
      "", "/path", "ftp://127.0.0.1/", "http://user:secret@127.0.0.1/", "http://a b/", "http://h:99999/",
      "http://a\0b/",
    ] {
      let failure = client.run(HTTPRequest(url: url)).failure
      guard case .invalidRequest = failure else { return #expect(Bool(false), "\(url): \(failure as Any)") }
      #expect(failure.map { "\($0)".contains("secret") } == false)
    }
    for header in [("A", "b\r\nC: d"), ("A", "b\0"), ("A b", "c"), ("", "c"), ("A:", "c")] {
      let failure = client.run(HTTPRequest(url: "http://127.0.0.1:\(port)/", headers: [header])).failure
      #expect(failure == .invalidRequest(reason: "header"))
    }
    #expect(
      client.run(HTTPRequest(method: "GET /", url: "http://127.0.0.1:\(port)/")).failure
        == .invalidRequest(reason: "method"))
  }

  @Test func timeoutsSayWhatWasWaitedFor() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
    }
    let slow = client.run(HTTPRequest(url: server.url, timeout: .milliseconds(150)))
    #expect(slow.failure == .timedOut(connecting: false))
    #expect(slow.events == ["head", "body", "failed"])
    // Connected by the system, but nobody shakes hands.
    let (listener, port) = try ScriptedServer.listen()
    defer { close(listener) }
    let mute = client.run(HTTPRequest(url: "https://127.0.0.1:\(port)/", connectTimeout: .milliseconds(150)))
    #expect(mute.failure == .timedOut(connecting: true))
  }

  /// The request's lines and what follows them.
  func split(_ request: String) -> (headers: [String], body: String)? {
    guard let end = request.firstRange(of: "\r\n\r\n") else { return nil }
    return (
      request[..<end.lowerBound].replacing("\r\n", with: "\n").split(separator: "\n").map(String.init),
      String(request[end.upperBound...])
    )
  }
}
