import CPosix
import EventLoop
import Glibc
import Testing

@testable import HTTPTransport

private let nghttpd = ProcessRequest.locate("nghttpd", path: "/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin")

/// HTTP/2 against nghttpd of the Debian package nghttp2-server; skipped where that is missing.
@Suite(.enabled(if: nghttpd != nil, "nghttpd is missing: apt-get install nghttp2-server"))
struct HTTP2Tests {
  let client: Client
  let url: String
  let options: ConnectionOptions
  let process: ChildProcess

  init() throws {
    let servers = try TLSServers.shared.get()
    client = try Client()
    let port = try ScriptedServer.unusedPort()
    process = client.loop.spawn(
      ProcessRequest(
        try #require(nghttpd),
        ["-a", "127.0.0.1", "-d", "www", "--echo-upload", "\(port)", "good.key", "good.crt"], environment: [:],
        workingDirectory: servers.folder)
    ) { _ in }
    url = "https://127.0.0.1:\(port)/"
    options = ConnectionOptions(ca: try servers.pem("ca.crt"))
    // It does not say when it listens.
    var isUp = false
    for _ in 0..<500 where !isUp {
      isUp = client.run(HTTPRequest(url: url + "small", options: options)).isFinished
      if !isUp { client.loop.turn(upTo: .milliseconds(10)) }
    }
    try #require(isUp)
  }

  func end() {
    process.terminate()
    #expect(client.wait { process.processID == nil })
  }

  @Test func manyTransfersShareOneConnection() throws {
    defer { end() }
    client.transport.closeIdleConnections()
    let outcomes = (0..<50).map { _ in client.start(HTTPRequest(url: url + "small", options: options)) }
    var most = 0
    #expect(
      client.wait {
        most = max(most, client.transport.sockets.count)
        return outcomes.allSatisfy(\.hasEnded)
      })
    #expect(most == 1)
    #expect(outcomes.allSatisfy { $0.text == "small\n" && $0.head?.httpVersion == "2" && $0.isFinished })
  }

  @Test func requestBodiesAndHeadersArrive() throws {
    defer { end() }
    let body = [UInt8](repeating: 7, count: 300_000)
    let outcome = client.run(HTTPRequest(method: "PUT", url: url + "echo", body: body, options: options))
    #expect(outcome.body == body)
    #expect(outcome.head?.first("server")?.hasPrefix("nghttpd") == true)
  }

  @Test func aPausedTransferDoesNotHoldTheOthers() throws {
    defer { end() }
    let paused = Outcome()
    var id: TransferID?
    var pauses = true
    id = client.transport.start(HTTPRequest(url: url + "big", options: options)) { event in
      paused.take(event, keepingBody: false)
      if case .body = event, let id, pauses { client.transport.pause(id) }
    }
    #expect(client.wait { paused.size > 0 })
    #expect(client.becomesQuiet())
    let atPause = paused.size
    for _ in 0..<5 { #expect(client.run(HTTPRequest(url: url + "small", options: options)).text == "small\n") }
    let big = client.start(HTTPRequest(url: url + "big", options: options))
    #expect(client.wait { big.hasEnded })
    #expect(big.size == 50_000_000)
    #expect(paused.size == atPause)
    // A few pieces one by one, then the rest.
    for size in 1...5 {
      if let id { client.transport.resume(id) }
      #expect(client.wait { paused.size > atPause * size })
    }
    pauses = false
    if let id { client.transport.resume(id) }
    #expect(client.wait { paused.hasEnded })
    #expect(paused.isFinished && paused.size == 50_000_000)
  }

  @Test func cancellingOneStreamLeavesTheConnection() throws {
    defer { end() }
    let first = Outcome()
    let id = client.transport.start(HTTPRequest(url: url + "big", options: options)) {
      first.take($0, keepingBody: false)
    }
    #expect(client.wait { first.size > 0 })
    client.transport.cancel(id)
    let size = first.size
    #expect(client.run(HTTPRequest(url: url + "small", options: options)).isFinished)
    #expect(first.size == size)
    #expect(client.transport.sockets.count <= 1)
  }

  @Test func aServerThatGoesAwayEndsItsTransfers() throws {
    let outcome = Outcome()
    var id: TransferID?
    id = client.transport.start(HTTPRequest(url: url + "big", options: options)) { event in
      outcome.take(event, keepingBody: false)
      if case .body = event, let id { client.transport.pause(id) }
    }
    #expect(client.wait { outcome.size > 0 })
    process.terminate(SIGKILL)
    #expect(client.wait { process.processID == nil })
    for _ in 0..<100_000 where !outcome.hasEnded {
      if let id { client.transport.resume(id) }
      client.loop.turn(upTo: .milliseconds(100))
    }
    guard case .closedEarly = outcome.failure else { return #expect(Bool(false), "\(outcome.failure as Any)") }
  }
}
