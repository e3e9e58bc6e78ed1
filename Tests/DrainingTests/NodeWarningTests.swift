import ClusterState
import Draining
import Kube
import Scheduling
import Testing

/// What a plan says about the nodes themselves.
@Suite struct NodeWarningTests {
  private let nodes: [any KubeObject] = [planNode("n1"), planNode("n2")]

  private func warnings(of objects: [any KubeObject], nodes: [String] = ["n1"]) -> [NodeWarning] {
    plan(objects, nodes: nodes).nodes[0].warnings
  }

  @Test func nodesThatAreNotReadyOrAlone() {
    #expect(warnings(of: nodes).isEmpty)
    #expect(warnings(of: [planNode("n1", isReady: false), planNode("n2")]) == [.isNotReady])
    #expect(warnings(of: [planNode("n1"), planNode("n2", isReady: false)]) == [.isTheLastNode])
    #expect(warnings(of: [planNode("n1"), planNode("n2") { $0.spec.unschedulable = true }]) == [.isTheLastNode])
    #expect(warnings(of: nodes, nodes: ["n1", "n2"]) == [.isTheLastNode])
  }

  @Test func controlPlanesAndEtcd() {
    func master(_ name: String, isReady: Bool = true) -> Node {
      planNode(name, isReady: isReady) { $0.metadata.labels["node-role.kubernetes.io/control-plane"] = "" }
    }
    func etcd(_ node: String, isReady: Bool = true) -> Pod {
      webPod("etcd-\(node)", isReady: isReady) {
        $0.metadata.namespace = "kube-system"
        $0.metadata.labels = ["component": "etcd", "tier": "control-plane"]
        $0.metadata.annotations = ["kubernetes.io/config.mirror": "x"]
        $0.spec.nodeName = node
      }
    }
    let three: [any KubeObject] = [master("n1"), master("n2"), master("n3"), etcd("n1"), etcd("n2"), etcd("n3")]
    #expect(warnings(of: three) == [.isControlPlane(others: 2), .hasEtcd(left: 2, of: 3)])
    #expect(
      NodeWarning.hasEtcd(left: 2, of: 3).text
        == "has a member of etcd: 2 of 3 stay, and 2 are needed: no other may fail meanwhile")
    let sick: [any KubeObject] = [master("n1"), master("n2", isReady: false), etcd("n1"), etcd("n2", isReady: false)]
    #expect(warnings(of: sick).suffix(2) == [.isControlPlane(others: 0), .hasEtcd(left: 0, of: 2)])
    let text = "n1 has a member of etcd: 0 of 2 stay, and 2 are needed: the cluster stops when the node is stopped"
    #expect(plan(sick).outcome == .blocked && plan(sick).obstacles == [text])
    #expect(plan(sick).nodesOfTheQuorum == ["n1"])
    #expect(plan(three).outcome == .canProceed && plan(three).nodesOfTheQuorum.isEmpty)
    #expect(warnings(of: [master("n1"), planNode("n2")]) == [.isControlPlane(others: 0), .etcdIsElsewhere])
  }
}
