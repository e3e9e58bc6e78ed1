import ClusterState
import Kube

/// What the API server's admission would do to a pod that is not created yet: what it adds, and why it would refuse it.
struct Admission {
  private let cluster: PlannedCluster
  /// The pod, with what has been added.
  private(set) var pod: Pod
  /// What was added or could not be, a sentence each.
  private(set) var remarks: [String] = []
  /// Why the pod would be refused; nil when nothing known refuses it.
  private(set) var refusal: String?
  /// The bounds of quotas that would have to be others for the pods to be created, tried on copies of the quotas; empty
  /// when something else refuses them too.
  private(set) var raising: [Change] = []
  /// What containers would have to say for quotas to let the pod be created, with amounts that are examples, tried on a
  /// copy of the pod; empty when something else refuses it too.
  private(set) var specifying: [Change] = []

  /// - Parameter path: the field of the object with the pod's specification, if that object is not created yet and so
  ///   was not looked at by any API server.
  /// - Parameter count: how many such pods are to be created.
  init(_ pod: Pod, in cluster: PlannedCluster, path: String?, count: Int) {
    self.pod = pod
    self.cluster = cluster
    if let path { validate(path) }
    checkNamespace(isNew: path != nil)
    // In the order of the API server: what a class adds counts for limits and quotas.
    addRuntimeClass()
    addLimitRangeDefaults()
    checkServiceAccount()
    addPriority()
    addTolerations()
    // What was added may not go with what was there, such as a limit with a larger request.
    validate("spec")
    checkLimitRanges()
    checkQuotas(count)
  }

  private func isKnown<Object: KubeObject>(_ type: Object.Type) -> Bool {
    cluster.isKnown(type, in: pod.metadata.namespace)
  }

  /// The objects of a kind in the pod's namespace, by name; nil with a remark when there may be others.
  private mutating func own<Object: KubeObject>(_ type: Object.Type, _ what: String) -> [Object]? {
    let found = cluster.all(type, in: pod.metadata.namespace)
    guard isKnown(type) else {
      let others = found.isEmpty ? "" : " of others"
      remarks.append("\(Object.resource.plural) are not known: \(what) is not counted\(others)")
      return found.isEmpty ? nil : found
    }
    return found
  }

  private mutating func refuse(_ reason: String) { if refusal == nil { refusal = reason } }

  private mutating func validate(_ path: String) {
    let found = PodValidation(path: path, spec: pod.spec).complaint
    if let found { refuse("the API server refuses it: \(found)") }
  }

  // MARK: What must be there

  private mutating func checkNamespace(isNew: Bool) {
    let name = pod.metadata.namespace
    let found = cluster.all(Namespace.self).first { $0.metadata.name == name }
    // Where objects are, their namespace is.
    if found == nil, isNew, isKnown(Namespace.self) { refuse("namespaces \"\(name)\" not found") }
    if found?.metadata.deletionTimestamp != nil {
      refuse("namespace \(name) is being deleted: nothing new is created in it")
    }
  }

  /// The account that pods are given without asking is made with the namespace.
  private mutating func checkServiceAccount() {
    let name = pod.spec.serviceAccountName
    guard !name.isEmpty, name != "default", isKnown(ServiceAccount.self) else { return }
    let namespace = pod.metadata.namespace
    guard !cluster.all(ServiceAccount.self, in: namespace).contains(where: { $0.metadata.name == name }) else { return }
    refuse("error looking up service account \(namespace)/\(name): serviceaccount \"\(name)\" not found")
  }

  // MARK: What is added

