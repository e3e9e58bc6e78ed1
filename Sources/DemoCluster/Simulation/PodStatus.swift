import Kube

/// The status that kubelets report.
extension Simulation {
  /// Writes what the kubelet knows of a pod into its object.
  mutating func publishStatus(of uid: String) {
    guard let runtime = pods[uid],
      var pod = store.object("pods", namespace: runtime.namespace, name: runtime.name), pod.uid == uid
    else { return }
    pod["status"] = status(of: pod, runtime)
    write("pods", pod)
    if Self.isFinished(pod) { pods[uid]?.containers.indices.forEach { pods[uid]?.containers[$0].due = nil } }
  }

  private func status(of pod: JSONValue, _ runtime: PodRuntime) -> JSONValue {
    var status = pod["status"] ?? .emptyObject
    let inits = runtime.containers.filter(\.isInit)
    let mains = runtime.containers.filter { !$0.isInit }
    let isInitialized = inits.allSatisfy { $0.termination?.exitCode == 0 }
    let phase = Self.phase(pod, mains: mains, isInitialized: isInitialized)
    status["phase"] = .string(phase)
    status["hostIP"] = .string(nodeAddress(runtime.node))
    status["hostIPs"] = [["ip": .string(nodeAddress(runtime.node))]]
    status["podIP"] = .string(runtime.ip)
    status["podIPs"] = [["ip": .string(runtime.ip)]]
    status["startTime"] = .time(runtime.startTime)
    status["qosClass"] = .string(Self.qualityOfService(pod))
    if !inits.isEmpty { status["initContainerStatuses"] = .array(inits.map { containerStatus($0, pod) }) }
    status["containerStatuses"] = .array(mains.map { containerStatus($0, pod) })
    let unready = mains.filter { !$0.isReady }.map(\.name)
    let isDone = phase == "Succeeded"
    let hasStarted = runtime.containers.contains { !$0.id.isEmpty }
    let notReady: (String, String)? =
      isDone
      ? ("PodCompleted", "")
      : unready.isEmpty
        ? nil : ("ContainersNotReady", "containers with unready status: [\(unready.joined(separator: " "))]")
    let notInitialized: (String, String)? =
      isInitialized
      ? nil
      : (
        "ContainersNotInitialized",
        "containers with incomplete status: [\(inits.filter { $0.termination?.exitCode != 0 }.map(\.name).joined(separator: " "))]"
      )
    for (type, problem) in [
      ("PodReadyToStartContainers", hasStarted ? nil : ("", "")), ("Initialized", notInitialized),
      ("Ready", notReady), ("ContainersReady", notReady), ("PodScheduled", nil),
    ] {
      setCondition(
        &status, type, problem == nil ? "True" : "False", reason: problem?.0 ?? "", message: problem?.1 ?? "")
    }
    return status
  }

  private static func phase(_ pod: JSONValue, mains: [ContainerRuntime], isInitialized: Bool) -> String {
    guard isInitialized else { return "Pending" }
    let policy = pod.text(at: "spec.restartPolicy")
    let ended = mains.compactMap(\.termination)
    if ended.count == mains.count, policy != "Always" {
      if ended.allSatisfy({ $0.exitCode == 0 }) { return "Succeeded" }
      if policy == "Never" { return "Failed" }
    }
    return mains.contains { !$0.id.isEmpty } ? "Running" : "Pending"
  }

  private func containerStatus(_ container: ContainerRuntime, _ pod: JSONValue) -> JSONValue {
    .object([
      ("name", .string(container.name)), ("state", Self.state(container.state)),
      ("lastState", container.last.map { ["terminated": Self.terminated($0)] } ?? .emptyObject),
      ("ready", .bool(container.isInit ? container.termination?.exitCode == 0 : container.isReady)),
      ("restartCount", .int(container.restarts)), ("image", .string(ImageRegistry.canonical(container.image))),
      (
        "imageID",
        .string(container.id.isEmpty ? "" : ImageRegistry.digest(container.image))
      ),
      ("containerID", container.id.isEmpty ? nil : .string(container.id)), ("started", .bool(container.isRunning)),
      ("resources", spec(of: container, in: pod)["resources"]),
    ])
  }

  private static func state(_ state: ContainerRuntime.State) -> JSONValue {
    switch state {
    case .waiting(let reason, let message):
      ["waiting": .object([("reason", .string(reason)), ("message", message.isEmpty ? nil : .string(message))])]
    case .running(let since): ["running": ["startedAt": .time(since)]]
    case .terminated(let termination): ["terminated": terminated(termination)]
    }
  }

  private static func terminated(_ termination: Termination) -> JSONValue {
    [
      "exitCode": .int(termination.exitCode), "reason": .string(termination.reason),
      "startedAt": .time(termination.startedAt), "finishedAt": .time(termination.finishedAt),
      "containerID": .string(termination.containerID),
    ]
  }

  /// Sets a condition; its transition time moves only when the status does.
  func setCondition(
    _ status: inout JSONValue, _ type: String, _ value: String, reason: String = "", message: String = "",
    hasUpdateTime: Bool = false
  ) {
    var conditions = status["conditions"]?.array ?? []
    let index = conditions.firstIndex { $0["type"]?.string == type }
    let old = index.map { conditions[$0] }
    var condition: JSONValue = .object([
      ("type", .string(type)), ("status", .string(value)),
      (
        "lastTransitionTime",
        old?["status"]?.string == value ? old?["lastTransitionTime"] : .time(now)
      ),
      ("reason", reason.isEmpty ? nil : .string(reason)), ("message", message.isEmpty ? nil : .string(message)),
    ])
    if hasUpdateTime {
      let isSame =
        old?["status"]?.string == value && old?.text(at: "reason") == reason && old?.text(at: "message") == message
      condition["lastUpdateTime"] = isSame ? old?["lastUpdateTime"] : .time(now)
    }
    if let probe = old?["lastHeartbeatTime"] { condition["lastHeartbeatTime"] = probe }
    if let index { conditions[index] = condition } else { conditions.append(condition) }
    status["conditions"] = .array(conditions)
  }

  /// `Guaranteed`, `Burstable` or `BestEffort`.
  static func qualityOfService(_ pod: JSONValue) -> String {
    let containers = pod.list(at: "spec.containers") + pod.list(at: "spec.initContainers")
    let isEmpty = containers.allSatisfy {
      ($0[at: "resources.requests"]?.object?.isEmpty ?? true) && ($0[at: "resources.limits"]?.object?.isEmpty ?? true)
    }
    if isEmpty { return "BestEffort" }
    let isGuaranteed = containers.allSatisfy { container in
      ["cpu", "memory"].allSatisfy { resource in
        guard let limit = container[at: "resources.limits.\(resource)"]?.string else { return false }
        return container[at: "resources.requests.\(resource)"]?.string.map { Quantity($0) == Quantity(limit) } ?? true
      }
    }
    return isGuaranteed ? "Guaranteed" : "Burstable"
  }
}
