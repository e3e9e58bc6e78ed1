import ClusterState
import Draining
import Kube
import KubeClient
import Testing

/// Drains that were killed after something had gone another way than all is well: whoever goes on keeps to it.
@Suite struct DrainResumeTests {
  /// Takes a run up again at each of its records, after `play` has done what a person does.
  private func killedEverywhere(
    _ make: () -> DrainBench, _ play: (DrainBench) -> Void, _ check: (DrainBench, DrainLog, Int) throws -> Void
  ) throws {
    let whole = make()
    play(whole)
    #expect(whole.recordCount > 3)
    for last in 1...whole.recordCount {
      let killed = make()
      killed.lastRecord = last
      play(killed)
      let log = try #require(DrainLog(text: killed.log))
      guard log.isResumable else {
        #expect(last >= whole.recordCount - 1, "record \(last)")
        continue
      }
      killed.server.pass(to: killed.server.now + .seconds(5))
      let resumed = try DrainBench(resuming: killed)
      resumed.start()
      resumed.finish()
      try check(resumed, log, last)
      #expect(resumed.server.removals.values.allSatisfy { $0 == 1 }, "record \(last)")
    }
  }

  @Test func whatAPersonHasLeftAloneIsNotEvictedAfterAKill() throws {
    var server = FakeServer.running(2, nodes: ["n1", "n2"])
    let kept = server.addPod("kept", on: "n1", app: "web")
    server.allowed["web"] = 0
    var restored = 0
    try killedEverywhere {
      DrainBench(["n1", "n2"], server: server)
    } _: { bench in
      bench.start()
      bench.pass(.seconds(1))
      bench.handle(.skip(kept))
      // Nothing but the person's word keeps it any more.
      bench.server.allowed["web"] = 1
      bench.finish()
    } _: { resumed, log, last in
      #expect(resumed.run.outcome == .drained, "record \(last): \(resumed.lines())")
      guard log.skipped.contains(kept) else { return }
      restored += 1
      #expect(resumed.server.removals[kept.uid] == nil, "record \(last)")
      #expect(resumed.text(kept) == "left alone", "record \(last)")
    }
    #expect(restored > 3)
  }

  /// What came while nobody carried the drain out is in no plan: it stays, and that must not pass for a drained node.
  @Test func whatCameMeanwhileIsNotEvictedAndSaidToBeThere() throws {
    let bench = DrainBench(["n1"], server: FakeServer.running(2))
    bench.lastRecord = 5
    bench.start()
    bench.finish()
    let log = try #require(DrainLog(text: bench.log))
    #expect(log.isResumable && log.nodes["n1"]?.plan?.count == 2)
    let late = bench.server.addPod("late", on: "n1")
    let agent = bench.server.addPod("agent", on: "n1", owner: "DaemonSet", named: "agent")
    let resumed = try DrainBench(resuming: bench)
    resumed.start()
    resumed.finish()
    let text = resumed.lines().joined(separator: "\n")
    #expect(resumed.server.removals[late.uid] == nil && resumed.server.removals[agent.uid] == nil)
    #expect(text.contains("since then shop/late came to it") && !text.contains("agent"), "\(text)")
    #expect(resumed.run.outcome != .drained)
  }

  /// Its turn has not come: it must not be forgotten until then.
  @Test func podsOfLaterNodesAreLeftAloneToo() throws {
    var server = FakeServer.running(2, app: "web", nodes: ["n1", "n2"])
    server.allowed["web"] = 2
    let first = DrainBench(["n1", "n2"], server: server)
    first.start()
    while first.run.nodes[1].pods.isEmpty { first.step() }
    first.pass(.seconds(1))
    first.handle(.cancel)
    first.finish()
    first.server.allowed["web"] = 4
    let second = try DrainBench(resuming: first)
    second.start()
    let later = try #require(second.run.nodes[1].pods.last?.pod)
    second.handle(.skip(later))
    second.finish()
    #expect(second.run.outcome == .drained)
    #expect(second.server.removals[later.uid] == nil && second.server.removals.count == 3)
  }

