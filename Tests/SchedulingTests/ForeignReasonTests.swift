import ClusterState
import Kube
import Scheduling
import Testing

/// Extenders, further plugins and changed profiles are seen in the scheduler's own words, and nothing passes then.
@Suite struct ForeignReasonTests {
  private func refused(_ message: String, _ cpu: String = "1") -> Pod {
    requesting(["cpu": cpu]) {
      var condition = Condition()
      (condition.type, condition.status, condition.message) = ("PodScheduled", "False", message)
      $0.status.conditions = [condition]
    }
  }

  private func answer(_ pod: Pod) throws -> PlacementAnswer {
    let snapshot = cluster([node("a")])
    let now = Timestamp(seconds: 1)
    return try #require(PlacementQuestion(pod, in: ClusterState(), snapshot, isManifest: false, now: now)).answer
  }

  private static let messages: [(text: String, foreign: [String])] = [
    ("0/3 nodes are available: 3 Insufficient cpu.", []),
    (
      "0/3 nodes are available: 1 node(s) had taint {a: b}, that the pod didn't tolerate, 2 Insufficient example.com/gpu.",
      []
    ),
    ("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found", []),
    ("0/3 nodes are available: persistentvolumeclaim \"x\" not found. preemption: 0/3 nodes are available: 3 x.", []),
    (
      "0/3 nodes are available: 1 cannot allocate all claims. still not schedulable, preemption: 0/3 nodes are available: "
        + "3 Preemption is not helpful for scheduling.", []
    ),
    ("0/3 nodes are available: 2 Insufficient cpu, 1 GPU topology, too far.", ["GPU topology, too far"]),
    (
      "0/3 nodes are available: 3 node(s) didn't match scheduler-enforced node affinity.",
      ["node(s) didn't match scheduler-enforced node affinity"]
    ),
    ("0/3 nodes are available: team-a has no quota left.", ["team-a has no quota left"]),
    ("no nodes available to schedule pods", []), ("", []), ("0/", []), ("0/3 nodes are available: ", []),
    ("0/3 nodes are available: , , 3.", [", 3"]),
  ]

  @Test func wordsOfOtherPluginsAreTold() {
    for (text, foreign) in Self.messages {
      #expect(cluster([node("a")]).explain(refused(text)).foreignReasons == foreign, "\(text)")
    }
  }

  @Test func nothingPassesWhenTheSchedulerKnowsMore() throws {
    let found = try answer(refused("0/1 nodes are available: 1 GPU topology."))
    #expect(found.outcome == .unknown)
    #expect(
      found.headline
        == "not modelled: the scheduler refuses nodes with \"GPU topology\", which no filter of its default profile says: it "
        + "has an extender, another plugin or a changed profile")
    #expect(!found.report.fitsNow && found.suggestions.isEmpty)
    // What does not fit by the known filters does not fit, but nothing is sure to help.
    let large = try answer(refused("0/1 nodes are available: 1 GPU topology.", "9"))
    #expect(large.outcome == .doesNotFit && large.suggestions.isEmpty)
    #expect(large.report.comparison?.hasPrefix("not modelled: ") == true)
  }

  @Test func devicesThatStandForAResourceAreNotModelled() throws {
    let wanting = requesting(["deviceclass.resource.kubernetes.io/gpu": "1"])
    #expect(cluster([node("a")]).explain(wanting).outcome == .unknown)
    #expect(cluster(SchedulerRules(minor: 30), [node("a")]).explain(wanting).outcome == .doesNotFit)
  }

  /// A class of devices may stand for an extended resource; nodes that have pieces of their own give those out.
  @Test func whatAClassOfDevicesStandsForIsNotModelled() {
    var gpus = DeviceClass()
    gpus.metadata.name = "gpus"
    gpus.spec.extendedResourceName = "example.com/gpu"
    let plain = node("a")
    let owner = node("b") { $0.status.allocatable["example.com/gpu"] = Quantity("1") }
    let wanting = requesting(["cpu": "1", "example.com/gpu": "2"])
    func verdicts(_ rules: SchedulerRules, _ pod: Pod, _ classes: [DeviceClass]) -> [Verdict] {
      var snapshot = cluster(rules, [plain, owner])
      for found in classes { snapshot.put(found) }
      let report = snapshot.explain(pod)
      return report.nodes.sorted { $0.name < $1.name }.map { report.verdict(of: .nodeResourcesFit, on: $0) }
    }
    func texts(_ verdict: Verdict) -> [String] {
      if case .fail(let reasons) = verdict { reasons.map(\.text) } else { [] }
    }
    let found = verdicts(.current, wanting, [gpus])
    #expect(found[0] == .unknown("not modelled: example.com/gpu is given out by DynamicResources"))
    #expect(texts(found[1]) == ["Insufficient example.com/gpu"])
    // Without such a class, and for a scheduler that knows none, it is an ordinary shortage.
    #expect(
      verdicts(.current, wanting, [DeviceClass()]).map(texts).allSatisfy { $0 == ["Insufficient example.com/gpu"] })
    #expect(
      verdicts(SchedulerRules(minor: 30), wanting, [gpus]).map(texts).allSatisfy {
        $0 == ["Insufficient example.com/gpu"]
      })
    // What else is short refuses all the same.
    let greedy = requesting(["cpu": "9", "example.com/gpu": "1"])
    #expect(texts(verdicts(.current, greedy, [gpus])[0]) == ["Insufficient cpu"])
  }
}
