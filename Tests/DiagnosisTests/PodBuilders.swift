import Kube

/// The moment at which all tests of diagnosis take place.
let now = Timestamp(seconds: 1_780_000_000)

/// So many seconds before the tests' moment.
func ago(_ seconds: Int64) -> Timestamp { Timestamp(seconds: now.seconds - seconds) }

/// A pod that runs well: one container `app`, scheduled and ready for an hour.
func pod(_ name: String = "web-1", namespace: String = "shop", _ change: (inout Pod) -> Void = { _ in }) -> Pod {
  var pod = Pod()
  pod.metadata.name = name
  pod.metadata.namespace = namespace
  pod.metadata.uid = "uid-\(namespace)-\(name)"
  pod.metadata.resourceVersion = "1"
  pod.metadata.creationTimestamp = ago(3600)
  pod.spec.nodeName = "node-1"
  pod.spec.restartPolicy = "Always"
  pod.spec.containers = [container("app")]
  pod.status.phase = "Running"
  pod.status.startTime = ago(3600)
  pod.status.conditions = ["PodScheduled", "Initialized", "ContainersReady", "Ready"].map { condition($0, "True") }
  pod.status.containerStatuses = [running("app")]
  change(&pod)
  return pod
}

/// A container with an image of its own name.
func container(_ name: String, _ change: (inout Container) -> Void = { _ in }) -> Container {
  var container = Container()
  container.name = name
  container.image = "registry.example/\(name):1"
  change(&container)
  return container
}

/// An init container that stays.
func sidecar(_ name: String) -> Container { container(name) { $0.restartPolicy = "Always" } }

/// A condition of a pod, job, claim or namespace.
func condition(
  _ type: String, _ status: String, reason: String = "", message: String = "", since: Timestamp = ago(3600)
) -> Condition {
  var condition = Condition()
  condition.type = type
  condition.status = status
  condition.reason = reason
  condition.message = message
  condition.lastTransitionTime = since
  return condition
}

/// A container that runs and is ready.
func running(
  _ name: String, ready: Bool = true, since: Timestamp = ago(3600), restarts: Int = 0, started: Bool? = true,
  last: ContainerStateTerminated? = nil
) -> ContainerStatus {
  var status = ContainerStatus()
  status.name = name
  status.ready = ready
  status.started = started
  status.restartCount = restarts
  status.state.running = ContainerStateRunning()
  status.state.running?.startedAt = since
  if let last { status.lastState = state(terminated: last) }
  return status
}

/// A container that waits.
func waiting(
  _ name: String, _ reason: String, _ message: String = "", restarts: Int = 0, last: ContainerStateTerminated? = nil
) -> ContainerStatus {
  var status = ContainerStatus()
  status.name = name
  status.restartCount = restarts
  var waiting = ContainerStateWaiting()
  waiting.reason = reason
  waiting.message = message
  status.state.waiting = waiting
  if let last { status.lastState = state(terminated: last) }
  return status
}

/// A container that ended.
func terminated(
  _ name: String, _ end: ContainerStateTerminated, restarts: Int = 0, last: ContainerStateTerminated? = nil
) -> ContainerStatus {
  var status = ContainerStatus()
  status.name = name
  status.restartCount = restarts
  status.state = state(terminated: end)
  if let last { status.lastState = state(terminated: last) }
  return status
}

/// How a container ended.
func end(
  _ exitCode: Int, _ reason: String = "", signal: Int = 0, message: String = "", finished: Timestamp = ago(120),
  ran seconds: Int64 = 30
) -> ContainerStateTerminated {
  var end = ContainerStateTerminated()
  end.exitCode = exitCode
  end.reason = reason
  end.signal = signal
  end.message = message
  end.finishedAt = finished
  end.startedAt = Timestamp(seconds: finished.seconds - seconds)
  return end
}

private func state(terminated: ContainerStateTerminated) -> ContainerState {
  var state = ContainerState()
  state.terminated = terminated
  return state
}
