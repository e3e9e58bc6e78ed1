import ClusterState
import Kube
import Scheduling

/// A node that offers 4 cores, 8Gi of memory and 110 pods.
func node(_ name: String, _ change: (inout Node) -> Void = { _ in }) -> Node {
  var node = Node()
  node.metadata.name = name
  node.metadata.uid = "uid-node-\(name)"
  node.metadata.labels = ["kubernetes.io/hostname": name]
  node.status.allocatable = [
    "cpu": Quantity("4"), "memory": Quantity("8Gi"), "pods": Quantity("110"), "ephemeral-storage": Quantity("20Gi"),
  ]
  change(&node)
  return node
}

/// A pod of namespace `shop` that waits and has one container without requests.
func pod(_ name: String, on node: String = "", _ change: (inout Pod) -> Void = { _ in }) -> Pod {
  var pod = Pod()
  pod.metadata.name = name
  pod.metadata.namespace = "shop"
  pod.metadata.uid = "uid-\(name)"
  pod.spec.nodeName = node
  pod.spec.schedulerName = "default-scheduler"
  pod.spec.containers = [Container()]
  pod.spec.containers[0].name = "app"
  pod.status.phase = node.isEmpty ? "Pending" : "Running"
  change(&pod)
  return pod
}

/// Requests as people write them.
func amounts(_ list: KeyValuePairs<String, String>) -> SmallMap<Quantity> {
  SmallMap(uniquing: list.map { ($0.key, Quantity($0.value)) })
}

/// A cluster of the given nodes and pods.
func cluster(_ rules: SchedulerRules = .current, _ nodes: [Node], _ pods: [Pod] = []) -> ClusterSnapshot {
  var snapshot = ClusterSnapshot(rules: rules)
  for node in nodes { snapshot.put(node) }
  for pod in pods { snapshot.put(pod) }
  return snapshot
}
