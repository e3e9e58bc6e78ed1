import ClusterState
import Kube

/// What was trouble and is over, although its traces are still there.
public enum History {
  /// Pods that ended this way and were replaced; more of them within the hour are a pattern and not history.
  private static let mostReplaced = 2

  /// Why a pod that failed ended, whenever that was and whatever has replaced it: for who asks about this very pod.
  public static func end(of pod: Pod, in state: ClusterState, events: EventIndex, now: Timestamp) -> [Finding] {
    guard pod.status.phase == "Failed", pod.metadata.deletionTimestamp == nil else { return [] }
    var inspection = Inspection(state, events: events, now: now)
    inspection.reportEnd(of: pod)
    return inspection.findings.sorted(by: Finding.precedes)
  }

  /// The findings without those about pods that are over (evicted, rejected, lost with their node) and whose workload
  /// has all the pods again that it wants.
  static func withoutReplacedPods(_ findings: [Finding], state: ClusterState) -> [Finding] {
    var counts: [String: Int] = [:]
    for finding in findings where isAboutEnd(finding) { counts[finding.owner.uid, default: 0] += 1 }
    let replaced = counts.filter { $0.value <= mostReplaced }.keys
    let recovered = Set(replaced.filter { isComplete(uid: $0, state) })
    guard !recovered.isEmpty else { return findings }
    return findings.filter { !recovered.contains($0.owner.uid) || !isAboutEnd($0) }
  }

  private static func isAboutEnd(_ finding: Finding) -> Bool {
    switch finding.code {
    case .podEvicted, .podRejected, .podFailed: finding.owner.uid != finding.object.uid
    default: false
    }
  }

  /// Whether a workload has every replica that it wants.
  private static func isComplete(uid: String, _ state: ClusterState) -> Bool {
    if let deployment = state.store(of: Deployment.self)?.object(uid: uid) as? Deployment {
      return deployment.status.availableReplicas >= max(0, deployment.spec.replicas ?? 1)
    }
    if let set = state.store(of: ReplicaSet.self)?.object(uid: uid) as? ReplicaSet {
      return set.status.availableReplicas >= max(0, set.spec.replicas ?? 1)
    }
    if let set = state.store(of: StatefulSet.self)?.object(uid: uid) as? StatefulSet {
      return set.status.readyReplicas >= max(0, set.spec.replicas ?? 1)
    }
    if let set = state.store(of: DaemonSet.self)?.object(uid: uid) as? DaemonSet {
      return set.status.numberReady >= set.status.desiredNumberScheduled
    }
    return false
  }
}
