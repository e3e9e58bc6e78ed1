import ClusterState
import Kube
import Scheduling
import Testing

/// One replica fewer of what keeps a pod that has no other node: only where it is sure that this pod goes.
@Suite struct ScalingDownTests {
  private let node1 = node("n1") { $0.status.allocatable["cpu"] = Quantity("2") }

  /// Pods of one owner, Ready, all of them on the only node.
  private func replicas(_ count: Int, kind: String = "ReplicaSet", cpu: String = "900m") -> [Pod] {
    (0..<count).map { index in
      requesting(["cpu": cpu], name: "fill-\(index)", on: "n1") {
        own(&$0, by: "fill", uid: "uid-fill")
        $0.metadata.ownerReferences[0].kind = kind
        var ready = Condition()
        (ready.type, ready.status) = ("Ready", "True")
        $0.status.conditions = [ready]
      }
    }
  }

  private func metadata(_ name: String, uid: String) -> ObjectMeta {
    var metadata = ObjectMeta()
    (metadata.namespace, metadata.name, metadata.uid) = ("shop", name, uid)
    return metadata
  }

  private func set(_ count: Int) -> ReplicaSet {
    var set = ReplicaSet()
    set.metadata = metadata("fill", uid: "uid-fill")
    set.spec.replicas = count
    (set.status.replicas, set.status.availableReplicas) = (count, count)
    return set
  }

  private func deployment(_ count: Int) -> Deployment {
    var deployment = Deployment()
    deployment.metadata = metadata("app", uid: "uid-app")
    deployment.spec.replicas = count
    (deployment.status.replicas, deployment.status.updatedReplicas) = (count, count)
    deployment.status.availableReplicas = count
    return deployment
  }

  private func stateful(_ count: Int) -> StatefulSet {
    var set = StatefulSet()
    set.metadata = metadata("fill", uid: "uid-fill")
    set.spec.replicas = count
    (set.status.replicas, set.status.readyReplicas) = (count, count)
    return set
  }

  private func owned(_ set: ReplicaSet) -> ReplicaSet {
    var set = set
    var owner = OwnerReference()
    (owner.kind, owner.name, owner.uid, owner.controller) = ("Deployment", "app", "uid-app", true)
    set.metadata.ownerReferences = [owner]
    return set
  }

  private static let kinds: [any KubeObject.Type] = [
    Deployment.self, ReplicaSet.self, StatefulSet.self, HorizontalPodAutoscaler.self,
  ]

  private func suggestions(
    _ pods: [Pod], _ others: [any KubeObject], rules: SchedulerRules = .current, nodes: [Node]? = nil,
    kinds: [any KubeObject.Type] = kinds, _ waiting: Pod = requesting(["cpu": "1500m"])
  ) -> [Suggestion] {
    cluster(rules, nodes ?? [node1], pods)
      .suggestions(for: waiting, limit: 40, knowing: known(pods, others, of: kinds))
  }

  private func scalings(
    _ pods: [Pod], _ others: [any KubeObject], rules: SchedulerRules = .current, nodes: [Node]? = nil,
    kinds: [any KubeObject.Type] = kinds, _ waiting: Pod = requesting(["cpu": "1500m"])
  ) -> [String] {
    suggestions(pods, others, rules: rules, nodes: nodes, kinds: kinds, waiting).map(\.text)
      .filter { $0.contains("scale ") }
  }

  @Test func theOnlyPodOfADeployment() throws {
    let last = try #require(suggestions(replicas(1), [deployment(1), owned(set(1))]).last)
    #expect(last.text == "scale deployment shop/app from 1 to 0, so that pod fill-0 leaves node n1")
    #expect(last.kubectl == ["kubectl -n shop scale deployment/app --current-replicas=1 --replicas=0"])
    #expect(last.remarks.first == "nothing of deployment shop/app runs any more until it is scaled up again")
    #expect(last.places == ["n1"] && last.isVerified)
  }

