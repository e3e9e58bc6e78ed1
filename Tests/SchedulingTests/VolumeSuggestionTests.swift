import ClusterState
import Kube
import Scheduling
import Testing

/// Pods that make room for volumes: where a node has all that it can attach, and where a claim is for one pod only.
@Suite struct VolumeSuggestionTests: VolumeObjects {
  private func limit(_ node: String, _ count: Int) -> CSINode {
    var driver = CSINodeDriver()
    driver.name = "disk.example.com"
    driver.allocatable = VolumeNodeResources()
    driver.allocatable?.count = count
    var csiNode = CSINode()
    csiNode.metadata.name = node
    csiNode.spec.drivers = [driver]
    return csiNode
  }

  private func csiVolume(_ name: String) -> PersistentVolume {
    volume(name) {
      $0.spec.csi = CSIPersistentVolumeSource()
      $0.spec.csi?.driver = "disk.example.com"
      $0.spec.csi?.volumeHandle = name
    }
  }

  private func attachment(_ volume: String) -> VolumeAttachment {
    var attachment = VolumeAttachment()
    attachment.spec.attacher = "disk.example.com"
    attachment.spec.nodeName = "a"
    attachment.spec.source.persistentVolumeName = volume
    return attachment
  }

  private func objects(limitOfB: Int) -> [any KubeObject] {
    [
      bound("c1", to: "v1"), csiVolume("v1"), bound("c2", to: "v2"), csiVolume("v2"), attachment("v1"),
      limit("a", 1), limit("b", limitOfB),
    ]
  }

  private func texts(_ snapshot: ClusterSnapshot, _ pods: [Pod], _ waiting: Pod, _ others: [any KubeObject] = [])
    -> [String]
  {
    let kinds: [any KubeObject.Type] = [ReplicaSet.self, Deployment.self, HorizontalPodAutoscaler.self]
    return snapshot.suggestions(for: waiting, limit: 40, knowing: known(pods, others, of: kinds)).map(\.text)
      .filter { $0.hasPrefix("move") || $0.hasPrefix("delete") || $0.hasPrefix("scale") }
  }

  private func onA(_ pod: inout Pod) { pod.spec.nodeSelector = ["zone": "1"] }

  /// What is attached for the pod that leaves is no longer when it has left.
  @Test func aNodeThatCanAttachNoMore() {
    var waiting = using("p", "c2")
    onA(&waiting)
    var old = using("old", on: "a", "c1")
    #expect(texts(world(objects(limitOfB: 1), [old]), [old], waiting) == ["delete shop/old on node a"])
    own(&old)
    #expect(texts(world(objects(limitOfB: 1), [old]), [old], waiting) == ["move shop/old away from node a"])
    #expect(texts(world(objects(limitOfB: 0), [old]), [old], waiting) == [], "b cannot attach it")
    // Who has none of the driver's volumes does not help by leaving.
    let other = pod("other", on: "a") { own(&$0, by: "other") }
    #expect(texts(world(objects(limitOfB: 0), [old, other]), [old, other], waiting) == [])
  }

  @Test func aClaimForOnePodOnly() {
    var single = bound("c1", to: "v1")
    single.spec.accessModes = ["ReadWriteOncePod"]
    let objects: [any KubeObject] = [single, csiVolume("v1")]
    var old = using("old", on: "b", "c1")
    let waiting = using("p", "c1")
    #expect(texts(world(objects, [old]), [old], waiting) == ["delete shop/old on node b"])
    // What makes it again makes one that uses the claim too; keeping none helps.
    own(&old)
    #expect(texts(world(objects, [old]), [old], waiting) == [])
    var ready = Condition()
    (ready.type, ready.status) = ("Ready", "True")
    old.status.conditions = [ready]
    var set = ReplicaSet()
    (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "web", "uid-web")
    set.spec.replicas = 1
    (set.status.replicas, set.status.availableReplicas) = (1, 1)
    #expect(
      texts(world(objects, [old]), [old], waiting, [set]) == [
        "scale replicaset shop/web from 1 to 0, so that pod old leaves node b"
      ])
  }
}
