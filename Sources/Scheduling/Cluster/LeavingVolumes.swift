import ClusterState
import Kube

/// What becomes of volumes when their pods leave a node.
extension ClusterSnapshot {
  /// Takes a pod from its node, and from the node what is attached to it for this pod alone: the attach limit counts that
  /// for as long as it is there.
  mutating func removeWithVolumes(_ pod: PodFacts, from node: String) {
    removePod(pod.identity)
    guard let attached = attachments[node], let slot = slot(of: node) else { return }
    let left = Set(nodes[slot].pods.flatMap(volumeNames))
    let leaving = Set(volumeNames(of: pod)).subtracting(left)
    attachments[node] = attached.filter { !leaving.contains($0.spec.source.persistentVolumeName ?? "") }
  }

  /// The volumes that the pod's claims are bound to.
  private func volumeNames(of pod: PodFacts) -> [String] {
    pod.volumes.compactMap { use in
      guard let name = use.claimName else { return nil }
      return claims[ObjectName(namespace: pod.name.namespace, name: name)]?.spec.volumeName
    }.filter { !$0.isEmpty }
  }

  /// Whether a pod uses a volume of this CSI driver.
  func uses(_ driver: String, _ pod: PodFacts) -> Bool {
    volumeNames(of: pod).contains { volumes[$0]?.spec.csi?.driver == driver }
  }

  /// The first pod with a node that uses a claim, and that node.
  func user(of claim: ObjectName) -> (node: NodeState, pod: PodFacts)? {
    for node in nodes {
      for pod in node.pods where pod.name.namespace == claim.namespace {
        if pod.volumes.contains(where: { $0.claimName == claim.name }) { return (node, pod) }
      }
    }
    return nil
  }
}
