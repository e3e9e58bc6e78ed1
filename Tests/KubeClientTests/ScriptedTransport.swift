import EventLoop
import HTTPTransport

/// A transport whose other side is the test: it sees every request and says what happens to it.
final class ScriptedTransport: Transport {
  struct Started {
    let id: TransferID
    let request: HTTPRequest
    let handler: (TransferEvent) -> Void
  }

  private(set) var started: [Started] = []
  private(set) var cancelled: Set<TransferID> = []
  /// Called with each request as it is sent; answers through `send`.
  var onStart: ((Started) -> Void)?

  func start(_ request: HTTPRequest, _ handler: @escaping (TransferEvent) -> Void) -> TransferID {
    let id = TransferID(serial: UInt64(started.count))
    let transfer = Started(id: id, request: request, handler: handler)
    started.append(transfer)
    onStart?(transfer)
    return id
  }

  func cancel(_ id: TransferID) { cancelled.insert(id) }
  func pause(_ id: TransferID) {}
  func resume(_ id: TransferID) {}

  /// Delivers an event unless the transfer was cancelled.
  func send(_ event: TransferEvent, to transfer: Started) {
    if !cancelled.contains(transfer.id) { transfer.handler(event) }
  }

  /// A whole answer.
  func answer(
    _ transfer: Started, status: Int = 200, _ body: String, type: String = "application/json",
    headers: [(name: String, value: String)] = []
  ) {
    send(.head(HTTPHead(status: status, headers: [("content-type", type)] + headers)), to: transfer)
    sendBody(body, to: transfer)
    send(.finished, to: transfer)
  }

  func sendBody(_ body: String, to transfer: Started) {
    let bytes = Array(body.utf8)
    bytes.withUnsafeBytes { if !$0.isEmpty { send(.body($0), to: transfer) } }
  }
}

/// A generator whose numbers depend on its seed alone (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
