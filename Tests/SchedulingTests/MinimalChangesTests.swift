import ClusterState
import Kube
import Testing

@testable import Scheduling

/// No suggestion asks for more than is needed.
@Suite struct MinimalChangesTests {
  private func replica(_ name: String, _ requests: KeyValuePairs<String, String>, on node: String, priority: Int = 0)
    -> Pod
  {
    requesting(requests, name: name, on: node) {
      $0.spec.priority = priority
      var owner = OwnerReference()
      (owner.kind, owner.name, owner.uid, owner.controller) = ("ReplicaSet", "web", "uid-web", true)
      $0.metadata.ownerReferences = [owner]
      $0.metadata.labels = ["app": "web"]
    }
  }

  /// Short of memory and of cpu: moving the pod that takes the memory frees enough of the other, too.
  @Test func aStepThatAnotherStepMakesNeedlessIsDropped() {
    let pods = [replica("big", ["cpu": "3", "memory": "7Gi"], on: "a"), requesting(["cpu": "3"], name: "x", on: "b")]
    let roomy = node("b") {
      $0.status.allocatable["cpu"] = Quantity("6")
      $0.spec.taints = [taint("k")]
    }
    var tolerating = pods[0]
    tolerating.spec.tolerations = [toleration("k", "Exists")]
    let texts = cluster([node("a"), roomy], pods).suggestions(
      for: requesting(["cpu": "2", "memory": "6Gi"]), knowing: known([tolerating])
    ).map(\.text)
    #expect(texts.contains("move shop/big away from node a"))
    #expect(!texts.contains { $0.contains(", and move shop/big") }, "\(texts)")
  }

  /// A step that one node needs is not needed when another node takes the pod without it.
  @Test func whatOneNodeNeedsIsNotNeededWhenAnotherTakesThePod() {
    let tainted = node("a") {
      $0.spec.taints = [taint("k")]
      $0.status.allocatable["cpu"] = Quantity("2")
    }
    let texts = cluster([tainted, node("b")]).suggestions(for: requesting(["cpu": "5"])).map(\.text)
    #expect(texts.first == "lower the request of cpu from 5 to 4")
    #expect(!texts.contains { $0.contains("tolerate") || $0.contains("to 2") }, "\(texts)")
  }

  @Test func noMorePodsLeaveThanHaveTo() {
    let pods = [
      replica("small", ["cpu": "1"], on: "a"), replica("one", ["cpu": "1500m"], on: "a", priority: 1),
      replica("two", ["cpu": "1500m"], on: "a", priority: 1),
    ]
    // The scheduler itself would remove the first that it can: it has to be forbidden to.
    let asking = requesting(["cpu": "3"]) {
      $0.spec.priority = 2
      $0.spec.preemptionPolicy = "Never"
    }
    let other = node("b") { $0.status.allocatable["cpu"] = Quantity("2900m") }
    #expect(
      cluster([node("a"), other, node("c") { $0.status.allocatable["cpu"] = Quantity("1500m") }], pods)
        .suggestions(for: asking, knowing: known(pods)).map(\.text)
        .contains("move shop/one, shop/two away from node a"))
  }

  /// Clusters that nobody thought of, with everything that several changes can be about.
  @Test(arguments: 0..<60) func noStepCanBeLeftOut(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(seed + 1))
    func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &random) == 0 }
    let rules = seed % 4 == 0 ? SchedulerRules.kubernetes120 : .current
    let nodes = (0..<5).map { index in
      node("n\(index)") { node in
        node.metadata.labels["zone"] = "\(index % 2)"
        if chance(2) { node.metadata.labels["disk"] = "ssd" }
        if chance(4) { node.spec.unschedulable = true }
        if chance(2) { node.spec.taints = [taint("k\(index % 3)")] }
        if chance(3) { node.status.allocatable["cpu"] = Quantity("\(Int.random(in: 1...3, using: &random))") }
        if chance(3) { node.status.allocatable["pods"] = Quantity("\(Int.random(in: 0...3, using: &random))") }
      }
    }
    let pods = (0..<10).map { index in
      let requests: KeyValuePairs = [
        "cpu": "\(Int.random(in: 2...15, using: &random))00m", "memory": "\(Int.random(in: 1...3, using: &random))Gi",
      ]
      var pod = replica("x\(index)", requests, on: "n\(index % 5)", priority: Int.random(in: 0...2, using: &random))
      pod.metadata.labels = ["app": chance(2) ? "web" : "db"]
      if chance(4) { pod.spec.containers[0].ports = [hostPort(80)] }
      if chance(5) { pod.spec.affinity = neighbours(away: [term(selector(["app": "new"]), by: "zone")]) }
      return pod
    }
    let new = requesting(["cpu": "\(Int.random(in: 1...4, using: &random))", "memory": "6Gi"]) { pod in
      pod.metadata.labels = ["app": "new"]
      pod.spec.priority = 1
      if chance(2) { pod.spec.nodeSelector = ["disk": "ssd"] }
      if chance(3) { pod.spec.affinity = neighbours(away: [term(selector(["app": "web"]))]) }
      if chance(3) { pod.spec.containers[0].ports = [hostPort(80)] }
      if chance(3) { pod.spec.topologySpreadConstraints = [spread("zone", selector(["app": "db"]))] }
    }
    let snapshot = cluster(rules, nodes, pods)
    func places(_ changes: [Change]) -> Bool {
      var (changed, pod) = (snapshot, new)
      for change in changes { change.apply(to: &pod, &changed) }
      return !changed.explain(pod).fitting.isEmpty
    }
    for suggestion in snapshot.suggestions(for: new, limit: 40, knowing: known(pods)) {
      let changes = suggestion.changes
      #expect(places(changes), "\(suggestion.text)")
      for left in changes {
        #expect(!places(changes.filter { $0 != left }), "\(suggestion.text): without \(left.text)")
      }
    }
  }

  private func hostPort(_ number: Int) -> ContainerPort {
    var port = ContainerPort()
    port.hostPort = number
    return port
  }
}
