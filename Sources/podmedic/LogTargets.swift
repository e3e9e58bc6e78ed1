import EventLoop
import HTTPTransport
import Kube
import KubeClient
import KubeConfig
import PlainInterface

/// Which pods a person means by what `logs` was given.
struct LogTargets {
  let context: CommandContext
  /// How long to wait for a workload's first pod; nil for not at all.
  var patience: Duration?
  /// How often it is looked for.
  private static let period = Duration.milliseconds(500)

  init(context: CommandContext, patience: Duration?) {
    self.context = context
    self.patience = patience
  }

  /// The pod of a name, the pods of a selector, or of a workload: the one that kubectl takes, or
  /// `all`.
  func pods(word: String?, selector: String?, all: Bool) throws(CommandFailure) -> [Pod] {
    if let selector { return try list(selector) }
    guard let word else { return [] }
    let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 else { return [try read(Pod.self, word)] }
    let resource = try KindWords(context: context).resource(parts[0])
    if resource.qualifiedName == "pods" { return [try read(Pod.self, parts[1])] }
    let object = try json(resource, parts[1], calledAs: parts[0])
    guard let labels = Self.selector(object) else {
      throw CommandFailure(
        "error: cannot get the logs from \(resource.qualifiedName): it selects no pods",
        hint: "Give a pod, or a Deployment, StatefulSet, DaemonSet, ReplicaSet, Job or Service.")
    }
    let found = try waitForPods(labels).map { (pod: $0, rank: Self.rank($0)) }
      .sorted { $0.rank.lexicographicallyPrecedes($1.rank) }.map(\.pod)
    guard let first = found.first else {
      throw CommandFailure("error: no pods of \(PlainText.line(word)) were found")
    }
    if all { return found }
    if found.count > 1 { Output.message("Found \(found.count) pods, using pod/\(first.metadata.name)") }
    return [first]
  }

  private func waitForPods(_ selector: String) throws(CommandFailure) -> [Pod] {
    var pods = try list(selector)
    guard let patience else { return pods }
    var isOver = false
    let timer = context.loop.schedule(after: patience) { isOver = true }
    while pods.isEmpty, !isOver {
      var isDue = false
      context.loop.schedule(after: Self.period) { isDue = true }
      context.wait { isDue || isOver }
      pods = try list(selector)
    }
    context.loop.cancel(timer)
    if pods.isEmpty { throw .asKubectl("timed out waiting for the condition") }
    return pods
  }

  /// What kubectl compares pods by to take the log of the first: on a node, running (or ended), ready, ready for longer,
  /// more restarts (of sidecars last), older. Pods that are equal in all of that keep the order of their names.
  private static func rank(_ pod: Pod) -> [Int64] {
    let phases: [String: Int64] = ["Unknown": 1, "Pending": 2]
    let ready = pod.status.conditions.first { $0.type == "Ready" }
    let since = pod.isReady ? ready?.lastTransitionTime.map(\.seconds) ?? .max : .max
    let sidecars = Set(pod.spec.initContainers.filter { $0.restartPolicy == "Always" }.map(\.name))
    let restarts = pod.status.containerStatuses.map { Int64($0.restartCount) }.max() ?? 0
    let sidecarRestarts =
      pod.status.initContainerStatuses.filter { sidecars.contains($0.name) }.map { Int64($0.restartCount) }.max() ?? 0
    return [
      pod.spec.nodeName.isEmpty ? 1 : 0, phases["\(pod.status.phase)"] ?? 0, pod.isReady ? 0 : 1, since, -restarts,
      -sidecarRestarts, pod.metadata.creationTimestamp.map(\.seconds) ?? .max,
    ]
  }

  /// The selector of a workload or a Service as text for the server.
  private static func selector(_ object: JSONValue) -> String? {
    guard let selector = object[path: "spec", "selector"]?.object, !selector.isEmpty else { return nil }
    let isPlain = selector["matchLabels"] == nil && selector["matchExpressions"] == nil
    var terms: [String] = []
    for (key, value) in (isPlain ? selector : selector["matchLabels"]?.object ?? [:]).entries {
      if let text = value.string { terms.append("\(key)=\(text)") }
    }
    for expression in selector["matchExpressions"]?.array ?? [] {
      let key = expression["key"]?.string ?? ""
      let values = (expression["values"]?.array?.compactMap(\.string) ?? []).joined(separator: ",")
      switch expression["operator"]?.string {
      case "In": terms.append("\(key) in (\(values))")
      case "NotIn": terms.append("\(key) notin (\(values))")
      case "Exists": terms.append(key)
      case "DoesNotExist": terms.append("!\(key)")
      default: return nil
      }
    }
    return terms.isEmpty ? nil : terms.joined(separator: ",")
  }

  private func list(_ selector: String) throws(CommandFailure) -> [Pod] {
    var options = ListOptions(namespace: context.namespace)
    options.labelSelector = selector
    var pods: [Pod] = []
    var token = ""
    repeat {
      var request = APIRequest.list(
        Pod.resource, options, codec: .dynamic, resourceVersion: nil, continueToken: token)
      request.accept = "application/json"
      let page: JSONValue
      do throws(APIFailure) { page = try answer(request) } catch {
        try KindWords(context: context).check(error, isNotForLackOf: Pod.resource, calledAs: "pods")
        throw CommandFailure(error)
      }
      for item in page["items"]?.array ?? [] { pods.append(try decode(Pod.self, item)) }
      token = page[path: "metadata", "continue"]?.string ?? ""
    } while !token.isEmpty
    return pods.sorted { $0.metadata.name < $1.metadata.name }
  }

  private func read<Object: KubeObject>(_ type: Object.Type, _ name: String) throws(CommandFailure) -> Object {
    try decode(type, try json(Object.resource, name, calledAs: Object.resource.singular))
  }

  private func json(_ resource: Resource, _ name: String, calledAs word: String) throws(CommandFailure) -> JSONValue {
    do throws(APIFailure) {
      return try answer(.get(resource, namespace: context.namespaceOfNames, name: name))
    } catch {
      try KindWords(context: context).check(error, isNotForLackOf: resource, calledAs: word)
      // kubectl's own words for what it looks up before it asks for logs.
      if case .status(let status, _) = error, status.reason == "NotFound", let namespace = context.namespaceOfNames {
        throw .asKubectl("error from server (NotFound): \(status.message) in namespace \"\(namespace)\"")
      }
      throw CommandFailure(error)
    }
  }

  private func answer(_ request: APIRequest) throws(APIFailure) -> JSONValue {
    try context.answer { (done: @escaping (Result<APIResponse, APIFailure>) -> Void) in
      context.client.send(request, done)
    }.object()
  }

  private func decode<Object: KubeObject>(_ type: Object.Type, _ json: JSONValue) throws(CommandFailure) -> Object {
    do throws(DecodingFailure) {
      return try json.bytes().withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
        var reader = JSONReader(UnsafeRawBufferPointer(bytes), pool: StringPool(capacity: 256))
        return try Object(json: &reader)
      }
    } catch {
      throw CommandFailure("error: the server's answer cannot be read: \(error)")
    }
  }
}
