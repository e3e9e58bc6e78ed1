import EventLoop
import Glibc
import Testing

@testable import HTTPTransport

/// Cancelling, pausing and re-entrance.
@Suite struct ControlTests {
  static let endless = "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"

  @Test func nothingIsReportedAfterCancel() throws {
    let client = try Client()
    var connection: ScriptedServer.Connection?
    let server = try ScriptedServer(loop: client.loop) {
      connection = $1
      $1.send(ControlTests.endless)
    }
    let outcome = Outcome()
    let early = client.transport.start(HTTPRequest(url: server.url)) { outcome.take($0) }
    client.transport.cancel(early)
    client.transport.cancel(early)
    let unsuitable = client.transport.start(HTTPRequest(url: "")) { outcome.take($0) }
    client.transport.cancel(unsuitable)
    #expect(client.loop.runUntilIdle(limit: .seconds(10)))
    #expect(outcome.events.isEmpty && connection == nil)
    let late = client.transport.start(HTTPRequest(url: server.url)) { outcome.take($0) }
    #expect(client.wait { outcome.head != nil })
    client.transport.cancel(late)
    connection?.send("more")
    #expect(client.wait { connection?.isOpen == false })
    #expect(outcome.events == ["head"])
  }

  @Test(arguments: ["head", "body", "end"])
  func aHandlerMayCancelItselfAndOthersAndStartNew(_ moment: String) throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { _, connection in
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    }
    let held = try ScriptedServer(loop: client.loop) { _, connection in connection.send(ControlTests.endless) }
    var calls: [String] = []
    var (own, other): (TransferID?, TransferID?)
    let next = Outcome()
    func act() {
      if let own { client.transport.cancel(own) }
      if let other { client.transport.cancel(other) }
      client.transport.start(HTTPRequest(url: server.url)) { next.take($0) }
    }
    var otherEvents = 0
    other = client.transport.start(HTTPRequest(url: held.url)) { _ in otherEvents += 1 }
    #expect(client.wait { otherEvents == 1 })
    own = client.transport.start(HTTPRequest(url: server.url)) { event in
      let name =
        switch event {
        case .head: "head"
        case .body: "body"
        default: "end"
        }
      calls.append(name)
      if name == moment { act() }
    }
    #expect(client.wait { next.hasEnded })
    #expect(next.text == "ok")
    #expect(client.wait { held.connections.allSatisfy { !$0.isOpen } })
    #expect(calls == Array(["head", "body", "end"].prefix { $0 != moment }) + [moment])
    #expect(otherEvents == 1)
  }

  @Test func aPausedBodyStopsTheServerAndGoesOnWithoutLoss() throws {
    let client = try Client()
    let size = 100 << 20
    var connection: ScriptedServer.Connection?
    let server = try ScriptedServer(loop: client.loop) {
      connection = $1
      $1.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n", zeros: size)
    }
    let outcome = Outcome()
    var id: TransferID?
    var pauses = 0
    var isPaused = false
    id = client.transport.start(HTTPRequest(url: server.url)) { event in
      #expect(!isPaused || outcome.size == size)
      outcome.take(event, keepingBody: false)
      if case .body = event, let id, outcome.size > pauses << 20, pauses < 20 {
        pauses += 1
        isPaused = true
        client.transport.pause(id)
      }
    }
    for round in 1...20 {
      #expect(client.wait { pauses == round })
      // All that can move has moved when the loop is idle: what is neither here nor unsent is in buffers.
      #expect(client.loop.runUntilIdle(limit: .seconds(30)))
      #expect(pauses == round)
      #expect((connection?.written ?? 0) - outcome.size < 16 << 20)
      isPaused = false
      if let id { client.transport.resume(id) }
    }
    #expect(client.wait { outcome.hasEnded })
    #expect(outcome.isFinished && outcome.size == size)
  }

  @Test func cancellingAPausedTransferClosesItsConnection() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { $1.send(ControlTests.endless, zeros: 100_000_000) }
    let outcome = Outcome()
    let id = client.transport.start(HTTPRequest(url: server.url)) { outcome.take($0) }
    client.transport.pause(id)
    #expect(client.wait { outcome.head != nil })
    #expect(client.loop.runUntilIdle(limit: .seconds(30)))
    #expect(outcome.events == ["head"])
    client.transport.resume(id)
    client.transport.cancel(id)
    #expect(client.wait { server.connections.allSatisfy { !$0.isOpen } })
    #expect(outcome.events == ["head"])
  }

  @Test func aSilentTransferLetsTheLoopSleep() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { $1.send(ControlTests.endless) }
    let outcome = client.start(HTTPRequest(url: server.url))
    #expect(client.wait { outcome.head != nil })
    // libcurl looks once more some 200 ms after connecting; then there must be quiet.
    #expect(client.becomesQuiet())
    #expect(outcome.events == ["head"])
  }

  @Test func connectionsAreProbedWhileTheyAreSilent() throws {
    let client = try Client()
    let server = try ScriptedServer(loop: client.loop) { $1.send(ControlTests.endless) }
    let outcome = client.start(HTTPRequest(url: server.url))
    #expect(client.wait { outcome.head != nil })
    let socket = try #require(client.transport.sockets.first)
    func option(_ level: Int32, _ name: Int32) -> Int32 {
      var value: Int32 = -1
      var size = socklen_t(MemoryLayout<Int32>.size)
      return getsockopt(socket, level, name, &value, &size) == 0 ? value : -1
    }
    #expect(option(SOL_SOCKET, SO_KEEPALIVE) == 1)
    #expect(option(Int32(IPPROTO_TCP), TCP_KEEPIDLE) == 30)
    #expect(option(Int32(IPPROTO_TCP), TCP_KEEPINTVL) == 5)
    #expect(option(Int32(IPPROTO_TCP), TCP_KEEPCNT) == 3)
  }

  @Test func droppingTheTransportEndsAllTransfers() throws {
    let loop = try Loop()
    let server = try ScriptedServer(loop: loop) { $1.send(ControlTests.endless) }
    weak var released: CurlTransport?
    let outcome = Outcome()
    do {
      let transport = try CurlTransport(loop: loop, environment: [:])
      released = transport
      transport.start(HTTPRequest(url: server.url)) { outcome.take($0) }
      #expect(loop.run(until: { outcome.head != nil }, limit: .seconds(30)))
    }
    #expect(released == nil)
    #expect(loop.run(until: { server.connections.allSatisfy { !$0.isOpen } }, limit: .seconds(30)))
    #expect(outcome.events == ["head"])
  }
}
