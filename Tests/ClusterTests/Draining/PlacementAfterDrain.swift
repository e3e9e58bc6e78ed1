import ClusterState
import Draining
import Kube
import KubeClient
import Scheduling
import Session
import TestSupport

/// Drains random nodes of a real control plane, pod by pod, and compares where the real scheduler puts the replacements
/// with what the plan said.
final class PlacementAfterDrain {
  var placed = 0
  var pending = 0
  var differences: [String] = []
  /// Replacements that the scheduler placed while it still counted the pod that they replace.
  var hasty: [String] = []

  let live: LiveSession
  let namespace: String
  var prefix = ""

  private init(_ live: LiveSession, namespace: String) {
    self.live = live
    self.namespace = namespace
  }

  /// A control plane of its own.
  static func start() async throws -> (ControlPlane, PlacementAfterDrain) {
    let cluster = try await ControlPlane.start()
    let namespace = try await cluster.makeNamespace("drained")
    let live = try LiveSession(cluster)
    try await live.discover()
    let kinds = DrainPlanner.reads.map { $0.resource }
    live.session.setNeeds(Set(kinds.map { Subscription($0) }))
    try await live.run(
      until: {
        DrainPlanner.reads.allSatisfy { type in
          switch live.freshness(live.session.catalog.served(type) ?? type.resource) {
          case .live, .notServed, nil: true
          default: false
          }
        }
      }, "not everything is read")
    return (cluster, PlacementAfterDrain(live, namespace: namespace))
  }

  /// Drains a node of one random cluster after another.
  func run(seed: UInt64, rounds: Int) async throws {
    for round in 0..<UInt64(rounds) where differences.count < 5 {
      var random = SeededRandom(seed: seed &+ round)
      prefix = "s\(seed &+ round)"
      do {
        try await write(using: &random)
        try await drain()
        try await clear()
      } catch {
        throw NotSoInTime(description: "seed \(seed &+ round): \(error)\n\(differences.joined(separator: "\n"))")
      }
    }
  }

  // MARK: Draining

  var pods: [Pod] { live.state.all(Pod.self).filter { $0.metadata.namespace == namespace } }

  private func drain() async throws {
    let counts = Dictionary(grouping: pods.map(\.spec.nodeName), by: \.self)
    guard let node = counts.min(by: { ($1.value.count, $0.key) < ($0.value.count, $1.key) })?.key else { return }
    _ = try await live.answer(
      .patch(Node.resource, namespace: nil, name: node, kind: .merge, patch: ["spec": ["unschedulable": true]]))
    while true {
      try await settle()
      let plan = DrainPlanner(live.state, options: DrainOptions(), rules: .kubernetes120, now: live.now).plan([node])
      guard let first = plan.pods.first(where: { $0.verdict.action == .evict }),
        let pod = live.state.get(Pod.self, namespace: namespace, name: first.name.name)
      else { return }
      let snapshot = ClusterSnapshot(live.state, rules: .kubernetes120)
      let fitting = snapshot.relocations(of: [pod], leaving: node)[0].report.fitting.map(\.name)
      let counted = places(besides: pod, snapshot, leaving: node)
      let known = Set(pods.map(\.metadata.uid))
      _ = try await live.answer(
        .evict(namespace: namespace, pod: pod.metadata.name, version: "v1beta1", gracePeriodSeconds: 0))
      let difference = try await difference(
        from: first.replacement, fitting, counted: counted, known, controller: pod.metadata.controller?.uid ?? "")
      if let difference { differences.append("\(prefix), pod \(first.name.name) on \(node): \(difference)") }
      try await giveUpWaiting()
    }
  }

