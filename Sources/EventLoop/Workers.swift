import CPosix
import Glibc
import Synchronization

/// A few threads that run one job after the other. Threads start with the first jobs and end with `close`.
final class Workers: Sendable {
  typealias Job = @Sendable () -> Void

  private struct State {
    var jobs: [Job] = []
    var next = 0
    var started = 0
    var isClosed = false
  }

  private let size: Int
  private let tokens: Int32
  private let state = Mutex(State())

  init(size: Int) throws(LoopFailure) {
    self.size = size
    tokens = try LoopFailure.check("eventfd", pm_semaphore_descriptor())
  }

  deinit {
    Glibc.close(tokens)
  }

  /// Queues a job. Returns false when no thread could be started to run it.
  func run(_ job: @escaping Job) -> Bool {
    let mustStart = state.withLock { state in
      state.jobs.append(job)
      guard state.started < size else { return false }
      state.started += 1
      return true
    }
    if mustStart && !startThread({ [self] in serve() }) {
      let canServe = state.withLock { state in
        state.started -= 1
        if state.started == 0 { state.jobs.removeLast() }
        return state.started > 0
      }
      if !canServe { return false }
    }
    _ = pm_counter_add(tokens, 1)
    return true
  }

  /// Ends the threads after their present jobs; queued jobs are dropped.
  func close() {
    let started = state.withLock { state in
      state.isClosed = true
      return state.started
    }
    if started > 0 { _ = pm_counter_add(tokens, UInt64(started)) }
  }

  private func serve() {
    while pm_counter_take(tokens) == 1, let job = take() {
      job()
    }
  }

  private func take() -> Job? {
    state.withLock { state in
      guard !state.isClosed, state.next < state.jobs.count else { return nil }
      let job = state.jobs[state.next]
      state.next += 1
      if state.next == state.jobs.count {
        state.jobs = []
        state.next = 0
      }
      return job
    }
  }
}

private final class ThreadBody: Sendable {
  let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Starts a detached thread that leaves signals to the loop's thread. Returns false when the system refuses one.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
  let box = Unmanaged.passRetained(ThreadBody(body))
  var mask = sigset_t()
  pm_signals_block_for_threads(&mask)
  defer { pm_signals_restore(&mask) }
  var thread = pthread_t()
  let failed = pthread_create(
    &thread, nil,
    { context in
      if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
      return nil
    }, box.toOpaque())
  guard failed == 0 else {
    box.release()
    return false
  }
  pthread_detach(thread)
  return true
}
