import ClusterState
import Kube
import Scheduling

/// Works out what a drain will do, from what is known of the cluster; sends nothing and changes nothing.
public struct DrainPlanner {
  /// The kinds that a plan rests on.
  public static let reads: [any KubeObject.Type] =
    ClusterSnapshot.reads + [
      PodDisruptionBudget.self, DaemonSet.self, ReplicaSet.self, Deployment.self, StatefulSet.self, Job.self,
      ReplicationController.self, Service.self,
    ]

  /// What the volumes hold, by node, as far as their kubelets told.
  public var usage: [String: VolumeUsage] = [:]
  /// The cluster as its scheduler sees it, by the same rules, where somebody keeps it and knows which kinds the server does
  /// not have; nil has it made anew.
  public var snapshot: ClusterSnapshot?
  /// Whether the drain waits until replacements are Ready (`--wait-ready`).
  public var waitsReady = false
  /// So many pods of a node go at a time; nil for all at once.
  public var batch: Int?

  private let state: ClusterState
  private let options: DrainOptions
  private let scheduler: SchedulerRules
  private let now: Timestamp

  /// A planner for a server of this version, at this time.
  public init(_ state: ClusterState, options: DrainOptions, rules: SchedulerRules, now: Timestamp) {
    self.state = state
    self.options = options
    scheduler = rules
    self.now = now
  }

  /// The plan for nodes that are drained one after another, all of them cordoned before. Names that are no nodes are
  /// left out.
  public func plan(_ names: [String]) -> DrainPlan {
    let nodes = names.compactMap { state.get(Node.self, name: $0) }
    let verdicts = nodes.map { self.verdicts(on: $0) }
    let items = verdicts.flatMap(\.items)
    let departing = items.filter(\.verdict.isDeparture).map(\.pod)
    let owners = Dictionary(
      departing.map { (ObjectStore.identity($0.metadata), Owners($0, in: state)) },
      uniquingKeysWith: { first, _ in first })
    let replacements = replacements(of: departing, owners, leaving: nodes.map(\.metadata.name))
    let departures = Departures(departing, of: nodes, isRolling: waitsReady, batch: batch, in: state)
    let budgets = Budgets(state.all(PodDisruptionBudget.self), rules: EvictionRules(minor: scheduler.minor))
    var ledger = BudgetLedger(budgets)
    let places = PinnedPlaces(nodes, in: state)
    var sickPods: [ObjectName: [ObjectName]] = [:]

    let pods = items.map { item -> PodPlan in
      let pod = item.pod
      let identity = ObjectStore.identity(pod.metadata)
      var plan = PodPlan(pod, verdict: item.verdict)
      plan.owner = owners[identity]?.top ?? Owners(pod, in: state).top
      guard item.verdict.isDeparture, let owners = owners[identity], let replacement = replacements[identity] else {
        return plan
      }
      plan.replacement = replacement
      plan.termination = Termination(pod, now: now)
      plan.loses = Loss.losses(of: pod, usage: usage[pod.spec.nodeName])
      if !pod.isTerminal { plan.gracePeriod = gracePeriod(of: pod) }
      if item.verdict.action == .delete {
        if !budgets.answer(toEvicting: pod).isAllowed, let budget = budgets.matching(pod).first {
          plan.warnings.append(.bypasses(budget: budget.metadata.name))
        }
      } else if let gap = state.gap(PodDisruptionBudget.self, namespace: pod.metadata.namespace) {
        plan.budgetGap = gap
      } else {
        plan.blockedBy = ledger.evict(pod, replacement: replacement)
        if let wait = plan.outsideWait {
          let sick = sickPods[wait.budget] ?? podsNotReady(of: wait.budget, budgets)
          sickPods[wait.budget] = sick
          plan.waitsFor = sick.filter { $0 != plan.name }
        }
      }
      plan.warnings += warnings(
        pod, owners, replacement, departures, places, isEviction: item.verdict.action != .delete,
        isProtected: plan.blockedBy.contains { $0.needs > 0 })
      if mayNotBeConfirmed(pod), plan.termination?.isOverdue != true { plan.warnings.append(.isNotConfirmed) }
      return plan
    }
    var plan = DrainPlan(nodes: [], pods: pods, budgets: ledger.demands)
    plan.waitsReady = waitsReady
    plan.nodes = nodes.map { nodePlan($0, nodes, plan.pods(on: $0.metadata.name)) }
    (plan.decisiveGaps, plan.gaps) = gaps(plan)
    return plan
  }

  /// The pods that a budget counts and that are not Ready, by name.
  private func podsNotReady(of budget: ObjectName, _ budgets: Budgets) -> [ObjectName] {
    var sick: [ObjectName] = []
    state.store(of: Pod.self)?.forEach { object in
      guard object.metadata.namespace == budget.namespace, let pod = object as? Pod, !pod.isReady, !pod.isTerminal,
        budgets.matching(pod).contains(where: { ObjectName($0.metadata) == budget })
      else { return }
      sick.append(ObjectName(pod.metadata))
    }
    return sick.sorted()
  }

  // MARK: kubectl's verdicts

