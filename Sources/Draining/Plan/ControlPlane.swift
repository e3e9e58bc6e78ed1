import ClusterState
import Kube

/// What the cluster itself loses while nodes are away.
struct ControlPlane {
  private let state: ClusterState
  private let leaving: Set<String>

  init(_ leaving: [Node], in state: ClusterState) {
    self.state = state
    self.leaving = Set(leaving.map(\.metadata.name))
  }

  func warnings(_ node: Node) -> [NodeWarning] {
    var warnings: [NodeWarning] = []
    if !node.isReady { warnings.append(.isNotReady) }
    let others = state.all(Node.self).filter { !leaving.contains($0.metadata.name) && $0.isReady }
    if state.gap(Node.self) == nil, !others.contains(where: { !$0.spec.unschedulable }) {
      warnings.append(.isTheLastNode)
    }
    let members = state.pods(labelled: "component", "etcd", in: "kube-system")
    let hasMember = members.contains { $0.spec.nodeName == node.metadata.name }
    guard node.isControlPlane || hasMember else { return warnings }
    warnings.append(.isControlPlane(others: others.count(where: \.isControlPlane)))
    if hasMember {
      let left = members.count { !leaving.contains($0.spec.nodeName) && $0.isReady }
      warnings.append(.hasEtcd(left: left, of: members.count))
    } else if state.gap(Pod.self, namespace: "kube-system") == nil {
      warnings.append(.etcdIsElsewhere)
    }
    return warnings
  }
}

extension Node {
  fileprivate var isControlPlane: Bool {
    ["control-plane", "master"].contains { metadata.labels["node-role.kubernetes.io/\($0)"] != nil }
  }
}

extension ClusterState {
  fileprivate func pods(labelled key: String, _ value: String, in namespace: String) -> [Pod] {
    var pods: [Pod] = []
    store(of: Pod.self)?.forEach { object in
      guard object.metadata.namespace == namespace, object.metadata.labels[key] == value, let pod = object as? Pod
      else { return }
      pods.append(pod)
    }
    return pods
  }
}