  private mutating func addRuntimeClass() {
    guard let name = pod.spec.runtimeClassName, !name.isEmpty else { return }
    guard let found = cluster.all(RuntimeClass.self).first(where: { $0.metadata.name == name }) else {
      if isKnown(RuntimeClass.self) {
        return refuse("runtime class \(name) does not exist: the API server refuses the pod")
      }
      remarks.append("runtime class \(name) is not known: its overhead and the nodes that it asks for are not counted")
      return
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
    addRequestsOfTheWhole()
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

  /// What the pod as a whole may use at most stands for what it asks for as a whole, before any LimitRange is looked at.
  /// CPU and memory that containers ask for count instead, huge pages do not. (`defaultPodRequests`)
  private mutating func addRequestsOfTheWhole() {
    guard let whole = pod.spec.resources else { return }
    let containers = pod.spec.containers + pod.spec.initContainers
    var added: [String] = []
    for (resource, limit) in whole.limits.entries
    where ExactAmounts.isOfWholePods(resource) && whole.requests[resource] == nil {
      let isAsked = containers.contains { $0.resources.requests[resource] != nil }
      if isAsked, resource == "cpu" || resource == "memory" { continue }
      pod.spec.resources?.requests[resource] = limit
      added.append("\(resource) \(limit.text)")
    }
    if !added.isEmpty {
      remarks.append("the API server takes the pod's own limits for requests: \(added.joined(separator: ", "))")
    }
  }

  private mutating func addPriority() {
    guard pod.spec.priority == nil else { return }
    let name = pod.spec.priorityClassName
    switch name {
    case "system-cluster-critical": pod.spec.priority = 2_000_000_000
    case "system-node-critical": pod.spec.priority = 2_000_001_000
    default:
      let classes = cluster.all(PriorityClass.self)
      let found = classes.first { name.isEmpty ? $0.globalDefault : $0.metadata.name == name }
      guard found != nil || isKnown(PriorityClass.self) else {
        remarks.append("priority classes are not known: priority 0 is assumed")
        return
      }
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
    for range in cluster.all(LimitRange.self, in: pod.metadata.namespace) {
      for item in range.spec.limits where item.type == "Container" {
        for container in pod.spec.initContainers + pod.spec.containers {
          let found = item.complaint(
            requests: container.resources.requests, limits: container.resources.limits, per: "container")
          if let found { refuse("LimitRange \(range.metadata.name) refuses container \(container.name): \(found)") }
        }
      }
      for item in range.spec.limits where item.type == "Pod" {
        let found = item.complaint(
          requests: pod.spec.totalRequests.quantities, limits: pod.spec.totalLimits.quantities, per: "pod")
        if let found { refuse("LimitRange \(range.metadata.name) refuses the pod: \(found)") }
      }
    }
  }

  private mutating func checkQuotas(_ count: Int) {
    let isRefusedOtherwise = refusal != nil
    var isRaised = true
    guard let quotas = own(ResourceQuota.self, "what a quota refuses") else { return }
    defer { if !isRefusedOtherwise, refusal != nil { specify(for: quotas) } }
    for var quota in quotas {
      // What a manifest says of one that exists changes its bounds, not what is used.
      if quota.status.hard.isEmpty,
        let old = cluster.state.get(
          ResourceQuota.self, namespace: quota.metadata.namespace, name: quota.metadata.name)
      {
        quota.status.used = old.status.used
      }
      switch quota.counts(pod) {
      case false?: continue
      case nil: remarks.append("quota \(quota.metadata.name) has scopes that are not modelled: it is not counted")
      case true?:
        guard let found = quota.complaint(about: pod) else { continue }
        refuse(found)
        let isPlanned =
          cluster.state.get(ResourceQuota.self, namespace: quota.metadata.namespace, name: quota.metadata.name) == nil
        var raised = quota
        for shortfall in quota.shortfalls(of: pod) {
          guard let bound = shortfall.bound(for: count) else { continue }
          raised.spec.hard[shortfall.resource] = bound
          raised.status.hard[shortfall.resource] = bound
          raising.append(
            .raiseQuota(
              ObjectName(quota.metadata), resource: shortfall.resource, from: shortfall.hard.text, to: bound.text,
              isPlanned: isPlanned))
        }
        if raised.complaint(about: pod) != nil { isRaised = false }
      }
    }
    if isRefusedOtherwise || !isRaised { raising = [] }
  }

  /// Lets every container say what quotas want to count, and sees whether that is all.
  private mutating func specify(for quotas: [ResourceQuota]) {
    var silent = pod
    var unused = ClusterSnapshot(rules: .current)
    var changes: [Change] = []
    for container in pod.spec.containers + pod.spec.initContainers {
      var (requests, limits): ([String: String], [String: String]) = ([:], [:])
      for quota in quotas where quota.counts(pod) == true {
        for missing in quota.unspecified(by: pod) where missing.container == container.name {
          let resource = missing.name.split(separator: ".").last.map(String.init) ?? missing.name
          let example = resource == "cpu" ? "100m" : "128Mi"
          guard missing.name.hasPrefix("limits.") else {
            requests[resource] = example
            continue
          }
          // No limit may be below what is asked for.
          let request = container.resources.requests[resource]
          limits[resource] = request.map { $0 > Quantity(example) ? $0.text : example } ?? example
        }
      }
      guard !requests.isEmpty || !limits.isEmpty else { continue }
      changes.append(.specify(container: container.name, requests: requests, limits: limits))
    }
    for change in changes { change.apply(to: &silent, &unused) }
    silent.mapContainers { $0.resources.requests = $0.resources.requestsOrLimits }
    var other = self
    (other.pod, other.refusal) = (silent, nil)
    other.checkLimitRanges()
    guard other.refusal == nil,
      !quotas.contains(where: { $0.counts(silent) == true && $0.complaint(about: silent) != nil })
    else { return }
    specifying = changes
  }
}

extension Pod {
  fileprivate mutating func mapContainers(_ change: (inout Container) -> Void) {
    for index in spec.initContainers.indices { change(&spec.initContainers[index]) }
    for index in spec.containers.indices { change(&spec.containers[index]) }
  }
}
