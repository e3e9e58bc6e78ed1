import Dispatch
import FlyingFox
import FlyingSocks
import Foundation
import Kube
import Synchronization

/// A simulated Kubernetes cluster behind a real HTTP server on loopback.
///
/// Programs reach it as any API server, over plain HTTP/1.1 at `url`. It lives until `stop()` or until it is released.
/// It runs on Swift's cooperative threads: whoever blocks one of those (as a test that runs an event loop does) should
/// do so on a thread of its own.
public final class DemoCluster: Sendable {
  /// Why a demo cannot start.
  public enum StartError: Error, CustomStringConvertible, Sendable {
    /// There is no scenario of that name.
    case unknownScenario(String)
    /// The port is taken or may not be used.
    case cannotListen(String)

    /// One sentence for people.
    public var description: String {
      switch self {
      case .unknownScenario(let name):
        "no demo scenario '\(name)'; there are: \(DemoCluster.scenarios.map(\.name).joined(separator: ", "))"
      case .cannotListen(let why): "the demo cluster cannot listen: \(why)"
      }
    }
  }

  /// The scenarios that can be started, the default first.
  public static var scenarios: [(name: String, description: String)] {
    Scenario.all.map { ($0.name, $0.description) }
  }

  /// Where the cluster is served, such as `http://127.0.0.1:43210`.
  public let url: String
  let state: ServerState
  private let server: HTTPServer
  private let tasks: [Task<Void, Never>]

  private init(url: String, state: ServerState, server: HTTPServer, tasks: [Task<Void, Never>]) {
    self.url = url
    self.state = state
    self.server = server
    self.tasks = tasks
  }

  deinit { for task in tasks { task.cancel() } }

  /// Starts a cluster and returns once it can be reached. Blocks the calling thread for some milliseconds; do not call
  /// it on one of Swift's cooperative threads (use the asynchronous form there).
  public static func start(
    scenario: String = "shop", port: UInt16? = nil, clock: DemoClock = .real, seed: UInt64 = 1
  ) throws -> DemoCluster {
    let result = Mutex<Result<DemoCluster, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
    Task.detached {
      let outcome: Result<DemoCluster, any Error>
      do {
        outcome = .success(try await launch(scenario: scenario, port: port, clock: clock, seed: seed))
      } catch {
        outcome = .failure(error)
      }
      result.withLock { $0 = outcome }
      done.signal()
    }
    done.wait()
    guard let outcome = result.withLock({ $0 }) else { throw StartError.cannotListen("no answer") }
    return try outcome.get()
  }

  /// Starts a cluster and returns once it can be reached.
  public static func launch(
    scenario: String = "shop", port: UInt16? = nil, clock: DemoClock = .real, seed: UInt64 = 1
  ) async throws -> DemoCluster {
    guard let chosen = Scenario.all.first(where: { $0.name == scenario }) else {
      throw StartError.unknownScenario(scenario)
    }
    let start: Timestamp = if case .manual(let time) = clock { time } else { DemoClock.systemTime }
    let state = ServerState(APIServer(cluster: chosen.build(start, seed)), clock: clock)
    let server = HTTPServer(
      address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port ?? 0), timeout: 3600,
      pool: PromptSocketPool(base: HTTPServer.defaultPool()), logger: .disabled, handler: HTTPFront(state: state))
    let failure = Mutex<String?>(nil)
    let serving = Task {
      do {
        try await server.run()
      } catch {
        let reason =
          if case SocketError.failed(_, let number, _) = error {
            "port \(port ?? 0): \(String(cString: strerror(number)))"
          } else {
            "\(error)"
          }
        failure.withLock { $0 = reason }
      }
    }
    do {
      try await server.waitUntilListening(timeout: 60)
    } catch {
      serving.cancel()
      throw StartError.cannotListen(failure.withLock { $0 } ?? "\(error)")
    }
    guard case .ip4(_, let bound) = await server.listeningAddress else {
      serving.cancel()
      throw StartError.cannotListen("port \(port ?? 0)")
    }
    var tasks = [serving]
    if case .real = clock { tasks.append(Task { await tick(state) }) }
    return DemoCluster(url: "http://127.0.0.1:\(bound)", state: state, server: server, tasks: tasks)
  }

  /// Lets the cluster live in real time.
  private static func tick(_ state: ServerState) async {
    var bookmarksDue = DemoClock.systemTime.advanced(by: APIServer.bookmarkInterval)
    while !Task.isCancelled {
      let now = DemoClock.systemTime
      let hasBookmarks = bookmarksDue <= now
      if hasBookmarks { bookmarksDue = now.advanced(by: APIServer.bookmarkInterval) }
      let next = state.withServer { server in
        if hasBookmarks { server.sendBookmarks() }
        return server.cluster.nextDue
      }
      let pause = min(max(next.since(DemoClock.systemTime), .milliseconds(20)), .seconds(1))
      do {
        try await Task.sleep(for: pause)
      } catch {
        return
      }
    }
  }

  /// Moves a manual clock: everything that falls due until then has happened when this returns, and watches have been
  /// told. With the real clock nothing happens.
  public func advance(by duration: Duration) {
    state.withServer { $0.cluster.advance(to: $0.cluster.now.advanced(by: duration)) }
  }

  /// The cluster's time.
  public var now: Timestamp { state.withServer { $0.cluster.now } }

  /// The faults in force; setting them ends neither watches nor lists that were answered already.
  public var faults: Faults {
    get { state.withServer { $0.faults } }
    set { state.withServer { $0.faults = newValue } }
  }

  /// Ends all watches and followed logs, as an API server does that restarts.
  public func endStreams() { state.withServer { $0.endStreams() } }

  /// Forgets the history of changes: watches from an older resourceVersion are answered 410.
  public func compact() { state.withServer { $0.cluster.store.compact() } }

  /// Sends a bookmark to every watch that allows them.
  public func sendBookmarks() { state.withServer { $0.sendBookmarks() } }

  /// Changes a node's Ready condition: the kubelet of a node that is not ready does nothing any more.
  public func setNode(_ name: String, ready: Bool) {
    state.withServer { $0.cluster.setNode(name, ready: ready) }
  }

  /// A kubeconfig with this cluster as its only context, named `demo`.
  public func kubeconfig(namespace: String = "default") -> String {
    let token = faults.token.map { "    token: \($0)\n" } ?? ""
    return """
      apiVersion: v1
      kind: Config
      clusters:
      - name: demo
        cluster:
          server: \(url)
      contexts:
      - name: demo
        context:
          cluster: demo
          namespace: \(namespace)
          user: demo-admin
      current-context: demo
      users:
      - name: demo-admin
        user:\(token.isEmpty ? " {}\n" : "\n" + token)
      """
  }

  /// Stops serving: connections are closed at once.
  public func stop() async {
    endStreams()
    await server.stop(timeout: 0)
    for task in tasks { task.cancel() }
  }
}
