import ClusterState
import Diagnosis
import Kube
import Scheduling

/// Checks of where pods of DaemonSets run.
let daemonSetChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "daemonset-nodes",
    "node by node whether a DaemonSet wants a pod there (node selector, affinity, taints; requests do not count) and has "
      + "one: problem names the wanted nodes without a ready pod, warning the nodes that are left out and why, ok when "
      + "every node has a ready one",
    kinds: ["Pod", "DaemonSet"], reads: Relation.owners + [Node.self, Pod.self]
  ) { facts, _ in
    let set: DaemonSet
    switch facts.owner(DaemonSet.self) {
    case .none: return Judgement(.notApplicable, "it is no DaemonSet")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let found): set = found
    }
    let nodes: [Node]
    switch facts.state.look(all: Node.self, namespace: "") {
    case .unknown(let doubt): return Judgement(doubt)
    case .none: nodes = []
    case .found(let found): nodes = found
    }
    if nodes.isEmpty { return Judgement(Doubt(.failed, "the cluster has no node")) }
    if let doubt = facts.state.doubt(about: Pod.self, namespace: facts.namespace) { return Judgement(doubt) }
    let pods = facts.state.pods(ofOwner: ObjectStore.identity(set.metadata))
    return DaemonSetPlaces(set, nodes: nodes, pods: pods).judgement
  }
]

/// The nodes of a DaemonSet.
private struct DaemonSetPlaces {
  private var lacking: [(node: String, why: String)] = []
  private var leftOut: [(node: String, why: String)] = []
  private var served = 0
  private let set: DaemonSet

  init(_ set: DaemonSet, nodes: [Node], pods: [Pod]) {
    self.set = set
    // The controller looks at nothing but the node itself, so nothing else goes into the snapshot.
    var snapshot = ClusterSnapshot(rules: .current)
    for node in nodes { snapshot.put(node) }
    var podOfNode: [String: Pod] = [:]
    for pod in pods where !pod.isTerminal { podOfNode[Self.node(of: pod)] = pod }
    for node in snapshot.explain(Self.template(of: set)).nodes {
      if let why = Self.refusal(node) {
        leftOut.append((node.name, why))
        continue
      }
      guard let pod = podOfNode[node.name] else {
        lacking.append((node.name, "no pod"))
        continue
      }
      if pod.hasReadyCondition { served += 1 } else { lacking.append((node.name, Self.words(pod))) }
    }
  }

  /// A pod as the controller would make it, with the tolerations that it adds.
  private static func template(of set: DaemonSet) -> Pod {
    var pod = Pod()
    pod.metadata = set.spec.template.metadata
    pod.metadata.namespace = set.metadata.namespace
    pod.spec = set.spec.template.spec
    var added = [
      ("node.kubernetes.io/not-ready", "NoExecute"), ("node.kubernetes.io/unreachable", "NoExecute"),
      ("node.kubernetes.io/disk-pressure", "NoSchedule"), ("node.kubernetes.io/memory-pressure", "NoSchedule"),
      ("node.kubernetes.io/pid-pressure", "NoSchedule"), ("node.kubernetes.io/unschedulable", "NoSchedule"),
      // Not ready nodes carry both effects; the controller passes over the weaker one.
      ("node.kubernetes.io/not-ready", "NoSchedule"), ("node.kubernetes.io/unreachable", "NoSchedule"),
    ]
    if pod.spec.hostNetwork { added.append(("node.kubernetes.io/network-unavailable", "NoSchedule")) }
    pod.spec.tolerations += added.map { key, effect in
      var toleration = Toleration()
      toleration.key = key
      toleration.operator = "Exists"
      toleration.effect = effect
      return toleration
    }
    return pod
  }

  /// The node that a pod is for: until it is bound, its affinity names it.
  private static func node(of pod: Pod) -> String {
    if !pod.spec.nodeName.isEmpty { return pod.spec.nodeName }
    for term in pod.spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms ?? [] {
      for field in term.matchFields where field.key == "metadata.name" { return field.values.first ?? "" }
    }
    return ""
  }

  private static func refusal(_ node: NodeReport) -> String? {
    for finding in node.findings where [.nodeName, .nodeAffinity, .taintToleration].contains(finding.plugin) {
      if case .fail(let reasons) = finding.verdict {
        return reasons.first.map { $0.evidence.description } ?? "refused"
      }
    }
    return nil
  }

  private static func words(_ pod: Pod) -> String {
    for status in pod.status.initContainerStatuses + pod.status.containerStatuses {
      if let waiting = status.state.waiting?.reason, !waiting.isEmpty { return "pod \(pod.metadata.name) \(waiting)" }
    }
    return "pod \(pod.metadata.name) \(pod.status.phase == "Running" ? "not ready" : pod.status.phase)"
  }

  var judgement: Judgement {
    let all =
      lacking.map { ($0.node, "lacks a ready pod: \($0.why)") } + leftOut.map { ($0.node, "left out: \($0.why)") }
    let evidence = all.prefix(20).map { Diagnosis.Evidence(set.reference, "node \($0.0)", $0.1) }
    func list(_ places: [(node: String, why: String)]) -> String {
      let more = places.count > 3 ? " and \(places.count - 3) more" : ""
      return places.prefix(3).map { "\($0.node) (\($0.why))" }.joined(separator: ", ") + more
    }
    let wanted = served + lacking.count
    let others = leftOut.isEmpty ? "" : "; \(leftOut.count) left out"
    if !lacking.isEmpty {
      return Judgement(
        .problem, "\(lacking.count) of \(wanted) nodes lack a ready pod: \(list(lacking))\(others)", evidence: evidence)
    }
    if !leftOut.isEmpty {
      return Judgement(.warning, "\(served) nodes have a ready pod; left out: \(list(leftOut))", evidence: evidence)
    }
    return Judgement(.ok, "all \(served) nodes have a ready pod")
  }
}
