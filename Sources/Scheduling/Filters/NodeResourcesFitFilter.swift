import Kube

/// Requests against what is free.
struct NodeResourcesFitFilter: NodeFilter {
  let incoming: Incoming

  private static let deviceClass = "deviceclass.resource.kubernetes.io/"

  static func prepare(_ incoming: Incoming) -> Preparation {
    if let amount = incoming.facts.requests.unreadable.first {
      return .unknown("a request of the pod is no quantity (\(amount))")
    }
    return .filter(Self(incoming: incoming))
  }

  /// Whether the resource stands for a class of devices, by its name or because the class says so.
  private func isDevice(_ name: String) -> Bool {
    name.hasPrefix(Self.deviceClass) || incoming.snapshot.deviceResources.contains(name)
  }

  func verdict(on node: NodeState) -> Verdict {
    var reasons: [Reason] = []
    var device: String?
    let isPartial = incoming.gap(.pods) != nil
    let wanted = incoming.facts.requests
    let offered = node.facts.allocatable
    // What a node does not name it does not have; what it names and nobody can read, it may have.
    func isReadable(_ name: String) -> Bool { !offered.unreadable.contains { $0.name == name } }
    if isReadable("pods"), Int64(node.pods.count) + 1 > node.facts.podLimit {
      reasons.append(
        Reason(
          "Too many pods", resolvable: true,
          .podCount(used: node.pods.count, limit: node.facts.podLimit, isPartial: isPartial)))
    }
    if !wanted.isZero {
      // 1.20 looks at all three whenever the pod asks for anything: a node that is overcommitted in one refuses even
      // pods that do not want it.
      let isOld = incoming.rules.isOld
      func check(_ name: String, _ amount: Int64, evenZero: Bool) {
        guard amount > 0 || evenZero, isReadable(name) else { return }
        let (used, allocatable) = (node.used[name], offered[name])
        guard amount > allocatable.subtracting(used) else { return }
        reasons.append(
          Reason(
            "Insufficient \(name)", resolvable: isOld || amount <= allocatable,
            .resource(
              name: name, requested: amount, used: used, allocatable: allocatable, isPartial: isPartial)))
      }
      check("cpu", wanted.cpu, evenZero: isOld)
      check("memory", wanted.memory, evenZero: isOld)
      check("ephemeral-storage", wanted.ephemeralStorage, evenZero: isOld)
      for other in wanted.others {
        // Devices of a class stand for such a resource where the node has none of its own.
        if incoming.rules.hasDynamicResources, offered[other.name] == 0, isReadable(other.name), isDevice(other.name) {
          device = other.name
        } else {
          check(other.name, other.amount, evenZero: isOld)
        }
      }
    }
    guard reasons.isEmpty else { return .fail(reasons) }
    if let device { return .unknown("not modelled: \(device) is given out by DynamicResources") }
    if let amount = offered.unreadable.first {
      return .unknown("an amount that the node offers is no quantity (\(amount))")
    }
    if let amount = node.used.unreadable.first {
      return .unknown("a request of a pod on the node is no quantity (\(amount))")
    }
    return incoming.orUnknown(.pass, .pods)
  }
}
