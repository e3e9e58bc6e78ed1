import Kube

/// The columns STATUS, READY and RESTARTS of a pod, exactly as `kubectl get pods` of 1.36 prints them.
///
/// The words come from the rules of `printPod` in kubernetes/pkg/printers/internalversion/printers.go. They hide much:
/// only the first container with something to say gets a word, and an earlier crash gets none. Findings tell the rest.
public struct PodSummary: KubeRecord, Equatable {
  /// The STATUS column.
  public var status = ""
  /// The READY column, such as `1/2`.
  public var ready = ""
  /// Containers and sidecars that are ready.
  public var readyContainers = 0
  /// Containers and sidecars that the pod has.
  public var totalContainers = 0
  /// Restarts that the RESTARTS column counts.
  public var restarts = 0
  /// When the latest of these restarts was due: the end of the container's previous run.
  public var lastRestart: Timestamp?

  /// A summary of nothing.
  public init() {}

  /// The fields, under the names that expressions use. Summaries are never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<PodSummary>([
    .string(1, "status", \.status),
    .string(2, "ready", \.ready),
    .int(3, "readyContainers", \.readyContainers),
    .int(4, "totalContainers", \.totalContainers),
    .int(5, "restarts", \.restarts),
    .time(6, "lastRestart", \.lastRestart),
  ])

  /// The summary of a pod.
  public init(_ pod: Pod) {
    totalContainers = pod.spec.containers.count + pod.spec.initContainers.count { $0.isSidecar }
    status = pod.status.reason.isEmpty ? pod.status.phase : pod.status.reason
    if pod.status.conditions.contains(where: { $0.type == "PodScheduled" && $0.reason == "SchedulingGated" }) {
      status = "SchedulingGated"
    }
    let sidecars = RestartCount(pod.status.initContainerStatuses.filter { pod.spec.isSidecar($0.name) })
    let isInitializing = summarizeInitContainers(of: pod)
    if !isInitializing || pod.status.conditions.condition("Initialized")?.isTrue == true {
      // kubectl forgets the restarts of ordinary init containers once the pod is initialized.
      let restarts = sidecars.adding(pod.status.containerStatuses)
      (self.restarts, lastRestart) = (restarts.count, restarts.last)
      summarizeContainers(of: pod)
    }
    if pod.metadata.deletionTimestamp != nil {
      if pod.status.reason == "NodeLost" {
        status = "Unknown"
      } else if !pod.status.isTerminal {
        status = "Terminating"
      }
    }
    ready = "\(readyContainers)/\(totalContainers)"
  }

  /// Walks over the init containers up to the first that is not done; true when there is one.
  private mutating func summarizeInitContainers(of pod: Pod) -> Bool {
    var seen = RestartCount()
    for (index, container) in pod.status.initContainerStatuses.enumerated() {
      seen = seen.adding([container])
      (restarts, lastRestart) = (seen.count, seen.last)
      if let terminated = container.state.terminated, terminated.exitCode == 0 { continue }
      if container.started == true, pod.spec.isSidecar(container.name) {
        if container.ready { readyContainers += 1 }
        continue
      }
      if let terminated = container.state.terminated {
        status = "Init:" + terminated.word
      } else if let reason = container.state.waiting?.reason, !reason.isEmpty, reason != "PodInitializing" {
        status = "Init:" + reason
      } else {
        status = "Init:\(index)/\(pod.spec.initContainers.count)"
      }
      return true
    }
    return false
  }

  /// Walks over the containers from last to first, so that the first with something to say wins.
  private mutating func summarizeContainers(of pod: Pod) {
    var hasRunning = false
    var errorWord: String?
    for container in pod.status.containerStatuses.reversed() {
      if let reason = container.state.waiting?.reason, !reason.isEmpty {
        status = reason
      } else if let terminated = container.state.terminated {
        status = terminated.word
        if terminated.exitCode != 0 { errorWord = status }
      } else if container.ready, container.state.running != nil {
        hasRunning = true
        readyContainers += 1
      }
    }
    guard status == "Completed" else { return }
    if hasRunning, pod.status.conditions.condition("Ready")?.isTrue == true {
      status = "Running"
    } else if let errorWord {
      status = errorWord
    } else if hasRunning {
      status = "NotReady"
    }
  }

  /// The RESTARTS column: `0`, or `3 (5m ago)`.
  public func restartsText(now: Timestamp) -> String {
    guard restarts != 0, let lastRestart else { return "\(restarts)" }
    return "\(restarts) (\(now.since(lastRestart).human) ago)"
  }
}

/// Restarts of several containers and the end of the latest run before one.
private struct RestartCount {
  var count = 0
  var last: Timestamp?

  init(_ statuses: [ContainerStatus] = []) { self = adding(statuses) }

  private init(count: Int, last: Timestamp?) { (self.count, self.last) = (count, last) }

  func adding(_ statuses: [ContainerStatus]) -> RestartCount {
    var (count, last) = (count, last)
    for status in statuses {
      // Counts are 32-bit on the server; a hostile one must not overflow.
      count = count.addingReportingOverflow(status.restartCount).partialValue
      if let finished = status.lastState?.terminated?.finishedAt { last = max(last ?? finished, finished) }
    }
    return RestartCount(count: count, last: last)
  }
}

extension ContainerStateTerminated {
  /// The word for the state: the reason, or the signal or exit code where the runtime gave none.
  var word: String {
    if !reason.isEmpty { return reason }
    return signal != 0 ? "Signal:\(signal)" : "ExitCode:\(exitCode)"
  }
}

extension Container {
  /// Whether this init container runs for as long as the pod does.
  var isSidecar: Bool { restartPolicy == "Always" }
}

extension PodSpec {
  /// Whether an init container runs for as long as the pod does.
  func isSidecar(_ name: String) -> Bool { initContainers.contains { $0.name == name && $0.isSidecar } }
}

extension PodStatus {
  /// Whether the pod is over: none of its containers will run again.
  var isTerminal: Bool { phase == "Succeeded" || phase == "Failed" }
}
