import ClusterState
import Kube
import Scheduling
import Testing

/// Filters about volumes, and what they say before any node is looked at.
@Suite struct VolumeTests {
  // MARK: Objects

  private func claim(_ name: String, _ change: (inout PersistentVolumeClaim) -> Void = { _ in })
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

  private func bound(_ name: String, to volume: String, _ change: (inout PersistentVolumeClaim) -> Void = { _ in })
    -> PersistentVolumeClaim
  {
    claim(name) {
      $0.spec.volumeName = volume
      $0.metadata.annotations["pv.kubernetes.io/bind-completed"] = "yes"
      $0.status.phase = "Bound"
      change(&$0)
    }
  }

  private func volume(_ name: String, _ change: (inout PersistentVolume) -> Void = { _ in }) -> PersistentVolume {
    var volume = PersistentVolume()
    volume.metadata.name = name
    volume.spec.capacity = amounts(["storage": "10Gi"])
    volume.spec.accessModes = ["ReadWriteOnce"]
    volume.spec.storageClassName = "slow"
    volume.status.phase = "Available"
    change(&volume)
    return volume
  }

  private func storageClass(
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

  private func affinity(_ zone: String) -> VolumeNodeAffinity {
    var affinity = VolumeNodeAffinity()
    affinity.required = nodeAffinity([[requirement("zone", "In", zone)]]).nodeAffinity?.required
    return affinity
  }

  private func using(_ name: String = "p", on node: String = "", _ claims: String...) -> Pod {
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
  private func world(_ objects: [any KubeObject], _ pods: [Pod] = []) -> ClusterSnapshot {
    world(.current, objects, pods)
  }

  private func world(
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

  // MARK: Before any node

  @Test func claimsThatKeepThePodFromEveryNode() {
    let deleted = bound("c", to: "v") { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) }
    let lost = bound("c", to: "v") { $0.status.phase = "Lost" }
    let unbound = "pod has unbound immediate PersistentVolumeClaims"
    let preset = claim("c") { $0.spec.volumeName = "v" }
    let noClass = claim("c") { $0.spec.storageClassName = "" }
    let rows: [(objects: [any KubeObject], today: String, in120: String)] = [
      ([], #"persistentvolumeclaim "c" not found"#, #"persistentvolumeclaim "c" not found"#),
      ([deleted], #"persistentvolumeclaim "c" is being deleted"#, #"persistentvolumeclaim "c" is being deleted"#),
      (
        [lost], #"persistentvolumeclaim "c" bound to non-existent persistentvolume "v""#,
        "pvc(s) bound to non-existent pv(s)"
      ),
      ([bound("c", to: "v")], #"persistentvolume "v" not found"#, "pvc(s) bound to non-existent pv(s)"),
      ([claim("c"), storageClass("Immediate")], unbound, unbound),
      ([claim("c")], unbound, unbound),
      ([noClass], unbound, unbound),
      ([preset, storageClass()], unbound, unbound),
    ]
    for row in rows {
      let (today, old) = (
        world(row.objects).explain(using("p", "c")), world(.kubernetes120, row.objects).explain(using("p", "c"))
      )
      #expect(today.message == "0/2 nodes are available: \(row.today). not found")
      #expect(old.message == "0/2 nodes are available: 2 \(row.in120).")
    }
  }

  @Test func ephemeralVolumesHaveAClaimOfTheirOwn() {
    let using = pod("p") {
      var volume = Volume()
      volume.name = "scratch"
      volume.ephemeral = EphemeralVolumeSource()
      $0.spec.volumes = [volume]
    }
    #expect(
      world([]).explain(using).podFailure?.reason.text
        == #"waiting for ephemeral volume controller to create the persistentvolumeclaim "p-scratch""#)
    #expect(
      world([bound("p-scratch", to: "v"), volume("v")]).explain(using).podFailure?.reason.text
        == "PVC shop/p-scratch was not created for pod shop/p (pod is not owner)")
    let own = bound("p-scratch", to: "v") {
      var owner = OwnerReference()
      (owner.kind, owner.name, owner.uid, owner.controller) = ("Pod", "p", "uid-p", true)
      $0.metadata.ownerReferences = [owner]
    }
    #expect(world([own, volume("v")]).explain(using).fitting.count == 2)
  }

  // MARK: Bound claims

  @Test func aBoundVolumeMustBeReachable() {
    let objects: [any KubeObject] = [bound("c", to: "v"), volume("v") { $0.spec.nodeAffinity = self.affinity("2") }]
    #expect(refusal(world(objects), using("p", "c")) == ["node(s) didn't match PersistentVolume's node affinity"])
    #expect(refusal(world(.kubernetes120, objects), using("p", "c")) == ["node(s) had volume node affinity conflict"])
    #expect(world(objects).explain(using("p", "c")).fitting.map(\.name) == ["b"])
  }

  @Test func aVolumesZoneIsInItsLabels() {
    func world(_ zone: String, _ label: String = "topology.kubernetes.io/zone", _ rules: SchedulerRules = .current)
      -> String
    {
      var snapshot = cluster(
        rules,
        ["a": "1", "b": "2", "c": ""].sorted { $0.key < $1.key }.map { name, zone in
          node(name) { if !zone.isEmpty { $0.metadata.labels["topology.kubernetes.io/zone"] = zone } }
        })
      snapshot.put(bound("c", to: "v"))
      snapshot.put(volume("v") { $0.metadata.labels[label] = zone })
      return snapshot.explain(using("p", "c")).fitting.map(\.name).joined()
    }
    #expect(world("1") == "ac", "a node without zone is not compared")
    #expect(world("1__2") == "abc")
    #expect(world("3") == "c")
    #expect(world("1", "failure-domain.beta.kubernetes.io/zone") == "ac")
    #expect(
      world("1", "failure-domain.beta.kubernetes.io/zone", .kubernetes120) == "c", "1.20 compares the same label only")
  }

  // MARK: Claims that wait for a node

  private let noVolume = "node(s) didn't find available persistent volumes to bind"

  @Test func whichVolumesWillDo() {
    let waiting: [any KubeObject] = [claim("c"), storageClass()]
    let rows: [(PersistentVolume, Bool, String)] = [
      (volume("v"), true, "as asked for"),
      (volume("v") { $0.spec.capacity = amounts(["storage": "1Gi"]) }, false, "too small"),
      (volume("v") { $0.spec.storageClassName = "fast" }, false, "of another class"),
      (volume("v") { $0.status.phase = "Released" }, false, "not available"),
      (volume("v") { $0.spec.accessModes = ["ReadOnlyMany"] }, false, "other access modes"),
      (volume("v") { $0.spec.accessModes = ["ReadOnlyMany", "ReadWriteOnce"] }, true, "more access modes"),
      (volume("v") { $0.spec.volumeMode = "Block" }, false, "other mode"),
      (volume("v") { $0.spec.volumeMode = "Filesystem" }, true, "the default, written down"),
      (volume("v") { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) }, false, "being deleted"),
      (volume("v") { $0.spec.nodeAffinity = self.affinity("2") }, false, "elsewhere"),
      (volume("v") { $0.spec.volumeAttributesClassName = "gold" }, false, "other attributes"),
      (volume("v") { $0.spec.claimRef = self.reference("other") }, false, "reserved for another"),
      (
        volume("v") {
          $0.spec.claimRef = self.reference("c")
          $0.status.phase = "Pending"
          $0.spec.accessModes = []
        }, true, "reserved: neither phase nor access modes matter"
      ),
    ]
    for (volume, fits, why) in rows {
      #expect(refusal(world(waiting + [volume]), using("p", "c")) == (fits ? [] : [noVolume]), "\(why)")
    }
    let choosy = claim("c") { $0.spec.selector = selector(["tier": "gold"]) }
    #expect(refusal(world([choosy, storageClass(), volume("v")]), using("p", "c")) == [noVolume])
    #expect(
      refusal(world([choosy, storageClass(), volume("v") { $0.metadata.labels["tier"] = "gold" }]), using("p", "c"))
        == [])
  }

  private func reference(_ claim: String) -> ObjectReference {
    var reference = ObjectReference()
    (reference.namespace, reference.name) = ("shop", claim)
    return reference
  }

  @Test func aReservedVolumeElsewhereDecidesAlone() {
    let reserved = volume("v1") {
      $0.spec.claimRef = self.reference("c")
      $0.spec.nodeAffinity = self.affinity("2")
    }
    let snapshot = world([claim("c"), storageClass(), reserved, volume("v2")])
    #expect(refusal(snapshot, using("p", "c")) == [noVolume])
    #expect(refusal(snapshot, using("p", "c"), on: "b") == [])
  }

  @Test func eachVolumeIsTakenOnceAndTheSmallestThatWillDo() {
    let small = claim("small") { $0.spec.resources.requests = amounts(["storage": "1Gi"]) }
    let large = claim("large") { $0.spec.resources.requests = amounts(["storage": "8Gi"]) }
    let (two, ten) = (volume("two") { $0.spec.capacity = amounts(["storage": "2Gi"]) }, volume("ten"))
    #expect(refusal(world([small, large, storageClass(), two, ten]), using("p", "large", "small")) == [])
    #expect(refusal(world([small, large, storageClass(), ten]), using("p", "large", "small")) == [noVolume])
  }

  @Test func whatIsNotThereMayBeMade() {
    let made = storageClass(provisioner: "disk.example.com")
    #expect(refusal(world([claim("c"), made]), using("p", "c")) == [])
    let onlyInZone2 = storageClass(provisioner: "disk.example.com") {
      var requirement = TopologySelectorLabelRequirement()
      (requirement.key, requirement.values) = ("zone", ["2"])
      var term = TopologySelectorTerm()
      term.matchLabelExpressions = [requirement]
      $0.allowedTopologies = [term]
    }
    #expect(world([claim("c"), onlyInZone2]).explain(using("p", "c")).fitting.map(\.name) == ["b"])
    #expect(refusal(world([claim("c"), onlyInZone2]), using("p", "c")) == [noVolume])
    // A class that is gone leaves the claim unbound for good.
    #expect(refusal(world([claim("c")]), using("p", "c")) == ["pod has unbound immediate PersistentVolumeClaims"])
  }

  @Test func aClaimWhoseNodeIsChosenGoesNowhereElse() {
    let chosen = claim("c") { $0.metadata.annotations["volume.kubernetes.io/selected-node"] = "b" }
    let report = world([chosen, storageClass(provisioner: "disk.example.com")]).explain(using("p", "c"))
    #expect(report.fitting.map(\.name) == ["b"])
    #expect(report.nodes[0].reasons.map(\.text) == [noVolume])
    #expect(report.nodes[0].reasons[0].evidence.description == "claim c: is to be made on node b")
  }

  @Test func aDriverThatCountsMustHaveRoom() {
    var driver = CSIDriver()
    driver.metadata.name = "disk.example.com"
    driver.spec.storageCapacity = true
    func capacity(_ zone: String, _ size: String, largest: String? = nil) -> CSIStorageCapacity {
      var capacity = CSIStorageCapacity()
      capacity.storageClassName = "slow"
      capacity.nodeTopology = selector(["zone": zone])
      capacity.capacity = Quantity(size)
      capacity.maximumVolumeSize = largest.map { Quantity($0) }
      return capacity
    }
    let made = storageClass(provisioner: "disk.example.com")
    func fitting(_ more: [any KubeObject], _ rules: SchedulerRules = .current) -> [String] {
      world(rules, [claim("c"), made, driver] + more).explain(using("p", "c")).fitting.map(\.name)
    }
    #expect(fitting([]) == [])
    #expect(fitting([capacity("1", "4Gi"), capacity("2", "5Gi")]) == ["b"])
    #expect(fitting([capacity("1", "100Gi", largest: "1Gi")]) == [])
    #expect(fitting([], .kubernetes120) == ["a", "b"], "not looked at in 1.20")
    #expect(
      refusal(world([claim("c"), made, driver]), using("p", "c")) == ["node(s) did not have enough free storage"])
  }

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

  /// What makes no volumes will not make one later either.
  @Test(arguments: [
    (
      "kubernetes.io/no-provisioner",
      "class local makes no volumes and none that is there matches: somebody has to create one"
    ), ("disk.example.com", "disk.example.com has not made its volume yet"),
  ]) func whyAClaimIsNotBound(provisioner: String, says: String) {
    var storageClass = StorageClass()
    (storageClass.metadata.name, storageClass.provisioner) = ("local", provisioner)
    var claim = PersistentVolumeClaim()
    (claim.metadata.namespace, claim.metadata.name, claim.spec.storageClassName) = ("shop", "unmade", "local")
    var mount = Volume()
    mount.name = "data"
    mount.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
    mount.persistentVolumeClaim?.claimName = "unmade"
    var snapshot = cluster([node("a")])
    snapshot.put(storageClass)
    snapshot.put(claim)
    let failure = snapshot.explain(pod("p") { $0.spec.volumes = [mount] }).podFailure
    #expect(failure?.reason.evidence.description.contains(says) == true)
  }
}
