import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// What is kept between diagnoses must never show.
@Suite struct EngineTests {
  /// SplitMix64: the same numbers for the same seed everywhere.
  struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let words = [
    "", "CrashLoopBackOff", "OOMKilled", "Error", "Completed", "ErrImagePull", "ContainerCreating", "StartError",
    "ContainerStatusUnknown", "CreateContainerConfigError", "RunContainerError", "InvalidImageName", "Evicted",
    "Unschedulable", "SchedulingGated", "SchedulerError", "NodeLost", "DeadlineExceeded",
  ]
  private static let messages = [
    "", "back-off 5m0s restarting failed container", "back-off 99999999999h x", "0/5 nodes are available: 3 a, 2 b.",
    "0/99999999999999999999 nodes are available: ", #"configmap ""#, #"configmap "x" not found"#,
    "couldn't find key  in ", "exec: \"", "Readiness probe failed: dial tcp :", "Liveness probe failed: statuscode: ",
    "low on resource: ", "exceeded quota: ", "\n\n\u{1b}[31m", "Container app failed liveness probe, will be restarted",
    String(repeating: "é", count: 400),
  ]

  private func time(_ random: inout SeededGenerator) -> Timestamp? {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: nil
    case 1: Timestamp(seconds: .max)
    case 2: Timestamp(seconds: .min)
    default: ago(Int64.random(in: -100..<4000, using: &random))
    }
  }

  private func number(_ random: inout SeededGenerator) -> Int {
    [0, 1, 2, 7, 137, 143, 127, -1, .max, .min][Int.random(in: 0..<10, using: &random)]
  }

  private func text(_ texts: [String], _ random: inout SeededGenerator) -> String {
    texts[Int.random(in: 0..<texts.count, using: &random)]
  }

  private func randomStatus(_ name: String, _ random: inout SeededGenerator) -> ContainerStatus {
    func end(_ random: inout SeededGenerator) -> ContainerStateTerminated {
      var end = ContainerStateTerminated()
      end.exitCode = number(&random)
      end.signal = Bool.random(using: &random) ? 0 : number(&random)
      end.reason = text(Self.words, &random)
      end.message = text(Self.messages, &random)
      end.finishedAt = time(&random)
      return end
    }
    var status = ContainerStatus()
    status.name = name
    status.ready = .random(using: &random)
    status.started = [nil, true, false][Int.random(in: 0..<3, using: &random)]
    status.restartCount = number(&random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: break
    case 1:
      status.state.running = ContainerStateRunning()
      status.state.running?.startedAt = time(&random)
    case 2: status.state.terminated = end(&random)
    default:
      var waiting = ContainerStateWaiting()
      waiting.reason = text(Self.words, &random)
      waiting.message = text(Self.messages, &random)
      status.state.waiting = waiting
    }
    if Bool.random(using: &random) {
      status.lastState = ContainerState()
      status.lastState?.terminated = end(&random)
    }
    return status
  }

  private func randomPod(_ index: Int, _ random: inout SeededGenerator) -> Pod {
    pod("p\(index)", namespace: "ns-\(index % 3)") {
      $0.spec.nodeName = text(["", "node-1", "node-2", "node-3", "gone"], &random)
      $0.spec.restartPolicy = text(["Always", "OnFailure", "Never", "?"], &random)
      $0.spec.activeDeadlineSeconds = number(&random)
      $0.spec.terminationGracePeriodSeconds = number(&random)
      $0.spec.containers = [container("app"), container("b")]
      if Bool.random(using: &random) { $0.spec.containers[0].readinessProbe = Probe() }
      $0.spec.containers[0].readinessProbe?.initialDelaySeconds = number(&random)
      if Bool.random(using: &random) { $0.spec.initContainers = [sidecar("s"), container("i")] }
      $0.metadata.creationTimestamp = time(&random)
      if Int.random(in: 0..<8, using: &random) == 0 { $0.metadata.deletionTimestamp = time(&random) }
      $0.status.phase = text(
        ["Pending", "Running", "Running", "Running", "Succeeded", "Failed", "Unknown", ""], &random)
      $0.status.reason = Int.random(in: 0..<4, using: &random) == 0 ? text(Self.words, &random) : ""
      $0.status.message = text(Self.messages, &random)
      $0.status.conditions = ["PodScheduled", "Initialized", "Ready"].filter { _ in .random(using: &random) }.map {
        condition(
          $0, text(["True", "False"], &random), reason: text(Self.words, &random),
          message: text(Self.messages, &random), since: time(&random) ?? now)
      }
      $0.status.containerStatuses = ["app", "b"].map { randomStatus($0, &random) }
      $0.status.initContainerStatuses = $0.spec.initContainers.map { randomStatus($0.name, &random) }
      $0.metadata.resourceVersion = "\(random.next())"
    }
  }

  private func randomEvent(about pod: Pod, _ random: inout SeededGenerator) -> Event {
    var event = event(
      text(["Killing", "Unhealthy", "Failed", "FailedMount", "Pulling", "FailedCreatePodSandBox"], &random),
      text(Self.messages, &random), about: pod)
    event.lastTimestamp = time(&random)
    event.count = number(&random)
    return event
  }

  private func randomObjects(_ random: inout SeededGenerator) -> [any KubeObject] {
    let set = object(ReplicaSet.self, "rs", namespace: "ns-1") { $0.spec.replicas = 4 }
    var objects: [any KubeObject] = [set, node("node-2", ready: "False"), node("node-3") { $0.status.conditions = [] }]
    for index in 0..<60 {
      let pod = randomPod(index, &random)
      objects.append(index % 3 == 1 ? own(pod, by: set) : pod)
      if Bool.random(using: &random) { objects.append(randomEvent(about: pod, &random)) }
    }
    return objects
  }

  @Test(arguments: 1...20)
  func theOrderOfArrivalDoesNotMatter(seed: UInt64) {
    var random = SeededGenerator(state: seed)
    let objects = randomObjects(&random)
    let report = Triage.diagnose(cluster(objects), now: now)
    #expect(!report.findings.isEmpty)
    #expect(Triage.diagnose(cluster(objects.shuffled(using: &random)), now: now) == report)
    for case let pod as Pod in objects {
      _ = PodSummary(pod).restartsText(now: now)
      _ = ContainerSummary.all(of: pod)
    }
  }

  @Test(arguments: 1...20)
  func whatIsKeptEqualsADiagnosisFromScratch(seed: UInt64) {
    var random = SeededGenerator(state: seed)
    let state = cluster(randomObjects(&random))
    let engine = TriageEngine(state)
    var moment = now
    for step in 0..<30 {
      for _ in 0..<Int.random(in: 0..<4, using: &random) {
        let index = Int.random(in: 0..<60, using: &random)
        let pod = randomPod(index, &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: state.store(of: Pod.self)?.remove(pod)
        case 1: put(randomEvent(about: pod, &random), into: state)
        case 2: put(node("node-\(index % 4)", ready: text(["True", "False"], &random)), into: state)
        case 3: state.store(of: Node.self)?.remove(node("node-\(index % 4)"))
        case 4: state.store(of: Event.self)?.remove(randomEvent(about: pod, &random))
        case 5: state.store(of: PersistentVolumeClaim.self)?.freshness = .random(using: &random) ? .live : .unread
        default: put(pod, into: state)
        }
      }
      moment = moment.advanced(by: .seconds(Int64.random(in: 0..<400, using: &random)))
      let kept = engine.diagnose(now: moment)
      #expect(kept == Triage.diagnose(state, now: moment), "seed \(seed), step \(step)")
    }
  }

  @Test func timeAloneChangesTheVerdict() {
    let engine = TriageEngine(
      cluster([
        pod { $0.status.containerStatuses = [running("app", restarts: 1, last: end(137, "OOMKilled", finished: now))] }
      ]))
    #expect(engine.diagnose(now: now).findings.count == 1)
    #expect(engine.diagnose(now: now.advanced(by: .seconds(3599))).findings.count == 1)
    #expect(engine.diagnose(now: now.advanced(by: .seconds(3600))).findings.isEmpty)
  }

  @Test func findingsOfOnePod() {
    let broken = pod { $0.status.containerStatuses = [waiting("app", "ErrImagePull", "not found")] }
    let engine = TriageEngine(cluster([broken]))
    #expect(engine.findings(for: broken, now: now).map(\.code) == [.podImageNotFound])
    #expect(engine.findings(for: pod(), now: now) == [])
  }
}
