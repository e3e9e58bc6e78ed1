import Draining
import Kube
import Testing

/// What a person does to a drain that goes on: pause it, end it, leave pods alone, take it up again.
@Suite struct DrainPersonTests {
  @Test func pausedDrainsAskNoMorePods() {
    var server = FakeServer.running(2, app: "web")
    server.allowed["web"] = 0
    let bench = DrainBench(["n1"], server: server) { $0.timeout = .seconds(60) }
    bench.start()
    bench.pass(.seconds(2))
    bench.handle(.pause)
    bench.server.allowed["web"] = 2
    bench.pass(.seconds(300))
    #expect(bench.server.removals.isEmpty && bench.run.outcome == nil)
    bench.handle(.resume)
    bench.finish()
    #expect(bench.run.outcome == .drained)
  }

  @Test func cancelledDrainsWaitForWhatTheyHaveAsked() {
    let bench = DrainBench(["n1"], server: FakeServer.running(40))
    bench.start()
    while bench.server.removals.count < 3 { bench.step() }
    bench.handle(.cancel)
    #expect(bench.run.outcome == nil)
    bench.finish()
    #expect(bench.run.outcome == .cancelled)
    let told = bench.run.nodes[0].pods.count { if case .terminating = $0.state { true } else { false } }
    #expect(told == bench.server.removals.count && told < 40)
    #expect(DrainLog(text: bench.log)?.isResumable == true)
  }

  @Test func podsThatAPersonLeavesAloneStay() throws {
    var server = FakeServer.running(2, app: "web")
    server.allowed["web"] = 1
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(8))
    let blocked = try #require(bench.run.nodes[0].pods.first { !$0.hasEnded })
    bench.handle(.skip(blocked.pod))
    bench.finish()
    #expect(bench.run.outcome == .drained)
    #expect(bench.text(blocked.pod) == "left alone")
    #expect(bench.run.nodes[0].drainedSentence == "drained, but for 1 pod left there")
    #expect(bench.server.removals[blocked.pod.uid] == nil)
  }

  /// What is going cannot be called back; what should have ended long ago need not be waited for.
  @Test func overduePodsNeedNotBeWaitedFor() throws {
    var server = FakeServer.running(0)
    let key = server.addPod("stuck", on: "n1", grace: 10)
    server.pods[key.uid]?.metadata.finalizers = ["example.com/keep"]
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(20))
    bench.handle(.skip(key))
    #expect(bench.run.outcome == nil && DrainLog(text: bench.log)?.skipped.isEmpty == true)
    bench.pass(.seconds(30))
    bench.handle(.skip(key))
    bench.finish()
    #expect(bench.run.outcome == .drained && bench.text(key) == "left: its deletion is overdue")
    #expect(DrainLog(text: bench.log)?.skipped == [key])
  }

  // MARK: Taking it up again

  /// A drain of two nodes that a person has ended after its first eviction.
  private func cancelled(isCordoned: Bool = false) -> DrainBench {
    var server = FakeServer.running(2, nodes: ["n1", "n2"])
    if isCordoned { server.addNode("n2", isCordoned: true) }
    let bench = DrainBench(["n1", "n2"], server: server)
    bench.start()
    while bench.server.removals.isEmpty { bench.step() }
    bench.handle(.cancel)
    bench.finish()
    return bench
  }

  /// Whoever opens a node wants pods on it. That holds also for a node that was cordoned before the drain.
  @Test(arguments: ["n1", "n2"], [false, true])
  func aNodeThatSomebodyHasOpenedIsNotCordonedAgain(node: String, isCordoned: Bool) throws {
    let first = cancelled(isCordoned: isCordoned)
    let removals = first.server.removals
    first.server.nodes[node]?.isCordoned = false
    let second = try DrainBench(resuming: first)
    second.start()
    second.finish()
    #expect(
      second.run.outcome
        == .interrupted("node \"\(node)\" was cordoned, and somebody has uncordoned it since: nothing more was done"))
    #expect(second.run.reopened == node)
    #expect(second.server.nodes[node]?.isCordoned == false && second.server.removals == removals)
    #expect(DrainLog(text: second.log)?.isResumable == true)
    let third = try DrainBench(resuming: second, cordonsAgain: true)
    third.start()
    third.finish()
    #expect(third.run.outcome == .drained && third.run.reopened == nil)
    #expect(third.server.nodes[node]?.isCordoned == true)
    #expect(third.run.nodes.first { $0.target.name == node }?.isCordonedByRun == true)
    #expect(third.lines().contains("out node/\(node) cordoned"))
  }

  /// A drain that was killed before it had cordoned a node has nothing to ask.
  @Test func aNodeThatWasNeverCordonedIs() throws {
    let first = DrainBench(["n1"], server: .running())
    first.lastRecord = 2
    first.start()
    first.finish()
    let second = try DrainBench(resuming: first)
    second.start()
    second.finish()
    #expect(second.run.outcome == .drained)
  }
}
