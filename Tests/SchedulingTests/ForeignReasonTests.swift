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
}
