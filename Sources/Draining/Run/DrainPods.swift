import Kube
import KubeClient

// Pods: asked to go in batches, tried again where a budget forbids it, looked at until they are gone.

extension DrainRun {
  // MARK: Batches

  mutating func startRemoving(_ index: Int, _ now: Moment) {
    stage = .removing(index)
    nodes[index].state = .draining
    if options.timeout != .zero { deadline = now.steady + options.timeout }
    if order.isRolling {
      if let before = log?.nodes[nodes[index].target.name]?.readyBefore {
        owners = OwnerWatch(before: before, begun: header.time)
      }
      let namespaces = Set(nodes[index].pods.filter { $0.owner != nil }.map(\.pod.namespace))
      for namespace in namespaces.sorted() { submit(.owners(namespace: namespace), now) }
      if !namespaces.isEmpty { return }
    }
    hasBaseline = true
    nextBatch(index, now)
  }

  mutating func nextBatch(_ index: Int, _ now: Moment) {
    stage = .removing(index)
    nodes[index].state = .draining
    // What is waited for after this batch may read as what was waited for after the last.
    standsSince = nil
    let going = nodes[index].pods.filter(\.isTerminating)
    let waiting = nodes[index].pods.filter { $0.state == .waiting }
    // Their budgets are asked again and again; meanwhile the others go.
    let held = nodes[index].pods.filter(\.isHeld)
    guard !going.isEmpty || !waiting.isEmpty || !held.isEmpty else { return endRemoving(index, now) }
    let room = max(0, (order.batch ?? Int.max) - going.count)
    let chosen = waiting.prefix(room)
    batch = Set((going + held + chosen).map(\.pod))
    for pod in chosen { submit(.remove(pod.pod), now) }
    if !going.isEmpty || !held.isEmpty { submit(.poll(index), now) }
  }

  /// Goes on when all pods of the batch have ended; those whose budgets do not let them go hold nobody up.
  private mutating func checkBatch(_ now: Moment) {
    guard case .removing(let index) = stage, outcome == nil, !isLastLook, !isCancelled else { return }
    let rest = nodes[index].pods.filter { batch.contains($0.pod) && !$0.hasEnded }
    let hasMore = nodes[index].pods.contains { $0.state == .waiting }
    guard rest.isEmpty || hasMore && rest.allSatisfy(\.isHeld) else { return }
    guard order.isRolling else { return nextBatch(index, now) }
    stage = .settling(index)
    submitOwners(index, now)
  }

  private mutating func endRemoving(_ index: Int, _ now: Moment) {
    let errors = nodes[index].pods.compactMap { pod -> DrainError.Part? in
      if case .ended(.failed(let text)) = pod.state { DrainError.Part(text) } else { nil }
    }
    if errors.isEmpty { return nodeDrained(index, now) }
    removalFailed(index, .list(errors), now)
  }

  // MARK: Asking a pod to go

  /// The request that removes a pod, written down before the first of its kind.
  mutating func removal(of key: PodKey) -> DrainRequest? {
    guard let (index, place) = place(of: key), !nodes[index].pods[place].hasEnded else { return nil }
    let isDryRun = options.dryRun == .server
    if !isDryRun { effects.append(.record(.removing(key))) }
    nodes[index].pods[place].state = .evicting
    nodes[index].pods[place].attempts += 1
    let gracePeriod = options.gracePeriod >= 0 ? options.gracePeriod : nil
    if nodes[index].pods[place].action == .delete {
      return .delete(key, gracePeriod: gracePeriod, isDryRun: isDryRun)
    }
    tell(.evicting(key))
    return .evict(key, version: evictionVersion, gracePeriod: gracePeriod, isDryRun: isDryRun)
  }

  mutating func didRemove(_ key: PodKey, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    guard let (index, place) = place(of: key), !nodes[index].pods[place].hasEnded else { return }
    let isEviction = nodes[index].pods[place].action == .evict
    switch result {
    case .success where options.dryRun == .server: end(key, .wouldGo, now)
    case .success: isGoing(key, deletion: nil, now)
    case .failure(let failure):
      switch failure.code {
      // kubectl says nothing of evicted pods that were gone already, and waits for deleted ones all the same.
      case 404: isEviction ? end(key, .absent, now) : isGoing(key, deletion: nil, now)
      case 409:
        nodes[index].pods[place].termination = nil
        submit(.verify(key), now)
      case 429 where isEviction && options.dryRun == .none: isBlocked(key, failure, now)
      case 403 where isEviction && failure.hasCause("NamespaceTerminating"): meetsTermination(key, failure, now)
      case _ where failure.mayHaveHappened && failure.code == nil: submit(.verify(key), now)
      default: refuse(key, failure, now)
      }
    }
  }

