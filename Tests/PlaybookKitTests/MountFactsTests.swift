import ClusterState
import Kube
import Testing

@testable import PlaybookKit

/// Where the kubelet keeps the volumes of a pod.
@Suite struct MountFactsTests {
  private func mounts(
    _ volumes: [Volume], uid: String = "u-1", annotations: SmallMap<String> = [:], _ others: [any KubeObject] = []
  ) -> [MountFacts] {
    let state = ClusterState()
    for type in [PersistentVolumeClaim.self, PersistentVolume.self] as [any KubeObject.Type] {
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
    }
    for object in others { state.store(Swift.type(of: object).resource)?.put(object) }
    var pod = Pod()
    pod.metadata.name = "web"
    pod.metadata.namespace = "shop"
    pod.metadata.uid = uid
    pod.metadata.annotations = annotations
    pod.spec.volumes = volumes
    return MountFacts.all(of: pod, in: state)
  }

  private func volume(_ name: String, _ fill: (inout Volume) -> Void) -> Volume {
    var volume = Volume()
    volume.name = name
    fill(&volume)
    return volume
  }

  private func bound(_ name: String, mode: String? = nil, _ fill: (inout PersistentVolumeSpec) -> Void)
    -> [any KubeObject]
  {
    var claim = PersistentVolumeClaim()
    claim.metadata.name = name
    claim.metadata.namespace = "shop"
    claim.metadata.uid = "c-\(name)"
    claim.spec.volumeName = "pv-1"
    claim.spec.volumeMode = mode
    var volume = PersistentVolume()
    volume.metadata.name = "pv-1"
    volume.metadata.uid = "v-1"
    fill(&volume.spec)
    return [claim, volume]
  }

  @Test func inlineVolumesAreNamedAfterThemselves() {
    let found = mounts([
      volume("tmp") { $0.emptyDir = EmptyDirVolumeSource() }, volume("log") { $0.hostPath = HostPathVolumeSource() },
      volume("odd") { _ in },
    ])
    #expect(
      found.map(\.path) == ["/var/lib/kubelet/pods/u-1/volumes/kubernetes.io~empty-dir/tmp", "", ""])
    #expect(found[2].doubt != "")
  }

  @Test func staticPodsAreKeptUnderTheirHash() {
    let found = mounts(
      [volume("tmp") { $0.emptyDir = EmptyDirVolumeSource() }], annotations: ["kubernetes.io/config.hash": "abc"])
    #expect(found.first?.path == "/var/lib/kubelet/pods/abc/volumes/kubernetes.io~empty-dir/tmp")
  }

  @Test func claimsAreNamedAfterTheirVolume() {
    var source = PersistentVolumeClaimVolumeSource()
    source.claimName = "data"
    let data = volume("d") { $0.persistentVolumeClaim = source }
    var csi = CSIPersistentVolumeSource()
    csi.driver = "disk.example"
    csi.volumeHandle = "h"
    let file = mounts([data], bound("data") { $0.csi = csi })
    #expect(file.first?.path == "/var/lib/kubelet/pods/u-1/volumes/kubernetes.io~csi/pv-1/mount")
    #expect(file.first?.source == "disk.example h")
    let block = mounts([data], bound("data", mode: "Block") { $0.csi = csi })
    #expect(block.first?.path == "/var/lib/kubelet/pods/u-1/volumeDevices/kubernetes.io~csi/pv-1")
    let local = mounts([data], bound("data") { $0.local = LocalVolumeSource() })
    #expect(local.first?.path == "/var/lib/kubelet/pods/u-1/volumes/kubernetes.io~local-volume/pv-1")
    #expect(mounts([data]).first?.doubt == "claim data does not exist")
  }

  @Test func ephemeralClaimsAreNamedAfterThePod() {
    let scratch = volume("scratch") { $0.ephemeral = EphemeralVolumeSource() }
    #expect(mounts([scratch]).first?.claim == "web-scratch")
  }
}
