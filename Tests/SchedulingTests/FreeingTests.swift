import ClusterState
import Kube
import Scheduling
import Testing

/// Pods that leave a node for the one that waits: only where what is made in their place has another node.
@Suite struct FreeingTests {
  private func small(_ name: String, _ cpu: String) -> Node {
    node(name) { $0.status.allocatable["cpu"] = Quantity(cpu) }
  }

  private func replica(_ name: String, _ cpu: String, on node: String, _ change: (inout Pod) -> Void = { _ in }) -> Pod
  {
    requesting(["cpu": cpu], name: name, on: node) {
      own(&$0, by: name, uid: "uid-set-\(name)")
      change(&$0)
    }
  }

  private func bare(_ name: String, _ cpu: String, on node: String, priority: Int = 0) -> Pod {
    requesting(["cpu": cpu], name: name, on: node) { $0.spec.priority = priority }
  }

  /// What is suggested about pods that are there.
  private func frees(_ nodes: [Node], _ pods: [Pod], _ waiting: Pod) -> [Suggestion] {
    cluster(nodes, pods).suggestions(for: waiting, limit: 40, knowing: known(pods)).filter {
      $0.changes.contains { if case .free = $0 { true } else { false } }
    }
  }

  /// The pod that would be made in its place comes back, or has nowhere else to go.
  @Test func whoHasNoOtherNodeIsNotMoved() {
    let nodes = [small("n1", "2"), small("n2", "1")]
    #expect(
      frees([nodes[0], small("n2", "500m")], [replica("fill", "900m", on: "n1")], requesting(["cpu": "1500m"])) == [])
    let pinned = ["n1", "n2", "n3"].map { name in
      replica("on-\(name)", "1500m", on: name) { $0.spec.nodeSelector = ["kubernetes.io/hostname": name] }
    }
    #expect(frees(["n1", "n2", "n3"].map { small($0, "2") }, pinned, requesting(["cpu": "800m"])) == [])
    let filler = replica("filler", "600m", on: "n2") { $0.spec.nodeSelector = ["kubernetes.io/hostname": "n2"] }
    var daemon = requesting(["cpu": "500m"])
    daemon.spec.affinity = nodeAffinity([], fields: [[requirement("metadata.name", "In", "n2")]])
    #expect(frees(nodes, [filler], daemon) == [])
    // Nobody can say where a pod goes that cannot be looked at.
    let snapshot = cluster([small("n1", "2"), small("n2", "1")], [replica("fill", "900m", on: "n1")])
    #expect(!snapshot.suggestions(for: requesting(["cpu": "1500m"])).contains { $0.text.hasPrefix("move") })
  }

  /// As long as the node takes pods, the one that is made again may come right back.
  @Test func itsNodeIsCordonedUntilItHasAnother() throws {
    let found = frees(
      [small("n1", "2"), small("n2", "1")], [replica("fill", "900m", on: "n1")], requesting(["cpu": "1500m"]))
    let first = try #require(found.first)
    #expect(first.text == "move shop/fill away from node n1" && first.places == ["n1"])
    #expect(
      first.kubectl == [
        "kubectl cordon n1", "kubectl -n shop delete pod fill",
        "kubectl -n shop wait --for=condition=PodScheduled --timeout=60s pod -l app=fill", "kubectl uncordon n1",
      ])
    #expect(
      first.remarks == [
        "the pod is made again, and node n2 would take it: node n1 takes no pods until then, so that it does not come "
          + "right back", "kubectl delete asks no disruption budget",
      ])
  }

  /// When the new pod is not there yet, `kubectl wait` ends at once: where what makes it tells that it lacks one, that is
  /// waited for. What lacks pods anyway may never tell otherwise.
  @Test(
    arguments: [
      ("deployment", 1, "RollingUpdate", "rollout status deployment/fill --timeout=120s"),
      ("deployment", 0, "RollingUpdate", "wait --for=condition=PodScheduled --timeout=60s pod -l app=fill"),
      ("statefulset", 1, "RollingUpdate", "rollout status statefulset/fill --timeout=120s"),
      ("statefulset", 1, "OnDelete", "wait --for=condition=PodScheduled --timeout=60s pod -l app=fill"),
    ])
  func whatIsWaitedForIsThereBeforeThePod(kind: String, available: Int, strategy: String, command: String) {
    var deployment = Deployment()
    (deployment.metadata.namespace, deployment.metadata.name, deployment.metadata.uid) = ("shop", "fill", "uid-d")
    deployment.status.replicas = 1
    (deployment.status.updatedReplicas, deployment.status.availableReplicas) = (1, available)
    var set = ReplicaSet()
    (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "fill-7f", "uid-set")
    var owner = OwnerReference()
    (owner.kind, owner.name, owner.uid, owner.controller) = ("Deployment", "fill", "uid-d", true)
    set.metadata.ownerReferences = [owner]
    var stateful = StatefulSet()
    (stateful.metadata.namespace, stateful.metadata.name, stateful.metadata.uid) = ("shop", "fill", "uid-set")
    stateful.status.replicas = 1
    (stateful.status.readyReplicas, stateful.spec.updateStrategy.type) = (available, strategy)
    let fill = replica("fill", "900m", on: "n1") {
      own(&$0, by: kind == "deployment" ? "fill-7f" : "fill", uid: "uid-set")
      $0.metadata.ownerReferences[0].kind = kind == "deployment" ? "ReplicaSet" : "StatefulSet"
    }
    let makers: [any KubeObject] = kind == "deployment" ? [deployment, set] : [stateful]
    let state = known([fill], makers, of: [Deployment.self, ReplicaSet.self, StatefulSet.self])
    let found = cluster([small("n1", "2"), small("n2", "1")], [fill]).suggestions(
      for: requesting(["cpu": "1500m"]), limit: 40, knowing: state)
    let move = found.first { $0.text.hasPrefix("move ") }
    #expect(
      move?.kubectl == [
        "kubectl cordon n1", "kubectl -n shop delete pod fill", "kubectl -n shop \(command)", "kubectl uncordon n1",
      ])
  }

  /// A node that is cordoned already is uncordoned when its pods have left.
  @Test func aCordonedNodeStaysSoUntilItsPodsHaveLeft() {
    let cordoned = node("n1") {
      $0.status.allocatable["cpu"] = Quantity("2")
      $0.spec.unschedulable = true
    }
    let found = frees([cordoned, small("n2", "1")], [replica("fill", "900m", on: "n1")], requesting(["cpu": "1500m"]))
    #expect(found.first?.kubectl.first == "kubectl -n shop delete pod fill", "\(found)")
    #expect(found.first?.kubectl.last == "kubectl uncordon n1")
    #expect(found.first?.kubectl.count == 3)
  }

  /// Whoever stays is passed over for the next one, and those that leave count for each other.
  @Test func whoFindsAPlaceLeavesInstead() {
    let pods = [
      replica("pinned", "1", on: "n1") { $0.spec.nodeSelector = ["kubernetes.io/hostname": "n1"] },
      replica("x", "1", on: "n1"),
    ]
    let nodes = [small("n1", "2"), small("n2", "1")]
    let waiting = requesting(["cpu": "800m"]) { $0.spec.nodeSelector = ["kubernetes.io/hostname": "n1"] }
    #expect(frees(nodes, pods, waiting).map(\.text) == ["move shop/x away from node n1"])
    let both = [replica("x", "1", on: "n1"), replica("y", "1", on: "n1")]
    let large = requesting(["cpu": "2"]) { $0.spec.nodeSelector = ["kubernetes.io/hostname": "n1"] }
    #expect(frees(nodes, both, large) == [], "there is room for one of them")
    #expect(
      frees(nodes + [small("n3", "1")], both, large).map(\.text) == ["move shop/x, shop/y away from node n1"])
  }

  /// Whoever tolerates cordoned nodes comes back whatever is done.
  @Test func whoToleratesEverythingComesBack() {
    let fill = replica("fill", "900m", on: "n1") { $0.spec.tolerations = [toleration("", "Exists")] }
    #expect(frees([small("n1", "2"), small("n2", "1")], [fill], requesting(["cpu": "1500m"])) == [])
  }

  /// The least important pods leave, wherever they are; nobody is deleted for whom the scheduler makes room by itself.
  @Test func theLeastImportantLeaveUnlessTheSchedulerSeesToIt() {
    let pods = [
      bare("a1", "1", on: "n1", priority: 10), bare("a2", "1", on: "n1", priority: 500),
      bare("b1", "1", on: "n2", priority: 10), bare("b2", "1", on: "n2", priority: 10),
    ]
    let nodes = [small("n1", "2"), small("n2", "2")]
    func waiting(_ policy: String?) -> Pod {
      requesting(["cpu": "2"]) {
        $0.spec.priority = 1000
        $0.spec.preemptionPolicy = policy
      }
    }
    #expect(frees(nodes, pods, waiting(nil)) == [])
    #expect(frees(nodes, pods, waiting("Never")).map(\.text) == ["delete shop/b1, shop/b2 on node n2"])
  }

  /// A pod that nobody makes again is gone for ever: it is offered after everything else.
  @Test func whoIsGoneForEverComesLast() {
    let snapshot = cluster([small("n1", "2")], [bare("old", "1500m", on: "n1")])
    let found = snapshot.suggestions(for: requesting(["cpu": "1"]))
    #expect(
      found.map(\.text) == [
        "lower the request of cpu from 1 to 500m", "add a node with at least cpu 1", "delete shop/old on node n1",
      ])
    #expect(found.last?.kubectl == ["kubectl -n shop delete pod old"])
    #expect(found.last?.remarks == ["pod shop/old has no controller: deleted, it is gone for ever"])
    #expect(found.last?.isVerified == true)
  }

  /// A pod that is ending already makes room without being deleted once more.
  @Test func whoIsEndingIsNotDeletedAgain() {
    let ending = requesting(["cpu": "1500m"], name: "old", on: "n1") {
      $0.metadata.deletionTimestamp = Timestamp(seconds: 1)
    }
    #expect(frees([small("n1", "2")], [ending], requesting(["cpu": "1"])) == [])
  }
}
