import Draining
import Kube
import Testing

/// Batches, and nodes one after the other, that wait for replacements and budgets.
@Suite struct RollingDrainTests {
  @Test func batchesWaitUntilTheirPodsAreGone() {
    let bench = DrainBench(["n1"], server: FakeServer.running(5), batch: 2)
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .drained)
    let lines = bench.lines().filter { $0.contains("pod") }
    #expect(
      lines.map { $0.contains("evicting") } == [true, true, false, false, true, true, false, false, true, false])
  }

  @Test func batchesWaitForTheReplacements() throws {
    var server = FakeServer.running(4)
    server.readyAfter = .seconds(40)
    let bench = DrainBench(["n1"], server: server, batch: 2, waitsReady: true)
    bench.start()
    bench.pass(.seconds(30))
    #expect(bench.server.removals.count == 2)
    #expect(
      bench.lines().contains("err waiting: replicaset/web-n1 in namespace shop has 2 of 4 Ready pods"))
    #expect(
      bench.run.nodes[0].state == .waitingForOwners("replicaset/web-n1 in namespace shop has 2 of 4 Ready pods"))
    let pod = try #require(bench.run.nodes[0].pods.first)
    #expect(pod.replacement?.node == "other" && pod.replacement?.isReady == false)
    bench.pass(.seconds(15))
    #expect(bench.server.removals.count == 4)
    #expect(bench.run.nodes[0].pods.first?.replacement?.isReady == true)
    bench.finish()
    #expect(bench.run.outcome == .drained)
    #expect(bench.server.now > .seconds(80))
  }

  /// The new pod takes the place of the one that ran.
  @Test func whatHadFinishedIsReplacedByNothing() throws {
    var server = FakeServer.running(1)
    let finished = server.addPod("a-finished", on: "n1", named: "web-n1")
    server.pods[finished.uid]?.status.phase = "Failed"
    let bench = DrainBench(["n1"], server: server, waitsReady: true)
    bench.start()
    bench.finish()
    let pods = bench.run.nodes[0].pods
    #expect(pods.count == 2 && bench.run.outcome == .drained)
    #expect(pods.filter { $0.replacement != nil }.map(\.pod.name) == ["n1-p0"], "\(pods)")
    // A later process knows it from the log.
    let resumed = DrainRun(resuming: try #require(DrainLog(text: bench.log)))
    #expect(resumed.nodes[0].pods.filter(\.wasFinished).map(\.pod) == [finished])
  }

  /// A replacement that never comes must not keep the operator waiting for ever; with a timeout that says how long.
  @Test func whatStandsStillForTenMinutesStops() {
    var server = FakeServer.running(1, nodes: ["n1", "n2"])
    server.readyAfter = .seconds(100_000)
    let bench = DrainBench(["n1", "n2"], server: server, waitsReady: true)
    bench.start()
    bench.pass(.seconds(595))
    #expect(bench.run.outcome == nil)
    bench.pass(.seconds(20))
    let text = bench.lines().joined(separator: "\n")
    #expect(text.contains("nothing has changed for ten minutes: replicaset/web-n1"), "\(text)")
    #expect(bench.run.outcome != nil && bench.run.nodes[1].state != .drained && bench.server.removals.count == 1)
  }

  /// The second batch waits for what reads as the first one's: it has ten minutes of its own. So has what was paused.
  @Test func slowReplacementsOfEachBatchAreWaitedFor() {
    var server = FakeServer.running(4)
    server.readyAfter = .seconds(400)
    let bench = DrainBench(["n1"], server: server, batch: 2, waitsReady: true)
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .drained, "\(bench.lines())")
    let paused = DrainBench(["n1"], server: server, batch: 2, waitsReady: true)
    paused.server.readyAfter = .seconds(100_000)
    paused.start()
    paused.pass(.seconds(100))
    paused.handle(.pause)
    paused.pass(.seconds(900))
    paused.handle(.resume)
    paused.pass(.seconds(400))
    #expect(paused.run.outcome == nil, "\(paused.lines())")
  }

  @Test func theNextNodeWaitsUntilItsBudgetsHaveRoom() {
    var server = FakeServer.running(2, app: "web", nodes: ["n1", "n2"])
    server.allowed["web"] = 2
    let bench = DrainBench(["n1", "n2"], server: server, waitsReady: true)
    bench.start()
    bench.pass(.seconds(30))
    let text = "budget shop/web needs 2, has 2, and lets none of its pods go now: until more of its pods are Ready"
    #expect(bench.run.nodes.map(\.state) == [.drained, .waitingForBudget(text)])
    #expect(bench.lines().count { $0 == "err waiting: node n2 is not begun yet: \(text)" } == 1)
    #expect(
      !bench.server.requests.contains { if case .evict(let pod, _, _, _) = $0 { pod.name == "n2-p0" } else { false } })
    bench.server.allowed["web"] = 2
    bench.finish()
    #expect(bench.run.outcome == .drained && bench.server.removals.count == 4)
  }

  @Test func aNodeWhoseBudgetsNeverAllowItIsNotBegun() {
    var server = FakeServer.running(1, app: "web", nodes: ["n1", "n2"])
    server.allowed["web"] = 1
    server.hasRoomAtAll = false
    let bench = DrainBench(["n1", "n2"], server: server, waitsReady: true)
    bench.start()
    bench.finish()
    let text =
      "not begun: budget shop/web needs 2, has 2, and lets none of its pods go: "
      + "2 of 2 pods must be healthy: it has no room, ever"
    #expect(bench.run.outcome == .failed([text]))
    #expect(bench.server.removals.count == 1 && bench.run.nodes[0].state == .drained)
    #expect(bench.lines().suffix(2) == ["err There are pending nodes to be drained:", "err  n2"])
  }

  @Test func waitingForBudgetsEndsWithTheTimeout() {
    var server = FakeServer.running(1, app: "web", nodes: ["n1", "n2"])
    server.allowed["web"] = 1
    let bench = DrainBench(["n1", "n2"], server: server, waitsReady: true) { $0.timeout = .seconds(60) }
    bench.start()
    bench.finish()
    let text =
      "not begun within 1m0s: budget shop/web needs 2, has 2, and lets none of its pods go now: "
      + "until more of its pods are Ready"
    #expect(bench.run.outcome == .failed([text]))
    #expect(bench.server.now > .seconds(60) && bench.server.now < .seconds(75))
  }

  @Test func whoMayNotReadBudgetsDoesNotWaitForThem() {
    var server = FakeServer.running(1, app: "web", nodes: ["n1", "n2"])
    server.allowed["web"] = 2
    server.fault = {
      if case .budgets = $0 { .refuse(FakeServer.refusal(403, "Forbidden", "no")) } else { nil }
    }
    let bench = DrainBench(["n1", "n2"], server: server, waitsReady: true)
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .drained)
    #expect(
      bench.lines().contains(
        "err waiting: budgets of namespace shop cannot be read, and are not waited for: no"))
  }

  /// As kubectl does, which meets the budgets with its evictions.
  @Test func withoutWaitingTheNextNodeIsBegunAtOnce() {
    var server = FakeServer.running(1, app: "web", nodes: ["n1", "n2"])
    server.allowed["web"] = 1
    let bench = DrainBench(["n1", "n2"], server: server)
    bench.start()
    bench.pass(.seconds(30))
    #expect(bench.run.nodes.map(\.state) == [.drained, .draining])
    #expect(
      bench.server.requests.contains { if case .evict(let pod, _, _, _) = $0 { pod.name == "n2-p0" } else { false } })
  }

  @Test func ownersThatWantFewerPodsAreNotWaitedFor() {
    var server = FakeServer.running(2)
    server.readyAfter = .seconds(100_000)
    let bench = DrainBench(["n1"], server: server, waitsReady: true)
    bench.start()
    bench.pass(.seconds(20))
    #expect(bench.run.outcome == nil)
    bench.server.replicas["owner-web-n1"] = 0
    bench.finish()
    #expect(bench.run.outcome == .drained)
  }

  @Test func aRollingDrainStopsAtTheFirstNodeThatFails() {
    var server = FakeServer.running(2, nodes: ["n1", "n2"])
    server.readyAfter = .seconds(100_000)
    let bench = DrainBench(["n1", "n2"], server: server, waitsReady: true) { $0.timeout = .seconds(30) }
    bench.start()
    bench.finish()
    #expect(
      bench.run.outcome == .failed(["replicaset/web-n1 in namespace shop has 0 of 2 Ready pods"]))
    #expect(bench.server.removals.count == 2)
    #expect(bench.lines().suffix(3) == ["err There are pending nodes to be drained:", "err  n1", "err  n2"])
  }

  @Test func otherwiseTheNextNodeIsTriedAsKubectlDoes() {
    var server = FakeServer.running(1, nodes: ["n1", "n2"])
    server.fault = {
      if case .evict(let pod, _, _, _) = $0, pod.name == "n1-p0" {
        .refuse(FakeServer.refusal(403, "Forbidden", "no"))
      } else {
        nil
      }
    }
    let bench = DrainBench(["n1", "n2"], server: server)
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .failed(["error when evicting pods/\"n1-p0\" -n \"shop\": no"]))
    #expect(bench.lines().contains("out node/n2 drained"))
  }
}
