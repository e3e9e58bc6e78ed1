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

/// Taints without toleration: the first one counts.
struct TaintTolerationFilter: NodeFilter {
  let tolerations: [Toleration]
  let rules: SchedulerRules

  static func prepare(_ incoming: Incoming) -> Preparation {
    .filter(Self(tolerations: incoming.pod.spec.tolerations, rules: incoming.rules))
  }

  func verdict(on node: NodeState) -> Verdict {
    var doubtful: (taint: Taint, toleration: Toleration)?
    for taint in node.facts.taints where !tolerations.contains(where: { $0.tolerates(taint) }) {
      guard let toleration = tolerations.first(where: { $0.mayTolerate(taint) }) else {
        return .fail([Reason(text(taint), resolvable: false, .taint(taint))])
      }
      doubtful = doubtful ?? (taint, toleration)
    }
    guard let doubtful else { return .pass }
    return .unknown(
      "not modelled: taint \(doubtful.taint.shortText) and toleration \(doubtful.toleration.shortText): whether numbers "
        + "are compared is a setting of the scheduler (TaintTolerationComparisonOperators)")
  }

  private func text(_ taint: Taint) -> String {
    if rules.hidesTaints { return "node(s) had untolerated taint(s)" }
    return rules.minor < 24
      ? "node(s) had taint {\(taint.key): \(taint.value)}, that the pod didn't tolerate"
      : "node(s) had untolerated taint {\(taint.key): \(taint.value)}"
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
    var doubtful: (port: HostPort, pod: ObjectName, ended: ObjectName)?
    let ended = incoming.snapshot.ended[node.facts.name] ?? []
    for pod in node.pods where !pod.hostPorts.isEmpty {
      for taken in pod.hostPorts where incoming.facts.hostPorts.contains(where: { $0.conflicts(with: taken) }) {
        if let sharer = ended.first(where: { $0.hostPorts.contains(taken) }) {
          if doubtful.map({ pod.name < $0.pod }) ?? true { doubtful = (taken, pod.name, sharer.name) }
        } else if conflict.map({ pod.name < $0.pod }) ?? true {
          conflict = (taken, pod.name)
        }
      }
    }
    if conflict == nil, let doubtful {
      // The scheduler keeps a set of ports: when one of two pods with the same port ends, the port is free to it.
      let (user, gone) = (doubtful.pod, doubtful.ended)
      return .unknown(
        "may differ: \(doubtful.port) is used by \(user.namespace)/\(user.name), and by \(gone.namespace)/\(gone.name), "
          + "which has ended: if it ended last, the scheduler takes the port to be free")
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
