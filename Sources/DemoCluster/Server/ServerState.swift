import Glibc
import Kube
import Synchronization

/// The API server behind a lock, shared by connections, the ticking clock and the program that owns the demo.
final class ServerState: Sendable {
  private let server: Mutex<APIServer>
  private let clock: DemoClock

  init(_ server: consuming sending APIServer, clock: DemoClock) {
    self.server = Mutex(server)
    self.clock = clock
    self.server.withLock { server in
      server.streamEnded = { [weak self] id in
        // The client may go away while the lock is held (a finished stream), so this must not take it here.
        Task { self?.forget(id) }
      }
    }
  }

  func answer(_ request: APIRequest) -> (APIAnswer, FaultVerdict, Duration) {
    withServer { server in
      let delay = server.faults.delay
      switch server.fault(for: request) {
      case .none: return (server.answer(request), .none, delay)
      case .answer(let error): return (.failure(error), .none, delay)
      case let verdict: return (verdict.isClose ? .json(503, .null) : server.answer(request), verdict, delay)
      }
    }
  }

  /// Works on the server at the clock's time, and tells watches what has changed.
  func withServer<Result: Sendable>(_ body: (inout APIServer) -> Result) -> Result {
    server.withLock { server in
      if let now = clock.now { server.cluster.advance(to: now) }
      let result = body(&server)
      server.publish()
      return result
    }
  }

  private func forget(_ id: Int) {
    server.withLock { server in
      server.watches[id] = nil
      server.logStreams[id] = nil
    }
  }
}

extension FaultVerdict {
  var isClose: Bool { if case .close = self { true } else { false } }
}

/// Where the demo's time comes from.
public enum DemoClock: Sendable {
  /// The cluster lives in real time.
  case real
  /// The cluster starts at a time and moves only when `DemoCluster.advance(by:)` says so.
  case manual(Timestamp)

  /// The time that the cluster must have reached; nil when it moves by hand.
  var now: Timestamp? {
    guard case .real = self else { return nil }
    return Self.systemTime
  }

  /// The machine's clock.
  static var systemTime: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
  }
}
