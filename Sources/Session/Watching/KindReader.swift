import ClusterState
import EventLoop
import Kube
import KubeClient

/// Keeps the store of one kind current while it is wanted, and for a while longer.
final class KindReader {
  let store: ObjectStore
  /// The kind in the version that is read; nil while that is not known yet.
  private(set) var served: Resource?
  private let asTable: Bool
  private let environment: Environment
  /// Versions to try when the server does not have the one that is read.
  private var others: [Resource] = []
  private var reflector: Reflector?
  private var farewell: Loop.TimerID?
  private(set) var isWanted = false

  /// What all readers of a session share.
  struct Environment {
    let client: KubeClient
    let loop: Loop
    let pool: StringPool
    let random: () -> Double
    let noteChange: () -> Void
    /// Why nobody can say what the server serves; nil when it has said so.
    let serverIsUnknown: () -> String?

    var now: Timestamp {
      let time = loop.clock.wallTime
      return Timestamp(seconds: time.seconds, nanoseconds: time.nanoseconds)
    }
  }

  /// How long an unwanted kind is still kept current, so that going back to it costs nothing.
  static let grace = Duration.seconds(60)

  /// A reader into `store`; `asTable` reads rows as the server prints them, of kinds that have a type too.
  init(store: ObjectStore, asTable: Bool = false, environment: Environment) {
    self.store = store
    self.asTable = asTable
    self.environment = environment
  }

  var isRunning: Bool { reflector != nil }

  /// Starts reading `resource`, or goes on; where the server turns out not to have it, the first of `others` that it
  /// has.
  func want(_ resource: Resource?, orElse others: [Resource] = []) {
    isWanted = true
    if let farewell { environment.loop.cancel(farewell) }
    farewell = nil
    guard let resource else { return }
    if reflector != nil, let served, served.version == resource.version || others.contains(served) { return }
    stop()
    self.others = others
    served = resource
    start(resource)
  }

  /// The server does not have the kind.
  func isNotServed() {
    guard store.freshness != .notServed else { return }
    stop()
    served = nil
    store.freshness = .notServed
    environment.noteChange()
  }

  /// Stops when nobody wants the kind again within the time of grace.
  func release() {
    guard isWanted else { return }
    isWanted = false
    guard reflector != nil else { return }
    farewell = environment.loop.schedule(after: Self.grace) { [weak self] in self?.stop() }
  }

  /// What answers there has not said what it serves, for this reason: that it does not have the kind tells nothing.
  func serverIsUnknown(_ reason: String) {
    guard store.freshness == .notServed else { return }
    store.freshness = .failed(reason)
    environment.noteChange()
  }

  /// Tries again at once where the kind could not be read.
  func serverIsKnown() { if case .failed = store.freshness { refresh() } }

  /// Tries again at once.
  func refresh() { reflector?.start() }

  /// Gives up what is under way on a connection that is silent, and tries again.
  func connectionLost(_ failure: APIFailure) { reflector?.connectionLost(failure) }

  /// Ends all requests; the data stay and begin to age.
  func stop() {
    if let farewell { environment.loop.cancel(farewell) }
    farewell = nil
    guard let reflector else { return }
    reflector.stop()
    self.reflector = nil
    switch store.freshness {
    case .live: store.freshness = .stale(since: environment.now, reason: "not being watched")
    case .loading: store.freshness = .unread
    case .unread, .stale, .forbidden, .notServed, .notCaptured, .failed: return
    }
    environment.noteChange()
  }

  private func start(_ resource: Resource) {
    let namespace: String? = if case .namespace(let name) = store.coverage { name } else { nil }
    let builtIn = asTable ? nil : builtInKind(group: resource.group, plural: resource.plural)
    let codec = builtIn.map { Self.codec($0.type, resource.version) } ?? .table
    let environment = environment
    let reflector = Reflector(
      client: environment.client, resource: resource, options: ListOptions(namespace: namespace), codec: codec,
      store: store, pool: environment.pool, wallClock: { environment.now }, random: environment.random,
      onChange: { [weak self] in self?.changed() })
    self.reflector = reflector
    reflector.start()
  }

  private func changed() {
    if store.freshness == .notServed, let next = others.first {
      others.removeFirst()
      reflector?.stop()
      store.freshness = .unread
      served = next
      start(next)
    } else if store.freshness == .notServed, let reason = environment.serverIsUnknown() {
      store.freshness = .failed(reason)
    }
    environment.noteChange()
  }

  private static func codec<Object: KubeObject>(_ type: Object.Type, _ version: String) -> ObjectCodec {
    .typed(type, version: version)
  }
}
