import ClusterState
import Kube

/// Where a pod could go, or one more pod of something that makes pods.
public struct PlacementQuestion {
  /// What has to be changed for the pod to be changed: the topmost controller, and what to know of it.
  public var origin: PodOrigin
  let subject: any KubeObject
  private let isManifest: Bool
  var pod: Pod
  private var snapshot: ClusterSnapshot
  /// The pods that the subject, a DaemonSet, has.
  var own: [Pod] = []
  private var remarks: [String] = []
  /// How many more pods are placed at most to see for how many there is room.
  private var placementLimit = 100
  /// Why the next pod would not even be created.
  private var refusal: String?
  /// The bounds of quotas that are in the way, if nothing else refuses the next pod.
  private var raising: [Change] = []
  /// What containers have to say for quotas to let it be created, if nothing else refuses it.
  private var specifying: [Change] = []
  let state: ClusterState
  private let now: Timestamp

  /// The kinds that answers are made from, besides the subject's.
  public static let reads: [any KubeObject.Type] =
    ClusterSnapshot.reads + [
      ReplicaSet.self, Deployment.self, StatefulSet.self, DaemonSet.self, PriorityClass.self, RuntimeClass.self,
      LimitRange.self, ResourceQuota.self, Lease.self,
      Event.self, HorizontalPodAutoscaler.self,
    ]

  /// A question about a pod, or about the next pod of what makes pods; nil for everything else.
  ///
  /// - Parameters:
  ///   - state: the cluster that `snapshot` was made from.
  ///   - isManifest: the subject does not exist; what an exported file has of another life is not looked at.
  ///   - others: what would be created together with it.
  ///   - earlier: how many of these make pods that `snapshot` has already (`place`).
  ///   - now: the moment, for how long ago things happened.
  public init?(
    _ subject: any KubeObject, in state: ClusterState, _ snapshot: ClusterSnapshot, isManifest: Bool,
    with others: [any KubeObject] = [], after earlier: Int = 0, now: Timestamp
  ) {
    guard var pod = ClusterSnapshot.pod(of: subject) else { return nil }
    if isManifest, !pod.metadata.uid.isEmpty {
      pod.spec.nodeName = ""
      pod.metadata.uid = ""
    }
    if isManifest { pod.status = PodStatus() }
    if let deployment = subject as? Deployment {
      pod.metadata.labels[Self.hashLabel] = isManifest ? "new" : Self.templateHash(of: deployment, in: state)
    }
    origin = PodOrigin(
      kind: subject.reference.kind.lowercased(), name: subject.metadata.name, namespace: subject.metadata.namespace)
    self.subject = subject
    self.isManifest = isManifest
    self.pod = pod
    self.snapshot = snapshot
    self.state = state
    self.now = now
    add(others, earlier)
    if !(subject is Pod) || isManifest {
      admit(PlannedCluster(state: state, others: others))
      addEphemeralClaims()
    }
    if let set = subject as? StatefulSet {
      noteOrder(of: set)
      addClaims(of: set)
    }
    if subject is DaemonSet, !isManifest { own = state.pods(ownedBy: subject.metadata).filter { !$0.isTerminal } }
  }

  /// What ReplicaSets of Deployments are told apart by, and their pods: constraints may look at it (`matchLabelKeys`).
  private static let hashLabel = "pod-template-hash"

  /// The hash of a Deployment's template, which the next pod has: that of the ReplicaSet with the Deployment's revision,
  /// else one that no pod has.
  private static func templateHash(of deployment: Deployment, in state: ClusterState) -> String {
    let revision = "deployment.kubernetes.io/revision"
    let set = state.all(ReplicaSet.self).first { set in
      set.metadata.controller?.uid == deployment.metadata.uid
        && set.metadata.annotations[revision] == deployment.metadata.annotations[revision]
    }
    return set?.metadata.labels[hashLabel] ?? "new"
  }

