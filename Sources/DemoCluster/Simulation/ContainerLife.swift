import Kube

/// What becomes of the programs in containers: they start, end, and are started again.
extension Simulation {
  /// Starts the program of a container.
  mutating func start(_ container: inout ContainerRuntime, _ pod: JSONValue) {
    let behavior = registry.behavior(of: container.image) ?? ProgramBehavior()
    if container.count > 0 { container.previousLog = container.log }
    container.log = ContainerLog()
    container.logPosition = 0
    container.state = .running(since: now)
    container.id = "containerd://" + hexadecimal(64)
    container.isReady = false
    for line in behavior.startLog { container.log.append(now, Self.filled(line, now, container.logPosition)) }
    container.logDue = behavior.steadyLog.isEmpty ? nil : now.advanced(by: behavior.logInterval)
    let hasProbe = spec(of: container, in: pod)["readinessProbe"] != nil
    let isDoomed = behavior.needsService.map { !hasEndpoints($0) } ?? false
    if isDoomed {
      scheduleEnd(&container, pod)
    } else if !hasProbe || container.isInit {
      container.isReady = true
      scheduleEnd(&container, pod)
    } else if let delay = behavior.readyAfter {
      container.step = .becomeReady
      container.due = now.advanced(by: delay)
    } else {
      container.step = .probeFails
      container.due = now.advanced(by: .seconds(6))
    }
  }

  /// Sets when and how a running program will end, if it does.
  mutating func scheduleEnd(_ container: inout ContainerRuntime, _ pod: JSONValue) {
    let behavior = registry.behavior(of: container.image) ?? ProgramBehavior()
    guard case .running(let since) = container.state else { return }
    container.step = .wait
    if let limit = memoryLimit(of: container, in: pod), limit < behavior.memory {
      container.step = .exit(code: 137, reason: "OOMKilled")
      container.due = max(now, since.advanced(by: behavior.timeToMemory))
    } else if let service = behavior.needsService, !hasEndpoints(service) {
      container.step = .exit(code: max(1, behavior.exitCode), reason: "Error")
      container.due = max(now, since.advanced(by: .seconds(3)))
    } else if behavior.needsService == nil, let runsFor = behavior.runsFor {
      container.step = .exit(code: behavior.exitCode, reason: behavior.exitCode == 0 ? "Completed" : "Error")
      container.due = max(now, since.advanced(by: runsFor))
    }
  }

  /// Whether a service, as `namespace/name`, has an address that is ready.
  private func hasEndpoints(_ service: String) -> Bool {
    guard let (namespace, name) = service.split(at: "/") else { return false }
    return store.object("endpoints", namespace: namespace, name: name)?.list(at: "subsets")
      .contains { !$0.list(at: "addresses").isEmpty } ?? false
  }

  mutating func exit(
    _ code: Int, _ reason: String, _ container: inout ContainerRuntime, _ pod: JSONValue,
    _ tell: (inout Simulation, String, String, String) -> Void
  ) {
    guard case .running(let since) = container.state else { return }
    let behavior = registry.behavior(of: container.image) ?? ProgramBehavior()
    if reason != "OOMKilled" {
      for line in behavior.exitLog { container.log.append(now, Self.filled(line, now, container.logPosition)) }
    }
    let termination = Termination(
      exitCode: code, reason: reason, startedAt: since, finishedAt: now, containerID: container.id)
    container.state = .terminated(termination)
    container.isReady = false
    container.logDue = nil
    let policy =
      container.isInit && pod.text(at: "spec.restartPolicy") != "Never"
      ? "OnFailure" : pod.text(at: "spec.restartPolicy")
    if policy == "Never" || (policy == "OnFailure" && code == 0) { return }
    restartLater(&container, pod, termination, tell)
  }

  private mutating func restartLater(
    _ container: inout ContainerRuntime, _ pod: JSONValue, _ termination: Termination,
    _ tell: (inout Simulation, String, String, String) -> Void
  ) {
    container.last = termination
    container.step = .start
    let isFirst = container.restarts == 0
    container.restarts += 1
    if isFirst {
      container.due = now.advanced(by: .seconds(1))
      container.backOff = .zero
      return
    }
    if let set = container.backOffSet, now.since(set) > Self.longestBackOff * 2 { container.backOff = .zero }
    container.backOff =
      container.backOff == .zero ? Self.firstBackOff : min(container.backOff * 2, Self.longestBackOff)
    container.backOffSet = now
    container.state = Self.crashLoop(container, pod)
    container.due = now.advanced(by: container.backOff)
    tell(
      &self, "Warning", "BackOff",
      "Back-off restarting failed container \(container.name) in pod \(pod.name)_\(pod.namespace)(\(pod.uid))")
  }

  /// The waiting state between two restarts.
  static func crashLoop(_ container: ContainerRuntime, _ pod: JSONValue) -> ContainerRuntime.State {
    .waiting(
      reason: "CrashLoopBackOff",
      message: "back-off \(goDuration(container.backOff)) restarting failed container=\(container.name) "
        + "pod=\(pod.name)_\(pod.namespace)(\(pod.uid))")
  }

  /// A duration of whole seconds as Go prints it: `2m40s`.
  static func goDuration(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    return seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
  }
}
