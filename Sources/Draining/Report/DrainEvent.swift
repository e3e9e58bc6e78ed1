import Kube

/// Something that a drain has done or learned, in the order in which it happened.
public enum DrainEvent: Sendable, Equatable {
  /// A node is cordoned now.
  case cordoned(String)
  /// A node was cordoned before.
  case alreadyCordoned(String)
  /// A node could not be cordoned.
  case cordonFailed(String, String)
  /// What kubectl warns of before it removes pods.
  case warning(String)
  /// A pod would be removed (`--dry-run=client`).
  case wouldEvict(PodKey)
  /// The server is asked to evict a pod.
  case evicting(PodKey)
  /// The server does not allow an eviction now.
  case blocked(PodKey, String, retry: Duration)
  /// The server will not evict a pod, however often it is asked: it is not asked again.
  case refused(PodKey, String)
  /// A pod's budgets never let it go, as things are; the server is asked again all the same, as kubectl does, and with a
  /// `patience` no longer than that.
  case never(PodKey, String, patience: Duration?)
  /// Nobody confirms the end of a pod that is terminating.
  case late(PodKey, Termination, finalizers: [String])
  /// A pod cannot be evicted because its namespace is being deleted.
  case namespaceTerminating(PodKey, String, retry: Duration)
  /// A pod that was evicted, or deleted, is gone.
  case gone(PodKey, PodVerdict.Action)
  /// A pod's deletion is overdue: nobody waits for it.
  case overdue(PodKey, limit: Int)
  /// Pods are left in a node that could not be drained.
  case podsLeft(node: String, error: String, [PodKey])
  /// What is left in a node could not be read.
  case leftUnknown(String)
  /// A node is drained.
  case drained(String)
  /// A node does not exist any more, or another has its name: its pods went with it, and nobody may have waited for them.
  case nodeDeleted(String, hasNamesake: Bool)
  /// A node could not be drained.
  case nodeFailed(String, String, isLast: Bool)
  /// These nodes are not drained.
  case nodesLeft([String])
  /// A batch of pods is gone, and the owners have not as many Ready pods as before; or a node is not begun before its
  /// budgets have room.
  case waiting(String)
  /// The server cannot be reached.
  case connectionLost(String)
  /// The server answers again.
  case connectionBack
}

/// A line of the drain command.
public struct DrainLine: Sendable, Equatable {
  /// Whether it goes to standard error.
  public var isError: Bool
  /// The line, without the newline.
  public var text: String

  static func out(_ text: String) -> DrainLine { DrainLine(isError: false, text: text) }
  static func error(_ text: String) -> DrainLine { DrainLine(isError: true, text: text) }
}

extension DrainEvent {
  /// What kubectl prints; podmedic's own events have words of their own, on standard error.
  public func lines(_ dryRun: DrainOptions.DryRun) -> [DrainLine] {
    let remark = dryRun.remark
    switch self {
    case .cordoned(let node): return [.out("node/\(node) cordoned\(remark)")]
    case .alreadyCordoned(let node): return [.out("node/\(node) already cordoned\(remark)")]
    case .cordonFailed(let node, let text): return [.error("error: unable to cordon node \(quoted(node)): \(text)")]
    case .warning(let text): return [.error("Warning: \(text)")]
    case .wouldEvict(let pod): return [.out("evicting pod \(pod.namespace)/\(pod.name) (dry run)")]
    case .evicting(let pod): return [.out("evicting pod \(pod.namespace)/\(pod.name)\(remark)")]
    case .blocked(let pod, let text, let retry):
      return [
        .error(
          "error when evicting pods/\(quoted(pod.name)) -n \(quoted(pod.namespace)) (will retry after "
            + "\(GoDuration.text(retry))): \(text)")
      ]
    case .refused(let pod, let text):
      return [.error("hint: pod \(pod.namespace)/\(pod.name) is not evicted, and is not asked for again: \(text)")]
    case .never(let pod, let why, let patience):
      let limit = patience.map { " for \(GoDuration.text($0))" } ?? ""
      return [
        .error(
          "hint: pod \(pod.namespace)/\(pod.name) is never evicted as things are: \(why). It is asked for again\(limit), "
            + "in case somebody changes that\(patience == nil ? "" : "; --timeout asks for longer")")
      ]
    case .late(let pod, let termination, let finalizers):
      let why =
        finalizers.isEmpty
        ? "its kubelet does not confirm its end"
        : "it stays until its finalizers go: \(finalizers.joined(separator: ", "))"
      return [
        .error(
          "hint: pod \(pod.namespace)/\(pod.name) should have ended \(termination.late) s ago: \(why). The drain waits "
            + "for it")
      ]
    case .namespaceTerminating(let pod, let text, let retry):
      return [
        .error(
          "error when evicting pod \(quoted(pod.name)) from terminating namespace \(quoted(pod.namespace)) (will retry "
            + "after \(GoDuration.text(retry))): \(text)")
      ]
    case .gone(let pod, let action): return [.out("pod/\(pod.name) \(action == .delete ? "deleted" : "evicted")")]
    case .overdue(let pod, let limit):
      return [.out("pod \(quoted(pod.name)) has DeletionTimestamp older than \(limit) seconds, skipping")]
    case .podsLeft(let node, let error, let pods):
      return [.error("There are pending pods in node \(quoted(node)) when an error occurred: \(error)")]
        + pods.map { .error("pod/\($0.name)") }
    case .leftUnknown(let text):
      return [.error("Following errors occurred while getting the list of pods to delete:"), .error(text)]
    case .drained(let node): return [.out("node/\(node) drained\(remark)")]
    case .nodeDeleted(let node, let hasNamesake):
      return [
        .error(
          "hint: node \(node) was deleted meanwhile: its pods went with it, whether they had ended or not"
            + (hasNamesake ? "; another node has its name now, which this drain has not touched" : ""))
      ]
    case .nodeFailed(let node, let text, let isLast):
      return [
        .error(
          "error: unable to drain node \(quoted(node)) due to error: \(text), "
            + (isLast ? "aborting command..." : "continuing command..."))
      ]
    case .nodesLeft(let nodes):
      return [.error("There are pending nodes to be drained:")] + nodes.map { .error(" \($0)") }
    case .waiting(let text): return [.error("waiting: \(text)")]
    case .connectionLost(let text): return [.error("the server does not answer, trying again: \(text)")]
    case .connectionBack: return [.error("the server answers again")]
    }
  }

  private func quoted(_ text: String) -> String { "\"\(text)\"" }
}

extension DrainOptions.DryRun {
  /// What kubectl puts behind its lines.
  public var remark: String {
    switch self {
    case .none: ""
    case .client: " (dry run)"
    case .server: " (server dry run)"
    }
  }
}
