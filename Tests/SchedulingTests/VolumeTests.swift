import ClusterState
import Kube
import Scheduling
import Testing

/// What keeps a pod from every node because of its volumes, and volumes that are bound.
@Suite struct VolumeTests: VolumeObjects {
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

  /// The scheduler compares a volume's affinity with labels only: fields are as if they were met, in 1.20 and today.
  @Test(arguments: [SchedulerRules.kubernetes120, .current]) func aVolumesAffinityKnowsNoFields(_ rules: SchedulerRules)
  {
    func fitting(_ affinity: Affinity) -> [String] {
      let reached = volume("v") {
        $0.spec.nodeAffinity = VolumeNodeAffinity()
        $0.spec.nodeAffinity?.required = affinity.nodeAffinity?.required
      }
      return world(rules, [bound("c", to: "v"), reached]).explain(using("p", "c")).fitting.map(\.name)
    }
    let name = requirement("metadata.name", "In", "a")
    #expect(fitting(nodeAffinity([], fields: [[name]])) == ["a", "b"])
    #expect(fitting(nodeAffinity([[requirement("zone", "In", "2")]], fields: [[name]])) == ["b"])
    #expect(fitting(nodeAffinity([[], []], fields: [[requirement("metadata.name", "In", "a", "b")], []])) == [])
  }

  /// Letter by letter, for the region as for the zone.
  @Test(arguments: [
    "topology.kubernetes.io/zone", "topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
  ]) func zonesAndRegions(_ label: String) {
    var snapshot = cluster([
      node("a") { $0.metadata.labels[label] = "1" }, node("b") { $0.metadata.labels[label] = "2" },
    ])
    snapshot.put(bound("c", to: "v"))
    snapshot.put(volume("v") { $0.metadata.labels[label] = "2" })
    #expect(refusal(snapshot, using("p", "c")) == ["node(s) had no available volume zone"])
    #expect(snapshot.explain(using("p", "c")).fitting.map(\.name) == ["b"])
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
