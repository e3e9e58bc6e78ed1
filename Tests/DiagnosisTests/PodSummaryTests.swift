import Kube
import Testing

@testable import Diagnosis

/// The columns of `kubectl get pods`, one case for each sentence of its rules.
@Suite struct PodSummaryTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let pod: Pod
    let columns: String

    init(_ sentence: String, _ columns: String, _ change: (inout Pod) -> Void) {
      testDescription = sentence
      pod = DiagnosisTests.pod("p", change)
      self.columns = columns
    }
  }

  @Test(arguments: phases + initContainers + containers + completed + deleted)
  func columns(_ value: Case) {
    let summary = PodSummary(value.pod)
    #expect("\(summary.status) \(summary.ready) \(summary.restartsText(now: now))" == value.columns)
  }

  static let phases = [
    Case("a pod that runs", "Running 1/1 0") { _ in },
    Case("the phase is the start", "Pending 0/1 0") {
      $0.status = PodStatus()
      $0.status.phase = "Pending"
    },
    Case("a reason of the pod replaces the phase", "Evicted 0/1 0") {
      $0.status = PodStatus()
      $0.status.phase = "Failed"
      $0.status.reason = "Evicted"
    },
    Case("gates replace the phase", "SchedulingGated 0/1 0") {
      $0.status = PodStatus()
      $0.status.phase = "Pending"
      $0.status.conditions = [condition("PodScheduled", "False", reason: "SchedulingGated")]
    },
    Case("gates replace the reason of the pod", "SchedulingGated 0/1 0") {
      $0.status = PodStatus()
      $0.status.reason = "Odd"
      $0.status.conditions = [condition("PodScheduled", "False", reason: "SchedulingGated")]
    },
    Case("another reason of PodScheduled does not", "Pending 0/1 0") {
      $0.status = PodStatus()
      $0.status.phase = "Pending"
      $0.status.conditions = [condition("PodScheduled", "False", reason: "Unschedulable")]
    },
    Case("no phase at all", " 0/1 0") { $0.status = PodStatus() },
  ]

  /// A pod with init containers `a` and `b` that is not initialized.
  private static func initializing(
    _ sentence: String, _ columns: String, _ statuses: [ContainerStatus],
    change: (inout Pod) -> Void = { _ in }
  ) -> Case {
    Case(sentence, columns) {
      $0.spec.initContainers = [container("a"), container("b")]
      $0.status.phase = "Pending"
      $0.status.conditions = [condition("Initialized", "False")]
      $0.status.initContainerStatuses = statuses
      $0.status.containerStatuses = [waiting("app", "PodInitializing")]
      change(&$0)
    }
  }

  static let initContainers = [
    initializing("none done", "Init:0/2 0/1 0", [running("a"), waiting("b", "PodInitializing")]),
    initializing("the first done", "Init:1/2 0/1 0", [terminated("a", end(0, "Completed")), running("b")]),
    initializing(
      "PodInitializing is no reason worth showing", "Init:0/2 0/1 0",
      [waiting("a", "PodInitializing"), waiting("b", "PodInitializing")]),
    initializing("an empty reason neither", "Init:0/2 0/1 0", [waiting("a", ""), waiting("b", "")]),
    initializing("waiting for a reason", "Init:ErrImagePull 0/1 0", [waiting("a", "ErrImagePull")]),
    initializing(
      "a failed one, restarts and age", "Init:CrashLoopBackOff 0/1 3 (5m ago)",
      [waiting("a", "CrashLoopBackOff", restarts: 3, last: end(1, "Error", finished: ago(300)))]),
    initializing("ended with a reason", "Init:Error 0/1 0", [terminated("a", end(1, "Error"))]),
    initializing("ended by a signal", "Init:Signal:9 0/1 0", [terminated("a", end(137, signal: 9))]),
    initializing("ended without a reason", "Init:ExitCode:2 0/1 0", [terminated("a", end(2))]),
    initializing(
      "later ones do not count once one stops the walk", "Init:Error 0/1 2 (2m ago)",
      [
        terminated("a", end(1, "Error"), restarts: 2, last: end(1, finished: ago(120))),
        waiting("b", "PodInitializing", restarts: 5, last: end(1, finished: ago(10))),
      ]),
    initializing(
      "restarts of those that are done count while initializing", "Init:1/2 0/1 4 (4m ago)",
      [terminated("a", end(0, "Completed"), restarts: 4, last: end(1, finished: ago(240))), running("b")]),
    initializing(
      "a started and ready sidecar is passed and counts as ready", "Init:1/2 1/2 1",
      [running("a", restarts: 1), running("b")]
    ) { $0.spec.initContainers[0].restartPolicy = "Always" },
    initializing(
      "a sidecar that is started but not ready is passed", "Init:1/2 0/2 0", [running("a", ready: false), running("b")]
    ) { $0.spec.initContainers[0].restartPolicy = "Always" },
    initializing(
      "a sidecar that is not started yet is initializing", "Init:0/2 0/2 0",
      [running("a", ready: false, started: false), waiting("b", "PodInitializing")]
    ) { $0.spec.initContainers[0].restartPolicy = "Always" },
    initializing(
      "a failing init container of an initialized pod is overruled by the containers", "Running 1/1 0",
      [terminated("a", end(1, "Error"), restarts: 2)]
    ) {
      $0.status.phase = "Running"
      $0.status.conditions = [condition("Initialized", "True"), condition("Ready", "True")]
      // Only a container with something to say replaces the word, so one of them must.
      $0.status.containerStatuses = [terminated("x", end(0, "Completed")), running("app")]
    },
  ]

  static let containers = [
    Case("waiting for a reason", "ImagePullBackOff 0/1 0") {
      $0.status.containerStatuses = [waiting("app", "ImagePullBackOff")]
    },
    Case("waiting without a reason keeps the phase", "Pending 0/1 0") {
      $0.status.phase = "Pending"
      $0.status.containerStatuses = [waiting("app", "")]
    },
    Case("ended with a reason", "OOMKilled 0/1 0") {
      $0.status.containerStatuses = [terminated("app", end(137, "OOMKilled"))]
    },
    Case("ended by a signal", "Signal:9 0/1 0") {
      $0.status.containerStatuses = [terminated("app", end(137, signal: 9))]
    },
    Case("ended without a reason", "ExitCode:3 0/1 0") { $0.status.containerStatuses = [terminated("app", end(3))] },
    Case("running but not ready", "Running 0/1 0") { $0.status.containerStatuses = [running("app", ready: false)] },
    Case("the first container wins", "CrashLoopBackOff 0/3 0") {
      $0.spec.containers = [container("a"), container("b"), container("c")]
      $0.status.containerStatuses = [
        waiting("a", "CrashLoopBackOff"), terminated("b", end(1, "Error")), waiting("c", "ErrImagePull"),
      ]
    },
    Case("a container that runs hides nothing of the others", "ErrImagePull 1/2 0") {
      $0.spec.containers = [container("a"), container("b")]
      $0.status.containerStatuses = [running("a"), waiting("b", "ErrImagePull")]
    },
    Case("restarts are added up, the latest end counts", "Running 2/2 7 (90s ago)") {
      $0.spec.containers = [container("a"), container("b")]
      $0.status.containerStatuses = [
        running("a", restarts: 4, last: end(1, finished: ago(90))),
        running("b", restarts: 3, last: end(1, finished: ago(900))),
      ]
    },
    Case("restarts without a known end have no age", "Running 1/1 4") {
      $0.status.containerStatuses = [running("app", restarts: 4)]
    },
    Case("a known end without restarts has no age either", "Running 1/1 0") {
      $0.status.containerStatuses = [running("app", last: end(1))]
    },
    Case("init containers' restarts are forgotten, sidecars' are not", "Running 2/2 3 (10s ago)") {
      $0.spec.initContainers = [container("i"), sidecar("s")]
      $0.status.initContainerStatuses = [
        terminated("i", end(0, "Completed"), restarts: 9, last: end(1, finished: ago(5))),
        running("s", restarts: 2, last: end(1, finished: ago(10))),
      ]
      $0.status.containerStatuses = [running("app", restarts: 1, last: end(1, finished: ago(20)))]
    },
    Case("a sidecar without status counts in the total", "Running 1/2 0") { $0.spec.initContainers = [sidecar("s")] },
    Case("the age is cut as kubectl cuts it", "Running 1/1 1 (5h21m ago)") {
      $0.status.containerStatuses = [running("app", restarts: 1, last: end(1, finished: ago(19_300)))]
    },
  ]

  static let completed = [
    Case("all done", "Completed 0/1 0") {
      $0.status.phase = "Succeeded"
      $0.status.containerStatuses = [terminated("app", end(0, "Completed"))]
    },
    Case("one done, one running, pod ready", "Running 1/2 0") {
      $0.spec.containers = [container("a"), container("b")]
      $0.status.containerStatuses = [terminated("a", end(0, "Completed")), running("b")]
    },
    Case("one done, one running, pod not ready", "NotReady 1/2 0") {
      $0.spec.containers = [container("a"), container("b")]
      $0.status.conditions = [condition("Ready", "False")]
      $0.status.containerStatuses = [terminated("a", end(0, "Completed")), running("b")]
    },
    Case("one done, a later one failed", "Error 0/2 0") {
      $0.spec.containers = [container("a"), container("b")]
      $0.status.containerStatuses = [terminated("a", end(0, "Completed")), terminated("b", end(1, "Error"))]
    },
    Case("one done, one failed, one running, pod not ready: the failure", "Error 1/3 0") {
      $0.spec.containers = [container("a"), container("b"), container("c")]
      $0.status.conditions = [condition("Ready", "False")]
      $0.status.containerStatuses = [
        terminated("a", end(0, "Completed")), terminated("b", end(1, "Error")), running("c"),
      ]
    },
    Case("several failed behind a done one: the first of them", "ExitCode:4 0/3 0") {
      $0.spec.containers = [container("a"), container("b"), container("c")]
      $0.status.containerStatuses = [
        terminated("a", end(0, "Completed")), terminated("b", end(4)), terminated("c", end(1, "Error")),
      ]
    },
    Case("done but running is not ready: the container does not count as running", "Completed 0/2 0") {
      $0.spec.containers = [container("a"), container("b")]
      $0.status.conditions = [condition("Ready", "False")]
      $0.status.containerStatuses = [terminated("a", end(0, "Completed")), running("b", ready: false)]
    },
  ]

  static let deleted = [
    Case("on its way out", "Terminating 1/1 0") { $0.metadata.deletionTimestamp = ago(10) },
    Case("on its way out, crashing", "Terminating 0/1 0") {
      $0.metadata.deletionTimestamp = ago(10)
      $0.status.containerStatuses = [waiting("app", "CrashLoopBackOff")]
    },
    Case("on a lost node", "Unknown 1/1 0") {
      $0.metadata.deletionTimestamp = ago(10)
      $0.status.reason = "NodeLost"
    },
    Case("on a lost node, not deleted", "NodeLost 1/1 0") { $0.status.reason = "NodeLost" },
    Case("already over", "Completed 0/1 0") {
      $0.metadata.deletionTimestamp = ago(10)
      $0.status.phase = "Succeeded"
      $0.status.containerStatuses = [terminated("app", end(0, "Completed"))]
    },
    Case("already failed", "Error 0/1 0") {
      $0.metadata.deletionTimestamp = ago(10)
      $0.status.phase = "Failed"
      $0.status.containerStatuses = [terminated("app", end(1, "Error"))]
    },
  ]

  @Test func fieldsAreReadByName() {
    let summary = PodSummary(pod())
    guard case .string(let status)? = summary.value(of: "status"),
      case .int(let ready)? = summary.value(of: "readyContainers")
    else {
      Issue.record("fields are missing")
      return
    }
    #expect(status == "Running" && ready == 1)
    #expect(
      PodSummary.fieldNames == [
        "status", "ready", "readyContainers", "totalContainers", "restarts", "lastRestart",
      ])
  }
}
