import HTTPTransport
import Kube
import KubeClient
import Testing

@testable import Session

@Suite struct ContainerLogTests {
  static let source = LogSource(namespace: "a", pod: "p", container: "c")

  static func machine(follow: Bool, previous: Bool = false, tail: Int? = nil) -> ContainerLog {
    var request = LogRequest([source])
    request.follow = follow
    request.previous = previous
    request.tailLines = tail
    return ContainerLog(source: 0, request: request)
  }

  static func run(_ id: String, _ restarts: Int, _ state: ContainerRun.State) throws -> ContainerRun {
    var pod = Pod()
    pod.metadata.uid = id
    var container = Container()
    container.name = "c"
    pod.spec.containers = [container]
    var status = ContainerStatus()
    status.name = "c"
    pod.status.containerStatuses = [status]
    var run = try #require(ContainerRun(pod, container: "c"))
    run.id = id
    run.pod = "pod"
    run.restartCount = restarts
    run.state = state
    return run
  }

  static func options(since: String? = nil, tail: Int? = nil, follow: Bool = true, previous: Bool = false) -> LogOptions
  {
    var options = LogOptions()
    options.container = "c"
    options.timestamps = true
    options.follow = follow
    options.previous = previous
    options.tailLines = tail
    options.sinceTime = since.flatMap { Timestamp($0) }
    return options
  }

  static func text(_ events: [LogEvent]) -> [String] {
    events.map { event in
      switch event {
      case .line(let line): line.text
      case .gap: "GAP"
      default: "\(event)"
      }
    }
  }

  @Test func aLogThatIsNotFollowedIsOneRequest() {
    var log = Self.machine(follow: false, tail: 3)
    #expect(log.handle(.start, now: .zero, chance: 0) == [.open(Self.options(tail: 3, follow: false))])
    #expect(log.handle(.ended, now: .zero, chance: 0) == [.tell(.ended(0)), .finish])
  }

  @Test(arguments: [false, true]) func aLimitEndsAFollowedLogToo(withTimes: Bool) throws {
    var request = LogRequest([Self.source])
    request.follow = true
    request.limit = LogLimit(bytes: 30, withTimes: withTimes)
    var log = ContainerLog(source: 0, request: request)
    #expect(log.handle(.start, now: .zero, chance: 0) == [.askRun])
    var options = Self.options()
    options.timestamps = withTimes
    options.limitBytes = 30
    #expect(log.handle(.run(try Self.run("1", 0, .started)), now: .zero, chance: 0) == [.open(options)])
    // What the program itself wrote may look like a time.
    for isUnfinished in [false, true] {
      let line = LogLine(
        source: 0, time: nil, timeText: nil, text: "2026-01-02T03:04:05Z a", isUnfinished: isUnfinished)
      #expect(log.line("2026-01-02T03:04:05Z a", isUnfinished: isUnfinished) == [.line(line)])
    }
    #expect(log.handle(.ended, now: .zero, chance: 0) == [.tell(.ended(0)), .finish])
  }

  @Test func aBreakGoesOnFromTheLastLineWithoutRepeatingIt() throws {
    var log = Self.machine(follow: true, tail: 3)
    #expect(log.handle(.start, now: .zero, chance: 0) == [.askRun])
    let running = try Self.run("1", 0, .started)
    #expect(log.handle(.run(running), now: .zero, chance: 0) == [.open(Self.options(tail: 3))])
    #expect(Self.text(log.line("2026-01-02T03:04:05.1Z a")) == ["a"])
    #expect(Self.text(log.line("2026-01-02T03:04:05.25Z b")) == ["b"])
    #expect(Self.text(log.line("2026-01-02T03:04:05.25Z c")) == ["c"])
    #expect(log.handle(.ended, now: .zero, chance: 0) == [.wait(ContainerLog.shortestPause)])
    #expect(log.handle(.waited, now: .zero, chance: 0) == [.askRun])
    let again = log.handle(.run(running), now: .zero, chance: 0)
    #expect(again == [.open(Self.options(since: "2026-01-02T03:04:05Z"))])
    let repeated = [
      "2026-01-02T03:04:05.1Z a", "2026-01-02T03:04:05.25Z b", "2026-01-02T03:04:05.25Z c",
      "2026-01-02T03:04:05.25Z d", "2026-01-02T03:04:06Z e",
    ]
    #expect(repeated.flatMap { Self.text(log.line($0)) } == ["d", "e"])
  }