  private mutating func isGoing(_ key: PodKey, deletion: Timestamp?, _ now: Moment) {
    guard let (index, place) = place(of: key) else { return }
    let own = nodes[index].pods[place].grace
    let grace = options.gracePeriod >= 0 ? min(options.gracePeriod, max(own, options.gracePeriod)) : own
    setState(of: key, .terminating(grace: grace, deletion: deletion ?? now.wall.advanced(by: .seconds(grace))))
    submit(.poll(index), now)
  }

  private mutating func isBlocked(_ key: PodKey, _ failure: APIFailure, _ now: Moment) {
    let delay = max(Self.retryDelay, failure.retryAfter ?? .zero)
    var block = PodProgress.Block(message: failure.plainText, retry: now.wall.advanced(by: delay))
    if case .status(let status, _) = failure {
      let causes = status.details?.causes.filter { $0.reason == "DisruptionBudget" } ?? []
      if let cause = causes.first { block.read(cause.message) }
    }
    setState(of: key, .blocked(block))
    tell(.blocked(key, failure.plainText, retry: delay))
    if !isCancelled { submit(.remove(key), after: delay, now) }
    guard let (index, place) = place(of: key) else { return }
    submit(.poll(index), after: Self.retryDelay, now)
    if nodes[index].pods[place].attempts % Self.attemptsBetweenLooks == 1 {
      submit(.budgets(namespace: key.namespace), now)
    }
    checkBatch(now)
  }

  private mutating func meetsTermination(_ key: PodKey, _ failure: APIFailure, _ now: Moment) {
    tell(.namespaceTerminating(key, failure.plainText, retry: Self.retryDelay))
    setState(of: key, .retrying(failure.plainText))
    if let (index, place) = place(of: key) { nodes[index].pods[place].termination = failure.plainText }
    submit(.verify(key), after: Self.retryDelay, now)
  }

  /// The server will not remove the pod, however often it is asked.
  private mutating func refuse(_ key: PodKey, _ failure: APIFailure, _ now: Moment) {
    guard let (index, place) = place(of: key) else { return }
    if nodes[index].pods[place].action == .delete {
      // kubectl ends at the first deletion that is refused.
      nodes[index].pods[place].state = .ended(.failed(failure.plainText))
      return removalFailed(index, .single(DrainError.Part(failure)), now)
    }
    // kubectl says it at the end only, which may never come.
    if options.dryRun == .none { tell(.refused(key, failure.plainText)) }
    end(key, .failed("error when evicting \(Self.quoted(key)): \(failure.plainText)"), now)
  }

  /// No budget will ever allow it, and it has been asked for long enough.
  mutating func neverGoes(_ key: PodKey, _ why: String, _ now: Moment) {
    tell(.refused(key, why))
    end(key, .failed("error when evicting \(Self.quoted(key)): \(why)"), now)
  }

  private static func quoted(_ key: PodKey) -> String { "pods/\"\(key.name)\" -n \"\(key.namespace)\"" }

  // MARK: Looking at a pod

  mutating func didVerify(_ key: PodKey, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    guard let (index, place) = place(of: key), !nodes[index].pods[place].hasEnded else { return }
    switch result {
    case .success(.pod(let pod)) where pod.metadata.uid != key.uid: end(key, .absent, now)
    case .success(.pod(let pod)) where pod.isBeingDeleted:
      isGoing(key, deletion: pod.metadata.deletionTimestamp, now)
    // As kubectl does, for as long as the namespace takes.
    case .success where nodes[index].pods[place].termination != nil: submit(.remove(key), now)
    case .success:
      nodes[index].pods[place].conflicts += 1
      if nodes[index].pods[place].conflicts > Self.mostConflicts {
        let what = nodes[index].pods[place].action == .delete ? "deleting" : "evicting"
        end(key, .failed("error when \(what) \(Self.quoted(key)): it changes all the time"), now)
      } else {
        nodes[index].pods[place].state = .retrying("it has changed meanwhile")
        submit(.remove(key), after: Self.pollInterval, now)
      }
    case .failure(let failure) where failure.code == 404:
      // It was asked to go before the answer was lost, or somebody else was faster.
      end(key, .absent, now)
    case .failure(let failure):
      end(key, .failed("error when evicting \(Self.quoted(key)): \(failure.plainText)"), now)
    }
  }

