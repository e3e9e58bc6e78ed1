import Draining
import Kube
import KubeClient
import Testing

/// What a drain does about each answer.
@Suite struct DrainRunTests {
  @Test func everyPodGoesOnceAndTheNodeIsDrained() {
    let bench = DrainBench(["n1"], server: FakeServer.running())
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .drained)
    #expect(bench.server.removals.values.sorted() == [1, 1, 1])
    #expect(bench.server.nodes["n1"]?.isCordoned == true && bench.server.nodes["n1"]?.run == "r1")
    #expect(
      bench.lines() == [
        "out node/n1 cordoned", "out evicting pod shop/n1-p0", "out evicting pod shop/n1-p1",
        "out evicting pod shop/n1-p2", "out pod/n1-p0 evicted", "out pod/n1-p1 evicted", "out pod/n1-p2 evicted",
        "out node/n1 drained",
      ])
  }

  @Test func nothingIsEvictedFromANodeThatIsNotCordoned() {
    var server = FakeServer.running(nodes: ["n1", "n2"])
    server.fault = {
      if case .cordon("n2", _, _, _) = $0 { .refuse(FakeServer.refusal(403, "Forbidden", "no")) } else { nil }
    }
    let bench = DrainBench(["n1", "n2"], server: server)
    bench.start()
    bench.finish()
    #expect(
      bench.run.outcome == .failed(["error: nothing is drained, because node \"n2\" could not be cordoned"]))
    #expect(bench.server.removals.isEmpty)
    #expect(bench.lines().contains("err error: unable to cordon node \"n2\": no"))
    #expect(bench.run.nodes.map(\.isCordonedByRun) == [true, false])
  }

  @Test func aServerThatDoesNotCordonIsNotBelieved() {
    var server = FakeServer.running()
    server.fault = { _ in nil }
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    // A webhook takes the change back: the answer is the node as it was.
    var node = Node()
    node.metadata.uid = "node-n1"
    bench.handle(.answered(1, .success(.node(node))))
    #expect(bench.run.outcome != nil && bench.run.outcome != .drained)
    #expect(bench.server.removals.isEmpty)
  }

  @Test func budgetsAreAskedAgainEveryFiveSeconds() throws {
    var server = FakeServer.running(2, app: "web")
    server.allowed["web"] = 1
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(7))
    let blocked = try #require(bench.run.nodes[0].pods.first { if case .blocked = $0.state { true } else { false } })
    #expect(bench.text(blocked.pod) == "blocked by PDB web: needs 2, has 2")
    #expect(blocked.attempts == 2)
    bench.server.allowed["web"] = 1
    bench.finish()
    #expect(bench.run.outcome == .drained)
    #expect(bench.server.now < .seconds(14))
    let retry = "err error when evicting pods/\"\(blocked.pod.name)\" -n \"shop\" (will retry after 5s): "
    #expect(bench.lines().count { $0.hasPrefix(retry) } == 2)
  }

  @Test func theServersOwnPauseIsHonoured() {
    var server = FakeServer.running(1)
    var isFirst = true
    server.fault = {
      guard $0.isRemoval, isFirst else { return nil }
      isFirst = false
      return .refuse(FakeServer.refusal(429, "TooManyRequests", "later", retryAfter: .seconds(17)))
    }
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(16))
    #expect(bench.server.removals.isEmpty)
    bench.pass(.seconds(2))
    #expect(bench.server.removals.count == 1)
    #expect(bench.lines().contains { $0.contains("(will retry after 17s): later") })
  }

  @Test func aPodThatCanNeverBeEvictedIsReportedAtOnce() {
    var server = FakeServer.running(3)
    let message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
    server.fault = {
      if case .evict(let pod, _, _, _) = $0, pod.name == "n1-p1" {
        .refuse(FakeServer.refusal(500, "InternalError", message))
      } else {
        nil
      }
    }
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.finish()
    let text = "error when evicting pods/\"n1-p1\" -n \"shop\": \(message)"
    #expect(bench.run.outcome == .failed([text]))
    #expect(bench.server.removals.count == 2)
    #expect(bench.server.requests.count { $0.isRemoval } == 3)
    let lines = bench.lines()
    let hint = lines.firstIndex(
      of: "err hint: pod shop/n1-p1 is not evicted, and is not asked for again: \(message)")
    #expect(hint ?? .max < lines.firstIndex(of: "out pod/n1-p0 evicted") ?? 0)
    #expect(
      bench.lines().suffix(5) == [
        "err There are pending pods in node \"n1\" when an error occurred: \(text)", "err pod/n1-p1",
        "err error: unable to drain node \"n1\" due to error: \(text), continuing command...",
        "err There are pending nodes to be drained:", "err  n1",
      ])
  }

  @Test func theNamesakeOfAPodIsLeftAlone() throws {
    var server = FakeServer()
    server.addNode("n1")
    let key = server.addPod("db-0", on: "n1", owner: "StatefulSet", named: "db")
    server.otherNode = "n2"
    var isReplaced = false
    let replaces: (inout FakeServer) -> Void = { server in
      server.pods[key.uid] = nil
      server.addPod("db-0", on: "n2", owner: "StatefulSet", named: "db")
    }
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    while !bench.server.requests.contains(.evictionSupport) { bench.step() }
    // Between the plan and the eviction somebody moves it.
    replaces(&bench.server)
    isReplaced = true
    bench.finish()
    #expect(isReplaced && bench.run.outcome == .drained)
    #expect(bench.server.removals.isEmpty)
    #expect(bench.run.nodes[0].pods.first?.state == .ended(.absent))
    #expect(bench.server.pods.values.contains { $0.metadata.name == "db-0" && !$0.isBeingDeleted })
  }

  @Test func podsOfTerminatingNamespacesAreWaitedFor() throws {
    var server = FakeServer.running(1)
    server.fault = { request in
      request.isRemoval
        ? .refuse(
          FakeServer.refusal(
            403, "Forbidden", "it is being terminated", cause: ("NamespaceTerminating", "namespace shop")))
        : nil
    }
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(6))
    #expect(
      bench.lines().contains(
        "err error when evicting pod \"n1-p0\" from terminating namespace \"shop\" (will retry after 5s): "
          + "it is being terminated"))
    let uid = try #require(bench.server.pods.keys.first)
    let deletion = bench.server.wall.advanced(by: .seconds(20))
    bench.server.pods[uid]?.metadata.deletionTimestamp = deletion
    bench.finish()
    #expect(bench.run.outcome == .drained)
    #expect(bench.lines().contains("out pod/n1-p0 evicted"))
    #expect(bench.server.now < .seconds(32))
  }

  /// A namespace may take hours: kubectl asks as long as it takes, and so does this.
  @Test func terminatingNamespacesAreNoConflicts() {
    var server = FakeServer.running(1)
    var refusals = 0
    server.fault = { request in
      guard request.isRemoval, refusals < 40 else { return nil }
      refusals += 1
      return .refuse(
        FakeServer.refusal(
          403, "Forbidden", "it is being terminated", cause: ("NamespaceTerminating", "namespace shop")))
    }
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(150))
    #expect(refusals > 20 && bench.run.outcome == nil, "\(bench.lines())")
    #expect(bench.run.nodes[0].pods[0].state == .retrying("it is being terminated"))
    bench.finish()
    #expect(bench.run.outcome == .drained && bench.server.removals.count == 1)
  }

  @Test(arguments: [false, true]) func aNodeThatWasDeletedMeanwhileIsSaidToBe(hasNamesake: Bool) {
    let bench = DrainBench(["n1", "n2"], server: FakeServer.running(nodes: ["n1", "n2"]))
    bench.start()
    while bench.server.removals.count < 3 { bench.step() }
    // Its pods go with it.
    bench.server.nodes["n1"] = hasNamesake ? FakeServer.Node(uid: "another") : nil
    for (uid, pod) in bench.server.pods where pod.spec.nodeName == "n1" { bench.server.pods[uid] = nil }
    bench.finish()
    #expect(bench.run.outcome == .drained)
    let hint =
      "err hint: node n1 was deleted meanwhile: its pods went with it, whether they had ended or not"
      + (hasNamesake ? "; another node has its name now, which this drain has not touched" : "")
    #expect(bench.lines().count { $0.hasPrefix("err hint: node") } == 1 && bench.lines().contains(hint))
    let lines = bench.lines()
    #expect((lines.firstIndex(of: hint) ?? .max) < (lines.firstIndex(of: "out node/n1 drained") ?? 0))
  }

  /// While the first is drained, somebody wants the second back, or takes it away.
  @Test(arguments: [false, true]) func aLaterNodeIsLookedAtWhenItsTurnComes(isDeleted: Bool) {
    let bench = DrainBench(["n1", "n2"], server: FakeServer.running(nodes: ["n1", "n2"]))
    bench.start()
    while bench.server.removals.isEmpty { bench.step() }
    if isDeleted { bench.server.nodes["n2"] = nil } else { bench.server.nodes["n2"]?.isCordoned = false }
    bench.finish()
    let lines = bench.lines()
    #expect(bench.server.removals.keys.allSatisfy { $0.contains("n1") }, "\(bench.server.removals)")
    if isDeleted {
      #expect(
        bench.run.outcome == .drained && lines.contains { $0.hasPrefix("err hint: node n2 was deleted meanwhile") })
    } else {
      #expect(
        bench.run.nodes.map(\.state).last
          == .failed("somebody has uncordoned it since it was cordoned: nothing was evicted"))
    }
  }

  /// The cluster's controller takes a while to remove what a deleted node leaves behind.
  @Test func aNodeThatIsDeletedWhileItsPodsEndIsSaidToBe() {
    var server = FakeServer.running(0)
    server.addPod("slow", on: "n1", grace: 300)
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(2))
    bench.server.nodes["n1"] = nil
    bench.pass(.seconds(30))
    #expect(bench.run.outcome == nil)
    #expect(bench.lines().count { $0.hasPrefix("err hint: node n1 was deleted meanwhile") } == 1)
  }

  /// Replacements may never come: whoever waits for them hears of the node all the same.
  @Test func aNodeThatIsDeletedWhileReplacementsAreWaitedForIsSaidToBe() {
    var server = FakeServer.running()
    server.readyAfter = .seconds(100_000)
    let bench = DrainBench(["n1"], server: server, waitsReady: true)
    bench.start()
    bench.pass(.seconds(20))
    #expect(!bench.lines().contains { $0.contains("deleted meanwhile") })
    bench.server.nodes["n1"] = nil
    bench.pass(.seconds(60))
    #expect(bench.run.outcome == nil)
    #expect(bench.lines().count { $0.hasPrefix("err hint: node n1 was deleted meanwhile") } == 1)
  }

  /// What is done is done, whether or not it can be looked after.
  @Test func aNodeThatCannotBeReadInTheEndIsDrained() {
    var server = FakeServer.running()
    server.fault = { if case .node = $0 { .refuse(FakeServer.refused) } else { nil } }
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .drained && bench.server.now < .seconds(20))
    #expect(!bench.lines().contains { $0.contains("deleted meanwhile") })
  }

  @Test func aTimeoutSaysWhatEachPodWaitedFor() throws {
    var server = FakeServer.running(0)
    server.addPod("stuck", on: "n1", grace: 600)
    server.addPod("held", on: "n1", app: "web")
    server.allowed["web"] = 0
    let bench = DrainBench(["n1"], server: server) { $0.timeout = .seconds(61) }
    bench.start()
    bench.finish()
    #expect(bench.server.now >= .seconds(61) && bench.server.now < .seconds(62))
    #expect(
      bench.run.outcome
        == .failed([
          "error when evicting pods/\"held\" -n \"shop\": global timeout reached: 1m1s",
          "error when waiting for pod \"stuck\" in namespace \"shop\" to terminate: context deadline exceeded",
        ]))
  }

  @Test func terminatingPodsSayHowLong() {
    var server = FakeServer.running(0)
    let key = server.addPod("slow", on: "n1", grace: 30)
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(12))
    #expect(bench.text(key) == "terminating 11 s of 30 s" || bench.text(key) == "terminating 12 s of 30 s")
    // A node that is gone does not confirm anything.
    let uid = key.uid
    bench.server.pods[uid]?.metadata.finalizers = ["example.com/keep"]
    bench.pass(.seconds(50))
    #expect(bench.text(key)?.hasSuffix(": its kubelet does not confirm its end, or a finalizer keeps it") == true)
  }

  @Test func deletionsComeOneAfterTheOtherAndEndAtTheFirstRefusal() {
    var server = FakeServer.running(4)
    server.allowed["web"] = 0
    server.fault = {
      if case .delete(let pod, _, _) = $0, pod.name == "n1-p2" {
        .refuse(FakeServer.refusal(403, "Forbidden", "pods \"n1-p2\" is forbidden"))
      } else {
        nil
      }
    }
    let bench = DrainBench(["n1"], server: server) { $0.disableEviction = true }
    bench.start()
    bench.finish()
    #expect(bench.mostOpen == 1)
    #expect(bench.run.outcome == .failed(["Error from server (Forbidden): pods \"n1-p2\" is forbidden"]))
    #expect(bench.server.removals.count == 2)
    #expect(!bench.server.requests.contains { if case .evict = $0 { true } else { false } })
  }

  @Test func onlySoManyEvictionsAreUnderWay() {
    let bench = DrainBench(["n1"], server: FakeServer.running(100))
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .drained && bench.server.removals.count == 100)
    #expect(bench.mostOpen == 16)
  }

  @Test func aDryRunChangesNothing() {
    for dryRun in [DrainOptions.DryRun.client, .server] {
      let bench = DrainBench(["n1"], server: FakeServer.running()) { $0.dryRun = dryRun }
      bench.start()
      bench.finish()
      #expect(bench.run.outcome == .drained)
      #expect(bench.server.removals.isEmpty && bench.server.nodes["n1"]?.isCordoned == false)
      #expect(bench.log.isEmpty)
      #expect(bench.server.requests.contains { $0.isRemoval } == (dryRun == .server))
    }
  }
}
