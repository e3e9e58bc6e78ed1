import Kube

/// Evictions, bindings and scales.
extension APIServer {
  mutating func evict(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    let body = try request.object() ?? .emptyObject
    let options = body["deleteOptions"] ?? .emptyObject
    let pod = try existing(target)
    try checkPreconditions(options, pod, target)
    let isDryRun = request.isDryRun || options.list(at: "dryRun").contains("All")
    let success: JSONValue = .object([
      ("kind", "Status"), ("apiVersion", "v1"), ("metadata", .emptyObject), ("status", "Success"), ("code", 201),
    ])
    let bypasses = ["Succeeded", "Failed", "Pending"].contains(pod.text(at: "status.phase")) || pod.isDeleting
    if !bypasses { try disrupt(pod, isDryRun: isDryRun) }
    if isDryRun { return .json(201, success) }
    var marked = pod
    var status = marked["status"] ?? .emptyObject
    cluster.setCondition(
      &status, "DisruptionTarget", "True", reason: "EvictionByEvictionAPI", message: "Eviction API: evicting")
    marked["status"] = status
    let stored = cluster.write("pods", marked)
    cluster.delete("pods", stored, grace: options["gracePeriodSeconds"]?.int)
    return .json(201, success)
  }

  /// Asks the disruption budget of a pod for permission, and takes it from the budget.
  private mutating func disrupt(_ pod: JSONValue, isDryRun: Bool) throws(StatusError) {
    let storage = "poddisruptionbudgets.policy"
    let budgets = cluster.store.list(storage, namespace: pod.namespace).filter {
      LabelMatcher.selector($0[at: "spec.selector"])?.matches(pod.labels) ?? false
    }
    guard budgets.count <= 1 else {
      throw StatusError(
        500, "InternalError",
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.")
    }
    guard var budget = budgets.first else { return }
    let healthy = budget.int(at: "status.currentHealthy") ?? 0
    let desired = budget.int(at: "status.desiredHealthy") ?? 0
    if !Simulation.isReady(pod) {
      let always = budget.text(at: "spec.unhealthyPodEvictionPolicy") == "AlwaysAllow"
      if always || (healthy >= desired && desired > 0) { return }
    }
    guard budget.int(at: "status.observedGeneration") ?? 0 >= budget.generation else {
      throw StatusError(
        429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
        details: [
          "causes": [
            [
              "reason": "DisruptionBudget",
              "message": .string("The disruption budget \(budget.name) is still being processed by the server."),
            ]
          ]
        ], retryAfter: 10)
    }
    let allowed = budget.int(at: "status.disruptionsAllowed") ?? 0
    guard allowed > 0 else {
      throw StatusError(
        429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget.",
        details: [
          "causes": [
            [
              "reason": "DisruptionBudget",
              "message": .string(
                "The disruption budget \(budget.name) needs \(desired) healthy pods and has \(healthy) currently"),
            ]
          ]
        ])
    }
    if isDryRun { return }
    budget.set("status.disruptionsAllowed", .int(allowed - 1))
    cluster.write(storage, budget)
  }

  mutating func bind(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    guard let binding = try request.object() else { throw .badRequest("the body of the request is empty") }
    let pod = try existing(target)
    let node = binding.text(at: "target.name")
    guard cluster.store.object("nodes", name: node) != nil else {
      throw .badRequest("node \"\(node)\" not found")
    }
    guard pod.text(at: "spec.nodeName").isEmpty else {
      throw .conflict(
        target.resource, pod.name, "pod \(pod.name) is already assigned to node \"\(pod.text(at: "spec.nodeName"))\"")
    }
    if !request.isDryRun { cluster.bind(pod, to: node) }
    return .json(201, ["kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "code": 201])
  }

  mutating func scale(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    let object = try existing(target)
    if request.method == "GET" { return .json(200, Self.scale(of: object)) }
    guard let body = try request.object() else { throw .badRequest("the body of the request is empty") }
    let old = Self.scale(of: object)
    let new =
      request.method == "PUT"
      ? body : try Patches.apply(body, contentType: request.headers["content-type"] ?? "", to: old)
    let version = new.text(at: "metadata.resourceVersion")
    if !version.isEmpty, version != object.text(at: "metadata.resourceVersion") {
      throw .conflict(target.resource, object.name, StatusError.changedMeanwhile)
    }
    let replicas = new.int(at: "spec.replicas") ?? 0
    guard replicas >= 0 else {
      throw .invalid(
        target.resource, object.name, field: "spec.replicas",
        "Invalid value: \(replicas): must be greater than or equal to 0")
    }
    var changed = object
    if object.int(at: "spec.replicas") != replicas {
      changed.set("spec.replicas", .int(replicas))
      changed.set("metadata.generation", .int(object.generation + 1))
    }
    let stored = request.isDryRun ? changed : cluster.write(target.served.storage, changed)
    return .json(200, Self.scale(of: stored))
  }

  private static func scale(of object: JSONValue) -> JSONValue {
    let selector = object.strings(at: "spec.selector.matchLabels").map { "\($0.key)=\($0.value)" }.joined(
      separator: ",")
    return .object([
      ("kind", "Scale"), ("apiVersion", "autoscaling/v1"),
      (
        "metadata",
        .object([
          ("name", .string(object.name)), ("namespace", .string(object.namespace)), ("uid", .string(object.uid)),
          ("resourceVersion", object[at: "metadata.resourceVersion"]),
          ("creationTimestamp", object[at: "metadata.creationTimestamp"]),
        ])
      ),
      ("spec", ["replicas": .int(object.int(at: "spec.replicas") ?? 0)]),
      (
        "status",
        .object([
          ("replicas", .int(object.int(at: "status.replicas") ?? 0)),
          ("selector", selector.isEmpty ? nil : .string(selector)),
        ])
      ),
    ])
  }
}
