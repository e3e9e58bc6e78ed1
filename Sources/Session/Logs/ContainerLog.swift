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
    /// The lines that came were not those of the log that was to go on (see `isDoubtful`), and were left.
    case doubted
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
  /// Whether the server has ever let the log be read.
  private var wasRead = false
  /// Since when the server refuses what it allowed before.
  private var refusedSince: Duration?
  private var backoff = Backoff()
  /// The latest line's time and how many lines had it, to tell the lines that a new connection repeats.
  private var last: (time: LogTime, count: Int)?
  /// Lines of a new connection that are known already; nil when nothing is repeated.
  private var repeated: (seen: Int, foundLast: Bool)?
  private var lastWaiting: String?
  /// Why it was interrupted, until a line comes: told once, however often it is tried again.
  private var lastInterruption: String?
  /// Whether lines begin with their times, as a server writes them; those of a capture may not.
  var hasTimes = true
  /// Set when the connection broke: the run's log may go on behind what was read.
  private var isTailMissing = false
  /// While the rest of a run is read after its end: the run that comes next.
  private var next: ContainerRun?
  private var pause = ContainerLog.shortestPause
  /// Whether the log that should go on begins otherwise: it may be that of a next run, of which the kubelet knows
  /// before the server does. No line is read then; the request should be ended.
  private(set) var isDoubtful = false
  private var doubts = 0
  /// So often it is asked again whether the container was restarted, before lines are believed to be lost.
  static let mostDoubts = 6

  /// A server that has just come up refuses what it does not know the roles for yet. So long a refusal of what was
  /// allowed before is not believed.
  static let patience = Duration.seconds(30)
  /// How often it is looked whether an ended container runs again.
  static let restartPoll = Duration.seconds(2)
  /// A log ends before the server knows that the container has ended, by a second or two. Asked at once it would say
  /// that the container runs, and end its log at once, over and over.
  static let shortestPause = Duration.milliseconds(500)

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
      guard failure.isForbidden, reading == nil else { return again(after: failure, now: now, chance: chance) }
      // Whoever may read logs but not pods gets the log as far as it goes, over breaks too.
      if !wasOpened { return open(resuming: false) }
      return isTailMissing ? open(resuming: true) : finish(.ended(source))
    case (.reading, .ended):
      guard goesOn else { return finish(.ended(source)) }
      wasRead = true
      refusedSince = nil
      isTailMissing = false
      if let next { return begin(next) }
      defer { pause = min(pause * 2, Self.restartPoll) }
      return wait(pause)
    case (.reading, .doubted):
      doubts += 1
      defer { pause = min(pause * 2, Self.restartPoll) }
      return wait(pause)
    case (.reading, .failed(let failure)):
      guard goesOn else { return finish(.failed(source, reason: failure.sentence)) }
      if let next {
        return [.tell(.gap(source, reason: "the end of the run before is no longer there"))] + begin(next)
      }
      isTailMissing = true
      return again(after: failure, now: now, chance: chance)
    default:
      return []
    }
  }

  /// Whether lines are awaited, for as long as it takes.
  var isReading: Bool { phase == .reading }

  /// Whether more may come when a request has ended.
  private var goesOn: Bool { request.follow && !request.previous && request.limit == nil }

  /// Reads a line as the server sent it, with its time before it; nothing when it is known already. A gap comes before
  /// the first line of a new connection that does not follow on the last one.
  mutating func line(_ raw: String, isUnfinished: Bool = false) -> [LogEvent] {
    guard hasTimes, request.limit == nil else {
      return [.line(LogLine(source: source, time: nil, timeText: nil, text: raw, isUnfinished: isUnfinished))]
    }
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
    if time == nil, isKubelets(raw) { return [.interrupted(source, reason: raw)] }
    guard !isDoubtful else { return [] }
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
        if next == nil, doubts < Self.mostDoubts {
          isDoubtful = true
          return []
        }
        events.append(.gap(source, reason: "the connection broke and older lines are no longer there"))
      }
      repeated = nil
    }
    pause = Self.shortestPause
    doubts = 0
    wasRead = true
    refusedSince = nil
    lastInterruption = nil
    if let time {
      // Standard output and standard error may come a little out of order; the latest time is what counts.
      if let last, last.time == time {
        self.last = (time, last.count + 1)
      } else if last.map({ $0.time < time }) ?? true {
        last = (time, 1)
      }
    }
    events.append(
      .line(LogLine(source: source, time: time, timeText: timeText, text: text, isUnfinished: isUnfinished)))
    return events
  }

  /// Whether a line without a time is the kubelet's: it puts its errors into the log. Servers that leave out the times
  /// of all lines are told by there never having been one.
  private func isKubelets(_ line: String) -> Bool {
    last != nil || line.hasPrefix("unable to retrieve container logs for ") || line.hasPrefix("rpc error: code = ")
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
    let missed = new.restartCount - old.restartCount - 1
    let isSamePod = old.pod == new.pod
    if isTailMissing, isSamePod, missed == 0, let last {
      next = new
      phase = .reading
      var options = LogOptions()
      options.previous = true
      options.sinceTime = Timestamp(seconds: last.time.seconds)
      repeated = (0, false)
      return [opening(options)]
    }
    var effects: [Effect] = []
    if isSamePod, missed > 0 {
      effects.append(.tell(.gap(source, reason: "the container ran \(missed) times in between")))
    } else if isTailMissing {
      effects.append(.tell(.gap(source, reason: "the connection broke before the run ended")))
    }
    return effects + begin(new)
  }

  /// Reads the log of a new run from its start.
  private mutating func begin(_ run: ContainerRun) -> [Effect] {
    // The kubelet knows of a new run before the server does: its first lines may have come as those of the run before.
    // Within a pod, whose lines all have their times from one clock, they are recognised.
    if reading?.pod == run.pod, last != nil {
      repeated = (0, true)
    } else {
      last = nil
      repeated = nil
    }
    reading = run
    next = nil
    isTailMissing = false
    doubts = 0
    pause = Self.shortestPause
    phase = .reading
    var options = LogOptions()
    options.follow = true
    return [.tell(.restarted(source, count: run.restartCount)), opening(options)]
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
    return [opening(options)]
  }

  /// Every way to open a log goes through here. What was doubted about the one before says nothing about this one:
  /// lines that came of a run of which the server did not know yet must not keep away the lines of the log that is
  /// opened once it knows.
  private mutating func opening(_ options: LogOptions) -> Effect {
    isDoubtful = false
    var options = options
    options.container = request.sources[source].container
    options.timestamps = request.limit?.withTimes ?? true
    options.limitBytes = request.limit?.bytes
    options.skipsKubeletVerification = request.skipsKubeletVerification
    return .open(options)
  }

  private mutating func again(after failure: APIFailure, now: Duration, chance: Double) -> [Effect] {
    switch failure {
    case .status(let status, _) where status.code == 404 || [401, 403].contains(status.code) && !isPassing(now):
      return finish(.failed(source, reason: failure.sentence))
    default:
      let delay = failure.retryAfter ?? backoff.delay(at: now, chance: chance)
      let isKnown = lastInterruption == failure.sentence
      lastInterruption = failure.sentence
      return (isKnown ? [] : [.tell(.interrupted(source, reason: failure.sentence))]) + wait(delay)
    }
  }

  /// Whether a refusal may be over soon.
  private mutating func isPassing(_ now: Duration) -> Bool {
    guard wasRead, request.follow else { return false }
    let since = refusedSince ?? now
    refusedSince = since
    return now - since < Self.patience
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