  private func verdicts(on node: Node) -> NodeVerdicts {
    let filters = PodFilters(options, now: now) { namespace, name in
      if state.get(DaemonSet.self, namespace: namespace, name: name) != nil { return .found }
      if let gap = state.gap(DaemonSet.self, namespace: namespace) { return .unknown(gap) }
      return .gone("daemonsets.apps \"\(name)\" not found")
    }
    return filters.verdicts(for: state.pods(onNode: node.metadata.name))
  }

  private func gracePeriod(of pod: Pod) -> Int {
    options.gracePeriod >= 0 ? options.gracePeriod : pod.gracePeriod
  }

  // MARK: Where replacements go

  private func replacements(
    of pods: [Pod], _ owners: [String: Owners], leaving nodes: [String]
  ) -> [String: Replacement] {
    var snapshot = snapshot ?? ClusterSnapshot(state, rules: scheduler)
    for node in nodes { snapshot.cordon(node) }
    var replacements: [String: Replacement] = [:]
    var replaced: [Pod] = []
    for pod in pods {
      let identity = ObjectStore.identity(pod.metadata)
      if let reason = nothingReplaces(pod, owners[identity]) {
        replacements[identity] = Replacement.none(reason)
        snapshot.removePod(identity)
      } else {
        replaced.append(pod)
      }
    }
    guard let first = nodes.first else { return replacements }
    // What bypasses the scheduler takes its room first, whatever the others find.
    replaced.removeAll { pod in
      let identity = ObjectStore.identity(pod.metadata)
      guard let node = owners[identity]?.namedNode else { return false }
      replacements[identity] = nodes.contains(node) ? .comesBack(node: node) : .fits(node: node)
      if !nodes.contains(node) {
        snapshot.removePod(identity)
        snapshot.place(pod, on: node)
      }
      return true
    }
    for (pod, relocation) in zip(replaced, snapshot.relocations(of: replaced, leaving: first)) {
      replacements[ObjectStore.identity(pod.metadata)] = Replacement(relocation, leaving: Set(nodes))
    }
    return replacements
  }

  private func nothingReplaces(_ pod: Pod, _ owners: Owners?) -> String? {
    if pod.isTerminal { return "it has ended" }
    if state.get(Namespace.self, name: pod.metadata.namespace)?.metadata.deletionTimestamp != nil {
      return "its namespace is being deleted"
    }
    guard let owners, !owners.chain.isEmpty else { return "it has no controller" }
    if pod.isBeingDeleted { return "it is being deleted already" }
    if owners.chain[0].kind == "DaemonSet" { return "its DaemonSet is not there" }
    return owners.end
  }

  // MARK: What kubectl does not say

  private func warnings(
    _ pod: Pod, _ owners: Owners, _ replacement: Replacement, _ departures: Departures, _ places: PinnedPlaces,
    isEviction: Bool, isProtected: Bool
  ) -> [PodWarning] {
    if pod.isTerminal { return [.losesLogs] + finalizers(pod) }
    var warnings: [PodWarning] = []
    if let termination = Termination(pod, now: now) { warnings.append(.isBeingDeleted(termination)) }
    if case .comesBack = replacement { warnings.append(.comesBack) }
    if owners.chain.isEmpty {
      warnings.append(.isGoneForEver("it has no controller"))
    } else if let end = owners.end, !pod.isBeingDeleted {
      warnings.append(.isGoneForEver(end))
    }
    let pins = places.warnings(pod)
    if let outage = departures.outage(of: pod, owners, isProtected: isProtected) {
      // One more of a pod that only this node takes, that no other has room for, that waits elsewhere for the volume
      // which this one holds, or that crashes, is no help.
      let hasPlace = if case .fits = replacement { true } else { false }
      let isHelp =
        hasPlace && !pins.contains { $0.isPin || $0.holdsVolume }
        && !pod.hasCrashed(since: now.advanced(by: .seconds(-600)))
      warnings.append(isHelp ? outage : outage.withoutRoom)
    }
    warnings += departures.endpointsLost(with: pod)
    warnings += pins
    if let job = owners.objects.first as? Job, !pod.isBeingDeleted,
      let failure = JobFailure(job, isEviction: isEviction)
    {
      warnings.append(.failsJob(failure))
    }
    for (key, value) in [
      ("cluster-autoscaler.kubernetes.io/safe-to-evict", "false"), ("karpenter.sh/do-not-disrupt", "true"),
      ("karpenter.sh/do-not-evict", "true"),
    ] where pod.metadata.annotations[key] == value {
      warnings.append(.asksToStay(annotation: "\(key)=\(value)"))
    }
    return warnings + finalizers(pod)
  }

  /// Whether a pod that is told to end may stay Terminating, because nobody says that it has ended. The server removes
  /// at once what has ended already, and what is given no time.
  private func mayNotBeConfirmed(_ pod: Pod) -> Bool {
    guard !pod.isTerminal, options.gracePeriod != 0, options.skipWaitForDeleteTimeout == 0,
      let node = state.get(Node.self, name: pod.spec.nodeName)
    else { return false }
    return !node.isReady
  }

