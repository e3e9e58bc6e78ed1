import Kube

/// One container of a pod in words, for the table of containers.
public struct ContainerSummary: KubeRecord, Equatable {
  /// Name of the container.
  public var name = ""
  /// `init`, `sidecar`, `container` or `ephemeral`.
  public var role = ""
  /// The image that runs, or else the one that is asked for.
  public var image = ""
  /// `Running`, the reason of waiting or ending (`CrashLoopBackOff`, `OOMKilled`, `Completed`), `Waiting`.
  public var state = ""
  /// What the state means where its word does not say it, such as `exit 137 (SIGKILL)` or the runtime's message.
  public var stateDetail = ""
  /// How the run before ended, such as `OOMKilled, exit 137 (SIGKILL)`; "" when there was none.
  public var lastState = ""
  /// Exit code of the current end or else of the one before.
  public var exitCode: Int?
  /// Whether it is ready.
  public var ready = false
  /// How often it was started again.
  public var restarts = 0
  /// When the current state began.
  public var since: Timestamp?
  /// When the run before ended.
  public var lastFinished: Timestamp?

  /// A summary of nothing.
  public init() {}

  /// The fields, under the names that expressions use. Summaries are never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<ContainerSummary>([
    .string(1, "name", \.name),
    .string(2, "role", \.role),
    .string(3, "image", \.image),
    .string(4, "state", \.state),
    .string(5, "stateDetail", \.stateDetail),
    .string(6, "lastState", \.lastState),
    .int(7, "exitCode", \.exitCode),
    .bool(8, "ready", \.ready),
    .int(9, "restarts", \.restarts),
    .time(10, "since", \.since),
    .time(11, "lastFinished", \.lastFinished),
  ])

  /// Every container of a pod: init containers, containers, then debugging containers, in the order of the spec.
  public static func all(of pod: Pod) -> [ContainerSummary] {
    pod.spec.initContainers.map {
      ContainerSummary(
        $0, role: $0.isSidecar ? "sidecar" : "init", status: pod.status.initContainerStatuses.named($0.name))
    }
      + pod.spec.containers.map {
        ContainerSummary($0, role: "container", status: pod.status.containerStatuses.named($0.name))
      }
      + pod.spec.ephemeralContainers.map {
        ContainerSummary(
          $0.container, role: "ephemeral", status: pod.status.ephemeralContainerStatuses.named($0.container.name))
      }
  }

  private init(_ container: Container, role: String, status: ContainerStatus?) {
    name = container.name
    self.role = role
    image = container.image
    guard let status else {
      // The kubelet has not reported yet.
      state = "Waiting"
      return
    }
    if !status.image.isEmpty { image = status.image }
    ready = status.ready
    restarts = status.restartCount
    if let running = status.state.running {
      state = "Running"
      since = running.startedAt
    } else if let terminated = status.state.terminated {
      state = terminated.word
      stateDetail = terminated.detail
      exitCode = terminated.exitCode
      since = terminated.finishedAt
    } else {
      let waiting = status.state.waiting ?? ContainerStateWaiting()
      state = waiting.reason.isEmpty ? "Waiting" : waiting.reason
      stateDetail = waiting.message
    }
    if let last = status.lastState?.terminated {
      lastState = last.detail.isEmpty ? last.word : "\(last.word), \(last.detail)"
      exitCode = exitCode ?? last.exitCode
      lastFinished = last.finishedAt
    }
  }
}

extension ContainerStateTerminated {
  /// The exit code with its meaning; "" when the word already is all there is to say.
  fileprivate var detail: String {
    if reason == "Completed", exitCode == 0 { return "" }
    return ExitCode.text(self)
  }
}

extension [ContainerStatus] {
  /// The status of the container with a name.
  func named(_ name: String) -> ContainerStatus? { first { $0.name == name } }
}