  mutating func didPoll(_ index: Int, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    if stage == .awaitingBudgets(index) { return didPollWhileWaiting(index, result, now) }
    guard stage == .removing(index) else { return }
    switch result {
    case .success(.pods(let pods)): didSee(pods, index, now)
    case .success: break
    case .failure where isLastLook: giveUp(index, now)
    case .failure(let failure):
      for pod in nodes[index].pods where pod.isTerminating { waitFailed(pod.pod, failure.plainText, now) }
    }
  }

  private mutating func didSee(_ pods: [Pod], _ index: Int, _ now: Moment) {
    let present = Dictionary(pods.map { ($0.metadata.uid, $0) }) { first, _ in first }
    for pod in nodes[index].pods where batch.contains(pod.pod) && !pod.hasEnded && !isAsking(pod.pod) {
      guard let seen = present[pod.pod.uid] else {
        // Whoever is still waiting for the server's leave has gone without it.
        pod.isTerminating ? hasGone(pod, now) : end(pod.pod, .absent, now)
        continue
      }
      guard seen.isBeingDeleted else { continue }
      if PodFilters.isOverdue(seen, limit: options.skipWaitForDeleteTimeout, now: now.wall) {
        tell(.overdue(pod.pod, limit: options.skipWaitForDeleteTimeout))
        end(pod.pod, .overdue, now)
      } else {
        let grace = seen.metadata.deletionGracePeriodSeconds ?? pod.grace
        due.removeAll { $0.job == .remove(pod.pod) || $0.job == .verify(pod.pod) }
        setState(of: pod.pod, .terminating(grace: grace, deletion: seen.metadata.deletionTimestamp))
        tellIfLate(seen, pod, now)
      }
    }
    guard stage == .removing(index), outcome == nil else { return }
    if isLastLook { return giveUp(index, now) }
    let rest = nodes[index].pods.filter { batch.contains($0.pod) && !$0.hasEnded }
    if options.dryRun == .none, !rest.isEmpty { lookForNode(index, now) }
    if rest.contains(where: \.isTerminating) {
      submit(.poll(index), after: Self.pollInterval, now)
    } else if !rest.isEmpty {
      submit(.poll(index), after: Self.retryDelay, now)
    }
  }

  /// Says once that nobody confirms the end of a pod.
  private mutating func tellIfLate(_ seen: Pod, _ pod: PodProgress, _ now: Moment) {
    guard !pod.isToldLate, let termination = Termination(seen, now: now.wall), termination.isOverdue,
      let (index, place) = place(of: pod.pod)
    else { return }
    nodes[index].pods[place].isToldLate = true
    tell(.late(pod.pod, termination, finalizers: seen.metadata.finalizers))
  }

  private mutating func hasGone(_ pod: PodProgress, _ now: Moment) {
    tell(.gone(pod.pod, pod.action))
    end(pod.pod, .removed, now)
  }

  private mutating func waitFailed(_ key: PodKey, _ text: String, _ now: Moment) {
    guard let (index, place) = place(of: key) else { return }
    if nodes[index].pods[place].action == .delete {
      nodes[index].pods[place].state = .ended(.failed(text))
      return removalFailed(index, .single(DrainError.Part(text)), now)
    }
    end(
      key,
      .failed("error when waiting for pod \"\(key.name)\" in namespace \"\(key.namespace)\" to terminate: \(text)"),
      now)
  }

  // MARK: States

  /// Whether an answer about the pod is still to come.
  private func isAsking(_ key: PodKey) -> Bool {
    inFlight.values.contains(.remove(key)) || inFlight.values.contains(.verify(key))
  }

  private func place(of key: PodKey) -> (node: Int, pod: Int)? {
    guard let index = currentNode, let place = nodes[index].pods.firstIndex(where: { $0.pod == key }) else {
      return nil
    }
    return (index, place)
  }

