import ClusterState
import Kube

extension ClusterSnapshot {
  /// Where a pod could go, and every filter's verdict on every node.
  ///
  /// The pod itself does not count among the pods that are there, even if it has a node: the answer for a running pod
  /// says where it could go instead.
  public func explain(_ pod: Pod) -> PlacementReport {
    let identity = ObjectStore.identity(pod.metadata)
    var others = self
    others.removePod(identity)
    var loose = pod
    loose.spec.nodeName = ""
    let evaluation = Evaluation(loose, in: others)
    return PlacementReport(pod, Situation(pod, in: self), evaluation)
  }

  /// The same for many pods, in their order; pods that want the same are computed once.
  public func explain(_ pods: [Pod]) -> [PlacementReport] {
    var known: [String: [(pod: Pod, report: PlacementReport)]] = [:]
    return pods.map { pod in
      let key = pod.equivalenceHint
      let isNominated = !pod.status.nominatedNodeName.isEmpty
      if !isNominated, let twin = known[key]?.first(where: { $0.pod.wantsTheSame(as: pod) }) {
        return PlacementReport(pod, Situation(pod, in: self), twin.report)
      }
      let report = explain(pod)
      if !isNominated, pod.spec.nodeName.isEmpty { known[key, default: []].append((pod, report)) }
      return report
    }
  }
}

extension Pod {
  /// Equal for pods that want the same, and mostly different for others.
  fileprivate var equivalenceHint: String {
    "\(metadata.namespace)/\(metadata.controller?.uid ?? metadata.name)/\(metadata.labels.count)/\(spec.containers.count)"
  }

  /// Whether the scheduler must come to the same verdict for both. Claims that are named after the pod make a
  /// difference.
  fileprivate func wantsTheSame(as other: Pod) -> Bool {
    metadata.namespace == other.metadata.namespace && metadata.labels == other.metadata.labels && spec == other.spec
      && !spec.volumes.contains { $0.ephemeral != nil }
  }
}

extension PlacementReport {
  fileprivate init(_ pod: Pod, _ situation: Situation, _ evaluation: Evaluation) {
    let snapshot = evaluation.snapshot
    let gap = snapshot.gaps[.nodes]
    var nodes: [NodeReport] = []
    nodes.reserveCapacity(snapshot.nodes.count)
    if gap == nil {
      for node in snapshot.nodes {
        nodes.append(
          NodeReport(
            name: node.facts.name, findings: evaluation.findings(on: node), isOutOfSight: evaluation.isOutOfSight(node),
            nominated: evaluation.nominated(on: node.facts.name)))
      }
    }
    let amounts = evaluation.incoming.facts.requests
    var requests: [(resource: String, amount: Int64)] = [
      ("cpu", amounts.cpu), ("memory", amounts.memory), ("ephemeral-storage", amounts.ephemeralStorage),
    ]
    requests += amounts.others.map { ($0.name, $0.amount) }
    let preemption = evaluation.preemption(nodes)
    self.init(
      pod: ObjectName(pod.metadata), rules: snapshot.rules, situation: situation,
      schedulerMessage: pod.status.conditions.condition("PodScheduled")?.message ?? "",
      schedulerReason: pod.status.conditions.condition("PodScheduled")?.reason ?? "",
      podFailure: evaluation.podFailure.map { PodFailure(plugin: $0.plugin, reason: $0.reason) }, nodes: nodes,
      skipped: evaluation.skipped, gap: gap, requests: requests.filter { $0.amount != 0 },
      preemption: preemption, priority: evaluation.incoming.facts.priority,
      standing: evaluation.standing(nodes, preemption), room: gap == nil ? evaluation.room(nodes) : [],
      budgetGap: snapshot.gaps[.podDisruptionBudgets])
  }

  /// The report of a twin, for another pod.
  fileprivate init(_ pod: Pod, _ situation: Situation, _ twin: PlacementReport) {
    self.init(
      pod: ObjectName(pod.metadata), rules: twin.rules, situation: situation,
      schedulerMessage: pod.status.conditions.condition("PodScheduled")?.message ?? "",
      schedulerReason: pod.status.conditions.condition("PodScheduled")?.reason ?? "", podFailure: twin.podFailure,
      nodes: twin.nodes, skipped: twin.skipped, gap: twin.gap, requests: twin.requests, preemption: twin.preemption,
      priority: twin.priority, standing: twin.standing, room: twin.room, budgetGap: twin.budgetGap)
  }
}
