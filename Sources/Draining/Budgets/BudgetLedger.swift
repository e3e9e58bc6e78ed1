import ClusterState
import Kube

/// Follows the evictions of a drain, one after another, through the budgets: which go at once, which must wait for the
/// replacements of others, and which never can.
public struct BudgetLedger: Sendable {
  private var budgets: Budgets
  private var entries: [ObjectName: Entry] = [:]

  private struct Entry: Sendable {
    var demand: BudgetDemand
    /// Healthy pods that went at once.
    var gone = 0
    /// Pods that go for which nothing will stand in.
    var lost = 0
    /// Pods that go whose replacements fit nowhere now.
    var homeless = 0
    /// Sick pods that go: their replacements make room when they are Ready.
    var sick = 0
    /// How many healthy pods the budget can spare when all its pods are healthy.
    var spare: Int

    init(_ budget: PodDisruptionBudget) {
      let status = budget.status
      // The API has 32 bits for them; a file may hold anything.
      func bounded(_ number: Int) -> Int { Int(Int32(clamping: number)) }
      let (needs, of) = (bounded(status.desiredHealthy), bounded(status.expectedPods))
      demand = BudgetDemand(
        budget: ObjectName(budget.metadata), needs: needs, has: bounded(status.currentHealthy), of: of)
      // During a rollout there may be more healthy pods than the budget counts.
      spare = max(of - needs, bounded(status.disruptionsAllowed))
    }

    mutating func count(_ replacement: Replacement) {
      switch replacement {
      case .none: lost += 1
      case .findsNoRoom: homeless += 1
      case .fits, .comesBack, .unknown: break
      }
    }
  }

  /// Nothing is evicted yet.
  public init(_ budgets: Budgets) { self.budgets = budgets }

  /// What was asked of each budget so far, by name.
  public var demands: [BudgetDemand] { entries.values.map(\.demand).sorted { $0.budget < $1.budget } }

  /// What its budgets say about the next eviction; nothing for a pod that no budget concerns.
  public mutating func evict(_ pod: Pod, replacement: Replacement) -> [BudgetVerdict] {
    let matching = budgets.matching(pod)
    let answer = budgets.evict(pod)
    switch answer {
    case .allowed(.isNoDisruption), .allowed(.noBudget): return []
    case .severalBudgets:
      let reason = "\(matching.count) budgets match the pod: the server answers 500 to its eviction"
      return matching.map { enter($0, .never, reason) }
    case .allowed(.isUnhealthy):
      return matching.map { budget in
        let verdict = enter(budget, .allowed, "not Ready, and the budget lets such pods go")
        entries[verdict.budget]?.sick += 1
        return verdict
      }
    case .allowed(.fits):
      return matching.map { budget in
        let verdict = enter(budget, .allowed, "")
        entries[verdict.budget]?.gone += 1
        entries[verdict.budget]?.count(replacement)
        return verdict
      }
    case .forbidden(_, let distrust): return matching.map { enter($0, .never, Self.reason(distrust)) }
    case .refused(let refusal):
      return matching.map { budget in
        let (state, reason) = outlook(budget, refusal.cause, pod)
        var verdict = enter(budget, state, reason)
        verdict.lacksRoom = state == .waits && refusal.cause.isUsedUp && lacksRoom(budget)
        verdict.waitsForOthers = state == .waits && refusal.cause.isUsedUp && waitsForOthers(budget)
        // When it goes at last, the replacement of one that went before stands in for it.
        if state == .waits { entries[verdict.budget]?.count(replacement) }
        return verdict
      }
    }
  }

  /// A drain does not ask again after such an answer, even where somebody else may later.
  private static func reason(_ distrust: EvictionAnswer.Distrust) -> String {
    switch distrust {
    case .isNegative(let count): "its status is broken (disruptionsAllowed \(count)): answer 403"
    case .isUnconfirmed(let count):
      "its controller has not confirmed \(count) evictions (status.disruptedPods): answer 403 until it has, or for "
        + "two minutes after them"
    }
  }

  /// Whether and when a refused eviction will be allowed.
  private func outlook(
    _ budget: PodDisruptionBudget, _ cause: EvictionAnswer.Refusal.Cause, _ pod: Pod
  ) -> (BudgetVerdict.State, String) {
    let status = budget.status
    switch cause {
    case .isNotProcessed: return (.waits, "its controller has not looked at the latest version of the budget yet")
    case .syncFailed(let message): return (.never, "its controller cannot work it out: \(message)")
    case .isUsedUp: break
    }
    let entry = entries[ObjectName(budget.metadata)] ?? Entry(budget)
    if status.expectedPods == 0 { return (.waits, "its controller counts no pods yet") }
    if entry.spare <= 0 {
      return (.never, "\(status.desiredHealthy) of \(status.expectedPods) pods must be healthy: it has no room, ever")
    }
    if entry.lost >= entry.spare {
      let pods = entry.lost == 1 ? "a pod that goes" : "\(entry.lost) pods that go"
      return (.never, "nothing replaces \(pods) before it")
    }
    if lacksRoom(budget) {
      let pods = entry.homeless == 1 ? "a pod that goes" : "\(entry.homeless) pods that go"
      return (.waits, "until there is room for the replacement of \(pods) before it, which fits nowhere now")
    }
    if !pod.isReady {
      return (
        .waits,
        status.desiredHealthy == 0
          ? "the pod is not Ready; it may go when another one is"
          : "the pod is not Ready; it may go when \(status.desiredHealthy) others are"
      )
    }
    if entry.gone > 0 { return (.waits, "until replacements of pods that go before it are Ready") }
    return (.waits, "until more of its pods are Ready")
  }

  /// Whether the pods that went before have taken all that the budget can spare, and fit nowhere else.
  private func lacksRoom(_ budget: PodDisruptionBudget) -> Bool {
    guard let entry = entries[ObjectName(budget.metadata)] else { return false }
    return entry.homeless > 0 && entry.lost + entry.homeless >= entry.spare
  }

  /// Whether nothing that has gone before makes room again when its replacement is Ready.
  private func waitsForOthers(_ budget: PodDisruptionBudget) -> Bool {
    guard budget.status.expectedPods > 0 else { return false }
    guard let entry = entries[ObjectName(budget.metadata)] else { return true }
    return entry.gone == 0 && entry.sick == 0
  }

  private mutating func enter(
    _ budget: PodDisruptionBudget, _ state: BudgetVerdict.State, _ reason: String
  ) -> BudgetVerdict {
    let name = ObjectName(budget.metadata)
    let entry = entries[name] ?? Entry(budget)
    entries[name] = entry
    switch state {
    case .allowed: entries[name]?.demand.allowed += 1
    case .waits: entries[name]?.demand.waiting += 1
    case .never: entries[name]?.demand.never += 1
    }
    return BudgetVerdict(
      budget: name, state: state, needs: entry.demand.needs, has: max(0, entry.demand.has - entry.gone),
      reason: reason)
  }
}

extension EvictionAnswer.Refusal.Cause {
  fileprivate var isUsedUp: Bool { if case .isUsedUp = self { true } else { false } }
}
