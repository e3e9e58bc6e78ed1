import ClusterState
import Draining
import HTTPTransport
import Kube
import KubeClient

/// An API server, its kubelets and its controllers, as far as a drain meets them, on a clock that the test moves.
struct FakeServer {
  /// What happens to one request.
  enum Fault {
    /// It is refused; nothing happens.
    case refuse(APIFailure)
    /// It is carried out, and the answer is lost.
    case lose
  }

  struct Node {
    var uid: String
    var isCordoned = false
    var run: String?
  }

  static let start = Timestamp(seconds: 1_800_000_000)

  var nodes: [String: Node] = [:]
  var pods: [String: Pod] = [:]
  /// Evictions that budgets still allow, by the label `app`; nil for no budget.
  var allowed: [String: Int] = [:]
  /// Whether the budgets could allow something at another time.
  var hasRoomAtAll = true
  /// By uid of the owner, how many pods it wants.
  var replicas: [String: Int] = [:]
  /// The node that replacements are placed on, and after how long they are Ready.
  var otherNode = "other"
  var readyAfter = Duration.seconds(3)
  /// Asked for each request before it is carried out.
  var fault: (DrainRequest) -> Fault? = { _ in nil }
  var now = Duration.zero

  /// By uid, how often a pod that was not yet going was told to go.
  private(set) var removals: [String: Int] = [:]
  private(set) var requests: [DrainRequest] = []
  private var serial = 0
  private var readyTimes: [String: Duration] = [:]

  var wall: Timestamp { Self.start.advanced(by: now) }

  // MARK: Making

  /// Nodes with so many pods each, which a ReplicaSet for each node replaces.
  static func running(_ pods: Int = 3, app: String = "", nodes: [String] = ["n1"]) -> FakeServer {
    var server = FakeServer()
    for node in nodes {
      server.addNode(node)
      for index in 0..<pods { server.addPod("\(node)-p\(index)", on: node, named: "web-\(node)", app: app) }
    }
    return server
  }

  mutating func addNode(_ name: String, isCordoned: Bool = false) {
    nodes[name] = Node(uid: "node-\(name)", isCordoned: isCordoned)
  }

  @discardableResult
  mutating func addPod(
    _ name: String, on node: String, owner kind: String? = "ReplicaSet", named owner: String = "web", app: String = "",
    grace: Int = 2, namespace: String = "shop"
  ) -> PodKey {
    var pod = Pod()
    serial += 1
    pod.metadata.name = name
    pod.metadata.namespace = namespace
    pod.metadata.uid = "uid-\(name)-\(serial)"
    pod.metadata.creationTimestamp = wall
    if !app.isEmpty { pod.metadata.labels = ["app": app] }
    if let kind {
      var reference = OwnerReference()
      reference.kind = kind
      reference.apiVersion = kind == "Job" ? "batch/v1" : "apps/v1"
      reference.name = owner
      reference.uid = "owner-\(owner)"
      reference.controller = true
      pod.metadata.ownerReferences = [reference]
      replicas[reference.uid, default: 0] += 1
    }
    pod.spec.nodeName = node
    pod.spec.terminationGracePeriodSeconds = grace
    pod.status.phase = "Running"
    setReady(&pod, true)
    pods[pod.metadata.uid] = pod
    return PodKey(pod)
  }

  private func setReady(_ pod: inout Pod, _ isReady: Bool) {
    var condition = Condition()
    condition.type = "Ready"
    condition.status = isReady ? "True" : "False"
    pod.status.conditions = [condition]
  }

  /// Lets time pass: kubelets end pods, controllers replace them.
  mutating func pass(to time: Duration) {
    now = max(now, time)
    for (uid, pod) in pods {
      guard let deletion = pod.metadata.deletionTimestamp, deletion <= wall, pod.metadata.finalizers.isEmpty else {
        continue
      }
      pods[uid] = nil
    }
    replace()
    for (uid, time) in readyTimes where time <= now {
      readyTimes[uid] = nil
      if var pod = pods[uid] {
        setReady(&pod, true)
        pods[uid] = pod
      }
    }
  }

  private mutating func replace() {
    for (owner, wanted) in replicas.sorted(by: { $0.key < $1.key }) {
      let own = pods.values.filter { $0.metadata.controller?.uid == owner }
      var living = own.count { !$0.isBeingDeleted }
      while living < wanted, let reference = departed[owner] {
        let isSet = reference.reference.kind == "StatefulSet"
        serial += 1
        let name = isSet ? reference.name : "\(reference.reference.name)-\(serial)"
        if isSet, own.contains(where: { $0.metadata.name == name }) { break }
        var pod = Pod()
        pod.metadata.name = name
        pod.metadata.namespace = reference.namespace
        pod.metadata.uid = "uid-\(name)-\(serial)"
        pod.metadata.creationTimestamp = wall
        pod.metadata.ownerReferences = [reference.reference]
        pod.spec.nodeName = otherNode
        pod.status.phase = "Running"
        setReady(&pod, false)
        pods[pod.metadata.uid] = pod
        readyTimes[pod.metadata.uid] = now + readyAfter
        living += 1
      }
    }
  }

  private var departed: [String: (reference: OwnerReference, name: String, namespace: String)] = [:]

  // MARK: Answering

