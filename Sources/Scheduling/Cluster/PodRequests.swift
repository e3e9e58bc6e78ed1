import Kube

extension ResourceAmounts {
  /// What the scheduler reserves for a pod.
  ///
  /// Init containers run one after another before the others, and sidecars stay: the pod needs the larger of what runs
  /// in the end and of what runs at any time before. (component-helpers `resource.PodRequests`)
  ///
  /// - Parameter counting: whether what a kubelet has allocated counts besides what the pod asks for, as it does for
  ///   pods that have a node and are being resized.
  init(of pod: Pod, rules: SchedulerRules, counting isPlaced: Bool) {
    let usesStatus = isPlaced && rules.countsAllocatedResources
    let leavesOutSpec =
      usesStatus
      && pod.status.conditions.contains {
        $0.type == "PodResizePending" && $0.reason == "Infeasible"
      }
    func request(_ container: Container, _ statuses: [ContainerStatus]) -> ExactAmounts {
      let wanted = ExactAmounts(container.resources.requestsOrLimits)
      if rules.isOld { return wanted.inUnits }
      guard usesStatus, let status = statuses.first(where: { $0.name == container.name }) else { return wanted }
      var amounts = leavesOutSpec ? ExactAmounts() : wanted
      var known = ExactAmounts(status.allocatedResources)
      if let resources = status.resources { known.raise(to: ExactAmounts(resources.requests)) }
      if known.nanos.isEmpty { return wanted }
      amounts.raise(to: known)
      return amounts
    }

    var running = ExactAmounts()
    for container in pod.spec.containers { running.add(request(container, pod.status.containerStatuses)) }
    var sidecars = ExactAmounts()
    var peak = ExactAmounts()
    for container in pod.spec.initContainers {
      let own = request(container, pod.status.initContainerStatuses)
      if container.isSidecar, !rules.isOld {
        running.add(own)
        sidecars.add(own)
        peak.raise(to: sidecars)
      } else {
        var candidate = sidecars
        candidate.add(own)
        peak.raise(to: candidate)
      }
    }
    running.raise(to: peak)
    if !rules.isOld, let whole = pod.spec.resources {
      var own = ExactAmounts(whole.requests)
      if usesStatus {
        var known = ExactAmounts(pod.status.allocatedResources)
        if let inForce = pod.status.resources { known.raise(to: ExactAmounts(inForce.requests)) }
        if leavesOutSpec, !known.nanos.isEmpty { own = known } else { own.raise(to: known) }
      }
      for (name, amount) in own.nanos where Self.isOfWholePods(name) { running[name] = amount }
    }
    let overhead = ExactAmounts(pod.spec.overhead)
    running.add(rules.isOld ? overhead.inUnits : overhead)
    self.init(rounding: running)
    if !rules.isOld { others.removeAll { $0.amount == 0 } }
  }

  /// Whether pods may ask for the resource as a whole, whatever their containers ask for.
  static func isOfWholePods(_ name: String) -> Bool {
    name == "cpu" || name == "memory" || name.hasPrefix("hugepages-")
  }
}

extension ResourceRequirements {
  /// The requests, with a limit standing for a request that is missing: the API server writes it so into pods, but not
  /// into templates, and manifests have not been there yet.
  var requestsOrLimits: SmallMap<Quantity> {
    var requests = requests
    for (name, limit) in limits.entries where requests[name] == nil { requests[name] = limit }
    return requests
  }
}
