import ClusterState
import Kube
import KubeClient

/// What a drain asks of the API server.
public enum DrainRequest: Sendable, Hashable {
  /// Marks a node as unschedulable, and notes by whom.
  case cordon(node: String, uid: String, note: CordonNote, isDryRun: Bool)
  /// Reads a node.
  case node(String)
  /// Lists every pod of a node, page by page.
  case podsOfNode(String, pageSize: Int)
  /// Lists every pod of a namespace, page by page.
  case podsOfNamespace(String)
  /// Lists every disruption budget of a namespace, page by page; `version` of the policy group.
  case budgets(namespace: String, version: String)
  /// Asks whether a DaemonSet is there.
  case daemonSet(namespace: String, name: String)
  /// Asks which version of the policy group evictions have.
  case evictionSupport
  /// Evicts a pod.
  case evict(PodKey, version: String, gracePeriod: Int?, isDryRun: Bool)
  /// Deletes a pod.
  case delete(PodKey, gracePeriod: Int?, isDryRun: Bool)
  /// Reads a pod.
  case pod(PodKey)
  /// Reads the owner of pods.
  case owner(OwnerReference, namespace: String)
}

/// What the server said.
public enum DrainAnswer: Sendable {
  /// It is done, or there.
  case done
  /// The node as it is now.
  case node(Node)
  /// All pods of a list.
  case pods([Pod])
  /// All budgets of a list.
  case budgets([PodDisruptionBudget])
  /// The pod as it is now.
  case pod(Pod)
  /// The version of the policy group for evictions; nil when there are none.
  case evictionVersion(String?)
  /// The owner as it is now.
  case owner(JSONValue)
}

/// The patches that cordon and uncordon a node.
public enum CordonPatch {
  /// Marks a node as unschedulable, if it is still this one.
  public static func cordon(node: String, uid: String, note: CordonNote, isDryRun: Bool = false) -> APIRequest {
    request(
      node, uid,
      [
        "metadata": [
          "annotations": [
            CordonNote.byKey: .string(note.user), CordonNote.atKey: .string(note.time.description),
            CordonNote.runKey: note.run.isEmpty ? .null : .string(note.run),
          ]
        ], "spec": ["unschedulable": true],
      ], isDryRun)
  }

  /// Takes back any cordon, and podmedic's note about it, if the node is still this one.
  public static func uncordon(node: String, uid: String, isDryRun: Bool = false) -> APIRequest {
    request(
      node, uid,
      [
        "metadata": [
          "annotations": [CordonNote.byKey: .null, CordonNote.atKey: .null, CordonNote.runKey: .null]
        ], "spec": ["unschedulable": .null],
      ], isDryRun)
  }

  private static func request(_ node: String, _ uid: String, _ patch: JSONValue, _ isDryRun: Bool) -> APIRequest {
    var options = ChangeOptions()
    options.isDryRun = isDryRun
    options.uid = uid
    return .patch(Node.resource, namespace: nil, name: node, kind: .merge, patch: patch, options)
  }
}

extension DrainRequest {
  /// What is sent; of lists the first page.
  public var request: APIRequest {
    switch self {
    case .cordon(let node, let uid, let note, let isDryRun):
      return CordonPatch.cordon(node: node, uid: uid, note: note, isDryRun: isDryRun)
    case .node(let name): return .get(Node.resource, namespace: nil, name: name)
    case .podsOfNode(let node, let pageSize):
      var options = ListOptions()
      options.fieldSelector = "spec.nodeName=\(node)"
      return pods(options, pageSize)
    case .podsOfNamespace(let namespace): return pods(ListOptions(namespace: namespace), APIRequest.pageSize)
    case .budgets(let namespace, let version):
      let resources = PodDisruptionBudget.resources
      return .list(
        resources.first { $0.version == version } ?? PodDisruptionBudget.resource, ListOptions(namespace: namespace),
        codec: .typed(PodDisruptionBudget.self), resourceVersion: nil, continueToken: "")
    case .daemonSet(let namespace, let name): return .get(DaemonSet.resource, namespace: namespace, name: name)
    case .evictionSupport:
      var request = APIRequest(path: "/api/v1")
      request.timeout = .seconds(60)
      return request
    case .evict(let pod, let version, let gracePeriod, let isDryRun):
      return .evict(
        namespace: pod.namespace, pod: pod.name, version: version, gracePeriodSeconds: gracePeriod,
        options(pod, isDryRun))
    case .delete(let pod, let gracePeriod, let isDryRun):
      return .delete(
        Pod.resource, namespace: pod.namespace, name: pod.name, gracePeriodSeconds: gracePeriod,
        options(pod, isDryRun))
    case .pod(let pod): return .get(Pod.resource, namespace: pod.namespace, name: pod.name)
    case .owner(let owner, let namespace):
      let resource = builtInKind(apiVersion: owner.apiVersion, kind: owner.kind)?.resource ?? Pod.resource
      return .get(resource, namespace: namespace, name: owner.name)
    }
  }

  private func pods(_ options: ListOptions, _ pageSize: Int) -> APIRequest {
    .list(Pod.resource, options, codec: .typed(Pod.self), resourceVersion: nil, continueToken: "", pageSize: pageSize)
  }

  private func options(_ pod: PodKey, _ isDryRun: Bool) -> ChangeOptions {
    var options = ChangeOptions()
    options.uid = pod.uid
    options.isDryRun = isDryRun
    return options
  }
}
