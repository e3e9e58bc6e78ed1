import ClusterState
import Kube

/// Where a DaemonSet has its pods and where it lacks them: one for each node that its template is meant for, made for
/// that node alone.
public struct DaemonPlacement: Sendable {
  /// A pod that waits for the node that it was made for.
  public struct Waiting: Sendable {
    /// The pod.
    public let pod: ObjectName
    /// The node; "" when the pod names none.
    public let node: String
    /// What stands in the way there, in the order of the filters; empty when the node would take it by now.
    public let blockers: [NodeGroup.Blocker]
    /// Whether the node does not exist any more.
    public let isNodeMissing: Bool
    /// What the scheduler would do to make room; nil when nothing, or when many pods wait.
    public let preemption: String?
  }

  /// Nodes that have its pod, by name.
  public let running: [String]
  /// Its pods without a node, by name.
  public let waiting: [Waiting]
  /// Nodes without a pod of it that would take one, by name.
  public let free: [String]
  /// Nodes without a pod of it for which one would be made that would have to wait, by name.
  public let refused: [NodeReport]
  /// Nodes for which its controller makes none because of labels or taints, by name.
  public let leftOut: [String]
  /// Nodes about which nobody can tell, by name.
  public let undecided: [String]
  /// Why nothing would be placed on any node, in the scheduler's words; nil when nodes decide.
  let podFailure: String?
  /// The first reason of each node of `refused`, by the node's name.
  let reasons: [String: String]

  /// Whether every node that it is meant for has its pod or would take it.
  var outcome: PlacementReport.Outcome {
    if podFailure != nil, !waiting.isEmpty || running.isEmpty { return .doesNotFit }
    if !refused.isEmpty || waiting.contains(where: { $0.isNodeMissing || $0.isRefused }) { return .doesNotFit }
    if !undecided.isEmpty || waiting.contains(where: { !$0.blockers.isEmpty }) { return .unknown }
    return running.isEmpty && waiting.isEmpty && free.isEmpty ? .doesNotFit : .fits
  }

  /// Where it runs, where its pods wait and why, and which nodes are left out, in one sentence.
  var headline: String {
    let meant = running.count + waiting.count + free.count + refused.count + undecided.count
    var parts: [String] = []
    let nodes = "node\(meant == 1 ? "" : "s") that it is meant for"
    if running.isEmpty, waiting.isEmpty {
      let names = free.isEmpty ? "" : ": \(Self.list(free))"
      parts.append(meant == 0 ? "would run on no node" : "would run on \(free.count) of \(meant) \(nodes)\(names)")
    } else {
      parts.append("has its pod on \(running.count) of \(meant) \(nodes)")
    }
    if let podFailure { parts.append("no more can be placed: \(podFailure)") }
    if let first = waiting.first {
      parts.append(first.sentence + (waiting.count > 1 ? " (and \(waiting.count - 1) more of its pods wait)" : ""))
    }
    if let first = refused.first {
      let more = refused.count > 1 ? " (and \(refused.count - 1) more nodes refuse it)" : ""
      parts.append("node \(first.name) would refuse its pod: \(reasons[first.name] ?? "")\(more)")
    }
    if !free.isEmpty, !running.isEmpty || !waiting.isEmpty { parts.append("\(Self.list(free)) would take one more") }
    if !undecided.isEmpty { parts.append("about \(Self.list(undecided)) nobody can tell") }
    if !leftOut.isEmpty {
      parts.append("left out by its node selector, affinity or tolerations: \(Self.list(leftOut))")
    }
    return parts.joined(separator: "; ")
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
  }
}

extension DaemonPlacement.Waiting {
  fileprivate var isRefused: Bool { blockers.contains { !$0.isUnknown } }

  /// Which pod waits for which node, and why.
  public var sentence: String {
    if node.isEmpty { return "pod \(pod.namespace)/\(pod.name) waits and names no node" }
    if isNodeMissing { return "pod \(pod.namespace)/\(pod.name) waits for node \(node), which does not exist" }
    let why = blockers.isEmpty ? "the node would take it by now" : blockers.map(\.words).joined(separator: "; ")
    return "pod \(pod.namespace)/\(pod.name) waits for node \(node): \(why)"
  }
}

extension Pod {
  /// The only node that the pod may be on, as the controller of DaemonSets writes it into every term of the required node
  /// affinity; nil when there is none.
  var pinnedNode: String? {
    let terms = spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms ?? []
    let names = terms.map { term in
      term.matchFields.first { $0.key == "metadata.name" && $0.operator == "In" && $0.values.count == 1 }?.values[0]
    }
    guard let first = names.first, let name = first, names.allSatisfy({ $0 == name }) else { return nil }
    return name
  }

  /// The pod as it would be for no node in particular.
  var unpinned: Pod {
    var pod = self
    let terms = (spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms ?? []).map { term in
      var term = term
      term.matchFields = []
      return term
    }
    // A term that asked for nothing else lets every node pass.
    let isAnywhere = terms.contains { $0.matchExpressions.isEmpty }
    if isAnywhere {
      pod.spec.affinity?.nodeAffinity?.required = nil
    } else if !terms.isEmpty {
      pod.spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms = terms
    }
    return pod
  }

  /// The pod as the controller of DaemonSets would make it for a node.
  func pinned(to node: String) -> Pod {
    var field = NodeSelectorRequirement()
    (field.key, field.operator, field.values) = ("metadata.name", "In", [node])
    var pod = self
    var affinity = spec.affinity ?? Affinity()
    var own = affinity.nodeAffinity ?? NodeAffinity()
    var required = own.required ?? NodeSelector()
    if required.nodeSelectorTerms.isEmpty { required.nodeSelectorTerms = [NodeSelectorTerm()] }
    for index in required.nodeSelectorTerms.indices { required.nodeSelectorTerms[index].matchFields = [field] }
    own.required = required
    affinity.nodeAffinity = own
    pod.spec.affinity = affinity
    return pod
  }
}

