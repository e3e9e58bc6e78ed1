import Kube

/// metrics.k8s.io: what nodes and pods use now.
extension APIServer {
  func metrics(_ request: APIRequest, _ target: RequestTarget) throws(StatusError) -> APIAnswer {
    guard request.method == "GET" else {
      throw .notAllowed("the server does not allow this method on the requested resource")
    }
    let isNodes = target.resource.plural == "nodes"
    let selection = try Selection(request, RequestTarget.metricsSource(target, cluster.catalog) ?? target)
    let objects = cluster.store.list(isNodes ? "nodes" : "pods", namespace: target.namespace)
      .filter { selection.matches($0) }
      .compactMap { isNodes ? cluster.metrics(ofNode: $0) : cluster.metrics(ofPod: $0) }
    let encoder = try encoder(request, target)
    if let name = target.name {
      guard let only = objects.first else { throw .notFound(target.resource, name) }
      return .bytes(200, encoder.format.contentType, encoder.object(only))
    }
    return .bytes(200, encoder.format.contentType, encoder.list(objects, metadata: .emptyObject))
  }
}

extension RequestTarget {
  /// The collection whose objects have the metrics that are asked for.
  static func metricsSource(_ target: RequestTarget, _ catalog: ResourceCatalog) -> RequestTarget? {
    catalog.resource(storage: target.resource.plural).map { served in
      var source = target
      source.served = served
      return source
    }
  }
}

extension Simulation {
  func metrics(ofPod pod: JSONValue) -> JSONValue? {
    guard let runtime = pods[pod.uid], !runtime.isLost else { return nil }
    let running = runtime.containers.filter { $0.isRunning && !$0.isInit }
    guard !running.isEmpty else { return nil }
    let containers: [JSONValue] = running.map { container in
      let usage = usage(of: container, in: pod)
      return [
        "name": .string(container.name),
        "usage": ["cpu": .string("\(usage.milliCPU * 1_000_000)n"), "memory": .string("\(usage.memory / 1024)Ki")],
      ]
    }
    return metrics("PodMetrics", pod, ["containers": .array(containers)])
  }

  func metrics(ofNode node: JSONValue) -> JSONValue? {
    guard isReady(node: node.name) else { return nil }
    var (milliCPU, memory) = (120, 900 << 20)
    for (uid, runtime) in pods where runtime.node == node.name {
      guard let pod = store.object("pods", namespace: runtime.namespace, name: runtime.name), pod.uid == uid else {
        continue
      }
      for container in runtime.containers where container.isRunning {
        let usage = usage(of: container, in: pod)
        milliCPU += usage.milliCPU
        memory += usage.memory
      }
    }
    return metrics(
      "NodeMetrics", node,
      ["usage": ["cpu": .string("\(milliCPU * 1_000_000)n"), "memory": .string("\(memory / 1024)Ki")]])
  }

  private func metrics(_ kind: String, _ object: JSONValue, _ rest: JSONValue) -> JSONValue {
    var result: JSONValue = .object([
      ("kind", .string(kind)), ("apiVersion", "metrics.k8s.io/v1beta1"),
      (
        "metadata",
        .object([
          ("name", .string(object.name)), ("namespace", object.namespace.isEmpty ? nil : .string(object.namespace)),
          ("labels", object[at: "metadata.labels"]), ("creationTimestamp", .time(now)),
        ])
      ),
      ("timestamp", .time(now)), ("window", "15s"),
    ])
    for (name, value) in rest.object?.entries ?? [] { result[name] = value }
    return result
  }

  /// What a container uses: it grows to what its program needs, up to its limit, and wavers a little.
  private func usage(of container: ContainerRuntime, in pod: JSONValue) -> (milliCPU: Int, memory: Int) {
    let behavior = registry.behavior(of: container.image) ?? ProgramBehavior()
    guard case .running(let since) = container.state else { return (0, 0) }
    let share = min(1, max(0.2, now.since(since) / behavior.timeToMemory))
    let limit = memoryLimit(of: container, in: pod) ?? .max
    let wave = 95 + Int((now.seconds / 15 + Int64(container.name.utf8.count * 7)) % 10)
    return (behavior.milliCPU * wave / 100, min(Int(Double(behavior.memory) * share), limit) / 100 * wave)
  }
}
