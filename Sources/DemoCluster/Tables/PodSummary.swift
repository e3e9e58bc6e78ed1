import Kube

/// What the columns of a pod say, by the rules of `kubectl get pods`.
struct PodSummary {
  private(set) var status = ""
  private(set) var ready = ""
  private var restartCount = 0
  private var lastRestart: Timestamp?

  init(_ pod: JSONValue) {
    let containers = pod.list(at: "status.containerStatuses")
    let inits = pod.list(at: "status.initContainerStatuses")
    var reason = pod.text(at: "status.reason").isEmpty ? pod.text(at: "status.phase") : pod.text(at: "status.reason")
    if pod.condition("PodScheduled")?.text(at: "reason") == "SchedulingGated" { reason = "SchedulingGated" }
    var isInitializing = false
    for (index, container) in inits.enumerated() {
      count(container)
      if container.int(at: "state.terminated.exitCode") == 0 { continue }
      isInitializing = true
      if let terminated = container[at: "state.terminated"] {
        reason = "Init:" + Self.endText(terminated)
      } else if case let waiting = container.text(at: "state.waiting.reason"), !waiting.isEmpty,
        waiting != "PodInitializing"
      {
        reason = "Init:" + waiting
      } else {
        reason = "Init:\(index)/\(pod.list(at: "spec.initContainers").count)"
      }
      break
    }
    var readyCount = 0
    if !isInitializing {
      restartCount = 0
      var isRunning = false
      for container in containers.reversed() {
        count(container)
        let waiting = container.text(at: "state.waiting.reason")
        if !waiting.isEmpty {
          reason = waiting
        } else if let terminated = container[at: "state.terminated"] {
          reason = Self.endText(terminated)
        } else if container["ready"]?.bool == true, container[at: "state.running"] != nil {
          readyCount += 1
          isRunning = true
        }
      }
      if reason == "Completed", isRunning { reason = Simulation.isReady(pod) ? "Running" : "NotReady" }
    }
    if pod.isDeleting, !Simulation.isFinished(pod) { reason = "Terminating" }
    status = reason
    ready = "\(readyCount)/\(pod.list(at: "spec.containers").count)"
  }

  private static func endText(_ terminated: JSONValue) -> String {
    let reason = terminated.text(at: "reason")
    if !reason.isEmpty { return reason }
    if let signal = terminated.int(at: "signal"), signal != 0 { return "Signal:\(signal)" }
    return "ExitCode:\(terminated.int(at: "exitCode") ?? 0)"
  }

  private mutating func count(_ container: JSONValue) {
    restartCount += container.int(at: "restartCount") ?? 0
    if let finished = container.time(at: "lastState.terminated.finishedAt") {
      lastRestart = max(lastRestart ?? finished, finished)
    }
  }

  /// `3 (2m ago)`.
  func restarts(_ now: Timestamp) -> String {
    guard restartCount > 0, let lastRestart else { return String(restartCount) }
    return "\(restartCount) (\(TableColumn.ageText(lastRestart, now)) ago)"
  }
}