  /// Adds what would be created together with the subject.
  private mutating func add(_ others: [any KubeObject], _ earlier: Int) {
    for object in others {
      switch object {
      case let namespace as Namespace: snapshot.put(namespace)
      case let volume as PersistentVolume: snapshot.put(volume)
      case let storageClass as StorageClass: snapshot.put(storageClass)
      default: break
      }
    }
    // Wherever it stands in the file, the default class is given to claims that name none.
    for case let claim as PersistentVolumeClaim in others { snapshot.put(snapshot.withDefaultClass(claim)) }
    if earlier > 0 { remarks.append("the pods that the manifest makes before it are counted as if they were there") }
    if others.count(where: { ClusterSnapshot.pod(of: $0) != nil }) > earlier {
      remarks.append(
        earlier > 0
          ? "those that it makes after it are not: they may take the room"
          : "other pods that the manifest makes are not counted: they may take the room")
    }
  }

  /// Looks for what has to be changed for the pod to be changed: the topmost controller that exists. Who is gone, or is
  /// its own owner, is told of and not named to be changed.
  public mutating func findOrigin(_ look: (OwnerReference, _ namespace: String) -> PodOrigin.Owner) {
    let (found, remark) = PodOrigin.topmost(of: subject, look)
    origin = found
    if let remark { remarks.append(remark) }
  }

  // MARK: What admission and controllers add

  /// Does what admission would do to the next pod.
  private mutating func admit(_ cluster: PlannedCluster) {
    let path =
      switch subject {
      case is Pod: "spec"
      case is CronJob: "spec.jobTemplate.spec.template.spec"
      default: "spec.template.spec"
      }
    let admission = Admission(pod, in: cluster, path: isManifest ? path : nil, count: missing)
    pod = admission.pod
    refusal = admission.refusal
    raising = admission.raising
    specifying = admission.specifying
    remarks += admission.remarks
    remarks.append("what webhooks of the API server would change is not counted")
    remarks.append("the scheduler's default profile is assumed: extenders and changed profiles cannot be read")
  }

  /// Says for whom the next pod of a StatefulSet waits: with OrderedReady, which is the default, for all before it.
  private mutating func noteOrder(of set: StatefulSet) {
    guard !isManifest, set.spec.podManagementPolicy != "Parallel" else { return }
    let first = max(0, set.spec.ordinals?.start ?? 0)
    let name = nextName(of: set)
    let before = state.owned(Pod.self, by: ObjectStore.identity(set.metadata))
      .filter { !$0.isReady && $0.metadata.name != name }
      .sorted { ($0.metadata.name.count, $0.metadata.name) < ($1.metadata.name.count, $1.metadata.name) }
    guard let blocking = before.first, name != "\(set.metadata.name)-\(first)" else { return }
    remarks.append(
      "\(name) is not made before \(blocking.metadata.name) is Running and Ready (podManagementPolicy OrderedReady)")
  }

  /// Adds the claims that the next pod of a StatefulSet gets, as far as they wait for the scheduler.
  private mutating func addClaims(of set: StatefulSet) {
    pod.metadata.name = nextName(of: set)
    for template in set.spec.volumeClaimTemplates {
      var claim = snapshot.withDefaultClass(template)
      claim.metadata.namespace = set.metadata.namespace
      claim.metadata.name = "\(template.metadata.name)-\(pod.metadata.name)"
      if let there = snapshot.claims[ObjectName(claim.metadata)] {
        // It stays when its pod goes, and with it the place of its volume; the pods after this one have others.
        placementLimit = 1
        let volume = there.spec.volumeName
        remarks.append(
          "claim \(claim.metadata.name) is there already" + (volume.isEmpty ? "" : ", bound to volume \(volume)"))
      } else if claim.waitsForConsumer(in: snapshot) {
        snapshot.put(claim)
      } else {
        remarks.append("claim \(template.metadata.name) is bound before the scheduler looks: its volume is not counted")
        continue
      }
      var volume = Volume()
      volume.name = template.metadata.name
      var source = PersistentVolumeClaimVolumeSource()
      source.claimName = claim.metadata.name
      volume.persistentVolumeClaim = source
      pod.spec.volumes.append(volume)
    }
  }

