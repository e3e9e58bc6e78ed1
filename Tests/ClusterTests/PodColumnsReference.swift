import Kube

/// The columns of `kubectl get pods`, computed from a pod's JSON by the rules of Kubernetes 1.20 and, change by change,
/// of 1.36. Written a second time, from the rules and not from podmedic, so that the two can be compared.
struct PodColumns: Equatable, CustomStringConvertible {
  var status: String
  var ready: String
  var restarts: Int
  /// The end of the latest run before a restart; 1.20 does not look at it.
  var lastRestart: Timestamp?

  /// What 1.36 does otherwise than 1.20. (Sidecars, the last difference, cannot exist on a 1.20 server.)
  enum Change: CaseIterable {
    /// Scheduling gates show as a status.
    case gates
    /// Containers speak even if an init container has something to say, once the pod is initialized.
    case initializedPodsAreNotInitializing
    /// A failure is shown rather than `Completed`, even if nothing runs any more.
    case failuresBeatCompleted
    /// Pods that are over are not `Terminating`.
    case endedPodsDoNotTerminate
    /// The time of the last restart is shown.
    case restartTimes
  }

  init(status: String, ready: String, restarts: Int, lastRestart: Timestamp? = nil) {
    self.status = status
    self.ready = ready
    self.restarts = restarts
    self.lastRestart = lastRestart
  }

  init(_ pod: JSONValue, with changes: Set<Change>) {
    let spec = pod["spec"]
    let podStatus = pod["status"]
    let phase = podStatus?["phase"]?.string ?? ""
    let podReason = podStatus?["reason"]?.string ?? ""
    let conditions = podStatus?["conditions"]?.array ?? []
    func isTrue(_ type: String) -> Bool {
      conditions.contains { $0["type"]?.string == type && $0["status"]?.string == "True" }
    }

    var status = podReason.isEmpty ? phase : podReason
    let isGated = conditions.contains {
      $0["type"]?.string == "PodScheduled" && $0["reason"]?.string == "SchedulingGated"
    }
    if changes.contains(.gates), isGated { status = "SchedulingGated" }

    var restarts = Restarts()
    var isInitializing = false
    let initCount = spec?["initContainers"]?.array?.count ?? 0
    for (index, container) in (podStatus?["initContainerStatuses"]?.array ?? []).enumerated() {
      restarts.add(container)
      let end = container[path: "state", "terminated"]
      let waitingFor = container[path: "state", "waiting", "reason"]?.string ?? ""
      if let end {
        if end["exitCode"]?.int ?? 0 == 0 { continue }
        status = "Init:" + Self.word(end)
      } else if !waitingFor.isEmpty, waitingFor != "PodInitializing" {
        status = "Init:" + waitingFor
      } else {
        status = "Init:\(index)/\(initCount)"
      }
      isInitializing = true
      break
    }

    var readyCount = 0
    let speaks = changes.contains(.initializedPodsAreNotInitializing) && isTrue("Initialized")
    if !isInitializing || speaks {
      restarts = Restarts()
      var isRunning = false
      var failure: String?
      for container in (podStatus?["containerStatuses"]?.array ?? []).reversed() {
        restarts.add(container)
        let waitingFor = container[path: "state", "waiting", "reason"]?.string ?? ""
        if !waitingFor.isEmpty {
          status = waitingFor
        } else if let end = container[path: "state", "terminated"] {
          status = Self.word(end)
          if end["exitCode"]?.int ?? 0 != 0 { failure = status }
        } else if container["ready"]?.bool == true, container[path: "state", "running"] != nil {
          readyCount += 1
          isRunning = true
        }
      }
      if status == "Completed" {
        if isRunning, isTrue("Ready") {
          status = "Running"
        } else if changes.contains(.failuresBeatCompleted), let failure {
          status = failure
        } else if isRunning {
          status = "NotReady"
        }
      }
    }

    if pod[path: "metadata", "deletionTimestamp"] != nil {
      let isOver = phase == "Succeeded" || phase == "Failed"
      if podReason == "NodeLost" {
        status = "Unknown"
      } else if !isOver || !changes.contains(.endedPodsDoNotTerminate) {
        status = "Terminating"
      }
    }
    self.init(
      status: status, ready: "\(readyCount)/\(spec?["containers"]?.array?.count ?? 0)", restarts: restarts.count,
      lastRestart: changes.contains(.restartTimes) ? restarts.last : nil)
  }

  private struct Restarts {
    var count = 0
    var last: Timestamp?

    mutating func add(_ container: JSONValue) {
      count += container["restartCount"]?.int ?? 0
      let end = container[path: "lastState", "terminated", "finishedAt"]?.string.flatMap { Timestamp($0) }
      if let end, last.map({ $0 < end }) ?? true { last = end }
    }
  }

  private static func word(_ end: JSONValue) -> String {
    if let reason = end["reason"]?.string, !reason.isEmpty { return reason }
    if let signal = end["signal"]?.int, signal != 0 { return "Signal:\(signal)" }
    return "ExitCode:\(end["exitCode"]?.int ?? 0)"
  }

  var description: String { "\(ready) \(status) \(restarts) \(lastRestart?.description ?? "")" }
}
