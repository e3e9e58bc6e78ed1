import ClusterState
import Kube
import Terminal

/// Which objects of a kind a table shows, when it was opened from a row of another.
enum Narrowing {
  /// Everything in the scope.
  case all
  /// Those with one of these names.
  case names([String])
  /// Those that this object owns, directly or through others.
  case owned(uid: String, name: String)
  /// Those in a namespace whose labels the selector matches; nil matches nothing.
  case selected(namespace: String, LabelSelector?)
  /// Pods on a node.
  case onNode(String)
  /// Those in a namespace.
  case inNamespace(String)
  /// Events about an object.
  case about(uid: String, name: String, namespace: String)
  /// What another kind of condition admits, with kubectl's words for it.
  case matching(@Sendable (any ClusterObject) -> Bool, kubectl: String)

  /// Whether an object is shown.
  func admits(_ object: any ClusterObject, in cluster: ClusterState) -> Bool {
    switch self {
    case .all: return true
    case .names(let names): return names.contains(object.metadata.name)
    case .owned(let uid, _): return Self.isOwned(object.metadata, by: uid, in: cluster, depth: 0)
    case .selected(let namespace, let selector):
      let metadata = object.metadata
      return metadata.namespace == namespace && selector?.matches(metadata.labels) == true
    case .onNode(let node): return object.boundNode == node
    case .inNamespace(let namespace): return object.metadata.namespace == namespace
    case .about(let uid, let name, let namespace):
      guard let about = (object as? Event)?.involvedObject else { return false }
      // Events about nodes carry the node's name as uid, and those of old components none at all.
      return about.uid == uid || (about.name == name && about.namespace == namespace && about.uid.isEmpty)
    case .matching(let test, _): return test(object)
    }
  }

  /// A pod of a Job of a CronJob has three owners above it; hostile cycles end here too.
  private static let deepestChain = 6

  private static func isOwned(_ metadata: ObjectMeta, by uid: String, in cluster: ClusterState, depth: Int) -> Bool {
    guard depth < deepestChain else { return false }
    for owner in metadata.ownerReferences {
      if owner.uid == uid { return true }
      if let object = cluster.owner(owner, namespace: metadata.namespace),
        isOwned(object.metadata, by: uid, in: cluster, depth: depth + 1)
      {
        return true
      }
    }
    return false
  }

  /// What kubectl needs besides `get KIND` to show the same; "" where it has no way to say it.
  var kubectl: String {
    switch self {
    case .all, .owned: ""
    case .names(let names): " " + names.joined(separator: " ")
    case .selected(_, let selector): selector.flatMap(\.query).map { " -l '\($0)'" } ?? ""
    case .onNode(let node): " --field-selector spec.nodeName=\(node)"
    case .inNamespace: ""
    case .about(_, let name, _): " --field-selector involvedObject.name=\(name)"
    case .matching(_, let kubectl): kubectl
    }
  }

  /// What it means that there is nothing to show of a kind; nil where that says nothing about what it was opened from.
  func emptiness(of kind: String) -> String? { words(forNo: kind).map { $0 + " Esc goes back." } }

  private func words(forNo kind: String) -> String? {
    switch self {
    case .all, .matching: nil
    case .names(let names): names.count == 1 ? "\(names[0]) is not there any more." : "They are not there any more."
    case .owned(_, let name): "\(name) owns no \(kind)."
    case .selected(_, nil): "It has no selector, so that it selects no \(kind)."
    case .selected(let namespace, let selector):
      "No \(kind) in namespace \(namespace) match its selector\(selector?.query.map { ": \($0)" } ?? "")."
    case .onNode(let node): "No \(kind) are on node \(node)."
    case .inNamespace(let namespace): "No \(kind) in namespace \(namespace)."
    case .about(_, let name, _): "No events about \(name). Most servers keep events for an hour only."
    }
  }

  /// The namespace that kubectl has to be told of; nil for all. `shown` is the one that is chosen.
  func kubectlScope(shown: String?) -> String? {
    switch self {
    case .selected(let namespace, _), .inNamespace(let namespace), .about(_, _, let namespace):
      namespace.isEmpty ? nil : namespace
    case .onNode, .owned: nil
    case .all, .names, .matching: shown
    }
  }

  /// Whether the objects are from all namespaces, whichever is shown.
  var isOfAllNamespaces: Bool { if case .onNode = self { true } else { false } }

  /// Whether the objects may lie outside the namespace that is shown.
  var ignoresScope: Bool {
    switch self {
    case .selected, .onNode, .inNamespace, .about, .owned: true
    case .all, .names, .matching: false
    }
  }
}

/// What Enter does on a row.
enum Drill {
  /// Opens a screen on what belongs to the row.
  case screen(String, Narrowing, crumb: String)
  /// Opens the logs of the row.
  case logs(RowObject)
  /// Describes the row.
  case details(RowObject)
  /// Shows a namespace.
  case namespace(String)
  /// Goes to another cluster.
  case context(String)
  /// Runs a command as if typed.
  case command(String)
  /// Shows lines under a title; they are made when they are asked for.
  case text(String, () -> [[Span]])
}
