import ClusterState
import Kube
import Scheduling
import Testing

/// Pods that wait without a verdict say exactly why; verdicts that are older than the cluster are told apart.
@Suite struct SituationTests {
  /// Pods that are placed all together or not at all are never said to fit.
  @Test func aGroupIsNotModelled() {
    let grouped = pod("p") {
      $0.spec.schedulingGroup = PodSchedulingGroup()
      $0.spec.schedulingGroup?.podGroupName = "workers"
    }
    let referring = pod("q") {
      $0.spec.workloadRef = WorkloadReference()
      $0.spec.workloadRef?.name = "training"
      $0.spec.workloadRef?.podGroup = "workers"
    }
    for (waiting, group) in [(grouped, "pod group workers"), (referring, "pod group workers of workload training")] {
      let report = cluster([node("a")]).explain(waiting)
      #expect(report.outcome == .unknown && report.fitting.isEmpty && report.message == nil)
      #expect(
        report.verdict(of: .gangScheduling, on: report.nodes[0])
          == .unknown("not modelled: the pod is scheduled together with \(group), all of them or none"))
      #expect(cluster([node("a")]).suggestions(for: waiting).isEmpty)
      // What refuses the pod alone refuses it in the group too.
      #expect(cluster([node("a") { $0.spec.unschedulable = true }]).explain(waiting).outcome == .doesNotFit)
    }
  }

  private func refused(_ message: String, _ change: (inout Pod) -> Void = { _ in }) -> Pod {
    requesting(["cpu": "2"]) {
      var condition = Condition()
      (condition.type, condition.status, condition.reason) = ("PodScheduled", "False", "Unschedulable")
      condition.message = message
      $0.status.conditions = [condition]
      change(&$0)
    }
  }

  @Test func whyThereIsNoVerdict() {
    let snapshot = cluster([node("a")])
    func sentence(_ rules: SchedulerRules = .current, _ change: (inout Pod) -> Void) -> String? {
      cluster(rules, [node("a")]).explain(pod("p", change)).situation.sentence
    }
    #expect(snapshot.explain(pod("p")).situation == .unseen)
    #expect(
      sentence {
        var (one, two) = (PodSchedulingGate(), PodSchedulingGate())
        (one.name, two.name) = ("example.com/quota", "example.com/network")
        $0.spec.schedulingGates = [one, two]
      } == "held back by scheduling gates example.com/quota, example.com/network")
    #expect(
      sentence { $0.spec.schedulerName = "batch" }
        == "waits for scheduler \"batch\", which is not the cluster's default scheduler")
    #expect(
      sentence { $0.spec.nodeName = "gone" } == "bound to node gone, which does not exist: no kubelet will start it")
    #expect(sentence { $0.spec.nodeName = "a" } == nil)
    #expect(
      sentence { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) }
        == "is being deleted: the scheduler leaves it alone")
    #expect(sentence { $0.status.phase = "Failed" } == "has ended (Failed)")
    #expect(snapshot.explain(pod("p") { $0.metadata.uid = "" }).situation == .hypothetical)
  }

  @Test func theSchedulersMessageIsCompared() {
    let full = requesting(["cpu": "3"], name: "x", on: "a")
    let snapshot = cluster([node("a")], [full])
    let right = "0/1 nodes are available: 1 Insufficient cpu."
    let end = " preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
    for message in [right, right + end, right + " not found"] {
      let report = snapshot.explain(refused(message))
      #expect(report.agrees == true)
      #expect(!report.fitsNow)
    }
    #expect(snapshot.explain(refused("0/1 nodes are available: 1 Insufficient memory.")).agrees == false)
    #expect(snapshot.explain(refused("0/2 nodes are available: 2 Insufficient cpu.")).agrees == false)
    #expect(snapshot.explain(refused("")).agrees == nil)
  }

  /// Gates are told without a look at the nodes, whether one would fit or not.
  @Test(arguments: [
    ("Scheduling is blocked due to non-empty scheduling gates", "2", true),
    ("Scheduling is blocked due to non-empty scheduling gates", "64", true),
    ("0/1 nodes are available: 1 Insufficient cpu.", "64", false),
  ]) func theSchedulersWordsAboutGates(message: String, cpu: String, agrees: Bool) {
    var gate = PodSchedulingGate()
    gate.name = "example.com/quota"
    let gated = refused(message) {
      $0.spec.schedulingGates = [gate]
      $0.spec.containers[0].resources.requests = amounts(["cpu": cpu])
    }
    let report = cluster([node("a")]).explain(gated)
    #expect(report.agrees == agrees)
    #expect((report.comparison == "the scheduler says the same") == agrees)
  }

  @Test func aPodThatFitsNowWaitsForARetry() {
    let pod = refused("0/1 nodes are available: 1 Insufficient cpu.")
    let report = cluster([node("a")]).explain(pod)
    #expect(report.fitsNow && report.agrees == false)
    #expect(report.retry?.contains("at the latest after 5 minutes") == true)
    #expect(cluster(.kubernetes120, [node("a")]).explain(pod).retry?.contains("annotation") == true)
  }

  @Test func aRunningPodIsToldWhereItCouldGoInstead() {
    let running = requesting(["cpu": "3"], name: "x", on: "a")
    let report = cluster([node("a"), node("b")], [running]).explain(running)
    #expect(report.situation == .placed("a"))
    #expect(report.fitting.map(\.name) == ["a", "b"], "its own place counts as free")
  }

  @Test func theFullViewShowsTheBlockerBehindTheBlocker() {
    let cordoned = node("a") {
      $0.spec.unschedulable = true
      $0.spec.taints = [taint("k")]
    }
    let report = cluster([cordoned]).explain(requesting(["cpu": "64"]))
    #expect(report.nodes[0].findings.map(\.plugin) == [.nodeUnschedulable, .taintToleration, .nodeResourcesFit])
    #expect(report.nodes[0].reasons.map(\.text) == ["node(s) were unschedulable"])
    #expect(report.verdict(of: .nodeAffinity, on: report.nodes[0]) == .skipped)
    #expect(report.verdict(of: .nodeUnschedulable, on: report.nodes[0]) != .pass)
  }

  @Test func podsThatWantTheSameAreComputedOnceWithTheSameResult() {
    let snapshot = cluster([node("a"), node("b") { $0.spec.unschedulable = true }])
    var owner = OwnerReference()
    (owner.kind, owner.name, owner.uid, owner.controller) = ("ReplicaSet", "web", "uid-web", true)
    let pods = (0..<20).map { index in
      requesting(["cpu": index % 3 == 0 ? "8" : "1"], name: "web-\(index)") { $0.metadata.ownerReferences = [owner] }
    }
    let together = snapshot.explain(pods)
    for (pod, report) in zip(pods, together) {
      let alone = snapshot.explain(pod)
      #expect(report.pod.name == pod.metadata.name)
      #expect(report.nodes == alone.nodes)
      #expect(report.message == alone.message)
    }
  }
}
