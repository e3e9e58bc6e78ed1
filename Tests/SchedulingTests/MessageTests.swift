import Kube
import Scheduling
import Testing

/// The scheduler's message as a whole, letter by letter.
@Suite struct MessageTests {
  private func tainted(_ name: String) -> Node {
    node(name) {
      var taint = Taint()
      taint.key = "dedicated"
      taint.value = "gpu"
      taint.effect = "NoSchedule"
      $0.spec.taints = [taint]
    }
  }

  private func large(_ cpu: String = "2") -> Pod {
    pod("large") { $0.spec.containers[0].resources.requests = amounts(["cpu": cpu]) }
  }

  @Test func theOldMessageIsSortedAsText() {
    let nodes = (1...11).map { tainted("t\($0)") } + [node("cordoned") { $0.spec.unschedulable = true }]
    #expect(
      cluster(.kubernetes120, nodes).explain(large()).message
        == "0/12 nodes are available: 1 node(s) were unschedulable, 11 node(s) had taint {dedicated: gpu}, that the pod didn't tolerate."
    )
  }

  @Test func todaysMessageNamesNoTaintAndEndsWithPreemption() {
    let full = pod("full", on: "b") { $0.spec.containers[0].resources.requests = amounts(["cpu": "3"]) }
    let report = cluster(.current, [tainted("a"), node("b")], [full]).explain(large())
    #expect(
      report.message
        == "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s). no new claims to deallocate, "
        + "preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, "
        + "1 Preemption is not helpful for scheduling.")
  }

  @Test func noNodesAtAll() {
    #expect(cluster(.kubernetes120, []).explain(large()).message == "no nodes available to schedule pods")
  }

  @Test func aNodeThatFitsMeansNoMessage() {
    let report = cluster(.current, [tainted("a"), node("b")]).explain(large())
    #expect(report.message == nil)
    #expect(report.fitting.map(\.name) == ["b"])
  }
}
