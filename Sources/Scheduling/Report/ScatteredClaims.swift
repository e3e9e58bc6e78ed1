import ClusterState
import Kube

extension ClusterSnapshot {
  /// Two claims of a pod whose volumes no node reaches both, although each is reached by some: no change of nodes or
  /// pods places it. Nil where there are none.
  func scatteredClaims(of pod: Pod) -> String? {
    var reached: [(claim: String, nodes: Set<String>)] = []
    for claim in pod.spec.volumes.compactMap({ $0.persistentVolumeClaim?.claimName }).prefix(16) {
      let key = ObjectName(namespace: pod.metadata.namespace, name: claim)
      guard let name = claims[key]?.spec.volumeName, let affinity = volumes[name]?.spec.nodeAffinity?.required else {
        continue
      }
      let own = Set(nodes.filter { affinity.matches($0.facts) }.map(\.facts.name))
      if own.isEmpty { continue }
      if let other = reached.first(where: { $0.nodes.isDisjoint(with: own) }) {
        func place(_ nodes: Set<String>) -> String {
          let names = nodes.sorted()
          return names.prefix(2).joined(separator: ", ") + (names.count > 2 ? " and \(names.count - 2) more" : "")
        }
        return
          "claim \(other.claim) has its volume on \(place(other.nodes)) and claim \(claim) on \(place(own)): no node "
          + "reaches both, so that no change of nodes helps; one of the two has to be another claim"
      }
      reached.append((claim, own))
    }
    return nil
  }
}
