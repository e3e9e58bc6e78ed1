import ClusterState
import Kube

/// The cluster as it would be with the other objects of a manifest: what admission reads.
struct PlannedCluster {
  let state: ClusterState
  /// What would be created together with the subject.
  let others: [any KubeObject]

  /// Whether a kind was read to the end, so that what is not there does not exist.
  func isKnown<Object: KubeObject>(_ type: Object.Type, in namespace: String) -> Bool {
    guard let store = state.store(of: type) else { return false }
    guard store.coverage.includes(namespace: namespace) else { return false }
    return store.freshness.isComplete || store.freshness == .notServed
  }

  /// The objects of a kind in a namespace, by name; what the manifest says of one counts.
  func all<Object: KubeObject>(_ type: Object.Type, in namespace: String) -> [Object] {
    let own = planned(type).filter { $0.metadata.namespace == namespace }
    let names = Set(own.map(\.metadata.name))
    let there = state.all(type).filter { $0.metadata.namespace == namespace && !names.contains($0.metadata.name) }
    return (own + there).sorted { $0.metadata.name < $1.metadata.name }
  }

  /// The objects of a kind that has no namespaces.
  func all<Object: KubeObject>(_ type: Object.Type) -> [Object] {
    let own = planned(type)
    let names = Set(own.map(\.metadata.name))
    return own + state.all(type).filter { !names.contains($0.metadata.name) }
  }

  /// The objects of a kind that would be created.
  func planned<Object: KubeObject>(_ type: Object.Type) -> [Object] { others.compactMap { $0 as? Object } }
}