extension ClusterSnapshot {
  /// More kinds of waiting pods than this are not looked at one by one: the template stands for them.
  private static let kindLimit = 16
  /// The most pods of which it is told whom the scheduler would remove for them.
  private static let preemptionLimit = 3

  /// Where a DaemonSet has its pods, and what every node says to the one that it lacks: nodes that have one count as
  /// taking it, nodes for which one waits say what they say to that pod.
  ///
  /// - Parameter own: the pods that it has and that have not ended.
  func placement(ofDaemonPod template: Pod, own: [Pod]) -> (TemplatePlacement, DaemonPlacement) {
    var report = explain(template)
    let running = Set(own.map(\.spec.nodeName).filter { !$0.isEmpty })
    var nodes = Dictionary(report.nodes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for name in running where nodes[name] != nil {
      nodes[name] = NodeReport(name: name, findings: [], isOutOfSight: false)
    }
    let waiting = own.filter { $0.spec.nodeName.isEmpty }.sorted { $0.metadata.name < $1.metadata.name }
    var evaluations: [String: Evaluation] = [:]
    var told: [DaemonPlacement.Waiting] = []
    for (place, pod) in waiting.enumerated() {
      let target = pod.pinnedNode ?? ""
      let revision = pod.metadata.labels["controller-revision-hash"] ?? ""
      if report.gap == nil, let slot = slot(of: target), !running.contains(target) {
        // A pod for which room is being made stands in nobody else's way, and so needs an answer of its own.
        let key = pod.status.nominatedNodeName.isEmpty ? revision : "\(revision) \(ObjectStore.identity(pod.metadata))"
        if evaluations[key] == nil, evaluations.count < Self.kindLimit {
          evaluations[key] = Evaluation(pod.unpinned, in: self)
        }
        if let evaluation = evaluations[key] {
          nodes[target] = NodeReport(
            name: target, findings: evaluation.findings(on: self.nodes[slot]), isOutOfSight: false)
        }
      }
      let isExplained = place < Self.preemptionLimit && nodes[target]?.isRefused == true
      told.append(
        .init(
          pod: ObjectName(pod.metadata), node: target,
          blockers: nodes[target].map { report.blockers(on: $0) } ?? [],
          isNodeMissing: !target.isEmpty && nodes[target] == nil && report.gap == nil,
          preemption: isExplained ? explain(pod).preemptionSentence : nil))
    }
    report.nodes = report.nodes.map { nodes[$0.name] ?? $0 }
    // Whom the scheduler would remove depends on the one node that a pod is for.
    report.preemption = .notPartOfTheMessage
    let taken = running.union(told.map(\.node))
    let others = report.nodes.filter { !taken.contains($0.name) }
    let meant = others.filter(\.isMeant)
    let refused = meant.filter(\.isRefused)
    let failure = report.podFailure?.reason.text
    let free = failure == nil ? meant.filter(\.fits).map(\.name).sorted() : []
    let daemon = DaemonPlacement(
      running: running.sorted(), waiting: told, free: free, refused: refused.sorted { $0.name < $1.name },
      leftOut: others.filter { !$0.isMeant }.map(\.name).sorted(),
      undecided: meant.filter { !$0.fits && !$0.isRefused }.map(\.name).sorted(), podFailure: failure,
      reasons: Dictionary(
        refused.map { ($0.name, report.blockers(on: $0).map(\.words).joined(separator: "; ")) },
        uniquingKeysWith: { first, _ in first }))
    let places = TemplatePlacement(
      report: report, places: free.map { ($0, 1) }, isAtLeast: report.gap != nil || !daemon.undecided.isEmpty)
    return (places, daemon)
  }

  /// What would place the pods that a DaemonSet lacks: of nodes that refuse alike the first speaks for the others.
  func suggestions(
    forDaemonPod template: Pod, own: [Pod], _ placement: DaemonPlacement, origin: PodOrigin, limit: Int = 8,
    knowing state: ClusterState
  ) -> [Suggestion] {
    let byName = Dictionary(own.map { (ObjectName($0.metadata), $0) }, uniquingKeysWith: { first, _ in first })
    var lacking: [(way: String, pod: Pod)] = placement.waiting.compactMap { waiting in
      guard !waiting.isNodeMissing, !waiting.blockers.isEmpty, let pod = byName[waiting.pod] else { return nil }
      return (waiting.blockers.map(\.reason).joined(separator: ";"), pod)
    }
    lacking += placement.refused.map { node in
      (node.reasons.map(\.text).joined(separator: ";"), template.pinned(to: node.name))
    }
    var seen: Set<String> = []
    var found: [Suggestion] = []
    for (way, pod) in lacking where seen.count < 4 && seen.insert(way).inserted {
      for suggestion in suggestions(for: pod, origin: origin, limit: 4, knowing: state)
      where !found.contains(where: { $0.changes == suggestion.changes }) {
        found.append(suggestion)
      }
    }
    return Array(found.prefix(limit))
  }
}

extension NodeReport {
  /// Whether the controller of DaemonSets would make a pod for the node: it looks at names, labels and taints only.
  fileprivate var isMeant: Bool {
    !findings.contains { finding in
      guard case .fail = finding.verdict else { return false }
      return [.nodeUnschedulable, .nodeName, .taintToleration, .nodeAffinity].contains(finding.plugin)
    }
  }
}
