import EventLoop
import Testing

@testable import HTTPTransport

/// What came of one transfer.
final class Outcome {
  var head: HTTPHead?
  var body: [UInt8] = []
  var size = 0
  var isFinished = false
  var failure: TransportFailure?
  var events: [String] = []

  var hasEnded: Bool { isFinished || failure != nil }
  var text: String { String(decoding: body, as: UTF8.self) }

  func take(_ event: TransferEvent, keepingBody: Bool = true) {
    #expect(!hasEnded)
    switch event {
    case .head(let head):
      #expect(self.head == nil && events.isEmpty)
      self.head = head
      events.append("head")
    case .body(let bytes):
      #expect(head != nil)
      if keepingBody { body += bytes }
      size += bytes.count
      if events.last != "body" { events.append("body") }
    case .finished:
      isFinished = true
      events.append("finished")
    case .failed(let failure):
      self.failure = failure
      events.append("failed")
    }
  }
}

/// A loop with a transport.
struct Client {
  let loop: Loop
  let transport: CurlTransport

  init(environment: [String: String] = [:]) throws {
    loop = try Loop()
    transport = try CurlTransport(loop: loop, environment: environment)
  }

  func start(_ request: HTTPRequest) -> Outcome {
    let outcome = Outcome()
    transport.start(request) { outcome.take($0) }
    #expect(outcome.events.isEmpty)
    return outcome
  }

  func run(_ request: HTTPRequest) -> Outcome {
    let outcome = start(request)
    #expect(wait { outcome.hasEnded })
    return outcome
  }

  /// Whether there comes a time when nothing happens for 300 ms.
  func becomesQuiet() -> Bool {
    (0..<100_000).contains { _ in !loop.turn(upTo: .milliseconds(300)) }
  }

  func wait(_ condition: () -> Bool) -> Bool {
    loop.run(until: condition, limit: .seconds(60))
  }
}
