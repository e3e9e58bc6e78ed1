import ClusterState
import Draining
import Kube
import Testing

/// What the API server answers to an eviction, rule by rule of its eviction.go.
@Suite struct BudgetAnswerTests {
  private let web = ObjectName(namespace: "shop", name: "web")

  private func answer(
    _ budgets: [PodDisruptionBudget], _ pod: Pod = webPod(), _ rules: EvictionRules = .current
  ) -> EvictionAnswer {
    Budgets(budgets, rules: rules).answer(toEvicting: pod)
  }

  @Test func aBudgetWithRoomLetsAPodGo() {
    #expect(answer([budget(needs: 2, has: 3, of: 3)]) == .allowed(.fits(budget: web)))
    #expect(answer([]) == .allowed(.noBudget))
  }

  @Test func aBudgetWithoutRoomRefusesForNow() {
    let answer = answer([budget(needs: 2, has: 2, of: 3)])
    #expect(answer == .refused(.init(budget: web, cause: .isUsedUp(needs: 2, has: 2))))
    #expect(answer.status == 429)
  }

  @Test(arguments: ["Succeeded", "Failed", "Pending"])
  func podsThatDoNotRunAreNoDisruption(phase: String) {
    let pod = webPod { $0.status.phase = phase }
    #expect(answer([budget(needs: 2, has: 2, of: 2)], pod) == .allowed(.isNoDisruption))
    #expect(answer([budget(needs: 2, has: 2, of: 2), budget("b", needs: 0, has: 0, of: 0)], pod).status == 201)
  }

