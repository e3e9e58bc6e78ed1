import Kube

/// The kubelets: they start the containers of placed pods and report what became of them.
extension Simulation {
  /// Kubelet's back-off: 10 s doubled to five minutes, forgotten ten minutes after its last use.
  static let firstBackOff = Duration.seconds(10)
  static let longestBackOff = Duration.seconds(300)

  /// Takes over pods that were placed since the last look, and starts to end those that are to be deleted.
  mutating func admitPods() {
    for pod in store.list("pods") {
      let node = pod.text(at: "spec.nodeName")
      guard !node.isEmpty, isReady(node: node) else { continue }
      if pods[pod.uid] == nil, !Self.isFinished(pod) {
        if pod.isDeleting {
          remove("pods", namespace: pod.namespace, name: pod.name)
        } else {
          admit(pod, node: node)
        }
      }
    }
  }

  private mutating func admit(_ pod: JSONValue, node: String) {
    let isHostNetwork = pod[at: "spec.hostNetwork"]?.bool == true
    let ip = isHostNetwork ? nodeAddress(node) : podAddress(node)
    var runtime = PodRuntime(
      namespace: pod.namespace, name: pod.name, node: node, ip: ip, startTime: now, containers: [])
    for (field, isInit) in [("spec.initContainers", true), ("spec.containers", false)] {
      for container in pod.list(at: field) {
        runtime.containers.append(
          ContainerRuntime(name: container.text(at: "name"), image: container.text(at: "image"), isInit: isInit))
      }
    }
    let hasInit = runtime.containers.contains { $0.isInit }
    for index in runtime.containers.indices {
      if hasInit, index > 0 {
        runtime.containers[index].state = .waiting(reason: "PodInitializing", message: "")
        runtime.containers[index].step = .wait
      } else {
        runtime.containers[index].due = now.advanced(by: .milliseconds(400))
      }
    }
    pods[pod.uid] = runtime
    publishStatus(of: pod.uid)
  }

  /// Takes every step of every container that is due.
  mutating func stepPods() {
    let due = pods.filter { $0.value.nextDue.map { $0 <= now } ?? false }
      .sorted { ($0.value.namespace, $0.value.name) < ($1.value.namespace, $1.value.name) }
    for (uid, runtime) in due {
      if let end = runtime.endsAt, end <= now {
        pods[uid] = nil
        // By now a namesake may have taken its place.
        if store.object("pods", namespace: runtime.namespace, name: runtime.name)?.uid == uid {
          remove("pods", namespace: runtime.namespace, name: runtime.name)
        }
        continue
      }
      for index in runtime.containers.indices { stepContainer(uid, index) }
    }
  }

  private mutating func stepContainer(_ uid: String, _ index: Int) {
    guard var runtime = pods[uid],
      let pod = store.object("pods", namespace: runtime.namespace, name: runtime.name), pod.uid == uid
    else {
      pods[uid] = nil
      return
    }
    var container = runtime.containers[index]
    writeLogs(&container)
    let isDue = container.due.map { $0 <= now } ?? false
    if isDue {
      container.due = nil
      take(container.step, &container, pod, runtime)
    }
    runtime.containers[index] = container
    if isDue, container.isInit, container.termination?.exitCode == 0 { startNext(after: index, &runtime) }
    pods[uid] = runtime
    if isDue { publishStatus(of: uid) }
  }

  private func startNext(after index: Int, _ runtime: inout PodRuntime) {
    let next = index + 1
    guard runtime.containers.indices.contains(next) else { return }
    let starting = runtime.containers[next].isInit ? next...next : next...runtime.containers.count - 1
    for position in starting {
      runtime.containers[position].step = .pull
      runtime.containers[position].due = now.advanced(by: .milliseconds(300))
    }
  }

