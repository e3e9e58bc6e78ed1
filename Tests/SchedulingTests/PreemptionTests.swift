import ClusterState
import Kube
import Scheduling
import Testing

/// Making room, pods for which room is being made, and what the message says of it.
@Suite struct PreemptionTests {
  private func pod(_ name: String, _ cpu: String, priority: Int, on node: String = "", start: Int64 = 1) -> Pod {
    requesting(["cpu": cpu], name: name, on: node) {
      $0.spec.priority = priority
      $0.status.startTime = Timestamp(seconds: start)
    }
  }

  private func victims(_ snapshot: ClusterSnapshot, _ pod: Pod) -> String {
    guard case .nominates(let node, let victims) = snapshot.explain(pod).preemption else { return "" }
    return "\(node): " + victims.map(\.name.name).sorted().joined(separator: " ")
  }

  @Test func onlyStrictlyLessImportantPodsMakeRoom() {
    let nodes = [node("a")]
    #expect(victims(cluster(nodes, [pod("low", "4", priority: 1, on: "a")]), pod("new", "2", priority: 5)) == "a: low")
    #expect(victims(cluster(nodes, [pod("same", "4", priority: 5, on: "a")]), pod("new", "2", priority: 5)) == "")
  }

  @Test func whoStandsThereIsNoLessImportant() {
    let pods = [
      pod("one", "2", priority: 5, on: "a"), pod("two", "2", priority: 7, on: "a"),
      pod("three", "4", priority: 9, on: "b"),
    ]
    let report = cluster([node("a"), node("b")], pods).explain(pod("new", "2", priority: 5))
    #expect(report.preemptionSentence == nil)
    #expect(
      report.standingSentence
        == "nobody is removed for it: its priority is 5, and all 3 pods on 2 nodes have priority 5 to 9, which is no less"
    )
    let one = cluster([node("b")], [pods[2]]).explain(pod("new", "2", priority: 9))
    #expect(
      one.standingSentence
        == "nobody is removed for it: its priority is 9, and the one pod on 1 node has priority 9, which is no less")
    // Where removing pods could not help, priorities are beside the point.
    #expect(cluster([node("a")]).explain(pod("new", "9", priority: 1)).standingSentence == nil)
    #expect(
      cluster([node("a") { $0.spec.unschedulable = true }], [pods[0]]).explain(pod("new", "1", priority: 1))
        .standingSentence == nil)
  }

  @Test func asFewAsPossibleAndTheLeastImportant() {
    let pods = [
      pod("cheap", "1", priority: 1, on: "a"), pod("dear", "1", priority: 3, on: "a"),
      pod("big", "2", priority: 2, on: "a"),
    ]
    #expect(victims(cluster([node("a")], pods), pod("new", "1", priority: 5)) == "a: cheap")
    #expect(victims(cluster([node("a")], pods), pod("new", "2", priority: 5)) == "a: big")
  }

  @Test func theNodeWhoseVictimsMatterLeast() {
    let pods = [
      pod("a1", "4", priority: 3, on: "a"), pod("b1", "2", priority: 1, on: "b"), pod("b2", "2", priority: 1, on: "b"),
    ]
    #expect(victims(cluster([node("a"), node("b")], pods), pod("new", "4", priority: 5)) == "b: b1 b2")
  }

  /// The scheduler's order: the fewest broken budgets come first, before how much the victims matter.
  @Test func budgetsAreBrokenOnlyWhenNothingElseHelps() {
    func labelled(_ pod: Pod, _ app: String) -> Pod {
      var pod = pod
      pod.metadata.labels = ["app": app]
      return pod
    }
    func budget(_ app: String, allowed: Int) -> PodDisruptionBudget {
      var budget = PodDisruptionBudget()
      (budget.metadata.namespace, budget.metadata.name) = ("shop", app)
      budget.spec.selector = selector(["app": app])
      budget.status.disruptionsAllowed = allowed
      return budget
    }
    let guarded = labelled(pod("guarded", "4", priority: 1, on: "a"), "db")
    let free = labelled(pod("free", "4", priority: 3, on: "b"), "web")
    let new = pod("new", "4", priority: 5)
    var snapshot = cluster([node("a"), node("b")], [guarded, free])
    #expect(victims(snapshot, new) == "a: guarded")
    snapshot.put(budget("db", allowed: 0))
    #expect(victims(snapshot, new) == "b: free")
    var full = snapshot
    full.put(budget("web", allowed: 0))
    let sentence = full.explain(new).preemptionSentence
    #expect(
      sentence
        == "the scheduler would remove shop/guarded (priority 1) from node a for it (priority 5), though that breaks a "
        + "disruption budget for 1 of them")
    // On one node, those that a budget guards are spared first.
    let two = [
      labelled(pod("guarded", "2", priority: 1, on: "a"), "db"),
      labelled(pod("free", "2", priority: 3, on: "a"), "web"),
    ]
    var one = cluster([node("a")], two)
    #expect(victims(one, pod("new", "2", priority: 5)) == "a: guarded")
    one.put(budget("db", allowed: 0))
    #expect(victims(one, pod("new", "2", priority: 5)) == "a: free")
  }

  @Test func aPreemptingPodsMessageHasNoTail() {
    let snapshot = cluster([node("a")], [pod("low", "4", priority: 1, on: "a")])
    #expect(
      snapshot.explain(pod("new", "2", priority: 5)).message == "0/1 nodes are available: 1 Insufficient cpu.")
  }

  @Test func whereNobodyCanBeRemovedTheMessageSaysWhy() {
    let tainted = node("b") { $0.spec.taints = [taint("k")] }
    var huge = pod("new", "2", priority: 5)
    let snapshot = cluster([node("a"), tainted], [pod("same", "4", priority: 5, on: "a")])
    let head = "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint(s)."
    #expect(
      snapshot.explain(huge).message == head
        + " no new claims to deallocate, preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, "
        + "1 Preemption is not helpful for scheduling.")
    #expect(
      cluster(SchedulerRules(minor: 30), [node("a")]).explain(pod("new", "64", priority: 5)).message
        == "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
    )
    huge.spec.preemptionPolicy = "Never"
    #expect(
      snapshot.explain(huge).message == head
        + " no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never.")
    huge.spec.preemptionPolicy = nil
    huge.status.nominatedNodeName = "a"
    var leaving = pod("low", "1", priority: 1, on: "a")
    leaving.metadata.deletionTimestamp = Timestamp(seconds: 1)
    leaving.status.conditions = [preempted()]
    let waiting = cluster([node("a"), tainted], [pod("same", "4", priority: 5, on: "a"), leaving])
    #expect(
      waiting.explain(huge).message == head
        + " no new claims to deallocate, preemption: not eligible due to a terminating pod on the nominated node.")
  }

  private func preempted(_ status: String = "True", _ reason: String = "PreemptionByScheduler") -> Condition {
    var condition = Condition()
    (condition.type, condition.status, condition.reason) = ("DisruptionTarget", status, reason)
    return condition
  }

  /// Which pods on the nominated node keep the scheduler from removing more: those that it has removed itself, as it
  /// says on them since 1.26; before that, all that are being deleted.
  @Test(arguments: [
    (36, true, [("True", "PreemptionByScheduler")], 1, true), (26, true, [("True", "PreemptionByScheduler")], 1, true),
    (36, true, [], 1, false), (36, true, [("True", "EvictionByEvictionAPI")], 1, false),
    (36, true, [("False", "PreemptionByScheduler")], 1, false),
    (36, false, [("True", "PreemptionByScheduler")], 1, false),
    (36, true, [("True", "PreemptionByScheduler")], 5, false), (25, true, [], 1, true), (20, true, [], 1, true),
    (20, false, [], 1, false), (20, true, [], 5, false),
  ])
  func whoHasToEndFirst(
    minor: Int, isLeaving: Bool, conditions: [(status: String, reason: String)], priority: Int, waits: Bool
  ) {
    var new = pod("new", "2", priority: 5)
    new.status.nominatedNodeName = "a"
    var leaving = pod("low", "1", priority: priority, on: "a")
    if isLeaving { leaving.metadata.deletionTimestamp = Timestamp(seconds: 1) }
    leaving.status.conditions = conditions.map { preempted($0.status, $0.reason) }
    let pods = [leaving, pod("same", "3", priority: 5, on: "a"), pod("other", "4", priority: 1, on: "b")]
    let report = cluster(SchedulerRules(minor: minor), [node("a"), node("b")], pods).explain(new)
    let victim = report.preemption
    guard case .waitsForVictims(let node, let victims) = victim else {
      #expect(!waits)
      // The scheduler looks for another node.
      guard case .nominates("b", _) = victim else { return #expect(Bool(false), "\(victim)") }
      return
    }
    #expect(waits && node == "a" && victims.map(\.name.name) == ["low"])
  }

  /// A node that refuses the pod whoever leaves is given up, although pods are still leaving it.
  @Test(arguments: [20, 36])
  func aNominatedNodeThatRefusesAnywayIsGivenUp(minor: Int) {
    var new = pod("new", "2", priority: 5)
    new.status.nominatedNodeName = "a"
    var leaving = pod("low", "4", priority: 1, on: "a")
    leaving.metadata.deletionTimestamp = Timestamp(seconds: 1)
    leaving.status.conditions = [preempted()]
    let nodes = [node("a") { $0.spec.unschedulable = true }, node("b")]
    let snapshot = cluster(SchedulerRules(minor: minor), nodes, [leaving, pod("other", "4", priority: 1, on: "b")])
    #expect(victims(snapshot, new) == "b: other")
  }

  /// The end of the scheduler's message is compared where it can be told what it has to be.
  @Test func theMessagesEndIsCompared() {
    let head = "0/1 nodes are available: 1 Insufficient cpu."
    let none =
      " no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod."
    let never = " no new claims to deallocate, preemption: not eligible due to preemptionPolicy=Never."
    func agrees(_ message: String, minor: Int = 36, _ change: (inout Pod) -> Void = { _ in }) -> Bool? {
      var new = pod("new", "2", priority: 5)
      var condition = Condition()
      (condition.type, condition.status, condition.reason) = ("PodScheduled", "False", "Unschedulable")
      condition.message = message
      new.status.conditions = [condition]
      change(&new)
      return cluster(SchedulerRules(minor: minor), [node("a")], [pod("same", "4", priority: 5, on: "a")]).explain(new)
        .agrees
    }
    #expect(agrees(head + none) == true)
    #expect(agrees(head) == true, "an attempt that removed pods, or that of another version")
    #expect(agrees(head + never) == false)
    #expect(agrees(head + never) { $0.spec.preemptionPolicy = "Never" } == true)
    #expect(agrees(head + none) { $0.spec.preemptionPolicy = "Never" } == false)
    #expect(agrees(head + never, minor: 30) == true, "the words of versions between are not known exactly")
    #expect(agrees(head + none) { $0.spec.priority = 9 } == true, "a message from before pods are removed")
  }

  /// The less important pod is not enough: what is left on the node still refuses.
  @Test func whatStillRefusesAfterwardsIsInTheMessage() {
    let snapshot = cluster(
      [node("a")], [pod("low", "1", priority: 1, on: "a"), pod("same", "3", priority: 5, on: "a")])
    #expect(snapshot.explain(pod("new", "2", priority: 5)).preemption == .noCandidate(["Insufficient cpu": 1]))
  }

  @Test func aVictimWithAntiAffinityMakesRoomByGoing() {
    var hermit = pod("hermit", "1", priority: 1, on: "a")
    hermit.spec.affinity = neighbours(away: [term(LabelSelector())])
    #expect(victims(cluster([node("a")], [hermit]), pod("new", "1", priority: 5)) == "a: hermit")
  }

  /// A pod that has not started counts as started now: it is less important than one that has run for long.
  @Test func whoHasNotStartedGoesFirst() {
    var fresh = pod("fresh", "2", priority: 1, on: "a")
    fresh.status.startTime = nil
    fresh.metadata.creationTimestamp = Timestamp(seconds: 1)
    let old = pod("old", "2", priority: 1, on: "a", start: 1000)
    #expect(victims(cluster([node("a")], [fresh, old]), pod("new", "2", priority: 5)) == "a: fresh")
    // Of nodes that are equal otherwise, the one whose victims have run for less.
    var there = fresh
    there.spec.nodeName = "b"
    let nodes = [
      node("a") { $0.status.allocatable["cpu"] = Quantity("2") },
      node("b") {
        $0.status.allocatable["cpu"] = Quantity("2")
      },
    ]
    #expect(victims(cluster(nodes, [old, there]), pod("new", "2", priority: 5)) == "b: fresh")
  }

  // MARK: Nominated pods

  private func nominated(_ cpu: String, priority: Int, scheduler: String = "default-scheduler") -> Pod {
    var pod = pod("nominated", cpu, priority: priority)
    pod.status.nominatedNodeName = "a"
    pod.spec.schedulerName = scheduler
    return pod
  }

  @Test func roomThatIsBeingMadeIsNotFree() {
    let new = pod("new", "2", priority: 5)
    #expect(refusal(cluster([node("a")], [nominated("3", priority: 5)]), new) == ["Insufficient cpu"])
    #expect(refusal(cluster([node("a")], [nominated("3", priority: 4)]), new) == [], "less important ones do not count")
    #expect(refusal(cluster([node("a")], [nominated("3", priority: 9, scheduler: "other")]), new) == [])
    #expect(refusal(cluster([node("a")], [nominated("3", priority: 5)]), nominated("3", priority: 5)) == [], "itself")
  }

  @Test func whoseRoomItIsIsSaid() {
    let report = cluster([node("a")], [nominated("3", priority: 5)]).explain(pod("new", "2", priority: 5))
    #expect(
      report.blockers(on: report.nodes[0]).map(\.evidence)
        == ["requested 2, free 1, used 3 of 4, with shop/nominated nominated there"])
    // A refusal that has nothing to do with it says nothing of it.
    var cordoned = cluster([node("a")], [nominated("3", priority: 5)])
    cordoned.cordon("a")
    let other = cordoned.explain(pod("new", "1", priority: 5))
    #expect(other.blockers(on: other.nodes[0]).map(\.evidence) == ["spec.unschedulable is true (cordoned)"])
  }

  /// A nominated pod may yet go elsewhere: what fits only because of it does not fit.
  @Test func aNominatedPodIsNoNeighbourToRelyOn() {
    var friend = nominated("1", priority: 5)
    friend.metadata.labels = ["app": "web"]
    var new = pod("new", "1", priority: 5)
    new.spec.affinity = neighbours(near: [term(selector(["app": "web"]))])
    #expect(refusal(cluster([node("a")], [friend]), new) == ["node(s) didn't match pod affinity rules"])
  }

  /// Seen on 1.36: a plugin that had nothing to do for the pod is not asked about nominated pods either.
  @Test func aNominatedPodsAntiAffinityMayBeIgnored() {
    var hermit = nominated("1", priority: 5)
    hermit.spec.affinity = neighbours(away: [term(LabelSelector())])
    #expect(refusal(cluster([node("a")], [hermit]), pod("new", "1", priority: 5)) == [])
  }
}
