import ClusterState
import Kube

/// What rules work with: the cluster to read, the moment, and the place where findings go.
///
/// Rules compare times only through `hasPassed`, which notes when the answer will change, so that a verdict can be kept
/// until an object changes or that time comes.
struct Inspection {
  /// The cluster.
  let state: ClusterState
  /// Events by object.
  let events: EventIndex
  /// The moment.
  let now: Timestamp
  /// What was found.
  private(set) var findings: [Finding] = []
  /// What could not be told.
  private(set) var unknowns: [Unknown] = []
  /// Objects of kinds that are not read, about which a rule must know whether they exist.
  private(set) var named: Set<NamedObject> = []
  /// The quotas that refuse pods now, each with the uid of an object whose pods it refuses.
  var refusers: [ObjectName: String] = [:]
  /// When a verdict may change although no object does.
  private(set) var recheck: Timestamp?

  /// How many leases of nodes there are, and when one was last renewed.
  private(set) lazy var nodeLeases: (count: Int, newest: Timestamp?) = {
    let leases = state.all(Lease.self).filter { $0.metadata.namespace == "kube-node-lease" }
    return (leases.count, leases.compactMap(\.spec.renewTime).max())
  }()

  init(_ state: ClusterState, events: EventIndex, now: Timestamp) {
    self.state = state
    self.events = events
    self.now = now
  }

  /// Whether `time` was longer ago than `duration`; no when the time is not known.
  mutating func hasPassed(_ duration: Duration, since time: Timestamp?) -> Bool {
    guard let time else { return false }
    let turn = time.advanced(by: duration)
    if turn <= now { return true }
    recheck = min(recheck ?? turn, turn)
    return false
  }

  /// Reports a finding. `cause` is the sentence when it has no times and nothing that differs from pod to pod.
  mutating func report(
    _ code: FindingCode, _ object: some KubeObject, severity: Severity? = nil, since: Timestamp?, _ sentence: Sentence,
    cause: String? = nil, root: ObjectReference? = nil, causedBy: [String] = [], evidence: [Evidence] = [],
    count: Int = 1, container: String = ""
  ) {
    var owner = state.topOwner(of: object)
    // The pods of a kubelet's own files are owned by its node, which is not at fault for them.
    if owner.kind == "Node" { owner = object.reference }
    findings.append(
      Finding(
        code: code, severity: severity ?? code.description.severity, object: object.reference, container: container,
        owner: owner, root: root ?? owner, causedBy: causedBy, since: since, sentence: sentence,
        cause: cause ?? sentence.text(now: now), evidence: evidence, count: max(1, count)))
  }

  /// Takes back those of the findings after the first `count` that follow from others among them.
  mutating func withdraw(after count: Int, where isConsequence: (Finding) -> Bool) {
    findings = findings[..<count] + findings[count...].filter { !isConsequence($0) }
  }

  /// Takes back the findings after the first `count`: another tells what they would have said.
  mutating func withdraw(after count: Int) -> [Finding] {
    let withdrawn = Array(findings[count...])
    findings.removeLast(withdrawn.count)
    return withdrawn
  }

  /// Says that the findings after the first `count` follow from what is wrong with another object.
  mutating func attribute(findingsAfter count: Int, to object: some KubeObject) {
    for index in count..<findings.count {
      findings[index].root = object.reference
      findings[index].causedBy = [object.metadata.uid]
    }
  }

  /// Reports a finding about one container of a pod.
  mutating func report(
    _ code: FindingCode, _ container: ContainerInPod, severity: Severity? = nil, since: Timestamp?,
    _ sentence: Sentence, cause: String? = nil, evidence: [Evidence] = [], count: Int = 1
  ) {
    report(
      code, container.pod, severity: severity, since: since, sentence, cause: cause, evidence: evidence, count: count,
      container: container.spec.name)
  }

  /// Reports that something could not be told.
  mutating func cannotTell(_ subject: String, _ reason: String) {
    unknowns.append(Unknown(subject: subject, reason: reason))
  }

  /// Whether an object that something names does not exist. Where its kind is not read, it is one of `named`, and the
  /// answer is no until somebody has asked the server about it.
  mutating func isMissing<Object: KubeObject>(_ type: Object.Type, namespace: String, name: String) -> Bool {
    if name.isEmpty || state.has(type, namespace: namespace, name: name) { return false }
    if state.isConclusive(type, namespace: namespace) { return true }
    let object = NamedObject(Object.resource, namespace: namespace, name: name)
    named.insert(object)
    return state.presence(of: object) == .absent
  }

  /// The events about an object, newest first.
  func events(of object: some KubeObject) -> [Event] {
    events.events(
      kind: type(of: object).resource.kind, namespace: object.metadata.namespace, name: object.metadata.name,
      uid: object.metadata.uid)
  }
}

/// Something that podmedic could not decide, and why.
public struct Unknown: Sendable, Hashable {
  /// What it is about, such as a kind or an object.
  public var subject: String
  /// Why it cannot be told, such as the server's refusal.
  public var reason: String
}
