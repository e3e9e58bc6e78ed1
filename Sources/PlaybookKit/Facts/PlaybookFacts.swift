import ClusterState
import Diagnosis
import Draining
import Kube
import Scheduling

/// The cluster as one run of a playbook sees it: the subject, what belongs to it, the findings, the moment.
///
/// Made anew for every evaluation; what is asked twice is looked up once. Confined to the loop's thread.
public final class PlaybookFacts {
  /// Everything that is read.
  public let state: ClusterState
  /// What triage found in the same state.
  public let triage: TriageReport
  /// The moment.
  public let now: Timestamp
  /// The object that the playbook is run on; nil for playbooks that need none.
  public let object: (any KubeObject)?
  /// The server's version, such as `v1.36.2`; nil while it is not known.
  public let version: KubernetesVersion?
  /// The line that each step on the way has found in what it read, by step.
  var lines: [String: String] = [:]
  /// The verdict of each step on the way, by step.
  var verdicts: [String: Verdict] = [:]
  /// What a person has said to each step, by step: `yes`, `no` or `skip`.
  var answers: [String: String] = [:]
  /// When somebody contributed to each step last, notes aside, by step.
  var contributed: [String: Timestamp] = [:]
  /// When somebody contributed to the step of which it is asked whether that still counts.
  var answered: Timestamp?
  /// Use of CPU and memory by container name, the pod's as a whole under "".
  public let usage: Lookup<[String: UsageRecord]>
  /// Makes the cluster as its scheduler sees it, for checks that place pods. Without being set it follows the rules of
  /// today's scheduler and reads everything anew; a host that knows the server's version, or keeps one, says so.
  public var makeSnapshot: (ClusterState) -> ClusterSnapshot = { ClusterSnapshot($0, rules: .current) }
  /// Finds what podmedic has written down, on this machine, of the drains of a node that belong to one maintenance, the
  /// newest last. Without being set nothing is known of any.
  public var findDrains: (Node) -> [DrainLog] = { _ in [] }
  /// What draining the subject would do; nil when it is no node.
  private(set) lazy var drainPlan: DrainPlan? = planDrain()
  /// Where the subject, a pod, could go; nil when it is none.
  private(set) lazy var placement: PlacementAnswer? = findPlacement()
  private let events: EventIndex
  private let wantedContainer: String?
  private let codes: [FindingCode]

  /// Facts about an object as of `now`. `container` chooses one of a pod's; `codes` are the findings of the playbook,
  /// which choose it otherwise.
  public init(
    _ state: ClusterState, triage: TriageReport, events: EventIndex, object: (any KubeObject)?,
    container: String? = nil, codes: [FindingCode] = [],
    usage: Lookup<[String: UsageRecord]> = .unknown(Doubt(.notRead, "metrics are not read")),
    version: KubernetesVersion? = nil, now: Timestamp
  ) {
    self.version = version
    self.state = state
    self.triage = triage
    self.events = events
    self.object = object
    self.usage = usage
    self.now = now
    wantedContainer = container
    self.codes = codes
    events.update(state)
  }

  /// The namespace of the subject; "" without one.
  public var namespace: String {
    guard let object else { return "" }
    return object is Namespace ? object.metadata.name : object.metadata.namespace
  }

  // MARK: Owners and pods

  /// The subject, if it is a pod.
  public var pod: Pod? { object as? Pod }

  /// The controllers above the subject, the nearest first, the subject itself before them.
  public private(set) lazy var ownerChain: [any ClusterObject] = {
    guard let object else { return [] }
    var chain: [any ClusterObject] = [object]
    var next = object.metadata.controller
    // Chains are three long in practice; the limit ends circles, which the API does not forbid.
    while let owner = next, chain.count < 8, let found = state.owner(owner, namespace: object.metadata.namespace) {
      chain.append(found)
      next = found.metadata.controller
    }
    return chain
  }()

  /// Why the chain of owners ends where it does although a further owner is named; nil when it is complete.
  public var ownerDoubt: Doubt? {
    guard let last = ownerChain.last?.metadata.controller else { return nil }
    guard let kind = builtInKind(apiVersion: last.apiVersion, kind: last.kind) else {
      return Doubt(.notModelled, "podmedic does not know the kind \(last.kind) of \(last.name)")
    }
    return state.doubt(about: kind.type, namespace: namespace)
  }

