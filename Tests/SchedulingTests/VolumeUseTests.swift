import ClusterState
import Kube
import Scheduling
import Testing

/// Disks and claims that only one pod may use, and how many volumes a node takes.
@Suite struct VolumeUseTests: VolumeObjects {
  // MARK: VolumeRestrictions

  private func disk(_ name: String, on node: String = "", _ change: @escaping (inout Volume) -> Void) -> Pod {
    pod(name, on: node) {
      var volume = Volume()
      change(&volume)
      $0.spec.volumes = [volume]
    }
  }

  @Test func aDiskIsForOnePodUnlessAllOnlyRead() {
    func gce(_ name: String, on node: String = "", readOnly: Bool) -> Pod {
      disk(name, on: node) {
        $0.gcePersistentDisk = GCEPersistentDiskVolumeSource()
        $0.gcePersistentDisk?.pdName = "d"
        $0.gcePersistentDisk?.readOnly = readOnly
      }
    }
    func ebs(_ name: String, on node: String = "") -> Pod {
      disk(name, on: node) {
        $0.awsElasticBlockStore = AWSElasticBlockStoreVolumeSource()
        $0.awsElasticBlockStore?.volumeID = "d"
        $0.awsElasticBlockStore?.readOnly = true
      }
    }
    func rbd(_ name: String, on node: String = "", monitors: [String]) -> Pod {
      disk(name, on: node) {
        $0.rbd = RBDVolumeSource()
        $0.rbd?.monitors = monitors
        $0.rbd?.image = "d"
      }
    }
    func iscsi(_ name: String, on node: String = "", lun: Int) -> Pod {
      disk(name, on: node) {
        $0.iscsi = ISCSIVolumeSource()
        $0.iscsi?.iqn = "d"
        $0.iscsi?.lun = lun
      }
    }
    let rows: [(Pod, Pod, Bool)] = [
      (gce("x", on: "a", readOnly: false), gce("p", readOnly: true), true),
      (gce("x", on: "a", readOnly: true), gce("p", readOnly: true), false),
      (ebs("x", on: "a"), ebs("p"), true),
      (ebs("x", on: "a"), gce("p", readOnly: false), false),
      (rbd("x", on: "a", monitors: ["1", "2"]), rbd("p", monitors: ["2", "3"]), true),
      (rbd("x", on: "a", monitors: ["1"]), rbd("p", monitors: ["2"]), false),
      (iscsi("x", on: "a", lun: 0), iscsi("p", lun: 1), true),
    ]
    for (old, new, conflicts) in rows {
      #expect(refusal(world([], [old]), new) == (conflicts ? ["node(s) had no available disk"] : []))
      #expect(refusal(world([], [old]), new, on: "b") == [])
    }
  }

