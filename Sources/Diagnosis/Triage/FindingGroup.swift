import ClusterState
import Kube

/// Findings that have one cause, under the object that has to be mended.
public struct FindingGroup: Sendable, Equatable {
  /// The object that has to be mended: a workload, or a node for what its pods suffer from it.
  public var owner: ObjectReference
  /// What the cause is.
  public var code: FindingCode
  /// The worst severity in the group.
  public var severity: Severity
  /// Since when, as the newest finding says.
  public var since: Timestamp?
  /// One sentence for the group: `3 of 5 pods OOMKilled at 256Mi`, or that of the only finding.
  public var sentence: Sentence
  /// Objects below the owner that are affected.
  public var affected: Int
  /// Objects that the owner has, if known: of a Deployment, its pods that are not over.
  public var total: Int?
  /// The findings, the worst first; the last ones may be consequences, such as a rollout that is stuck.
  public var findings: [Finding]
  /// How many of the findings, from the first on, are causes; the others only follow from them.
  public var causes: Int

  /// The playbook that handles it.
  public var playbook: String { code.description.playbook }

  /// The sentence at a moment.
  public func summary(now: Timestamp) -> String { sentence.text(now: now) }
}

extension FindingGroup {
  /// Findings in groups, one for each cause, the worst and then the newest first.
  ///
  /// What only follows from another finding (missing replicas, a Service without endpoints, pods of a node that is not
  /// ready) joins that finding's group and is no group of its own.
  static func groups(of findings: [Finding], state: ClusterState) -> [FindingGroup] {
    let causes = Causes(findings, state: state)
    var members: [Causes.Key: (causes: [Finding], consequences: [Finding])] = [:]
    for (index, finding) in findings.enumerated() {
      if causes.isConsequence(index) {
        members[causes.key(of: index), default: ([], [])].consequences.append(finding)
      } else {
        members[causes.key(of: index), default: ([], [])].causes.append(finding)
      }
    }
    return members.compactMap { FindingGroup(root: $0.key.root, $0.value.causes, $0.value.consequences, state: state) }
      .sorted(by: precedes).rootsFirst
  }

  private init?(root: ObjectReference, _ causes: [Finding], _ consequences: [Finding], state: ClusterState) {
    let causes = causes.sorted(by: Finding.precedes)
    let consequences = consequences.sorted(by: Finding.precedes)
    findings = causes + consequences
    self.causes = causes.count
    // The owner's own finding speaks for the group, if it has one that is a cause.
    let own = causes.first { $0.object.identity == root } ?? (causes.isEmpty ? findings.first : nil)
    guard let first = own ?? causes.first else { return nil }
    owner = first.root
    code = first.code
    severity = findings.map(\.severity).max() ?? first.severity
    since = own?.since ?? causes.compactMap(\.since).max() ?? consequences.compactMap(\.since).max()
    let pods = Set(findings.filter { $0.object.kind == "Pod" && $0.object.identity != root }.map(\.object.identity))
    if own != nil {
      affected = max(1, pods.count)
      sentence = first.sentence
      if !pods.isEmpty {
        total = Self.total(of: owner, atLeast: affected, state: state)
        sentence = sentence + "; \(Self.pods(pods.count, of: findings, below: owner)) affected"
      }
    } else {
      let objects = Set(causes.map(\.object.identity))
      affected = objects.count
      // The pods of others are none of the root's.
      total =
        owner.kind == "Node" || first.owner.identity == root
        ? Self.total(of: owner, atLeast: affected, state: state) : nil
      sentence = Self.sentence(first, affected: affected, of: total)
      if affected > 1, causes.allSatisfy(\.mention.isEmpty),
        let words = causes.lazy.map(\.sentence.words).first(where: { !$0.isEmpty })
      {
        sentence = "\(sentence)\(words: words)"
      }
    }
    if let mention = (causes.isEmpty ? consequences : causes).lazy.map(\.mention).first(where: { !$0.isEmpty }) {
      sentence = sentence + "; \(mention)"
    }
    if owner.kind != "Node", let cutOff = Self.cutOff(consequences, below: owner, state: state) {
      sentence = sentence + "; \(cutOff)"
    }
    if own == nil, let waiting = Self.heldUp(consequences, below: owner) { sentence = sentence + "; \(waiting)" }
    if let silent = Self.silentServices(consequences) { sentence = sentence + "; \(silent)" }
    if let closed = Self.closedIngresses(consequences) { sentence = sentence + "; \(closed)" }
  }

  /// `3 of 5 pods OOMKilled at 256Mi`: what several objects of an owner suffer from, as `first` tells it.
  private static func sentence(_ first: Finding, affected: Int, of total: Int?) -> Sentence {
    guard affected > 1 else { return first.sentence }
    let (kind, link) = (plural(first.object.kind), first.code.isPredicate ? " " : ": ")
    let count = "\(affected)\(total.map { " of \($0)" } ?? "") \(kind)\(link)"
    return first.code.isToldByExample ? "\(count)\(first.sentence)" : "\(count)\(first.cause)"
  }

  /// What the worst findings of an owner's pods say together; `total` is how many pods it has. nil when there are none.
  public static func sentence(ofPods findings: [Finding], total: Int) -> (worst: Finding, sentence: Sentence)? {
    guard let worst = findings.min(by: Finding.precedes) else { return nil }
    let affected = findings.count { $0.code == worst.code && $0.cause == worst.cause }
    return (worst, sentence(worst, affected: affected, of: total))
  }

