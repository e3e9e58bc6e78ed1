import ClusterState
import Kube
import KubeClient

// Nodes: cordoned all together, then read, judged, drained and ended one after the other.

extension DrainRun {
  // MARK: Cordon

  /// Cordons the node at `index`, or those after it; then the drain itself begins.
  mutating func cordonNext(from index: Int, _ now: Moment) {
    if index == 0, hasStopped { return stopAgain() }
    guard index < nodes.count else { return drainNext(from: 0, now) }
    stage = .cordoning(index)
    if nodes[index].state == .drained { return cordonNext(from: index + 1, now) }
    if log != nil { return submit(.inspect(index), now) }
    if nodes[index].target.isCordoned {
      tell(.alreadyCordoned(nodes[index].target.name))
      return isClosed(index, now)
    }
    cordon(index, now)
  }

  /// Whether a node of a rolling drain had failed when the process that met it ended: what has gone wrong would go
  /// wrong again, however the drain is taken up.
  private var hasStopped: Bool { order.waitsReady && !failures.isEmpty }

  /// Ends as the process would have that met the failure.
  private mutating func stopAgain() {
    nodesLeft = nodes.filter { $0.state != .drained }.map(\.target.name)
    endAll()
  }

  private mutating func cordon(_ index: Int, _ now: Moment) {
    let name = nodes[index].target.name
    switch options.dryRun {
    case .client:
      tell(.cordoned(name))
      return isClosed(index, now)
    case .none: effects.append(.record(.cordoning(name)))
    case .server: break
    }
    submit(.cordon(index), now)
  }

  private mutating func isClosed(_ index: Int, _ now: Moment) {
    if case .failed = nodes[index].state {} else { nodes[index].state = .cordoned }
    cordonNext(from: index + 1, now)
  }

  mutating func didInspect(_ index: Int, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    let name = nodes[index].target.name
    switch result {
    case .success(.node(let node)):
      guard node.metadata.uid == nodes[index].target.uid else {
        return cordonFailed(index, "it has been replaced by another node of the same name")
      }
      guard node.spec.unschedulable else {
        let wasCordoned = nodes[index].target.isCordoned || nodes[index].isCordonedByRun
        return wasCordoned && !cordonsAgain ? meetsOpen(index) : cordon(index, now)
      }
      if CordonNote.isStanding(node, run: header.id), !nodes[index].isCordonedByRun {
        nodes[index].isCordonedByRun = true
        effects.append(.record(.cordoned(name)))
      }
      tell(.alreadyCordoned(name))
      isClosed(index, now)
    case .success: cordonFailed(index, "the server's answer is no node")
    case .failure(let failure): cordonFailed(index, failure.plainText)
    }
  }

  mutating func didCordon(_ index: Int, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    let name = nodes[index].target.name
    switch result {
    case .success(.node(let node)):
      guard node.spec.unschedulable else {
        return cordonFailed(index, "the server has accepted it, and the node is not cordoned")
      }
      if options.dryRun == .none {
        nodes[index].isCordonedByRun = true
        effects.append(.record(.cordoned(name)))
      }
      tell(.cordoned(name))
      if isCancelled { return finish(.cancelled) }
      isClosed(index, now)
    case .success: cordonFailed(index, "the server's answer is no node")
    case .failure(let failure): cordonFailed(index, failure.plainText)
    }
  }

  /// Somebody may want the node back: a person decides.
  private mutating func meetsOpen(_ index: Int) {
    let name = nodes[index].target.name
    reopened = name
    finish(.interrupted("node \"\(name)\" was cordoned, and somebody has uncordoned it since: nothing more was done"))
  }

  /// Nothing is evicted from a node that may get new pods meanwhile.
  private mutating func cordonFailed(_ index: Int, _ text: String) {
    let name = nodes[index].target.name
    nodes[index].state = .failed(text)
    tell(.cordonFailed(name, text))
    tell(.nodesLeft(nodes.filter { $0.state != .drained }.map(\.target.name)))
    finish(.failed(["error: nothing is drained, because node \"\(name)\" could not be cordoned"]))
  }

