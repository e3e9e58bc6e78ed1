import Kube

/// What is known of a taint by its key.
enum TaintMeaning: Equatable {
  /// Kubernetes or an agent sets it for a state of the node and takes it away when that is over; with what it means.
  /// Tolerating it would put the pod onto a node that cannot run it, and removing it does not last.
  case state(String)
  /// It keeps ordinary pods away from the control plane.
  case controlPlane
  /// Somebody keeps the node for something.
  case purpose

  init(key: String) {
    self =
      Self.states[key].map { .state($0) }
      ?? (key.hasPrefix("node-role.kubernetes.io/control-plane") || key.hasPrefix("node-role.kubernetes.io/master")
        ? .controlPlane : Self.byPattern(key))
  }

  private static let states = [
    "node.kubernetes.io/not-ready": "its kubelet says that it is not ready",
    "node.kubernetes.io/unreachable": "its kubelet does not report any more",
    "node.kubernetes.io/memory-pressure": "it is short of memory",
    "node.kubernetes.io/disk-pressure": "it is short of disk space",
    "node.kubernetes.io/pid-pressure": "it is short of process ids",
    "node.kubernetes.io/network-unavailable": "its network is not set up",
    "node.kubernetes.io/unschedulable": "it is cordoned",
    "node.kubernetes.io/out-of-service": "somebody has declared it powered off",
    "node.cloudprovider.kubernetes.io/uninitialized": "the cloud controller has not prepared it yet",
    "node.cloudprovider.kubernetes.io/shutdown": "its machine is shut down",
    "ToBeDeletedByClusterAutoscaler": "the cluster autoscaler is removing it",
    "DeletionCandidateOfClusterAutoscaler": "the cluster autoscaler may remove it",
    "karpenter.sh/disrupted": "Karpenter is replacing it",
    "karpenter.sh/disruption": "Karpenter is replacing it",
    "karpenter.sh/unregistered": "Karpenter has not registered it yet",
  ]

  private static func byPattern(_ key: String) -> TaintMeaning {
    if key.hasSuffix("/agent-not-ready") { return .state("an agent on it, \(key.prefix { $0 != "/" }), is not ready") }
    if key.hasPrefix("node.kubernetes.io/") { return .state("Kubernetes keeps pods away from it") }
    return .purpose
  }
}
