import ClusterState
import Kube

/// One replica fewer of what keeps a pod, such that it is this pod that goes.
public struct ScalingDown: Sendable, Hashable {
  /// The pod that goes.
  public let pod: ObjectName
  /// What keeps it: `deployment`, `statefulset` or `replicaset`.
  public let kind: String
  /// Its name.
  public let owner: String
  /// How many replicas there are.
  public let replicas: Int
  /// What the pod has to be marked with before, so that it is the first to go (`controller.kubernetes.io/pod-deletion-cost`);
  /// nil where it is the only one that can go.
  public let cost: Int?
  /// Its claims stay behind.
  let keepsClaims: Bool

  /// How many are left.
  public var remaining: Int { replicas - 1 }

  static let annotation = "controller.kubernetes.io/pod-deletion-cost"

  /// The commands.
  var kubectl: [String] {
    let place = "kubectl -n \(shellWord(pod.namespace))"
    let mark = cost.map { "\(place) annotate pod \(shellWord(pod.name)) --overwrite \(Self.annotation)=\($0)" }
    // Whoever has scaled it in the meantime has changed which pod goes.
    let scale = "\(place) scale \(shellWord("\(kind)/\(owner)")) --current-replicas=\(replicas) --replicas=\(remaining)"
    return [mark, scale].compactMap { $0 }
  }

  /// What it costs, a sentence each.
  var remarks: [String] {
    let name = "\(kind) \(pod.namespace)/\(owner)"
    var remarks = [
      remaining == 0
        ? "nothing of \(name) runs any more until it is scaled up again"
        : "\(name) has one replica fewer until it is scaled up again: \(remaining) in the place of \(replicas)"
    ]
    remarks.append("no disruption budget is asked, and whatever applies its manifest again scales it up again")
    if cost != nil { remarks.append("the annotation makes the pod the first to go, as long as all others are Ready") }
    if keepsClaims { remarks.append("the claims of pod \(pod.name) stay, with their data") }
    return remarks
  }
}

extension ClusterState {
  /// Scaling down what keeps a pod so that this pod goes; nil where another one might, where something sets the number
  /// of replicas, or where that cannot be told.
  ///
  /// - Parameter autoscaled: what `autoscaled` says.
  func scalingDown(_ pod: PodFacts, _ rules: SchedulerRules, _ autoscaled: Set<[String]>) -> ScalingDown? {
    guard isConclusive(HorizontalPodAutoscaler.self, namespace: pod.name.namespace), let maker = maker(of: pod),
      maker.isSteady, !autoscaled.contains([pod.name.namespace, maker.text])
    else { return nil }
    func scaling(_ kind: String, _ metadata: ObjectMeta, _ replicas: Int, cost: Int? = nil, claims: Bool = false)
      -> ScalingDown?
    {
      // What has an owner has the number of its replicas from there.
      guard metadata.controller == nil else { return nil }
      return ScalingDown(
        pod: pod.name, kind: kind, owner: metadata.name, replicas: replicas, cost: cost, keepsClaims: claims)
    }
    switch maker {
    case .statefulSet(let set):
      let replicas = set.spec.replicas ?? 1
      let last = max(0, set.spec.ordinals?.start ?? 0).addingReportingOverflow(replicas - 1).partialValue
      // The pod with the highest number goes; its claims must not go with it.
      guard pod.name.name == "\(set.metadata.name)-\(last)",
        set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled != "Delete"
      else { return nil }
      return scaling("statefulset", set.metadata, replicas, claims: !set.spec.volumeClaimTemplates.isEmpty)
    case .deployment(let deployment, let set):
      guard let choice = choice(of: pod, from: set, rules) else { return nil }
      return scaling("deployment", deployment.metadata, choice.replicas, cost: choice.cost)
    case .replicaSet(let set):
      guard let choice = choice(of: pod, from: set, rules) else { return nil }
      return scaling("replicaset", set.metadata, choice.replicas, cost: choice.cost)
    }
  }

  /// What has the number of its replicas from an autoscaler, by namespace, kind and name.
  var autoscaled: Set<[String]> {
    Set(
      all(HorizontalPodAutoscaler.self).map { autoscaler in
        let target = autoscaler.spec.scaleTargetRef
        return [autoscaler.metadata.namespace, "\(target.kind.lowercased())/\(target.name)"]
      })
  }

  /// What makes a pod the one that the controller of ReplicaSets deletes first: of pods that all have a node and are
  /// Ready that is the one with the lowest cost, from 1.22 on.
  private func choice(of pod: PodFacts, from set: ReplicaSet, _ rules: SchedulerRules) -> (replicas: Int, cost: Int?)? {
    guard isConclusive(Pod.self, namespace: pod.name.namespace) else { return nil }
    let replicas = set.spec.replicas ?? 1
    let pods = owned(Pod.self, by: ObjectStore.identity(set.metadata)).filter { !$0.isTerminal && !$0.isBeingDeleted }
    guard pods.count == replicas, pods.allSatisfy({ !$0.spec.nodeName.isEmpty && $0.isReady }),
      pods.contains(where: { ObjectName($0.metadata) == pod.name })
    else { return nil }
    if replicas == 1 { return (1, nil) }
    guard rules.hasDeletionCosts else { return nil }
    var lowest = 0
    for other in pods where ObjectName(other.metadata) != pod.name {
      // What cannot be read counts as 0.
      lowest = min(
        lowest, other.metadata.annotations[ScalingDown.annotation].flatMap { Int32($0) }.map { Int($0) } ?? 0)
    }
    return lowest > Int(Int32.min) ? (replicas, lowest - 1) : nil
  }
}
