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

  /// The playbook that handles it.
  public var playbook: String { code.description.playbook }

  /// The sentence at a moment.
  public func summary(now: Timestamp) -> String { sentence.text(now: now) }
}

extension FindingGroup {
  /// Findings in groups, one for each owner and cause, the worst and then the newest first.
  ///
  /// What only follows from a cause under the same owner (missing replicas, a stuck rollout) joins the worst such group
  /// and is no group of its own.
  static func groups(of findings: [Finding], state: ClusterState) -> [FindingGroup] {
    var causes: [Key: [Finding]] = [:]
    var consequences: [ObjectReference: [Finding]] = [:]
    for finding in findings {
      let root = finding.root.identity
      if finding.code.isConsequence {
        consequences[root, default: []].append(finding)
      } else {
        causes[Key(root: root, finding), default: []].append(finding)
      }
    }
    var worst: [ObjectReference: (key: Key, finding: Finding)] = [:]
    for (key, members) in causes {
      guard let first = members.min(by: Finding.precedes) else { continue }
      if let known = worst[key.root], !Finding.precedes(first, known.finding) { continue }
      worst[key.root] = (key, first)
    }
    for (root, members) in consequences {
      let key = worst[root]?.key ?? members.min(by: Finding.precedes).map { Key(root: root, $0) }
      if let key { causes[key, default: []] += members }
    }
    return causes.values.compactMap { FindingGroup($0, state: state) }.sorted(by: precedes)
  }

  private struct Key: Hashable {
    var root: ObjectReference
    var code: FindingCode
    var cause: String

    init(root: ObjectReference, _ finding: Finding) {
      self.root = root
      code = finding.root.kind == "Node" && finding.code == .podNodeNotReady ? .nodeNotReady : finding.code
      // A node has one reason for not being ready; its pods only show it.
      cause = code == .nodeNotReady || finding.code.isConsequence ? "" : finding.cause
    }
  }

  private init?(_ members: [Finding], state: ClusterState) {
    let causes = members.filter { !$0.code.isConsequence }.sorted(by: Finding.precedes)
    let consequences = members.filter(\.code.isConsequence).sorted(by: Finding.precedes)
    findings = causes + consequences
    // The owner's own finding speaks for the group, if it has one that is a cause.
    guard let first = causes.first(where: { $0.object.identity == $0.root.identity }) ?? findings.first else {
      return nil
    }
    owner = first.root
    code = first.code
    severity = members.map(\.severity).max() ?? first.severity
    since = members.compactMap(\.since).max()
    let below = causes.filter { $0.object.identity != $0.root.identity }
    let objects = Set(below.map(\.object.identity))
    affected = max(1, objects.count)
    guard let example = below.first else {
      sentence = first.sentence
      return
    }
    guard example.object.kind == "Pod", first.object.identity != first.root.identity else {
      let count = objects.count
      sentence = first.sentence + ", \(count) \(count == 1 ? "pod" : "pods") affected"
      return
    }
    let pods = state.unfinishedPods(ofOwner: owner.uid)
    total = pods >= affected ? pods : nil
    if affected == 1 {
      sentence = example.sentence
    } else {
      let number = pods >= affected ? "\(affected) of \(pods) pods" : "\(affected) pods"
      sentence = "\(number)\(code.isPredicate ? " " : ": ")\(example.cause)"
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

extension FindingCode {
  /// Whether it only says that something else is wrong.
  fileprivate var isConsequence: Bool { self == .workloadReplicasMissing || self == .workloadRolloutStuck }

  /// Whether the cause reads on after "3 of 5 pods".
  fileprivate var isPredicate: Bool {
    switch self {
    case .podOOMKilled, .podEvicted, .podStuckTerminating, .podKilledByProbe, .podContainerFailed, .podNotReady: true
    default: false
    }
  }
}

extension ObjectReference {
  /// Kind, namespace, name and uid alone, so that two references to an object are equal.
  var identity: ObjectReference {
    var identity = ObjectReference()
    identity.kind = kind
    identity.namespace = namespace
    identity.name = name
    identity.uid = uid
    return identity
  }
}