  // MARK: Reading and judging

  private mutating func drainNext(from index: Int, _ now: Moment) {
    var index = index
    while nodes[at: index]?.hasEnded == true { index += 1 }
    guard index < nodes.count else { return endAll() }
    stage = .reading(index)
    listed = []
    daemonSets = [:]
    deadline = nil
    hasBaseline = false
    batch = []
    owners = OwnerWatch()
    nodes[index].state = .draining
    // The first was cordoned a moment ago; until the others' turn much may happen.
    let mayHaveChanged = index > 0 && options.dryRun == .none && log == nil
    submit(mayHaveChanged ? .turn(index) : .list(index), now)
  }

  /// A node whose turn has come: nothing is evicted from one that somebody has opened since this run, or somebody before
  /// it, had closed it, and nothing waits for the pods of one that is not there any more.
  mutating func didMeet(_ index: Int, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    guard stage == .reading(index) else { return }
    noteAbsence(of: index, result)
    if nodes[index].isSaidToBeAway { return endDrained(index, now) }
    if case .success(.node(let node)) = result, !node.spec.unschedulable {
      let text = "somebody has uncordoned it since it was cordoned: nothing was evicted"
      return nodeFailed(index, .list([DrainError.Part(text)]), now)
    }
    submit(.list(index), now)
  }

  mutating func didList(_ index: Int, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    switch result {
    case .success(.pods(let pods)):
      listed = pods
      if stage == .reporting(index) { return reportLeft(index, now) }
      if nodes[index].isPlanned { return takeUpPlan(index, now) }
      let selected = pods.filter { options.podSelector.matches($0.metadata.labels) }
      for pod in selected {
        guard let name = PodFilters.daemonSetToRead(for: pod, options, now: now.wall) else { continue }
        submit(.daemonSet(namespace: pod.metadata.namespace, name: name), now)
      }
      judgeIfKnown(index, now)
    case .success: nodeFailed(index, .list([DrainError.Part("the server's answer is no list")]), now)
    case .failure(let failure):
      let error = DrainError.Part(failure)
      guard stage == .reporting(index) else { return nodeFailed(index, .list([error]), now) }
      tell(.leftUnknown(error.text))
      nodeFailed(index, pendingError ?? .list([error]), now)
    }
  }

  mutating func didAsk(
    _ namespace: String, _ name: String, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment
  ) {
    let answer: DaemonSetAnswer =
      switch result {
      case .success: .found
      case .failure(let failure) where failure.code == 404: .gone(failure.plainText)
      case .failure(let failure): .unknown(failure.plainText)
      }
    daemonSets[DaemonSetName(namespace: namespace, name: name)] = answer
    if case .reading(let index) = stage { judgeIfKnown(index, now) }
  }

  private mutating func judgeIfKnown(_ index: Int, _ now: Moment) {
    let isAsking = (due.map(\.job) + inFlight.values).contains { if case .daemonSet = $0 { true } else { false } }
    guard !isAsking else { return }
    let needsVersion = !options.disableEviction && options.dryRun != .client && eviction == .unknown
    let verdicts = verdicts(now)
    if needsVersion, !verdicts.isRefused, !verdicts.removals.isEmpty { return submit(.support, now) }
    judge(index, verdicts, now)
  }

  private func verdicts(_ now: Moment) -> NodeVerdicts {
    let daemonSets = daemonSets
    return PodFilters(options, now: now.wall, supportsEviction: eviction != .none) { namespace, name in
      daemonSets[DaemonSetName(namespace: namespace, name: name)] ?? .unknown("not asked for")
    }.verdicts(for: listed)
  }

