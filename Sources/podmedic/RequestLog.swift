import EventLoop
import HTTPTransport
import PlainInterface

/// Writes a line about each request to standard error (`-v`), as kubectl does: from level 6 on its method, URL, status
/// and time to the answer's head, from level 8 on its headers too. Nothing that lets anybody in is written: URLs of
/// requests have no user name.
final class RequestLog: Transport {
  private let transport: any Transport
  private let loop: Loop
  private let withHeaders: Bool

  /// The first level with something to say.
  static let quietest = 6
  private static let headersFrom = 8
  private static let secret: Set<String> = ["authorization", "proxy-authorization", "cookie", "set-cookie"]

  /// A log of what goes through `transport`.
  init(_ transport: any Transport, loop: Loop, level: Int) {
    self.transport = transport
    self.loop = loop
    withHeaders = level >= Self.headersFrom
  }

  func start(_ request: HTTPRequest, _ handler: @escaping (TransferEvent) -> Void) -> TransferID {
    let start = loop.clock.now
    let name = "\(request.method) \(request.url)"
    tellHeaders("Request", request.headers)
    return transport.start(request) { [self] event in
      switch event {
      case .head(let head):
        say("\(name) \(head.status) in \(milliseconds(since: start)) milliseconds")
        tellHeaders("Response", head.headers)
      case .failed(let failure): say("\(name) failed in \(milliseconds(since: start)) milliseconds: \(failure)")
      case .body, .finished: break
      }
      handler(event)
    }
  }

  func cancel(_ id: TransferID) { transport.cancel(id) }
  func pause(_ id: TransferID) { transport.pause(id) }
  func resume(_ id: TransferID) { transport.resume(id) }

  private func milliseconds(since start: Duration) -> Int64 {
    let passed = (loop.clock.now - start).components
    return passed.seconds * 1000 + passed.attoseconds / 1_000_000_000_000_000
  }

  private func tellHeaders(_ side: String, _ headers: [(name: String, value: String)]) {
    guard withHeaders else { return }
    say("\(side) headers:")
    for header in headers where !Self.secret.contains(header.name.lowercased()) {
      say("    \(header.name): \(header.value)")
    }
  }

  private func say(_ text: String) { Output.message(PlainText.line(text)) }
}
