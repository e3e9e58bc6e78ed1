import ClusterState
import Kube

/// Where a pod could go, or one more pod of something that makes pods.
public struct PlacementQuestion: Sendable {
  /// What has to be changed for the pod to be changed: the topmost controller.
  public var origin: PodOrigin
  private let subject: any KubeObject
  private let isManifest: Bool
  private var pod: Pod
  private var snapshot: ClusterSnapshot
  /// Nodes that have a pod of the subject, a DaemonSet.
  private var taken: Set<String> = []
  private var remarks: [String] = []

  /// A question about a pod, or about the next pod of what makes pods; nil for everything else.
  ///
  /// - Parameters:
  ///   - state: the cluster that `snapshot` was made from.
  ///   - isManifest: the subject does not exist; what an exported file has of another life is not looked at.
  public init?(_ subject: any KubeObject, in state: ClusterState, _ snapshot: ClusterSnapshot, isManifest: Bool) {
    guard var pod = ClusterSnapshot.pod(of: subject) else { return nil }
    if isManifest, !pod.metadata.uid.isEmpty {
      pod.spec.nodeName = ""
      pod.metadata.uid = ""
    }
    if isManifest { pod.status = PodStatus() }
    origin = PodOrigin(
      kind: subject.reference.kind.lowercased(), name: subject.metadata.name, namespace: subject.metadata.namespace)
    self.subject = subject
    self.isManifest = isManifest
    self.pod = pod
    self.snapshot = snapshot
    if !(subject is Pod) || isManifest { admit(state) }
    if let set = subject as? StatefulSet { addClaims(of: set) }
    if subject is DaemonSet, !isManifest {
      taken = Set(state.pods(ownedBy: subject.metadata).filter { !$0.isTerminal }.map(\.spec.nodeName))
    }
  }

  /// Adds what would be created together with the subject.
  public mutating func add(_ object: any KubeObject) {
    switch object {
    case let claim as PersistentVolumeClaim: snapshot.put(withDefaultClass(claim))
    case let volume as PersistentVolume: snapshot.put(volume)
    case let storageClass as StorageClass: snapshot.put(storageClass)
    default: break
    }
  }

  // MARK: What admission and controllers add

  /// Does what admission would: the priority of the pod's class. The rest is said.
  private mutating func admit(_ state: ClusterState) {
    remarks.append("as written: what admission would add, such as the defaults of a LimitRange, is not counted")
    guard pod.spec.priority == nil else { return }
    let name = pod.spec.priorityClassName
    switch name {
    case "system-cluster-critical": pod.spec.priority = 2_000_000_000
    case "system-node-critical": pod.spec.priority = 2_000_001_000
    default:
      let classes = state.all(PriorityClass.self)
      let found = classes.first { name.isEmpty ? $0.globalDefault : $0.metadata.name == name }
      pod.spec.priority = found?.value
      if pod.spec.preemptionPolicy == nil { pod.spec.preemptionPolicy = found?.preemptionPolicy }
      if found == nil, !name.isEmpty { remarks.append("priority class \(name) is not known: priority 0 is assumed") }
    }
  }

  /// Adds the claims that the next pod of a StatefulSet gets, as far as they wait for the scheduler.
  private mutating func addClaims(of set: StatefulSet) {
    for template in set.spec.volumeClaimTemplates {
      var claim = withDefaultClass(template)
      claim.metadata.namespace = set.metadata.namespace
      claim.metadata.name = "\(template.metadata.name)-\(set.metadata.name)-next"
      guard claim.waitsForConsumer(in: snapshot) else {
        remarks.append("claim \(template.metadata.name) is bound before the scheduler looks: its volume is not counted")
        continue
      }
      snapshot.put(claim)
      var volume = Volume()
      volume.name = template.metadata.name
      var source = PersistentVolumeClaimVolumeSource()
      source.claimName = claim.metadata.name
      volume.persistentVolumeClaim = source
      pod.spec.volumes.append(volume)
    }
  }

  /// A claim that names no class gets the default one.
  private func withDefaultClass(_ claim: PersistentVolumeClaim) -> PersistentVolumeClaim {
    guard claim.spec.storageClassName == nil else { return claim }
    let key = "storageclass.kubernetes.io/is-default-class"
    let defaults = snapshot.classes.values.filter { $0.metadata.annotations[key] == "true" }
    var claim = claim
    claim.spec.storageClassName = defaults.map(\.metadata.name).min()
    return claim
  }

  // MARK: The answer

  /// Runs the filters on every node, and again for every change that could help.
  public var answer: PlacementAnswer {
    let report: PlacementReport
    var placement: TemplatePlacement?
    if subject is Pod {
      report = snapshot.explain(pod)
    } else {
      let found =
        subject is DaemonSet
        ? snapshot.placement(ofDaemonPod: pod, taken: taken) : snapshot.placement(of: pod)
      placement = found
      report = found.report
    }
    var suggestions: [Suggestion] = []
    switch report.situation {
    case .waiting, .unseen, .hypothetical, .gated:
      if report.gap == nil, report.fitting.isEmpty || report.podFailure != nil {
        suggestions = snapshot.suggestions(for: pod, origin: origin)
      }
    case .placed, .boundToMissingNode, .otherScheduler, .beingDeleted, .ended: break
    }
    var remarks = remarks
    if isManifest, !suggestions.isEmpty {
      remarks.append("nothing was created: commands that change \(origin.kind) \(origin.name) work once it exists")
    }
    return PlacementAnswer(
      origin: isManifest ? nil : origin, report: report, placement: placement, suggestions: suggestions,
      remarks: remarks,
      obstacle: isManifest ? nil : creationFailure)
  }

  /// Why the subject's controller cannot create pods at all, such as a quota; nil when it can, or does not say.
  private var creationFailure: String? {
    let failure: (status: String, message: String)?
    switch subject {
    case let object as Deployment:
      failure = object.status.conditions.first { $0.type == "ReplicaFailure" }.map { ($0.status, $0.message) }
    case let object as ReplicaSet:
      failure = object.status.conditions.first { $0.type == "ReplicaFailure" }.map { ($0.status, $0.message) }
    default: failure = nil
    }
    return failure?.status == "True" ? failure?.message : nil
  }
}

/// What is known about where a pod could go.
public struct PlacementAnswer: Sendable {
  /// What has to be changed for the pod to be changed; nil when nothing of it exists yet.
  public let origin: PodOrigin?
  /// Every filter on every node.
  public let report: PlacementReport
  /// For what makes pods, how many more would find a place.
  public let placement: TemplatePlacement?
  /// What would place the pod.
  public let suggestions: [Suggestion]
  /// What the answer does not count, a sentence each.
  public let remarks: [String]
  /// Why no pod is created at all, in the controller's words.
  public let obstacle: String?

  /// Whether the pod has a node or would get one.
  public var outcome: PlacementReport.Outcome { obstacle == nil ? report.outcome : .doesNotFit }

  /// The answer in one sentence.
  public var headline: String {
    guard let obstacle else { return report.headline }
    return "its pods are not created, so that the scheduler has nothing to place: \(obstacle)"
  }
}

extension ClusterState {
  fileprivate func pods(ownedBy metadata: ObjectMeta) -> [Pod] { owned(Pod.self, by: ObjectStore.identity(metadata)) }
}
