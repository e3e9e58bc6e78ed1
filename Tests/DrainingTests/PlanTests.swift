import ClusterState
import Draining
import Kube
import Testing

/// What a plan says about a drain as a whole: verdicts, budgets and replacements together.
@Suite struct PlanTests {
  private let nodes: [any KubeObject] = [planNode("n1"), planNode("n2")]

  @Test func podsMoveOneAfterAnother() {
    let pods = (1...5).map { planPod("web-\($0)") }
    let plan = plan(nodes + pods + webDeployment(replicas: 5))
    #expect(plan.pods.map(\.name.name) == ["web-1", "web-2", "web-3", "web-4", "web-5"])
    #expect(plan.pods.prefix(4).allSatisfy { $0.replacement == .fits(node: "n2") })
    guard case .findsNoRoom(let reason) = plan.pods[4].replacement else {
      Issue.record("\(String(describing: plan.pods[4].replacement))")
      return
    }
    // No scheduler has looked at a pod that does not exist yet.
    #expect(reason.hasPrefix("0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable."))
    #expect(plan.outcome == .canProceed && plan.obstacles.isEmpty)
    #expect(plan.pods[0].owner?.kind == "Deployment")
  }

  @Test func allNodesOfThePlanAreOutOfService() {
    let pods = [planPod("a", on: "n1"), planPod("b", on: "n2")]
    let plan = plan(nodes + [planNode("n3")] + pods + webDeployment(replicas: 2), nodes: ["n2", "n1"])
    #expect(plan.nodes.map(\.name) == ["n2", "n1"])
    #expect(plan.pods.map { "\($0.node) \($0.name.name)" } == ["n2 b", "n1 a"])
    #expect(plan.pods.allSatisfy { $0.replacement == .fits(node: "n3") })
    #expect(plan.minimumSeconds == 60)
  }

  @Test func theBudgetCountsTheWholeDrain() {
    let pods = (1...3).map { planPod("web-\($0)") }
    let plan = plan(nodes + pods + webDeployment(replicas: 3) + [budget(needs: 2, has: 3, of: 3)])
    #expect(plan.pods.map { $0.blockedBy.map(\.state) } == [[.allowed], [.waits], [.waits]])
    #expect(plan.budgets.map(\.state) == [.waits])
    #expect(plan.outcome == .canProceed)
  }

  /// Nothing that the drain does makes the room that the second one waits for.
  @Test func whoWaitsForRoomThatNoNodeHasBlocks() {
    let full = planNode("n2") { $0.status.allocatable["cpu"] = Quantity("500m") }
    let pods = [planPod("web-1"), planPod("web-2")]
    let plan = plan([nodes[0], full] + pods + webDeployment(replicas: 2) + [budget(needs: 1, has: 2, of: 2)])
    #expect(plan.pods.map { $0.blockedBy.map(\.state) } == [[.allowed], [.waits]])
    #expect(plan.outcome == .blocked && plan.obstacles == ["shop/web-2 waits for room that no node has now"])
  }

