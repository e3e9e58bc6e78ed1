import Draining
import Kube
import KubeClient
import Testing

/// Drains that meet outages, lost answers and kill -9: no pod is told to go that was not planned, and none twice.
@Suite struct DrainFaultTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  /// Two nodes with pods of several owners, budgets, bare pods, and one that nothing removes.
  private func server(_ seed: UInt64) -> FakeServer {
    var random = Generator(state: seed)
    var server = FakeServer()
    for node in ["n1", "n2"] {
      server.addNode(node, isCordoned: Int.random(in: 0..<4, using: &random) == 0)
      for index in 0..<Int.random(in: 1...6, using: &random) {
        let owner = ["ReplicaSet", "StatefulSet", "Job", nil].randomElement(using: &random) ?? nil
        server.addPod(
          "\(node)-\(index)", on: node, owner: owner, named: "\(owner ?? "")-\(node)-\(index)",
          app: ["", "", "a"].randomElement(using: &random) ?? "", grace: Int.random(in: 0...8, using: &random))
      }
    }
    server.allowed["a"] = 12
    return server
  }

  private func bench(_ server: FakeServer, waitsReady: Bool = false) -> DrainBench {
    DrainBench(["n1", "n2"], server: server, batch: waitsReady ? 2 : nil, waitsReady: waitsReady) { $0.force = true }
  }

  private func planned(_ server: FakeServer) -> Set<String> { Set(server.pods.keys) }

  @Test(arguments: 0..<12) func killedAtEveryStepItGoesOn(seed: Int) throws {
    let start = server(UInt64(seed))
    let whole = bench(start, waitsReady: seed % 3 == 0)
    whole.start()
    whole.finish()
    #expect(whole.run.outcome == .drained)
    #expect(whole.recordCount > 5)
    let planned = planned(start)
    for last in 1...whole.recordCount {
      for tear in [false, true] {
        let killed = bench(start, waitsReady: seed % 3 == 0)
        killed.lastRecord = last
        killed.start()
        killed.finish()
        guard killed.isKilled else { continue }
        // The machine may also have gone down in the middle of a line: then the step was not done.
        let log = tear ? String(killed.log.dropLast(7)) : killed.log
        if tear, last == 1 { continue }
        guard DrainLog(text: log)?.isResumable == true else {
          // Every node has come to its end: there is nothing left to do.
          #expect(last >= whole.recordCount - 1, "seed \(seed), record \(last)")
          continue
        }
        // Time passes: what was told to go goes, and what replaces it comes.
        killed.server.pass(to: killed.server.now + .seconds(seed % 2 == 0 ? 3 : 60))
        let resumed = try DrainBench(resuming: killed, log: log)
        resumed.start()
        resumed.finish()
        #expect(resumed.run.outcome == .drained, "seed \(seed), record \(last): \(resumed.lines())")
        #expect(resumed.server.removals.values.allSatisfy { $0 == 1 }, "seed \(seed), record \(last)")
        #expect(Set(resumed.server.removals.keys).isSubset(of: planned), "seed \(seed), record \(last)")
        #expect(resumed.server.nodes.values.allSatisfy { $0.isCordoned })
        let left = resumed.server.pods.values.filter { ["n1", "n2"].contains($0.spec.nodeName) }
        #expect(left.isEmpty, "seed \(seed), record \(last): \(left.map(\.metadata.name))")
      }
    }
  }

  /// Whoever goes on waits for as many Ready pods as there were before the first process began.
  @Test func aRollingDrainWaitsForReplacementsAlsoAfterAKill() throws {
    var server = FakeServer()
    for node in ["n1", "n2"] {
      server.addNode(node)
      for index in 0..<2 { server.addPod("\(node)-\(index)", on: node, named: "web") }
    }
    server.readyAfter = .seconds(60)
    let killed = DrainBench(["n1", "n2"], server: server, waitsReady: true)
    killed.start()
    killed.pass(.seconds(20))
    let waits = "replicaset/web in namespace shop has 2 of 4 Ready pods"
    #expect(killed.server.removals.count == 2 && killed.run.nodes[0].state == .waitingForOwners(waits))
    let resumed = try DrainBench(resuming: killed)
    resumed.start()
    resumed.pass(.seconds(20))
    #expect(resumed.server.removals.count == 2, "\(resumed.lines())")
    #expect(resumed.lines().contains("err waiting: replicaset/web in namespace shop has 2 of 4 Ready pods"))
    resumed.finish()
    #expect(resumed.run.outcome == .drained && resumed.server.removals.count == 4)
  }

  @Test(arguments: 0..<40) func lostAnswersAreLookedAfter(seed: Int) {
    var random = Generator(state: UInt64(seed + 1000))
    var server = server(UInt64(seed))
    let planned = planned(server)
    server.fault = { request in
      switch Int.random(in: 0..<10, using: &random) {
      case 0: .lose
      case 1: .refuse(FakeServer.refused)
      case 2: .refuse(FakeServer.refusal(503, "ServiceUnavailable", "busy"))
      case 3: .refuse(FakeServer.refusal(429, "TooManyRequests", "slow down", retryAfter: .seconds(1)))
      case 4 where request.isRemoval: .refuse(FakeServer.refusal(409, "Conflict", "the object has been modified"))
      default: nil
      }
    }
    let bench = bench(server, waitsReady: seed % 4 == 0)
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .drained, "seed \(seed): \(bench.lines())")
    #expect(bench.server.removals.values.allSatisfy { $0 == 1 }, "seed \(seed)")
    #expect(Set(bench.server.removals.keys).isSubset(of: planned), "seed \(seed)")
  }

  @Test func aShortOutageIsSurvived() {
    var server = server(3)
    server.fault = { _ in nil }
    let bench = bench(server)
    bench.start()
    bench.pass(.milliseconds(90))
    bench.server.fault = { _ in .refuse(FakeServer.refused) }
    bench.pass(.seconds(45))
    #expect(bench.run.outcome == nil && bench.run.outage != nil)
    bench.server.fault = { _ in nil }
    bench.finish()
    #expect(bench.run.outcome == .drained)
    #expect(bench.lines().count { $0.contains("the server does not answer, trying again") } == 1)
    #expect(bench.lines().count { $0.contains("the server answers again") } == 1)
  }

  @Test func aLongOutageInterruptsAndIsTakenUpAgain() throws {
    let bench = bench(server(4))
    bench.start()
    bench.pass(.milliseconds(90))
    bench.server.fault = { _ in .refuse(FakeServer.refused) }
    bench.finish()
    guard case .interrupted = bench.run.outcome else {
      Issue.record("\(String(describing: bench.run.outcome))")
      return
    }
    #expect(bench.server.now >= .seconds(120) && bench.server.now < .seconds(130))
    bench.server.fault = { _ in nil }
    let resumed = try DrainBench(resuming: bench)
    resumed.start()
    resumed.finish()
    #expect(resumed.run.outcome == .drained)
    #expect(resumed.server.removals.values.allSatisfy { $0 == 1 })
  }

  @Test func aStormOf429EndsInTheEnd() {
    var server = server(5)
    var refusals = 300
    server.fault = { _ in
      refusals -= 1
      return refusals > 0 && refusals % 4 != 0
        ? .refuse(FakeServer.refusal(429, "TooManyRequests", "too many requests", retryAfter: .seconds(1))) : nil
    }
    let bench = bench(server)
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .drained)
    #expect(bench.server.removals.values.allSatisfy { $0 == 1 })
  }

  @Test func conflictsWithoutEndAreGivenUp() {
    var server = FakeServer()
    server.addNode("n1")
    server.addPod("p", on: "n1")
    server.fault = { $0.isRemoval ? .refuse(FakeServer.refusal(409, "Conflict", "modified")) : nil }
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.finish()
    #expect(
      bench.run.outcome == .failed(["error when evicting pods/\"p\" -n \"shop\": it changes all the time"]))
  }

  @Test func whatCannotBeWrittenDownIsNotDone() {
    for breaks in ["cordoning", "planned", "removing"] {
      let bench = bench(server(6))
      bench.breaksLog = { $0.line.contains("\"\(breaks)\"") }
      bench.start()
      bench.finish()
      guard case .interrupted(let why) = bench.run.outcome else {
        Issue.record("\(breaks): \(String(describing: bench.run.outcome))")
        continue
      }
      #expect(why == "the log of the drain cannot be written: no space")
      #expect(bench.server.removals.isEmpty)
      if breaks == "cordoning" {
        #expect(!bench.server.requests.contains { if case .cordon = $0 { true } else { false } })
      }
    }
  }

  @Test func aNodeThatWasReplacedIsNotDrained() throws {
    let killed = bench(server(7))
    killed.lastRecord = 3
    killed.start()
    killed.finish()
    killed.server.nodes["n1"]?.uid = "another"
    let resumed = try DrainBench(resuming: killed)
    let before = resumed.server.removals.count
    resumed.start()
    resumed.finish()
    #expect(
      resumed.lines().contains(
        "err error: unable to cordon node \"n1\": it has been replaced by another node of the same name"))
    #expect(resumed.server.removals.count == before)
  }
}