  mutating func setState(of key: PodKey, _ state: PodProgress.State) {
    guard let (index, place) = place(of: key), !nodes[index].pods[place].hasEnded else { return }
    nodes[index].pods[place].state = state
  }

  private mutating func end(_ key: PodKey, _ ending: PodProgress.Ending, _ now: Moment) {
    setState(of: key, .ended(ending))
    due.removeAll { $0.job == .remove(key) || $0.job == .verify(key) }
    checkBatch(now)
  }

  /// Leaves a pod alone, also one of a node whose turn comes later: written down first, so that whoever takes the run up
  /// again does not evict it either.
  mutating func skip(_ key: PodKey, _ now: Moment) {
    guard outcome == nil, let index = nodes.firstIndex(where: { $0.pods.contains { $0.pod == key } }),
      let place = nodes[index].pods.firstIndex(where: { $0.pod == key })
    else { return }
    switch nodes[index].pods[place].state {
    case .waiting, .blocked, .retrying:
      if options.dryRun == .none { effects.append(.record(.skipped(key))) }
      guard index == currentNode else {
        nodes[index].pods[place].state = .ended(.leftAlone)
        return
      }
      end(key, .leftAlone, now)
    // It cannot be called back, but it need not be waited for.
    case .terminating where nodes[index].pods[place].isOverdue(now: now.wall) && index == currentNode:
      if options.dryRun == .none { effects.append(.record(.skipped(key))) }
      end(key, .overdue, now)
    case .evicting, .terminating, .ended: break
    }
  }

  /// The time of the node is over. Pods that are going are looked at once more: what has gone has not failed.
  mutating func timeOut(_ now: Moment) {
    deadline = nil
    guard let index = currentNode else { return }
    if case .awaitingBudgets = stage { return budgetsTimedOut(index, now) }
    if case .settling = stage { return removalFailed(index, .list([DrainError.Part(ownersText(index))]), now) }
    guard nodes[index].pods.contains(where: \.isTerminating) else { return giveUp(index, now) }
    isLastLook = true
    due = []
    submit(.poll(index), now)
  }

  /// Fails what is still there.
  mutating func giveUp(_ index: Int, _ now: Moment) {
    isLastLook = false
    due.removeAll { entry in
      switch entry.job {
      case .remove, .verify, .poll, .owners, .owner, .budgets: true
      default: false
      }
    }
    let timeout = GoDuration.text(options.timeout)
    if nodes[index].pods.contains(where: { !$0.hasEnded && $0.action == .delete }) {
      for place in nodes[index].pods.indices where !nodes[index].pods[place].hasEnded {
        nodes[index].pods[place].state = .ended(.failed("context deadline exceeded"))
      }
      return removalFailed(index, .single(DrainError.Part("context deadline exceeded")), now)
    }
    for place in nodes[index].pods.indices where !nodes[index].pods[place].hasEnded {
      let pod = nodes[index].pods[place]
      let text =
        pod.isTerminating
        ? "error when waiting for pod \"\(pod.pod.name)\" in namespace \"\(pod.pod.namespace)\" to terminate: "
          + "context deadline exceeded"
        : "error when evicting \(Self.quoted(pod.pod)): global timeout reached: \(timeout)"
      nodes[index].pods[place].state = .ended(.failed(text))
    }
    endRemoving(index, now)
  }
}

extension PodProgress {
  /// Whether it waits for the server's leave.
  var isHeld: Bool { if case .blocked = state { true } else { false } }

  /// Whether it is being removed now.
  var isOnItsWay: Bool {
    switch state {
    case .evicting, .terminating, .retrying: true
    case .waiting, .blocked, .ended: false
    }
  }
}

extension PodProgress.Block {
  /// Reads `The disruption budget web needs 2 healthy pods and has 2 currently`.
  fileprivate mutating func read(_ text: String) {
    let words = text.split(separator: " ")
    guard words.count >= 11, words.starts(with: ["The", "disruption", "budget"]) else { return }
    budget = String(words[3])
    needs = Int(words[5])
    has = Int(words[10])
  }
}

extension APIFailure {
  /// Whether the server names this as a single reason.
  fileprivate func hasCause(_ reason: String) -> Bool {
    guard case .status(let status, _) = self else { return false }
    return status.details?.causes.contains { $0.reason == reason } ?? false
  }
}
