/// Names one transfer of one transport; never used again.
public struct TransferID: Hashable, Sendable {
  let serial: UInt64

  /// For transports in tests; one transport must not give the same serial twice.
  public init(serial: UInt64) {
    self.serial = serial
  }
}

/// What happens to a transfer: one head, any number of bodies, and `finished`; or `failed` at any point. The last two
/// end it.
public enum TransferEvent {
  /// The answer has begun. Interim answers (1xx, except 101) and those of proxies are not reported.
  case head(HTTPHead)
  /// The next bytes of the body, decompressed. Valid during the call only.
  case body(UnsafeRawBufferPointer)
  /// The answer arrived whole, whatever its status.
  case finished
  /// No answer, or only a part of it.
  case failed(TransportFailure)
}

/// Sends requests. Handlers are called by the loop, never inside `start`, `resume` or `cancel`; they may call all three
/// but must not turn the loop themselves.
public protocol Transport: AnyObject {
  /// Sends a request. `handler` gets its events until it has ended or was cancelled.
  @discardableResult
  func start(_ request: HTTPRequest, _ handler: @escaping (TransferEvent) -> Void) -> TransferID
  /// Ends a transfer; its handler is not called again. Does nothing when it has ended.
  func cancel(_ id: TransferID)
  /// Holds back the body from the next piece on, so that the server stops sending when the buffers between are full.
  func pause(_ id: TransferID)
  /// Goes on after a `pause`.
  func resume(_ id: TransferID)
  /// Has later requests make new connections; those of present transfers are closed when these have ended.
  func closeIdleConnections()
}

extension Transport {
  /// What has no connections has none to close.
  public func closeIdleConnections() {}
}
