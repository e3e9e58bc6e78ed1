import ClusterState
import Kube

/// What makes room before the only pod of an owner goes: one more elsewhere, so that nothing is out meanwhile.
public struct Room: Sendable, Equatable {
  /// The nodes of the drain that still take pods: they are cordoned first, or the new pod may come to one of them.
  public var open: [String]
  /// Whose pods are made more.
  public var owner: ObjectReference
  /// To how many replicas; nil when a restart of the rollout starts the new pod before it ends the old one.
  public var replicas: Int?

  init?(_ owners: Owners, open: [String]) {
    guard let object = owners.objects.last, let top = owners.top, object.metadata.uid == top.uid else { return nil }
    func more(_ replicas: Int?) -> Int { Int(Int32(clamping: replicas ?? 1)) + 1 }
    switch object {
    case let deployment as Deployment:
      replicas = deployment.makesRoomByRestart ? nil : more(deployment.spec.replicas)
    case let set as ReplicaSet: replicas = more(set.spec.replicas)
    case let controller as ReplicationController: replicas = more(controller.spec.replicas)
    // Another member of a StatefulSet does not stand in for this one.
    default: return nil
    }
    self.open = open
    owner = top
  }

  /// kubectl's command lines, joined by `&&`.
  public var commands: String {
    let name = "\(owner.kind.lowercased())/\(owner.name)"
    let kubectl = "kubectl -n \(owner.namespace)"
    let last = replicas.map { "\(kubectl) scale \(name) --replicas=\($0)" } ?? "\(kubectl) rollout restart \(name)"
    return ((open.isEmpty ? [] : ["kubectl cordon \(open.joined(separator: " "))"]) + [last]).joined(separator: " && ")
  }
}

extension Deployment {
  /// Whether a rollout starts the new pod before it ends the old one.
  fileprivate var makesRoomByRestart: Bool {
    // kubectl refuses to restart what is paused, and no rollout would begin.
    if spec.paused || spec.strategy.type == "Recreate" { return false }
    // The server fills in 25 %, which is rounded up.
    switch spec.strategy.rollingUpdate?.maxSurge {
    case nil: return true
    case .int(let count)?: return count > 0
    case .string(let share)?: return share != "0%"
    }
  }
}
