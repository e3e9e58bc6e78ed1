import ClusterState
import Kube
import Scheduling
import Testing

/// Where pods would go when their node goes, and how many more of a template would fit.
@Suite struct RelocationTests {
  @Test func oneAfterAnotherEachCountingForTheNext() {
    let pods = (1...3).map { requesting(["cpu": "2"], name: "p\($0)", on: "a") }
    let snapshot = cluster([node("a"), node("b"), node("c") { $0.spec.unschedulable = true }], pods)
    let relocations = snapshot.relocations(of: pods, leaving: "a")
    #expect(relocations.map(\.node) == ["b", "b", nil])
    #expect(relocations[2].report.nodes.map(\.name) == ["a", "b", "c"])
    #expect(
      relocations[2].report.histogram.map(\.reason) == ["node(s) were unschedulable", "Insufficient cpu"])
    #expect(snapshot.relocations(of: pods, leaving: "a", isRemoved: true)[2].report.nodes.map(\.name) == ["b", "c"])
  }

  @Test func theRoomiestNodeIsTaken() {
    let old = requesting(["cpu": "3"], name: "old", on: "b")
    let pod = requesting(["cpu": "1"], name: "p", on: "a")
    #expect(
      cluster([node("a"), node("b"), node("c")], [old, pod]).relocations(of: [pod], leaving: "a").map(\.node) == ["c"])
  }

  private var template: Pod {
    var template = PodTemplateSpec()
    template.spec = requesting(["cpu": "1"]).spec
    template.metadata.labels = ["app": "web"]
    return ClusterSnapshot.pod(of: template, namespace: "shop", name: "web")
  }

  @Test func howManyMoreWouldFit() {
    let snapshot = cluster(
      [node("a"), node("b"), node("c") { $0.spec.taints = [taint("k")] }],
      [requesting(["cpu": "3"], name: "x", on: "b")])
    let placement = snapshot.placement(of: template)
    #expect(placement.count == 5 && !placement.isAtLeast)
    #expect(placement.places.map { "\($0.node) \($0.count)" } == ["a 4", "b 1"])
    #expect(placement.report.situation == .hypothetical)
    let limited = snapshot.placement(of: template, limit: 3)
    #expect(limited.count == 3 && limited.isAtLeast)
  }

  @Test func replicasThatKeepApartCountForEachOther() {
    var template = template
    template.spec.affinity = neighbours(away: [term(selector(["app": "web"]))])
    let placement = cluster([node("a"), node("b")]).placement(of: template)
    #expect(placement.places.map { "\($0.node) \($0.count)" } == ["a 1", "b 1"])
    #expect(!placement.isAtLeast)
  }
}
