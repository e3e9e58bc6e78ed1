import Kube
import Remedies
import Scheduling

/// The playbooks about nodes whose state keeps pods away: Kubernetes makes taints of it, and tolerating those cures
/// nothing.
public enum NodePlaybook {
  /// The playbook about the state that a taint stands for; nil for taints that somebody has set.
  public static func name(forTaint key: String) -> String? { names[key] }

  private static let names = [
    "node.kubernetes.io/not-ready": "node-not-ready", "node.kubernetes.io/unreachable": "node-not-ready",
    "node.kubernetes.io/network-unavailable": "node-not-ready",
    "node.kubernetes.io/memory-pressure": "node-pressure", "node.kubernetes.io/disk-pressure": "node-pressure",
    "node.kubernetes.io/pid-pressure": "node-pressure",
  ]

  /// The command that follows a playbook for a node.
  static func command(_ playbook: String, _ node: String) -> String {
    "podmedic playbook run \(playbook) \(ShellText.quoted("node/\(node)"))"
  }
}

extension PlacementReport {
  /// The playbook about the state of a node that keeps the pod away; nil where no such state does.
  func playbook(for node: NodeReport) -> String? {
    guard case .fail(let reasons) = verdict(of: .taintToleration, on: node) else { return nil }
    return reasons.lazy.compactMap { reason in
      if case .taint(let taint) = reason.evidence { NodePlaybook.name(forTaint: taint.key) } else { nil }
    }.first
  }
}

extension Suggestion {
  /// The commands of playbooks for nodes that have to be mended, each once.
  var playbooks: [String] {
    changes.reduce(into: []) { commands, change in
      guard case .repair(let node, let taint) = change, let playbook = NodePlaybook.name(forTaint: taint) else {
        return
      }
      let command = NodePlaybook.command(playbook, node)
      if !commands.contains(command) { commands.append(command) }
    }
  }
}
