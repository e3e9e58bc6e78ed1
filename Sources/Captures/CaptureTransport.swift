import EventLoop
import HTTPTransport

/// Answers requests from a capture in the place of a server: no request leaves. Lists, watches (on which nothing ever
/// happens), single objects, tables and logs are answered as a server would; everything that changes something is
/// refused.
///
/// What the capture does not have is answered with a failure of the reason `NotCaptured`, and never with an empty list.
public final class CaptureTransport: Transport {
  private let loop: Loop
  private let answers: CaptureAnswers
  private var serial: UInt64 = 0
  private var open: [TransferID: Transfer] = [:]

  private final class Transfer {
    var answer: CaptureAnswer
    let handler: (TransferEvent) -> Void
    var isPaused = false
    var isScheduled = false
    var hasHead = false

    init(_ answer: CaptureAnswer, _ handler: @escaping (TransferEvent) -> Void) {
      self.answer = answer
      self.handler = handler
    }
  }

  /// Answers from `capture`. `columns` says what the server would print of a kind; see `CapturedColumns`.
  public init(_ capture: Capture, loop: Loop, columns: any CapturedColumns) {
    self.loop = loop
    answers = CaptureAnswers(capture: capture, columns: columns)
  }

  /// Answers in a later turn of the loop, like a server.
  public func start(_ request: HTTPRequest, _ handler: @escaping (TransferEvent) -> Void) -> TransferID {
    serial += 1
    let id = TransferID(serial: serial)
    open[id] = Transfer(answers.answer(CaptureRequest(request)), handler)
    goOn(id)
    return id
  }

  /// Nothing more is answered.
  public func cancel(_ id: TransferID) { open[id] = nil }

  /// Holds back what is left of the answer.
  public func pause(_ id: TransferID) { open[id]?.isPaused = true }

  /// Goes on after `pause`.
  public func resume(_ id: TransferID) {
    open[id]?.isPaused = false
    goOn(id)
  }

  /// Hands out one piece a turn of the loop, so that keys are answered while a large list is read.
  private func goOn(_ id: TransferID) {
    guard let transfer = open[id], !transfer.isScheduled, !transfer.isPaused else { return }
    transfer.isScheduled = true
    loop.post { [weak self] in
      transfer.isScheduled = false
      self?.handOut(id, transfer)
    }
  }

  private func handOut(_ id: TransferID, _ transfer: Transfer) {
    guard open[id] === transfer, !transfer.isPaused else { return }
    if !transfer.hasHead {
      transfer.hasHead = true
      transfer.handler(.head(HTTPHead(status: transfer.answer.status, headers: transfer.answer.headers)))
      return goOn(id)
    }
    if let piece = transfer.answer.nextPiece() {
      piece.withUnsafeBytes { transfer.handler(.body($0)) }
      return goOn(id)
    }
    // A watch goes on until whoever asked has had enough.
    guard !transfer.answer.isEndless else { return }
    open[id] = nil
    transfer.handler(.finished)
  }
}
