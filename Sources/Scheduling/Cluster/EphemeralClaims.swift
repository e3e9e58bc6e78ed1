import ClusterState
import Kube

extension ClusterSnapshot {
  /// Puts the claims that are made for a pod's ephemeral volumes, bound to nothing yet, and answers the names of the
  /// volumes whose claims are bound before the scheduler looks, to volumes that nobody knows yet. `isRenewed`: they take
  /// the place of those that are there, which go with the pod that they were made for; otherwise a claim that is there
  /// already is left as it is.
  mutating func putEphemeralClaims(of pod: Pod, isRenewed: Bool) -> [String] {
    var unknown: [String] = []
    for volume in pod.spec.volumes {
      guard let template = volume.ephemeral?.volumeClaimTemplate else { continue }
      var claim = PersistentVolumeClaim()
      claim.metadata = template.metadata
      claim.metadata.namespace = pod.metadata.namespace
      claim.metadata.name = "\(pod.metadata.name)-\(volume.name)"
      if !isRenewed, claims[ObjectName(claim.metadata)] != nil { continue }
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
