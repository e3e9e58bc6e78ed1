import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// What is said about containers: the exact sentences.
@Suite struct ContainerRulesTests {
  @Test func aPodThatRunsHasNoFinding() {
    #expect(findings(running("app"), ready: true) == [])
  }

  // MARK: Memory

  @Test func outOfMemoryInTheBackOff() {
    let status = waiting(
      "app", "CrashLoopBackOff", "back-off 5m0s restarting failed container=app pod=web-1_shop(uid)", restarts: 14,
      last: end(137, "OOMKilled", finished: ago(120)))
    #expect(findings(status) == ["pod.oom-killed critical: OOMKilled (137) limit 256Mi, 14 times, last 2m ago"])
  }

  @Test func outOfMemoryBehindARunningContainer() {
    let once = running("app", restarts: 1, last: end(137, "OOMKilled", finished: ago(300)))
    #expect(findings(once, ready: true) == ["pod.oom-killed warning: OOMKilled (137) limit 256Mi, 5m ago"])
    let often = running("app", restarts: 3, last: end(137, "OOMKilled", finished: ago(300)))
    #expect(
      findings(often, ready: true) == ["pod.oom-killed critical: OOMKilled (137) limit 256Mi, 3 times, last 5m ago"])
    let earlier = running("app", restarts: 3, last: end(137, "OOMKilled", finished: ago(900)))
    #expect(
      findings(earlier, ready: true) == ["pod.oom-killed warning: OOMKilled (137) limit 256Mi, 3 times, last 15m ago"])
  }

  // MARK: Since when

  /// Since how many seconds a container crashes whose last end was two minutes ago and about which this event tells.
  @Test(arguments: [
    // A dense row of events: a loop since the first of them.
    (count: 60, first: 7200 as Int64, last: 20 as Int64, text: "Back-off restarting failed container app", since: 7200),
    (count: 3, first: 300, last: 20, text: "Back-off restarting failed container app in pod web-1_shop(u)", since: 300),
    // The kubelet remembers the event over days in which nothing happened.
    (count: 60, first: 432_000, last: 20, text: "Back-off restarting failed container app", since: 120),
    // An event of a loop that was over before the last end, and one about an image.
    (count: 60, first: 7200, last: 1200, text: "Back-off restarting failed container app", since: 120),
    (count: 60, first: 7200, last: 20, text: "Back-off pulling image \"app\"", since: 120),
    // Hostile numbers.
    (count: .max, first: 432_000, last: 20, text: "Back-off restarting failed container app", since: 432_000),
    (count: .min, first: 7200, last: 20, text: "Back-off restarting failed container app", since: 120),
  ])
  func aLoopBeganWhenTheKubeletFirstHeldBackAStart(count: Int, first: Int64, last: Int64, text: String, since: Int64) {
    for reason in ["Error", "OOMKilled"] {
      let pod = pod {
        $0.status.containerStatuses = [waiting("app", "CrashLoopBackOff", restarts: 9, last: end(1, reason))]
        $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
      }
      var backOff = event("BackOff", text, about: pod, container: "app", at: ago(last), count: count)
      backOff.firstTimestamp = ago(first)
      let findings = Triage.diagnose(cluster([pod, backOff]), now: now).findings
      #expect(findings.map(\.since) == [ago(since)], "\(reason)")
    }
  }

  /// Since how many seconds a container crashes, going by the status alone: its last run took from 150 to 120 seconds ago.
  @Test(arguments: [
    (wait: "10s", unready: nil as Int64?, other: true, since: 120 as Int64),
    // Waits of 10, 20, 40 and 80 seconds came before the last run.
    (wait: "2m40s", unready: nil, other: true, since: 300),
    (wait: "5m0s", unready: 90, other: true, since: 440),
    // It has never been ready between its ends.
    (wait: "5m0s", unready: 3000, other: true, since: 3000),
    // What is not ready for so long may be the other container.
    (wait: "5m0s", unready: 3000, other: false, since: 440),
    // Hostile texts and times.
    (wait: "1000h", unready: nil, other: true, since: 440),
    (wait: "9999999999h", unready: 9_000_000, other: true, since: 3600),
  ])
  func aLoopIsAtLeastAsOldAsTheStatusShows(wait: String, unready: Int64?, other: Bool, since: Int64) {
    let pod = pod {
      $0.spec.containers.append(container("web"))
      var last = end(1)
      last.startedAt = ago(150)
      $0.status.containerStatuses = [
        waiting("app", "CrashLoopBackOff", "back-off \(wait) restarting failed container=app", restarts: 9, last: last),
        running("web", ready: other),
      ]
      $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
      if let unready { $0.status.conditions.append(condition("ContainersReady", "False", since: ago(unready))) }
    }
    let found = Triage.diagnose(cluster([pod]), now: now).findings.first { $0.container == "app" }
    #expect(found?.since == ago(since))
  }

  @Test func aFindingNamesItsContainer() {
    let pod = pod {
      $0.spec.initContainers = [container("first")]
      $0.spec.containers.append(container("web"))
      $0.status.initContainerStatuses = [terminated("first", end(0, "Completed"))]
      $0.status.containerStatuses = [
        waiting("app", "CrashLoopBackOff", restarts: 2, last: end(1)),
        waiting("web", "CreateContainerConfigError", "configmap \"settings\" not found"),
      ]
      $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
    }
    let findings = Triage.diagnose(cluster([pod]), now: now).findings
    let said = findings.map { ($0.container, FindingSummary(besideContainer: $0, now: now).summary) }
      .sorted { $0.0 < $1.0 }
    #expect(said.map(\.0) == ["app", "web"])
    #expect(said.map(\.1) == ["exit 1, 2 restarts, last 2m ago", "configmap \"settings\" not found"])
    #expect(findings.allSatisfy { $0.summary(now: now).hasPrefix("container \($0.container): ") })
  }

  @Test func outOfMemoryAnHourAgoIsHistory() {
    #expect(findings(running("app", restarts: 9, last: end(137, "OOMKilled", finished: ago(3600))), ready: true) == [])
    #expect(
      findings(running("app", restarts: 9, last: end(137, "OOMKilled", finished: ago(3599))), ready: true).count == 1)
  }

  @Test func outOfMemoryNow() {
    let status = terminated("app", end(137, "OOMKilled", finished: ago(3)), restarts: 1)
    #expect(findings(status) == ["pod.oom-killed critical: OOMKilled (137) limit 256Mi, 2 times, last 3s ago"])
  }

  @Test func outOfMemoryWithOtherLimits() {
    let status = terminated("app", end(137, "OOMKilled", finished: ago(3)))
    #expect(
      findings(status) { $0.spec.containers[0].resources.limits = [:] }
        == ["pod.oom-killed critical: OOMKilled (137) no limit, 3s ago"])
    #expect(
      findings(status) {
        $0.spec.containers[0].resources.limits = [:]
        $0.spec.resources = ResourceRequirements()
        $0.spec.resources?.limits = ["memory": Quantity("1Gi")]
      } == ["pod.oom-killed critical: OOMKilled (137) pod limit 1Gi, 3s ago"])
  }

  // MARK: Crashes

  @Test func exitInTheBackOff() {
    let status = waiting(
      "app", "CrashLoopBackOff", "back-off 5m0s restarting failed container=app pod=web-1_shop(uid)", restarts: 6,
      last: end(1, "Error", finished: ago(108)))
    #expect(findings(status) == ["pod.crash-loop critical: exit 1, back-off 5m, next try in 3m12s"])
  }

  @Test func backOffThatIsOver() {
    let status = waiting(
      "app", "CrashLoopBackOff", "back-off 10s restarting failed container", restarts: 1,
      last: end(139, "Error", finished: ago(11)))
    #expect(findings(status) == ["pod.crash-loop critical: exit 139 (SIGSEGV), back-off 10s, next try due"])
  }

  @Test func backOffWithoutText() {
    #expect(
      findings(waiting("app", "CrashLoopBackOff", restarts: 4, last: end(2, "Error", finished: ago(60))))
        == ["pod.crash-loop critical: exit 2, 4 restarts, last 60s ago"])
    #expect(
      findings(waiting("app", "CrashLoopBackOff", restarts: 4)) == ["pod.crash-loop critical: crashing, 4 restarts"])
  }

  @Test func crashBeforeTheKubeletSaysBackOff() {
    #expect(
      findings(terminated("app", end(1, "Error", finished: ago(5)), restarts: 1))
        == ["pod.crash-loop critical: exit 1, 1 restart, last 5s ago"])
  }

  @Test func runningAgainAfterCrashes() {
    let twice = running("app", restarts: 2, last: end(1, "Error", finished: ago(60)))
    #expect(findings(twice, ready: true) == ["pod.crash-loop warning: exit 1, 2 restarts, last 60s ago"])
    let once = running("app", restarts: 1, last: end(1, "Error", finished: ago(60)))
    #expect(findings(once, ready: true) == [], "one crash is no loop")
    let longAgo = running("app", restarts: 9, last: end(1, "Error", finished: ago(600)))
    #expect(findings(longAgo, ready: true) == [], "healthy for ten minutes")
  }

  @Test func endsWithoutError() {
    let status = waiting(
      "app", "CrashLoopBackOff", "back-off 40s restarting failed container", restarts: 3,
      last: end(0, "Completed", finished: ago(10)))
    #expect(
      findings(status)
        == ["pod.exits-by-itself critical: exit 0 though it should keep running, back-off 40s, next try in 30s"])
    #expect(findings(terminated("app", end(0, "Completed")), change: { $0.spec.restartPolicy = "OnFailure" }) == [])
  }

  @Test func failedAndNotStartedAgain() {
    let status = terminated("app", end(3, "Error"))
    #expect(
      findings(status) {
        $0.spec.restartPolicy = "Never"
        $0.spec.containers.append(container("other"))
        $0.status.containerStatuses.append(running("other"))
      } == ["pod.container-failed critical: container app: exit 3, not started again"])
  }

  @Test func commandsThatCannotRun() {
    let message = """
      failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: \
      unable to start container process: error during container init: exec: "serve": executable file not found in $PATH
      """
    let status = waiting(
      "app", "CrashLoopBackOff", "back-off 20s restarting failed container", restarts: 2,
      last: end(128, "StartError", message: message, finished: ago(5)))
    #expect(findings(status) == ["pod.start-failed critical: command not found: serve, back-off 20s, next try in 15s"])
    #expect(
      findings(waiting("app", "RunContainerError", #"exec: "/run.sh": permission denied: unknown"#))
        == ["pod.start-failed critical: command not executable: /run.sh"])
    #expect(
      findings(terminated("app", end(127, "Error", finished: ago(5), ran: 2), restarts: 1))
        == ["pod.start-failed critical: exit 127 (command not found), 1 restart, last 5s ago"])
    #expect(
      findings(terminated("app", end(126, "Error", finished: ago(5), ran: 3), restarts: 1))
        == ["pod.crash-loop critical: exit 126, 1 restart, last 5s ago"], "what ran chose its code itself")
    #expect(
      findings(waiting("app", "CreateContainerError", "context deadline exceeded\nmore"))
        == ["pod.start-failed critical: CreateContainerError: context deadline exceeded"])
  }

  // MARK: 137 that is not the memory limit

  @Test func killOfUnknownOrigin() {
    #expect(
      findings(terminated("app", end(137, "Error", finished: ago(5)), restarts: 1))
        == ["pod.killed critical: exit 137 (SIGKILL) of unknown origin, 1 restart, last 5s ago"])
  }

  @Test func killByTheLivenessProbe() {
    let status = waiting(
      "app", "CrashLoopBackOff", "back-off 1m20s restarting failed container", restarts: 5,
      last: end(137, "Error", finished: ago(20)))
    let found = findings(
      status,
      events: {
        [
          event("Killing", "Container app failed liveness probe, will be restarted", about: $0, at: ago(50)),
          event(
            "Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500", about: $0, container: "app",
            at: ago(51)),
        ]
      })
    #expect(
      found == ["pod.killed-by-probe critical: killed by the liveness probe: HTTP 500, back-off 80s, next try in 60s"]
    )
  }

  @Test func aProbeKillLongBeforeIsNotTheCause() {
    let found = findings(
      terminated("app", end(137, "Error", finished: ago(5)), restarts: 1),
      events: { [event("Killing", "Container app failed liveness probe, will be restarted", about: $0, at: ago(500))] })
    #expect(found == ["pod.killed critical: exit 137 (SIGKILL) of unknown origin, 1 restart, last 5s ago"])
  }

  @Test func nodeOutOfMemory() {
    let found = findings(
      terminated("app", end(137, "Error", finished: ago(30)), restarts: 1),
      events: { _ in
        [event("SystemOOM", "System OOM encountered, victim process: java, pid: 4", about: node("node-1"), at: ago(31))]
      })
    #expect(
      found == [
        "pod.node-out-of-memory critical: killed (137): node node-1 ran out of memory, 1 restart, last 30s ago"
      ])
  }

  @Test func lostByTheKubelet() {
    #expect(
      findings(terminated("app", end(137, "ContainerStatusUnknown")))
        == ["pod.status-unknown warning: container lost by the kubelet (the exit code 137 is made up)"])
    #expect(
      findings(running("app", restarts: 5, last: end(137, "ContainerStatusUnknown")), ready: true) == [],
      "it runs again")
    #expect(findings(running("app", restarts: 5, last: end(137, "RestartingAllContainers")), ready: true) == [])
  }

  // MARK: Several containers

  @Test func everyContainerCounts() {
    let found = findings(running("app")) {
      $0.spec.initContainers = [sidecar("proxy")]
      $0.spec.containers.append(container("log"))
      $0.status.initContainerStatuses = [waiting("proxy", "ErrImagePull", "not found")]
      $0.status.containerStatuses.append(
        waiting("log", "CrashLoopBackOff", "back-off 10s x", restarts: 1, last: end(1, finished: ago(5))))
    }
    #expect(
      Set(found) == [
        "pod.image-not-found critical: sidecar proxy: image not found: registry.example/proxy:1",
        "pod.crash-loop critical: container log: exit 1, back-off 10s, next try in 5s",
      ])
  }

  @Test func initContainers() {
    let found = findings(waiting("app", "PodInitializing")) {
      $0.status.phase = "Pending"
      $0.spec.initContainers = [container("migrate")]
      $0.status.initContainerStatuses = [
        waiting("migrate", "CrashLoopBackOff", "back-off 10s x", restarts: 1, last: end(1, "Error", finished: ago(4)))
      ]
    }
    #expect(found == ["pod.crash-loop critical: init container migrate: exit 1, back-off 10s, next try in 6s"])
    let done = findings(running("app"), ready: true) {
      $0.spec.initContainers = [container("migrate")]
      $0.status.initContainerStatuses = [
        terminated("migrate", end(0, "Completed"), restarts: 3, last: end(1, "Error", finished: ago(60)))
      ]
    }
    #expect(done == [], "what failed before it succeeded is history")
  }
}
