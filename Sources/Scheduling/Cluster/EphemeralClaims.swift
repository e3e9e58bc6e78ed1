import ClusterState
import Kube

extension ClusterSnapshot {
  /// Puts the claims that a pod's successor gets for its ephemeral volumes in the place of the pod's own, which go with
  /// it and their volumes too: bound to nothing yet. Answers the names of the volumes whose claims are bound before the
  /// scheduler looks, to volumes that nobody knows yet.
  mutating func renewEphemeralClaims(of pod: Pod) -> [String] {
    var unknown: [String] = []
    for volume in pod.spec.volumes {
      guard let template = volume.ephemeral?.volumeClaimTemplate else { continue }
      var claim = PersistentVolumeClaim()
      claim.metadata = template.metadata
      claim.metadata.namespace = pod.metadata.namespace
      claim.metadata.name = "\(pod.metadata.name)-\(volume.name)"
      var owner = OwnerReference()
      (owner.kind, owner.apiVersion, owner.controller) = (Pod.resource.kind, Pod.resource.apiVersion, true)
      (owner.name, owner.uid) = (pod.metadata.name, pod.metadata.uid)
      claim.metadata.ownerReferences = [owner]
      claim.spec = template.spec
      claim.status.phase = "Pending"
      claim = withDefaultClass(claim)
      put(claim)
      if !claim.waitsForConsumer(in: self) { unknown.append(volume.name) }
    }
    return unknown
  }

  /// A claim that names no class gets the default one.
  func withDefaultClass(_ claim: PersistentVolumeClaim) -> PersistentVolumeClaim {
    guard claim.spec.storageClassName == nil else { return claim }
    let key = "storageclass.kubernetes.io/is-default-class"
    let defaults = classes.values.filter { $0.metadata.annotations[key] == "true" }
    var claim = claim
    claim.spec.storageClassName = defaults.map(\.metadata.name).min()
    return claim
  }
}