  /// The name of the pod that a StatefulSet makes next: with the smallest number that no pod of it has.
  private mutating func nextName(of set: StatefulSet) -> String {
    let namespace = set.metadata.namespace
    func name(_ ordinal: Int) -> String { "\(set.metadata.name)-\(ordinal)" }
    var ordinal = max(0, set.spec.ordinals?.start ?? 0)
    if !set.spec.volumeClaimTemplates.isEmpty, !state.isConclusive(Pod.self, namespace: namespace) {
      remarks.append("which of its pods are there is not known: \(name(ordinal)) is assumed to be the next")
    }
    // As many as there are pods at most: the numbers end somewhere.
    while let pod = state.get(Pod.self, namespace: namespace, name: name(ordinal)), !pod.isTerminal {
      let (next, overflow) = ordinal.addingReportingOverflow(1)
      guard !overflow else { break }
      ordinal = next
    }
    return name(ordinal)
  }

  /// Adds the claims that are made for the pod and go with it, as far as they wait for the scheduler.
  private mutating func addEphemeralClaims() {
    if snapshot.rules.isOld { return }
    // A claim that has the name of a bare pod's is not taken for the pod's; pods of workloads get other names.
    let bound = snapshot.putEphemeralClaims(of: pod, isRenewed: !(subject is Pod))
    for name in bound {
      let claim = "\(pod.metadata.name)-\(name)"
      remarks.append("claim \(claim) is bound before the scheduler looks: its volume is not counted")
    }
    pod.spec.volumes.removeAll { bound.contains($0.name) }
  }

  // MARK: The answer

  /// Runs the filters on every node, and again for every change that could help.
  public var answer: PlacementAnswer {
    let report: PlacementReport
    var placement: TemplatePlacement?
    var daemon: DaemonPlacement?
    if subject is Pod {
      report = snapshot.explain(pod)
    } else if subject is DaemonSet {
      let (found, nodes) = snapshot.placement(ofDaemonPod: pod, own: own)
      (placement, daemon, report) = (found, nodes, found.report)
    } else {
      // As many as are wanted, but for numbers that no cluster has room for.
      let limit = placementLimit == 1 ? 1 : max(placementLimit, min(wanted ?? 0, 5000))
      let found = snapshot.placement(of: pod, limit: limit)
      (placement, report) = (found, found.report)
    }
    var suggestions: [Suggestion] = []
    let origin = isManifest ? origin : origin.completed(for: subject, in: state)
    switch report.situation {
    case .waiting, .unseen, .hypothetical, .gated:
      if let daemon {
        suggestions = snapshot.suggestions(forDaemonPod: pod, own: own, daemon, origin: origin, knowing: state)
      } else if report.gap == nil, report.fitting.isEmpty || report.podFailure != nil {
        suggestions = snapshot.suggestions(
          for: pod, origin: origin, preemption: report.preemption, knowing: state)
      }
    case .placed, .boundToMissingNode, .bypassing, .otherScheduler, .beingDeleted, .ended: break
    }
    // What only the scheduler knows keeps the pod away: nothing that was tried here would be sure to help.
    if report.foreignSentence != nil { suggestions = [] }
    let obstacle = isManifest ? refusal : creationFailure
    var remarks = remarks
    // No change of nodes places a pod that is never created.
    quotas: if let reason = obstacle ?? refusal {
      let placing = suggestions
      suggestions = []
      if let suggestion = specified(origin) {
        suggestions = [suggestion]
      } else if let remark = Self.unspecified(reason, origin) {
        remarks.append(remark)
      }
      guard let quota = Self.exceededQuota(reason) else { break quotas }
      suggestions = raisingQuotas(report, placing, origin)
      if suggestions.isEmpty {
        remarks.append(
          "only raising quota \(quota) (remedy raise-quota), or asking for no more than is left of it, lets the pod be "
            + "created")
      }
    }
    if obstacle == nil, let claims = snapshot.scatteredClaims(of: pod) { remarks.append(claims) }
    if isManifest, !suggestions.isEmpty {
      remarks.append("nothing was created: commands that change \(origin.kind) \(origin.name) work once it exists")
    }
    // Refusals that rest on what is known stay right; the numbers beside them are not all there is.
    if let gap = snapshot.gaps[.pods], report.nodes.contains(where: \.isRefused) {
      remarks.append("\(gap): nodes may have more in use than is counted here")
    }
    let trouble = trouble(report)
    if obstacle == nil, let refusal { remarks.append("one more of its pods would be refused: \(refusal)") }
    return PlacementAnswer(
      origin: isManifest ? nil : origin, report: report, placement: placement, wanted: wanted, daemon: daemon,
      suggestions: suggestions, remarks: remarks, obstacle: obstacle, situation: trouble ?? situationSentence(report),
      nextIsRefused: (obstacle ?? refusal) != nil, isTrouble: trouble != nil)
  }

