import ClusterState
import Kube

/// A pod that a StatefulSet would have and has not made.
struct OrdinalPod {
  private let pod: ObjectReference
  private let set: StatefulSet
  private let state: ClusterState

  /// nil for pods that exist, and for names that no StatefulSet gives.
  init?(_ reference: ObjectReference, in state: ClusterState) {
    guard reference.kind == "Pod", !state.has(Pod.self, namespace: reference.namespace, name: reference.name),
      let dash = reference.name.lastIndex(of: "-"),
      let ordinal = Int(reference.name[reference.name.index(after: dash)...]),
      let set = state.get(StatefulSet.self, namespace: reference.namespace, name: String(reference.name[..<dash]))
    else { return nil }
    let (above, overflow) = ordinal.subtractingReportingOverflow(max(0, set.spec.ordinals?.start ?? 0))
    guard !overflow, (0..<max(0, set.spec.replicas ?? 1)).contains(above) else { return nil }
    pod = reference
    self.set = set
    self.state = state
  }

  /// Why it is not there, as far as the order tells.
  var notMade: CommandFailure {
    let name = set.metadata.name
    let before = state.owned(Pod.self, by: ObjectStore.identity(set.metadata)).filter { !$0.isReady }
      .min { ($0.metadata.name.count, $0.metadata.name) < ($1.metadata.name.count, $1.metadata.name) }
    guard set.spec.podManagementPolicy != "Parallel", let before else {
      return CommandFailure(
        "error: pod \(pod.name) is not there: statefulset \(name) has not made it",
        hint: "podmedic why statefulset/\(name) -n \(pod.namespace) says where it would fit, or why it is not made.")
    }
    return CommandFailure(
      "error: pod \(pod.name) is not there: statefulset \(name) makes it when \(before.metadata.name) is Running and Ready "
        + "(podManagementPolicy OrderedReady)",
      hint: "podmedic explain pod/\(before.metadata.name) -n \(pod.namespace) says what keeps that one.")
  }
}
