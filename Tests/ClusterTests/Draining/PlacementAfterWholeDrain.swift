import ClusterState
import Draining
import Kube
import KubeClient
import Remedies
import Scheduling
import Session
import TestSupport

/// One plan for everything that goes, the real run, and where the real scheduler then puts all replacements, in whatever
/// order it sees them.
///
/// Which of several nodes the scheduler takes depends on scores, chance and order; how many replacements of an owner find
/// a place does not, the way these clusters are made:
/// - Each owner's pods ask for an extended resource of their own and for nothing else, so that owners do not meet: what
///   a node says to a pod does not depend on where the pods of other owners are.
/// - The pods of an owner are alike, and each takes one of the slots that a node has for them: as many as its units
///   allow, or one where they want a host port or want to be alone on a node. A slot is taken by any of them and freed by
///   none, so as many find a place as there are slots, whoever comes first. (Spreading over zones would break this: there
///   a place may open when a pod goes elsewhere.)
/// - When some stay Pending, every slot is taken: then which nodes have how many, and what each node says to those that
///   wait, is the same after any order.
extension PlacementAfterDrain {
  /// What a plan says of an owner.
  private struct Prediction {
    /// Nodes that have a slot for its pods.
    var fitting: Set<String>
    /// Nodes of the plan's own run, for each replacement that fits.
    var nodes: [String] = []
    /// What is said to those that do not.
    var reasons: [String] = []
  }

  /// Drains one or both of the nodes on which everything is, in one random cluster after another.
  func runWhole(seed: UInt64, rounds: Int) async throws {
    for round in 0..<UInt64(rounds) where differences.count < 5 {
      var random = SeededRandom(seed: seed &+ round)
      prefix = "w\(seed &+ round)"
      do {
        let leaving = try await writeHubs(using: &random)
        try await drainWhole(leaving)
        try await clear()
      } catch {
        throw NotSoInTime(description: "seed \(seed &+ round): \(error)\n\(differences.joined(separator: "\n"))")
      }
    }
  }

  // MARK: Draining

  private func drainWhole(_ names: [String]) async throws {
    // The scheduler must have seen the cordon before the first pod goes, or it may place a replacement there.
    for name in names {
      _ = try await live.answer(
        .patch(Node.resource, namespace: nil, name: name, kind: .merge, patch: ["spec": ["unschedulable": true]]))
    }
    func nodes() -> [Node] { names.compactMap { live.state.get(Node.self, name: $0) } }
    try await live.run(until: { nodes().allSatisfy { !$0.spec.taints.isEmpty } }, "the nodes are not tainted")
    try await settle()
    let plan = DrainPlanner(live.state, options: DrainOptions(), rules: .kubernetes120, now: live.now).plan(names)
    let predictions = predictions(plan, leaving: names)
    let before = Set(pods.map(\.metadata.uid))

    let order = DrainOrder(
      nodes: nodes().map { .init(name: $0.metadata.name, uid: $0.metadata.uid, isCordoned: true) },
      options: DrainOptions())
    let execution = DrainExecution(
      DrainRun(live.session.drainHeader(order)), session: live.session, log: ForgetfulJournal(),
      journal: ForgetfulJournal())
    defer { execution.close() }
    execution.start()
    var ended: Set<String> = []
    try await live.run(
      until: {
        actAsKubelet(&ended)
        return execution.run.outcome != nil
      }, "the drain does not end")
    guard execution.run.outcome == .drained else {
      differences.append("\(prefix): \(String(describing: execution.run.outcome))")
      return
    }
    for (owner, prediction) in predictions.sorted(by: { $0.key < $1.key }) {
      var difference: String? = ""
      do {
        try await live.run(
          until: {
            difference = self.difference(owner, prediction, before)
            return difference == nil
          }, seconds: 100, "")
      } catch is NotSoInTime {
        differences.append("\(prefix), \(names), \(owner): \(prediction); \(difference ?? "")")
        continue
      }
      placed += prediction.nodes.count
      pending += prediction.reasons.count
    }
  }

  private func predictions(_ plan: DrainPlan, leaving names: [String]) -> [String: Prediction] {
    var snapshot = ClusterSnapshot(live.state, rules: .kubernetes120)
    for name in names { snapshot.cordon(name) }
    var predictions: [String: Prediction] = [:]
    for item in plan.pods {
      guard let pod = live.state.get(Pod.self, namespace: namespace, name: item.name.name),
        let owner = pod.metadata.controller?.name
      else { continue }
      var prediction =
        predictions[owner]
        ?? Prediction(
          fitting: Set(snapshot.relocations(of: [pod], leaving: item.node)[0].report.fitting.map(\.name)))
      switch item.replacement {
      case .fits(let node): prediction.nodes.append(node)
      case .findsNoRoom(let reason): prediction.reasons.append(reason)
      default: differences.append("\(prefix), \(item.name.name): \(String(describing: item.replacement))")
      }
      predictions[owner] = prediction
    }
    return predictions
  }