  /// What keeps a deleted pod; the Job controller takes its own away.
  private func finalizers(_ pod: Pod) -> [PodWarning] {
    let others = pod.metadata.finalizers.filter { $0 != "batch.kubernetes.io/job-tracking" }
    return others.isEmpty ? [] : [.hasFinalizers(others)]
  }

  private func nodePlan(_ node: Node, _ leaving: [Node], _ pods: [PodPlan]) -> NodePlan {
    var plan = NodePlan(name: node.metadata.name, cordon: CordonFacts(node))
    plan.longestGracePeriod = pods.map(\.gracePeriod).max() ?? 0
    plan.warnings = ControlPlane(leaving, in: state).warnings(node)
    let timeout = Int(options.timeout.components.seconds)
    if timeout > 0, timeout < plan.longestGracePeriod {
      plan.warnings.append(.timeoutIsShort(timeout: timeout, gracePeriod: plan.longestGracePeriod))
    }
    let going = Set(pods.filter { $0.replacement != nil }.map(\.uid))
    let asked = state.pods(onNode: node.metadata.name).filter { going.contains($0.metadata.uid) && !$0.isTerminal }
      .map(\.gracePeriod).max()
    if let asked, options.gracePeriod >= 0, options.gracePeriod < asked {
      plan.warnings.append(.gracePeriodIsShort(given: options.gracePeriod, asked: asked))
    }
    return plan
  }

  // MARK: What could not be read

  private func gaps(_ plan: DrainPlan) -> (decisive: [String], all: [String]) {
    var decisive = [state.gap(Node.self), state.gap(Pod.self)].compactMap { $0 }
    for gap in Set(plan.pods.compactMap(\.budgetGap)).sorted() { decisive.append(gap) }
    for pod in plan.pods where pod.verdict.cause == .daemonSetUnknown && !decisive.contains(pod.verdict.reason) {
      decisive.append(pod.verdict.reason)
    }
    decisive += plan.openEnds(options)
    var all = decisive
    func add<Object: KubeObject>(_ type: Object.Type) {
      if let gap = state.gap(type), !all.contains(gap) { all.append(gap) }
    }
    if plan.pods.contains(where: { $0.replacement != nil }) {
      for type in Self.reads { add(type) }
    }
    return (decisive, all)
  }
}

extension PodVerdict {
  /// Whether the pod goes, or would go if the flags allowed it.
  var isDeparture: Bool {
    switch cause {
    case .replaced, .finished, .noController, .localStorage, .daemonSetGone: true
    case .overdue, .daemonSet, .daemonSetUnknown, .mirror: false
    }
  }
}

extension EvictionAnswer {
  var isAllowed: Bool { status == 201 }
}

extension Replacement {
  init(_ relocation: Relocation, leaving: Set<String>) {
    let report = relocation.report
    switch report.outcome {
    case .unknown: self = .unknown(report.reasonInDoubt(leaving))
    case .fits:
      if let volume = relocation.unknownVolumes.first {
        self = .unknown("volume \(volume) is made anew before a node is chosen: only nodes that reach it take the pod")
      } else {
        self = relocation.node.map { .fits(node: $0) } ?? .unknown(report.headline)
      }
    case .doesNotFit:
      let preemption = report.preemptionSentence.map { "; \($0)" } ?? ""
      self = .findsNoRoom((report.message ?? report.reasonInDoubt(leaving)) + preemption)
    }
  }
}

extension PlacementReport {
  /// Why no node is known to take the pod, where the scheduler's own words cannot be told. The pod is not there yet:
  /// that the scheduler has not looked at it is no reason.
  fileprivate func reasonInDoubt(_ leaving: Set<String>) -> String {
    if case .otherScheduler = situation { return headline }
    if let gap { return "it cannot be told which nodes would take it: \(gap)" }
    if podFailure != nil { return headline }
    if let node = undecided.first, let why = blockers(on: node).first(where: \.isUnknown) {
      return "for \(undecided.count) of \(nodes.count) nodes it cannot be told: \(why.reason)"
    }
    // What is drained is closed in any case.
    let others = groups.lazy.map { group in (group, group.nodes.filter { !leaving.contains($0.name) }) }
    guard let (group, nodes) = others.first(where: { !$0.1.isEmpty }), !group.blockers.isEmpty else { return headline }
    let more = nodes.count > 1 ? " and \(nodes.count - 1) more" : ""
    return "no node would take it; nearest \(nodes.count > 1 ? "are" : "is") \(nodes[0].name)\(more): "
      + group.blockers.map(\.words).joined(separator: "; ")
  }
}

extension Pod {
  /// Whether one of its containers has ended badly since then: that it is Ready now says little.
  fileprivate func hasCrashed(since: Timestamp) -> Bool {
    status.containerStatuses.contains { container in
      guard let end = container.lastState?.terminated, end.exitCode != 0, let time = end.finishedAt else {
        return false
      }
      return time >= since
    }
  }

  /// Seconds between the request to end and the kill; no longer than sums can bear.
  fileprivate var gracePeriod: Int { min(max(0, spec.terminationGracePeriodSeconds ?? 30), Int(Int32.max)) }
}
