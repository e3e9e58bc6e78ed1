import ClusterState
import Kube

/// One pod against every node: what each plugin found out beforehand, and then node by node.
struct Evaluation {
  let incoming: Incoming
  private var prepared: [(plugin: FilterPlugin, preparation: Preparation)] = []
  /// The first plugin that says that no node whatever can take the pod, and why.
  private(set) var podFailure: (plugin: FilterPlugin, reason: Reason)?
  /// The only nodes that the scheduler looks at; nil for all.
  private var nodeNames: Set<String>?
  /// The nodes on which pods are nominated that the scheduler counts as if they were there.
  private var withNominated: [String: [(plugin: FilterPlugin, verdict: Verdict)]] = [:]
  private var isNominatedUnknown: Set<String> = []
  private var nominated: [String: [ObjectName]] = [:]

  /// More nodes than this with nominated pods are not computed exactly: each costs as much as all the others together.
  private static let nominatedLimit = 32

  var rules: SchedulerRules { incoming.rules }
  var snapshot: ClusterSnapshot { incoming.snapshot }

  init(_ pod: Pod, in snapshot: ClusterSnapshot) {
    self.init(Incoming(pod, in: snapshot), skipping: [])
    addNominated()
  }

  private init(_ incoming: Incoming, skipping: Set<FilterPlugin>) {
    self.incoming = incoming
    for plugin in incoming.rules.plugins {
      let preparation = skipping.contains(plugin) ? .skip : Self.prepare(plugin, incoming)
      if case .fail(let reason) = preparation, podFailure == nil { podFailure = (plugin, reason) }
      if case .filter(let filter as NodeAffinityFilter) = preparation { nodeNames = filter.nodeNames }
      prepared.append((plugin, preparation))
    }
  }

  private static func prepare(_ plugin: FilterPlugin, _ incoming: Incoming) -> Preparation {
    switch plugin {
    case .nodeUnschedulable: NodeUnschedulableFilter.prepare(incoming)
    // What names its node itself gets no scheduler; where else it could go is asked without that name.
    case .nodeName: .skip
    case .taintToleration: TaintTolerationFilter.prepare(incoming)
    case .nodeAffinity: NodeAffinityFilter.prepare(incoming)
    case .nodePorts: NodePortsFilter.prepare(incoming)
    case .nodeResourcesFit: NodeResourcesFitFilter.prepare(incoming)
    case .volumeRestrictions: VolumeRestrictionsFilter.prepare(incoming)
    case .ebsLimits: CloudDiskLimitFilter.prepare(incoming, .ebs)
    case .gcePDLimits: CloudDiskLimitFilter.prepare(incoming, .gce)
    case .azureDiskLimits: CloudDiskLimitFilter.prepare(incoming, .azure)
    case .nodeVolumeLimits: NodeVolumeLimitsFilter.prepare(incoming)
    case .volumeBinding: VolumeBindingFilter.prepare(incoming)
    case .volumeZone: VolumeZoneFilter.prepare(incoming)
    case .podTopologySpread: PodTopologySpreadFilter.prepare(incoming)
    case .interPodAffinity: InterPodAffinityFilter.prepare(incoming)
    case .dynamicResources:
      incoming.pod.spec.resourceClaims.isEmpty
        ? .skip : .unknown("not modelled: whether devices can be allocated for \(incoming.pod.claimsText)")
    case .nodeDeclaredFeatures: NodeDeclaredFeaturesFilter.prepare(incoming)
    case .gangScheduling:
      incoming.pod.spec.group.map {
        .unknown("not modelled: the pod is scheduled together with \($0), all of them or none")
      } ?? .skip
    }
  }

  /// Plugins that the pod gives nothing to look at.
  var skipped: Set<FilterPlugin> {
    Set(prepared.filter { if case .skip = $0.preparation { true } else { false } }.map(\.plugin))
  }

  /// What the filters say about a node other than pass, in their order.
  func findings(on node: NodeState) -> [NodeFinding] {
    if let nominated = withNominated[node.facts.name] {
      return nominated.map { NodeFinding(plugin: $0.plugin, verdict: $0.verdict) }
    }
    var findings = plainFindings(on: node)
    if isNominatedUnknown.contains(node.facts.name) {
      let gap = Verdict.unknown("pods are nominated on too many nodes to count each of them here")
      findings.append(NodeFinding(plugin: .nodeResourcesFit, verdict: gap))
    }
    return findings
  }

  /// Whether every filter lets the node pass for certain: as `findings` being empty, without looking further than the
  /// first that does not.
  func passes(_ node: NodeState) -> Bool {
    let name = node.facts.name
    guard withNominated[name] == nil, !isNominatedUnknown.contains(name) else { return findings(on: node).isEmpty }
    return prepared.allSatisfy { entry in
      switch entry.preparation {
      case .skip: true
      case .fail, .unknown: false
      case .filter(let filter): filter.verdict(on: node) == .pass
      }
    }
  }

