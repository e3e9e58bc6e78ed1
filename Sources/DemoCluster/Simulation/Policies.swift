import Kube

/// Disruption budgets, quotas and autoscalers.
extension Simulation {
  mutating func syncDisruptionBudgets() {
    for budget in store.list("poddisruptionbudgets.policy") {
      let matching = pods(matching: budget)
      let healthy = matching.filter { Self.isReady($0) && !$0.isDeleting }.count
      let expected = matching.filter { !Self.isFinished($0) }.count
      let desired: Int
      if budget[at: "spec.minAvailable"] == nil, let unavailable = budget[at: "spec.maxUnavailable"] {
        desired = max(
          0, expectedScale(of: matching) - Self.share(unavailable, of: expectedScale(of: matching), up: true))
      } else {
        let minimum = budget[at: "spec.minAvailable"] ?? 1
        desired = Self.share(minimum, of: minimum.int == nil ? expectedScale(of: matching) : expected, up: true)
      }
      // Only a number of pods is counted from the pods themselves; shares are of what the controllers want.
      let total = budget[at: "spec.minAvailable"]?.int != nil ? expected : expectedScale(of: matching)
      let allowed = total == 0 ? 0 : max(0, healthy - desired)
      var status = budget["status"] ?? .emptyObject
      status["observedGeneration"] = .int(budget.generation)
      for (field, value) in [
        ("currentHealthy", healthy), ("desiredHealthy", desired), ("expectedPods", total),
        ("disruptionsAllowed", allowed),
      ] { status[field] = .int(value) }
      setCondition(
        &status, "DisruptionAllowed", allowed > 0 ? "True" : "False",
        reason: allowed > 0 ? "SufficientPods" : "InsufficientPods")
      write("poddisruptionbudgets.policy", budget.setting("status", status))
    }
  }

  /// The pods that a budget covers.
  func pods(matching budget: JSONValue) -> [JSONValue] {
    guard let matcher = LabelMatcher.selector(budget[at: "spec.selector"]) else { return [] }
    return store.list("pods", namespace: budget.namespace).filter { matcher.matches($0.labels) }
  }

  /// The sum of the scales of the controllers of some pods.
  private func expectedScale(of pods: [JSONValue]) -> Int {
    var seen: Set<String> = []
    var sum = 0
    for pod in pods {
      // A Deployment that rolls out has several ReplicaSets, and counts once.
      guard let owner = pod.controller, let own = object(of: owner, in: pod.namespace),
        let top = own.controller.map({ object(of: $0, in: pod.namespace) }) ?? own, seen.insert(top.uid).inserted
      else { continue }
      sum += top.int(at: "spec.replicas") ?? 0
    }
    return sum
  }

  private func object(of owner: JSONValue, in namespace: String) -> JSONValue? {
    catalog.resource(apiVersion: owner.text(at: "apiVersion"), kind: owner.text(at: "kind")).flatMap {
      store.object($0.storage, namespace: namespace, name: owner.text(at: "name"))
    }
  }

  /// What a namespace uses of the resources that a quota limits.
  private func usage(of quota: JSONValue, adding pod: JSONValue? = nil) -> [(resource: String, nanos: Int128)] {
    let counted =
      store.list("pods", namespace: quota.namespace).filter { !Self.isFinished($0) } + (pod.map { [$0] } ?? [])
    return quota.strings(at: "spec.hard").map { entry in
      (entry.key, Self.amount(of: entry.key, in: counted, namespace: quota.namespace, store: store))
    }
  }

  private static func amount(of resource: String, in pods: [JSONValue], namespace: String, store: ObjectStore) -> Int128
  {
    let unit: Int128 = 1_000_000_000
    switch resource {
    case "pods", "count/pods": return Int128(pods.count) * unit
    case "services", "configmaps", "secrets", "persistentvolumeclaims":
      return Int128(store.list(resource, namespace: namespace).count) * unit
    default: break
    }
    let parts = resource.split(separator: ".").map(String.init)
    let (field, name) = parts.count == 2 ? (parts[0], parts[1]) : ("requests", resource)
    return pods.reduce(0) { sum, pod in
      pod.list(at: "spec.containers").reduce(sum) { sum, container in
        sum + (container[path: "resources", field, name]?.string.flatMap { Quantity($0).nanos } ?? 0)
      }
    }
  }

  mutating func syncQuotas() {
    for quota in store.list("resourcequotas") {
      let used = usage(of: quota).map { ($0.resource, Self.quantityText($0.nanos, of: $0.resource)) }
      let status: JSONValue = .object([("hard", quota[at: "spec.hard"]), ("used", .strings(used))])
      write("resourcequotas", quota.setting("status", status))
    }
  }

