import ClusterState
import Kube
import KubeClient

// Budgets between nodes: a rolling drain does not begin the next node before each budget lets one of its pods go.

/// What is known of the budgets while a run waits for them.
struct BudgetWatch: Sendable {
  /// By namespace, as they were read last.
  var budgets: [String: [PodDisruptionBudget]] = [:]
  /// By namespace, why they could not be read.
  var problems: [String: String] = [:]
  /// The pods of the node, as they were read last.
  var pods: [Pod] = []
  /// What was said last.
  var lastText = ""
}

extension DrainRun {
  /// Begins the removals of a node; in a rolling drain, once the budgets allow the first of them.
  mutating func beginRemoving(_ index: Int, _ now: Moment) {
    guard mustAwaitBudgets(index) else { return startRemoving(index, now) }
    stage = .awaitingBudgets(index)
    budgetWatch = BudgetWatch()
    if options.timeout != .zero { deadline = now.steady + options.timeout }
    readBudgets(index, after: .zero, now)
  }

  /// The first node is begun at once: what its budgets forbid, the evictions are told. So is one that an earlier process
  /// had begun already.
  private func mustAwaitBudgets(_ index: Int) -> Bool {
    guard order.isRolling, case .version = eviction, nodes[..<index].contains(where: { $0.state == .drained }) else {
      return false
    }
    let isBegun = nodes[index].pods.contains { $0.state != .waiting || log?.asked.contains($0.pod) == true }
    return !isBegun && nodes[index].pods.contains { $0.action == .evict }
  }

  private mutating func readBudgets(_ index: Int, after delay: Duration, _ now: Moment) {
    for namespace in Set(evictions(index).map(\.namespace)).sorted() {
      submit(.budgets(namespace: namespace), after: delay, now)
    }
    submit(.poll(index), after: delay, now)
  }

  private func evictions(_ index: Int) -> [PodKey] {
    nodes[index].pods.filter { $0.action == .evict && !$0.hasEnded }.map(\.pod)
  }

  mutating func didReadBudgets(_ namespace: String, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    if case .removing(let index) = stage {
      // Who may not read budgets learns from the evictions only.
      if case .success(.budgets(let budgets)) = result { judgeHeld(index, namespace, budgets, now) }
      return
    }
    guard case .awaitingBudgets(let index) = stage else { return }
    switch result {
    case .success(.budgets(let budgets)): budgetWatch.budgets[namespace] = budgets
    case .success: budgetWatch.problems[namespace] = "the server's answer is no list of budgets"
    case .failure(let failure): budgetWatch.problems[namespace] = failure.plainText
    }
    checkBudgets(index, now)
  }

  /// Which of the pods that wait for budgets wait for ever, as the plan reckons; that is said once, and not waited for
  /// longer than the patience allows.
  private mutating func judgeHeld(
    _ index: Int, _ namespace: String, _ budgets: [PodDisruptionBudget], _ now: Moment
  ) {
    for place in nodes[index].pods.indices {
      let held = nodes[index].pods[place]
      guard held.isHeld || held.state == .evicting, held.pod.namespace == namespace,
        let pod = listed.first(where: { $0.metadata.uid == held.pod.uid })
      else { continue }
      var ledger = BudgetLedger(Budgets(budgets, rules: rules))
      let verdict = ledger.evict(pod, replacement: .unknown("not asked for")).first { $0.state == .never }
      let never = verdict.map { "PDB \($0.budget.name): \($0.reason)" }
      nodes[index].pods[place].never = never
      nodes[index].pods[place].neverSince = never == nil ? nil : held.neverSince ?? now.steady
      guard let never else { continue }
      if held.never == nil { tell(.never(held.pod, never, patience: patience)) }
      if let patience, let since = held.neverSince, now.steady - since >= patience {
        neverGoes(held.pod, never, now)
      }
    }
  }

  private var rules: EvictionRules { eviction == .version("v1") ? .current : .kubernetes120 }

  /// Takes the pods of the node while its budgets are waited for.
  mutating func didPollWhileWaiting(_ index: Int, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    switch result {
    case .success(.pods(let pods)):
      budgetWatch.pods = pods
      checkBudgets(index, now)
    case .success: nodeFailed(index, .list([DrainError.Part("the server's answer is no list")]), now)
    case .failure(let failure): nodeFailed(index, .list([DrainError.Part(failure)]), now)
    }
  }

  private mutating func checkBudgets(_ index: Int, _ now: Moment) {
    let isReading = (due.map(\.job) + inFlight.values).contains { job in
      switch job {
      case .budgets, .poll(index): true
      default: false
      }
    }
    guard !isReading else { return }
    let closed = closedBudgets(index)
    let text = closed.map(\.text).joined(separator: "; ")
    if closed.contains(where: { $0.state == .never }) {
      return nodeFailed(index, .list([DrainError.Part("not begun: \(text)")]), now)
    }
    // What may not be read is left to the evictions.
    let unread = budgetWatch.problems.sorted { $0.key < $1.key }.map {
      "budgets of namespace \($0.key) cannot be read, and are not waited for: \($0.value)"
    }
    budgetWatch.problems = [:]
    let said = ((closed.isEmpty ? [] : ["node \(nodes[index].target.name) is not begun yet: \(text)"]) + unread)
      .joined(separator: "; ")
    if !said.isEmpty, budgetWatch.lastText != said {
      budgetWatch.lastText = said
      standsSince = now.steady
      tell(.waiting(said))
    }
    guard !closed.isEmpty else { return startRemoving(index, now) }
    if hasStoodStill(now) {
      return nodeFailed(
        index, .list([DrainError.Part("not begun: nothing has changed for ten minutes: \(text)")]), now)
    }
    nodes[index].state = .waitingForBudget(text)
    readBudgets(index, after: Self.pollInterval, now)
  }

  /// What the budgets say that let none of the node's pods go, by name.
  private func closedBudgets(_ index: Int) -> [BudgetVerdict] {
    var ledger = BudgetLedger(Budgets(budgetWatch.budgets.values.flatMap { $0 }, rules: rules))
    let asked = Set(evictions(index).map(\.uid))
    var refusals: [ObjectName: BudgetVerdict] = [:]
    for pod in budgetWatch.pods where asked.contains(pod.metadata.uid) {
      for verdict in ledger.evict(pod, replacement: .unknown("not asked for")) where verdict.state != .allowed {
        if refusals[verdict.budget] == nil { refusals[verdict.budget] = verdict }
      }
    }
    let open = Set(ledger.demands.filter { $0.allowed > 0 }.map(\.budget))
    return refusals.values.filter { !open.contains($0.budget) }.sorted { $0.budget < $1.budget }
  }

  /// The time of the node is over before it was begun.
  mutating func budgetsTimedOut(_ index: Int, _ now: Moment) {
    let text = closedBudgets(index).map(\.text).joined(separator: "; ")
    nodeFailed(
      index, .list([DrainError.Part("not begun within \(GoDuration.text(options.timeout)): \(text)")]), now)
  }
}

extension BudgetVerdict {
  /// `budget shop/web needs 2, has 2, and lets none of its pods go now: until more of its pods are Ready`.
  fileprivate var text: String {
    "budget \(budget.namespace)/\(budget.name) needs \(needs), has \(has), and lets none of its pods go"
      + "\(state == .never ? "" : " now"): \(reason)"
  }
}
