import Draining
import Kube
import KubeClient

/// Runs a drain against a server of the test: every answer comes a little later, and time passes only here.
final class DrainBench {
  var server = FakeServer()
  private(set) var run: DrainRun
  private(set) var events: [DrainEvent] = []
  private(set) var log = ""
  private(set) var recordCount = 0
  private(set) var mostOpen = 0
  /// Nothing more is done once so many records are written, as if podmedic had been killed there.
  var lastRecord = Int.max
  /// Records that cannot be written.
  var breaksLog: (DrainRecord) -> Bool = { _ in false }

  private var answers: [(time: Duration, number: Int, request: DrainRequest)] = []
  private var look: Duration?
  private(set) var isKilled = false

  init(
    _ nodes: [String], server: FakeServer, batch: Int? = nil, waitsReady: Bool = false,
    _ change: (inout DrainOptions) -> Void = { _ in }
  ) {
    self.server = server
    var options = DrainOptions()
    change(&options)
    var order = DrainOrder(
      nodes: nodes.map {
        DrainOrder.Target(
          name: $0, uid: server.nodes[$0]?.uid ?? "", isCordoned: server.nodes[$0]?.isCordoned ?? false)
      }, options: options)
    order.batch = batch
    order.waitsReady = waitsReady
    run = DrainRun(
      DrainHeader(
        id: "r1", time: FakeServer.start, context: "c", cluster: "test", server: "https://test", user: "me",
        order: order))
  }

  /// A run that goes on with another's log, against the same server.
  init(resuming other: DrainBench, log: String? = nil, cordonsAgain: Bool = false) throws {
    server = other.server
    self.log = log ?? other.log
    guard let known = DrainLog(text: self.log) else { throw NoLog() }
    run = DrainRun(resuming: known, cordonsAgain: cordonsAgain)
  }

  /// How long a pod is asked for that no budget ever allows to go.
  func setPatience(_ patience: Duration) { run.patience = patience }

  struct NoLog: Error {}

  private var moment: DrainRun.Moment { DrainRun.Moment(steady: server.now, wall: server.wall) }

  func start() { perform(run.start(at: moment)) }

  func handle(_ input: DrainRun.Input) { perform(run.handle(input, at: moment)) }

  private func perform(_ effects: [DrainRun.Effect]) {
    for effect in effects {
      if isKilled { return }
      switch effect {
      case .record(let record):
        if breaksLog(record) { return handle(.unrecorded("no space")) }
        log += record.line + "\n"
        recordCount += 1
        if recordCount >= lastRecord { isKilled = true }
      case .send(let number, let request):
        answers.append((server.now + .milliseconds(20), number, request))
        mostOpen = max(mostOpen, answers.count { $0.request.isRemoval })
      case .tell(let event): events.append(event)
      case .look(let delay): look = server.now + delay
      }
    }
  }

  /// Goes on to the next thing that happens; false when nothing does.
  @discardableResult
  func step() -> Bool {
    guard !isKilled, run.outcome == nil else { return false }
    let next = answers.indices.min { answers[$0].time < answers[$1].time }
    if let next, answers[next].time <= look ?? .seconds(1_000_000) {
      let answer = answers.remove(at: next)
      server.pass(to: answer.time)
      let result = server.answer(answer.request)
      handle(.answered(answer.number, result))
      return true
    }
    guard let time = look else { return false }
    look = nil
    server.pass(to: time)
    handle(.look)
    return true
  }

  /// Runs until it ends, or so much time has passed.
  func finish(within limit: Duration = .seconds(3600)) {
    var steps = 0
    while run.outcome == nil, server.now < limit, steps < 100_000, step() { steps += 1 }
  }

  /// Runs for some time.
  func pass(_ duration: Duration) {
    let end = server.now + duration
    while run.outcome == nil, !isKilled {
      let next = min(answers.map(\.time).min() ?? .seconds(1_000_000), look ?? .seconds(1_000_000))
      guard next <= end, step() else { break }
    }
    server.pass(to: end)
  }

  func lines() -> [String] {
    events.flatMap { $0.lines(run.order.options.dryRun) }.map { ($0.isError ? "err " : "out ") + $0.text }
  }

  /// Where a pod is, in words.
  func text(_ key: PodKey) -> String? {
    run.nodes.flatMap(\.pods).first { $0.pod == key }?.text(now: server.wall)
  }
}

extension DrainRequest {
  var isRemoval: Bool {
    switch self {
    case .evict, .delete: true
    default: false
    }
  }
}