  /// `13 pods of 12 owners`: how many pods suffer, and of whom as far as the row does not say it.
  private static func pods(_ count: Int, of findings: [Finding], below root: ObjectReference) -> String {
    let noun = count == 1 ? "pod" : "pods"
    let owners = Set(
      findings.filter { $0.object.kind == "Pod" && $0.owner.identity != root.identity }.map(\.owner.identity))
    guard let owner = owners.first, owners.count > 1 || owner.kind != "Pod" else { return "\(count) \(noun)" }
    if owners.allSatisfy({ $0.kind == "Pod" }) { return "\(count) \(noun)" }
    return "\(count) \(noun) of \(owners.count == 1 ? owner.shortText : "\(owners.count) owners")"
  }

  /// How many pods an owner has that are not over: those on a node, or those below a workload.
  private static func total(of owner: ObjectReference, atLeast affected: Int, state: ClusterState) -> Int? {
    let count =
      owner.kind == "Node"
      ? state.unfinishedPods(onNode: owner.name) : state.unfinishedPods(ofOwner: owner.uid)
    return count >= affected ? count : nil
  }

  private static func plural(_ kind: String) -> String { kind == "Pod" ? "pods" : kind.lowercased() + "s" }

  /// `node-2 has no pod network: 13 pods of 12 owners affected`: what follows from a network plug-in that does not work.
  private static func cutOff(_ consequences: [Finding], below root: ObjectReference, state: ClusterState) -> String? {
    let pods = consequences.filter { $0.code == .podSandboxFailed || $0.code == .podNodeNotReady }
    var nodes = Set(
      consequences.filter { $0.code == .nodeNotReady || $0.code == .nodeNetworkUnavailable }.map(\.object.name))
    for finding in pods {
      if let pod = state.store(of: Pod.self)?.object(uid: finding.object.uid) as? Pod {
        nodes.insert(pod.spec.nodeName)
      }
    }
    guard let first = nodes.first else { return nil }
    let place = nodes.count == 1 ? "\(first) has no pod network" : "\(nodes.count) nodes have no pod network"
    let count = Set(pods.map(\.object.identity)).count
    return count == 0 ? place : "\(place): \(self.pods(count, of: pods, below: root)) affected"
  }

  /// `1 pod of deployment/trainer waits for it`: pods of others that lack what this should give them.
  private static func heldUp(_ consequences: [Finding], below root: ObjectReference) -> String? {
    let waiting = consequences.filter { finding in
      switch finding.code {
      case .podUnschedulable, .podSchedulerSilent, .podVolumeNotMounted, .podClaimUnbound:
        finding.owner.identity != root.identity
      default: false
      }
    }
    let count = Set(waiting.map(\.object.identity)).count
    if count > 0 { return "\(pods(count, of: waiting, below: root)) wait\(count == 1 ? "s" : "") for it" }
    let claims = Set(consequences.filter { $0.code == .claimPending }.map(\.object.identity)).count
    return claims == 0 ? nil : claims == 1 ? "1 claim waits for it" : "\(claims) claims wait for it"
  }

  /// `service search has no ready endpoint`: who else is out of reach because of this.
  private static func silentServices(_ consequences: [Finding]) -> String? {
    let names = Set(
      consequences.filter { $0.code == .serviceNoEndpoints || $0.code == .serviceNoPods }.map(\.object.name)
    ).sorted()
    return switch names.count {
    case 0: nil
    case 1: "service \(names[0]) has no ready endpoint"
    case 2, 3: "services \(names.joined(separator: ", ")) have no ready endpoint"
    default: "\(names.count) services have no ready endpoint"
    }
  }

  /// `ingress shop leads there`: which entrances lead to what is scaled to 0.
  private static func closedIngresses(_ consequences: [Finding]) -> String? {
    let names = Set(consequences.filter { $0.code == .ingressScaledDown }.map(\.object.name)).sorted()
    return switch names.count {
    case 0: nil
    case 1: "ingress \(names[0]) leads there"
    case 2, 3: "ingresses \(names.joined(separator: ", ")) lead there"
    default: "\(names.count) ingresses lead there"
    }
  }

  static func precedes(_ left: FindingGroup, _ right: FindingGroup) -> Bool {
    if left.severity != right.severity { return left.severity > right.severity }
    if left.since != right.since {
      return (left.since?.microseconds ?? .min) > (right.since?.microseconds ?? .min)
    }
    return left.orderKey < right.orderKey
  }

  private var orderKey: (String, String, String, String, String) {
    (owner.namespace, owner.name, owner.kind, code.rawValue, findings.first?.cause ?? "")
  }
}

extension [FindingGroup] {
  /// Of groups of one severity, those with an object that another one mentions before that one.
  fileprivate var rootsFirst: [FindingGroup] {
    var groups = self
    for group in self {
      guard let uid = group.findings.lazy.map(\.mentioned).first(where: { !$0.isEmpty }),
        let root = groups.firstIndex(where: { $0.findings.contains { $0.object.uid == uid } }),
        let place = groups.firstIndex(of: group), place < root, groups[root].severity == group.severity
      else { continue }
      groups.insert(groups.remove(at: root), at: place)
    }
    return groups
  }
}

extension FindingCode {
  /// Whether the cause alone says too little, and the texts differ from pod to pod in names that do not matter.
  fileprivate var isToldByExample: Bool {
    switch self {
    case .podSandboxFailed, .podVolumeNotMounted, .podRejected: true
    default: false
    }
  }

  /// Whether the cause reads on after "3 of 5 pods".
  fileprivate var isPredicate: Bool {
    switch self {
    case .podOOMKilled, .podEvicted, .podStuckTerminating, .podKilledByProbe, .podContainerFailed, .podNotReady: true
    default: false
    }
  }
}
