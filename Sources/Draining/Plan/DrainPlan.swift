import ClusterState
import Kube

/// What will happen when nodes are drained, before anything is done.
public struct DrainPlan: Sendable, Equatable {
  /// Whether it can be done.
  public enum Outcome: String, Sendable {
    /// Nothing is refused for good; some pods may have to wait for others.
    case canProceed = "can-proceed"
    /// Something is refused, can never be evicted, or waits for room that the cluster has not.
    case blocked
    /// What decides could not be read, or pods may never end.
    case unknown
  }

  /// The nodes, in the order in which they are drained.
  public var nodes: [NodePlan]
  /// Every pod that the drain looks at, node by node, by namespace and name.
  public var pods: [PodPlan]
  /// What is asked of each budget altogether, by name.
  public var budgets: [BudgetDemand]
  /// Whether this user may do what the drain does.
  public var access: [AccessCheck]
  /// What the plan does not rest on because it could not be read, a sentence each.
  public var gaps: [String]
  /// Of those, the ones without which nobody can tell whether the drain can be done; and which pods may never end.
  public var decisiveGaps: [String]

  /// Whether the drain waits for replacements (`--wait-ready`): then one that finds no place stands in the way.
  public var waitsReady = false

  /// A plan.
  public init(
    nodes: [NodePlan], pods: [PodPlan], budgets: [BudgetDemand], access: [AccessCheck] = [], gaps: [String] = [],
    decisiveGaps: [String] = []
  ) {
    (self.nodes, self.pods, self.budgets) = (nodes, pods, budgets)
    (self.access, self.gaps, self.decisiveGaps) = (access, gaps, decisiveGaps)
  }

  /// The pods of a node.
  public func pods(on node: String) -> [PodPlan] { pods.filter { $0.node == node } }

  /// How long it takes at least, in seconds: on each node the longest grace period.
  public var minimumSeconds: Int { nodes.reduce(0) { $0 + $1.longestGracePeriod } }

  /// What stands in the way, a sentence each; empty when nothing does.
  public var obstacles: [String] {
    var obstacles: [String] = []
    for node in nodes {
      let refused = pods.filter { $0.node == node.name && $0.verdict.action == .refuse }
      guard !refused.isEmpty else { continue }
      let isCertain = refused.contains { $0.verdict.cause != .daemonSetUnknown }
      let flags = Set(refused.flatMap(\.verdict.flags)).sorted()
      if isCertain {
        obstacles.append(
          "kubectl refuses to drain \(node.name)" + (flags.isEmpty ? "" : " without \(flags.joined(separator: " "))"))
      }
    }
    let never = pods.filter(\.isNeverEvicted)
    if !never.isEmpty {
      let names = never.prefix(3).map { "\($0.name.namespace)/\($0.name.name)" }.joined(separator: ", ")
      let more = never.count > 3 ? " and \(never.count - 3) more" : ""
      obstacles.append("budgets never allow the eviction of \(names)\(more)")
    }
    for pod in pods where pod.lacksRoom && !pod.isNeverEvicted {
      obstacles.append("\(pod.name.namespace)/\(pod.name.name) waits for room that no node has now")
    }
    if waitsReady {
      let homeless = pods.filter(\.hasNoPlaceForItsReplacement)
      if let first = homeless.first {
        let more = homeless.count > 1 ? " and \(homeless.count - 1) more" : ""
        obstacles.append(
          "--wait-ready waits in vain: the replacement of \(first.name.namespace)/\(first.name.name)\(more) would stay "
            + "Pending")
      }
    }
    obstacles += outsideWaits
    for node in nodes {
      for warning in node.warnings where warning.stopsTheCluster { obstacles.append("\(node.name) \(warning.text)") }
    }
    for check in access where check.answer == .denied { obstacles.append("you may not \(check.text)") }
    return obstacles
  }

  /// The budgets that have no room before anything was done, a sentence each: what waits for them waits for pods that the
  /// drain does not bring back. A sick pod that goes may make room for those that were looked at before it.
  private var outsideWaits: [String] {
    let cured = Set(pods.flatMap(\.blockedBy).filter { $0.state == .allowed }.map(\.budget))
    var waiting: [ObjectName: [PodPlan]] = [:]
    for pod in pods {
      guard let wait = pod.outsideWait, !cured.contains(wait.budget) else { continue }
      waiting[wait.budget, default: []].append(pod)
    }
    return waiting.sorted { $0.key < $1.key }.compactMap { budget, pods in
      guard let wait = pods[0].outsideWait else { return nil }
      let names = pods.prefix(3).map(\.name.name).joined(separator: ", ")
      let more = pods.count > 3 ? " and \(pods.count - 3) more" : ""
      return "budget \(budget.namespace)/\(budget.name) has no room now (needs \(wait.needs), has \(wait.has)): "
        + "\(names)\(more) \(pods.count == 1 ? "waits" : "wait")"
        + (PodPlan.words(pods[0].waitsFor).map { " for \($0) to be Ready" }
          ?? (wait.reason.hasPrefix("until ") ? " \(wait.reason)" : ": \(wait.reason)"))
    }
  }

  /// The nodes without which the cluster stops answering, by the members of etcd.
  public var nodesOfTheQuorum: [String] { nodes.filter { $0.warnings.contains(where: \.stopsTheCluster) }.map(\.name) }

  /// Whether it can be done.
  public var outcome: Outcome {
    if !obstacles.isEmpty { return .blocked }
    return decisiveGaps.isEmpty ? .canProceed : .unknown
  }
}

extension DrainPlan {
  /// Which pods may never end, a sentence for each node.
  func openEnds(_ options: DrainOptions) -> [String] {
    guard options.skipWaitForDeleteTimeout == 0 else { return [] }
    return nodes.compactMap { node in
      let pods = pods(on: node.name).filter { $0.verdict.isRemoval || $0.verdict.action == .refuse }
      let late = pods.filter { $0.termination?.isOverdue == true && options.gracePeriod != 0 }
      let isUnconfirmed = pods.contains { $0.warnings.contains(.isNotConfirmed) }
      guard !late.isEmpty || isUnconfirmed else { return nil }
      let isSilent = isUnconfirmed || node.warnings.contains(.isNotReady)
      let count = "\(late.count) \(late.count == 1 ? "pod" : "pods")"
      let overdue = late.isEmpty ? "" : "\(count) should have ended long ago"
      let node =
        isSilent
        ? "whether the pods of \(node.name) end, whose kubelet does not answer"
        : "whether the pods of \(node.name) end"
      return node + (overdue.isEmpty ? "" : " (\(overdue))")
        + ": the drain waits for it; --skip-wait-for-delete-timeout=SECONDS leaves such pods alone"
    }
  }
}

/// What a drain means for one node.
public struct NodePlan: Sendable, Equatable {
  /// Its name.
  public var name: String
  /// Since when it is cordoned already, and who says so; nil where it is not.
  public var cordon: CordonFacts?
  /// What else a person should know before it goes.
  public var warnings: [NodeWarning] = []
  /// The longest grace period of the pods that go, in seconds.
  public var longestGracePeriod = 0

  /// A node about which nothing more is known.
  public init(name: String, cordon: CordonFacts? = nil) {
    self.name = name
    self.cordon = cordon
  }
}
