import Kube
import KubeClient

/// Follows the log of one container through breaks and restarts, as a state machine: what happens comes in, what is to
/// be done goes out.
struct ContainerLog: Sendable {
  enum Input: Sendable {
    case start
    /// How it stands with the container; nil when the pod or the container is gone.
    case run(ContainerRun?)
    /// It could not be learned how it stands.
    case runUnknown(APIFailure)
    case ended
    case failed(APIFailure)
    case waited
  }

  enum Effect: Sendable, Equatable {
    case askRun
    case open(LogOptions)
    case wait(Duration)
    case tell(LogEvent)
    /// Nothing more is to be done.
    case finish
  }

  private enum Phase { case idle, asking, reading, waiting, finished }

  private let source: Int
  private let request: LogRequest
  private var phase = Phase.idle
  /// The run whose log was opened last.
  private var reading: ContainerRun?
  private var wasOpened = false
  private var backoff = Backoff()
  /// The latest line's time and how many lines had it, to tell the lines that a new connection repeats.
  private var last: (time: LogTime, count: Int)?
  /// Lines of a new connection that are known already; nil when nothing is repeated.
  private var repeated: (seen: Int, foundLast: Bool)?
  private var lastWaiting: String?

  /// How often it is looked whether an ended container runs again.
  static let restartPoll = Duration.seconds(2)

  init(source: Int, request: LogRequest) {
    self.source = source
    self.request = request
  }

  mutating func handle(_ input: Input, now: Duration, chance: Double) -> [Effect] {
    switch (phase, input) {
    case (.idle, .start):
      return request.follow && !request.previous ? ask() : open(resuming: false)
    case (.waiting, .waited):
      return ask()
    case (.asking, .run(let run)):
      return decide(run, now: now, chance: chance)
    case (.asking, .runUnknown(let failure)):
      // Whoever may read logs but not pods gets the log as far as it goes.
      if failure.isForbidden { return wasOpened ? finish(.ended(source)) : open(resuming: false) }
      return again(after: failure, now: now, chance: chance)
    case (.reading, .ended):
      return request.follow && !request.previous ? ask() : finish(.ended(source))
    case (.reading, .failed(let failure)):
      guard request.follow, !request.previous else { return finish(.failed(source, reason: failure.sentence)) }
      return again(after: failure, now: now, chance: chance)
    default:
      return []
    }
  }

  /// Reads a line as the server sent it, with its time before it; nil when it is known already. A gap comes before the
  /// first line of a new connection that does not follow on the last one.
  mutating func line(_ raw: String) -> [LogEvent] {
    var time: LogTime?
    var timeText: String?
    var text = raw
    if let space = raw.utf8.firstIndex(of: UInt8(ascii: " ")), let parsed = LogTime(raw[..<space]) {
      time = parsed
      timeText = String(raw[..<space])
      text = String(raw[raw.utf8.index(after: space)...])
    } else if let parsed = LogTime(raw) {
      time = parsed  // an empty line
      timeText = raw
      text = ""
    }
    var events: [LogEvent] = []
    if let last, let time, var known = repeated {
      if time < last.time { return [] }
      if time == last.time {
        known.seen += 1
        known.foundLast = true
        repeated = known
        if known.seen <= last.count { return [] }
      }
      if !known.foundLast {
        events.append(.gap(source, reason: "the connection broke and older lines are no longer there"))
      }
      repeated = nil
    }
    if let time {
      if let last, last.time == time { self.last = (time, last.count + 1) } else { last = (time, 1) }
    }
    events.append(.line(LogLine(source: source, time: time, timeText: timeText, text: text)))
    return events
  }

  private mutating func ask() -> [Effect] {
    phase = .asking
    return [.askRun]
  }

  private mutating func decide(_ run: ContainerRun?, now: Duration, chance: Double) -> [Effect] {
    guard let run else {
      if reading != nil { return finish(.ended(source)) }
      return open(resuming: false)  // the server's own words say what is missing
    }
    if let reading, !run.id.isEmpty, run.id != reading.id {
      return restarted(from: reading, to: run)
    }
    switch run.state {
    case .started:
      let isResuming = reading != nil
      self.reading = run
      return open(resuming: isResuming)
    case .ended(let mayRestart):
      if reading == nil {
        self.reading = run
        return open(resuming: false)
      }
      return mayRestart ? wait(Self.restartPoll) : finish(.ended(source))
    case .waiting(let reason):
      let tell = lastWaiting == reason ? [] : [Effect.tell(.waiting(source, reason: reason))]
      lastWaiting = reason
      return tell + wait(Self.restartPoll)
    }
  }

  private mutating func restarted(from old: ContainerRun, to new: ContainerRun) -> [Effect] {
    var effects: [Effect] = []
    let missed = new.restartCount - old.restartCount - 1
    if missed > 0 {
      effects.append(.tell(.gap(source, reason: "the container ran \(missed) times in between")))
    }
    effects.append(.tell(.restarted(source, count: new.restartCount)))
    reading = new
    last = nil
    repeated = nil
    phase = .reading
    var options = LogOptions()
    options.follow = true
    return effects + [.open(with(options))]
  }

  private mutating func open(resuming: Bool) -> [Effect] {
    phase = .reading
    wasOpened = true
    lastWaiting = nil
    var options = LogOptions()
    options.follow = request.follow && !request.previous
    options.previous = request.previous
    if resuming, let last {
      // Whole seconds is all that the server understands: it repeats what was written since.
      options.sinceTime = Timestamp(seconds: last.time.seconds)
      repeated = (0, false)
    } else {
      options.tailLines = request.tailLines
      options.sinceSeconds = request.sinceSeconds
      options.sinceTime = request.sinceTime
    }
    return [.open(with(options))]
  }

  private func with(_ options: LogOptions) -> LogOptions {
    var options = options
    options.container = request.sources[source].container
    options.timestamps = true
    return options
  }

  private mutating func again(after failure: APIFailure, now: Duration, chance: Double) -> [Effect] {
    switch failure {
    case .status(let status, _) where [401, 403, 404].contains(status.code):
      return finish(.failed(source, reason: failure.sentence))
    default:
      let delay = failure.retryAfter ?? backoff.delay(at: now, chance: chance)
      return [.tell(.interrupted(source, reason: failure.sentence))] + wait(delay)
    }
  }

  private mutating func wait(_ delay: Duration) -> [Effect] {
    phase = .waiting
    return [.wait(delay)]
  }

  private mutating func finish(_ event: LogEvent) -> [Effect] {
    phase = .finished
    return [.tell(event), .finish]
  }
}
