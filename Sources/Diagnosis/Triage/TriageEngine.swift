import ClusterState
import Kube

/// Diagnoses again and again, and looks only at pods for which something changed.
///
/// Verdicts about a pod are kept until the pod, its events, its node, its claims or its owners change, or until the
/// moment comes at which time alone changes them. Other kinds are few and cheap and are looked at every time.
/// Confined to the loop's thread.
public final class TriageEngine {
  private let state: ClusterState
  private let events = EventIndex()
  private var verdicts: [String: Verdict] = [:]
  private var seen: [String: Seen] = [:]
  private var completeness: [Bool] = []
  private var nodeNames: [String: String] = [:]
  private var presenceRevision = 0

  /// What was last concluded about a pod; pods about which nothing is to say and nothing can become so by time alone
  /// have none.
  private struct Verdict {
    var findings: [Finding]
    var named: Set<NamedObject>
    var recheck: Timestamp?
  }

  private struct Seen {
    weak var store: ObjectStore?
    var revision: Int
  }

  private enum Changes {
    case all
    case some(Set<String>)
  }

  /// An engine that knows nothing yet.
  public init(_ state: ClusterState) { self.state = state }

  /// What is wrong in a namespace, or in all of the cluster when it is nil; cluster-scoped objects always count.
  public func diagnose(namespace: String? = nil, now: Timestamp) -> TriageReport {
    updatePods(now: now)
    var inspection = Inspection(state, events: events, now: now)
    inspectOthers(&inspection)
    var findings = inspection.findings
    for verdict in verdicts.values { findings += verdict.findings }
    findings = LastWords(findings, state: state, now: now).connect(findings)
    findings = NetworkOutages(findings, state: state).connect(findings)
    var dependencies = Dependencies(findings, state: state, now: now)
    findings = dependencies.connect(findings)
    if let namespace {
      findings = findings.filter { finding in
        // A namespace is cluster-scoped too, but who asks about one does not ask about the others.
        if finding.object.kind == "Namespace" { return finding.object.name == namespace }
        return finding.object.namespace.isEmpty || finding.object.namespace == namespace
      }
    }
    findings = History.withoutReplacedPods(findings, state: state)
    var named = verdicts.values.reduce(into: inspection.named) { $0.formUnion($1.named) }
    if let namespace { named = named.filter { $0.namespace == namespace } }
    return TriageReport(
      findings: findings, unknowns: unknowns() + inspection.unknowns + unknowns(about: named), named: named.sorted(),
      state: state)
  }

  /// What is wrong with one pod, the worst first, as of now and without what other pods of its owner say.
  public func findings(for pod: Pod, now: Timestamp) -> [Finding] {
    _ = events.update(state)
    var inspection = Inspection(state, events: events, now: now)
    inspection.inspect(pod)
    return inspection.findings.sorted(by: Finding.precedes)
  }

  // MARK: Pods

  private func updatePods(now: Timestamp) {
    guard let store = state.store(of: Pod.self) else {
      verdicts = [:]
      return
    }
    let dirty = dirtyPods(in: store, touched: events.update(state))
    defer { presenceRevision = state.presenceRevision }
    switch dirty {
    case .all:
      verdicts = [:]
      store.forEach { if let pod = $0 as? Pod { update(pod, now: now) } }
    case .some(let uids):
      for uid in uids {
        if let pod = store.object(uid: uid) as? Pod { update(pod, now: now) } else { verdicts[uid] = nil }
      }
      let hasNewAnswers = presenceRevision != state.presenceRevision
      for (uid, verdict) in verdicts {
        if hasNewAnswers, !verdict.named.isEmpty, let pod = store.object(uid: uid) as? Pod {
          update(pod, now: now)
          continue
        }
        guard let recheck = verdict.recheck, recheck <= now, let pod = store.object(uid: uid) as? Pod else { continue }
        update(pod, now: now)
      }
    }
  }

  /// What is said of objects whose kinds are not read: one line a kind, however many there are.
  private func unknowns(about named: Set<NamedObject>) -> [Unknown] {
    var reasons: [String: (count: Int, first: String)] = [:]
    for object in named.sorted() {
      guard case .unknown(let reason)? = state.presence(of: object) else { continue }
      let first = reasons[object.resource.plural]?.first ?? reason
      reasons[object.resource.plural] = ((reasons[object.resource.plural]?.count ?? 0) + 1, first)
    }
    return reasons.sorted { $0.key < $1.key }.map { kind, known in
      let more = known.count > 1 ? " (and \(known.count - 1) more)" : ""
      return Unknown(subject: "whether \(kind) that are named exist", reason: "\(kind): \(known.first)\(more)")
    }
  }

  private func update(_ pod: Pod, now: Timestamp) {
    var inspection = Inspection(state, events: events, now: now)
    let uid = ObjectStore.identity(pod.metadata)
    // Only a change of the pod itself or of its node can make it a case: nearly all pods end here.
    if inspection.isQuiet(pod), inspection.recheck == nil {
      verdicts[uid] = nil
      return
    }
    inspection.inspect(pod)
    verdicts[uid] = Verdict(
      findings: inspection.findings, named: inspection.named, recheck: inspection.recheck)
  }