  /// The nearest of a kind in the chain of owners, the subject included.
  public func owner<Object: KubeObject>(_ type: Object.Type) -> Lookup<Object> {
    for object in ownerChain { if let found = object as? Object { return .found(found) } }
    if let last = ownerChain.last?.metadata.controller, last.kind == Object.resource.kind {
      return state.doubt(about: type, namespace: namespace).map { .unknown($0) } ?? .none
    }
    return ownerDoubt.map { .unknown($0) } ?? .none
  }

  /// The top of the chain that runs pods from a template; nothing for bare pods and other kinds.
  /// The target of an autoscaler counts as its workload.
  public private(set) lazy var workload: Lookup<(object: any ClusterObject, facts: WorkloadFacts)> = {
    if let autoscaler = object as? HorizontalPodAutoscaler {
      return target(of: autoscaler).flatMap { target in
        WorkloadFacts(target).map { .found((target, $0)) } ?? .none
      }
    }
    for object in ownerChain.reversed() {
      if let facts = WorkloadFacts(object) {
        // A ReplicaSet whose Deployment cannot be seen is not the top.
        if let doubt = ownerDoubt { return .unknown(doubt) }
        return .found((object, facts))
      }
    }
    return ownerDoubt.map { .unknown($0) } ?? .none
  }()

  /// The pods that belong to the subject: all of its owner's for a pod, those of a workload, on a node, behind a
  /// Service or the first of an Ingress, under a budget, that use a claim, in a namespace.
  public private(set) lazy var pods: Lookup<[Pod]> = {
    guard let object else { return .none }
    func of(_ condition: (Pod) -> Bool) -> Lookup<[Pod]> {
      state.look(all: Pod.self, namespace: namespace, where: condition)
    }
    switch object {
    case let pod as Pod:
      guard let top = ownerChain.last, ownerChain.count > 1 else { return .found([pod]) }
      return ownedPods(by: top)
    case let node as Node:
      if let doubt = state.doubt(about: Pod.self) { return .unknown(doubt) }
      return .found(state.pods(onNode: node.metadata.name))
    case let service as Service:
      let selector = service.spec.selector
      if selector.isEmpty { return .found([]) }
      return of { pod in selector.entries.allSatisfy { pod.metadata.labels[$0.key] == $0.value } }
    case is Ingress: return service.flatMap { livePods(of: $0) }
    case let budget as PodDisruptionBudget:
      return of { budget.spec.selector?.matches($0.metadata.labels) ?? false }
    case let claim as PersistentVolumeClaim:
      return of { $0.claimNames.contains(claim.metadata.name) }
    case is Namespace: return of { _ in true }
    case let autoscaler as HorizontalPodAutoscaler:
      return target(of: autoscaler).flatMap { ownedPods(by: $0) }
    default:
      return WorkloadFacts(object) == nil ? .none : ownedPods(by: object)
    }
  }()

  /// The pods below an owner; in doubt when the objects that stand between are not read, as none would be found then.
  private func ownedPods(by owner: any ClusterObject) -> Lookup<[Pod]> {
    var path: [any KubeObject.Type] = [Pod.self]
    if owner is Deployment { path.append(ReplicaSet.self) }
    if owner is CronJob { path.append(Job.self) }
    for type in path { if let doubt = state.doubt(about: type, namespace: namespace) { return .unknown(doubt) } }
    return .found(state.pods(ofOwner: ObjectStore.identity(owner.metadata)))
  }

  /// What an autoscaler scales.
  public func target(of autoscaler: HorizontalPodAutoscaler) -> Lookup<any KubeObject> {
    let reference = autoscaler.spec.scaleTargetRef
    guard let kind = builtInKind(apiVersion: reference.apiVersion, kind: reference.kind) else {
      return .unknown(Doubt(.notModelled, "podmedic does not know the kind \(reference.kind)"))
    }
    func look<Object: KubeObject>(_ type: Object.Type) -> Lookup<any KubeObject> {
      state.look(type, namespace: autoscaler.metadata.namespace, name: reference.name).map { $0 }
    }
    return look(kind.type)
  }

  // MARK: Surroundings

  /// The node: the subject, or that of the pod.
  public private(set) lazy var node: Lookup<Node> = {
    if let node = object as? Node { return .found(node) }
    guard let pod, !pod.spec.nodeName.isEmpty else { return .none }
    return state.look(Node.self, name: pod.spec.nodeName)
  }()

