import ClusterState
import Kube

/// What ties pods to the nodes that are drained.
struct PinnedPlaces {
  private let state: ClusterState
  private let names: Set<String>
  private let hostnames: Set<String>

  init(_ nodes: [Node], in state: ClusterState) {
    self.state = state
    names = Set(nodes.map(\.metadata.name))
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
      if isPinned(disk.spec.nodeAffinity?.required) {
        warnings.append(.isPinnedByVolume(claim: name))
      } else if !disk.spec.accessModes.isEmpty,
        disk.spec.accessModes.allSatisfy({ $0 == "ReadWriteOnce" || $0 == "ReadWriteOncePod" })
      {
        warnings.append(.movesVolume(claim: name))
      }
    }
    return warnings
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