  /// The pod is marked as the first to go, and below what others are marked with.
  @Test(arguments: [(nil, -1), ("7", -1), ("-5", -6), ("many", -1)] as [(String?, Int)])
  func oneOfSeveral(other: String?, cost: Int) throws {
    var pods = replicas(2, cpu: "1")
    if let other { pods[1].metadata.annotations = ["controller.kubernetes.io/pod-deletion-cost": other] }
    let last = try #require(suggestions(pods, [set(2)], requesting(["cpu": "1"])).last)
    #expect(last.text == "scale replicaset shop/fill from 2 to 1, so that pod fill-0 leaves node n1")
    #expect(
      last.kubectl == [
        "kubectl -n shop annotate pod fill-0 --overwrite controller.kubernetes.io/pod-deletion-cost=\(cost)",
        "kubectl -n shop scale replicaset/fill --current-replicas=2 --replicas=1",
      ])
    #expect(
      last.remarks.contains(
        "replicaset shop/fill has one replica fewer until it is scaled up again: 1 in the place of 2"))
  }

  @Test func theLastPodOfAStatefulSet() throws {
    let pods = replicas(2, kind: "StatefulSet", cpu: "1")
    let last = try #require(suggestions(pods, [stateful(2)], requesting(["cpu": "1"])).last)
    #expect(last.text == "scale statefulset shop/fill from 2 to 1, so that pod fill-1 leaves node n1")
    #expect(last.kubectl == ["kubectl -n shop scale statefulset/fill --current-replicas=2 --replicas=1"])
    var deleting = stateful(2)
    deleting.spec.persistentVolumeClaimRetentionPolicy = StatefulSetPersistentVolumeClaimRetentionPolicy()
    deleting.spec.persistentVolumeClaimRetentionPolicy?.whenScaled = "Delete"
    #expect(scalings(pods, [deleting], requesting(["cpu": "1"])) == [], "its data would go too")
  }

  /// A room for which only the first pod of a StatefulSet stands in the way.
  @Test func anotherPodOfAStatefulSetWouldGo() {
    var pods = replicas(2, kind: "StatefulSet", cpu: "1500m")
    pods[1].spec.nodeName = "n2"
    let other = node("n2") { $0.status.allocatable["cpu"] = Quantity("1500m") }
    let choosy = requesting(["cpu": "1500m"]) { $0.spec.nodeSelector = ["kubernetes.io/hostname": "n1"] }
    #expect(!scalings(pods, [stateful(2)], nodes: [node1, other], choosy).contains { $0.contains("n1") })
  }

  /// Who goes, and whether it stays so, cannot be told.
  @Test func whatIsNotSureIsNotOffered() {
    let one = requesting(["cpu": "1"])
    let pods = replicas(2, cpu: "1")
    #expect(scalings(pods, [set(2)], one).count == 1)
    #expect(scalings(pods, [set(2)], rules: .kubernetes120, one) == [], "1.20 knows no costs")
    var unready = pods
    unready[1].status.conditions = []
    #expect(scalings(unready, [set(2)], one) == [], "it goes first")
    #expect(scalings(pods, [set(3)], one) == [], "one is missing")
    var rolling = deployment(2)
    rolling.status.updatedReplicas = 1
    #expect(scalings(pods, [rolling, owned(set(2))], one) == [], "it is being rolled out")
    #expect(scalings(pods, [deployment(2), owned(set(2))], one).count == 1)
    var governed = deployment(2)
    var owner = OwnerReference()
    (owner.kind, owner.name, owner.uid, owner.controller) = ("App", "app", "uid", true)
    governed.metadata.ownerReferences = [owner]
    #expect(scalings(pods, [governed, owned(set(2))], one) == [], "something above it sets the number")
    #expect(scalings(pods, [owned(set(2))], one) == [], "its Deployment is gone")
    var autoscaler = HorizontalPodAutoscaler()
    autoscaler.metadata = metadata("app", uid: "uid-hpa")
    autoscaler.spec.scaleTargetRef.kind = "Deployment"
    autoscaler.spec.scaleTargetRef.name = "app"
    #expect(scalings(pods, [deployment(2), owned(set(2)), autoscaler], one) == [], "an autoscaler sets the number")
    #expect(scalings(pods, [set(2)], kinds: [ReplicaSet.self], one) == [], "there may be an autoscaler")
  }

  /// A pod that can be moved is moved.
  @Test func whereAMoveIsEnoughNothingIsScaled() {
    let small = node("n2") { $0.status.allocatable["cpu"] = Quantity("1") }
    let found = suggestions(replicas(1), [deployment(1), owned(set(1))], nodes: [node1, small]).map(\.text)
    #expect(found.contains("move shop/fill-0 away from node n1") && !found.contains { $0.contains("scale ") })
  }

  /// Together with what else keeps the pod away.
  @Test func withOtherChanges() {
    let tainted = node("n1") {
      $0.status.allocatable["cpu"] = Quantity("2")
      $0.spec.taints = [taint("dedicated", "gpu")]
    }
    #expect(
      scalings(replicas(1), [deployment(1), owned(set(1))], nodes: [tainted]).contains(
        "tolerate taint dedicated=gpu:NoSchedule, and scale deployment shop/app from 1 to 0, so that pod fill-0 leaves "
          + "node n1"))
  }

  @Test func whoHoldsAHostPort() {
    func using(_ pod: inout Pod) {
      var port = ContainerPort()
      (port.containerPort, port.hostPort) = (80, 8080)
      pod.spec.containers[0].ports = [port]
    }
    var pods = replicas(1)
    using(&pods[0])
    let waiting = pod("new") { using(&$0) }
    #expect(
      scalings(pods, [set(1)], waiting) == [
        "scale replicaset shop/fill from 1 to 0, so that pod fill-0 leaves node n1"
      ])
  }
}
