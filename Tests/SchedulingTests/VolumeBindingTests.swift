import ClusterState
import Kube
import Scheduling
import Testing

/// Claims that wait for a node: which volumes will do, and which may be made.
@Suite struct VolumeBindingTests: VolumeObjects {
  /// No node reaches both volumes: nothing that is done to nodes helps.
  @Test func claimsOnDifferentNodes() throws {
    func local(_ name: String, _ node: String) -> PersistentVolume {
      volume(name) {
        $0.spec.nodeAffinity = VolumeNodeAffinity()
        $0.spec.nodeAffinity?.required =
          nodeAffinity([[requirement("kubernetes.io/hostname", "In", node)]])
          .nodeAffinity?.required
      }
    }
    func remarks(_ second: String) throws -> [String] {
      let pod = using("p", "c", "d")
      let snapshot = world([bound("c", to: "v"), bound("d", to: "w"), local("v", "a"), local("w", second)])
      let question = PlacementQuestion(
        pod, in: ClusterState(), snapshot, isManifest: false, now: Timestamp(seconds: 1_800_000_000))
      return try #require(question).answer.remarks.filter { $0.hasPrefix("claim c") }
    }
    #expect(
      try remarks("b") == [
        "claim c has its volume on a and claim d on b: no node reaches both, so that no change of nodes helps; one of "
          + "the two has to be another claim"
      ])
    #expect(try remarks("a") == [])
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

  /// In 1.20 too, and whatever its phase is.
  @Test(arguments: [SchedulerRules.kubernetes120, .current]) func aReservedVolumeIsTakenInAnyPhase(
    _ rules: SchedulerRules
  ) {
    let reserved = volume("v") {
      $0.spec.nodeAffinity = self.affinity("2")
      $0.spec.claimRef = self.reference("c")
      $0.status.phase = "Failed"
    }
    let objects: [any KubeObject] = [claim("c"), storageClass(), reserved, volume("w")]
    #expect(world(rules, objects).explain(using("p", "c")).fitting.map(\.name) == ["b"])
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
    // Of several terms one is enough.
    let inEither = storageClass(provisioner: "disk.example.com") {
      $0.allowedTopologies = ["1", "2"].map { zone in
        var requirement = TopologySelectorLabelRequirement()
        (requirement.key, requirement.values) = ("zone", [zone])
        var term = TopologySelectorTerm()
        term.matchLabelExpressions = [requirement]
        return term
      }
    }
    #expect(world([claim("c"), inEither]).explain(using("p", "c")).fitting.map(\.name) == ["a", "b"])
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

  /// The node that was chosen may be one that takes no pods any more.
  @Test func theChosenNodeCanBeForgotten() {
    let chosen = claim("c") { $0.metadata.annotations["volume.kubernetes.io/selected-node"] = "a" }
    var snapshot = world([chosen, storageClass(provisioner: "disk.example.com")])
    snapshot.cordon("a")
    let found = snapshot.suggestions(for: using("p", "c"))
    let forget = found.first { $0.text == "forget the node that was chosen for claim c" }
    #expect(forget?.places == ["b"])
    #expect(forget?.isVerified == true)
    #expect(forget?.kubectl == ["kubectl -n shop annotate pvc c volume.kubernetes.io/selected-node-"])
    // Where no volume could be made anyway it does not help.
    var local = world([chosen, storageClass()])
    local.cordon("a")
    #expect(!local.suggestions(for: using("p", "c")).contains { $0.text.hasPrefix("forget") })
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
}