  static func refusal(
    _ code: Int, _ reason: String, _ message: String, cause: (String, String)? = nil, retryAfter: Duration? = nil
  ) -> APIFailure {
    var status = Status(code: code, reason: reason, message: message)
    if let cause {
      var details = StatusDetails()
      var entry = StatusCause()
      entry.reason = cause.0
      entry.message = cause.1
      details.causes = [entry]
      status.details = details
    }
    return .status(status, retryAfter: retryAfter)
  }

  static let lost = APIFailure.transport(.closedEarly(reason: "test"))
  static let refused = APIFailure.transport(.refused(address: "test:1"))

  mutating func answer(_ request: DrainRequest) -> Result<DrainAnswer, APIFailure> {
    requests.append(request)
    switch fault(request) {
    case .refuse(let failure): return .failure(failure)
    case .lose:
      _ = carryOut(request)
      return .failure(Self.lost)
    case nil: return carryOut(request)
    }
  }

  private mutating func carryOut(_ request: DrainRequest) -> Result<DrainAnswer, APIFailure> {
    switch request {
    case .cordon(let name, let uid, let note, let isDryRun):
      guard var node = nodes[name] else { return missing("nodes", name) }
      guard node.uid == uid else { return .failure(Self.refusal(409, "Conflict", "the uid is another")) }
      if !isDryRun {
        node.isCordoned = true
        node.run = note.run
        nodes[name] = node
      }
      node.isCordoned = true
      return .success(.node(object(name, node)))
    case .node(let name):
      guard let node = nodes[name] else { return missing("nodes", name) }
      return .success(.node(object(name, node)))
    case .podsOfNode(let node, _): return .success(.pods(sorted { $0.spec.nodeName == node }))
    case .podsOfNamespace(let namespace): return .success(.pods(sorted { $0.metadata.namespace == namespace }))
    case .budgets(let namespace, _): return .success(.budgets(budgets(in: namespace)))
    case .daemonSet(_, let name): return missing("daemonsets.apps", name)
    case .evictionSupport: return .success(.evictionVersion("v1"))
    case .evict(let key, _, let grace, let isDryRun): return remove(key, grace, isEviction: true, isDryRun: isDryRun)
    case .delete(let key, let grace, let isDryRun): return remove(key, grace, isEviction: false, isDryRun: isDryRun)
    case .pod(let key):
      guard let pod = pod(named: key) else { return missing("pods", key.name) }
      return .success(.pod(pod))
    case .owner(let owner, _):
      return .success(.owner(["spec": ["replicas": .int(replicas[owner.uid] ?? 0)]]))
    }
  }

  /// For each app with a limit, a budget that has as much room.
  private func budgets(in namespace: String) -> [PodDisruptionBudget] {
    allowed.sorted { $0.key < $1.key }.map { app, rest in
      var budget = PodDisruptionBudget()
      budget.metadata.namespace = namespace
      budget.metadata.name = app
      budget.spec.selector = LabelSelector()
      budget.spec.selector?.matchLabels = SmallMap(uniquing: [("app", app)])
      (budget.status.desiredHealthy, budget.status.currentHealthy) = (2, 2 + rest)
      (budget.status.expectedPods, budget.status.disruptionsAllowed) = (hasRoomAtAll ? 3 : 2, rest)
      return budget
    }
  }

  private mutating func remove(
    _ key: PodKey, _ grace: Int?, isEviction: Bool, isDryRun: Bool
  ) -> Result<DrainAnswer, APIFailure> {
    guard var pod = pod(named: key) else { return missing("pods", key.name) }
    guard pod.metadata.uid == key.uid else {
      return .failure(Self.refusal(409, "Conflict", "Precondition failed: UID in precondition"))
    }
    if pod.isBeingDeleted || isDryRun { return .success(.done) }
    if isEviction, let app = pod.metadata.labels["app"], let rest = allowed[app] {
      guard rest > 0 else {
        return .failure(
          Self.refusal(
            429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
            cause: ("DisruptionBudget", "The disruption budget \(app) needs 2 healthy pods and has 2 currently")))
      }
      allowed[app] = rest - 1
    }
    removals[key.uid, default: 0] += 1
    if let owner = pod.metadata.controller {
      departed[owner.uid] = (owner, pod.metadata.name, pod.metadata.namespace)
    }
    let seconds = grace ?? pod.spec.terminationGracePeriodSeconds ?? 30
    pod.metadata.deletionTimestamp = wall.advanced(by: .seconds(seconds))
    pod.metadata.deletionGracePeriodSeconds = seconds
    pods[key.uid] = seconds == 0 && pod.metadata.finalizers.isEmpty ? nil : pod
    replace()
    return .success(.done)
  }

  private func pod(named key: PodKey) -> Pod? {
    pods.values.first { $0.metadata.namespace == key.namespace && $0.metadata.name == key.name }
  }

  private func sorted(_ isWanted: (Pod) -> Bool) -> [Pod] {
    pods.values.filter(isWanted).sorted {
      ($0.metadata.namespace, $0.metadata.name) < ($1.metadata.namespace, $1.metadata.name)
    }
  }

  private func object(_ name: String, _ node: Node) -> Kube.Node {
    var object = Kube.Node()
    object.metadata.name = name
    object.metadata.uid = node.uid
    object.spec.unschedulable = node.isCordoned
    if let run = node.run { object.metadata.annotations = [CordonNote.runKey: run] }
    return object
  }

  private func missing(_ resource: String, _ name: String) -> Result<DrainAnswer, APIFailure> {
    .failure(Self.refusal(404, "NotFound", "\(resource) \"\(name)\" not found"))
  }
}
