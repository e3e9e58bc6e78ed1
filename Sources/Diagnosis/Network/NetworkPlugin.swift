import ClusterState
import Kube

/// How the agents of a network plug-in are known, and what their absence does to a node.
public enum NetworkPlugin {
  /// DaemonSets of the plug-ins that are used most, for captures in which pods have no volumes.
  private static let names: Set = [
    "antrea-agent", "aws-node", "azure-cns", "calico-node", "canal", "cilium", "cilium-agent", "kindnet",
    "kube-ovn-cni", "kube-router", "ovnkube-node", "weave-net",
  ]

  /// Whether a pod is an agent of a network plug-in: a DaemonSet's, in the node's own network, with access to the
  /// directory in which runtimes look for plug-ins or for their configuration.
  public static func isAgent(_ pod: Pod) -> Bool {
    guard let owner = pod.metadata.controller, owner.kind == "DaemonSet" else { return false }
    if names.contains(owner.name) || owner.name.hasPrefix("kube-flannel") { return true }
    return pod.spec.hostNetwork
      && pod.spec.volumes.contains { volume in
        volume.hostPath?.path.split(separator: "/").contains { $0 == "cni" || $0.hasPrefix("cni-") } ?? false
      }
  }

  /// Whether a node is not ready for just one reason, that its runtime has no pod network. Its kubelet is alive then, and
  /// pods in the node's own network run.
  static func isAllThatMisses(_ ready: NodeCondition) -> Bool {
    // Several reasons are written as a list.
    ready.status == "False" && !ready.message.hasPrefix("[")
      && (ready.message.contains("NetworkPluginNotReady") || ready.message.contains("network plugin is not ready"))
  }

  /// Whether an event says that a sandbox fails because of the pod network.
  static func isToBlame(_ event: Evidence) -> Bool {
    switch event.field {
    case "event NetworkNotReady": true
    case "event FailedCreatePodSandBox":
      event.value.contains("network") || event.value.contains("plugin type=") || event.value.contains("cni")
    default: false
    }
  }
}

/// Which agent of a network plug-in is in trouble on each node, so that what its node and the pods there suffer follows
/// from it.
struct NetworkOutages {
  /// Uids of agents that are in trouble and not ready, by their nodes.
  private var agents: [String: Set<String>] = [:]
  private let state: ClusterState

  /// Looks for agents among the pods that findings are about.
  init(_ findings: [Finding], state: ClusterState) {
    self.state = state
    for finding in findings where finding.object.kind == "Pod" && finding.code != .podNodeNotReady {
      guard finding.code != .podStuckTerminating, let pod = Self.pod(of: finding, state),
        NetworkPlugin.isAgent(pod), !pod.isReadyNow
      else { continue }
      agents[pod.spec.nodeName, default: []].insert(finding.object.uid)
    }
  }

  private static func pod(of finding: Finding, _ state: ClusterState) -> Pod? {
    state.store(of: Pod.self)?.object(uid: finding.object.uid) as? Pod
  }

  /// The findings, with those that have an agent's trouble as their cause.
  func connect(_ findings: [Finding]) -> [Finding] {
    if agents.isEmpty { return findings }
    return findings.map { finding in
      guard let node = node(thatHasNoNetwork: finding), let agents = agents[node] else { return finding }
      var finding = finding
      finding.causedBy = agents.sorted()
      return finding
    }
  }

  /// The node for whose lack of a network a finding says that something does not work; nil when it says something else.
  private func node(thatHasNoNetwork finding: Finding) -> String? {
    switch finding.code {
    case .podSandboxFailed:
      guard let pod = Self.pod(of: finding, state), !NetworkPlugin.isAgent(pod),
        finding.evidence.contains(where: NetworkPlugin.isToBlame)
      else { return nil }
      return pod.spec.nodeName
    case .nodeNetworkUnavailable: return finding.object.name
    case .nodeNotReady:
      guard let ready = state.get(Node.self, name: finding.object.name)?.status.readyCondition,
        NetworkPlugin.isAllThatMisses(ready)
      else { return nil }
      return finding.object.name
    default: return nil
    }
  }
}