  @Test func aClaimForOnePodRefusesEveryNode() {
    let single = bound("c", to: "v") { $0.spec.accessModes = ["ReadWriteOncePod"] }
    let text =
      "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
    let taken = world([single, volume("v")], [using("x", on: "a", "c")])
    #expect(refusal(taken, using("p", "c")) == [text])
    #expect(refusal(taken, using("p", "c"), on: "b") == [text])
    #expect(
      refusal(world([single, volume("v")], [using("x", on: "gone", "c")]), using("p", "c")) == [], "nobody on no node")
    #expect(refusal(world(.kubernetes120, [single, volume("v")], [using("x", on: "a", "c")]), using("p", "c")) == [])
  }

  // MARK: NodeVolumeLimits

  private func csiVolume(_ name: String, handle: String? = nil) -> PersistentVolume {
    volume(name) {
      $0.spec.csi = CSIPersistentVolumeSource()
      $0.spec.csi?.driver = "disk.example.com"
      $0.spec.csi?.volumeHandle = handle ?? name
    }
  }

  private func limit(_ count: Int?, driver name: String = "disk.example.com") -> CSINode {
    var driver = CSINodeDriver()
    driver.name = name
    driver.allocatable = VolumeNodeResources()
    driver.allocatable?.count = count
    var csiNode = CSINode()
    csiNode.metadata.name = "a"
    csiNode.spec.drivers = [driver]
    return csiNode
  }

  @Test func aDriverAttachesOnlySoManyVolumes() {
    let objects: [any KubeObject] = [
      bound("c1", to: "v1"), csiVolume("v1"), bound("c2", to: "v2"), csiVolume("v2"),
      bound("twin", to: "v3"), csiVolume("v3", handle: "v1"),
    ]
    let text = ["node(s) exceed max volume count"]
    let old = using("x", on: "a", "c1")
    #expect(refusal(world(objects + [limit(1)], [old]), using("p", "c2")) == text)
    #expect(refusal(world(objects + [limit(2)], [old]), using("p", "c2")) == [])
    #expect(refusal(world(objects + [limit(1)], [old]), using("p", "c1")) == [], "attached already")
    #expect(refusal(world(objects + [limit(1)], [old]), using("p", "twin")) == [], "the same volume by another name")
    #expect(refusal(world(objects + [limit(nil)], [old]), using("p", "c2")) == [])
    #expect(refusal(world(objects, [old]), using("p", "c2")) == [], "no CSINode, no limit")
    let evidence = world(objects + [limit(1)], [old]).explain(using("p", "c2")).nodes[0].reasons.first?.evidence
    #expect(evidence?.description == "disk.example.com: 1 attached, 1 wanted, at most 1")
  }

  @Test func attachmentsCountUnderTheirAttacher() {
    var attachment = VolumeAttachment()
    attachment.spec.attacher = "disk.example.com"
    attachment.spec.nodeName = "a"
    attachment.spec.source.persistentVolumeName = "v1"
    let objects: [any KubeObject] = [
      bound("c1", to: "v1"), csiVolume("v1"), bound("c2", to: "v2"), csiVolume("v2"), attachment,
    ]
    #expect(refusal(world(objects + [limit(1)]), using("p", "c2")) == ["node(s) exceed max volume count"])
    #expect(refusal(world(.kubernetes120, objects + [limit(1)]), using("p", "c2")) == [])
    // Attached, but used by no pod here: it counts twice.
    #expect(refusal(world(objects + [limit(1)]), using("p", "c1")) == ["node(s) exceed max volume count"])
  }

  /// Whether they stand in the pod or in a volume that a claim is bound to.
  @Test func allOldDriversHaveSuccessors() {
    let gce = { (id: String) in
      self.disk("x-\(id)") {
        $0.gcePersistentDisk = GCEPersistentDiskVolumeSource()
        $0.gcePersistentDisk?.pdName = id
      }
    }
    let azure = { (id: String) in
      self.disk("x-\(id)") {
        $0.azureDisk = AzureDiskVolumeSource()
        $0.azureDisk?.diskName = id
        $0.azureDisk?.diskURI = "/\(id)"
      }
    }
    for (driver, make) in [("pd.csi.storage.gke.io", gce), ("disk.csi.azure.com", azure)] {
      var there = make("1")
      there.spec.nodeName = "a"
      #expect(refusal(world([limit(1, driver: driver)], [there]), make("2")) == ["node(s) exceed max volume count"])
      #expect(refusal(world([limit(2, driver: driver)], [there]), make("2")) == [])
      #expect(refusal(world([limit(1, driver: "disk.example.com")], [there]), make("2")) == [])
    }
    let inTree = volume("v") {
      $0.spec.gcePersistentDisk = GCEPersistentDiskVolumeSource()
      $0.spec.gcePersistentDisk?.pdName = "2"
    }
    var there = gce("1")
    there.spec.nodeName = "a"
    let snapshot = world([limit(1, driver: "pd.csi.storage.gke.io"), bound("c", to: "v"), inTree], [there])
    #expect(refusal(snapshot, using("p", "c")) == ["node(s) exceed max volume count"])
  }

  @Test func disksOfOldDriversCountAsTheirSuccessors() {
    func ebs(_ name: String, on node: String = "", id: String) -> Pod {
      disk(name, on: node) {
        $0.awsElasticBlockStore = AWSElasticBlockStoreVolumeSource()
        $0.awsElasticBlockStore?.volumeID = id
      }
    }
    let snapshot = world([limit(1, driver: "ebs.csi.aws.com")], [ebs("x", on: "a", id: "1")])
    #expect(refusal(snapshot, ebs("p", id: "2")) == ["node(s) exceed max volume count"])
    // In 1.20 they have filters of their own, and limits in the node's allocatable.
    let small = node("a") { $0.status.allocatable["attachable-volumes-aws-ebs"] = Quantity("1") }
    let old = cluster(.kubernetes120, [small], [ebs("x", on: "a", id: "1")]).explain(ebs("p", id: "2"))
    #expect(old.nodes[0].first?.plugin == .ebsLimits)
    #expect(
      cluster(.kubernetes120, [node("a")], [ebs("x", on: "a", id: "1")]).explain(ebs("p", id: "2")).fitting.count == 1)
  }
}