  /// A drain brings no pod back that was sick before it, wherever that is.
  @Test func whoWaitsForSickPodsElsewhereBlocks() {
    let sick = planPod("web-9", on: "n2") { $0.status.conditions = [] }
    let objects: [any KubeObject] = nodes + [planPod("web-1"), planPod("web-2"), sick] + webDeployment(replicas: 3)
    let plan = plan(objects + [budget(needs: 2, has: 2, of: 3)])
    #expect(plan.pods.map { $0.blockedBy.map(\.state) } == [[.waits], [.waits]])
    #expect(plan.pods[0].waitsFor.map(\.name) == ["web-9"])
    #expect(
      plan.obstacles == [
        "budget shop/web has no room now (needs 2, has 2): web-1, web-2 wait for web-9 to be Ready"
      ])
    #expect(plan.outcome == .blocked)
  }

  /// What a pod waits for is not always a time: the reason then stands behind a colon.
  @Test func aSickPodThatWaitsForOthersThatAreNotThereSaysSo() {
    let sick = planPod("web-1") { $0.status.conditions = [] }
    let plan = plan(
      nodes + [sick, planPod("web-2", on: "n2")] + webDeployment(replicas: 3) + [budget(needs: 2, has: 1, of: 3)])
    #expect(
      plan.obstacles == [
        "budget shop/web has no room now (needs 2, has 1): web-1 waits: the pod is not Ready; it may go when 2 others "
          + "are"
      ])
  }

  /// A sick pod that goes makes room when its replacement is Ready, also for those that come before it by name.
  @Test func whoWaitsForASickPodThatGoesDoesNot() {
    for name in ["web-0", "web-9"] {
      let sick = planPod(name) { $0.status.conditions = [] }
      let plan = plan(
        nodes + [planPod("web-1"), sick] + webDeployment(replicas: 2) + [budget(needs: 2, has: 2, of: 3)])
      #expect(plan.pods.first { $0.name.name == "web-1" }?.blockedBy.map(\.state) == [.waits])
      #expect(plan.outcome == .canProceed, "\(plan.obstacles)")
    }
  }

  @Test func whoseEndNobodyConfirmsCannotBeTold() {
    let sick = [planNode("n1", isReady: false), planNode("n2")]
    let silent = plan(sick + [planPod()] + webDeployment())
    #expect(silent.outcome == .unknown)
    #expect(
      silent.decisiveGaps == [
        "whether the pods of n1 end, whose kubelet does not answer: the drain waits for it; "
          + "--skip-wait-for-delete-timeout=SECONDS leaves such pods alone"
      ])
    #expect(silent.pods[0].warnings.contains(.isNotConfirmed))
    let late = planPod { $0.metadata.deletionTimestamp = Timestamp(seconds: 1_800_000_000 - 2100) }
    let stuck = plan(nodes + [late] + webDeployment())
    #expect(
      stuck.outcome == .unknown && stuck.decisiveGaps.first?.contains("(1 pod should have ended long ago)") == true)
    #expect(stuck.pods[0].warnings[0].text.hasPrefix("is being deleted already, and should have ended 35 min ago: "))
    let justTold = planPod { $0.metadata.deletionTimestamp = Timestamp(seconds: 1_800_000_000 + 20) }
    #expect(plan(nodes + [justTold] + webDeployment()).outcome == .canProceed)
    // Such pods are not waited for, what gets no time is removed by the server, and so is what has ended.
    #expect(plan(sick + [late] + webDeployment()) { $0.skipWaitForDeleteTimeout = 60 }.outcome == .canProceed)
    #expect(plan(sick + [planPod()] + webDeployment()) { $0.gracePeriod = 0 }.outcome == .canProceed)
    #expect(plan(sick + [planPod { $0.status.phase = "Succeeded" }] + webDeployment()).outcome == .canProceed)
  }

  @Test func aTemplateThatNamesTheNodeBringsThePodBack() {
    var objects = webDeployment()
    guard var set = objects[1] as? ReplicaSet else { return }
    set.spec.template.spec.nodeName = "n1"
    objects[1] = set
    let pod = plan(nodes + [planPod()] + objects).pods[0]
    #expect(pod.replacement == .comesBack(node: "n1") && pod.warnings.contains(.comesBack))
    set.spec.template.spec.nodeName = "n3"
    objects[1] = set
    #expect(plan(nodes + [planNode("n3"), planPod()] + objects).pods[0].replacement == .fits(node: "n3"))
  }

  @Test func aBudgetWithoutAnyRoomBlocks() {
    let plan = plan(nodes + [planPod()] + webDeployment() + [budget(needs: 1, has: 1, of: 1)])
    #expect(plan.outcome == .blocked)
    #expect(plan.obstacles == ["budgets never allow the eviction of shop/web-1"])
  }

  @Test func deletingGoesPastBudgetsAndSaysSo() {
    let plan = plan(nodes + [planPod()] + webDeployment() + [budget(needs: 1, has: 1, of: 1)]) {
      $0.disableEviction = true
    }
    #expect(plan.outcome == .canProceed)
    #expect(plan.pods[0].verdict.action == .delete && plan.pods[0].blockedBy.isEmpty)
    #expect(plan.pods[0].warnings.contains(.bypasses(budget: "web")))
  }

  @Test func whatKubectlRefusesBlocks() {
    let pod = planPod { $0.spec.volumes = [volume("cache") { $0.emptyDir = EmptyDirVolumeSource() }] }
    let plan = plan(nodes + [pod] + webDeployment()) { $0.deleteEmptyDirData = false }
    #expect(plan.outcome == .blocked)
    #expect(plan.obstacles == ["kubectl refuses to drain n1 without --delete-emptydir-data"])
    // What would happen with the flag is said all the same.
    #expect(plan.pods[0].loses.map(\.text) == ["emptyDir cache"])
    #expect(plan.pods[0].replacement == .fits(node: "n2"))
  }

  @Test func podsOfDaemonSetsStay() {
    var set = DaemonSet()
    (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "logs", "uid-ds")
    let pod = planPod { $0.metadata.ownerReferences = [owner("DaemonSet", "logs", "uid-ds")] }
    let plan = plan(nodes + [pod, set])
    #expect(plan.pods[0].verdict.action == .skip && plan.pods[0].replacement == nil)
    #expect(plan.pods[0].owner?.name == "logs")
    #expect(plan.pods[0].warnings.isEmpty && plan.minimumSeconds == 0)
  }

  @Test func aPodWhoseDaemonSetIsGoneIsRefused() {
    let pod = planPod { $0.metadata.ownerReferences = [owner("DaemonSet", "logs", "uid-ds")] }
    let plan = plan(nodes + [pod])
    #expect(plan.pods[0].verdict.action == .refuse)
    #expect(plan.pods[0].replacement == Replacement.none("its DaemonSet is not there"))
  }

  @Test func nothingReplacesSomePods() {
    let bare = planPod("bare") { $0.metadata.ownerReferences = [] }
    let orphan = planPod("orphan") { $0.metadata.ownerReferences = [owner("ReplicaSet", "old", "uid-old")] }
    let done = planPod("done") { $0.status.phase = "Succeeded" }
    let going = planPod("going") { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) }
    let plan = plan(nodes + [bare, orphan, done, going] + webDeployment()) { $0.force = true }
    let reasons = Dictionary(uniqueKeysWithValues: plan.pods.map { ($0.name.name, $0.replacement) })
    #expect(reasons["bare"] == Replacement.none("it has no controller"))
    #expect(reasons["orphan"] == Replacement.none("replicaset/old does not exist any more"))
    #expect(reasons["done"] == Replacement.none("it has ended"))
    #expect(reasons["going"] == Replacement.none("it is being deleted already"))
    let warnings = Dictionary(uniqueKeysWithValues: plan.pods.map { ($0.name.name, $0.warnings) })
    #expect(warnings["bare"]?.contains(.isGoneForEver("it has no controller")) == true)
    #expect(warnings["orphan"]?.contains(.isGoneForEver("replicaset/old does not exist any more")) == true)
    #expect(warnings["done"] == [.losesLogs])
    #expect(warnings["going"]?.first?.text.hasPrefix("is being deleted already, and should have ended ") == true)
  }

  @Test func aControllerThatWasNotReadIsNotGone() {
    let orphan = planPod { $0.metadata.ownerReferences = [owner("ReplicaSet", "old", "uid-old")] }
    let plan = plan(nodes + [orphan], state: { $0.store(of: ReplicaSet.self)?.freshness = .forbidden("no") })
    #expect(plan.pods[0].replacement == .fits(node: "n2"))
    #expect(plan.gaps == ["replicasets may not be read: no"] && plan.outcome == .canProceed)
  }

  @Test func lostPodsTakeFromTheBudgetForGood() {
    let pods = (1...3).map { number in planPod("web-\(number)") { $0.metadata.ownerReferences = [] } }
    let plan = plan(nodes + pods + [budget(needs: 2, has: 3, of: 3)]) { $0.force = true }
    #expect(plan.pods.map { $0.blockedBy[0].state } == [.allowed, .never, .never])
  }

  @Test func whatDecidesAndCannotBeReadIsUnknown() {
    let objects = nodes + [planPod()] + webDeployment()
    let budgets = plan(objects, state: { $0.store(of: PodDisruptionBudget.self)?.freshness = .forbidden("no") })
    #expect(budgets.outcome == .unknown)
    #expect(budgets.pods[0].budgetGap == "poddisruptionbudgets may not be read: no")
    let pods = plan(objects, state: { $0.store(of: Pod.self)?.freshness = .failed("reset") })
    #expect(pods.outcome == .unknown && pods.decisiveGaps == ["pods cannot be read: reset"])
    // Nothing is evicted: budgets do not matter.
    #expect(plan(nodes, state: { $0.store(of: PodDisruptionBudget.self)?.freshness = .unread }).outcome == .canProceed)
    let captured = plan(
      objects, state: { $0.store(of: PodDisruptionBudget.self)?.freshness = .notCaptured("not in the dump") })
    #expect(captured.decisiveGaps == ["poddisruptionbudgets are not known: not in the dump"])
    let absent = plan(objects, state: { $0.store(of: PodDisruptionBudget.self)?.freshness = .notServed })
    #expect(absent.outcome == .canProceed)
  }

  @Test func aDaemonSetThatCannotBeReadIsUnknownAndNoRefusal() {
    let pod = planPod { $0.metadata.ownerReferences = [owner("DaemonSet", "logs", "uid-ds")] }
    let plan = plan(nodes + [pod], state: { $0.store(of: DaemonSet.self)?.freshness = .forbidden("no") })
    #expect(plan.outcome == .unknown && plan.obstacles.isEmpty)
  }

  @Test func missingPermissionsBlock() {
    var plan = plan(nodes + [planPod()] + webDeployment())
    #expect(
      plan.calls.map(\.text) == [
        "get nodes", "patch nodes", "list pods", "get pods in shop", "create pods/eviction in shop",
      ])
    plan.access = plan.calls.map { call in
      var call = call
      call.answer = call.subresource == nil ? .allowed : .denied
      return call
    }
    #expect(plan.outcome == .blocked && plan.obstacles == ["you may not create pods/eviction in shop"])
    plan.access = plan.calls
    #expect(plan.outcome == .canProceed)
  }

  @Test func whatIsCalledFollowsThePods() {
    var set = DaemonSet()
    (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "logs", "uid-ds")
    let daemon = planPod { $0.metadata.ownerReferences = [owner("DaemonSet", "logs", "uid-ds")] }
    let cordoned = planNode("n1") { $0.spec.unschedulable = true }
    #expect(plan([cordoned, daemon, set]).calls.map(\.text) == ["get nodes", "list pods", "get daemonsets in shop"])
    let deleted = plan([cordoned, planPod()] + webDeployment()) { $0.disableEviction = true }
    #expect(deleted.calls.map(\.text) == ["get nodes", "list pods", "get pods in shop", "delete pods in shop"])
  }

  @Test func theGracePeriodIsTheOneThatCounts() {
    let pods = [
      planPod("a") { $0.spec.terminationGracePeriodSeconds = 90 }, planPod("b"),
      planPod("done") {
        $0.spec.terminationGracePeriodSeconds = 500
        $0.status.phase = "Failed"
      },
    ]
    let objects = nodes + pods + webDeployment(replicas: 2)
    #expect(plan(objects).minimumSeconds == 90)
    let short = plan(objects) { $0.gracePeriod = 5 }
    #expect(short.minimumSeconds == 5)
    #expect(short.nodes[0].warnings == [.gracePeriodIsShort(given: 5, asked: 90)])
    #expect(
      plan(objects) { $0.timeout = .seconds(60) }.nodes[0].warnings == [.timeoutIsShort(timeout: 60, gracePeriod: 90)])
  }

  @Test func onlyPodsOfTheSelectorAreLookedAt() throws {
    let other = planPod("other") { $0.metadata.labels = ["app": "api"] }
    let selector = try LabelQuery(parsing: "app=api")
    #expect(
      plan(nodes + [planPod(), other] + webDeployment()) { $0.podSelector = selector }.pods.map(\.name.name) == [
        "other"
      ])
  }

  @Test func aPodOfAnotherSchedulerCannotBeTold() {
    let pod = planPod { $0.spec.schedulerName = "other" }
    guard case .unknown(let reason) = plan(nodes + [pod] + webDeployment()).pods[0].replacement else {
      Issue.record("told")
      return
    }
    #expect(reason.contains("waits for scheduler \"other\""))
  }

  /// That the scheduler has not looked at a pod which is not there yet is no reason.
  @Test func whyAReplacementCannotBeToldIsSaid() {
    let objects: [any KubeObject] = [planNode("n1"), planNode("n2") { $0.spec.unschedulable = true }]
    func reason(_ type: any KubeObject.Type, _ pod: Pod, _ objects: [any KubeObject]) -> String {
      let plan = plan(objects + [pod] + webDeployment()) {
        $0.force = true
      } state: {
        $0.store(of: type)?.freshness = .forbidden("no")
      }
      return plan.pods[0].replacement?.reason ?? ""
    }
    let claimed = planPod {
      $0.spec.volumes = [
        volume("data") {
          $0.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
          $0.persistentVolumeClaim?.claimName = "data"
        }
      ]
    }
    for type in DrainPlanner.reads {
      for pod in [planPod(), claimed] {
        let reason = reason(type, pod, objects)
        #expect(!reason.contains("has not looked at the pod"), "\(type): \(reason)")
        #expect(!reason.contains("0 of 2 nodes would take it"), "\(type): \(reason)")
      }
    }
    let told = reason(PersistentVolumeClaim.self, claimed, objects)
    #expect(told.contains("unschedulable"), "\(told)")
  }

  /// Files may hold anything; nothing of it may end podmedic.
  @Test(arguments: [Int.min, -1, 0, Int(Int32.max), Int.max])
  func numbersOfAnySizeAreHarmless(number: Int) {
    let pods = ["n1", "n2"].map { node in
      planPod("web-\(node)", on: node) { $0.spec.terminationGracePeriodSeconds = number }
    }
    let budget = budget(needs: 0, has: 0, of: 0) {
      ($0.status.desiredHealthy, $0.status.currentHealthy, $0.status.expectedPods) = (-1, number, number)
      $0.status.disruptionsAllowed = number
    }
    let plan = plan(
      nodes + pods + webDeployment(replicas: number) { $0.spec.strategy.type = "Recreate" } + [budget],
      nodes: ["n1", "n2"])
    #expect(plan.pods.count == 2 && plan.minimumSeconds >= 0)
  }
}
