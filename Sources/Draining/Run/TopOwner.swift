import ClusterState
import Kube

extension PodProgress {
  /// What has to be changed for the pod to be changed, as the plan names it: the topmost controller that could be read;
  /// nil for bare pods.
  public func topOwner(in state: ClusterState) -> ObjectReference? {
    guard let owner else { return nil }
    var pod = Pod()
    pod.metadata.namespace = self.pod.namespace
    pod.metadata.ownerReferences = [owner]
    return Owners(pod, in: state).top
  }
}
