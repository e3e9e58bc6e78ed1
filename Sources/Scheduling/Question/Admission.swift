import ClusterState
import Kube

/// What the API server's admission would do to a pod that is not created yet: what it adds, and why it would refuse it.
struct Admission {
  let state: ClusterState
  /// The pod, with what has been added.
  private(set) var pod: Pod
  /// What was added or could not be, a sentence each.
  private(set) var remarks: [String] = []
  /// Why the pod would be refused; nil when nothing known refuses it.
  private(set) var refusal: String?

  init(_ pod: Pod, in state: ClusterState) {
    self.pod = pod
    self.state = state
    // In the order of the API server: what a class adds counts for limits and quotas.
    addRuntimeClass()
    addLimitRangeDefaults()
    addPriority()
    addTolerations()
    checkLimitRanges()
    checkQuotas()
  }

  private func isKnown<Object: KubeObject>(_ type: Object.Type) -> Bool {
    guard let store = state.store(of: type) else { return false }
    guard store.coverage.includes(namespace: pod.metadata.namespace) else { return false }
    return store.freshness.isComplete || store.freshness == .notServed
  }

  /// The objects of a kind in the pod's namespace, by name; nil with a remark when they are not known.
  private mutating func own<Object: KubeObject>(_ type: Object.Type, _ what: String) -> [Object]? {
    guard isKnown(type) else {
      remarks.append("\(Object.resource.plural) are not known: \(what) is not counted")
      return nil
    }
    return state.all(type).filter { $0.metadata.namespace == pod.metadata.namespace }
      .sorted { $0.metadata.name < $1.metadata.name }
  }

  private mutating func refuse(_ reason: String) { if refusal == nil { refusal = reason } }

  // MARK: What is added

  private mutating func addRuntimeClass() {
    guard let name = pod.spec.runtimeClassName, !name.isEmpty else { return }
    guard isKnown(RuntimeClass.self) else {
      remarks.append("runtime class \(name) is not known: its overhead and the nodes that it asks for are not counted")
      return
    }
    guard let found = state.get(RuntimeClass.self, name: name) else {
      return refuse("runtime class \(name) does not exist: the API server refuses the pod")
    }
    if let overhead = found.overhead, !overhead.podFixed.isEmpty {
      pod.spec.overhead = overhead.podFixed
      let words = overhead.podFixed.entries.map { "\($0.key) \($0.value.text)" }.joined(separator: ", ")
      remarks.append("runtime class \(name) adds \(words)")
    }
    guard let scheduling = found.scheduling else { return }
    for (key, value) in scheduling.nodeSelector.entries {
      if let own = pod.spec.nodeSelector[key], own != value {
        refuse("runtime class \(name) asks for \(key)=\(value) and the pod for \(own): the API server refuses it")
      }
      pod.spec.nodeSelector[key] = value
    }
    pod.spec.tolerations += scheduling.tolerations.filter { !pod.spec.tolerations.contains($0) }
  }

  /// Limits and requests of containers that say nothing (admission plugin LimitRanger).
  private mutating func addLimitRangeDefaults() {
    // The server has copied limits into missing requests before.
    pod.mapContainers { $0.resources.requests = $0.resources.requestsOrLimits }
    guard let ranges = own(LimitRange.self, "what a LimitRange adds") else { return }
    for range in ranges {
      var added: [String] = []
      for item in range.spec.limits where item.type == "Container" {
        pod.mapContainers { container in
          for (resource, amount) in item.default.entries where container.resources.limits[resource] == nil {
            container.resources.limits[resource] = amount
          }
          for (resource, amount) in item.defaultRequest.entries where container.resources.requests[resource] == nil {
            container.resources.requests[resource] = amount
            added.append("\(resource) \(amount.text) for container \(container.name)")
          }
        }
      }
      if !added.isEmpty {
        remarks.append("LimitRange \(range.metadata.name) adds requests: \(added.prefix(6).joined(separator: ", "))")
      }
    }
    pod.mapContainers { $0.resources.requests = $0.resources.requestsOrLimits }
  }

  private mutating func addPriority() {
    guard pod.spec.priority == nil else { return }
    let name = pod.spec.priorityClassName
    switch name {
    case "system-cluster-critical": pod.spec.priority = 2_000_000_000
    case "system-node-critical": pod.spec.priority = 2_000_001_000
    default:
      guard isKnown(PriorityClass.self) else {
        remarks.append("priority classes are not known: priority 0 is assumed")
        return
      }
      let classes = state.all(PriorityClass.self)
      let found = classes.first { name.isEmpty ? $0.globalDefault : $0.metadata.name == name }
      pod.spec.priority = found?.value
      if pod.spec.preemptionPolicy == nil { pod.spec.preemptionPolicy = found?.preemptionPolicy }
      if found == nil, !name.isEmpty { refuse("priority class \(name) does not exist: the API server refuses the pod") }
    }
  }

