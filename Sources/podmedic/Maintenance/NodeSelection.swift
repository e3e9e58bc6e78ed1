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
    let names = try words.map { (word) throws(CommandFailure) in try name(word) }
    return try names.map { (name) throws(CommandFailure) in
      SelectedNode(try read(.get(Node.resource, namespace: nil, name: name)))
    }
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
        nodes += (page["items"]?.array ?? []).map(SelectedNode.init)
        token = page[path: "metadata", "continue"]?.string ?? ""
      } catch {
        throw CommandFailure(error.findingNothing(about: "nodes", selector: selector))
      }
    } while !token.isEmpty
    return nodes
  }

  /// `node-1`, `node/node-1`, `no/node-1`.
  private func name(_ word: String) throws(CommandFailure) -> String {
    let parts = word.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count > 2 {
      throw .asKubectl("arguments in resource/name form may not have more than one slash")
    }
    if parts.count == 2 {
      guard !parts[0].isEmpty, !parts[1].isEmpty else {
        throw .asKubectl("arguments in resource/name form must have a single resource and name")
      }
      guard let kind = builtInKind(named: String(parts[0])) else {
        throw .asKubectl("the server doesn't have a resource type \"\(PlainText.line(String(parts[0])))\"")
      }
      guard kind.type == Node.self else {
        throw .asKubectl("expected resource of type node, got \"\(kind.resource.plural)\"")
      }
    }
    guard let name = parts.last, !name.isEmpty else { throw .asKubectl("resource name may not be empty") }
    return String(name)
  }

  private func read(_ request: APIRequest) throws(CommandFailure) -> JSONValue {
    do throws(APIFailure) { return try answer(request) } catch { throw CommandFailure(error) }
  }

  private func answer(_ request: APIRequest) throws(APIFailure) -> JSONValue {
    let response: APIResponse = try context.answer { (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
      context.client.send(request, done)
    }
    return try response.json()
  }
}

/// A node that a command line names, as the server has it.
struct SelectedNode {
  /// What is drained, cordoned or uncordoned.
  let target: DrainOrder.Target
  /// Whether its kubelet says that it is well.
  let isReady: Bool

  init(_ json: JSONValue) {
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