  private mutating func judge(_ index: Int, _ verdicts: NodeVerdicts, _ now: Moment) {
    let node = nodes[index].target.name
    nodes[index].verdicts = verdicts
    if verdicts.isRefused {
      return nodeFailed(index, .list(verdicts.errors.map { DrainError.Part($0) }), now)
    }
    if let warning = verdicts.warning { tell(.warning(warning)) }
    if options.dryRun == .client {
      for pod in verdicts.removals { tell(.wouldEvict(PodKey(pod))) }
      return nodeDrained(index, now)
    }
    let removals = verdicts.items.filter(\.verdict.isRemoval)
    nodes[index].pods = removals.map { PodProgress($0.pod, $0.verdict.action) }
    nodes[index].isPlanned = true
    guard !nodes[index].pods.isEmpty else { return nodeDrained(index, now) }
    if options.dryRun == .none {
      let plan = removals.map { item in
        PlannedPod(
          pod: PodKey(item.pod), owner: item.pod.metadata.controller, action: item.verdict.action,
          wasReady: item.pod.isReady, wasFinished: item.pod.isTerminal)
      }
      effects.append(.record(.planned(node, plan)))
    }
    beginRemoving(index, now)
  }

  /// A plan of an earlier process: what is still there goes on, what has gone is done. What has come since is in no plan
  /// and stays, which must be said in the end.
  private mutating func takeUpPlan(_ index: Int, _ now: Moment) {
    nodes[index].arrivals = arrivals(on: index, now)
    let present = Dictionary(listed.map { ($0.metadata.uid, $0) }) { first, _ in first }
    for place in nodes[index].pods.indices {
      guard let pod = present[nodes[index].pods[place].pod.uid] else {
        let wasAsked = log?.asked.contains(nodes[index].pods[place].pod) ?? false
        nodes[index].pods[place].state = .ended(wasAsked ? .removed : .absent)
        continue
      }
      // A person has left it alone.
      if nodes[index].pods[place].hasEnded { continue }
      nodes[index].pods[place].grace = pod.spec.terminationGracePeriodSeconds ?? 30
      guard pod.isBeingDeleted else { continue }
      nodes[index].pods[place].state = .terminating(
        grace: pod.metadata.deletionGracePeriodSeconds ?? nodes[index].pods[place].grace,
        deletion: pod.metadata.deletionTimestamp)
    }
    let going = nodes[index].pods.filter(\.isTerminating)
    if !going.isEmpty {
      let names = going.map { "\($0.pod.namespace)/\($0.pod.name) (\($0.text(now: now.wall)))" }
      tell(.waiting("told to end before, and still there: \(names.joined(separator: ", "))"))
    }
    let mustEvict = nodes[index].pods.contains { !$0.hasEnded && $0.action == .evict }
    if mustEvict, eviction == .unknown { return submit(.support, now) }
    beginRemoving(index, now)
  }

  /// The pods on a node that a drain would take and that are not in the plan of this one.
  private func arrivals(on index: Int, _ now: Moment) -> [PodKey] {
    let planned = Set(nodes[index].pods.map(\.pod.uid))
    return listed.filter { pod in
      let mayGo = !pod.isMirror && pod.metadata.controller?.kind != "DaemonSet"
      return mayGo && !planned.contains(pod.metadata.uid) && !pod.isBeingDeleted && !pod.isTerminal
        && options.podSelector.matches(pod.metadata.labels)
    }.map(PodKey.init)
  }

  mutating func didAskSupport(_ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    guard case .reading(let index) = stage else { return }
    switch result {
    case .success(.evictionVersion(let version)):
      eviction = version.map { .version($0) } ?? .none
      if nodes[index].isPlanned { return beginRemoving(index, now) }
      judge(index, verdicts(now), now)
    case .success: nodeFailed(index, .single(DrainError.Part("the server's answer is no list of resources")), now)
    case .failure(let failure): nodeFailed(index, .single(DrainError.Part(failure)), now)
    }
  }

  // MARK: The end of a node

  /// No pod is left; whether that is because the node is not there any more is asked before it is said.
  mutating func nodeDrained(_ index: Int, _ now: Moment) {
    guard options.dryRun == .none else { return endDrained(index, now) }
    stage = .confirming(index)
    deadline = nil
    due = []
    submit(.confirm(index), now)
  }

