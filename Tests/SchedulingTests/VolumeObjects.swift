import ClusterState
import Kube
import Scheduling
import Testing

/// Makes claims, volumes, classes and pods that use them, for the tests about volumes.
protocol VolumeObjects {}

extension VolumeObjects {
  func claim(_ name: String, _ change: (inout PersistentVolumeClaim) -> Void = { _ in })
    -> PersistentVolumeClaim
  {
    var claim = PersistentVolumeClaim()
    claim.metadata.name = name
    claim.metadata.namespace = "shop"
    claim.metadata.uid = "uid-claim-\(name)"
    claim.spec.accessModes = ["ReadWriteOnce"]
    claim.spec.resources.requests = amounts(["storage": "5Gi"])
    claim.spec.storageClassName = "slow"
    claim.status.phase = "Pending"
    change(&claim)
    return claim
  }

  func bound(_ name: String, to volume: String, _ change: (inout PersistentVolumeClaim) -> Void = { _ in })
    -> PersistentVolumeClaim
  {
    claim(name) {
      $0.spec.volumeName = volume
      $0.metadata.annotations["pv.kubernetes.io/bind-completed"] = "yes"
      $0.status.phase = "Bound"
      change(&$0)
    }
  }

  func volume(_ name: String, _ change: (inout PersistentVolume) -> Void = { _ in }) -> PersistentVolume {
    var volume = PersistentVolume()
    volume.metadata.name = name
    volume.spec.capacity = amounts(["storage": "10Gi"])
    volume.spec.accessModes = ["ReadWriteOnce"]
    volume.spec.storageClassName = "slow"
    volume.status.phase = "Available"
    change(&volume)
    return volume
  }

  func storageClass(
    _ mode: String? = "WaitForFirstConsumer", provisioner: String = "kubernetes.io/no-provisioner",
    _ change: (inout StorageClass) -> Void = { _ in }
  ) -> StorageClass {
    var storageClass = StorageClass()
    storageClass.metadata.name = "slow"
    storageClass.provisioner = provisioner
    storageClass.volumeBindingMode = mode
    change(&storageClass)
    return storageClass
  }

  func affinity(_ zone: String) -> VolumeNodeAffinity {
    var affinity = VolumeNodeAffinity()
    affinity.required = nodeAffinity([[requirement("zone", "In", zone)]]).nodeAffinity?.required
    return affinity
  }

  func using(_ name: String = "p", on node: String = "", _ claims: String...) -> Pod {
    pod(name, on: node) {
      $0.spec.volumes = claims.map { claim in
        var volume = Volume()
        volume.name = claim
        volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
        volume.persistentVolumeClaim?.claimName = claim
        return volume
      }
    }
  }

  /// Nodes a and b, in zones 1 and 2.
  func world(_ objects: [any KubeObject], _ pods: [Pod] = []) -> ClusterSnapshot {
    world(.current, objects, pods)
  }

  func world(
    _ rules: SchedulerRules, _ objects: [any KubeObject], _ pods: [Pod] = []
  )
    -> ClusterSnapshot
  {
    var snapshot = cluster(
      rules, [node("a") { $0.metadata.labels["zone"] = "1" }, node("b") { $0.metadata.labels["zone"] = "2" }], pods)
    for object in objects {
      switch object {
      case let claim as PersistentVolumeClaim: snapshot.put(claim)
      case let volume as PersistentVolume: snapshot.put(volume)
      case let storageClass as StorageClass: snapshot.put(storageClass)
      case let csiNode as CSINode: snapshot.put(csiNode)
      case let driver as CSIDriver: snapshot.put(driver)
      case let capacity as CSIStorageCapacity: snapshot.put(capacity)
      case let attachment as VolumeAttachment: snapshot.put(attachment)
      default: Issue.record("no place for \(object)")
      }
    }
    return snapshot
  }
}