  private mutating func take(
    _ step: ContainerRuntime.Step, _ container: inout ContainerRuntime, _ pod: JSONValue, _ runtime: PodRuntime
  ) {
    let path = "spec.\(container.isInit ? "initContainers" : "containers"){\(container.name)}"
    func tell(_ simulation: inout Simulation, _ type: String, _ reason: String, _ message: String) {
      simulation.record(pod, type, reason, message, source: "kubelet", host: runtime.node, fieldPath: path)
    }
    switch step {
    case .pull, .pullAgain: pull(step, &container, pod, runtime, tell)
    case .create:
      if let missing = missingVolume(pod) {
        record(pod, "Warning", "FailedMount", missing, source: "kubelet", host: runtime.node)
        container.state = .waiting(reason: "ContainerCreating", message: "")
        container.due = now.advanced(by: .seconds(20))
      } else if let missing = missingConfiguration(pod, container) {
        tell(&self, "Warning", "Failed", "Error: \(missing)")
        container.state = .waiting(reason: "CreateContainerConfigError", message: missing)
        container.due = now.advanced(by: .seconds(12))
        return
      } else {
        container.step = .start
        container.due = now.advanced(by: .milliseconds(300))
        tell(&self, "Normal", "Created", "Created container: \(container.name)")
      }
    case .start:
      tell(&self, "Normal", "Started", "Started container \(container.name)")
      start(&container, pod)
    case .becomeReady:
      container.isReady = true
      scheduleEnd(&container, pod)
    case .probeFails:
      let behavior = registry.behavior(of: container.image) ?? ProgramBehavior()
      tell(&self, "Warning", "Unhealthy", "Readiness probe failed: \(behavior.probeFailure)")
      container.due = now.advanced(by: .seconds(10))
    case .exit(let code, let reason): exit(code, reason, &container, pod, tell)
    case .wait: break
    }
  }

  private mutating func pull(
    _ step: ContainerRuntime.Step, _ container: inout ContainerRuntime, _ pod: JSONValue, _ runtime: PodRuntime,
    _ tell: (inout Simulation, String, String, String) -> Void
  ) {
    let image = container.image
    if registry.behavior(of: image) != nil {
      tell(&self, "Normal", "Pulled", "Container image \"\(image)\" already present on machine")
      container.pullFailures = 0
      container.step = .create
      container.due = now.advanced(by: .milliseconds(200))
      return
    }
    let error = ImageRegistry.pullError(image)
    if step == .pull {
      tell(&self, "Normal", "Pulling", "Pulling image \"\(image)\"")
      tell(&self, "Warning", "Failed", "Failed to pull image \"\(image)\": \(error)")
      tell(&self, "Warning", "Failed", "Error: ErrImagePull")
      container.state = .waiting(reason: "ErrImagePull", message: error)
      container.pullFailures += 1
      container.step = .pullAgain
      container.due = now.advanced(by: .seconds(2))
      return
    }
    tell(&self, "Normal", "BackOff", "Back-off pulling image \"\(image)\"")
    tell(&self, "Warning", "Failed", "Error: ImagePullBackOff")
    container.state = .waiting(
      reason: "ImagePullBackOff", message: "Back-off pulling image \"\(image)\": ErrImagePull: \(error)")
    container.step = .pull
    container.due = now.advanced(by: Self.backOff(after: container.pullFailures))
  }

  /// The delay before attempt number `failures` + 1.
  static func backOff(after failures: Int) -> Duration {
    min(firstBackOff * (1 << min(max(0, failures - 1), 10)), longestBackOff)
  }

  /// Writes the lines that are due.
  private func writeLogs(_ container: inout ContainerRuntime) {
    guard let behavior = registry.behavior(of: container.image), !behavior.steadyLog.isEmpty, container.isRunning else {
      container.logDue = nil
      return
    }
    while let due = container.logDue, due <= now {
      let line = behavior.steadyLog[container.logPosition % behavior.steadyLog.count]
      container.log.append(due, Self.filled(line, due, container.logPosition))
      container.logPosition += 1
      container.logDue = due.advanced(by: behavior.logInterval)
    }
  }

  /// A line of a log with its time and number put in: `{time}`, `{n}` and `{ms}`.
  static func filled(_ line: String, _ time: Timestamp, _ number: Int) -> String {
    var result = ""
    var rest = line.utf8[...]
    // Over bytes: a scenario writes some ten thousand lines before its first frame.
    while let open = rest.firstIndex(of: UInt8(ascii: "{")),
      let close = rest[open...].firstIndex(of: UInt8(ascii: "}"))
    {
      result += Substring(rest[..<open])
      let word = String(Substring(rest[rest.index(after: open)..<close]))
      switch word {
      case "time": result += time.description
      case "n": result += String(number + 1)
      case "ms": result += String(3 + (number * 37 + Int(time.seconds % 97)) % 180)
      default: result += "{\(word)}"
      }
      rest = rest[rest.index(after: close)...]
    }
    return result + Substring(rest)
  }

  mutating func hexadecimal(_ length: Int) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: (0..<length).map { _ in digits[random.below(16)] }, as: UTF8.self)
  }

  /// Whether a pod has ended for good.
  static func isFinished(_ pod: JSONValue) -> Bool {
    ["Succeeded", "Failed"].contains(pod.text(at: "status.phase"))
  }

  static func isReady(_ pod: JSONValue) -> Bool { pod.condition("Ready")?.text(at: "status") == "True" }
}

extension ContainerRuntime {
  /// Number of lines that the program has written since its start.
  var count: Int { log.count }
}
