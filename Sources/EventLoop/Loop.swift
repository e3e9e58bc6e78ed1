import CPosix
import Glibc
import Synchronization

/// One thread's event loop: descriptors, timers, signals, work on other threads, child processes.
///
/// Everything but the `mailbox` belongs to the thread that made the loop. Handlers may call every method of the loop,
/// `turn` included.
public final class Loop {
  /// What a watched descriptor is waited for, or is ready for.
  public struct Interest: OptionSet, Sendable {
    /// One bit for each thing waited for.
    public let rawValue: UInt8
    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// There is something to read, or the other side has closed, or the descriptor has failed.
    public static let readable = Interest(rawValue: 1)
    /// There is room to write, or the descriptor has failed.
    public static let writable = Interest(rawValue: 2)
  }

  /// Names one scheduled timer; never used again for another timer of the same loop.
  public struct TimerID: Hashable, Sendable {
    let serial: UInt64
  }

  private struct Watch {
    let interest: Interest
    let serial: UInt64
    let handler: (Interest) -> Void
  }

  /// The time that timers are measured in.
  public let clock: any LoopClock
  /// How other threads reach this loop.
  public let mailbox: Mailbox

  private var watches: [Int32: Watch] = [:]
  private var lastWatch: UInt64 = 0
  private var polled: [pollfd] = []
  private var polledIsOld = true
  private var timers = Timers()
  private var posts: [() -> Void] = []
  private let workers: Workers
  private var jobs: [UInt64: () -> Void] = [:]
  private var lastJob: UInt64 = 0
  private var signalDescriptors: [Int32] = []
  private var isStopping = false

  /// A loop of the calling thread. Also has the process ignore SIGPIPE, so that writing to what has gone away is an
  /// error that can be handled (child processes get the default back).
  public init(clock: any LoopClock = SystemClock()) throws(LoopFailure) {
    self.clock = clock
    mailbox = try Mailbox()
    workers = try Workers(size: 2)
    signal(SIGPIPE, SIG_IGN)
  }

  deinit {
    workers.close()
    for descriptor in signalDescriptors { close(descriptor) }
  }

  // MARK: Descriptors

  /// Calls `handler` in every turn in which `descriptor` is ready, with what it is ready for. Hang-ups and errors count
  /// as ready for all that was asked, so the handler notices them when it reads or writes; it must then `unwatch`, or it
  /// is called again at once. An empty interest keeps the watch but waits for nothing. Replaces an earlier watch of the
  /// same descriptor. Unwatch before closing a descriptor.
  public func watch(_ descriptor: Int32, _ interest: Interest, _ handler: @escaping (Interest) -> Void) {
    lastWatch += 1
    watches[descriptor] = Watch(interest: interest, serial: lastWatch, handler: handler)
    polledIsOld = true
  }

  /// Ends the watch; its handler is not called again, not even in the present turn.
  public func unwatch(_ descriptor: Int32) {
    if watches.removeValue(forKey: descriptor) != nil { polledIsOld = true }
  }

  // MARK: Timers, posts and other threads

  /// Runs `body` once, in the first turn that begins `delay` or more from now. Timers due in the same turn run in the
  /// order of their due times.
  @discardableResult
  public func schedule(after delay: Duration, _ body: @escaping () -> Void) -> TimerID {
    TimerID(serial: timers.add(due: clock.now + max(delay, .zero), body))
  }

  /// Forgets a timer; nothing happens when it has fired already.
  public func cancel(_ timer: TimerID) {
    timers.cancel(timer.serial)
  }

  /// Runs `body` once, in the next turn, in the order of the posts.
  public func post(_ body: @escaping () -> Void) {
    posts.append(body)
  }

  /// Runs `work` on one of two worker threads and then `then`, with its result, on the loop's thread. Jobs start in
  /// order. When the system refuses a thread the work is done here instead, late but done.
  public func perform<Result: Sendable>(
    _ work: @escaping @Sendable () -> Result, then: @escaping (Result) -> Void
  ) {
    let answer = Answer<Result>()
    let job = expectAnswer {
      if let result = answer.take() { then(result) }
    }
    let isQueued = workers.run { [mailbox] in
      answer.give(work())
      mailbox.put(.finished(job: job))
    }
    if !isQueued {
      post { [mailbox] in
        answer.give(work())
        mailbox.put(.finished(job: job))
      }
    }
  }

  /// Registers what another thread ends with `mailbox.put(.finished(job:))`.
  func expectAnswer(_ body: @escaping () -> Void) -> UInt64 {
    lastJob += 1
    jobs[lastJob] = body
    return lastJob
  }

  // MARK: Signals

  /// Blocks `signals` for the calling thread and has `handler` called on the loop with each that arrives (equal pending
  /// signals arrive once). Call it before other threads exist: a thread that does not block a signal takes it, with its
  /// default action. The loop's own threads and its child processes are seen to.
  public func onSignals(_ signals: [Int32], _ handler: @escaping (Int32) -> Void) throws(LoopFailure) {
    let descriptor = try LoopFailure.check("signalfd", pm_signal_descriptor(signals, Int32(signals.count)))
    signalDescriptors.append(descriptor)
    watch(descriptor, .readable) { _ in
      while case let signal = pm_signal_next(descriptor), signal > 0 { handler(signal) }
    }
  }