  /// Other bounds of the quotas, alone where nodes would take the pod, else together with what would place it.
  private func raisingQuotas(
    _ report: PlacementReport, _ placing: [Suggestion], _ origin: PodOrigin
  ) -> [Suggestion] {
    guard !raising.isEmpty else { return [] }
    let template = PodTemplateCommands(origin: origin, pod: pod, rules: snapshot.rules)
    let commands = raising.flatMap { $0.kubectl(template) }
    let own = raising.flatMap(\.remarks)
    if placing.isEmpty, !report.fitting.isEmpty, report.podFailure == nil, report.foreignSentence == nil {
      return [Suggestion(raising, places: report.fitting.map(\.name).sorted(), kubectl: commands, remarks: own)]
    }
    // A pod that asks for less needs less of the quota, so that another bound may not be needed.
    return placing.filter { $0.lowered.isEmpty }.map { other in
      Suggestion(
        raising + other.changes, places: other.places, kubectl: commands + other.kubectl,
        remarks: own + other.remarks, replaced: other.replaced)
    }
  }

  /// What containers have to say, where nodes take the pod that says it.
  private func specified(_ origin: PodOrigin) -> Suggestion? {
    guard !specifying.isEmpty else { return nil }
    var (changed, unused) = (pod, ClusterSnapshot(rules: snapshot.rules))
    for change in specifying { change.apply(to: &changed, &unused) }
    let report = snapshot.explain(changed)
    guard !report.fitting.isEmpty, report.podFailure == nil, report.foreignSentence == nil else { return nil }
    let template = PodTemplateCommands(origin: origin, pod: pod, rules: snapshot.rules)
    return Suggestion(
      specifying, places: report.fitting.map(\.name).sorted(), kubectl: template.commands(specifying),
      remarks: (specifying.prefix(1).flatMap(\.remarks)) + template.remarks(specifying),
      replaced: template.replaced)
  }

  /// Whether no pod of the subject would be created.
  var isRefused: Bool { (isManifest ? refusal : creationFailure ?? refusal) != nil }

  /// How many pods the manifest makes at the same time; nil where one is meant.
  private var wanted: Int? {
    guard isManifest else { return nil }
    if let job = subject as? Job {
      let together = max(0, job.spec.parallelism ?? 1)
      return job.spec.completions.map { min($0, together) } ?? together
    }
    return subject is Pod || subject is CronJob || subject is DaemonSet ? nil : missing
  }

  /// How many pods the subject lacks, or would have; at least one more is always meant.
  private var missing: Int {
    func missing(_ wanted: Int?, _ there: Int) -> Int { max(1, (wanted ?? 1).subtractingReportingOverflow(there).0) }
    switch subject {
    case let object as Deployment: return missing(object.spec.replicas, isManifest ? 0 : object.status.replicas)
    case let object as ReplicaSet: return missing(object.spec.replicas, isManifest ? 0 : object.status.replicas)
    case let object as StatefulSet: return missing(object.spec.replicas, isManifest ? 0 : object.status.replicas)
    default: return 1
    }
  }

  /// The name of the quota in the API server's words about one that is exceeded; nil in all others.
  private static func exceededQuota(_ reason: String) -> Substring? {
    guard let head = reason.firstRange(of: "exceeded quota: ") else { return nil }
    let name = reason[head.upperBound...].prefix { $0 != "," && $0 != " " }
    return name.isEmpty ? nil : name
  }

