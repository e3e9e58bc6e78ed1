import Kube

/// The API server of the demo: a value that answers requests out of the simulated cluster.
struct APIServer: Sendable {
  var cluster: Simulation
  var faults = Faults()
  /// The state of the choices that the faults make, and the seed that it comes from.
  var faultRandom: SeededRandom?
  var faultSeed: UInt64 = 0
  var watches: [Int: Watch] = [:]
  var logStreams: [Int: LogStream] = [:]
  var nextStream = 1
  /// Called when a client goes away from a watch or a log; set once by the server around this.
  var streamEnded: @Sendable (Int) -> Void = { _ in }

  init(cluster: Simulation) { self.cluster = cluster }

  /// Answers one request.
  mutating func answer(_ request: APIRequest) -> APIAnswer {
    do throws(StatusError) {
      try authorize(request)
      return try route(request)
    } catch {
      return .failure(error)
    }
  }

  private mutating func route(_ request: APIRequest) throws(StatusError) -> APIAnswer {
    if let answer = try discovery(request) { return answer }
    if request.method == "GET", request.path.count == 7, request.path.starts(with: ["api", "v1", "nodes"]),
      request.path.suffix(3) == ["proxy", "stats", "summary"]
    {
      return try volumeSummary(ofNode: request.path[3])
    }
    guard let target = target(of: request) else { throw .noSuchPath }
    var answer = try handle(request, target)
    if let warning = target.served.warning {
      answer.headers.append(("Warning", "299 - \"\(warning)\""))
    }
    return answer
  }

  private mutating func handle(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    if let subresource = target.subresource { return try handle(request, target, subresource: subresource) }
    if target.served.resource.group == "metrics.k8s.io" { return try metrics(request, target) }
    if target.served.resource.group == "authorization.k8s.io" { return try accessReview(request, target) }
    switch (request.method, target.name) {
    case ("GET", nil) where request.isOn("watch"), ("GET", .some) where request.isOn("watch"):
      return try watch(request, target)
    case ("GET", nil): return try list(request, target)
    case ("GET", .some): return try get(request, target)
    case ("POST", nil): return try create(request, target)
    case ("PUT", .some): return try replace(request, target, status: false)
    case ("PATCH", .some): return try patch(request, target, status: false)
    case ("DELETE", .some): return try delete(request, target)
    case ("DELETE", nil): return try deleteCollection(request, target)
    default: throw .notAllowed("the server does not allow this method on the requested resource")
    }
  }

  private mutating func handle(
    _ request: APIRequest, _ target: RequestTarget, subresource: String
  ) throws(StatusError) -> APIAnswer {
    if target.resource.qualifiedName == "pods", ["exec", "attach", "portforward"].contains(subresource) {
      throw .badRequest("the containers of the demo cluster are not real: nothing can be run in them or forwarded to")
    }
    guard target.name != nil, target.served.subresources.contains(where: { $0.name == subresource }) else {
      throw .noSuchPath
    }
    switch (request.method, subresource) {
    case ("GET", "log"): return try log(request, target)
    case ("GET", "status"): return try get(request, target)
    case ("PUT", "status"): return try replace(request, target, status: true)
    case ("PATCH", "status"): return try patch(request, target, status: true)
    case ("POST", "eviction"): return try evict(request, target)
    case ("POST", "binding"): return try bind(request, target)
    case ("GET", "scale"), ("PUT", "scale"), ("PATCH", "scale"): return try scale(request, target)
    default: throw .notAllowed("the server does not allow this method on the requested resource")
    }
  }

  private func target(of request: APIRequest) -> RequestTarget? {
    RequestTarget(path: request.path, catalog: cluster.catalog)
  }

  /// Tells watches and log streams what has happened since the last call.
  mutating func publish() {
    for change in cluster.store.takeUnpublished() {
      for watch in watches.values where watch.storage == change.storage { watch.deliver(change, now: cluster.now) }
    }
    for id in Array(logStreams.keys) {
      logStreams[id]?.deliver(from: cluster)
      if logStreams[id]?.isFinished == true { logStreams.removeValue(forKey: id)?.continuation.finish() }
    }
  }
}

/// What the path of a request names.
struct RequestTarget: Sendable {
  var served: ServedResource
  /// nil for cluster-scoped kinds and for all namespaces.
  var namespace: String?
  var name: String?
  var subresource: String?

  var resource: Resource { served.resource }

  /// Reads `/api/v1/namespaces/NS/pods/NAME/log` and the like; nil when nothing is served there.
  init?(path: [String], catalog: ResourceCatalog) {
    var rest = path[...]
    guard let root = rest.popFirst(), root == "api" || root == "apis" else { return nil }
    var group = ""
    if root == "apis" {
      guard let first = rest.popFirst() else { return nil }
      group = first
    }
    guard let version = rest.popFirst() else { return nil }
    if rest.first == "watch" { return nil }
    // `/namespaces/NS/...` is a scope unless it ends there or names a subresource of the namespace itself.
    if rest.first == "namespaces", rest.count >= 3,
      !(rest.count == 3 && ["status", "finalize"].contains(rest[rest.startIndex + 2]))
    {
      namespace = rest[rest.startIndex + 1]
      rest = rest.dropFirst(2)
    }
    guard let plural = rest.popFirst(),
      let served = catalog.resource(group: group, version: version, plural: plural)
    else { return nil }
    self.served = served
    guard served.resource.isNamespaced || namespace == nil else { return nil }
    name = rest.popFirst()
    subresource = rest.popFirst()
    guard rest.isEmpty, name == nil || !served.resource.isNamespaced || namespace != nil else { return nil }
  }
}
