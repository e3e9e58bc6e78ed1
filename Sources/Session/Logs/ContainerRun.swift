import Kube

/// How it stands with a container whose log is followed.
struct ContainerRun: Sendable, Equatable {
  enum State: Sendable, Equatable {
    /// It has written, or may write, a log.
    case started
    /// It has ended; whether it will be started again.
    case ended(mayRestart: Bool)
    /// It has not started, for this reason.
    case waiting(String)
  }

  var state: State
  /// Differs between the runs of a container and between pods of one name; "" before the first.
  var id: String
  var restartCount: Int
  /// The uid of the pod.
  var pod: String

  /// How it stands with a container of a pod; nil when the pod has no such container.
  init?(_ pod: Pod, container: String) {
    self.pod = pod.metadata.uid
    let statuses =
      pod.status.containerStatuses + pod.status.initContainerStatuses + pod.status.ephemeralContainerStatuses
    guard let status = statuses.first(where: { $0.name == container }) else {
      let names =
        (pod.spec.containers + pod.spec.initContainers).map(\.name) + pod.spec.ephemeralContainers.map(\.container.name)
      guard names.contains(container) else { return nil }
      state = pod.isTerminal ? .ended(mayRestart: false) : .waiting(pod.status.phase)
      id = ""
      restartCount = 0
      return
    }
    restartCount = status.restartCount
    let lastRun = status.state.terminated ?? status.lastState?.terminated
    let start = status.state.running?.startedAt ?? lastRun?.startedAt
    id = "\(pod.metadata.uid)/\(restartCount)/\(start?.description ?? "")"
    let isInit = pod.status.initContainerStatuses.contains { $0.name == container }
    if status.state.running != nil {
      state = .started
    } else if let terminated = status.state.terminated {
      let succeeded = terminated.exitCode == 0
      let policy = pod.spec.restartPolicy
      let neverAgain = pod.isTerminal || policy == "Never" || succeeded && (policy == "OnFailure" || isInit)
      state = .ended(mayRestart: !neverAgain)
    } else if lastRun != nil {
      // Backing off: the last run's log is what there is to read.
      state = .ended(mayRestart: !pod.isTerminal)
    } else {
      id = ""
      let reason = status.state.waiting?.reason ?? ""
      state = .waiting(reason.isEmpty ? pod.status.phase : reason)
    }
  }
}
