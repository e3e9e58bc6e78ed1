import ClusterState
import Draining
import Kube
import Testing

/// Whether the evictions of one drain fit the budgets together: now, later or never.
@Suite struct BudgetLedgerTests {
  private func states(
    _ budgets: PodDisruptionBudget..., pods: [Pod], lost: Set<String> = []
  ) -> (texts: [String], demands: [BudgetDemand]) {
    var ledger = BudgetLedger(Budgets(budgets, rules: .current))
    let texts = pods.map { pod in
      ledger.evict(pod, replacement: lost.contains(pod.metadata.name) ? .none("it is bare") : .fits(node: "n2"))
        .map { "\($0.state.rawValue) \($0.needs)/\($0.has)" }.joined(separator: ", ")
    }
    return (texts, ledger.demands)
  }

  private func pods(_ count: Int) -> [Pod] { (1...count).map { webPod("web-\($0)") } }

  @Test func theSumCountsAndNotEachAlone() {
    let (texts, demands) = states(budget(needs: 2, has: 4, of: 4), pods: pods(3))
    #expect(texts == ["allowed 2/4", "allowed 2/3", "waits 2/2"])
    let demand = demands[0]
    #expect((demand.allowed, demand.waiting, demand.never) == (2, 1, 0))
    #expect(demand.state == .waits && demand.of == 4)
  }

  @Test func aBudgetThatNeedsAllNeverLetsOneGo() {
    #expect(states(budget(needs: 2, has: 2, of: 2), pods: pods(2)).texts == ["never 2/2", "never 2/2"])
    #expect(states(budget(needs: 3, has: 1, of: 2), pods: [webPod(isReady: false)]).texts == ["never 3/1"])
  }

  @Test func duringARolloutItMayHaveRoomAllTheSame() {
    #expect(states(budget(needs: 2, has: 3, of: 2), pods: pods(2)).texts == ["allowed 2/3", "waits 2/2"])
  }

  @Test func replacementsThatNeverComeBlockTheRest() {
    let (texts, demands) = states(budget(needs: 1, has: 3, of: 3), pods: pods(4), lost: ["web-1", "web-2"])
    #expect(texts == ["allowed 1/3", "allowed 1/2", "never 1/1", "never 1/1"])
    #expect(demands[0].state == .never)
    #expect(
      states(budget(needs: 1, has: 3, of: 3), pods: pods(4), lost: ["web-1"]).texts
        == ["allowed 1/3", "allowed 1/2", "waits 1/1", "waits 1/1"])
  }

  /// A new node may come: whoever has to wait for room does not wait for ever for certain.
  @Test func replacementsThatFitNowhereMakeTheRestWait() {
    var ledger = BudgetLedger(Budgets([budget(needs: 1, has: 2, of: 2)], rules: .current))
    _ = ledger.evict(webPod("web-1"), replacement: .findsNoRoom("0/3 nodes are available"))
    let verdict = ledger.evict(webPod("web-2"), replacement: .unknown("nodes are not read"))[0]
    #expect(verdict.state == .waits)
    #expect(
      verdict.reason == "until there is room for the replacement of a pod that goes before it, which fits nowhere now")
  }

  @Test func unhealthyPodsElsewhereMustRecover() {
    var ledger = BudgetLedger(Budgets([budget(needs: 2, has: 2, of: 3)], rules: .current))
    let verdict = ledger.evict(webPod(), replacement: .fits(node: "n2"))[0]
    #expect(verdict.state == .waits && verdict.reason == "until more of its pods are Ready")
  }

  @Test func anUnhealthyPodTakesNothing() {
    let (texts, _) = states(budget(needs: 2, has: 2, of: 3), pods: [webPod("sick", isReady: false)] + pods(1))
    #expect(texts == ["allowed 2/2", "waits 2/2"])
  }

  /// The known trap: with maxUnavailable 100 % and nothing healthy, a sick pod may not go.
  @Test func aSickPodOfABudgetThatNeedsNothing() {
    var ledger = BudgetLedger(Budgets([budget(needs: 0, has: 0, of: 1)], rules: .current))
    let verdict = ledger.evict(webPod(isReady: false), replacement: .fits(node: "n2"))[0]
    #expect(verdict.state == .waits)
    #expect(verdict.reason == "the pod is not Ready; it may go when another one is")
  }

  @Test func twoBudgetsAreNever() {
    let (texts, demands) = states(
      budget("a", needs: 0, has: 2, of: 2), budget("b", needs: 1, has: 2, of: 2), pods: pods(1))
    #expect(texts == ["never 0/2, never 1/2"])
    #expect(demands.map(\.never) == [1, 1])
  }

  @Test func whatItsControllerHasNotSeenMayChange() {
    let changed = budget(needs: 2, has: 2, of: 2) { $0.metadata.generation = 2 }
    #expect(states(changed, pods: pods(1)).texts == ["waits 2/2"])
    let failed = budget(needs: 0, has: 0, of: 0) { $0.failSync("jobs.batch does not implement the scale subresource") }
    #expect(states(failed, pods: pods(1)).texts == ["never 0/0"])
    #expect(states(budget(needs: 0, has: 0, of: 0), pods: pods(1)).texts == ["waits 0/0"])
  }

  @Test func podsThatNoBudgetConcernsAreNotCounted() {
    let (texts, demands) = states(
      budget(needs: 2, has: 2, of: 2),
      pods: [webPod { $0.metadata.labels = [:] }, webPod { $0.status.phase = "Failed" }])
    #expect(texts == ["", ""] && demands.isEmpty)
  }
}
