import ClusterState

/// Nodes that refuse a pod for the same reasons, so that thousands of nodes can be read as a few lines.
public struct NodeGroup: Sendable {
  /// Equal for groups of different reports whose reasons are the same.
  public let id: String
  /// The nodes, the one that misses least first; never empty.
  public let nodes: [NodeReport]
  /// What stands in the way on the first node, in the order of the filters; empty where the pod fits.
  public let blockers: [Blocker]

  /// One reason why a node does not take the pod.
  public struct Blocker: Sendable, Equatable {
    /// The filter.
    public let plugin: FilterPlugin
    /// The scheduler's words, or why the filter cannot tell.
    public let reason: String
    /// What the scheduler does not say, with numbers; "" where the filter cannot tell.
    public let evidence: String
    /// Whether the filter cannot tell.
    public let isUnknown: Bool
    /// Whether the scheduler stops here, so that its message has the reason; it never says what comes behind.
    public let isSaid: Bool

    /// What a person wants to know first. What is missing of resources is only in the scheduler's words; elsewhere the
    /// facts say more than they do.
    public var words: String {
      if plugin == .nodeResourcesFit, !evidence.isEmpty { return "\(reason): \(evidence)" }
      return evidence.isEmpty ? reason : evidence
    }
  }

  /// The node that misses least.
  public var nearest: NodeReport? { nodes.first }
}

extension NodeReport {
  /// The facts behind a reason, with whose room counts as taken where pods are nominated: they are not on the node.
  public func evidence(of reason: Reason) -> String {
    guard !nominated.isEmpty, reason.isResolvable else { return reason.evidence.description }
    let names = nominated.prefix(3).map { "\($0.namespace)/\($0.name)" }.joined(separator: ", ")
    let more = nominated.count > 3 ? " and \(nominated.count - 3) more" : ""
    return "\(reason.evidence), with \(names)\(more) nominated there"
  }

  /// What stands in the way, in the order of the filters.
  ///
  /// - Parameter said: the filter at which the scheduler stops.
  fileprivate func blockers(said: FilterPlugin?) -> [NodeGroup.Blocker] {
    findings.flatMap { finding -> [NodeGroup.Blocker] in
      let isSaid = finding.plugin == said
      switch finding.verdict {
      case .pass, .skipped: return []
      case .unknown(let text):
        return [.init(plugin: finding.plugin, reason: text, evidence: "", isUnknown: true, isSaid: isSaid)]
      case .fail(let reasons):
        return reasons.map { reason in
          .init(
            plugin: finding.plugin, reason: reason.text, evidence: evidence(of: reason), isUnknown: false,
            isSaid: isSaid)
        }
      }
    }
  }

  /// Equal for nodes that refuse alike: numbers make no difference, taints and labels do.
  fileprivate var way: String {
    findings.map { finding in
      switch finding.verdict {
      case .fail(let reasons):
        finding.plugin.rawValue + ":"
          + reasons.map { $0.text + "/" + $0.kindOfEvidence + ($0.isOfSize ? "!" : "") }.joined(separator: ",")
      case .unknown(let text): "\(finding.plugin.rawValue)?\(text)"
      case .pass, .skipped: ""
      }
    }.joined(separator: ";") + (isOutOfSight ? " out of sight" : "")
  }
}

extension Reason {
  /// Whether the node offers less than is asked for, so that it helps nobody to leave: another kind of refusal than room
  /// that is in use.
  fileprivate var isOfSize: Bool {
    if case .resource(_, let requested, _, let allocatable, _) = evidence { requested > allocatable } else { false }
  }
}

extension [NodeFinding] {
  /// How much of resources is missing, as a share of what is asked for.
  var shortage: Double {
    var sum = 0.0
    for finding in self {
      guard case .fail(let reasons) = finding.verdict else { continue }
      for reason in reasons {
        if case .resource(_, let requested, let used, let allocatable, _) = reason.evidence, requested > 0 {
          sum += Double(requested.adding(used).subtracting(allocatable)) / Double(requested)
        }
      }
    }
    return sum
  }
}

extension PlacementReport {
  /// What stands in the way on a node, in the order of the filters.
  public func blockers(on node: NodeReport) -> [NodeGroup.Blocker] {
    node.blockers(said: podFailure?.plugin ?? node.first?.plugin)
  }

  /// All nodes by what stands in the way, the nearest miss first: nodes that fit, nodes that nobody can tell about, then
  /// those with the fewest reasons and the smallest shortage.
  public var groups: [NodeGroup] {
    struct Member {
      var node: NodeReport
      var shortage: Double
    }
    var members: [String: [Member]] = [:]
    for node in nodes { members[node.way, default: []].append(Member(node: node, shortage: node.findings.shortage)) }
    let sorted = members.map { way, found in
      let nodes = found.sorted { ($0.shortage, $0.node.name) < ($1.shortage, $1.node.name) }
      return (
        rank: (nodes[0].node.isRefused ? 1 : 0, nodes[0].node.findings.count, nodes[0].shortage, nodes[0].node.name),
        group: NodeGroup(id: way, nodes: nodes.map(\.node), blockers: blockers(on: nodes[0].node))
      )
    }
    return sorted.sorted { $0.rank < $1.rank }.map(\.group)
  }
}
