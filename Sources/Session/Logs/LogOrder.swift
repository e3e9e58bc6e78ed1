/// Puts the lines of several containers into the order of their times, as far as that is possible without making
/// anybody wait for long.
///
/// A line is handed out once every other log is known to have come as far, or has been quiet for `window` since the line
/// arrived, so that what is followed is late by that much at most. While another log delivers older lines, it waits for
/// up to `longestWait`: histories are read at different speeds. The lines of one container stay in the order in which
/// it wrote them, and what happened to a container (a gap, a restart) stays between its lines. Clocks of nodes that
/// disagree are believed.
struct LogOrder: Sendable {
  /// How long a quiet log is waited for.
  static let window = Duration.milliseconds(300)
  /// How long a log that has not answered yet is waited for.
  static let firstAnswer = Duration.seconds(2)
  /// How long any line waits at most.
  static let longestWait = Duration.seconds(3)
  /// More lines than this are not held.
  static let mostHeld = 20_000

  private struct Held {
    var event: LogEvent
    /// nil for what stands before all lines of its log.
    var time: LogTime?
    var arrived: Duration
    var serial: Int
  }

  private struct Log {
    var held: [Held] = []
    /// Where the held ones begin: taking one away at the front must not move all others.
    var first = 0
    /// The latest time so far.
    var newest: LogTime?
    var heardOf: Duration?
    var isClosed = false

    var head: Held? { first < held.count ? held[first] : nil }

    mutating func pop() -> Held {
      defer {
        first += 1
        if first > 4096, first > held.count / 2 {
          held.removeFirst(first)
          first = 0
        }
      }
      return held[first]
    }
  }

  private var logs: [Log]
  private let began: Duration
  private var serial = 0
  private var count = 0

  /// An order of so many logs, which are begun to be read at `now`.
  init(sources: Int, now: Duration) {
    logs = Array(repeating: Log(), count: sources)
    began = now
  }

  /// Whether something is held that has to be asked for again.
  var isHolding: Bool { count > 0 }

  /// Takes what has happened to a log.
  mutating func take(_ events: [LogEvent], from source: Int, now: Duration) {
    for event in events {
      if case .line(let line) = event, let time = line.time {
        logs[source].newest = logs[source].newest.map { max($0, time) } ?? time
      }
      logs[source].held.append(
        Held(event: event, time: logs[source].newest, arrived: now, serial: serial))
      serial += 1
      count += 1
    }
    if !events.isEmpty { logs[source].heardOf = now }
  }

  /// Nothing more comes of a log.
  mutating func close(_ source: Int) { logs[source].isClosed = true }

  /// What can be handed out now, in order.
  mutating func release(now: Duration) -> [LogEvent] {
    var events: [LogEvent] = []
    while let source = next, let head = logs[source].head {
      guard count > Self.mostHeld || now - head.arrived >= Self.longestWait || isSettled(head, source, now) else {
        break
      }
      events.append(logs[source].pop().event)
      count -= 1
    }
    return events
  }

  /// The log whose first held line is the earliest.
  private var next: Int? {
    logs.indices.filter { logs[$0].head != nil }.min { left, right in
      guard let a = logs[left].head, let b = logs[right].head else { return false }
      return Self.key(a) < Self.key(b)
    }
  }

  private static func key(_ held: Held) -> (Int64, Int32, Int) {
    (held.time?.seconds ?? .min, held.time?.nanoseconds ?? 0, held.serial)
  }

  /// Whether no earlier line is to be expected of the other logs.
  private func isSettled(_ head: Held, _ source: Int, _ now: Duration) -> Bool {
    guard let time = head.time else { return true }
    return logs.indices.allSatisfy { other in
      let log = logs[other]
      if other == source || log.isClosed { return true }
      if let newest = log.newest, newest >= time { return true }
      guard let heardOf = log.heardOf else { return now - began >= Self.firstAnswer }
      return now - head.arrived >= Self.window && now - heardOf >= Self.window
    }
  }
}