  /// The claims of the pod, by the order of its volumes; the subject, if it is one; of a volume the one with the name
  /// that it refers to.
  public private(set) lazy var claims: Lookup<[PersistentVolumeClaim]> = {
    if let claim = object as? PersistentVolumeClaim { return .found([claim]) }
    if let reference = (object as? PersistentVolume)?.spec.claimRef {
      return state.look(PersistentVolumeClaim.self, namespace: reference.namespace, name: reference.name).map { [$0] }
    }
    guard let pod else { return .none }
    var claims: [PersistentVolumeClaim] = []
    for name in pod.claimNames {
      switch state.look(PersistentVolumeClaim.self, namespace: namespace, name: name) {
      case .found(let claim): claims.append(claim)
      case .none: continue
      case .unknown(let doubt): return .unknown(doubt)
      }
    }
    return .found(claims)
  }()

  /// The claim that matters: the first that is not bound, else the first.
  public var claim: Lookup<PersistentVolumeClaim> {
    claims.flatMap { claims in
      (claims.first { $0.status.phase != "Bound" } ?? claims.first).map { .found($0) } ?? .none
    }
  }

  /// The volume: the subject, or that of the claim.
  public var volume: Lookup<PersistentVolume> {
    if let volume = object as? PersistentVolume { return .found(volume) }
    return claim.flatMap { claim in
      claim.spec.volumeName.isEmpty ? .none : state.look(PersistentVolume.self, name: claim.spec.volumeName)
    }
  }

  /// The storage class: the subject, or that of the claim or volume.
  public var storageClass: Lookup<StorageClass> {
    if let storageClass = object as? StorageClass { return .found(storageClass) }
    let name: Lookup<String> =
      object is PersistentVolume
      ? volume.map(\.spec.storageClassName) : claim.map { $0.spec.storageClassName ?? "" }
    return name.flatMap { $0.isEmpty ? .none : state.look(StorageClass.self, name: $0) }
  }

  /// The events about an object, newest first; in doubt when events are not read.
  public func events(about object: any ClusterObject, kind: String) -> Lookup<[Event]> {
    let namespace = object.metadata.namespace
    // Events about cluster-scoped objects are in the namespace "default".
    if let doubt = state.doubt(about: Event.self, namespace: namespace.isEmpty ? "default" : namespace) {
      return .unknown(doubt)
    }
    return .found(
      events.events(kind: kind, namespace: namespace, name: object.metadata.name, uid: object.metadata.uid))
  }

  /// The events about the subject, newest first.
  public private(set) lazy var ownEvents: Lookup<[Event]> = {
    object.map { events(about: $0, kind: type(of: $0).resource.kind) } ?? .none
  }()

  // MARK: Findings

  /// The findings about the subject and what belongs to it (its pods, owners, node, claims): causes before what only
  /// follows from them, as in triage, and of both what is said about the subject itself first. Where triage sees the
  /// cause elsewhere, such as in a node of the subject's pods, that comes too.
  public var findings: [Finding] { causes + consequences }

  /// Of `findings` those that are causes: one or more for each line that `check` has.
  public var causes: [Finding] { related.causes }

  /// Of `findings` those that only follow from others: a rollout that is stuck, a pod whose claim has no volume.
  public var consequences: [Finding] { related.consequences }

  private lazy var related: (causes: [Finding], consequences: [Finding]) = {
    guard let object else { return (triage.findings, []) }
    let own = object.metadata.uid
    let related = relatedObjects.union(entrances)
    func isRelated(_ finding: Finding) -> Bool {
      guard related.contains(finding.object.uid) else { return false }
      // What is planned for a node, and what befalls it after the pod has ended, is no trouble of the pod.
      guard finding.object.kind == "Node", let pod else { return true }
      return finding.severity > .notice && !pod.isTerminal
    }
    var causes: [Finding] = []
    var consequences: [Finding] = []
    for group in triage.groups {
      let found = group.findings.prefix(group.causes).filter(isRelated)
      let follows = group.findings.dropFirst(group.causes).filter(isRelated)
      causes += found
      consequences += follows
      if found.isEmpty, !follows.isEmpty, let cause = group.findings.prefix(group.causes).first {
        causes.append(cause)
      }
    }
    func ownFirst(_ findings: [Finding]) -> [Finding] {
      findings.filter { $0.object.uid == own } + findings.filter { $0.object.uid != own }
    }
    return (ownFirst(causes), ownFirst(consequences))
  }()