  // MARK: Running

  /// Turns until `stop`; sleeps without using the processor while nothing happens.
  public func run() {
    while !isStopping { _ = turn(upTo: nil) }
    isStopping = false
  }

  /// Ends the present `run` after this turn, or the next `run` at once.
  public func stop() {
    isStopping = true
  }

  /// One turn: sleeps up to `wait` (`nil`: as long as it takes) for something to do, then runs the posts of the
  /// turns before, ready descriptors, what other threads sent and due timers, each of them once. Returns whether
  /// anything ran.
  @discardableResult
  public func turn(upTo wait: Duration?) -> Bool {
    var didRun = false
    let ready = poll(upTo: wait)
    let bodies = posts
    posts = []
    for body in bodies {
      didRun = true
      body()
    }
    for (descriptor, ready, serial) in ready {
      guard let watch = watches[descriptor], watch.serial == serial else { continue }
      didRun = true
      watch.handler(ready)
    }
    for letter in mailbox.takeAll() {
      didRun = true
      switch letter {
      case .run(let body): body()
      case .finished(let job): jobs.removeValue(forKey: job)?()
      }
    }
    // Timers that come of these wait for the next turn, so that descriptors are looked at in between.
    let now = clock.now
    let newest = timers.newest
    while let body = timers.takeDue(at: now, notAfter: newest) {
      didRun = true
      body()
    }
    return didRun
  }

  /// Turns until there is nothing to do: no ready descriptor, post, message, due timer, or work on another thread
  /// (child processes included). Returns false when `limit` of real time passed first.
  @discardableResult
  public func runUntilIdle(limit: Duration) -> Bool {
    let end = SystemClock.monotonic() + limit
    while true {
      if !turn(upTo: .zero) && posts.isEmpty && mailbox.isEmpty {
        if jobs.isEmpty { return true }
        turn(upTo: max(end - SystemClock.monotonic(), .zero))
      }
      if SystemClock.monotonic() >= end { return false }
    }
  }

  /// Turns until `condition` holds, which is asked before every turn. Returns false when `limit` of real time passed
  /// first. The condition must come true by something the loop runs.
  public func run(until condition: () -> Bool, limit: Duration) -> Bool {
    let end = SystemClock.monotonic() + limit
    while !condition() {
      let left = end - SystemClock.monotonic()
      guard left > .zero else { return false }
      turn(upTo: left)
    }
    return true
  }

  private func poll(upTo wait: Duration?) -> [(descriptor: Int32, ready: Interest, serial: UInt64)] {
    refreshPolled()
    let ready = pm_poll(&polled, UInt(polled.count), timeout(upTo: wait))
    // Interrupted, or out of memory: nothing is known to be ready, and the next turn asks again.
    guard ready > 0 else { return [] }
    var found: [(descriptor: Int32, ready: Interest, serial: UInt64)] = []
    for entry in polled where entry.revents != 0 {
      guard let watch = watches[entry.fd] else { continue }
      let events = Int32(entry.revents)
      var interest: Interest = []
      if events & POLLIN != 0 { interest.insert(.readable) }
      if events & POLLOUT != 0 { interest.insert(.writable) }
      if events & (POLLERR | POLLHUP | POLLNVAL) != 0 { interest.formUnion(watch.interest) }
      found.append((entry.fd, interest, watch.serial))
    }
    return found
  }

  private func refreshPolled() {
    guard polledIsOld else { return }
    polled = [pollfd(fd: mailbox.descriptor, events: Int16(POLLIN), revents: 0)]
    // Without an interest even a hang-up would wake the poll, over and over: leave those out.
    for (descriptor, watch) in watches where !watch.interest.isEmpty {
      var events: Int32 = 0
      if watch.interest.contains(.readable) { events |= POLLIN }
      if watch.interest.contains(.writable) { events |= POLLOUT }
      polled.append(pollfd(fd: descriptor, events: Int16(events), revents: 0))
    }
    polledIsOld = false
  }

  /// In nanoseconds; below zero for ever.
  private func timeout(upTo wait: Duration?) -> Int64 {
    if !posts.isEmpty { return 0 }
    var longest = wait
    if let due = timers.nextDue() {
      let left = due - clock.now
      if left <= .zero { return 0 }
      if clock.passesByItself { longest = longest.map { min($0, left) } ?? left }
    }
    guard let longest else { return -1 }
    // A day is long enough for one sleep and far from overflow.
    let (seconds, attoseconds) = max(.zero, min(longest, .seconds(86_400))).components
    return seconds * 1_000_000_000 + (attoseconds + 999_999_999) / 1_000_000_000
  }
}

/// Carries one result from a worker to the loop.
private final class Answer<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)

  func give(_ value: Value) { self.value.withLock { $0 = value } }

  func take() -> Value? {
    value.withLock { value in
      defer { value = nil }
      return value
    }
  }
}