  /// How the replacements of an owner fare otherwise than the plan said; nil when they are as it said.
  private func difference(_ owner: String, _ prediction: Prediction, _ before: Set<String>) -> String? {
    let new = pods.filter { $0.metadata.controller?.name == owner && !before.contains($0.metadata.uid) }
    let nodes = new.map(\.spec.nodeName).filter { !$0.isEmpty }
    let waiting = new.filter(\.spec.nodeName.isEmpty)
    let words = waiting.map { $0.status.conditions.condition("PodScheduled")?.message ?? "" }
    let isAsSaid =
      nodes.count == prediction.nodes.count && words.sorted() == prediction.reasons.sorted()
      && prediction.fitting.isSuperset(of: nodes) && prediction.fitting.isSuperset(of: prediction.nodes)
      && (words.isEmpty || nodes.sorted() == prediction.nodes.sorted())
    return isAsSaid ? nil : "the scheduler: \(nodes), \(words)"
  }

  /// Ends pods that have been told to, as their kubelets would.
  private func actAsKubelet(_ ended: inout Set<String>) {
    for pod in pods where pod.isBeingDeleted && ended.insert(pod.metadata.uid).inserted {
      var options = ChangeOptions()
      options.uid = pod.metadata.uid
      // Should it be refused, the drain does not end, which shows.
      live.session.client.send(
        .delete(Pod.resource, namespace: namespace, name: pod.metadata.name, gracePeriodSeconds: 0, options)
      ) { _ in }
    }
  }

  // MARK: Writing

  /// How an owner's pods take their slots.
  private enum Taste: CaseIterable { case plain, crowded, alone, port, hubsOnly }

  /// Two hubs on which all pods are, and then nodes for one owner each. Answers which hubs leave.
  private func writeHubs(using random: inout SeededRandom) async throws -> [String] {
    func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: values.indices, using: &random)] }
    let owners = (0..<4).map { number in
      let taste = pick(Taste.allCases)
      return (
        unit: "example.com/unit-\(number)", taste: taste, size: pick([1, 2, 3]),
        count: taste == .alone || taste == .port ? pick([1, 2]) : pick([2, 3, 4])
      )
    }
    let hubs = ["\(prefix)-hub0", "\(prefix)-hub1"]
    for hub in hubs {
      // Together they have room for all.
      let units = owners.map { ($0.unit, $0.size * pick([($0.count + 1) / 2, $0.count])) }
      try await makeNode(hub, "hub", units)
    }
    try await nodesAreOpen()
    for (number, owner) in owners.enumerated() {
      let app: JSONValue = ["app": .string("\(prefix)-\(number)")]
      let request: JSONValue = .object(SmallMap(uniquing: [(owner.unit, .string("\(owner.size)"))]))
      var container: JSONValue = ["name": "c", "image": "x", "resources": ["requests": request, "limits": request]]
      var spec: JSONValue = ["terminationGracePeriodSeconds": .int(pick([0, 30]))]
      switch owner.taste {
      case .plain, .crowded: break
      case .alone:
        spec["affinity"] = [
          "podAntiAffinity": [
            "requiredDuringSchedulingIgnoredDuringExecution": [
              ["labelSelector": ["matchLabels": app], "topologyKey": "kubernetes.io/hostname"]
            ]
          ]
        ]
      case .port: container["ports"] = [["containerPort": 80, "hostPort": .int(8000 + number)]]
      case .hubsOnly: spec["nodeSelector"] = ["role": "hub"]
      }
      spec["containers"] = [container]
      _ = try await live.answer(
        .create(
          ReplicaSet.resource, namespace: namespace,
          object: [
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": ["name": .string("\(prefix)-rs\(number)")],
            "spec": [
              "replicas": .int(owner.count), "selector": ["matchLabels": app],
              "template": ["metadata": ["labels": app], "spec": spec],
            ],
          ]))
    }
    try await decided()
    guard pods.allSatisfy({ hubs.contains($0.spec.nodeName) }) else {
      throw NotSoInTime(description: "not all pods are on hubs")
    }
    for (number, owner) in owners.enumerated() {
      let most = owner.taste == .crowded ? 1 : 2
      for index in 0..<Int.random(in: 0...most, using: &random) {
        let slots = pick([0, 1, 1, 2])
        let rest = owner.size > 1 ? pick([0, 1]) : 0
        try await makeNode("\(prefix)-n\(number)-\(index)", "own", [(owner.unit, owner.size * slots + rest)])
      }
    }
    try await nodesAreOpen()
    return pick([hubs, hubs, [hubs[0]], [hubs[1]]])
  }

  private func makeNode(_ name: String, _ role: String, _ units: [(String, Int)]) async throws {
    var amounts: JSONValue = ["cpu": "16", "memory": "64Gi", "pods": "110"]
    for (unit, count) in units { amounts[unit] = .string("\(count)") }
    _ = try await live.answer(
      .create(
        Node.resource, namespace: nil,
        object: [
          "apiVersion": "v1", "kind": "Node",
          "metadata": [
            "name": .string(name), "labels": ["kubernetes.io/hostname": .string(name), "role": .string(role)],
          ],
          "status": [
            "capacity": amounts, "allocatable": amounts,
            "conditions": [["type": "Ready", "status": "True", "reason": "KubeletReady"]],
          ],
        ]))
  }
}

/// What a drain writes is of no interest here.
private final class ForgetfulJournal: DrainJournal, RemedyJournal {
  func append(_ record: DrainRecord) -> Result<Void, JournalFailure> { .success(()) }
  func append(_ entry: JournalEntry) -> Result<Void, JournalFailure> { .success(()) }
  func history() -> Result<JournalHistory, JournalFailure> { .success(JournalHistory(text: "")) }
}
