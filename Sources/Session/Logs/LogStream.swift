import EventLoop
import HTTPTransport
import Kube
import KubeClient

/// The logs of some containers, read at the same time. Confined to the loop's thread.
public final class LogStream {
  private final class Reader {
    var machine: ContainerLog
    var lines = LogLines()
    var request: RequestHandle?
    var timer: Loop.TimerID?

    init(_ machine: ContainerLog) { self.machine = machine }
  }

  private let client: KubeClient
  private let loop: Loop
  private let random: () -> Double
  private let request: LogRequest
  private var readers: [Reader] = []
  private var handler: (([LogEvent]) -> Void)?
  private var batch: [LogEvent] = []
  /// The lines of several containers in the order of their times; of one, as they come.
  private var order: LogOrder?
  private var orderTimer: Loop.TimerID?
  private var open: Int

  init(
    client: KubeClient, loop: Loop, request: LogRequest, random: @escaping () -> Double,
    _ handler: @escaping ([LogEvent]) -> Void
  ) {
    self.client = client
    self.loop = loop
    self.random = random
    self.request = request
    self.handler = handler
    open = request.sources.count
    if open > 1 { order = LogOrder(sources: open, now: loop.clock.now) }
    readers = request.sources.indices.map { Reader(ContainerLog(source: $0, request: request)) }
    for index in readers.indices { handle(.start, index) }
  }

  /// Whether every source has ended or failed and the handler has been told everything.
  public var isFinished: Bool { open == 0 && batch.isEmpty && order?.isHolding != true }

  /// Ends every request; the handler is not called again.
  public func close() {
    handler = nil
    for reader in readers { end(reader) }
    if let orderTimer { loop.cancel(orderTimer) }
    orderTimer = nil
  }

  /// Stops reading; the servers wait, within their limits, and nothing is lost here.
  public func pause() { for reader in readers { reader.request?.pause() } }

  /// Goes on reading.
  public func resume() { for reader in readers { reader.request?.resume() } }

  /// Gives up what is read over a connection that is silent: what goes on is asked for again.
  func connectionLost(_ failure: APIFailure) {
    for (index, reader) in readers.enumerated() where reader.machine.isReading {
      reader.request?.cancel()
      finishLine(reader, index)
      handle(.failed(failure), index)
    }
  }

  private func end(_ reader: Reader) {
    reader.request?.cancel()
    reader.request = nil
    if let timer = reader.timer { loop.cancel(timer) }
    reader.timer = nil
  }

  private func handle(_ input: ContainerLog.Input, _ index: Int) {
    guard handler != nil else { return }
    for effect in readers[index].machine.handle(input, now: loop.clock.now, chance: random()) {
      perform(effect, index)
    }
  }

  private func perform(_ effect: ContainerLog.Effect, _ index: Int) {
    let reader = readers[index]
    switch effect {
    case .askRun: askRun(index)
    case .open(let options): read(options, index)
    case .wait(let delay):
      reader.request = nil
      reader.timer = loop.schedule(after: delay) { [weak self] in
        reader.timer = nil
        self?.handle(.waited, index)
      }
    case .tell(let event): tell([event], index)
    case .finish:
      open -= 1
      end(reader)
      order?.close(index)
      handOutOrdered()
    }
  }

  private func askRun(_ index: Int) {
    let source = request.sources[index]
    let get = APIRequest.get(Pod.resource, namespace: source.namespace, name: source.pod)
    readers[index].request = client.send(get) { [weak self] result in
      self?.handle(Self.run(result, source), index)
    }
  }

  private static func run(_ result: Result<APIResponse, APIFailure>, _ source: LogSource) -> ContainerLog.Input {
    do throws(APIFailure) {
      let body = try result.get().body
      do throws(DecodingFailure) {
        let pod = try body.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
          var reader = JSONReader(UnsafeRawBufferPointer(bytes), pool: StringPool(capacity: 256))
          return try Pod(json: &reader)
        }
        return .run(ContainerRun(pod, container: source.container))
      } catch {
        return .runUnknown(.malformed("the pod cannot be read: \(error)"))
      }
    } catch {
      return error.isNotFound ? .run(nil) : .runUnknown(error)
    }
  }

  private func read(_ options: LogOptions, _ index: Int) {
    let source = request.sources[index]
    let reader = readers[index]
    reader.lines = LogLines()
    let logs = APIRequest.logs(namespace: source.namespace, pod: source.pod, options)
    reader.request = client.stream(logs) { [weak self] event in
      guard let self else { return }
      switch event {
      case .opened(let head): reader.machine.hasTimes = head.first("podmedic-log-times") != "none"
      case .bytes(let bytes):
        tell(reader.lines.feed(bytes).flatMap { reader.machine.line($0) }, index)
        if reader.machine.isDoubtful {
          reader.request?.cancel()
          handle(.doubted, index)
        }
      case .ended:
        finishLine(reader, index)
        handle(.ended, index)
      case .failed(let failure):
        finishLine(reader, index)
        handle(.failed(failure), index)
      }
    }
  }

  private func finishLine(_ reader: Reader, _ index: Int) {
    if let line = reader.lines.finish() { tell(reader.machine.line(line, isUnfinished: true), index) }
  }

  /// How often it is looked whether lines have waited long enough.
  private static let orderPeriod = Duration.milliseconds(100)

  private func tell(_ events: [LogEvent], _ index: Int) {
    guard order != nil else { return handOut(events) }
    order?.take(events, from: index, now: loop.clock.now)
    handOutOrdered()
  }

  private func handOutOrdered() {
    guard handler != nil else { return }
    handOut(order?.release(now: loop.clock.now) ?? [])
    guard order?.isHolding == true, orderTimer == nil else { return }
    orderTimer = loop.schedule(after: Self.orderPeriod) { [weak self] in
      self?.orderTimer = nil
      self?.handOutOrdered()
    }
  }

  /// Hands events out together, at the end of the loop's turn.
  private func handOut(_ events: [LogEvent]) {
    guard !events.isEmpty else { return }
    if batch.isEmpty {
      loop.post { [weak self] in
        guard let self else { return }
        let events = batch
        batch = []
        handler?(events)
      }
    }
    batch += events
  }
}
