import ClusterState
import Kube

/// Cordoned nodes.
struct NodeUnschedulableFilter: NodeFilter {
  let isTolerated: Bool

  static func prepare(_ incoming: Incoming) -> Preparation {
    var taint = Taint()
    taint.key = "node.kubernetes.io/unschedulable"
    taint.effect = "NoSchedule"
    return .filter(Self(isTolerated: incoming.tolerates(taint)))
  }

  func verdict(on node: NodeState) -> Verdict {
    guard node.facts.isCordoned, !isTolerated else { return .pass }
    return .fail([Reason("node(s) were unschedulable", resolvable: false, .cordoned)])
  }
}

/// A node asked for by name.
struct NodeNameFilter: NodeFilter {
  let name: String
  let text: String

  static func prepare(_ incoming: Incoming) -> Preparation {
    guard !incoming.pod.spec.nodeName.isEmpty else { return .skip }
    return .filter(
      Self(
        name: incoming.pod.spec.nodeName,
        text: incoming.rules.isOld
          ? "node(s) didn't match the requested hostname" : "node(s) didn't match the requested node name"))
  }

  func verdict(on node: NodeState) -> Verdict {
    node.facts.name == name ? .pass : .fail([Reason(text, resolvable: false, .requirement("spec.nodeName is \(name)"))])
  }
}

/// Taints without toleration: the first one counts.
struct TaintTolerationFilter: NodeFilter {
  let tolerations: [Toleration]
  let rules: SchedulerRules

  static func prepare(_ incoming: Incoming) -> Preparation {
    .filter(Self(tolerations: incoming.pod.spec.tolerations, rules: incoming.rules))
  }

  func verdict(on node: NodeState) -> Verdict {
    guard let taint = node.facts.taints.first(where: { taint in !tolerations.contains { $0.tolerates(taint) } }) else {
      return .pass
    }
    return .fail([Reason(text(taint), resolvable: false, .taint(taint))])
  }

  private func text(_ taint: Taint) -> String {
    switch rules.minor {
    case ..<24: "node(s) had taint {\(taint.key): \(taint.value)}, that the pod didn't tolerate"
    case ..<35: "node(s) had untolerated taint {\(taint.key): \(taint.value)}"
    default: "node(s) had untolerated taint(s)"
    }
  }
}

/// Host ports that are taken.
struct NodePortsFilter: NodeFilter {
  let incoming: Incoming

  static func prepare(_ incoming: Incoming) -> Preparation {
    incoming.facts.hostPorts.isEmpty ? .skip : .filter(Self(incoming: incoming))
  }

  func verdict(on node: NodeState) -> Verdict {
    var conflict: (port: HostPort, pod: ObjectName)?
    for pod in node.pods where !pod.hostPorts.isEmpty {
      for taken in pod.hostPorts where incoming.facts.hostPorts.contains(where: { $0.conflicts(with: taken) }) {
        if conflict.map({ pod.name < $0.pod }) ?? true { conflict = (taken, pod.name) }
      }
    }
    if let conflict {
      return .fail([
        Reason(
          "node(s) didn't have free ports for the requested pod ports", resolvable: true,
          .hostPort(conflict.port, usedBy: conflict.pod))
      ])
    }
    return incoming.orUnknown(.pass, .pods)
  }
}

/// Features that the pod needs of the kubelet.
struct NodeDeclaredFeaturesFilter: NodeFilter {
  let needed: [String]

  static func prepare(_ incoming: Incoming) -> Preparation {
    let spec = incoming.pod.spec
    var needed: [String] = []
    let containers = spec.containers + spec.initContainers
    if containers.contains(where: { $0.restartPolicyRules.contains { $0.action == "RestartAllContainers" } }) {
      needed.append("RestartAllContainersOnContainerExits")
    }
    if spec.hostNetwork, spec.hostUsers == false { needed.append("UserNamespacesHostNetworkSupport") }
    return needed.isEmpty ? .skip : .filter(Self(needed: needed))
  }

  func verdict(on node: NodeState) -> Verdict {
    let missing = needed.filter { !node.facts.declaredFeatures.contains($0) }
    guard !missing.isEmpty else { return .pass }
    return .fail([
      Reason(
        "node(s) didn't match Pod's required features", resolvable: false,
        .requirement("the node does not declare \(missing.joined(separator: ", "))"))
    ])
  }
}
