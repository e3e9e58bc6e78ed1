import ClusterState
import Kube
import Scheduling
import Testing

/// A DaemonSet has one pod for each node that it is meant for: those that wait are told one by one, and the nodes that
/// they wait for are not free.
@Suite struct DaemonSetTests {
  private let state = ClusterState()
  private let pods = ObjectStore(resource: Pod.resource, coverage: .cluster)

  init() {
    pods.freshness = .live
    state.add(pods)
  }

  private func set(_ cpu: String = "1", _ change: (inout DaemonSet) -> Void = { _ in }) -> DaemonSet {
    var set = DaemonSet()
    (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "agent", "ds")
    set.spec.template.spec = requesting(["cpu": cpu]).spec
    change(&set)
    return set
  }

  /// A pod as the controller makes it: for one node, by its affinity.
  private func own(_ name: String, for node: String, isThere: Bool, cpu: String = "1") -> Pod {
    requesting(["cpu": cpu], name: name, on: isThere ? node : "") {
      var owner = OwnerReference()
      (owner.kind, owner.name, owner.uid, owner.controller) = ("DaemonSet", "agent", "ds", true)
      $0.metadata.ownerReferences = [owner]
      $0.spec.affinity = nodeAffinity([], fields: [[requirement("metadata.name", "In", node)]])
    }
  }

  private func answer(_ set: DaemonSet, _ nodes: [Node], _ own: [Pod], others: [Pod] = [], isManifest: Bool = false)
    throws -> PlacementAnswer
  {
    for pod in own { pods.put(pod) }
    return try #require(
      PlacementQuestion(
        set, in: state, cluster(nodes, own + others), isManifest: isManifest, now: Timestamp(seconds: 1_800_000_000))
    ).answer
  }

  @Test func aPodThatWaitsIsExplainedAndItsNodeIsNotFree() throws {
    let full = requesting(["cpu": "3500m"], name: "db", on: "b")
    let waiting = own("agent-b", for: "b", isThere: false)
    let found = try answer(
      set(), [node("a"), node("b"), node("c")], [own("agent-a", for: "a", isThere: true), waiting], others: [full])
    #expect(found.outcome == .doesNotFit)
    #expect(found.placement?.places.map(\.node) == ["c"])
    #expect(
      found.headline
        == "has its pod on 1 of 3 nodes that it is meant for; pod shop/agent-b waits for node b: Insufficient cpu: "
        + "requested 1, free 500m, used 3500m of 4; c would take one more")
    let daemon = try #require(found.daemon)
    #expect(daemon.running == ["a"] && daemon.free == ["c"] && daemon.waiting.map(\.node) == ["b"])
    // What would place it there, and nothing about nodes that it is not for.
    #expect(found.suggestions.first?.text == "lower the request of cpu from 1 to 500m")
    #expect(found.suggestions.allSatisfy { $0.places == ["b"] })
    #expect(!found.suggestions.contains { $0.text.contains("node affinity") || $0.text.contains("add a node") })
  }

  /// The node that has a pod of it says nothing against the pod, as the pod itself would.
  @Test func aPodThatIsThereIsNotInItsOwnWay() throws {
    let large = own("agent-a", for: "a", isThere: true, cpu: "3")
    let found = try answer(set("3"), [node("a")], [large])
    #expect(found.outcome == .fits && found.headline == "has its pod on 1 of 1 node that it is meant for")
    #expect(found.suggestions.isEmpty && found.placement?.count == 0)
  }

  @Test func whoIsLeftOutIsSaidAndIsNoTrouble() throws {
    let tainted = node("t") { $0.spec.taints = [taint("dedicated")] }
    let found = try answer(set(), [node("a"), tainted], [own("agent-a", for: "a", isThere: true)])
    #expect(found.outcome == .fits)
    #expect(found.headline.hasSuffix("; left out by its node selector, affinity or tolerations: t"))
    let nowhere = try answer(
      set { $0.spec.template.spec.nodeSelector = ["disk": "ssd"] }, [node("a")], [], isManifest: true)
    #expect(nowhere.outcome == .doesNotFit)
    #expect(nowhere.headline.hasPrefix("would run on no node; left out"))
  }

  @Test func aManifestSaysWhereItWouldRunAndWhereNot() throws {
    let small = node("small") { $0.status.allocatable["cpu"] = Quantity("500m") }
    let found = try answer(set(), [node("a"), small], [], isManifest: true)
    #expect(found.outcome == .doesNotFit)
    #expect(
      found.headline
        == "would run on 1 of 2 nodes that it is meant for: a; node small would refuse its pod: Insufficient cpu: "
        + "requested 1, free 500m, used 0 of 500m: the node is too small")
    #expect(found.suggestions.first?.text == "lower the request of cpu from 1 to 500m")
  }

  @Test func aPodForANodeThatIsGone() throws {
    let found = try answer(set(), [node("a")], [own("agent-b", for: "b", isThere: false)])
    #expect(found.outcome == .doesNotFit)
    #expect(found.headline.contains("pod shop/agent-b waits for node b, which does not exist; a would take one more"))
  }

  @Test func whomTheSchedulerWouldRemoveIsSaidForItsNode() throws {
    var waiting = own("agent-b", for: "b", isThere: false)
    waiting.spec.priority = 100
    let found = try answer(
      set(), [node("a"), node("b")], [waiting], others: [requesting(["cpu": "4"], name: "db", on: "b")])
    #expect(
      found.daemon?.waiting.first?.preemption
        == "the scheduler would remove shop/db (priority 0) from node b for it (priority 100)")
  }

  /// A pod that was made for a node asks for no other: nothing else is proposed for the pod alone either.
  @Test func thePodAlone() {
    let waiting = own("agent-b", for: "b", isThere: false)
    let there = requesting(["cpu": "3500m"], name: "db", on: "b")
    for rules in [SchedulerRules.current, .kubernetes120] {
      let found = cluster(rules, [node("a"), node("b")], [there]).suggestions(for: waiting)
      #expect(found.allSatisfy { $0.places == ["b"] }, "\(found)")
      #expect(!found.isEmpty)
    }
  }
}
