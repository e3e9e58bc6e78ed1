/// Reads the frames of a WebSocket server (RFC 6455) from bytes as they arrive.
struct WebSocketReader {
  enum Event: Equatable {
    /// A whole message, binary or text.
    case message([UInt8])
    /// The server says that it is done.
    case close
  }

  /// Why bytes are not frames of a server, as a sentence part.
  struct Problem: Error, Equatable { let text: String }

  /// Messages of more bytes are no command's output: kubelets send it in pieces of 32 KiB.
  let longestMessage: Int
  private var pending: [UInt8] = []
  /// The payload of the frames so far of a message in several frames.
  private var message: [UInt8]?

  init(longestMessage: Int = 1 << 20) {
    self.longestMessage = longestMessage
  }

  /// What is complete now. After a problem nothing more can be read.
  mutating func read(_ bytes: UnsafeRawBufferPointer) throws(Problem) -> [Event] {
    pending.append(contentsOf: bytes)
    var events: [Event] = []
    var start = 0
    while let frame = try frame(at: start) {
      start = frame.payload.upperBound
      if let event = try take(frame) { events.append(event) }
    }
    pending.removeFirst(start)
    return events
  }

  private struct Frame {
    let isLast: Bool
    let kind: UInt8
    let payload: Range<Int>
  }

  private static let (continuation, text, binary, close, ping, pong): (UInt8, UInt8, UInt8, UInt8, UInt8, UInt8) =
    (0, 1, 2, 8, 9, 10)

  /// The frame that begins at a place; nil when it is not there as a whole.
  private func frame(at start: Int) throws(Problem) -> Frame? {
    guard pending.count >= start + 2 else { return nil }
    let (first, second) = (pending[start], pending[start + 1])
    guard first & 0x70 == 0 else { throw Problem(text: "a frame uses an extension that was not agreed on") }
    guard second & 0x80 == 0 else { throw Problem(text: "a frame of the server is masked") }
    let isControl = first & 0x08 != 0
    var head = start + 2
    var count = Int(second)
    if count >= 126 {
      let size = count == 126 ? 2 : 8
      guard pending.count >= head + size else { return nil }
      let bytes = pending[head..<head + size]
      guard !isControl, let value = Int(exactly: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) else {
        throw Problem(text: "a frame is too large")
      }
      count = value
      head += size
    }
    guard count <= longestMessage else { throw Problem(text: "a frame is too large") }
    guard !isControl || first & 0x80 != 0 else { throw Problem(text: "a control frame is not whole") }
    guard pending.count >= head + count else { return nil }
    return Frame(isLast: first & 0x80 != 0, kind: first & 0x0f, payload: head..<head + count)
  }

  private mutating func take(_ frame: Frame) throws(Problem) -> Event? {
    switch frame.kind {
    case Self.text, Self.binary:
      guard message == nil else { throw Problem(text: "a message begins within another") }
      message = []
    case Self.continuation:
      guard message != nil else { throw Problem(text: "a message goes on that has not begun") }
    case Self.close: return .close
    // Nothing is sent after the handshake, see `APIRequest.exec`; servers of Kubernetes do not ask whether we live.
    case Self.ping, Self.pong: return nil
    default: throw Problem(text: "a frame is of unknown kind \(frame.kind)")
    }
    message?.append(contentsOf: pending[frame.payload])
    guard let whole = message else { return nil }
    guard whole.count <= longestMessage else { throw Problem(text: "a message is too large") }
    guard frame.isLast else { return nil }
    message = nil
    return .message(whole)
  }
}
