import ClusterState
import Kube
import Testing

@testable import Diagnosis

@Suite struct PodWithoutNodeNameTests {
  @Test func whatHasRunIsNotCalledUnscheduled() {
    let crashed = pod {
      $0.spec.nodeName = ""
      $0.status.conditions = []
      $0.status.containerStatuses = [
        waiting("app", "CrashLoopBackOff", restarts: 4, last: end(1))
      ]
    }
    #expect(findings(cluster([crashed])).contains { $0.hasPrefix("pod.crash-loop") })
  }
}

/// Pods that run without being ready, that do not go away, that failed, and whose node is in trouble.
@Suite struct PodLifeTests {
  private func notReady(
    since: Int64 = 120, started: Bool? = true, change: (inout Pod) -> Void = { _ in },
    events: (Pod) -> [Event] = { _ in [] }
  ) -> [String] {
    let pod = pod {
      $0.spec.containers[0].readinessProbe = Probe()
      $0.spec.containers[0].startupProbe = Probe()
      $0.status.conditions = [
        condition("PodScheduled", "True"), condition("Ready", "False", reason: "ContainersNotReady", since: ago(since)),
      ]
      $0.status.containerStatuses = [running("app", ready: false, started: started)]
      change(&$0)
    }
    return findings(cluster([pod] + events(pod)))
  }

  @Test(arguments: [
    ("Readiness probe failed: HTTP probe failed with statuscode: 503", "HTTP 503"),
    ("Readiness probe failed: dial tcp 10.2.3.4:8080: connect: connection refused", "connection refused on port 8080"),
    (
      "Readiness probe failed: Get \"http://10.2.3.4:80/\": dial tcp 10.2.3.4:80: connect: connection refused",
      "connection refused on port 80"
    ),
    ("Readiness probe failed: Get \"http://10.2.3.4:80/\": context deadline exceeded", "timeout"),
    ("Readiness probe failed: cat: can't open '/tmp/ready'\nmore", "cat: can't open '/tmp/ready'"),
    ("Readiness probe failed: ", "no text"),
  ])
  func readinessProbe(message: String, text: String) {
    let found = notReady(events: { [event("Unhealthy", message, about: $0, container: "app")] })
    #expect(found == ["pod.readiness-failing warning: readiness probe fails: \(text), for 2m"])
  }

  @Test func readinessInTime() {
    #expect(notReady(since: 29) == [])
    #expect(notReady(since: 30) == ["pod.readiness-failing warning: readiness probe fails, for 30s"])
    #expect(notReady(since: 300) == ["pod.readiness-failing critical: readiness probe fails, for 5m"])
    #expect(notReady(since: 45, change: { $0.spec.containers[0].readinessProbe?.initialDelaySeconds = 20 }) == [])
  }

  @Test func anotherContainersProbeIsNoCause() {
    let found = notReady(events: {
      [event("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", about: $0, container: "b")]
    })
    #expect(found == ["pod.readiness-failing warning: readiness probe fails, for 2m"])
  }

