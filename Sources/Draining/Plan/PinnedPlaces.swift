import ClusterState
import Kube

/// What ties pods to the nodes that are drained.
struct PinnedPlaces {
  private let state: ClusterState
  private let names: Set<String>
  private let hostnames: Set<String>
  private let leaving: [Node]
  /// The nodes that are not drained; nil when not all nodes are known.
  private let staying: [Node]?

  init(_ nodes: [Node], in state: ClusterState) {
    self.state = state
    leaving = nodes
    let names = Set(nodes.map(\.metadata.name))
    self.names = names
    staying = state.gap(Node.self) == nil ? state.all(Node.self).filter { !names.contains($0.metadata.name) } : nil
    hostnames = Set(nodes.map { $0.metadata.labels["kubernetes.io/hostname"] ?? $0.metadata.name })
  }

  func warnings(_ pod: Pod) -> [PodWarning] {
    var warnings: [PodWarning] = []
    let isPinnedByLabel = pod.spec.nodeSelector["kubernetes.io/hostname"].map(hostnames.contains) ?? false
    if isPinnedByLabel || isPinned(pod.spec.affinity?.nodeAffinity?.required) { warnings.append(.isPinnedByName) }
    let paths = pod.spec.volumes.compactMap { $0.hostPath?.path }
    if !paths.isEmpty { warnings.append(.usesHostPath(paths)) }
    for volume in pod.spec.volumes {
      guard let name = volume.persistentVolumeClaim?.claimName,
        let claim = state.get(PersistentVolumeClaim.self, namespace: pod.metadata.namespace, name: name),
        !claim.spec.volumeName.isEmpty, let disk = state.get(PersistentVolume.self, name: claim.spec.volumeName)
      else { continue }
      if isUnreachable(disk.spec.nodeAffinity?.required) {
        warnings.append(.isPinnedByVolume(claim: name))
      } else if let path = disk.spec.hostPath?.path {
        // Nothing is detached: on another node the same path has other contents.
        warnings.append(.usesHostPath([path]))
      } else if !disk.spec.accessModes.isEmpty,
        disk.spec.accessModes.allSatisfy({ $0 == "ReadWriteOnce" || $0 == "ReadWriteOncePod" })
      {
        warnings.append(.movesVolume(claim: name))
      }
    }
    return warnings
  }

  /// Whether a volume with such an affinity is reached from the nodes that are drained, and from no other.
  private func isUnreachable(_ selector: NodeSelector?) -> Bool {
    guard let terms = selector?.nodeSelectorTerms, !terms.isEmpty else { return false }
    if isPinned(selector) { return true }
    guard let staying else { return false }
    func isReached(from node: Node) -> Bool { terms.contains { $0.matches(node) } }
    return leaving.contains(where: isReached) && !staying.contains(where: isReached)
  }

  /// Whether every term of a selector names nodes that are drained, and no others.
  private func isPinned(_ selector: NodeSelector?) -> Bool {
    guard let terms = selector?.nodeSelectorTerms, !terms.isEmpty else { return false }
    return terms.allSatisfy { term in
      term.matchExpressions.contains {
        $0.key == "kubernetes.io/hostname" && $0.operator == "In" && !$0.values.isEmpty
          && $0.values.allSatisfy(hostnames.contains)
      }
        || term.matchFields.contains {
          $0.key == "metadata.name" && $0.operator == "In" && !$0.values.isEmpty
            && $0.values.allSatisfy(names.contains)
        }
    }
  }
}

extension NodeSelectorTerm {
  /// Whether a node has what the term asks for; what is malformed no node has.
  fileprivate func matches(_ node: Node) -> Bool {
    guard !matchExpressions.isEmpty || !matchFields.isEmpty else { return false }
    return matchExpressions.allSatisfy { $0.matches(node.metadata.labels[$0.key]) }
      && matchFields.allSatisfy { $0.key == "metadata.name" && $0.matches(node.metadata.name) }
  }
}

extension NodeSelectorRequirement {
  /// Whether a label with this value, or none, is what it asks for.
  fileprivate func matches(_ value: String?) -> Bool {
    func compare(_ isRight: (Int64, Int64) -> Bool) -> Bool {
      guard values.count == 1, let bound = Int64(values[0]), let number = value.flatMap({ Int64($0) }) else {
        return false
      }
      return isRight(number, bound)
    }
    switch `operator` {
    case "In": return value.map(values.contains) ?? false
    case "NotIn": return !values.isEmpty && !(value.map(values.contains) ?? false)
    case "Exists": return value != nil
    case "DoesNotExist": return value == nil
    case "Gt": return compare(>)
    case "Lt": return compare(<)
    default: return false
    }
  }
}
