import ClusterState
import Kube
import PlainInterface
import Remedies
import Scheduling
import Testing

/// What a suggestion asks remedies for.
@Suite struct SuggestedRemediesTests {
  private func suggestions(_ kind: String, _ change: (inout Node, inout Pod) -> Void) -> [[String]] {
    var node = Node()
    (node.metadata.name, node.metadata.uid) = ("n1", "n")
    node.status.allocatable = ["cpu": Quantity("2"), "memory": Quantity("4Gi"), "pods": Quantity("10")]
    var pod = Pod()
    (pod.metadata.namespace, pod.metadata.name, pod.metadata.uid) = ("shop", "web-1", "u")
    pod.spec.containers = [Container()]
    pod.spec.containers[0].name = "app"
    pod.spec.containers[0].resources.requests = ["cpu": Quantity("1")]
    change(&node, &pod)
    var snapshot = ClusterSnapshot(rules: .current)
    snapshot.put(node)
    let origin = PodOrigin(kind: kind, name: kind == "pod" ? "web-1" : "web", namespace: "shop")
    return snapshot.suggestions(for: pod, origin: origin).map { suggestion in
      suggestion.remedies(origin).map { "\($0.object.namespace) \($0.commandLine)" }
    }
  }

  @Test func eachChangeThatHasARemedy() {
    #expect(suggestions("deployment") { node, _ in node.spec.unschedulable = true }[0] == [" uncordon node/n1"])
    #expect(
      suggestions("deployment") { _, pod in pod.spec.nodeSelector = ["disk": "ssd"] }[0] == [
        " label-node node/n1 key=disk value=ssd"
      ])
    let tainted: (inout Node, inout Pod) -> Void = { node, _ in
      var taint = Taint()
      (taint.key, taint.value, taint.effect) = ("dedicated", "gpu", "NoSchedule")
      node.spec.taints = [taint]
    }
    let toleration = "effect=NoSchedule key=dedicated value=gpu"
    #expect(suggestions("deployment", tainted)[0] == ["shop add-toleration deployment/web \(toleration)"])
    #expect(suggestions("deployment", tainted)[1] == [" remove-taint node/n1 effect=NoSchedule key=dedicated"])
    #expect(suggestions("pod", tainted)[0] == ["shop add-toleration pod/web-1 \(toleration)"])
    #expect(suggestions("job", tainted)[0] == [])
    let large: (inout Node, inout Pod) -> Void = { _, pod in
      pod.spec.containers[0].resources.requests = ["cpu": Quantity("3")]
    }
    let smaller = "shop set-resources deployment/web container=app cpu-request=2"
    #expect(suggestions("deployment", large)[0] == [smaller])
    #expect(suggestions("pod", large)[0] == [])
    #expect(
      suggestions("statefulset", large)[0] == [
        "shop set-resources statefulset/web container=app cpu-request=2", "shop delete-pod pod/web-1",
      ])
  }

  /// Every order is one that the remedies know and whose parameters they take.
  @Test func everyOrderIsComplete() {
    for kind in ["deployment", "statefulset", "daemonset", "replicaset", "replicationcontroller", "cronjob"] {
      let orders = [
        RemedyOrder(.setResources, ObjectReference(), ["container": "app", "cpu-request": "none"]),
        RemedyOrder(.addToleration, ObjectReference(), ["key": "k", "effect": "NoExecute"]),
      ]
      for order in orders {
        #expect(order.kind?.problem(with: order.parameters) == nil)
        #expect(order.kind?.accepts.contains { $0.lowercased() == kind } == true, "\(order.name) \(kind)")
      }
    }
  }
}
