import Kube

/// The simulated cluster: its objects, the controllers, scheduler and kubelets that move them, and a clock.
///
/// It is deterministic: the same seed, changes and times give the same cluster. Nothing happens between calls of
/// `advance(to:)`; there, everything that falls due happens in the order of time.
struct Simulation: Sendable {
  var store: ObjectStore
  var catalog: ResourceCatalog
  /// The cluster's time.
  private(set) var now: Timestamp
  var random: SeededRandom
  /// What the registry holds and how its programs behave.
  var registry: ImageRegistry
  /// What the kubelets know of each pod, by uid.
  var pods: [String: PodRuntime] = [:]
  /// When a controller that was refused tries again, by the uid of its object.
  var retries: [String: Retry] = [:]
  /// Uids of ReplicaSets and the like whose last attempt to create a pod was refused, with the refusal.
  var createFailures: [String: StatusError] = [:]
  /// When the next pass of the controllers is due; nil when nothing changed since the last.
  private var passDue: Timestamp?
  private var heartbeatDue: Timestamp
  private var nextPeriodicPass: Timestamp

  struct Retry: Sendable {
    var due: Timestamp
    var delay: Duration
  }

  /// Controllers react this long after a change.
  private static let reactionTime = Duration.milliseconds(150)
  private static let heartbeatInterval = Duration.seconds(10)
  /// Controllers look at everything at least this often: events age, deadlines pass, CronJobs fall due.
  private static let resyncInterval = Duration.seconds(15)

  init(now: Timestamp, seed: UInt64, registry: ImageRegistry, catalog: ResourceCatalog = .standard()) {
    self.now = now
    random = SeededRandom(seed: seed)
    self.registry = registry
    self.catalog = catalog
    store = ObjectStore(revision: 184_200)
    heartbeatDue = now
    nextPeriodicPass = now.advanced(by: Self.resyncInterval)
  }

  /// The next time at which something happens by itself.
  var nextDue: Timestamp {
    var next = min(heartbeatDue, nextPeriodicPass)
    if let passDue { next = min(next, passDue) }
    for runtime in pods.values {
      if let due = runtime.nextDue { next = min(next, due) }
    }
    return next
  }

  /// Lets the cluster live until `time`; times in the past do nothing.
  mutating func advance(to time: Timestamp) {
    while case let due = nextDue, due <= time {
      now = max(now, due)
      if heartbeatDue <= now {
        heartbeatDue = now.advanced(by: Self.heartbeatInterval)
        heartbeat()
      }
      stepPods()
      if passDue.map({ $0 <= now }) ?? false || nextPeriodicPass <= now { runControllers() }
    }
    now = max(now, time)
  }

  /// Sets the clock back or forth without anything happening: for building a cluster with a history.
  mutating func travel(to time: Timestamp) {
    now = time
    heartbeatDue = time
    nextPeriodicPass = time.advanced(by: Self.resyncInterval)
  }

  /// Asks for a pass of the controllers.
  mutating func touch() {
    let due = now.advanced(by: Self.reactionTime)
    passDue = min(passDue ?? due, due)
  }

  /// One pass of all controllers over all objects.
  mutating func runControllers() {
    passDue = nil
    nextPeriodicPass = now.advanced(by: Self.resyncInterval)
    let before = store.revision
    syncNodes()
    syncNamespaces()
    collectGarbage()
    syncDeployments()
    syncReplicaSets()
    syncStatefulSets()
    syncDaemonSets()
    syncCronJobs()
    syncJobs()
    syncVolumes()
    schedulePods()
    admitPods()
    syncEndpoints()
    syncDisruptionBudgets()
    syncQuotas()
    syncAutoscalers()
    expireEvents()
    if store.revision != before { touch() }
  }

  // MARK: Writing objects

  /// Writes an object when it differs from what is stored; answers what is stored afterwards.
  @discardableResult
  mutating func write(_ storage: String, _ object: JSONValue) -> JSONValue {
    if let old = store.object(storage, namespace: object.namespace, name: object.name) {
      var same = object
      same.set("metadata.resourceVersion", old[at: "metadata.resourceVersion"])
      if same == old { return old }
    }
    touch()
    return store.put(storage, object)
  }

  /// Changes the stored object, if it is still there.
  @discardableResult
  mutating func change(
    _ storage: String, namespace: String = "", name: String, _ body: (inout JSONValue) -> Void
  ) -> JSONValue? {
    guard var object = store.object(storage, namespace: namespace, name: name) else { return nil }
    body(&object)
    return write(storage, object)
  }

  /// Removes an object at once.
  mutating func remove(_ storage: String, namespace: String, name: String) {
    guard let last = store.remove(storage, namespace: namespace, name: name) else { return }
    if storage == "pods" { pods[last.uid] = nil }
    touch()
  }

  /// Metadata that the server gives to a new object.
  mutating func identified(_ object: JSONValue) -> JSONValue {
    var object = object
    if object.name.isEmpty {
      object.set("metadata.name", .string(object.text(at: "metadata.generateName") + suffix(5)))
    }
    object.set("metadata.uid", .string(uid()))
    object.set("metadata.creationTimestamp", .time(now))
    object.set("metadata.resourceVersion", nil)
    if object["spec"] != nil { object.set("metadata.generation", 1) }
    return object
  }

  /// A new uid in the form of a random UUID.
  mutating func uid() -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for position in 0..<32 {
      if [8, 12, 16, 20].contains(position) { text.append(UInt8(ascii: "-")) }
      switch position {
      case 12: text.append(UInt8(ascii: "4"))
      case 16: text.append(digits[8 + random.below(4)])
      default: text.append(digits[random.below(16)])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// A random part of a name, in the alphabet without vowels that Kubernetes uses.
  mutating func suffix(_ length: Int) -> String {
    let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
    return String(decoding: (0..<length).map { _ in alphabet[random.below(alphabet.count)] }, as: UTF8.self)
  }

  /// A reference to an owner that manages the object.
  static func ownerReference(_ owner: JSONValue, _ apiVersion: String, _ kind: String) -> JSONValue {
    [
      "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(owner.name), "uid": .string(owner.uid),
      "controller": true, "blockOwnerDeletion": true,
    ]
  }

  /// The pods that an object manages, deleting ones included, by name.
  func pods(ownedBy owner: JSONValue) -> [JSONValue] { store.list("pods", controller: owner.uid) }
}

/// A small random number generator (SplitMix64), so that a seed gives the same cluster everywhere.
struct SeededRandom: Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to `limit`, which is at least 1.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(max(1, limit))) }

  /// A fraction from 0 up to 1.
  mutating func fraction() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
}
