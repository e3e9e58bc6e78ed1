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
    // No two containers of a pod have the same name.
    let statuses = usesStatus ? pod.status.containerStatuses + pod.status.initContainerStatuses : []
    func request(_ container: Container) -> ExactAmounts {
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

    var running = pod.spec.total(knowsSidecars: !rules.isOld, request)
    if !rules.isOld, let whole = pod.spec.resources {
      var own = ExactAmounts(whole.requests)
      if usesStatus {
        var known = ExactAmounts(pod.status.allocatedResources)
        if let inForce = pod.status.resources { known.raise(to: ExactAmounts(inForce.requests)) }
        if leavesOutSpec, !known.nanos.isEmpty { own = known } else { own.raise(to: known) }
      }
      for (name, amount) in own.nanos where ExactAmounts.isOfWholePods(name) { running[name] = amount }
    }
    let overhead = ExactAmounts(pod.spec.overhead)
    running.add(rules.isOld ? overhead.inUnits : overhead)
    self.init(rounding: running)
    if !rules.isOld { others.removeAll { $0.amount == 0 } }
  }
}