  /// Whoever may not read nodes, or gets no answer now, has drained it all the same.
  mutating func didConfirm(_ index: Int, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    guard stage == .confirming(index) else { return }
    noteAbsence(of: index, result)
    let arrivals = nodes[index].arrivals
    if !nodes[index].isSaidToBeAway, !arrivals.isEmpty {
      let names = arrivals.prefix(3).map { "\($0.namespace)/\($0.name)" }.joined(separator: ", ")
      let more = arrivals.count > 3 ? " and \(arrivals.count - 3) more" : ""
      let text =
        "what was planned has gone, but since then \(names)\(more) came to it, which this drain has not planned: "
        + "drain it anew"
      return nodeFailed(index, .list([DrainError.Part(text)]), now)
    }
    endDrained(index, now)
  }

  /// Says once that a node is not there any more.
  mutating func noteAbsence(of index: Int, _ result: Result<DrainAnswer, APIFailure>) {
    guard !nodes[index].isSaidToBeAway else { return }
    let name = nodes[index].target.name
    switch result {
    case .success(.node(let node)) where node.metadata.uid != nodes[index].target.uid:
      nodes[index].isSaidToBeAway = true
      tell(.nodeDeleted(name, hasNamesake: true))
    case .failure(let failure) where failure.code == 404:
      nodes[index].isSaidToBeAway = true
      tell(.nodeDeleted(name, hasNamesake: false))
    case .success, .failure: break
    }
  }

  private mutating func endDrained(_ index: Int, _ now: Moment) {
    let name = nodes[index].target.name
    nodes[index].state = .drained
    deadline = nil
    if options.dryRun == .none { effects.append(.record(.nodeEnded(name, problem: nil))) }
    tell(.drained(name))
    drainNext(from: index + 1, now)
  }

  /// Something went wrong after pods had been told to go: what is left is read and said first.
  mutating func removalFailed(_ index: Int, _ error: DrainError, _ now: Moment) {
    guard stage != .reporting(index) else { return }
    stage = .reporting(index)
    pendingError = error
    deadline = nil
    due = []
    submit(.list(index), now)
  }

  private mutating func reportLeft(_ index: Int, _ now: Moment) {
    let error = pendingError ?? .list([])
    // What has come since the drain was planned is none of its pods, and nobody has asked for its DaemonSets.
    guard log == nil else {
      let planned = Set(nodes[index].pods.map(\.pod.uid))
      let left = listed.filter { planned.contains($0.metadata.uid) }.map(PodKey.init)
      if !left.isEmpty { tell(.podsLeft(node: nodes[index].target.name, error: error.text, left)) }
      return nodeFailed(index, error, now)
    }
    let verdicts = verdicts(now)
    let left = verdicts.removals.map(PodKey.init)
    if !left.isEmpty { tell(.podsLeft(node: nodes[index].target.name, error: error.text, left)) }
    if let problem = verdicts.error { tell(.leftUnknown(problem)) }
    nodeFailed(index, error, now)
  }

  mutating func nodeFailed(_ index: Int, _ error: DrainError, _ now: Moment) {
    let name = nodes[index].target.name
    nodes[index].state = .failed(error.text)
    pendingError = nil
    deadline = nil
    due = []
    if options.dryRun == .none { effects.append(.record(.nodeEnded(name, problem: error.text))) }
    failures.append(error)
    nodesLeft.append(name)
    // Rolling drains stop at the first node that fails: what has gone wrong would go wrong again.
    tell(.nodeFailed(name, error.text, isLast: order.waitsReady))
    guard order.waitsReady else { return drainNext(from: index + 1, now) }
    nodesLeft += nodes[(index + 1)...].map(\.target.name)
    endAll()
  }

  private mutating func endAll() {
    guard !nodesLeft.isEmpty else { return finish(.drained) }
    tell(.nodesLeft(nodesLeft))
    finish(.failed(DrainError.lastLines(failures)))
  }

  mutating func tell(_ event: DrainEvent) { effects.append(.tell(event)) }
}