  /// Where the replacement fits as long as the pod itself is counted. kube-scheduler 1.20 hears of pods that have a node
  /// and of those that have none in two queues (`addAllEventHandlers` registers two handlers): a busy one may look at the
  /// replacement before it has taken out the pod, and to a constraint on spreading that makes a difference.
  private func places(besides pod: Pod, _ snapshot: ClusterSnapshot, leaving node: String) -> Set<String> {
    var replacement = pod
    replacement.metadata.uid = ""
    replacement.spec.nodeName = ""
    replacement.status = PodStatus()
    var snapshot = snapshot
    snapshot.cordon(node)
    return Set(snapshot.explain(replacement).fitting.map(\.name))
  }

  /// How the replacement fares otherwise than the plan said; nil when it is as it said. A scheduler that has not seen
  /// everything yet looks again, unless it has placed the pod for that reason.
  private func difference(
    from predicted: Replacement?, _ fitting: [String], counted: Set<String>, _ known: Set<String>, controller: String
  ) async throws -> String? {
    func replacement() -> Pod? {
      pods.first { !known.contains($0.metadata.uid) && $0.metadata.controller?.uid == controller }
    }
    func message() -> String? { replacement()?.status.conditions.condition("PodScheduled")?.message }
    func isAsPredicted() -> Bool {
      guard let node = replacement()?.spec.nodeName else { return false }
      switch predicted {
      case .fits(let possible): return fitting.contains(possible) && fitting.contains(node)
      case .comesBack(let named): return node == named
      case .findsNoRoom(let reason): return node.isEmpty && message() == reason
      case Replacement.none?, .unknown, nil: return false
      }
    }
    do {
      try await live.run(until: isAsPredicted, seconds: 15, "")
    } catch is NotSoInTime {
      if case .findsNoRoom = predicted, let hasty = replacement(), counted.contains(hasty.spec.nodeName) {
        self.hasty.append("\(prefix), \(hasty.metadata.name) on \(hasty.spec.nodeName)")
        return nil
      }
      return "\(String(describing: predicted)), of \(fitting); the scheduler: "
        + "\(replacement()?.spec.nodeName ?? "no replacement") \(message() ?? "")"
    }
    if case .fits = predicted { placed += 1 } else { pending += 1 }
    return nil
  }

  // MARK: Writing

