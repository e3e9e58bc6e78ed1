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

  /// Binding that took too long is no refusal: neither "fits" nor "the cluster has changed" would be true.
  @Test func aSchedulerThatFailedIsQuoted() throws {
    var pod = refused(#"running PreBind plugin "VolumeBinding": binding volumes: timed out waiting for the condition"#)
    pod.status.conditions[0].reason = "SchedulerError"
    let found = try answer(pod)
    #expect(found.outcome == .unknown && !found.report.fitsNow)
    #expect(found.headline.contains("timed out waiting for the condition"), "\(found.headline)")
    #expect(found.report.comparison?.contains("changed") == false)
    pod.status.conditions[0].reason = "Unschedulable"
    #expect(try answer(pod).outcome == .fits)
  }

  @Test func whatPassesHereMayBeRefusedByAnotherScheduler() throws {
    var pod = refused("")
    #expect(try answer(pod).report.passWords == "takes the pod")
    pod.spec.schedulerName = "volcano"
    let report = try answer(pod).report
    #expect(report.isAssumed && report.passWords == "passes the default scheduler's filters")
  }
}

/// Constraints may tell the pods of one revision of a Deployment from those of others.
struct TemplateHashTests {
  private static func answer(hash: String?) throws -> PlacementAnswer {
    let state = ClusterState()
    let store = ObjectStore(resource: ReplicaSet.resource, coverage: .cluster)
    store.freshness = .live
    state.add(store)
    var web = Deployment()
    (web.metadata.namespace, web.metadata.name, web.metadata.uid) = ("shop", "web", "uid-web")
    web.metadata.annotations["deployment.kubernetes.io/revision"] = "2"
    web.spec.template = PodTemplateSpec()
    web.spec.template.metadata.labels = ["app": "web"]
    var spread = TopologySpreadConstraint()
    (spread.topologyKey, spread.maxSkew, spread.whenUnsatisfiable) = ("zone", 1, "DoNotSchedule")
    var selector = LabelSelector()
    selector.matchLabels = ["app": "web"]
    spread.labelSelector = selector
    spread.matchLabelKeys = ["pod-template-hash"]
    web.spec.template.spec = requesting(["cpu": "1"]) { $0.spec.topologySpreadConstraints = [spread] }.spec
    if let hash {
      var set = ReplicaSet()
      (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "web-\(hash)", "uid-set")
      set.metadata.annotations["deployment.kubernetes.io/revision"] = "2"
      set.metadata.labels["pod-template-hash"] = hash
      var owner = OwnerReference()
      (owner.kind, owner.name, owner.uid, owner.controller) = ("Deployment", "web", "uid-web", true)
      set.metadata.ownerReferences = [owner]
      store.put(set)
    }
    // The first zone is full, and has two pods of the old revision, the second none.
    let nodes = [
      node("a") { $0.metadata.labels["zone"] = "one" }, node("b") { $0.metadata.labels["zone"] = "two" },
    ]
    let old = ["x", "y"].map { name in
      requesting(["cpu": "1"], name: name, on: "a") {
        $0.metadata.namespace = "shop"
        $0.metadata.labels = ["app": "web", "pod-template-hash": "old"]
      }
    }
    return try #require(
      PlacementQuestion(web, in: state, cluster(nodes, old), isManifest: false, now: Timestamp(seconds: 1))
    ).answer
  }

  @Test(arguments: [("new-one", ["a", "b"]), (nil, ["a", "b"]), ("old", ["b"])] as [(String?, [String])])
  func podsOfOtherRevisionsDoNotCount(hash: String?, fitting: [String]) throws {
    #expect(try Self.answer(hash: hash).report.fitting.map(\.name) == fitting)
  }
}