  @Test func aRollingDrainThatHadFailedStaysStopped() throws {
    var server = FakeServer.running(2, nodes: ["n1", "n2"])
    server.readyAfter = .seconds(100_000)
    try killedEverywhere {
      DrainBench(["n1", "n2"], server: server, waitsReady: true) { $0.timeout = .seconds(30) }
    } _: { bench in
      bench.start()
      bench.finish()
    } _: { resumed, _, last in
      #expect(
        resumed.run.outcome == .failed(["replicaset/web-n1 in namespace shop has 0 of 2 Ready pods"]),
        "record \(last)")
      #expect(resumed.server.removals.count == 2, "record \(last)")
      #expect(resumed.lines().suffix(3) == ["err There are pending nodes to be drained:", "err  n1", "err  n2"])
    }
  }

  /// Without `--wait-ready` kubectl tries the next node.
  @Test func aNodeThatTheServerRefusesIsNotTriedAgain() throws {
    var server = FakeServer.running(2, nodes: ["n1", "n2"])
    server.fault = {
      if case .evict(let pod, _, _, _) = $0, pod.name == "n1-p0" {
        .refuse(FakeServer.refusal(403, "Forbidden", "no"))
      } else {
        nil
      }
    }
    try killedEverywhere {
      DrainBench(["n1", "n2"], server: server)
    } _: { bench in
      bench.start()
      bench.finish()
    } _: { resumed, _, last in
      #expect(
        resumed.run.outcome == .failed(["error when evicting pods/\"n1-p0\" -n \"shop\": no"]), "record \(last)")
      #expect(resumed.server.removals.count == 3, "record \(last)")
    }
  }

  /// The note of a run stays on the node when others uncordon it: whoever cordons it then is not this run.
  @Test func aLaterCordonIsNotTakenForThatOfTheRun() throws {
    func node(_ run: String, taintedAfter seconds: Int64?, isCordoned: Bool = true) -> Node {
      var node = Node()
      node.spec.unschedulable = isCordoned
      node.metadata.annotations = [
        CordonNote.runKey: "\(run)", CordonNote.atKey: "\(FakeServer.start.description)",
      ]
      guard let seconds else { return node }
      var taint = Taint()
      (taint.key, taint.effect) = ("node.kubernetes.io/unschedulable", "NoSchedule")
      taint.timeAdded = FakeServer.start.advanced(by: .seconds(seconds))
      node.spec.taints = [taint]
      return node
    }
    #expect(CordonNote.isStanding(node("r1", taintedAfter: nil), run: "r1"))
    #expect(CordonNote.isStanding(node("r1", taintedAfter: 2), run: "r1"))
    #expect(!CordonNote.isStanding(node("r1", taintedAfter: 600), run: "r1"))
    #expect(!CordonNote.isStanding(node("r2", taintedAfter: 2), run: "r1"))
    #expect(!CordonNote.isStanding(node("r1", taintedAfter: nil, isCordoned: false), run: "r1"))
  }

  @Test func aDrainThatWasPausedOrCancelledGoesOnFromEachOfItsRecords() throws {
    let server = FakeServer.running(12, nodes: ["n1", "n2"])
    for isCancelled in [false, true] {
      try killedEverywhere {
        DrainBench(["n1", "n2"], server: server, batch: 3)
      } _: { bench in
        bench.start()
        while bench.server.removals.count < 4, bench.step() {}
        bench.handle(.pause)
        bench.pass(.seconds(60))
        bench.handle(isCancelled ? .cancel : .resume)
        bench.finish()
      } _: { resumed, _, last in
        #expect(resumed.run.outcome == .drained, "record \(last)")
        #expect(resumed.server.removals.count == 24, "record \(last)")
      }
    }
  }
}