  /// What lets a pod be created that a quota refuses because it does not say what it asks for; nil for other refusals.
  static func unspecified(_ reason: String, _ origin: PodOrigin) -> String? {
    guard reason.contains("failed quota: "), let head = reason.firstRange(of: "must specify ") else { return nil }
    // `limits.memory,requests.cpu`, and later versions add `for: app; `.
    let words = reason[head.upperBound...].prefix { !$0.isWhitespace && $0 != ";" }
    let names = words.split(separator: ",").prefix(8).map(String.init)
    guard !names.isEmpty else { return nil }
    func list(_ kind: String) -> String {
      names.filter { $0.hasPrefix("limits.") == (kind == "limits") }.map {
        let resource = $0.split(separator: ".", maxSplits: 1).last.map(String.init) ?? $0
        return "\(resource)=\(resource == "cpu" ? "100m" : "128Mi")"
      }.joined(separator: ",")
    }
    let settings = ["requests", "limits"].map { ($0, list($0)) }.filter { !$0.1.isEmpty }
      .map { "--\($0.0)=\(shellWord($0.1))" }.joined(separator: " ")
    let kinds = ["deployment", "statefulset", "daemonset", "replicaset", "replicationcontroller"]
    let command =
      kinds.contains(origin.kind)
      ? ", such as kubectl -n \(shellWord(origin.namespace)) set resources "
        + "\(shellWord("\(origin.kind)/\(origin.name)")) \(settings) (the amounts are examples)" : ""
    return "every container has to say \(names.joined(separator: ", "))\(command); or a LimitRange gives defaults"
  }

  /// What is known of the scheduler that the report does not say: when it tries again.
  private func situationSentence(_ report: PlacementReport) -> String? {
    let scheduler = SchedulerAtWork(state: state, pod: pod, rules: snapshot.rules, now: now)
    switch report.situation {
    case .unseen: return scheduler.silence
    case .waiting: return report.fitsNow ? scheduler.retry : nil
    case .otherScheduler, .hypothetical, .placed, .boundToMissingNode, .bypassing, .gated, .beingDeleted, .ended:
      return nil
    }
  }

  /// Why nobody places pods; nil when the scheduler works, when that cannot be told, or when the pod waits for none.
  private func trouble(_ report: PlacementReport) -> String? {
    switch report.situation {
    case .otherScheduler, .unseen, .waiting, .hypothetical:
      SchedulerAtWork(state: state, pod: pod, rules: snapshot.rules, now: now).trouble
    case .placed, .boundToMissingNode, .bypassing, .gated, .beingDeleted, .ended: nil
    }
  }

  /// Why the subject's controller cannot create pods at all, such as a quota; nil when it can, or does not say.
  private var creationFailure: String? {
    let conditions: [(type: String, status: String, message: String)]
    switch subject {
    case let object as Deployment:
      conditions = object.status.conditions.map { ($0.type, $0.status, $0.message) }
    case let object as ReplicaSet:
      conditions = object.status.conditions.map { ($0.type, $0.status, $0.message) }
    case let object as ReplicationController:
      conditions = object.status.conditions.map { ($0.type, $0.status, $0.message) }
    case let object as StatefulSet:
      return object.status.replicas < object.spec.replicas ?? 1 ? state.creationRefusal(of: object.metadata) : nil
    case let object as DaemonSet:
      // As long as nothing can be created, its controller does not even write how many pods there should be.
      let (wanted, there) = (object.status.desiredNumberScheduled, object.status.currentNumberScheduled)
      return wanted > 0 && there >= wanted ? nil : state.creationRefusal(of: object.metadata)
    case let object as Job:
      return object.status.active == 0 && object.status.completionTime == nil
        ? state.creationRefusal(of: object.metadata) : nil
    default: conditions = []
    }
    return conditions.first { $0.type == "ReplicaFailure" && $0.status == "True" }?.message
  }
}

extension ClusterState {
  fileprivate func pods(ownedBy metadata: ObjectMeta) -> [Pod] { owned(Pod.self, by: ObjectStore.identity(metadata)) }
}
