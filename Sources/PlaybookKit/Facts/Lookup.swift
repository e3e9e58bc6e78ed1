import ClusterState
import Kube

/// What came of looking for something: absence and ignorance are different answers.
public enum Lookup<Value> {
  /// It is there.
  case found(Value)
  /// It is not there: everything was read and it was not among it.
  case none
  /// It cannot be told.
  case unknown(Doubt)

  /// The value, if it is there.
  public var value: Value? { if case .found(let value) = self { value } else { nil } }

  /// The doubt, if there is one.
  public var doubt: Doubt? { if case .unknown(let doubt) = self { doubt } else { nil } }

  /// The value made into another.
  public func map<Other>(_ transform: (Value) -> Other) -> Lookup<Other> {
    switch self {
    case .found(let value): .found(transform(value))
    case .none: .none
    case .unknown(let doubt): .unknown(doubt)
    }
  }

  /// What is found from the value.
  public func flatMap<Other>(_ transform: (Value) -> Lookup<Other>) -> Lookup<Other> {
    switch self {
    case .found(let value): transform(value)
    case .none: .none
    case .unknown(let doubt): .unknown(doubt)
    }
  }
}

extension ClusterState {
  /// Why the absence of objects of a kind says nothing; nil when it does.
  public func doubt(about type: any KubeObject.Type, namespace: String = "") -> Doubt? {
    let plural = type.resource.plural
    guard let store = store(anyOf: type) else { return Doubt(.notRead, "\(plural) are not read") }
    switch store.freshness {
    case .unread: return Doubt(.notRead, "\(plural) are not read")
    case .loading: return Doubt(.notRead, "\(plural) are still being read")
    case .forbidden(let words): return Doubt(.forbidden, "\(plural): \(words)")
    case .notServed: return Doubt(.notServed, "\(plural) are not served by this cluster")
    case .notCaptured(let words): return Doubt(.notRead, "\(plural): \(words)")
    case .failed(let words): return Doubt(.failed, "\(plural): \(words)")
    case .live, .stale:
      guard type.resource.isNamespaced, !store.coverage.includes(namespace: namespace) else { return nil }
      return Doubt(.notRead, "\(plural) of namespace \(namespace) are not read")
    }
  }

  /// The object with a name, or that there is none, or why that cannot be told.
  public func look<Object: KubeObject>(
    _ type: Object.Type, namespace: String = "", name: String
  ) -> Lookup<Object> {
    if let object = get(type, namespace: namespace, name: name) { return .found(object) }
    return doubt(about: type, namespace: namespace).map { .unknown($0) } ?? .none
  }

  /// The objects of a kind in a namespace (all of a cluster-scoped kind) that satisfy a condition, by name; in doubt
  /// when the list is not complete.
  public func look<Object: KubeObject>(
    all type: Object.Type, namespace: String, where condition: (Object) -> Bool = { _ in true }
  ) -> Lookup<[Object]> {
    if let doubt = doubt(about: type, namespace: namespace) { return .unknown(doubt) }
    let isNamespaced = Object.resource.isNamespaced
    let found = all(type).filter { (!isNamespaced || $0.metadata.namespace == namespace) && condition($0) }
    return .found(found.sorted { $0.metadata.name < $1.metadata.name })
  }
}