  /// Whether what the filters say about a node follows from that node alone, so that it can be tried with other pods.
  func dependsOnNodeAlone(_ node: String) -> Bool {
    withNominated[node] == nil && !isNominatedUnknown.contains(node) && dependsOnNodesAlone
  }

  /// The same for all nodes on which no pod is nominated.
  var dependsOnNodesAlone: Bool {
    !prepared.contains { plugin, preparation in
      switch (plugin, preparation) {
      case (.interPodAffinity, .filter), (.podTopologySpread, .filter), (.volumeRestrictions, .filter): true
      default: false
      }
    }
  }

  /// What the filters say about a node whose nominated pods do not count.
  func plainFindings(on node: NodeState) -> [NodeFinding] {
    var findings: [NodeFinding] = []
    for (plugin, preparation) in prepared {
      switch preparation {
      case .skip: continue
      case .fail(let reason): findings.append(NodeFinding(plugin: plugin, verdict: .fail([reason])))
      case .unknown(let why): findings.append(NodeFinding(plugin: plugin, verdict: .unknown(why)))
      case .filter(let filter):
        let verdict = filter.verdict(on: node)
        if verdict != .pass { findings.append(NodeFinding(plugin: plugin, verdict: verdict)) }
      }
    }
    return findings
  }

  /// Whether the scheduler does not even look at the node, because the pod's affinity names others.
  func isOutOfSight(_ node: NodeState) -> Bool { nodeNames.map { !$0.contains(node.facts.name) } ?? false }

  // MARK: Nominated pods

  /// The nominated pods that count on a node, by name.
  func nominated(on node: String) -> [ObjectName] { nominated[node] ?? [] }

  /// Pods of at least this pod's priority for which room is being made count as if they were there; and since they may
  /// yet go elsewhere, the node must do without them too.
  private mutating func addNominated() {
    var count = 0
    for (name, pods) in snapshot.nominated.sorted(by: { $0.key < $1.key }) {
      let counted = pods.filter {
        $0.priority >= incoming.facts.priority && $0.identity != incoming.facts.identity
          && $0.schedulerName == incoming.facts.schedulerName
      }
      guard !counted.isEmpty, let slot = snapshot.slot(of: name) else { continue }
      count += 1
      guard count <= Self.nominatedLimit else {
        isNominatedUnknown.insert(name)
        continue
      }
      var node = snapshot.nodes[slot]
      for pod in counted { node.add(pod) }
      var crowded = snapshot
      crowded.replaceNode(at: slot, with: node)
      let other = Evaluation(Incoming(incoming.pod, in: crowded), skipping: skipped)
      var findings = other.plainFindings(on: node).map { (plugin: $0.plugin, verdict: $0.verdict) }
      // What refuses the node even without them, but not with them (an affinity to them), counts as well.
      for finding in plainFindings(on: snapshot.nodes[slot])
      where !findings.contains(where: { $0.plugin == finding.plugin }) {
        findings.append((finding.plugin, finding.verdict))
      }
      let order = rules.plugins
      findings.sort { (order.firstIndex(of: $0.plugin) ?? 0) < (order.firstIndex(of: $1.plugin) ?? 0) }
      withNominated[name] = findings
      nominated[name] = counted.map(\.name).sorted()
    }
  }
}

/// What one filter found on one node, other than that it may pass.
public struct NodeFinding: Sendable, Equatable {
  /// The filter.
  public let plugin: FilterPlugin
  /// `fail` or `unknown`.
  public let verdict: Verdict
}

extension PodSpec {
  /// The group that the pod is scheduled with, in words; nil when it is scheduled alone.
  fileprivate var group: String? {
    if let schedulingGroup { return "pod group \(schedulingGroup.podGroupName ?? "")" }
    return workloadRef.map { "pod group \($0.podGroup) of workload \($0.name)" }
  }
}

extension Pod {
  /// The pod's claims to devices, and the claims or templates that they are.
  fileprivate var claimsText: String {
    let made = Dictionary(
      status.resourceClaimStatuses.map { ($0.name, $0.resourceClaimName) }, uniquingKeysWith: { first, _ in first })
    let words = spec.resourceClaims.prefix(4).map { claim in
      let name = claim.resourceClaimName ?? made[claim.name] ?? nil
      return claim.name
        + (name.map { " (ResourceClaim \($0))" }
          ?? claim.resourceClaimTemplateName.map { " (of ResourceClaimTemplate \($0), not made yet)" } ?? "")
    }
    let more = spec.resourceClaims.count > 4 ? " and \(spec.resourceClaims.count - 4) more" : ""
    return "the pod's ResourceClaims \(words.joined(separator: ", "))\(more)"
  }
}