  @Test func neitherAreThoseBeingDeleted() {
    let pod = webPod { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) }
    #expect(answer([budget(needs: 2, has: 2, of: 2)], pod) == .allowed(.isNoDisruption))
  }

  @Test func twoBudgetsAreNotSupported() {
    let budgets = [budget("b", needs: 0, has: 9, of: 9), budget("a", needs: 0, has: 9, of: 9)]
    let names = ["a", "b"].map { ObjectName(namespace: "shop", name: $0) }
    #expect(answer(budgets) == .severalBudgets(names))
    #expect(answer(budgets, webPod(isReady: false)).status == 500)
  }

  /// Whether an unhealthy pod goes: policy, needs, has and whether it does.
  @Test(
    arguments: [
      (nil, 2, 2, true), (nil, 2, 1, false), (nil, 0, 0, false), ("IfHealthyBudget", 2, 2, true),
      ("IfHealthyBudget", 2, 1, false), ("AlwaysAllow", 2, 1, true), ("AlwaysAllow", 0, 0, true),
      ("Unheard", 2, 1, false),
    ] as [(String?, Int, Int, Bool)])
  func unhealthyPods(policy: String?, needs: Int, has: Int, goes: Bool) {
    let budget = budget(needs: needs, has: has, of: 3) {
      $0.spec.unhealthyPodEvictionPolicy = policy
      $0.status.disruptionsAllowed = 0
    }
    let answer = answer([budget], webPod(isReady: false))
    #expect(
      answer
        == (goes
          ? .allowed(.isUnhealthy(budget: web))
          : .refused(.init(budget: web, cause: .isUsedUp(needs: needs, has: has)))))
    // A healthy pod gets nothing from the policy.
    #expect(Budgets([budget], rules: .current).answer(toEvicting: webPod()).status == 429)
  }

  @Test func anUnhealthyPodMayAlsoUseRoom() {
    #expect(answer([budget(needs: 0, has: 1, of: 2)], webPod(isReady: false)) == .allowed(.fits(budget: web)))
  }

  @Test func aChangedBudgetIsNotTrusted() {
    let changed = budget(needs: 1, has: 3, of: 3) { $0.metadata.generation = 2 }
    #expect(answer([changed]) == .refused(.init(budget: web, cause: .isNotProcessed)))
    // Unhealthy pods are decided about before that.
    #expect(answer([changed], webPod(isReady: false)) == .allowed(.isUnhealthy(budget: web)))
  }

  @Test func aBudgetThatCannotBeWorkedOutSaysWhy() {
    let failed = budget(needs: 0, has: 0, of: 0) { $0.failSync("found no controllers for pod") }
    #expect(answer([failed]) == .refused(.init(budget: web, cause: .syncFailed("found no controllers for pod"))))
  }

  @Test func aNegativeAllowanceIsForbidden() {
    let broken = budget(needs: 1, has: 3, of: 3) { $0.status.disruptionsAllowed = -1 }
    #expect(answer([broken]) == .forbidden(budget: web, .isNegative(-1)))
    #expect(answer([broken]).status == 403)
  }

  @Test func tooManyUnconfirmedEvictionsAreForbidden() {
    func busy(_ count: Int) -> PodDisruptionBudget {
      budget(needs: 1, has: 3, of: 3) { budget in
        budget.status.disruptedPods = SmallMap(uniquing: (0..<count).map { ("p\($0)", Timestamp(seconds: 1)) })
      }
    }
    #expect(answer([busy(2000)]) == .allowed(.fits(budget: web)))
    #expect(answer([busy(2001)]) == .forbidden(budget: web, .isUnconfirmed(2001)))
    // Pods that are not Ready are decided about before that; a budget that is used up after it.
    #expect(answer([busy(2001)], webPod(isReady: false)) == .allowed(.isUnhealthy(budget: web)))
    var used = busy(2001)
    used.status.disruptionsAllowed = 0
    #expect(answer([used]).status == 403)
    // Each eviction is one more.
    var budgets = Budgets([busy(2000)], rules: .current)
    #expect(["a", "b"].map { budgets.evict(webPod($0)).status } == [201, 403])
    var ledger = BudgetLedger(Budgets([busy(2001)], rules: .current))
    let verdict = ledger.evict(webPod(), replacement: .fits(node: "n2"))[0]
    #expect(verdict.state == .never && verdict.reason.hasPrefix("its controller has not confirmed 2001 evictions"))
  }

  @Test func selectorsMeetWhatTheServerLetsThemMeet() {
    let everything = budget(needs: 3, has: 3, of: 3) { $0.spec.selector = LabelSelector() }
    let nothing = budget(needs: 3, has: 3, of: 3) { $0.spec.selector = nil }
    var absence = LabelSelectorRequirement()
    (absence.key, absence.operator) = ("tier", "DoesNotExist")
    let absent = budget(needs: 3, has: 3, of: 3) {
      $0.spec.selector?.matchExpressions = [absence]; $0.spec.selector?.matchLabels = [:]
    }
    let malformed = budget(needs: 3, has: 3, of: 3) {
      $0.spec.selector?.matchExpressions = [LabelSelectorRequirement()]
    }
    let elsewhere = budget(needs: 3, has: 3, of: 3) { $0.metadata.namespace = "other" }
    let unlabelled = webPod { $0.metadata.labels = [:] }
    for rules in [EvictionRules.current, .kubernetes120] {
      #expect(answer([nothing], webPod(), rules) == .allowed(.noBudget))
      #expect(answer([malformed], webPod(), rules) == .allowed(.noBudget))
      #expect(answer([elsewhere], webPod(), rules) == .allowed(.noBudget))
      #expect(answer([absent], webPod(), rules).status == 429)
    }
    #expect(answer([everything]).status == 429)
    #expect(answer([everything], unlabelled).status == 429)
    #expect(answer([absent], unlabelled).status == 429)
    #expect(answer([everything], webPod(), .kubernetes120) == .allowed(.noBudget))
    #expect(answer([absent], unlabelled, .kubernetes120) == .allowed(.noBudget))
  }

  @Test func everyEvictionTakesFromTheBudget() {
    var budgets = Budgets([budget(needs: 1, has: 3, of: 3)], rules: .current)
    #expect(["a", "b", "c"].map { budgets.evict(webPod($0)).status } == [201, 201, 429])
    #expect(budgets.evict(webPod(isReady: false)) == .allowed(.isUnhealthy(budget: web)))
  }
}