  /// The findings that the subject itself suffers from. What happens to pods on a node or in a namespace is no trouble
  /// of the node or namespace, unless triage sees the cause there.
  public private(set) lazy var troubles: [Finding] = {
    guard let object, object is Node || object is Namespace else { return findings }
    return findings.filter { $0.object.uid == object.metadata.uid || $0.root.uid == object.metadata.uid }
  }()

  /// The same cluster seen from a pod.
  func about(_ pod: Pod) -> PlaybookFacts {
    PlaybookFacts(state, triage: triage, events: events, object: pod, now: now)
  }

  /// The uids of what has to work for an Ingress and does not belong to it: the Services that it names, and the pods of
  /// its controller where none is ready, so that nobody answers however well all that is behind it.
  private var entrances: Set<String> {
    guard let ingress = object as? Ingress else { return [] }
    let controllers = controllerPods(of: ingress)
    let isServed = controllers.contains(where: \.hasReadyCondition)
    return Set((services.value ?? []).map(\.metadata.uid) + (isServed ? [] : controllers.map(\.metadata.uid)))
  }

  /// The uids of the subject and of what belongs to it.
  var relatedObjects: Set<String> {
    guard let object else { return [] }
    var related: Set<String> = [object.metadata.uid]
    for owner in ownerChain { related.insert(owner.metadata.uid) }
    if !(object is Pod), let pods = pods.value { for pod in pods { related.insert(pod.metadata.uid) } }
    if let node = node.value { related.insert(node.metadata.uid) }
    for claim in claims.value ?? [] { related.insert(claim.metadata.uid) }
    return related
  }

  /// Why the subject ended, if it is a pod that failed and triage does not say so any more: another has taken its place,
  /// or it is long ago.
  public private(set) lazy var history: [Finding] = {
    guard let pod, !findings.contains(where: { $0.object.uid == pod.metadata.uid }) else { return [] }
    return History.end(of: pod, in: state, events: events, now: now)
  }()

  /// The finding that the playbook is about: the first of its own codes, else the worst of the subject.
  public private(set) lazy var finding: Finding? = {
    let found = history + troubles
    for code in codes { if let finding = found.first(where: { $0.code == code }) { return finding } }
    return codes.isEmpty ? found.first : nil
  }()

  // MARK: The container

  /// Every container of the pod.
  public private(set) lazy var containers: [ContainerFacts] = pod.map { ContainerFacts.all(of: $0) } ?? []

  /// The container that matters: the one that was asked for, that the finding is about, that fails, the init container
  /// that the others wait for, one that is not ready, or the first.
  public private(set) lazy var container: ContainerFacts? = {
    if let wantedContainer { return containers.first { $0.name == wantedContainer } }
    if let finding, finding.object.uid == pod?.metadata.uid {
      for evidence in finding.evidence {
        let named = containers.first {
          evidence.field.hasPrefix($0.statusPath) || evidence.field.hasPrefix($0.specPath)
        }
        if let named { return named }
      }
    }
    let harmless = ["Running", "Waiting", "ContainerCreating", "PodInitializing", "Completed"]
    func hasFailed(_ container: ContainerFacts) -> Bool { container.end.map { $0.exitCode != 0 } ?? false }
    let failing = containers.first { !harmless.contains($0.state) } ?? containers.first { hasFailed($0) && !$0.ready }
    if let failing { return failing }
    if let running = containers.first(where: { $0.role == "init" && $0.state == "Running" }) { return running }
    if let unready = containers.first(where: { !$0.ready && $0.role != "init" }) { return unready }
    let lastFailed = containers.filter(hasFailed).max {
      ($0.end?.finishedAt?.microseconds ?? .min) < ($1.end?.finishedAt?.microseconds ?? .min)
    }
    return lastFailed ?? containers.first { $0.role == "container" } ?? containers.first
  }()
}

extension Pod {
  /// The claims that its volumes name, generic ephemeral ones included.
  var claimNames: [String] {
    spec.volumes.compactMap { volume in
      if let claim = volume.persistentVolumeClaim { return claim.claimName }
      return volume.ephemeral == nil ? nil : "\(metadata.name)-\(volume.name)"
    }
  }
}
