import ClusterState
import Kube

extension ClusterState {
  /// Why the absence of objects of a kind means nothing, for people; nil when everything was read, in the namespace or
  /// with nil everywhere. A kind that the server does not have is known to be absent.
  func gap<Object: KubeObject>(_ type: Object.Type, namespace: String? = nil) -> String? {
    let plural = Object.resource.plural
    guard let store = store(of: type) else { return "\(plural) are not read" }
    switch store.freshness {
    case .live, .stale:
      let isCovered = namespace.map { store.coverage.includes(namespace: $0) } ?? (store.coverage == .cluster)
      return isCovered || !Object.resource.isNamespaced ? nil : "\(plural) of other namespaces are not read"
    case .notServed: return nil
    case .unread: return "\(plural) are not read"
    case .loading: return "\(plural) are still being read"
    case .forbidden(let message): return "\(plural) may not be read: \(message)"
    case .notCaptured(let reason): return "\(plural) are not known: \(reason)"
    case .failed(let reason): return "\(plural) cannot be read: \(reason)"
    }
  }
}
