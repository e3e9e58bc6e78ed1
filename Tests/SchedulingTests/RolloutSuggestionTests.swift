import ClusterState
import Kube
import Scheduling
import Testing

/// A rollout whose new pods lack the room that the old ones have may take an old one away first.
@Suite struct RolloutSuggestionTests {
  private func owner(_ kind: String, _ name: String, _ uid: String) -> OwnerReference {
    var owner = OwnerReference()
    (owner.kind, owner.name, owner.uid, owner.controller) = (kind, name, uid, true)
    return owner
  }

  private func deployment(_ replicas: Int, _ change: (inout Deployment) -> Void = { _ in }) -> Deployment {
    var deployment = Deployment()
    (deployment.metadata.namespace, deployment.metadata.name, deployment.metadata.uid) = ("shop", "web", "uid-web")
    deployment.metadata.annotations = ["deployment.kubernetes.io/revision": "2"]
    deployment.spec.replicas = replicas
    deployment.spec.strategy.type = "RollingUpdate"
    deployment.spec.strategy.rollingUpdate = RollingUpdateDeployment()
    deployment.spec.strategy.rollingUpdate?.maxSurge = .int(1)
    deployment.spec.strategy.rollingUpdate?.maxUnavailable = .int(0)
    change(&deployment)
    return deployment
  }

  private func set(_ revision: Int, _ replicas: Int, available: Int) -> ReplicaSet {
    var set = ReplicaSet()
    (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "web-\(revision)", "uid-\(revision)")
    set.metadata.annotations = ["deployment.kubernetes.io/revision": "\(revision)"]
    set.metadata.labels = ["pod-template-hash": "\(revision)"]
    set.metadata.ownerReferences = [owner("Deployment", "web", "uid-web")]
    set.spec.replicas = replicas
    (set.status.replicas, set.status.availableReplicas) = (replicas, available)
    return set
  }

  private func replica(_ revision: Int, _ number: Int, _ cpu: String, on node: String = "") -> Pod {
    requesting(["cpu": cpu], name: "web-\(revision)-\(number)", on: node) {
      $0.metadata.labels = ["app": "web", "pod-template-hash": "\(revision)"]
      $0.metadata.ownerReferences = [owner("ReplicaSet", "web-\(revision)", "uid-\(revision)")]
      var ready = Condition()
      (ready.type, ready.status) = ("Ready", node.isEmpty ? "False" : "True")
      $0.status.conditions = [ready]
    }
  }

  private func small(_ name: String, _ cpu: String) -> Node {
    node(name) { $0.status.allocatable["cpu"] = Quantity(cpu) }
  }

  private func suggestions(
    _ nodes: [Node], _ pods: [Pod], _ others: [any KubeObject], _ waiting: Pod
  ) -> [Suggestion] {
    cluster(nodes, pods + [waiting]).suggestions(
      for: waiting, origin: PodOrigin(kind: "deployment", name: "web", namespace: "shop"), limit: 40,
      knowing: known(pods + [waiting], others, of: [Deployment.self, ReplicaSet.self]))
  }

  private func isOffered(
    _ nodes: [Node], _ pods: [Pod], _ others: [any KubeObject], _ waiting: Pod
  ) -> Bool {
    suggestions(nodes, pods, others, waiting).contains { $0.text.contains("take an old pod away first") }
  }

