import ClusterState
import Kube
import Scheduling
import Testing

/// What no API server would have let pass, and what may not be read: nothing crashes, nothing takes for ever, and nothing
/// passes that nobody can tell. (Selectors and thousands of pod terms are in NeighbourTests, manifests in WhyCommandTests.)
@Suite struct BadInputTests {
  private static let oddities = [
    "lots", "", "1e", "-", "1Gi2", "--1", "9999999999999999999999999999Ei", "\u{1B}[31m", "1 ",
  ]

  @Test func quantitiesThatAreNone() {
    for text in Self.oddities where Quantity(text).nanos == nil {
      let asking = cluster([node("a")]).explain(requesting(["cpu": text]))
      #expect(asking.fitting.isEmpty && asking.message == nil, "\(text)")
      let offering = cluster([node("a") { $0.status.allocatable["memory"] = Quantity(text) }])
      #expect(offering.explain(requesting(["cpu": "1"])).fitting.isEmpty, "\(text)")
      let used = cluster([node("a")], [requesting(["memory": text], name: "x", on: "a")])
      #expect(used.explain(requesting(["cpu": "1"])).fitting.isEmpty, "\(text)")
      #expect(used.suggestions(for: requesting(["cpu": "1"])).allSatisfy { $0.places.isEmpty }, "\(text)")
      var overhead = requesting(["cpu": "1"])
      overhead.spec.overhead = amounts(["cpu": text])
      #expect(cluster([node("a")]).explain(overhead).fitting.isEmpty, "\(text)")
    }
  }

  @Test func amountsThatOverflow() {
    let huge = requesting(["cpu": "9223372036854775807", "memory": "9223372036854775807"])
    let pods = (0..<50).map { requesting(["memory": "9223372036854775807"], name: "x\($0)", on: "a") }
    let report = cluster([node("a")], pods).explain(huge)
    #expect(report.outcome == .doesNotFit)
    _ = cluster([node("a")], pods).suggestions(for: huge)
    let negative = requesting(["cpu": "-5"])
    _ = cluster([node("a")]).explain(negative)
  }

  @Test func nodesWithoutAllocatable() {
    let empty = node("a") { $0.status.allocatable = [:] }
    #expect(refusal(cluster([empty]), pod("p")) == ["Too many pods"])
    #expect(refusal(cluster([empty]), requesting(["cpu": "1"])).contains("Insufficient cpu"))
    let noCapacity = node("a") { $0.status.allocatable = amounts(["pods": "10"]) }
    #expect(refusal(cluster([noCapacity]), requesting(["cpu": "1"])) == ["Insufficient cpu"])
    // Nothing can be lowered to nothing.
    #expect(cluster([noCapacity]).suggestions(for: requesting(["cpu": "1"])).allSatisfy { $0.places.isEmpty })
  }

  /// What a node does not name it does not have; what it names and nobody can read, it may have.
  @Test func amountsOfANodeThatNobodyCanReadAreUnknownAndRefuseNobody() {
    let cases: [(resource: String, says: String)] = [
      ("cpu", "an amount that the node offers is no quantity (cpu: lots)"),
      ("memory", "an amount that the node offers is no quantity (memory: lots)"),
      ("pods", "an amount that the node offers is no quantity (pods: lots)"),
      ("nvidia.com/gpu", "an amount that the node offers is no quantity (nvidia.com/gpu: lots)"),
    ]
    let asking = requesting(["cpu": "1", "memory": "1Gi", "nvidia.com/gpu": "1"])
    for rules in [SchedulerRules.current, .kubernetes120] {
      for (resource, says) in cases {
        let odd = node("a") {
          $0.status.allocatable["nvidia.com/gpu"] = Quantity("4")
          $0.status.allocatable[resource] = Quantity("lots")
        }
        let report = cluster(rules, [odd]).explain(asking)
        #expect(report.outcome == .unknown && report.message == nil, "\(resource)")
        #expect(report.nodes[0].findings.map(\.verdict) == [.unknown(says)])
        #expect(cluster(rules, [odd]).suggestions(for: asking).allSatisfy { $0.places.isEmpty })
        // What can be read refuses all the same.
        let small = node("a") {
          $0.status.allocatable = odd.status.allocatable
          $0.status.allocatable["ephemeral-storage"] = Quantity("1Ki")
        }
        var more = asking
        more.spec.containers[0].resources.requests["ephemeral-storage"] = Quantity("1Gi")
        #expect(refusal(cluster(rules, [small]), more) == ["Insufficient ephemeral-storage"], "\(resource)")
      }
    }
  }