  /// The pods whose verdict may have changed, given the objects whose events did.
  private func dirtyPods(in store: ObjectStore, touched: Set<String>) -> Changes {
    let isComplete = Triage.sources.map { state.store(anyOf: $0.type)?.freshness.isComplete ?? false }
    let changedPods = changes(of: Pod.self)
    let changedNodes = changes(of: Node.self)
    let changedClaims = changes(of: PersistentVolumeClaim.self)
    let changedOwners = [changes(of: ReplicaSet.self), changes(of: Job.self)]
    // What absence means has changed for many.
    defer { completeness = isComplete }
    guard case .some(var dirty) = changedPods, isComplete == completeness else {
      rememberNodes()
      return .all
    }
    for key in touched {
      let parts = key.split(separator: "/", omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      if parts[0] == "Pod", let pod = store.object(namespace: String(parts[1]), name: String(parts[2])) {
        dirty.insert(ObjectStore.identity(pod.metadata))
      } else if parts[0] == "Node" {
        insertPods(onNode: String(parts[2]), of: store, into: &dirty)
      }
    }
    guard case .some(let nodes) = changedNodes, case .some(let claims) = changedClaims else {
      rememberNodes()
      return .all
    }
    for uid in nodes {
      if let name = nodeNames[uid] { insertPods(onNode: name, of: store, into: &dirty) }
      if let node = state.store(of: Node.self)?.object(uid: uid) {
        nodeNames[uid] = node.metadata.name
        insertPods(onNode: node.metadata.name, of: store, into: &dirty)
      }
    }
    if !claims.isEmpty {
      for (uid, _) in verdicts {
        if let pod = store.object(uid: uid) as? Pod, pod.spec.nodeName.isEmpty { dirty.insert(uid) }
      }
    }
    for owners in changedOwners {
      guard case .some(let uids) = owners else { return .all }
      for owner in uids {
        for pod in store.objects(ownedBy: owner) { dirty.insert(ObjectStore.identity(pod.metadata)) }
      }
    }
    return .some(dirty)
  }

  private func insertPods(onNode node: String, of store: ObjectStore, into dirty: inout Set<String>) {
    for pod in store.objects(onNode: node) { dirty.insert(ObjectStore.identity(pod.metadata)) }
  }

  private func rememberNodes() {
    nodeNames = [:]
    state.store(of: Node.self)?.forEach { nodeNames[ObjectStore.identity($0.metadata)] = $0.metadata.name }
  }

  /// What changed in a kind since the last look.
  private func changes<Object: KubeObject>(of type: Object.Type) -> Changes {
    let name = Object.resource.qualifiedName
    let store = state.store(of: type)
    let known = seen[name]
    seen[name] = Seen(store: store, revision: store?.revision ?? 0)
    guard let known, known.store === store else { return store == nil && known == nil ? .some([]) : .all }
    guard let store else { return .some([]) }
    return store.changes(since: known.revision).map { .some($0) } ?? .all
  }

  // MARK: Other kinds

  private func inspectOthers(_ inspection: inout Inspection) {
    state.each(Node.self) { inspection.inspect($0) }
    state.each(Deployment.self) {
      inspection.inspect($0)
      inspection.inspectDeletion($0)
    }
    state.each(ReplicaSet.self) {
      inspection.inspect($0)
      inspection.inspectDeletion($0)
    }
    state.each(StatefulSet.self) {
      inspection.inspect($0)
      inspection.inspectDeletion($0)
    }
    state.each(DaemonSet.self) {
      inspection.inspect($0)
      inspection.inspectDeletion($0)
    }
    state.each(Job.self) {
      inspection.inspect($0)
      inspection.inspectDeletion($0)
    }
    state.each(CronJob.self) {
      inspection.inspect($0)
      inspection.inspectDeletion($0)
    }
    state.each(PersistentVolumeClaim.self) {
      inspection.inspect($0)
      inspection.inspectDeletion($0)
    }
    state.each(PersistentVolume.self) {
      inspection.inspect($0)
      inspection.inspectDeletion($0)
    }
    state.each(PodDisruptionBudget.self) { inspection.inspect($0) }
    inspection.inspectOverlaps(of: state.all(PodDisruptionBudget.self))
    state.each(ResourceQuota.self) { inspection.inspect($0) }
    state.each(HorizontalPodAutoscaler.self) { inspection.inspect($0) }
    state.each(APIService.self) { inspection.inspect($0) }
    state.each(Namespace.self) { inspection.inspect($0) }
    let endpoints = EndpointCounts(state)
    state.each(Ingress.self) {
      inspection.inspect($0, endpoints: endpoints)
      inspection.inspectDeletion($0)
    }
    state.each(Service.self) {
      inspection.inspect($0, endpoints: endpoints)
      inspection.inspectDeletion($0)
    }
  }

  /// The kinds that are not read to the end, and why.
  private func unknowns() -> [Unknown] {
    Triage.sources.compactMap { source in
      let reason: String
      switch state.store(anyOf: source.type)?.freshness {
      case nil, .unread: reason = "not read"
      case .loading: reason = "still loading"
      case .live, .stale: return nil
      case .forbidden(let words): reason = words
      case .notServed: reason = "not served by this cluster"
      case .notCaptured(let words), .failed(let words): reason = words
      }
      return Unknown(subject: source.purpose, reason: "\(source.type.resource.plural): \(reason)")
    }
  }
}

extension ClusterState {
  /// Looks at every object of a kind, in no particular order.
  fileprivate func each<Object: KubeObject>(_ type: Object.Type, _ body: (Object) -> Void) {
    store(of: type)?.forEach { if let object = $0 as? Object { body(object) } }
  }
}
