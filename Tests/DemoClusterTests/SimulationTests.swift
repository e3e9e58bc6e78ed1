import Kube
import Testing

@testable import DemoCluster

/// The simulated cluster by itself, without a server: it must react to remedies as a real one would.
@Suite(.serialized) struct SimulationTests {
  static let start = Timestamp(seconds: 1_790_000_000)

  /// Built once: it is a value, and every test changes its own copy.
  private static let built = ShopScenario.build(start, 1)

  private func shop() -> Simulation { Self.built }

  /// Also not right after a moment at which a CronJob begins a run.
  @Test(arguments: [0, 3, 11, 100]) func nothingHasHappenedInTheFuture(seconds: Int64) throws {
    let start = Timestamp(seconds: 1_789_999_800 + seconds)
    let events = ShopScenario.build(start, 1).store.list("events")
    #expect(events.count > 50)
    for event in events { #expect(try #require(Simulation.lastTime(of: event)) <= start, "\(event.name)") }
  }

  private func statuses(_ cluster: Simulation, _ namespace: String, _ app: String) -> [String] {
    cluster.store.list("pods", namespace: namespace)
      .filter { $0.labels["app"]?.string == app && !$0.isDeleting }.map { PodSummary($0).status }
  }

  private func deploymentChange(_ cluster: inout Simulation, _ namespace: String, _ name: String, _ patch: JSONValue) {
    cluster.change("deployments.apps", namespace: namespace, name: name) { deployment in
      let patched = try? Patches.apply(patch, contentType: "application/strategic-merge-patch+json", to: deployment)
      deployment = patched ?? deployment
      deployment.set("metadata.generation", .int(deployment.generation + 1))
    }
  }

  private func containerPatch(_ name: String, _ change: (String, JSONValue)) -> JSONValue {
    let container: JSONValue = .object([("name", .string(name)), change])
    return ["spec": ["template": ["spec": ["containers": [container]]]]]
  }

  @Test func theSameSeedGivesTheSameCluster() {
    var (first, second) = (shop(), ShopScenario.build(Self.start, 1))
    first.advance(to: Self.start.advanced(by: .seconds(300)))
    second.advance(to: Self.start.advanced(by: .seconds(300)))
    #expect(first.store.list("pods") == second.store.list("pods"))
    #expect(first.store.list("events") == second.store.list("events"))
    #expect(ShopScenario.build(Self.start, 2).store.list("pods") != shop().store.list("pods"))
  }

  @Test func theShopHasEveryTroubleThatItPromises() {
    let cluster = shop()
    let pods = cluster.store.list("pods")
    #expect(pods.count >= 60)
    let words = Set(pods.map { PodSummary($0).status })
    for word in [
      "CrashLoopBackOff", "ImagePullBackOff", "CreateContainerConfigError", "Pending", "Evicted", "Completed", "Error",
      "Terminating", "Running",
    ] { #expect(words.contains(word), "no pod is \(word)") }
    let killed = pods.filter { pod in
      pod.list(at: "status.containerStatuses").contains { $0.text(at: "lastState.terminated.reason") == "OOMKilled" }
    }
    #expect(killed.contains { $0.list(at: "status.containerStatuses").first?.int(at: "restartCount") == 14 })
    let messages = pods.compactMap { $0.condition("PodScheduled")?["message"]?.string }
    for part in [
      "Insufficient cpu", "untolerated taint(s)", "didn't match Pod's node affinity/selector",
      "pod has unbound immediate PersistentVolumeClaims. not found",
    ] { #expect(messages.contains { $0.contains(part) }, "no pod is pending for: \(part)") }
    let nodes = cluster.store.list("nodes")
    #expect(nodes.count == 5)
    #expect(nodes.filter { $0[at: "spec.unschedulable"]?.bool == true }.map(\.name) == ["node-a2"])
    #expect(
      nodes.filter { $0.condition("Ready")?.text(at: "reason") == "NodeStatusUnknown" }.map(\.name) == ["node-b2"])
    let report = cluster.store.object("deployments.apps", namespace: "team-blue", name: "weekly-report")
    #expect(
      report?.condition("ReplicaFailure")?.text(at: "message").contains("exceeded quota: team-blue-compute") == true)
    let catalog = cluster.store.object("deployments.apps", namespace: "shop", name: "catalog")
    #expect(catalog?.condition("Progressing")?.text(at: "reason") == "ProgressDeadlineExceeded")
    #expect(catalog?.int(at: "status.availableReplicas") == 3)
    let budget = cluster.store.object("poddisruptionbudgets.policy", namespace: "data", name: "redis")
    #expect(budget?.int(at: "status.disruptionsAllowed") == 0)
    // A rollout that is stuck has two ReplicaSets and one Deployment.
    let share = cluster.store.object("poddisruptionbudgets.policy", namespace: "shop", name: "frontend")
    #expect(share?.int(at: "status.expectedPods") == 6 && share?.int(at: "status.desiredHealthy") == 3)
    #expect(cluster.store.object("endpoints", namespace: "data", name: "orders-db")?["subsets"] == nil)
  }

  @Test func raisingTheLimitEndsTheOutOfMemoryLoop() {
    var cluster = shop()
    deploymentChange(
      &cluster, "shop", "checkout", containerPatch("checkout", ("resources", ["limits": ["memory": "512Mi"]])))
    cluster.advance(to: Self.start.advanced(by: .seconds(600)))
    #expect(statuses(cluster, "shop", "checkout") == ["Running", "Running", "Running"])
    let restarts = cluster.pods(in: "shop", prefix: "checkout-").filter { !$0.isDeleting }
      .flatMap { $0.list(at: "status.containerStatuses") }.compactMap { $0.int(at: "restartCount") }
    #expect(restarts == [0, 0, 0])
  }

  @Test func withoutARemedyTheLoopGoesOnWithFiveMinutesBetweenTries() {
    var cluster = shop()
    func restarts() -> Int {
      cluster.pods(in: "shop", prefix: "checkout-").filter { !$0.isDeleting }
        .flatMap { $0.list(at: "status.containerStatuses") }.compactMap { $0.int(at: "restartCount") }.reduce(0, +)
    }
    let before = restarts()
    cluster.advance(to: Self.start.advanced(by: .seconds(1035)))
    // Three pods, each 300 s of back-off and 45 s until it is killed again: three rounds.
    #expect((8...10).contains(restarts() - before))
  }

  @Test func aFreshCrashLoopWaitsTenSecondsAndThenTwiceAsLongEachTime() throws {
    var cluster = shop()
    let pod = try #require(cluster.pods(in: "shop", prefix: "orders-").first)
    cluster.beginDeletion(of: pod)
    let known = Set(cluster.pods(in: "shop", prefix: "orders-").map(\.uid))
    var delays: [Duration] = []
    for second in 1...400 {
      cluster.advance(to: Self.start.advanced(by: .seconds(second)))
      for fresh in cluster.pods(in: "shop", prefix: "orders-") where !known.contains(fresh.uid) {
        guard let container = cluster.pods[fresh.uid]?.containers.first, container.backOff > .zero else { continue }
        if delays.last != container.backOff { delays.append(container.backOff) }
      }
    }
    #expect(delays.prefix(5) == [.seconds(10), .seconds(20), .seconds(40), .seconds(80), .seconds(160)])
  }

  @Test func uncordoningPlacesThePodThatFitsOnThatNodeOnly() {
    var cluster = shop()
    cluster.advance(to: Self.start.advanced(by: .seconds(30)))
    #expect(statuses(cluster, "batch", "report-builder") == ["Pending"])
    cluster.change("nodes", name: "node-a2") { $0.set("spec.unschedulable", nil) }
    cluster.advance(to: Self.start.advanced(by: .seconds(60)))
    #expect(statuses(cluster, "batch", "report-builder") == ["Running"])
    #expect(cluster.pods(in: "batch", prefix: "report-builder").first?.text(at: "spec.nodeName") == "node-a2")
    let taints = cluster.store.object("nodes", name: "node-a2")?.list(at: "spec.taints")
    #expect(taints?.isEmpty == true)
  }

  @Test func theConfigMapThatWasMissingStartsThePods() throws {
    var cluster = shop()
    #expect(statuses(cluster, "payments", "payment-gateway").allSatisfy { $0 == "CreateContainerConfigError" })
    _ = try cluster.create("configmaps", Manifests.configMap("payments", "gateway-config", [("a", "b")]))
    cluster.advance(to: Self.start.advanced(by: .seconds(30)))
    #expect(statuses(cluster, "payments", "payment-gateway") == ["Running", "Running"])
  }

  @Test func anImageThatExistsIsPulled() {
    var cluster = shop()
    deploymentChange(
      &cluster, "shop", "recommendations",
      containerPatch("recommendations", ("image", "registry.shop.example/recommendations:2.9.4")))
    cluster.advance(to: Self.start.advanced(by: .seconds(120)))
    #expect(statuses(cluster, "shop", "recommendations") == ["Running", "Running"])
  }

  @Test func theServiceThatFindsItsDatabaseEndsTheCrashLoop() {
    var cluster = shop()
    cluster.change("services", namespace: "data", name: "orders-db") {
      $0.set("spec.selector.app", "orders-postgres")
    }
    cluster.advance(to: Self.start.advanced(by: .seconds(400)))
    #expect(statuses(cluster, "shop", "orders") == ["Running", "Running"])
  }

  @Test func moreQuotaLetsTheDeploymentMakeItsPods() {
    var cluster = shop()
    cluster.change("resourcequotas", namespace: "team-blue", name: "team-blue-compute") {
      $0.set(["spec", "hard", "requests.cpu"], "2")
    }
    cluster.advance(to: Self.start.advanced(by: .seconds(1200)))
    #expect(statuses(cluster, "team-blue", "weekly-report") == ["Running", "Running"])
  }

  @Test func aDeletedPodIsReplacedAndTheOldOneGoesWithinItsGracePeriod() throws {
    var cluster = shop()
    let pod = try #require(cluster.pods(in: "shop", prefix: "frontend-").first { !$0.isDeleting })
    let count = statuses(cluster, "shop", "frontend").count
    cluster.beginDeletion(of: pod)
    #expect(cluster.store.object("pods", namespace: "shop", name: pod.name)?.isDeleting == true)
    cluster.advance(to: Self.start.advanced(by: .seconds(20)))
    #expect(cluster.store.object("pods", namespace: "shop", name: pod.name) == nil)
    #expect(statuses(cluster, "shop", "frontend").count == count)
  }

  @Test func podsOnALostNodeStandStill() throws {
    var cluster = shop()
    let lost = cluster.store.list("pods").filter { $0.text(at: "spec.nodeName") == "node-b2" }
    #expect(lost.contains { $0.name.hasPrefix("checkout-") })
    let heardOf = Self.start.advanced(by: .seconds(-41 * 60))
    func latest() -> [Timestamp] {
      let pods = cluster.store.list("pods").filter { $0.text(at: "spec.nodeName") == "node-b2" }
      let ends = pods.flatMap { $0.list(at: "status.containerStatuses") }.compactMap {
        $0.time(at: "lastState.terminated.finishedAt") ?? $0.time(at: "state.running.startedAt")
      }
      let uids = Set(pods.map(\.uid))
      // The taint manager works on; what the kubelet told ends with the node.
      let events = cluster.store.list("events").filter {
        uids.contains($0.text(at: "involvedObject.uid")) && $0.text(at: "source.component") == "kubelet"
      }
      return ends + events.compactMap { Simulation.lastTime(of: $0) }
    }
    #expect(latest().allSatisfy { $0 <= heardOf })
    cluster.advance(to: Self.start.advanced(by: .seconds(400)))
    #expect(latest().allSatisfy { $0 <= heardOf })
    let pods = cluster.store.list("pods").filter { $0.text(at: "spec.nodeName") == "node-b2" }
    #expect(pods.allSatisfy { !Simulation.isReady($0) })
  }

  @Test func aNodeThatComesBackLetsItsTerminatingPodsGo() {
    var cluster = shop()
    func stuck() -> Int { cluster.store.list("pods").filter(\.isDeleting).count }
    cluster.advance(to: Self.start.advanced(by: .seconds(120)))
    #expect(stuck() > 0)
    cluster.setNode("node-b2", ready: true)
    cluster.advance(to: Self.start.advanced(by: .seconds(180)))
    #expect(stuck() == 0)
    #expect(cluster.store.object("nodes", name: "node-b2")?[at: "spec.taints"] == nil)
  }

  @Test func eventsAndLogsKeepComing() throws {
    var cluster = shop()
    let pod = try #require(cluster.pods(in: "shop", prefix: "frontend-").first { !$0.isDeleting })
    let lines = cluster.pods[pod.uid]?.containers[0].log.count ?? 0
    let revision = cluster.store.revision
    cluster.advance(to: Self.start.advanced(by: .seconds(120)))
    #expect((cluster.pods[pod.uid]?.containers[0].log.count ?? 0) > lines + 10)
    let news = cluster.store.changes(after: revision)?.filter { $0.storage == "events" }
    #expect((news?.count ?? 0) > 10)
  }

  @Test func aCronJobMakesAJobEveryFiveMinutes() {
    var cluster = shop()
    cluster.advance(to: Self.start.advanced(by: .seconds(660)))
    let jobs = cluster.store.list("jobs.batch", namespace: "shop").filter { $0.name.hasPrefix("session-cleanup") }
    #expect(jobs.contains { $0.time(at: "metadata.creationTimestamp").map { $0 > Self.start } ?? false })
    #expect(jobs.count <= 3)
  }

  @Test func aJobKnowsItsPodsByTheLabelsThatTheServerMakesUp() throws {
    var cluster = shop()
    for (namespace, name) in [("shop", "db-migrate-42"), ("payments", "invoice-export")] {
      let job = try #require(cluster.store.object("jobs.batch", namespace: namespace, name: name))
      #expect(
        job[at: "spec.selector"] == ["matchLabels": ["batch.kubernetes.io/controller-uid": .string(job.uid)]])
      let pods = cluster.pods(ownedBy: job)
      #expect(!pods.isEmpty)
      for labels in pods.map(\.labels) {
        for prefix in ["", "batch.kubernetes.io/"] {
          #expect(labels[prefix + "controller-uid"]?.string == job.uid)
          #expect(labels[prefix + "job-name"]?.string == name)
        }
      }
    }
    var copy = try #require(cluster.store.object("jobs.batch", namespace: "shop", name: "db-migrate-42"))
    copy.set("metadata.name", "db-migrate-43")
    #expect(throws: StatusError.self) { _ = try cluster.create("jobs.batch", copy) }
    copy.set("spec.manualSelector", true)
    let manual = try cluster.create("jobs.batch", copy)
    #expect(manual[at: "spec.selector"] == copy[at: "spec.selector"], "who brings a selector keeps it")
  }

  @Test func theCalmClusterStaysCalm() {
    var cluster = CalmScenario.build(Self.start, 1)
    cluster.advance(to: Self.start.advanced(by: .seconds(900)))
    #expect(cluster.store.list("pods").allSatisfy { PodSummary($0).status == "Running" && Simulation.isReady($0) })
    #expect(cluster.store.list("pods").count == 3)
  }

  @Test(arguments: [
    (45, "45s"), (119, "119s"), (120, "2m"), (200, "3m20s"), (660, "11m"), (11_520, "3h12m"), (36_000, "10h"),
    (180_000, "2d2h"), (950_400, "11d"),
  ])
  func agesReadAsKubectlWritesThem(seconds: Int, text: String) {
    #expect(TableColumn.durationText(.seconds(seconds)) == text)
  }
}
