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
    let hard = status.hard.isEmpty ? spec.hard : status.hard
    let (requests, limits) = (pod.spec.totalRequests.quantities, pod.spec.totalLimits.quantities)
    for name in ["cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory"]
    where hard[name] != nil {
      let resource = name.split(separator: ".").last.map(String.init) ?? name
      for container in pod.spec.containers {
        let list = name.hasPrefix("limits.") ? container.resources.limits : container.resources.requests
        if list[resource] == nil {
          return "failed quota: \(metadata.name): must specify \(name) for: \(container.name)"
        }
      }
    }
    var exceeded: [(String, String, String, String)] = []
    for (name, bound) in hard.entries {
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
      if overflow || sum > limit { exceeded.append((name, wanted.text, used.text, bound.text)) }
    }
    guard !exceeded.isEmpty else { return nil }
    func list(_ text: (String, String, String, String) -> String) -> String {
      exceeded.sorted { $0.0 < $1.0 }.map { text($0.0, $0.1, $0.2, $0.3) }.joined(separator: ",")
    }
    return "exceeded quota: \(metadata.name), requested: \(list { name, wanted, _, _ in "\(name)=\(wanted)" }), "
      + "used: \(list { name, _, used, _ in "\(name)=\(used)" }), limited: \(list { name, _, _, hard in "\(name)=\(hard)" })"
  }
}