  /// Five minutes on a node that is not ready, for pods that do not say (admission plugin DefaultTolerationSeconds).
  private mutating func addTolerations() {
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
      let isSaid = pod.spec.tolerations.contains {
        ($0.key == key || $0.key.isEmpty) && ($0.effect == "NoExecute" || $0.effect.isEmpty)
      }
      guard !isSaid else { continue }
      var toleration = Toleration()
      (toleration.key, toleration.operator, toleration.effect) = (key, "Exists", "NoExecute")
      toleration.tolerationSeconds = 300
      pod.spec.tolerations.append(toleration)
    }
  }

  // MARK: What refuses

  private mutating func checkLimitRanges() {
    guard isKnown(LimitRange.self) else { return }
    for range in state.all(LimitRange.self) where range.metadata.namespace == pod.metadata.namespace {
      for item in range.spec.limits where item.type == "Container" {
        for container in pod.spec.initContainers + pod.spec.containers {
          let found = item.complaint(
            requests: container.resources.requests, limits: container.resources.limits, per: "container")
          if let found { refuse("LimitRange \(range.metadata.name) refuses container \(container.name): \(found)") }
        }
      }
      for item in range.spec.limits where item.type == "Pod" {
        let found = item.complaint(requests: pod.total(\.requests), limits: pod.total(\.limits), per: "pod")
        if let found { refuse("LimitRange \(range.metadata.name) refuses the pod: \(found)") }
      }
    }
  }

  private mutating func checkQuotas() {
    guard let quotas = own(ResourceQuota.self, "what a quota refuses") else { return }
    for quota in quotas {
      switch quota.counts(pod) {
      case false?: continue
      case nil: remarks.append("quota \(quota.metadata.name) has scopes that are not modelled: it is not counted")
      case true?: if let found = quota.complaint(about: pod) { refuse(found) }
      }
    }
  }
}

extension Pod {
  fileprivate mutating func mapContainers(_ change: (inout Container) -> Void) {
    for index in spec.initContainers.indices { change(&spec.initContainers[index]) }
    for index in spec.containers.indices { change(&spec.containers[index]) }
  }

  /// Requests or limits of the pod as a whole: the sum of its containers, or its largest init container. Init containers
  /// that stay (sidecars) count among the containers.
  fileprivate func total(_ list: KeyPath<ResourceRequirements, SmallMap<Quantity>>) -> SmallMap<Quantity> {
    var sum = ExactAmounts()
    for container in spec.containers + spec.initContainers.filter(\.isSidecar) {
      sum.add(ExactAmounts(container.resources[keyPath: list]))
    }
    for container in spec.initContainers where !container.isSidecar {
      sum.raise(to: ExactAmounts(container.resources[keyPath: list]))
    }
    sum.add(ExactAmounts(spec.overhead))
    return SmallMap(uniquing: sum.nanos.map { ($0.name, Quantity(nanos: $0.amount)) })
  }

  /// Requests of the pod as a whole, for quotas.
  fileprivate var totalRequests: SmallMap<Quantity> { total(\.requests) }
  /// Limits of the pod as a whole, for quotas.
  fileprivate var totalLimits: SmallMap<Quantity> { total(\.limits) }
}

extension LimitRangeItem {
  /// What is wrong with amounts by this item, as the API server says it; nil when nothing is.
  fileprivate func complaint(requests: SmallMap<Quantity>, limits: SmallMap<Quantity>, per: String) -> String? {
    for (resource, bound) in max.entries {
      guard let limit = limits[resource] else {
        return "no limit of \(resource), which is at most \(bound.text) per \(per)"
      }
      if limit > bound { return "maximum \(resource) per \(per) is \(bound.text), but the limit is \(limit.text)" }
    }
    for (resource, bound) in min.entries {
      guard let request = requests[resource] else {
        return "no request of \(resource), which is at least \(bound.text) per \(per)"
      }
      if request < bound {
        return "minimum \(resource) per \(per) is \(bound.text), but the request is \(request.text)"
      }
    }
    for (resource, ratio) in maxLimitRequestRatio.entries {
      guard let limit = limits[resource]?.nanos, let request = requests[resource]?.nanos, let most = ratio.nanos,
        request > 0
      else { continue }
      let (allowed, overflow) = most.multipliedReportingOverflow(by: request)
      if !overflow, limit > allowed / 1_000_000_000 {
        return "the limit of \(resource) is more than \(ratio.text) times its request"
      }
    }
    return nil
  }
}

extension ResourceQuota {
  /// Whether the quota counts a pod; nil when its scopes are none that are known here.
  fileprivate func counts(_ pod: Pod) -> Bool? {
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
  fileprivate func complaint(about pod: Pod) -> String? {
    let hard = status.hard.isEmpty ? spec.hard : status.hard
    let (requests, limits) = (pod.totalRequests, pod.totalLimits)
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