  @Test func aGapIsMarkedWhenTheLastLineIsNotThereAnyMore() throws {
    var log = Self.machine(follow: true)
    _ = log.handle(.start, now: .zero, chance: 0)
    let running = try Self.run("1", 0, .started)
    _ = log.handle(.run(running), now: .zero, chance: 0)
    _ = log.line("2026-01-02T03:04:05Z a")
    _ = log.handle(.failed(.transport(.closedEarly(reason: "x"))), now: .zero, chance: 0)
    #expect(log.handle(.waited, now: .zero, chance: 0) == [.askRun])
    _ = log.handle(.run(running), now: .zero, chance: 0)
    // It may be the log of a next run, of which the server does not know yet: that is asked first, several times.
    for _ in 0..<ContainerLog.mostDoubts {
      #expect(log.line("2026-01-02T03:05:00Z z").isEmpty)
      #expect(log.isDoubtful)
      _ = log.handle(.doubted, now: .zero, chance: 0)
      #expect(log.handle(.waited, now: .zero, chance: 0) == [.askRun])
      _ = log.handle(.run(running), now: .zero, chance: 0)
    }
    #expect(Self.text(log.line("2026-01-02T03:05:00Z z")) == ["GAP", "z"])
    #expect(Self.text(log.line("2026-01-02T03:05:01Z y")) == ["y"])
  }

  @Test func aRestartIsFollowedFromTheNewRunsFirstLine() throws {
    var log = Self.machine(follow: true, tail: 1)
    _ = log.handle(.start, now: .zero, chance: 0)
    _ = log.handle(.run(try Self.run("1", 0, .started)), now: .zero, chance: 0)
    _ = log.line("2026-01-02T03:04:05Z a")
    _ = log.handle(.ended, now: .zero, chance: 0)
    _ = log.handle(.waited, now: .zero, chance: 0)
    let backingOff = try Self.run("1", 0, .ended(mayRestart: true))
    #expect(log.handle(.run(backingOff), now: .zero, chance: 0) == [.wait(ContainerLog.restartPoll)])
    _ = log.handle(.waited, now: .zero, chance: 0)
    var other = try Self.run("2", 1, .started)
    other.pod = "another pod of the name, maybe on another node"
    let next = log.handle(.run(other), now: .zero, chance: 0)
    #expect(next == [.tell(.restarted(0, count: 1)), .open(Self.options())])
    #expect(Self.text(log.line("2026-01-02T03:04:04Z clocks differ")) == ["clocks differ"])
  }

  @Test func runsThatNobodySawAreAGap() throws {
    var log = Self.machine(follow: true)
    _ = log.handle(.start, now: .zero, chance: 0)
    _ = log.handle(.run(try Self.run("1", 0, .started)), now: .zero, chance: 0)
    _ = log.handle(.ended, now: .zero, chance: 0)
    _ = log.handle(.waited, now: .zero, chance: 0)
    let effects = log.handle(.run(try Self.run("4", 3, .started)), now: .zero, chance: 0)
    guard case .tell(.gap(0, _)) = effects.first else { Issue.record("\(effects)"); return }
  }

  @Test func aContainerThatWillNotRunAgainEnds() throws {
    var log = Self.machine(follow: true)
    _ = log.handle(.start, now: .zero, chance: 0)
    _ = log.handle(.run(try Self.run("1", 0, .started)), now: .zero, chance: 0)
    _ = log.handle(.ended, now: .zero, chance: 0)
    _ = log.handle(.waited, now: .zero, chance: 0)
    let over = log.handle(.run(try Self.run("1", 0, .ended(mayRestart: false))), now: .zero, chance: 0)
    #expect(over == [.tell(.ended(0)), .finish])
    #expect(log.handle(.waited, now: .zero, chance: 0).isEmpty)
  }

