import ClusterState
import Kube

/// A pod that is to leave its node for another one.
public struct LeavingPod: Sendable, Hashable {
  /// The pod.
  public let name: ObjectName
  /// Its priority.
  public let priority: Int
  /// Where the pod that is made in its place finds room; nil where nothing makes it again.
  public let replacement: Replacement?

  /// The pod that a controller makes in the place of one that was deleted.
  public struct Replacement: Sendable, Hashable {
    /// A node that would take it, other than the one that is left; the scheduler may prefer another one.
    public let node: String
    /// Selects it by labels that it has in common with the pod that was deleted, as kubectl's `-l` takes it.
    public let selector: String
    /// What makes it, as `deployment/web`, where `kubectl rollout status` ends once all its pods are there again; nil
    /// where it would not.
    public let rollout: String?
  }

  init(_ pod: PodFacts, _ replacement: Replacement?) {
    (name, priority) = (pod.name, pod.priority)
    self.replacement = replacement
  }
}

extension [LeavingPod] {
  /// Whether all of them are made again.
  var isMove: Bool { allSatisfy { $0.replacement != nil } }
}

extension PodFacts {
  /// Labels that a pod that its controller makes in its place has too; nil where it has none.
  var replacementSelector: String? {
    // Those that controllers tell their pods by; their revisions are others by then.
    let own = ["statefulset.kubernetes.io/pod-name", "batch.kubernetes.io/job-name", "job-name"]
    for key in own {
      if let value = labels[key], !value.isEmpty { return "\(key)=\(value)" }
    }
    let all = labels.entries.map { "\($0.key)=\($0.value)" }.sorted()
    return all.isEmpty ? nil : all.joined(separator: ",")
  }
}
