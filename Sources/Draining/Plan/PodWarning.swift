import ClusterState
import Kube

/// What kubectl does not say about a pod that a drain removes.
public enum PodWarning: Sendable, Equatable {
  /// Nothing replaces it.
  case isGoneForEver(String)
  /// It has ended, and its logs go with it.
  case losesLogs
  /// Its data is on the node, or in a place that only nodes of the drain reach: only there can its replacement run.
  case isPinnedByVolume(claim: String)
  /// It asks for its node by name.
  case isPinnedByName
  /// It uses a path of the node, which it finds with other contents elsewhere.
  case usesHostPath([String])
  /// A volume that one node at a time can have must be detached first.
  case movesVolume(claim: String)
  /// Nothing of its owner is Ready until the replacements are; what would make room first.
  case isOutage(owner: String, ready: Int, room: Room?)
  /// A Service has no other ready endpoints.
  case isLastEndpoint(service: String, ready: Int)
  /// Its Job takes it for a failure, or may.
  case failsJob(JobFailure)
  /// An annotation asks autoscalers to leave it alone; drains do not heed it.
  case asksToStay(annotation: String)
  /// It stays until somebody removes these.
  case hasFinalizers([String])
  /// It is being deleted already.
  case isBeingDeleted(Termination)
  /// Its kubelet does not answer: that it has ended may never be confirmed.
  case isNotConfirmed
  /// Its replacement comes back to the same node, because its template names it.
  case comesBack
  /// It is deleted although its budget would forbid the eviction now.
  case bypasses(budget: String)

  /// A sentence.
  public var text: String {
    switch self {
    case .isGoneForEver(let why): return "gone for ever: \(why)"
    case .losesLogs: return "its logs go with it"
    case .isPinnedByVolume(let claim): return "pinned: no node that stays reaches the volume of claim \(claim)"
    case .isPinnedByName: return "pinned: it asks for this node by name"
    case .usesHostPath(let paths):
      return "uses \(paths.joined(separator: ", ")) of this node; elsewhere it finds other contents"
    case .movesVolume(let claim):
      return "claim \(claim) is for one node at a time: the replacement waits until it is detached"
    case .isOutage(let owner, let ready, let room):
      let what = ready == 1 ? "the only Ready pod of \(owner)" : "all \(ready) Ready pods of \(owner) go"
      return "\(what): an outage until a replacement is Ready"
        + (room.map { "; to make room first: \($0.commands)" } ?? "")
    case .isLastEndpoint(let service, let ready):
      return ready == 1
        ? "the only ready endpoint of service \(service)" : "all \(ready) ready endpoints of service \(service) go"
    case .failsJob(let failure): return failure.text
    case .asksToStay(let annotation): return "annotation \(annotation) asks not to be moved; a drain does not heed it"
    case .hasFinalizers(let names):
      return "stays Terminating until somebody removes finalizer\(names.count == 1 ? "" : "s") "
        + names.joined(separator: ", ")
    case .isBeingDeleted(let termination): return termination.text
    case .isNotConfirmed: return "its kubelet does not answer: that it has ended may never be confirmed"
    case .comesBack:
      return "pinned: its template names this node (spec.nodeName), past the scheduler and the cordon: it does not go "
        + "away"
    case .bypasses(let budget): return "deleted although budget \(budget) would forbid its eviction now"
    }
  }
}

extension PodWarning {
  /// Whether it says that only the node that is drained takes the pod.
  var isPin: Bool {
    switch self {
    case .isPinnedByName, .isPinnedByVolume, .comesBack: true
    default: false
    }
  }

  /// Whether it says that a second pod beside this one waits for the volume as long as this one has it.
  var holdsVolume: Bool { if case .movesVolume = self { true } else { false } }

  /// An outage without advice on how to make room.
  var withoutRoom: PodWarning {
    if case .isOutage(let owner, let ready, _) = self { .isOutage(owner: owner, ready: ready, room: nil) } else { self }
  }
}
