import ClusterState
import Kube

extension PodProgress {
  /// What has to be changed for the pod to be changed, as the plan names it: the topmost controller that could be read;
  /// nil for bare pods.
  public func topOwner(in state: ClusterState) -> ObjectReference? {
    owner.flatMap { Owners.top(of: $0, namespace: pod.namespace, in: state) }
  }
}

extension PlannedPod {
  /// The topmost controller that can be read; nil for bare pods.
  public func topOwner(in state: ClusterState) -> ObjectReference? {
    owner.flatMap { Owners.top(of: $0, namespace: pod.namespace, in: state) }
  }
}

extension Owners {
  /// The topmost controller above the pods that another owns.
  fileprivate static func top(
    of owner: OwnerReference, namespace: String, in state: ClusterState
  ) -> ObjectReference? {
    var pod = Pod()
    pod.metadata.namespace = namespace
    pod.metadata.ownerReferences = [owner]
    return Owners(pod, in: state).top
  }
}