  /// Refuses a pod that would exceed a quota, in the words of the API server's admission.
  func checkQuota(_ pod: JSONValue) throws(StatusError) {
    guard let resource = catalog.resource(storage: "pods")?.resource else { return }
    for quota in store.list("resourcequotas", namespace: pod.namespace) {
      let before = usage(of: quota)
      let after = usage(of: quota, adding: pod)
      var exceeded: [(resource: String, requested: Int128, used: Int128, hard: String)] = []
      var missing: [String] = []
      for ((name, used), (_, wanted)) in zip(before, after) {
        let hard = quota[path: "spec", "hard", name]?.string ?? "0"
        if wanted == used, name.contains("cpu") || name.contains("memory") { missing.append(name) }
        if let limit = Quantity(hard).nanos, wanted > limit, wanted > used {
          exceeded.append((name, wanted - used, used, hard))
        }
      }
      if !missing.isEmpty {
        let containers = pod.list(at: "spec.containers").map { $0.text(at: "name") }.joined(separator: ",")
        throw .forbidden(
          resource, pod.name,
          "failed quota: \(quota.name): must specify "
            + missing.sorted().map { "\($0) for: \(containers)" }.joined(separator: "; "))
      }
      guard !exceeded.isEmpty else { continue }
      func list(_ value: (Int) -> String) -> String {
        exceeded.indices.map { "\(exceeded[$0].resource)=\(value($0))" }.joined(separator: ",")
      }
      throw .forbidden(
        resource, pod.name,
        "exceeded quota: \(quota.name), "
          + "requested: \(list { Self.quantityText(exceeded[$0].requested, of: exceeded[$0].resource) }), "
          + "used: \(list { Self.quantityText(exceeded[$0].used, of: exceeded[$0].resource) }), "
          + "limited: \(list { exceeded[$0].hard })")
    }
  }

  /// An amount as people write it for a resource: memory in binary units.
  static func quantityText(_ nanos: Int128, of resource: String) -> String {
    guard resource.contains("memory") || resource.contains("storage") else { return Quantity(nanos: nanos).text }
    var value = nanos / 1_000_000_000
    for unit in ["", "Ki", "Mi", "Gi", "Ti"] {
      if value == 0 || value % 1024 != 0 || unit == "Ti" { return "\(value)\(unit)" }
      value /= 1024
    }
    return "\(value)"
  }

  /// Autoscalers report what they see; in the demo they never have to act.
  mutating func syncAutoscalers() {
    for scaler in store.list("horizontalpodautoscalers.autoscaling") {
      let kind = scaler.text(at: "spec.scaleTargetRef.kind")
      guard let served = catalog.resource(apiVersion: scaler.text(at: "spec.scaleTargetRef.apiVersion"), kind: kind),
        let target = store.object(
          served.storage, namespace: scaler.namespace, name: scaler.text(at: "spec.scaleTargetRef.name"))
      else { continue }
      let replicas = target.int(at: "status.replicas") ?? 0
      var status = scaler["status"] ?? .emptyObject
      status["observedGeneration"] = .int(scaler.generation)
      status["currentReplicas"] = .int(replicas)
      status["desiredReplicas"] = .int(max(replicas, scaler.int(at: "spec.minReplicas") ?? 1))
      let utilization = cpuUtilization(of: target)
      status["currentMetrics"] = [
        [
          "type": "Resource",
          "resource": ["name": "cpu", "current": ["averageUtilization": .int(utilization), "averageValue": "30m"]],
        ]
      ]
      setCondition(
        &status, "AbleToScale", "True", reason: "ReadyForNewScale",
        message: "recommended size matches current size")
      setCondition(
        &status, "ScalingActive", "True", reason: "ValidMetricFound",
        message: "the HPA was able to successfully calculate a replica count from cpu resource utilization "
          + "(percentage of request)")
      setCondition(
        &status, "ScalingLimited", "False", reason: "DesiredWithinRange",
        message: "the desired count is within the acceptable range")
      write("horizontalpodautoscalers.autoscaling", scaler.setting("status", status))
    }
  }

  private func cpuUtilization(of target: JSONValue) -> Int {
    guard let container = target.list(at: "spec.template.spec.containers").first,
      let request = container[at: "resources.requests.cpu"]?.string.flatMap({ Quantity($0).milliValue }), request > 0
    else { return 0 }
    let used = registry.behavior(of: container.text(at: "image"))?.milliCPU ?? 0
    return used * 100 / request
  }
}
