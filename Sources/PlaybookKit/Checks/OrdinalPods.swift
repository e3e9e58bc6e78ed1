import ClusterState
import Diagnosis
import Kube

/// The pods of a StatefulSet by their numbers.
struct OrdinalPods {
  private let set: StatefulSet
  private let pods: [Int: Pod]
  private let ordinals: Range<Int>

  init(_ set: StatefulSet, _ all: [Pod]) {
    self.set = set
    var pods: [Int: Pod] = [:]
    for pod in all {
      if let dash = pod.metadata.name.lastIndex(of: "-"),
        let number = Int(pod.metadata.name[pod.metadata.name.index(after: dash)...])
      {
        pods[number] = pod
      }
    }
    self.pods = pods
    let start = max(0, min(set.spec.ordinals?.start ?? 0, 1 << 30))
    // More pods than a set can have in practice would only be looked through for nothing.
    ordinals = start..<(start + max(0, min(set.spec.replicas ?? 1, 100_000)))
  }

  var judgement: Judgement {
    if set.spec.podManagementPolicy == "Parallel" {
      return Judgement(.ok, "podManagementPolicy is Parallel: no pod waits for another when pods are made")
    }
    guard let number = ordinals.first(where: { !isDone($0) }) else {
      return Judgement(.ok, "all \(ordinals.count) pods are ready")
    }
    let name = "\(set.metadata.name)-\(number)"
    let after = ordinals.filter { $0 > number && pods[$0] == nil }.count
    let waiting = after == 0 ? "" : "; \(after) pods after it are not made"
    guard let pod = pods[number] else {
      return Judgement(
        .problem, "\(name) does not exist\(waiting)",
        evidence: [Evidence(set.reference, "spec.replicas", "\(ordinals.count)")])
    }
    var evidence = [
      Evidence(pod.reference, "status.phase", pod.status.phase),
      Evidence(
        pod.reference, "status.conditions[Ready]", pod.status.conditions.condition("Ready")?.status ?? "not set"),
    ]
    let revision = pod.metadata.labels[KeptTemplate.revisionLabel] ?? ""
    let isOld = !revision.isEmpty && !set.status.updateRevision.isEmpty && revision != set.status.updateRevision
    if isOld {
      evidence.append(
        Evidence(
          pod.reference, "metadata.labels[\(KeptTemplate.revisionLabel)]",
          "\(revision), the set wants \(set.status.updateRevision)"))
    }
    let state = pod.metadata.deletionTimestamp != nil ? "is being deleted" : "is not ready"
    let old =
      isOld && pod.metadata.deletionTimestamp == nil
      ? "; it has an old revision and is not replaced until it is ready or deleted" : ""
    return Judgement(.problem, "\(name) \(state)\(waiting)\(old)", evidence: evidence)
  }

  private func isDone(_ number: Int) -> Bool {
    guard let pod = pods[number] else { return false }
    return pod.metadata.deletionTimestamp == nil && pod.hasReadyCondition
  }
}