  @Test func theEndOfARunWhoseConnectionBrokeIsReadFromThePreviousLog() throws {
    var log = Self.machine(follow: true)
    _ = log.handle(.start, now: .zero, chance: 0)
    _ = log.handle(.run(try Self.run("1", 0, .started)), now: .zero, chance: 0)
    _ = log.line("2026-01-02T03:04:05Z a")
    _ = log.handle(.failed(.transport(.closedEarly(reason: "x"))), now: .zero, chance: 0)
    _ = log.handle(.waited, now: .zero, chance: 0)
    let tail = log.handle(.run(try Self.run("2", 1, .started)), now: .zero, chance: 0)
    #expect(tail == [.open(Self.options(since: "2026-01-02T03:04:05Z", follow: false, previous: true))])
    #expect(Self.text(log.line("2026-01-02T03:04:05Z a") + log.line("2026-01-02T03:04:06Z b")) == ["b"])
    let next = log.handle(.ended, now: .zero, chance: 0)
    #expect(next == [.tell(.restarted(0, count: 1)), .open(Self.options())])
    #expect(Self.text(log.line("2026-01-02T03:04:07Z c")) == ["c"])
  }

  /// After an outage the kubelet answers with the next run's lines before the server knows of that run. Once it knows,
  /// the rest of the run before is read: what was doubted must not be held against it.
  @Test func doubtsAboutOneLogAreNotHeldAgainstTheNext() throws {
    var log = Self.machine(follow: true)
    _ = log.handle(.start, now: .zero, chance: 0)
    let first = try Self.run("1", 0, .started)
    _ = log.handle(.run(first), now: .zero, chance: 0)
    _ = log.line("2026-01-02T03:04:05Z run 1 line 1")
    _ = log.handle(.failed(.transport(.closedEarly(reason: "x"))), now: .zero, chance: 0)
    _ = log.handle(.waited, now: .zero, chance: 0)
    _ = log.handle(.run(first), now: .zero, chance: 0)
    #expect(log.line("2026-01-02T03:04:20Z run 2 line 1").isEmpty)
    #expect(log.isDoubtful)
    _ = log.handle(.doubted, now: .zero, chance: 0)
    _ = log.handle(.waited, now: .zero, chance: 0)

    let rest = log.handle(.run(try Self.run("2", 1, .started)), now: .zero, chance: 0)
    #expect(rest == [.open(Self.options(since: "2026-01-02T03:04:05Z", follow: false, previous: true))])
    #expect(!log.isDoubtful)
    let tail = ["2026-01-02T03:04:05Z run 1 line 1", "2026-01-02T03:04:06Z run 1 line 2"]
    #expect(tail.flatMap { Self.text(log.line($0)) } == ["run 1 line 2"])
    _ = log.handle(.ended, now: .zero, chance: 0)
    #expect(Self.text(log.line("2026-01-02T03:04:20Z run 2 line 1")) == ["run 2 line 1"])
  }

  @Test func theKubeletsOwnErrorsAreNoLines() {
    var log = Self.machine(follow: false)
    _ = log.handle(.start, now: .zero, chance: 0)
    let error = "unable to retrieve container logs for containerd://1"
    #expect(log.line(error) == [.interrupted(0, reason: error)])
  }

  @Test func waitingIsToldOnce() throws {
    var log = Self.machine(follow: true)
    _ = log.handle(.start, now: .zero, chance: 0)
    let waiting = try Self.run("", 0, .waiting("ContainerCreating"))
    #expect(log.handle(.run(waiting), now: .zero, chance: 0).count == 2)
    _ = log.handle(.waited, now: .zero, chance: 0)
    #expect(log.handle(.run(waiting), now: .zero, chance: 0) == [.wait(ContainerLog.restartPoll)])
  }