  @Test func startupProbe() {
    #expect(
      notReady(started: false) == ["pod.startup-pending warning: startup probe has not passed, for 2m"])
  }

  @Test func readinessGates() {
    func gated(_ change: (inout Pod) -> Void = { _ in }) -> [String] {
      notReady {
        var gate = PodReadinessGate()
        gate.conditionType = "lb.example/ready"
        $0.spec.readinessGates = [gate]
        $0.status.containerStatuses = [running("app")]
        change(&$0)
      }
    }
    #expect(gated() == ["pod.readiness-gate warning: readiness gate lb.example/ready is not set"])
    #expect(
      gated { $0.status.conditions.append(condition("lb.example/ready", "False")) }
        == ["pod.readiness-gate warning: readiness gate lb.example/ready is False"])
    #expect(
      gated {
        $0.status.conditions.append(condition("lb.example/ready", "True"))
        $0.status.conditions[1].message = "because"
      } == ["pod.not-ready warning: not ready: because"])
  }

  // MARK: Nodes

  @Test func aChangeOfSizeThatIsNotMade() {
    func found(_ type: String, _ reason: String, since seconds: Int64, _ status: String = "True") -> [String] {
      let resized = pod {
        $0.status.conditions.append(
          condition(
            type, status, reason: reason, message: "Node didn't have enough capacity: memory", since: ago(seconds)))
      }
      return findings(cluster([resized]))
    }
    #expect(
      found("PodResizePending", "Infeasible", since: 60) == [
        "pod.resize-pending warning: its node can never give it what was set: Node didn't have enough capacity: memory"
      ])
    #expect(
      found("PodResizePending", "Deferred", since: 300) == [
        "pod.resize-pending notice: its node has no room yet for what was set: Node didn't have enough capacity: memory"
      ])
    #expect(
      found("PodResizeInProgress", "Error", since: 60) == [
        "pod.resize-pending warning: what was set cannot be put into effect: Node didn't have enough capacity: memory"
      ])
    #expect(
      found("PodResizePending", "Infeasible", since: 29) == []
        && found("PodResizePending", "Deferred", since: 299) == [])
    #expect(found("PodResizeInProgress", "", since: 900) == [], "it takes its course")
    #expect(found("PodResizePending", "Infeasible", since: 900, "False") == [])
  }

  @Test func nodeInTrouble() {
    let lost = pod {
      $0.spec.nodeName = "node-9"
      $0.status.conditions = [condition("Ready", "False")]
    }
    #expect(
      findings(cluster([lost, node("node-9", ready: "Unknown")])) == [
        "node.not-ready critical: NotReady for 5m: NodeStatusUnknown",
        "pod.node-not-ready critical: node node-9 is NotReady: NodeStatusUnknown",
      ])
    #expect(findings(cluster([lost])) == ["pod.node-gone critical: node node-9 does not exist"])
    var crashed = lost
    crashed.status.containerStatuses = [
      waiting("app", "CrashLoopBackOff", "", restarts: 4, last: end(1, "Error", finished: ago(120)))
    ]
    #expect(
      findings(cluster([crashed])) == [
        "pod.node-gone critical: node node-9 does not exist; when last heard of: exit 1, 4 restarts, last 2m ago"
      ])
    let unread = cluster([lost])
    unread.remove(Node.resource)
    #expect(!findings(unread).contains { $0.contains("node-9") }, "absence means nothing when nodes are not read")
  }

  // MARK: Deletion

  private func deleted(_ seconds: Int64, change: (inout Pod) -> Void = { _ in }, events: (Pod) -> [Event] = { _ in [] })
    -> [String]
  {
    let pod = pod {
      $0.metadata.deletionTimestamp = ago(seconds)
      change(&$0)
    }
    return findings(cluster([pod, node("node-2", ready: "False")] + events(pod))).filter { $0.hasPrefix("pod.") }
  }

  @Test func stuckTerminating() {
    let prefix = "pod.stuck-terminating warning: Terminating for 5m past its grace period, "
    #expect(deleted(9) == [])
    #expect(deleted(-20) == [])
    #expect(deleted(300) == [prefix + "still running: app"])
    #expect(deleted(300, change: { $0.metadata.finalizers = ["example/hold"] }) == [prefix + "finalizer example/hold"])
    #expect(deleted(300, change: { $0.spec.nodeName = "node-2" }) == [prefix + "node node-2 is NotReady"])
    #expect(deleted(300, change: { $0.spec.nodeName = "gone" }) == [prefix + "node gone does not exist"])
    #expect(
      deleted(300, events: { [event("FailedKillPod", "error killing pod: device busy", about: $0)] })
        == [prefix + "FailedKillPod: error killing pod: device busy"])
    #expect(
      deleted(300, change: { $0.status.containerStatuses = [terminated("app", end(0))] })
        == [prefix + "the kubelet has not confirmed the end"])
  }

  @Test func aCrashingPodThatGoesAwayIsNoFinding() {
    #expect(deleted(-20, change: { $0.status.containerStatuses = [waiting("app", "CrashLoopBackOff")] }) == [])
  }

  // MARK: Failed pods

  private func failed(
    _ reason: String, _ message: String = "", ago seconds: Int64 = 60, change: (inout Pod) -> Void = { _ in }
  )
    -> [String]
  {
    findings(
      cluster([
        pod {
          $0.status = PodStatus()
          $0.status.phase = "Failed"
          $0.status.reason = reason
          $0.status.message = message
          $0.status.conditions = [condition("Ready", "False", since: ago(seconds))]
          change(&$0)
        }
      ]))
  }

  @Test(arguments: [
    (
      "The node was low on resource: memory. Threshold quantity: 100Mi, available: 60Mi. Container app was using 2Gi, "
        + "request is 0, has larger consumption of memory. ", "node low on memory"
    ),
    (
      #"Container app exceeded its local ephemeral storage limit "1Gi". "#,
      "container over its ephemeral-storage limit 1Gi"
    ),
    (
      "Pod ephemeral local storage usage exceeds the total limit of containers 2Gi. ",
      "pod over its ephemeral-storage limit"
    ),
    (#"Usage of EmptyDir volume "tmp" exceeds the limit "20Mi". "#, "emptyDir tmp over its limit 20Mi"),
    ("The node had condition: [DiskPressure]. ", "node had DiskPressure"),
    ("", "no reason given"),
  ])
  func evicted(message: String, text: String) {
    #expect(failed("Evicted", message) == ["pod.evicted warning: Evicted: \(text)"])
  }

  @Test func otherFailures() {
    #expect(failed("Evicted", ago: 3600) == [], "what happened an hour ago is history")
    #expect(
      failed("DeadlineExceeded", change: { $0.spec.activeDeadlineSeconds = 600 })
        == ["pod.deadline-exceeded warning: ran longer than its deadline of 10m"])
    #expect(
      failed("OutOfcpu", "Pod was rejected: Node didn't have enough resource: cpu")
        == [
          "pod.rejected warning: rejected by the kubelet, OutOfcpu: Pod was rejected: Node didn't have enough resource: cpu"
        ])
    #expect(failed("NodeShutdown", "Pod was terminated") == ["pod.failed warning: NodeShutdown: Pod was terminated"])
    #expect(failed("") == ["pod.failed warning: failed"])
    #expect(
      failed("", change: { $0.status.containerStatuses = [terminated("app", end(3, "Error"))] })
        == ["pod.container-failed critical: exit 3, not started again"])
    let job = object(Job.self, "j")
    #expect(failed("", change: { $0 = own($0, by: job) }) == [], "the Job tells")
  }

  @Test func succeededPodsAreDone() {
    let done = pod {
      $0.status.phase = "Succeeded"
      $0.status.containerStatuses = [terminated("app", end(0, "Completed"))]
    }
    #expect(findings(cluster([done])) == [])
  }
}
