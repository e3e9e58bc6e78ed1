import ClusterState
import Diagnosis
import Kube

extension Playbook {
  /// The object to run on when a person names `object`: itself if the playbook is about its kind, else what belongs to it
  /// and fits, such as the worst pod of a Deployment or the node of a pod; none when nothing does.
  public func subject(
    for object: any KubeObject, in state: ClusterState, triage: TriageReport, events: EventIndex, now: Timestamp
  ) -> Lookup<any KubeObject> {
    let facts = PlaybookFacts(
      state, triage: triage, events: events, object: object, codes: scope.findings, now: now)
    return subject(facts)
  }

  /// The object to run on for the object of `facts`.
  func subject(_ facts: PlaybookFacts) -> Lookup<any KubeObject> {
    guard let object = facts.object else { return .none }
    if let cause = facts.causeElsewhere(in: scope) { return .found(cause) }
    if scope.kinds.contains(type(of: object).resource.kind), !facts.isAboutDeletedPods(scope) { return .found(object) }
    var doubt: Doubt?
    for kind in scope.kinds {
      switch facts.related(kind, codes: scope.findings) {
      case .found(let found): return .found(found)
      case .none: continue
      case .unknown(let reason): doubt = doubt ?? reason
      }
    }
    return doubt.map { .unknown($0) } ?? .none
  }

  /// The object of the worst finding that the playbook handles; nil when there is none.
  public func worstSubject(in state: ClusterState, triage: TriageReport) -> (any KubeObject)? {
    for finding in triage.findings where scope.findings.contains(finding.code) {
      guard scope.kinds.contains(finding.object.kind), let object = state.object(finding.object).value else { continue }
      return object
    }
    return nil
  }
}

extension PlaybookFacts {
  /// The object in which triage sees the cause that a playbook is about, where that neither is the subject nor belongs to
  /// it: the node of a StatefulSet's pod, a network agent on the node of a pod. nil when what belongs to the subject has
  /// such trouble itself.
  fileprivate func causeElsewhere(in scope: Playbook.Scope) -> (any KubeObject)? {
    guard let first = findings.first(where: { scope.findings.contains($0.code) }), causes.contains(first),
      scope.kinds.contains(first.object.kind), !relatedObjects.contains(first.object.uid)
    else { return nil }
    return state.object(first.object).value
  }

  /// Whether it is pods of the subject that do not go away, and not the subject: nobody has deleted that.
  fileprivate func isAboutDeletedPods(_ scope: Playbook.Scope) -> Bool {
    guard let object, object.metadata.deletionTimestamp == nil, scope.findings.contains(.podStuckTerminating) else {
      return false
    }
    let found = findings.filter { scope.findings.contains($0.code) }
    return found.contains { $0.code == .podStuckTerminating }
      && !found.contains { $0.object.uid == object.metadata.uid }
  }

  /// What belongs to the object and is of a kind: of several, the one with the worst finding of `codes`, with any
  /// finding, that is not ready, or the first. Of a workload's pods those that stay come before those that are on their
  /// way out: what an older revision suffers from is mended by the newer one.
  fileprivate func related(_ kind: String, codes: [FindingCode]) -> Lookup<any KubeObject> {
    switch kind {
    case "Pod":
      return pods.flatMap { all in
        let pods = staying(among: all, codes: codes)
        let own = Set(pods.map(\.metadata.uid))
        let findings = triage.findings.filter { own.contains($0.object.uid) }
        let worst = findings.first { codes.contains($0.code) } ?? findings.first
        let chosen =
          pods.first { $0.metadata.uid == worst?.object.uid }
          ?? pods.first { !($0.status.conditions.condition("Ready")?.isTrue ?? false) && !$0.isTerminal } ?? pods.first
        return chosen.map { .found($0) } ?? .none
      }
    case "Node": return node.map { $0 }
    case "PersistentVolumeClaim": return claim.map { $0 }
    case "PersistentVolume": return volume.map { $0 }
    case "StorageClass": return storageClass.map { $0 }
    case "Service": return first(services)
    case "Ingress": return first(ingresses)
    case "ServiceAccount": return serviceAccount.map { $0 }
    case "HorizontalPodAutoscaler": return first(autoscalers)
    case "PodDisruptionBudget": return first(budgets)
    case "ResourceQuota": return first(quotas)
    case "Job" where object is CronJob:
      return jobs.flatMap { jobs in
        let failed = jobs.first { $0.status.conditions.condition("Failed")?.isTrue ?? false }
        return (failed ?? jobs.first).map { .found($0) } ?? .none
      }
    case "Namespace": return state.look(Namespace.self, name: namespace).map { $0 }
    default:
      for owner in ownerChain {
        if let typed = owner as? any KubeObject, Swift.type(of: typed).resource.kind == kind { return .found(typed) }
      }
      return ownerDoubt.map { .unknown($0) } ?? .none
    }
  }

  /// The pods that a playbook about findings of `codes` looks at: those of the newest revision that are not being
  /// deleted, else those that are not being deleted, else all. Who asks about deletion is shown what is being deleted.
  /// An older pod in trouble stays in the choice where pods are replaced in place: the controller of a StatefulSet waits
  /// for it to become ready before it goes on, and that of a DaemonSet has one pod for each node.
  private func staying(among pods: [Pod], codes: [FindingCode]) -> [Pod] {
    if codes.contains(.podStuckTerminating) { return pods }
    let staying = pods.filter { $0.metadata.deletionTimestamp == nil }
    let isReplacedInPlace = workload.value.map { $0.object is StatefulSet || $0.object is DaemonSet } ?? false
    let troubled = isReplacedInPlace ? Set(triage.findings.map(\.object.uid)) : []
    let newest = staying.filter { isOfNewestRevision($0) ?? true || troubled.contains($0.metadata.uid) }
    return newest.isEmpty ? (staying.isEmpty ? pods : staying) : newest
  }

  private func first<Object: KubeObject>(_ lookup: Lookup<[Object]>) -> Lookup<any KubeObject> {
    lookup.flatMap { objects in objects.first.map { .found($0) } ?? .none }
  }
}
