import ClusterState
import Kube

/// Where a pod could go and why not elsewhere: every filter on every node, computed as kube-scheduler would.
public struct PlacementReport: Sendable {
  /// The pod.
  public let pod: ObjectName
  /// The scheduler that was followed.
  public let rules: SchedulerRules
  /// Whether the scheduler is at work on this pod at all.
  public let situation: Situation
  /// What the scheduler itself says in `PodScheduled`; "" when it says nothing.
  public let schedulerMessage: String
  /// The reason that goes with it: `Unschedulable`, or `SchedulerError` when it was no filter that refused.
  public let schedulerReason: String
  /// A plugin that says, before any node is looked at, that no node can take the pod; and why.
  public let podFailure: PodFailure?
  /// Every node, by name.
  public internal(set) var nodes: [NodeReport]
  /// Filters for which the pod has nothing to look at.
  public let skipped: Set<FilterPlugin>
  /// Why nodes cannot be told at all; nil when they can.
  public let gap: String?
  /// What the pod asks for: `cpu` in thousandths of a core, everything else in bytes or pieces; by name.
  public let requests: [(resource: String, amount: Int64)]
  /// Whether the scheduler would preempt other pods, and whom; nil where it makes no difference.
  public internal(set) var preemption: Preemption
  /// The pod's priority.
  public let priority: Int
  /// Whose priorities keep the scheduler from making room; nil where they make no difference.
  public let standing: StandingPriorities?
  /// What nodes have of the resources that they lack for the pod, a sentence each.
  public let room: [String]
  /// Why disruption budgets are not known, so that others may be removed than those named; nil when they are.
  public let budgetGap: String?

  /// The nodes that every filter lets pass.
  public var fitting: [NodeReport] { nodes.filter(\.fits) }

  /// Nodes on which a filter cannot tell and none refuses.
  public var undecided: [NodeReport] { nodes.filter { !$0.fits && !$0.isRefused } }

  /// The filters in the order in which they run.
  public var plugins: [FilterPlugin] { rules.plugins }

  /// What a filter says about a node.
  public func verdict(of plugin: FilterPlugin, on node: NodeReport) -> Verdict {
    if let finding = node.findings.first(where: { $0.plugin == plugin }) { return finding.verdict }
    return skipped.contains(plugin) ? .skipped : .pass
  }
}

/// A plugin's refusal of a pod before any node is looked at.
public struct PodFailure: Sendable, Equatable {
  /// The plugin.
  public let plugin: FilterPlugin
  /// Why.
  public let reason: Reason
}

/// What the filters say about one node.
public struct NodeReport: Sendable, Equatable {
  /// Name of the node.
  public let name: String
  /// What filters found, in the order in which they run; filters that are not here pass or have nothing to look at.
  public let findings: [NodeFinding]
  /// The scheduler does not look at this node because the pod's affinity names others.
  public let isOutOfSight: Bool
  /// Pods without a node that are counted here as if they were there: room is being made for them.
  public var nominated: [ObjectName] = []

  /// Whether every filter lets the pod pass for certain.
  public var fits: Bool { findings.isEmpty }

  /// Whether a filter refuses the node for certain.
  public var isRefused: Bool { findings.contains { if case .fail = $0.verdict { true } else { false } } }

  /// What the scheduler itself would see: it stops at the first filter that refuses. Nil when the node fits.
  public var first: NodeFinding? {
    isOutOfSight ? findings.first { $0.plugin == .nodeAffinity } : findings.first
  }

  /// The reasons that go into the scheduler's message; empty when the node fits or nobody can tell.
  public var reasons: [Reason] { if case .fail(let reasons)? = first?.verdict { reasons } else { [] } }
}

/// Whether and why the scheduler is at work on a pod.
public enum Situation: Sendable, Equatable {
  /// The scheduler tries, or tried, to place it.
  case waiting
  /// The scheduler has not said anything about it yet.
  case unseen
  /// It has a node.
  case placed(String)
  /// It is bound to a node that does not exist: no kubelet will ever start it.
  case boundToMissingNode(String)
  /// It does not exist yet and names this node itself, so that no scheduler looks at it; with the first taint for which
  /// the node's kubelet would not take it.
  case bypassing(node: String, taint: String?)
  /// It waits until somebody removes these scheduling gates.
  case gated([String])
  /// Another scheduler is to place it; whether that exists cannot be told from here, and its rules are not known.
  case otherScheduler(String)
  /// It is being deleted: schedulers leave it alone.
  case beingDeleted
  /// It has ended, with this phase.
  case ended(String)
  /// It was made from a template or a manifest and does not exist.
  case hypothetical

  init(_ pod: Pod, in snapshot: ClusterSnapshot) {
    let spec = pod.spec
    if pod.isTerminal {
      self = .ended(pod.status.phase)
    } else if !spec.nodeName.isEmpty {
      let exists = snapshot.hasNode(spec.nodeName) || snapshot.gaps[.nodes] != nil
      if exists, pod.metadata.uid.isEmpty, pod.status.phase.isEmpty {
        let taints = snapshot.slot(of: spec.nodeName).map { snapshot.nodes[$0].facts.taints } ?? []
        // The kubelet asks for less than the scheduler: only for what would drive the pod away again.
        let taint = taints.first { taint in
          taint.effect == "NoExecute" && !spec.tolerations.contains { $0.tolerates(taint) }
        }
        self = .bypassing(node: spec.nodeName, taint: taint?.shortText)
      } else {
        self = exists ? .placed(spec.nodeName) : .boundToMissingNode(spec.nodeName)
      }
    } else if pod.isBeingDeleted {
      self = .beingDeleted
    } else if !spec.schedulerName.isEmpty, spec.schedulerName != "default-scheduler" {
      self = .otherScheduler(spec.schedulerName)
    } else if !spec.schedulingGates.isEmpty, snapshot.rules.hasGates {
      self = .gated(spec.schedulingGates.map(\.name))
    } else if pod.metadata.uid.isEmpty, pod.status.conditions.isEmpty {
      self = .hypothetical
    } else {
      self = pod.status.conditions.condition("PodScheduled") == nil ? .unseen : .waiting
    }
  }

  /// A sentence that says exactly why the pod has no verdict of the scheduler; nil when it has one or has a node.
  public var sentence: String? {
    switch self {
    case .waiting, .placed, .hypothetical: nil
    case .unseen: "the scheduler has not looked at the pod yet"
    case .boundToMissingNode(let node): "bound to node \(node), which does not exist: no kubelet will start it"
    case .gated(let gates):
      "held back by scheduling gate\(gates.count == 1 ? "" : "s") \(gates.joined(separator: ", "))"
    case .otherScheduler(let name): "waits for scheduler \"\(name)\", which is not the cluster's default scheduler"
    case .bypassing(let node, _): "names node \(node) itself: the scheduler is bypassed"
    case .beingDeleted: "is being deleted: the scheduler leaves it alone"
    case .ended(let phase): "has ended (\(phase))"
    }
  }
}