  @Test func logsMayBeReadWherePodsMayNot() {
    let refusal = APIFailure.status(Status(code: 403, reason: "Forbidden", message: "no"), retryAfter: nil)
    var log = Self.machine(follow: true)
    _ = log.handle(.start, now: .zero, chance: 0)
    #expect(log.handle(.runUnknown(refusal), now: .zero, chance: 0) == [.open(Self.options())])
    _ = log.handle(.ended, now: .zero, chance: 0)
    _ = log.handle(.waited, now: .zero, chance: 0)
    #expect(log.handle(.runUnknown(refusal), now: .zero, chance: 0) == [.tell(.ended(0)), .finish])
  }

  private static let refusal = APIFailure.status(Status(code: 403, reason: "Forbidden", message: "no"), retryAfter: nil)

  /// A server that has come back does not know its roles for the first seconds.
  @Test func aPassingRefusalDoesNotEndTheLog() throws {
    var log = Self.machine(follow: true)
    let running = try Self.run("containerd://1", 0, .started)
    _ = log.handle(.start, now: .zero, chance: 0)
    _ = log.handle(.run(running), now: .zero, chance: 0)
    _ = log.line("2026-01-02T03:04:05Z one")
    _ = log.handle(.failed(.malformed("connection reset")), now: .zero, chance: 0)
    _ = log.handle(.waited, now: .zero, chance: 0)
    let effects = log.handle(.runUnknown(Self.refusal), now: .seconds(1), chance: 0)
    #expect(effects.count == 2 && effects.last != .finish, "\(effects)")
    _ = log.handle(.waited, now: .seconds(2), chance: 0)
    _ = log.handle(.run(running), now: .seconds(2), chance: 0)
    let again = log.handle(.failed(Self.refusal), now: .seconds(3), chance: 0)
    #expect(again.last != .finish, "\(again)")
    _ = log.handle(.waited, now: .seconds(31), chance: 0)
    #expect(log.handle(.runUnknown(Self.refusal), now: .seconds(31), chance: 0).last == .finish)
  }

  @Test func anInterruptionIsToldOnceUntilALineComes() throws {
    var log = Self.machine(follow: true)
    let running = try Self.run("containerd://1", 0, .started)
    _ = log.handle(.start, now: .zero, chance: 0)
    for (isFirst, line) in [(true, ""), (false, "2026-01-02T03:04:05Z one"), (true, "")] {
      _ = log.handle(.run(running), now: .zero, chance: 0)
      let effects = log.handle(.failed(.malformed("no route to host")), now: .zero, chance: 0)
      #expect(effects.count == (isFirst ? 2 : 1), "\(effects)")
      _ = log.handle(.waited, now: .zero, chance: 0)
      if !line.isEmpty { _ = log.line(line) }
    }
  }

  @Test func aRefusalAtFirstEndsIt() {
    var log = Self.machine(follow: true)
    _ = log.handle(.start, now: .zero, chance: 0)
    _ = log.handle(.runUnknown(Self.refusal), now: .zero, chance: 0)
    #expect(log.handle(.failed(Self.refusal), now: .zero, chance: 0).last == .finish)
  }

  @Test func whoMayNotReadPodsFollowsOverABreak() {
    var log = Self.machine(follow: true)
    _ = log.handle(.start, now: .zero, chance: 0)
    _ = log.handle(.runUnknown(Self.refusal), now: .zero, chance: 0)
    _ = log.line("2026-01-02T03:04:05Z one")
    _ = log.handle(.failed(.malformed("connection reset")), now: .zero, chance: 0)
    _ = log.handle(.waited, now: .zero, chance: 0)
    let options = Self.options(since: "2026-01-02T03:04:05Z")
    #expect(log.handle(.runUnknown(Self.refusal), now: .zero, chance: 0) == [.open(options)])
  }

  @Test func linesWithoutATimeAreKept() {
    var log = Self.machine(follow: false)
    #expect(Self.text(log.line("no time here")) == ["no time here"])
    #expect(Self.text(log.line("")) == [""])
    #expect(Self.text(log.line("2026-01-02T03:04:05Z ")) == [""])
  }

  @Test func timesAreComparedToTheNanosecond() throws {
    let early = try #require(LogTime("2026-01-02T03:04:05.1234567Z"))
    let late = try #require(LogTime("2026-01-02T04:04:05.12345671+01:00"))
    #expect(early < late)
  }
}