  @Test func theOnlyReplica() throws {
    let found = suggestions(
      [small("n1", "1500m")], [replica(1, 0, "1", on: "n1")],
      [deployment(1), set(1, 1, available: 1), set(2, 1, available: 0)], replica(2, 0, "1"))
    let first = try #require(found.first { $0.text.contains("rollout") })
    #expect(
      first.text == "let the rollout of deployment shop/web take an old pod away first (maxSurge 0, maxUnavailable 1)")
    #expect(
      first.kubectl == [
        "kubectl -n shop patch deployment web --type=merge -p "
          + #"'{"spec":{"strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1}}}}'"#
      ])
    #expect(
      first.remarks == [
        "it has one replica: none serves from when the old pod goes until the new one is Ready",
        "the bounds stay like that until they are set back: maxSurge 1, maxUnavailable 0",
      ])
    #expect(first.places == ["n1"] && first.isVerified)
  }

  private let three = [("n1", 0), ("n2", 1), ("n3", 2)]

  /// Of several, any may go: each has to make enough room.
  @Test func oneOfSeveral() {
    let nodes = three.map { small($0.0, "1500m") }
    let old = three.map { replica(1, $0.1, "1", on: $0.0) }
    let objects: [any KubeObject] = [deployment(3), set(1, 3, available: 3), set(2, 1, available: 0)]
    let found = suggestions(nodes, old, objects, replica(2, 0, "1"))
    #expect(found.first?.text.contains("take an old pod away first") == true, "\(found)")
    #expect(found.first?.places == ["n1", "n2", "n3"])
    #expect(found.first?.remarks.first?.hasPrefix("one of its 3 replicas is missing while it lasts") == true)
    #expect(!isOffered(nodes, old, objects, replica(2, 0, "2")), "one is not enough")
    let tainted = node("n3") {
      $0.status.allocatable["cpu"] = Quantity("1500m")
      $0.spec.taints = [taint("dedicated")]
    }
    #expect(!isOffered([nodes[0], nodes[1], tainted], old, objects, replica(2, 0, "1")), "the one on n3 may go")
  }

  /// The next pod of the Deployment's template is one of the new ones too.
  @Test func theTemplate() throws {
    let old = replica(1, 0, "1", on: "n1")
    let web = deployment(1) { $0.spec.template.spec = requesting(["cpu": "1"]).spec }
    let state = known(
      [old], [web, set(1, 1, available: 1), set(2, 1, available: 0)], of: [Deployment.self, ReplicaSet.self])
    let snapshot = cluster([small("n1", "1500m")], [old])
    let answer = try #require(
      PlacementQuestion(web, in: state, snapshot, isManifest: false, now: Timestamp(seconds: 1_800_000_000))
    ).answer
    #expect(answer.suggestions.contains { $0.text.contains("take an old pod away first") })
  }

  /// Where old pods may go already, or none would go, other bounds change nothing.
  @Test func whatIsNotHeldBack() {
    let nodes = [small("n1", "1500m")]
    let old = [replica(1, 0, "1", on: "n1")]
    let new = replica(2, 0, "1")
    let sets = [set(1, 1, available: 1), set(2, 1, available: 0)]
    #expect(isOffered(nodes, old, [deployment(1)] + sets, new))
    func changed(_ change: (inout Deployment) -> Void) -> [any KubeObject] { [deployment(1, change)] + sets }
    #expect(!isOffered(nodes, old, changed { $0.spec.strategy.type = "Recreate" }, new))
    #expect(!isOffered(nodes, old, changed { $0.spec.paused = true }, new))
    #expect(
      !isOffered(nodes, old, changed { $0.spec.strategy.rollingUpdate?.maxUnavailable = .string("100%") }, new))
    // Defaults: a quarter, which is none of one.
    #expect(isOffered(nodes, old, changed { $0.spec.strategy.rollingUpdate = nil }, new))
    // The pod is one of the old ones, made anew.
    #expect(!isOffered(nodes, [replica(1, 0, "1", on: "n1")], [deployment(2)] + sets, replica(1, 1, "1")))
    // Nobody knows what else the Deployment has.
    #expect(!isOffered(nodes, old, [deployment(1)], new))
    // Two of the new pods are missing: the least that must serve leaves no old one to take.
    let three = three.map { replica(1, $0.1, "1", on: $0.0) }
    let objects: [any KubeObject] = [deployment(4), set(1, 3, available: 3), set(2, 2, available: 0)]
    #expect(!isOffered(self.three.map { small($0.0, "1500m") }, three, objects, replica(2, 0, "1")))
  }
}