  @Test func thousandsOfNodeTermsEndInTime() {
    let terms = (0..<10_000).map { [requirement("disk", "In", "x\($0)")] }
    let greedy = pod("p") { $0.spec.affinity = nodeAffinity(terms) }
    let snapshot = cluster((0..<20).map { node("n\($0)") })
    #expect(snapshot.explain(greedy).fitting.isEmpty)
    #expect(snapshot.suggestions(for: greedy).count > 0)
    let strange = pod("p") { $0.spec.affinity = nodeAffinity([[requirement("disk", "Near", "x")]]) }
    #expect(snapshot.explain(strange).fitting.isEmpty)
    let number = pod("p") { $0.spec.affinity = nodeAffinity([[requirement("disk", "Gt", "many")]]) }
    #expect(snapshot.explain(number).fitting.isEmpty)
  }

  @Test func thousandsOfTolerationsTaintsAndConstraints() {
    let many = pod("p") { pod in
      pod.spec.tolerations = (0..<10_000).map { toleration("k\($0)", "Exists") }
      pod.spec.topologySpreadConstraints = (0..<1000).map { spread("zone-\($0)", selector(["app": "web"])) }
    }
    let tainted = node("a") { $0.spec.taints = (0..<500).map { taint("k\(10_000 - $0)") } }
    #expect(cluster([tainted]).explain(many).fitting.isEmpty)
    _ = cluster([tainted]).suggestions(for: many)
  }

  /// Each kind that may not be read keeps every filter that reads it from passing; the others go on.
  @Test func withoutRightsNothingPassesThatReadsThem() throws {
    func answer(_ forbidden: any KubeObject.Type, _ pod: Pod) throws -> PlacementAnswer {
      let state = ClusterState()
      for type in PlacementQuestion.reads {
        let store = ObjectStore(resource: type.resource, coverage: .cluster)
        store.freshness = type == forbidden ? .forbidden("no") : .live
        state.add(store)
      }
      state.store(of: Node.self)?.put(node("a"))
      var claim = PersistentVolumeClaim()
      (claim.metadata.namespace, claim.metadata.name, claim.metadata.uid) = ("shop", "data", "c")
      claim.metadata.annotations = ["pv.kubernetes.io/bind-completed": "yes"]
      (claim.spec.volumeName, claim.status.phase) = ("v", "Bound")
      state.store(of: PersistentVolumeClaim.self)?.put(claim)
      var volume = PersistentVolume()
      (volume.metadata.name, volume.metadata.uid) = ("v", "v")
      state.store(of: PersistentVolume.self)?.put(volume)
      let snapshot = ClusterSnapshot(state, rules: .current)
      return try #require(
        PlacementQuestion(pod, in: state, snapshot, isManifest: false, now: Timestamp(seconds: 1))
      ).answer
    }
    var volume = Volume()
    volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
    volume.persistentVolumeClaim?.claimName = "data"
    let using = pod("p") { $0.spec.volumes = [volume] }
    let choosy = pod("p") {
      $0.spec.affinity = neighbours(away: [term(LabelSelector()) { $0.namespaceSelector = LabelSelector() }])
    }
    // Everything can be read: it fits.
    #expect(try answer(Event.self, using).outcome == .fits)
    #expect(try answer(Event.self, choosy).outcome == .fits)
    for type in [Node.self, Pod.self, PersistentVolumeClaim.self, PersistentVolume.self] as [any KubeObject.Type] {
      let found = try answer(type, using)
      #expect(found.outcome == .unknown && found.report.message == nil, "\(type)")
      #expect(found.headline.contains("may not be read: no"), "\(type): \(found.headline)")
    }
    #expect(try answer(Namespace.self, choosy).outcome == .unknown)
    #expect(
      try answer(Pod.self, requesting(["cpu": "5"])).remarks
        == ["pods may not be read: no: nodes may have more in use than is counted here"])
    #expect(try answer(Event.self, requesting(["cpu": "5"])).remarks == [])
    // What only decides about victims, or explains, does not keep a pod from passing.
    for type in [PodDisruptionBudget.self, LimitRange.self, Lease.self, Event.self] as [any KubeObject.Type] {
      #expect(try answer(type, using).outcome == .fits, "\(type)")
    }
  }
}
