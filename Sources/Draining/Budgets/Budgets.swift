import ClusterState
import Kube

/// The disruption budgets of a cluster, and what the API server makes of them when asked to evict a pod
/// (registry/core/pod/storage/eviction.go).
///
/// A value: `evict` counts an eviction as the server would, before the budgets' controller has noticed.
public struct Budgets: Sendable {
  /// The server that is followed.
  public let rules: EvictionRules
  private var budgets: [String: [PodDisruptionBudget]] = [:]

  /// So many evictions may be unconfirmed by a budget's controller.
  static let mostUnconfirmed = 2000

  /// The given budgets.
  public init(_ budgets: [PodDisruptionBudget], rules: EvictionRules) {
    self.rules = rules
    for budget in budgets { self.budgets[budget.metadata.namespace, default: []].append(budget) }
    for namespace in self.budgets.keys { self.budgets[namespace]?.sort { $0.metadata.name < $1.metadata.name } }
  }

  /// The budgets that protect a pod, by name.
  public func matching(_ pod: Pod) -> [PodDisruptionBudget] {
    if rules.ignoresEmptySelectors, pod.metadata.labels.isEmpty { return [] }
    return (budgets[pod.metadata.namespace] ?? []).filter { budget in
      guard let selector = budget.spec.selector else { return false }
      if rules.ignoresEmptySelectors, selector.isEmpty { return false }
      // A malformed selector matches nothing.
      return selector.matches(pod.metadata.labels) ?? false
    }
  }

  /// What the server would answer to the eviction of a pod now.
  public func answer(toEvicting pod: Pod) -> EvictionAnswer {
    if pod.isTerminal || pod.status.phase == "Pending" || pod.isBeingDeleted { return .allowed(.isNoDisruption) }
    let matching = matching(pod)
    guard let budget = matching.first else { return .allowed(.noBudget) }
    let name = ObjectName(budget.metadata)
    if matching.count > 1 { return .severalBudgets(matching.map { ObjectName($0.metadata) }) }
    let status = budget.status
    if !pod.isReady {
      let isEnough = status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0
      if budget.spec.unhealthyPodEvictionPolicy == "AlwaysAllow" || isEnough {
        return .allowed(.isUnhealthy(budget: name))
      }
    }
    if status.observedGeneration < budget.metadata.generation {
      return .refused(.init(budget: name, cause: .isNotProcessed))
    }
    if status.disruptionsAllowed < 0 { return .forbidden(budget: name, .isNegative(status.disruptionsAllowed)) }
    let unconfirmed = status.disruptedPods.count
    if unconfirmed > Self.mostUnconfirmed { return .forbidden(budget: name, .isUnconfirmed(unconfirmed)) }
    if status.disruptionsAllowed == 0 {
      if let failure = budget.syncFailure { return .refused(.init(budget: name, cause: .syncFailed(failure))) }
      return .refused(
        .init(budget: name, cause: .isUsedUp(needs: status.desiredHealthy, has: status.currentHealthy)))
    }
    return .allowed(.fits(budget: name))
  }

  /// What the server would answer, and takes the eviction from the budget as the server does. Nothing else changes: how
  /// many pods are healthy is the business of the budget's controller.
  @discardableResult
  public mutating func evict(_ pod: Pod) -> EvictionAnswer {
    let answer = answer(toEvicting: pod)
    guard case .allowed(.fits(let name)) = answer,
      let index = budgets[name.namespace]?.firstIndex(where: { $0.metadata.name == name.name })
    else { return answer }
    budgets[name.namespace]?[index].status.disruptionsAllowed -= 1
    budgets[name.namespace]?[index].status.disruptedPods[pod.metadata.name] = Timestamp(microseconds: 0)
    return answer
  }
}

extension PodDisruptionBudget {
  /// What its controller says when it cannot work out how many pods may go; nil when it can.
  var syncFailure: String? {
    guard let condition = status.conditions.condition("DisruptionAllowed"), condition.status == "False",
      condition.reason == "SyncFailed"
    else { return nil }
    return condition.message
  }
}
