import Draining
import Kube
import KubeClient
import Testing

/// What a drain does about each answer.
@Suite struct DrainRunTests {
  private func server(_ pods: Int = 3, app: String = "", nodes: [String] = ["n1"]) -> FakeServer {
    var server = FakeServer()
    for node in nodes {
      server.addNode(node)
      for index in 0..<pods { server.addPod("\(node)-p\(index)", on: node, named: "web-\(node)", app: app) }
    }
    return server
  }

  @Test func everyPodGoesOnceAndTheNodeIsDrained() {
    let bench = DrainBench(["n1"], server: server())
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
    var server = server(nodes: ["n1", "n2"])
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
    var server = server()
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
    var server = server(2, app: "web")
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
    var server = server(1)
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
    var server = server(3)
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
    var server = server(1)
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

  @Test func aTimeoutSaysWhatEachPodWaitedFor() throws {
    var server = server(0)
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
    var server = server(0)
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
    var server = server(4)
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
    let bench = DrainBench(["n1"], server: server(100))
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .drained && bench.server.removals.count == 100)
    #expect(bench.mostOpen == 16)
  }

  @Test func aDryRunChangesNothing() {
    for dryRun in [DrainOptions.DryRun.client, .server] {
      let bench = DrainBench(["n1"], server: server()) { $0.dryRun = dryRun }
      bench.start()
      bench.finish()
      #expect(bench.run.outcome == .drained)
      #expect(bench.server.removals.isEmpty && bench.server.nodes["n1"]?.isCordoned == false)
      #expect(bench.log.isEmpty)
      #expect(bench.server.requests.contains { $0.isRemoval } == (dryRun == .server))
    }
  }

  // MARK: A person

  @Test func pausedDrainsAskNoMorePods() {
    var server = server(2, app: "web")
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
    let bench = DrainBench(["n1"], server: server(40))
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
    var server = server(2, app: "web")
    server.allowed["web"] = 1
    let bench = DrainBench(["n1"], server: server)
    bench.start()
    bench.pass(.seconds(8))
    let blocked = try #require(bench.run.nodes[0].pods.first { !$0.hasEnded })
    bench.handle(.skip(blocked.pod))
    bench.finish()
    #expect(bench.run.outcome == .drained)
    #expect(bench.text(blocked.pod) == "left alone")
    #expect(bench.server.removals[blocked.pod.uid] == nil)
  }

  // MARK: Batches

  @Test func batchesWaitUntilTheirPodsAreGone() {
    let bench = DrainBench(["n1"], server: server(5), batch: 2)
    bench.start()
    bench.finish()
    #expect(bench.run.outcome == .drained)
    let lines = bench.lines().filter { $0.contains("pod") }
    #expect(
      lines.map { $0.contains("evicting") } == [true, true, false, false, true, true, false, false, true, false])
  }

  @Test func batchesWaitForTheReplacements() throws {
    var server = server(4)
    server.readyAfter = .seconds(40)
    let bench = DrainBench(["n1"], server: server, batch: 2, waitsReady: true)
    bench.start()
    bench.pass(.seconds(30))
    #expect(bench.server.removals.count == 2)
    #expect(
      bench.lines().contains("err waiting: replicaset/web-n1 in namespace shop has 2 of 4 Ready pods"))
    let pod = try #require(bench.run.nodes[0].pods.first)
    #expect(pod.replacement?.node == "other" && pod.replacement?.isReady == false)
    bench.pass(.seconds(15))
    #expect(bench.server.removals.count == 4)
    #expect(bench.run.nodes[0].pods.first?.replacement?.isReady == true)
    bench.finish()
    #expect(bench.run.outcome == .drained)
    #expect(bench.server.now > .seconds(80))
  }

  @Test func theNextNodeWaitsUntilItsBudgetsHaveRoom() {
    var server = server(2, app: "web", nodes: ["n1", "n2"])
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
    var server = server(1, app: "web", nodes: ["n1", "n2"])
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
    var server = server(1, app: "web", nodes: ["n1", "n2"])
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
    var server = server(1, app: "web", nodes: ["n1", "n2"])
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
    var server = server(1, app: "web", nodes: ["n1", "n2"])
    server.allowed["web"] = 1
    let bench = DrainBench(["n1", "n2"], server: server)
    bench.start()
    bench.pass(.seconds(30))
    #expect(bench.run.nodes.map(\.state) == [.drained, .draining])
    #expect(
      bench.server.requests.contains { if case .evict(let pod, _, _, _) = $0 { pod.name == "n2-p0" } else { false } })
  }

  @Test func ownersThatWantFewerPodsAreNotWaitedFor() {
    var server = server(2)
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
    var server = server(2, nodes: ["n1", "n2"])
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
    var server = server(1, nodes: ["n1", "n2"])
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
