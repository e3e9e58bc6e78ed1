import ClusterState
import Draining
import Kube
import KubeClient
import PlainInterface

/// Reads the nodes that a command line names, as kubectl does: one after the other, or by their labels.
struct NodeSelection {
  private let context: CommandContext

  init(_ context: CommandContext) { self.context = context }

  /// The nodes in the order of the command line, or of the server's list.
  func nodes(_ words: [String], selector: String?) throws(CommandFailure) -> [SelectedNode] {
    if words.isEmpty { return try selected(selector ?? "") }
    let (resource, names) = try addresses(words)
    return try names.map { (name) throws(CommandFailure) in
      if let problem = Self.problem(with: name) {
        throw .asKubectl("invalid resource name \"\(name)\": [\(problem)]")
      }
      // Of another kind kubectl reads the object before it says that it wants nodes.
      let namespace = resource.isNamespaced ? context.namespaceOfNames : nil
      let object = try read(.get(resource, namespace: namespace, name: name), resource)
      guard Self.isNode(resource) else { throw Self.noNode(resource) }
      do throws(APIFailure) { return try SelectedNode(object) } catch { throw CommandFailure(error) }
    }
  }

  /// The names of nodes in `node-1`, `node/node-1`, `no/node-1`; nothing is read.
  func names(_ words: [String]) throws(CommandFailure) -> [String] {
    let (resource, names) = try addresses(words)
    guard Self.isNode(resource) else { throw Self.noNode(resource) }
    return names
  }

  /// Why a name cannot be a part of a path; nil when it can.
  private static func problem(with name: String) -> String? {
    if name == "." || name == ".." { return "may not be '\(name)'" }
    return name.contains("%") ? "may not contain '%'" : nil
  }

  private static func isNode(_ resource: Resource) -> Bool { resource.qualifiedName == Node.resource.qualifiedName }

  private static func noNode(_ resource: Resource) -> CommandFailure {
    .asKubectl(
      "expected resource of type node, got \"\(resource.group)/\(resource.version), Resource=\(resource.plural)\"")
  }

  private func selected(_ selector: String) throws(CommandFailure) -> [SelectedNode] {
    guard !selector.isEmpty else {
      throw CommandFailure(
        """
        error: You must provide one or more resources by argument or filename.
        Example resource specifications include:
           '-f rsrc.yaml'
           '--filename=rsrc.json'
           '<resource> <name>'
           '<resource>'
        """)
    }
    var options = ListOptions()
    options.labelSelector = selector
    var nodes: [SelectedNode] = []
    var token = ""
    repeat {
      let request = APIRequest.list(
        Node.resource, options, codec: .dynamic, resourceVersion: nil, continueToken: token)
      do throws(APIFailure) {
        let page = try answer(request)
        let items = page["items"]?.array ?? []
        nodes += try items.map { (item) throws(APIFailure) in try SelectedNode(item) }
        token = page[path: "metadata", "continue"]?.string ?? ""
      } catch {
        try KindWords(context: context).check(error, isNotForLackOf: Node.resource, calledAs: Node.resource.plural)
        throw CommandFailure(error.findingNothing(about: "nodes", selector: selector))
      }
    } while !token.isEmpty
    return nodes
  }

  /// One kind, as kubectl wants it, and the names.
  private func addresses(_ words: [String]) throws(CommandFailure) -> (resource: Resource, names: [String]) {
    var kinds: [String?] = []
    var names: [String] = []
    for word in words {
      let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      if parts.count > 2 {
        throw .asKubectl("arguments in resource/name form may not have more than one slash")
      }
      if parts.count == 2, parts.contains("") {
        throw .asKubectl("arguments in resource/name form must have a single resource and name")
      }
      guard let name = parts.last, !name.isEmpty else { throw .asKubectl("resource name may not be empty") }
      kinds.append(parts.count == 2 ? parts[0] : nil)
      names.append(name)
    }
    var resources: [Resource] = []
    for kind in kinds {
      let resource =
        try kind.map { (kind) throws(CommandFailure) in try KindWords(context: context).resource(kind) }
        ?? Node.resource
      if !resources.contains(where: { $0.qualifiedName == resource.qualifiedName }) { resources.append(resource) }
    }
    guard let resource = resources.first, resources.count == 1 else {
      throw .asKubectl("you may only specify a single resource type")
    }
    return (resource, names)
  }

  private func read(_ request: APIRequest, _ resource: Resource) throws(CommandFailure) -> JSONValue {
    do throws(APIFailure) { return try answer(request) } catch {
      try KindWords(context: context).check(error, isNotForLackOf: resource, calledAs: resource.plural)
      throw CommandFailure(error)
    }
  }

  private func answer(_ request: APIRequest) throws(APIFailure) -> JSONValue {
    let response: APIResponse = try context.answer { (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
      context.client.send(request, done)
    }
    return try response.object()
  }
}

/// A node that a command line names, as the server has it.
struct SelectedNode {
  /// What is drained, cordoned or uncordoned.
  let target: DrainOrder.Target
  /// Whether its kubelet says that it is well.
  let isReady: Bool

  /// Fails on an object without a name: what is changed is found by it.
  init(_ json: JSONValue) throws(APIFailure) {
    guard json[path: "metadata", "name"]?.string?.isEmpty == false else {
      throw .malformed("the server's answer is a node without a name")
    }
    target = DrainOrder.Target(
      name: json[path: "metadata", "name"]?.string ?? "", uid: json[path: "metadata", "uid"]?.string ?? "",
      isCordoned: json[path: "spec", "unschedulable"]?.bool ?? false)
    let conditions = json[path: "status", "conditions"]?.array ?? []
    isReady = conditions.contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
  }
}

extension APIFailure {
  /// kubectl says what was looked for when a server does not take a selector.
  fileprivate func findingNothing(about resource: String, selector: String) -> APIFailure {
    guard case .status(var status, let retryAfter) = self, status.code == 400 || status.code == 404 else {
      return self
    }
    status.message =
      "Unable to find \"/v1, Resource=\(resource)\" that match label selector \"\(selector)\", field selector \"\": "
      + status.message
    return .status(status, retryAfter: retryAfter)
  }
}
