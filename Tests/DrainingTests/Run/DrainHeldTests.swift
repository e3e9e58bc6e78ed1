import Draining
import Kube
import KubeClient
import Testing

/// Pods that budgets hold back: what is said of them, and that they hold up nobody else.
@Suite struct DrainHeldTests {
  /// Pods without a budget, and one, the first by name, whose budget lets it go when the test wants it.
  private func server(_ pods: Int, isNever: Bool = true) -> FakeServer {
    var server = FakeServer()
    server.addNode("n1")
    server.addPod("held", on: "n1", named: "held", app: "held")
    for index in 0..<pods { server.addPod("p\(index)", on: "n1") }
    server.allowed["held"] = 0
    server.hasRoomAtAll = !isNever
    return server
  }

  @Test func whoCanNeverGoIsReportedAtOnceAndOnce() throws {
    let bench = DrainBench(["n1"], server: server(1))
    bench.start()
    bench.pass(.seconds(1))
    let why = "PDB held: 2 of 2 pods must be healthy: it has no room, ever"
    #expect(bench.lines().contains { $0.hasPrefix("err hint: pod shop/held is never evicted as things are: \(why).") })
    let held = try #require(bench.run.nodes[0].pods.first { $0.pod.name == "held" })
    #expect(bench.text(held.pod) == "never: \(why)" && held.never == why)
    bench.pass(.seconds(180))
    #expect(bench.lines().count { $0.contains("is never evicted") } == 1)
    // Asked again all the same, as kubectl does: somebody may change the budget.
    bench.server.allowed["held"] = 1
    bench.finish()
    #expect(bench.run.outcome == .drained)
  }

  @Test func whoCanNeverGoIsNotAskedForEver() throws {
    let bench = DrainBench(["n1"], server: server(1))
    bench.setPatience(.seconds(60))
    bench.start()
    bench.pass(.seconds(59))
    #expect(bench.run.outcome == nil)
    #expect(
      bench.lines().contains {
        $0.hasSuffix("again for 1m0s, in case somebody changes that; --timeout asks for longer")
      })
    bench.finish()
    let why = "PDB held: 2 of 2 pods must be healthy: it has no room, ever"
    guard case .failed(let lines)? = bench.run.outcome else {
      Issue.record("\(String(describing: bench.run.outcome))"); return
    }
    #expect(lines.contains { $0.contains(#"error when evicting pods/"held" -n "shop": "# + why) }, "\(lines)")
    #expect(bench.lines().contains("err hint: pod shop/held is not evicted, and is not asked for again: \(why)"))
    #expect(bench.server.removals.count == 1)
  }

  /// Somebody has made room while it was asked: the patience begins anew.
  @Test func whoCouldGoForAWhileIsAskedForLonger() throws {
    let bench = DrainBench(["n1"], server: server(0))
    bench.setPatience(.seconds(60))
    bench.start()
    bench.pass(.seconds(30))
    bench.server.hasRoomAtAll = true
    bench.pass(.seconds(40))
    #expect(bench.run.nodes[0].pods[0].never == nil && bench.run.outcome == nil)
    bench.server.hasRoomAtAll = false
    bench.pass(.seconds(90))
    #expect(bench.run.outcome == nil)
    bench.finish()
    #expect(bench.run.outcome != nil)
  }

  @Test func whoWaitsForOthersIsNotCalledNever() {
    let bench = DrainBench(["n1"], server: server(1, isNever: false))
    bench.start()
    bench.pass(.seconds(20))
    #expect(!bench.lines().contains { $0.contains("never") })
    #expect(bench.run.nodes[0].pods.allSatisfy { $0.never == nil })
  }

  @Test func whoMayNotReadBudgetsIsToldTheServersWordsOnly() {
    var server = server(1)
    server.fault = { if case .budgets = $0 { .refuse(FakeServer.refusal(403, "Forbidden", "no")) } else { nil } }
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(10))
    #expect(bench.run.outcome == nil && !bench.lines().contains { $0.contains("hint") })
  }

  @Test(arguments: [false, true]) func oneThatIsHeldDoesNotHoldItsBatch(waitsReady: Bool) throws {
    let bench = DrainBench(["n1"], server: server(5), batch: 2, waitsReady: waitsReady)
    bench.start()
    bench.pass(.seconds(240))
    #expect(bench.server.removals.count == 5 && bench.run.outcome == nil)
    bench.server.allowed["held"] = 1
    bench.finish()
    #expect(bench.run.outcome == .drained && bench.server.removals.count == 6)
  }

  /// With one at a time, the one that is held waits until nobody else is going.
  @Test func theBatchIsNeverExceeded() {
    let bench = DrainBench(["n1"], server: server(6, isNever: false), batch: 1)
    bench.start()
    bench.pass(.seconds(6))
    bench.server.allowed["held"] = 1
    var most = 0
    while bench.run.outcome == nil, bench.server.now < .seconds(600), bench.step() {
      most = max(most, bench.server.pods.values.count { $0.isBeingDeleted })
    }
    #expect(bench.run.outcome == .drained && most == 1)
  }

  @Test func aPodWhoseEndNobodyConfirmsIsNamed() {
    var server = server(0)
    server.allowed["held"] = 1
    let bench = DrainBench(["n1"], server: server)
    bench.server.pods.keys.forEach { bench.server.pods[$0]?.metadata.finalizers = ["example.com/keep"] }
    bench.start()
    bench.pass(.seconds(120))
    #expect(
      bench.lines().count {
        $0.hasPrefix(
          "err hint: pod shop/held should have ended 31 s ago: it stays until its finalizers go: example.com/keep")
      } == 1)
  }

  // MARK: Summaries

  @Test func theSummaryCountsEveryPod() {
    var server = server(3)
    server.addPod("stuck", on: "n1", grace: 600)
    server.fault = {
      if case .evict(let pod, _, _, _) = $0, pod.name == "p1" {
        .refuse(FakeServer.refusal(500, "InternalError", "two budgets"))
      } else {
        nil
      }
    }
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(10))
    bench.handle(.cancel)
    #expect(bench.run.summary == "2 pods removed, 1 still terminating, 1 failed, 1 left.")
  }

  @Test func aRunThatGoesOnCountsWhatTheOneBeforeHasRemoved() throws {
    let bench = DrainBench(["n1"], server: server(3))
    bench.start()
    bench.pass(.seconds(10))
    bench.handle(.cancel)
    let resumed = try DrainBench(resuming: bench)
    resumed.start()
    #expect(resumed.run.summary == "0 pods removed, 4 asked to go before, and not looked at since.")
    resumed.pass(.seconds(3))
    resumed.handle(.cancel)
    #expect(resumed.run.summary == "3 pods removed, 1 left.")
    // What it waits for is said.
    let slow = DrainBench(["n1"], server: server(1))
    slow.server.addPod("slow", on: "n1", grace: 300)
    slow.start()
    slow.pass(.seconds(10))
    let again = try DrainBench(resuming: slow)
    again.start()
    again.pass(.seconds(1))
    #expect(
      again.lines().contains {
        $0.hasPrefix("err waiting: told to end before, and still there: shop/slow (terminating 1")
      })
  }
}
