import ClusterState
import Kube
import Scheduling
import Testing

/// An affinity is relaxed by as little as places the pod: one requirement, one term; or a node gets the label.
@Suite struct AffinitySuggestionTests {
  private func suggestions(_ nodes: [Node], _ pod: Pod, among pods: [Pod] = []) -> [Suggestion] {
    cluster(nodes, pods).suggestions(
      for: pod, origin: PodOrigin(kind: "deployment", name: "web", namespace: "shop"), limit: 20,
      knowing: known(pods))
  }

  @Test func oneRequirementOfSeveral() {
    let ssd = node("a") { $0.metadata.labels["disk"] = "ssd" }
    let wanting = pod("p") {
      $0.spec.affinity = nodeAffinity([
        [requirement("disk", "In", "ssd"), requirement("gpu", "Exists"), requirement("cores", "Gt", "8")],
        [requirement("disk", "In", "ssd"), requirement("team", "In", "red", "blue")],
      ])
    }
    let found = suggestions([ssd], wanting)
    #expect(found.first?.text == "label node a team=red")
    let drop = found.first { $0.text == "require no longer of the node that team in (red,blue) (node affinity)" }
    #expect(
      drop?.kubectl == [
        "kubectl -n shop patch deployment web --type=json -p "
          + #"'[{"op":"remove","path":"/spec/template/spec/affinity/nodeAffinity/"#
          + #"requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/1/matchExpressions/1"}]'"#
      ])
    #expect(drop?.places == ["a"])
    // The whole affinity need not go when one requirement is enough.
    #expect(!found.contains { $0.text == "require nothing of the node (node affinity)" })
  }

  /// A node without the label is in no place: it gets the one where the pod may be.
  @Test func aLabelPutsANodeIntoAPlace() {
    func zoned(_ name: String, _ zone: String) -> Node {
      node(name) {
        $0.metadata.labels["zone"] = zone
        $0.status.allocatable["cpu"] = Quantity("0")
      }
    }
    func web(_ name: String, on node: String) -> Pod { pod(name, on: node) { $0.metadata.labels = ["app": "web"] } }
    let near = requesting(["cpu": "1"]) {
      $0.spec.affinity = neighbours(near: [term(selector(["app": "web"]), by: "zone")])
    }
    let nodes = [zoned("a", "1"), zoned("b", "2"), node("c")]
    let found = suggestions(nodes, near, among: [web("x", on: "b")]).first { $0.text == "label node c zone=2" }
    #expect(found?.places == ["c"])
    #expect(found?.kubectl == ["kubectl label node c zone=2"])
    // The emptiest place, for a pod that keeps its distance.
    let spreading = requesting(["cpu": "1"]) {
      $0.metadata.labels = ["app": "web"]
      $0.spec.topologySpreadConstraints = [spread("zone", selector(["app": "web"]))]
    }
    let texts = suggestions(nodes, spreading, among: [web("x", on: "b")]).map(\.text)
    #expect(texts.contains("label node c zone=1"))
    #expect(suggestions([node("c")], spreading).map(\.text).contains("label node c zone=c"), "a place of its own")
    // Nobody is there to be near to: no label helps.
    #expect(!suggestions(nodes, near).contains { $0.text.hasPrefix("label node") })
  }

  @Test func aTermsLastRequirementIsNotDropped() {
    let wanting = pod("p") { $0.spec.affinity = nodeAffinity([[requirement("gpu", "Exists")]]) }
    #expect(
      suggestions([node("a")], wanting).map(\.text).prefix(2) == [
        "label node a gpu=true", "require nothing of the node (node affinity)",
      ])
  }

  @Test func aLabelThatIsInTheWay() {
    let old = node("a") { $0.metadata.labels["pool"] = "old" }
    for operation in ["NotIn", "DoesNotExist"] {
      var unwanted = requirement("pool", operation)
      if operation == "NotIn" { unwanted.values = ["old"] }
      let wanting = pod("p") { $0.spec.affinity = nodeAffinity([[unwanted]]) }
      let remove = suggestions([old], wanting).first { $0.text == "remove label pool=old from node a" }
      #expect(remove?.kubectl == ["kubectl label node a pool-"])
      #expect(remove?.remarks == ["pods that need pool=old can then not be placed on node a any more"])
    }
    let zone = node("a") { $0.metadata.labels["topology.kubernetes.io/zone"] = "1" }
    let wanting = pod("p") {
      $0.spec.affinity = nodeAffinity([[requirement("topology.kubernetes.io/zone", "NotIn", "1")]])
    }
    #expect(!suggestions([zone], wanting).contains { $0.text.contains("label") && !$0.text.hasPrefix("add") })
  }

  /// Numbers say what a machine is: a label that says otherwise would be a lie.
  @Test func numbersAreNotLabelled() {
    let wanting = pod("p") { $0.spec.affinity = nodeAffinity([[requirement("cores", "Gt", "8")]]) }
    #expect(!suggestions([node("a")], wanting).contains { $0.text.hasPrefix("label") })
  }

  @Test func oneTermOfSeveralAboutTheSamePlaces() {
    let there = pod("there", on: "a") { $0.metadata.labels = ["app": "db"] }
    let apart = pod("p") {
      $0.spec.affinity = neighbours(away: [term(selector(["app": "web"])), term(selector(["app": "db"]))])
    }
    let drop = suggestions([node("a")], apart, among: [there]).first { $0.text.hasPrefix("keep away") }
    #expect(drop?.text == "keep away from no pods with app=db by kubernetes.io/hostname (pod anti-affinity)")
    #expect(drop?.kubectl.first?.contains("IgnoredDuringExecution/1") == true)
  }

  /// A Deployment takes the pods of its older ReplicaSets away itself; those of others may be moved.
  @Test(arguments: [("web", false), ("shop", true)]) func olderSiblings(deployment: String, isMoved: Bool) {
    let old = requesting(["cpu": "3"], name: "old", on: "a") {
      var owner = OwnerReference()
      (owner.kind, owner.name, owner.uid, owner.controller) = ("ReplicaSet", "\(deployment)-abc", "uid-old", true)
      $0.metadata.ownerReferences = [owner]
      $0.metadata.labels = ["pod-template-hash": "abc"]
      $0.spec.tolerations = [toleration("k", "Exists")]
    }
    let other = node("b") { $0.spec.taints = [taint("k")] }
    let found = suggestions([node("a"), other], requesting(["cpu": "3"]), among: [old])
    #expect(found.contains { $0.text == "move shop/old away from node a" } == isMoved)
  }

  /// Nodes that lack different things are different ways to place the pod, and a label that takes none away comes first.
  @Test func everyNodeByWhatItLacks() {
    func labelled(_ name: String, _ disk: String?, _ zone: String) -> Node {
      node(name) {
        if let disk { $0.metadata.labels["disk"] = disk }
        $0.metadata.labels["topology.kubernetes.io/zone"] = zone
      }
    }
    func wanting(_ disk: String) -> Pod {
      pod("p") {
        $0.spec.nodeSelector = ["disk": disk]
        $0.spec.affinity = nodeAffinity([[requirement("topology.kubernetes.io/zone", "In", "b")]])
      }
    }
    let two = [labelled("n1", "ssd", "a"), labelled("n2", "hdd", "b")]
    #expect(
      suggestions(two, wanting("ssd")).map { "\($0.text) -> \($0.places.joined(separator: ","))" } == [
        "ask no longer for node label disk -> n2", "require nothing of the node (node affinity) -> n1",
        "label node n2 disk=ssd -> n2",
        "add a node with labels disk=ssd, topology.kubernetes.io/zone=b -> ",
      ])
    #expect(cluster(two).explain(wanting("ssd")).groups.map(\.nodes.count) == [1, 1])
    let three = [labelled("n1", "ssd", "b"), labelled("n2", "hdd", "b"), labelled("n3", nil, "b")]
    #expect(suggestions(three, wanting("nvme")).first?.text == "label node n3 disk=nvme")
    // What the nodes have instead makes no difference.
    #expect(cluster(three).explain(wanting("nvme")).groups.map(\.nodes.count).sorted() == [1, 2])
  }

  /// What a command only begins is not verified.
  @Test func whatOnlyBeginsSomethingIsNotVerified() {
    let sick = node("a") { $0.spec.taints = [taint("node.kubernetes.io/disk-pressure")] }
    let found = suggestions([sick], pod("p"))
    #expect(found.first?.isVerified == false)
    #expect(suggestions([node("a") { $0.spec.unschedulable = true }], pod("p")).first?.isVerified == true)
  }
}
