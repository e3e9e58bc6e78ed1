import ClusterState
import Diagnosis
import Kube

extension PlaybookFacts {
  /// Whether a pod is made from the newest template of the workload that the subject is, belongs to or scales; nil where
  /// there are no revisions, or older pods are meant to stay: in a paused rollout, below a partition, with OnDelete.
  public func isOfNewestRevision(_ pod: Pod) -> Bool? {
    guard let workload = workload.value?.object else { return nil }
    switch workload {
    case let deployment as Deployment:
      guard !deployment.spec.paused, let newest = newestReplicaSet(of: deployment) else { return nil }
      return pod.metadata.controller?.uid == newest.metadata.uid
    case let set as StatefulSet:
      let update = set.spec.updateStrategy
      guard update.type != "OnDelete", (update.rollingUpdate?.partition ?? 0) <= 0, !set.status.updateRevision.isEmpty
      else { return nil }
      return pod.metadata.labels[Self.revisionLabel] == set.status.updateRevision
    case let set as DaemonSet where set.spec.updateStrategy.type != "OnDelete":
      // A DaemonSet does not say which revision is the newest; whatever pod it makes has that one.
      let youngest = (pods.value ?? []).max {
        ($0.metadata.creationTimestamp?.microseconds ?? .min) < ($1.metadata.creationTimestamp?.microseconds ?? .min)
      }
      return youngest.map { $0.metadata.labels[Self.revisionLabel] == pod.metadata.labels[Self.revisionLabel] }
    default: return nil
    }
  }

  /// Whether the subject is a pod with which nothing is wrong now: Ready, staying, and without a finding worth a warning.
  var isSoundPod: Bool {
    guard let pod, pod.isReadyAndStaying else { return false }
    return !findings.contains { $0.object.uid == pod.metadata.uid && $0.severity >= .warning }
  }

  /// That nothing is wrong with the subject now, in words; nil for what is no pod or not well. Of a workload it says
  /// how far its newest revision is.
  var soundness: String? {
    guard let pod, isSoundPod else { return nil }
    guard let workload = workload.value?.object as? any KubeObject, isOfNewestRevision(pod) == true,
      let newest = pods.value?.filter({ isOfNewestRevision($0) == true && !$0.isTerminal })
    else { return "\(pod.reference.shortText) is Ready: nothing is wrong with it now" }
    let ready = newest.count(where: \.isReadyAndStaying)
    return "nothing is wrong now: the newest revision of \(workload.reference.shortText) has \(ready) of "
      + "\(newest.count) \(newest.count == 1 ? "pod" : "pods") Ready, \(pod.reference.shortText) among them"
  }

  /// The label with the revision of the pods of StatefulSets and DaemonSets.
  private static let revisionLabel = "controller-revision-hash"

  /// The ReplicaSet of the highest revision that has pods, or will have; nil where there is none with a revision.
  private func newestReplicaSet(of deployment: Deployment) -> ReplicaSet? {
    let sets = state.owned(ReplicaSet.self, by: deployment.metadata.uid)
    return sets.filter { $0.revision > 0 }.max { $0.revision < $1.revision }
  }
}

extension Pod {
  /// Whether it is Ready and not being deleted.
  fileprivate var isReadyAndStaying: Bool {
    metadata.deletionTimestamp == nil && (status.conditions.condition("Ready")?.isTrue ?? false)
  }
}
