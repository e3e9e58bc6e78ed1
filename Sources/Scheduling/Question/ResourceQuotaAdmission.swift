import Kube

extension ResourceQuota {
  /// Whether the quota counts a pod; nil when its scopes are none that are known here.
  func counts(_ pod: Pod) -> Bool? {
    func holds(_ name: String, _ operation: String, _ values: [String]) -> Bool? {
      let isBestEffort = (pod.spec.containers + pod.spec.initContainers).allSatisfy {
        $0.resources.requests.isEmpty && $0.resources.limits.isEmpty
      }
      switch name {
      case "BestEffort": return isBestEffort
      case "NotBestEffort": return !isBestEffort
      case "Terminating": return pod.spec.activeDeadlineSeconds != nil
      case "NotTerminating": return pod.spec.activeDeadlineSeconds == nil
      case "PriorityClass":
        let own = pod.spec.priorityClassName
        switch operation {
        case "In": return values.contains(own)
        case "NotIn": return !values.contains(own)
        case "Exists": return !own.isEmpty
        case "DoesNotExist": return own.isEmpty
        default: return nil
        }
      default: return nil
      }
    }
    var result = true
    let selected =
      spec.scopes.map { holds($0, "Exists", []) }
      + (spec.scopeSelector?.matchExpressions ?? []).map { holds($0.scopeName, $0.operator, $0.values) }
    for answer in selected {
      guard let answer else { return nil }
      result = result && answer
    }
    return result
  }

  /// Why the quota refuses a pod, in the API server's words; nil when there is room.
  func complaint(about pod: Pod) -> String? {
    if let first = unspecified(by: pod).first {
      return "failed quota: \(metadata.name): must specify \(first.name) for: \(first.container)"
    }
    let exceeded = shortfalls(of: pod)
    guard !exceeded.isEmpty else { return nil }
    func list(_ text: (Shortfall) -> String) -> String { exceeded.map(text).joined(separator: ",") }
    return "exceeded quota: \(metadata.name), requested: \(list { "\($0.resource)=\($0.wanted.text)" }), "
      + "used: \(list { "\($0.resource)=\($0.used.text)" }), limited: \(list { "\($0.resource)=\($0.hard.text)" })"
  }

  /// What containers would have to say for the quota to count it, and do not: `limits.cpu` of container `app`.
  func unspecified(by pod: Pod) -> [(name: String, container: String)] {
    let hard = bounds
    return ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"].flatMap { name in
      guard hard[name] != nil else { return [(name: String, container: String)]() }
      let resource = name.split(separator: ".").last.map(String.init) ?? name
      return (pod.spec.containers + pod.spec.initContainers).filter { container in
        (name.hasPrefix("limits.") ? container.resources.limits : container.resources.requests)[resource] == nil
      }.map { (name, $0.name) }
    }
  }

  private var bounds: SmallMap<Quantity> { status.hard.isEmpty ? spec.hard : status.hard }

  /// A bound that leaves no room for a pod.
  struct Shortfall {
    /// What is bounded, such as `requests.cpu`.
    var resource: String
    /// What the pod takes of it.
    var wanted: Quantity
    /// What is taken already.
    var used: Quantity
    /// The bound.
    var hard: Quantity

    /// The least bound that leaves room for so many pods; nil when no number is so large.
    func bound(for count: Int) -> Quantity? {
      let base = resource.split(separator: ".", maxSplits: 1).last.map(String.init) ?? resource
      func units(_ quantity: Quantity) -> Int? { base == "cpu" ? quantity.milliValue : quantity.value }
      guard let one = units(wanted), let before = units(used) else { return nil }
      let (all, isTooMuch) = one.multipliedReportingOverflow(by: count)
      let (sum, overflow) = before.addingReportingOverflow(all)
      return isTooMuch || overflow ? nil : Quantity(Amount.exactText(Int64(sum), of: base))
    }
  }

  /// The bounds that leave no room for a pod, by name.
  func shortfalls(of pod: Pod) -> [Shortfall] {
    let (requests, limits) = (pod.spec.totalRequests.quantities, pod.spec.totalLimits.quantities)
    var found: [Shortfall] = []
    for (name, bound) in bounds.entries {
      let wanted: Quantity?
      if name == "pods" || name == "count/pods" {
        wanted = Quantity("1")
      } else if name.hasPrefix("limits.") {
        wanted = limits[String(name.dropFirst("limits.".count))]
      } else if name.hasPrefix("requests.") {
        wanted = requests[String(name.dropFirst("requests.".count))]
      } else {
        wanted = ["cpu", "memory", "ephemeral-storage"].contains(name) ? requests[name] : nil
      }
      let used = status.used[name] ?? Quantity("0")
      guard let wanted, let more = wanted.nanos, more > 0, let limit = bound.nanos, let now = used.nanos else {
        continue
      }
      let (sum, overflow) = now.addingReportingOverflow(more)
      if overflow || sum > limit { found.append(Shortfall(resource: name, wanted: wanted, used: used, hard: bound)) }
    }
    return found.sorted { $0.resource < $1.resource }
  }
}
