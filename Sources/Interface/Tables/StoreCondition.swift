import ClusterState
import Kube
import Terminal

extension TableCondition {
  /// What to say about a table whose rows come from `store`; nil means that nobody has asked for the kind yet.
  init(_ store: ObjectStore?, resource: Resource, now: Timestamp) {
    switch store?.freshness {
    case nil, .unread: self.init(word: "connecting", role: .progressing, explanation: "Asking the server …")
    case .loading(let received, let remaining):
      let total = remaining.map { " of about \(received + $0)" } ?? ""
      self.init(word: "reading \(received)\(total)", role: .progressing, explanation: "Reading \(resource.plural) …")
    case .live: self.init(word: "live", role: .ok)
    case .stale(let since, let reason):
      self.init(
        word: "\(now.since(since).human) old, reconnecting", role: .stale,
        explanation: "Nothing was here \(now.since(since).human) ago. \(reason)")
    case .forbidden(let message):
      let hint =
        if resource.isNamespaced {
          " It may be allowed in one namespace: try :\(resource.plural) NAMESPACE."
        } else if resource.qualifiedName == "namespaces" {
          " :pods NAMESPACE shows what is in one whose name you know; :can shows what you may do."
        } else {
          " :can shows what you may do; key : goes elsewhere."
        }
      self.init(
        word: "forbidden", role: .critical,
        explanation: "The server refuses to list \(resource.qualifiedName): \(message).\(hint)")
    case .notServed:
      self.init(
        word: "not served", role: .unknown, explanation: "This server does not serve \(resource.qualifiedName).")
    case .notCaptured(let reason):
      self.init(word: "not in the capture", role: .unknown, explanation: "\(reason).")
    case .failed(let reason):
      let isSentence = reason.last.map { ".?!".contains($0) } ?? false
      self.init(word: "not read", role: .critical, explanation: "\(reason)\(isSentence ? "" : ".") Retrying.")
    }
  }
}

extension Interface {
  /// Says that the chosen namespace is not there, where that is known; nil else. A misspelt name must not look like a
  /// healthy namespace.
  var missingNamespace: String? {
    guard let namespace, cluster.isConclusive(Namespace.self), cluster.get(Namespace.self, name: namespace) == nil
    else { return nil }
    return "There is no namespace \(namespace). 0 shows all namespaces, :ns those that there are."
  }
}