  private func write(using random: inout SeededRandom) async throws {
    func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: values.indices, using: &random)] }
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    for number in 0..<Int.random(in: 3...6, using: &random) {
      let name = "\(prefix)-n\(number)"
      var labels: JSONValue = ["kubernetes.io/hostname": .string(name)]
      labels["topology.kubernetes.io/zone"] = .string(pick(["a", "b"]))
      labels["disk"] = .string(pick(["ssd", "hdd"]))
      let amounts: JSONValue = [
        "cpu": .string(pick(["2", "4", "8"])), "memory": "8Gi", "pods": .string(pick(["6", "110"])),
      ]
      _ = try await live.answer(
        .create(
          Node.resource, namespace: nil,
          object: [
            "apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(name), "labels": labels],
            "status": [
              "capacity": amounts, "allocatable": amounts,
              "conditions": [["type": "Ready", "status": "True", "reason": "KubeletReady"]],
            ],
          ]))
    }
    try await nodesAreOpen()
    for number in 0..<5 {
      let labels: JSONValue = ["app": .string("\(prefix)-\(number)"), "tier": .string(pick(["x", "y"]))]
      var container: JSONValue = [
        "name": "c", "image": "x",
        "resources": ["requests": ["cpu": .string(pick(["100m", "100m", "500m", "1", "2"]))]],
      ]
      if chance(15) { container["ports"] = [["containerPort": 80, "hostPort": 8080]] }
      var spec: JSONValue = ["terminationGracePeriodSeconds": 0, "containers": [container]]
      if chance(30) { spec["nodeSelector"] = ["disk": .string(pick(["ssd", "hdd"]))] }
      let selector: JSONValue = ["matchLabels": ["tier": .string(pick(["x", "y"]))]]
      let key: JSONValue = .string(pick(["kubernetes.io/hostname", "topology.kubernetes.io/zone"]))
      if chance(25) {
        spec["affinity"] = [
          "podAntiAffinity": [
            "requiredDuringSchedulingIgnoredDuringExecution": [["labelSelector": selector, "topologyKey": key]]
          ]
        ]
      } else if chance(30) {
        spec["topologySpreadConstraints"] = [
          ["maxSkew": 1, "topologyKey": key, "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector]
        ]
      }
      let name = "\(prefix)-rs\(number)"
      _ = try await live.answer(
        .create(
          ReplicaSet.resource, namespace: namespace,
          object: [
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": ["name": .string(name)],
            "spec": [
              "replicas": .int(pick([1, 2, 3, 4])), "selector": ["matchLabels": ["app": labels["app"] ?? ""]],
              "template": ["metadata": ["labels": labels], "spec": spec],
            ],
          ]))
    }
    try await decided()
    try await giveUpWaiting()
  }

  /// Waits until no node has a taint.
  func nodesAreOpen() async throws {
    try await live.run(
      until: {
        let nodes = live.state.all(Node.self)
        return !nodes.isEmpty && nodes.allSatisfy(\.spec.taints.isEmpty)
      }, "nodes keep their taints")
  }

  /// Waits until every pod that is wanted is there and the scheduler has decided about it. Where it could not write down
  /// what it has found, as on a busy machine, it looks at the pod again only after 60 to 90 seconds.
  func decided() async throws {
    try await live.run(
      until: {
        let sets = live.state.all(ReplicaSet.self)
        let wanted = sets.reduce(0) { $0 + ($1.spec.replicas ?? 1) }
        return pods.count == wanted
          && pods.allSatisfy { !$0.spec.nodeName.isEmpty || $0.status.conditions.condition("PodScheduled") != nil }
      }, seconds: 150, "the scheduler has not decided about all pods: \(undecided)")
  }

  private var undecided: String {
    let sets = live.state.all(ReplicaSet.self).map {
      "\($0.metadata.name) wants \($0.spec.replicas ?? 1), has \($0.status.replicas)"
    }
    let own = pods.map { pod in
      let condition = pod.status.conditions.condition("PodScheduled")
      return "\(pod.metadata.name) on '\(pod.spec.nodeName)' \(condition?.reason ?? "unseen")"
    }
    return (sets + own).sorted().joined(separator: ", ")
  }

  /// Scales away what found no place, so that nothing competes with the next replacement.
  private func giveUpWaiting() async throws {
    // A pod that was evicted may still be in the store.
    try await settle()
    for set in live.state.all(ReplicaSet.self) {
      let own = pods.filter { $0.metadata.controller?.uid == set.metadata.uid }
      let waiting = own.filter(\.spec.nodeName.isEmpty)
      guard !waiting.isEmpty else { continue }
      _ = try await live.answer(
        .patch(
          ReplicaSet.resource, namespace: namespace, name: set.metadata.name, kind: .merge,
          patch: ["spec": ["replicas": .int(own.count - waiting.count)]]))
    }
    try await live.run(
      until: { pods.allSatisfy { !$0.spec.nodeName.isEmpty } }, "pods without a place are not scaled away")
    try await decided()
  }

  func settle() async throws {
    for resource in [Node.resource, Pod.resource, ReplicaSet.resource] { try await live.converge(resource) }
  }

  func clear() async throws {
    for set in live.state.all(ReplicaSet.self) {
      _ = try await live.answer(
        .delete(ReplicaSet.resource, namespace: namespace, name: set.metadata.name, propagation: "Orphan"))
    }
    try await live.run(until: { live.state.all(ReplicaSet.self).isEmpty }, "replica sets stay")
    for pod in pods {
      _ = try await live.answer(
        .delete(Pod.resource, namespace: namespace, name: pod.metadata.name, gracePeriodSeconds: 0))
    }
    for node in live.state.all(Node.self) {
      _ = try await live.answer(.delete(Node.resource, namespace: nil, name: node.metadata.name))
    }
    try await live.run(until: { pods.isEmpty && live.state.all(Node.self).isEmpty }, "something stays")
  }
}
