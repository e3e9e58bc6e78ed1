import Kube

/// A pod whose status the test writes itself, since no kubelet could be made to report all of them.
struct WrittenPod {
  var name: String
  var initContainers: Int
  var containers: Int
  var status: JSONValue
  /// Deleted, but held by a finalizer.
  var isDeleted = false

  /// The object to create, bound to a node so that no scheduler writes a status.
  func object(node: String) -> JSONValue {
    var metadata: JSONValue = ["name": .string(name)]
    if isDeleted { metadata["finalizers"] = ["podmedic.dev/kept"] }
    func list(_ prefix: String, _ count: Int) -> JSONValue {
      .array((0..<count).map { ["name": .string("\(prefix)\($0)"), "image": "x"] })
    }
    return [
      "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
      "spec": [
        "nodeName": .string(node), "initContainers": list("init", initContainers), "containers": list("c", containers),
      ],
    ]
  }
}

extension WrittenPod {
  /// Pods for every sentence of the rules.
  static let table: [WrittenPod] = {
    var pods: [WrittenPod] = []
    func pod(
      phase: String = "Running", reason: String = "", conditions: [JSONValue] = [], inits: [JSONValue] = [],
      _ containers: [JSONValue] = [running], deleted: Bool = false
    ) {
      var status: JSONValue = [
        "phase": .string(phase), "conditions": .array(conditions),
        "initContainerStatuses": .array(named("init", inits)), "containerStatuses": .array(named("c", containers)),
      ]
      if !reason.isEmpty { status["reason"] = .string(reason) }
      pods.append(
        WrittenPod(
          name: "case-\(pods.count)", initContainers: max(inits.count, inits.isEmpty ? 0 : 2),
          containers: max(containers.count, 1), status: status, isDeleted: deleted))
    }

    // The phase, the pod's reason, gates.
    pod([])
    pod(phase: "Pending", [])
    pod(phase: "Failed", reason: "Evicted", [])
    pod(phase: "Pending", conditions: [condition("PodScheduled", "False", "SchedulingGated")], [])
    pod(phase: "Failed", reason: "Evicted", conditions: [condition("PodScheduled", "False", "SchedulingGated")], [])
    pod(phase: "Pending", conditions: [condition("PodScheduled", "False", "Unschedulable")], [])
    // Init containers.
    pod(phase: "Pending", inits: [running, waiting("PodInitializing")], [waiting("PodInitializing")])
    pod(phase: "Pending", inits: [ended(0, "Completed"), running], [waiting("PodInitializing")])
    pod(phase: "Pending", inits: [waiting("")], [waiting("PodInitializing")])
    pod(phase: "Pending", inits: [waiting("ErrImagePull")], [waiting("PodInitializing")])
    pod(phase: "Pending", inits: [ended(1, "Error", restarts: 4)], [waiting("PodInitializing")])
    pod(phase: "Pending", inits: [ended(137, "", signal: 9)], [waiting("PodInitializing")])
    pod(phase: "Pending", inits: [ended(2, "")], [waiting("PodInitializing")])
    pod(inits: [ended(0, "Completed", restarts: 7), ended(0, "Completed")], [running])
    pod(
      conditions: [condition("Initialized", "True")], inits: [ended(1, "Error", restarts: 2)], [ended(0, "Completed")])
    pod(conditions: [condition("Initialized", "False")], inits: [ended(1, "Error", restarts: 2)], [running])
    // Containers: the first with something to say wins.
    pod([waiting("CrashLoopBackOff", restarts: 5), waiting("ImagePullBackOff")])
    pod([running, waiting("ImagePullBackOff")])
    pod([ended(1, "Error"), ended(0, "Completed")])
    pod([ended(137, "", signal: 9)])
    pod([ended(3, "")])
    pod([ended(137, "OOMKilled", restarts: 14)])
    pod([unready, running])
    pod([waiting("")])
    // Completed beside others.
    pod(conditions: [condition("Ready", "True")], [ended(0, "Completed"), running])
    pod(conditions: [condition("Ready", "False")], [ended(0, "Completed"), running])
    pod([ended(0, "Completed"), ended(1, "Error")])
    pod([ended(0, "Completed"), ended(1, "Error"), running])
    pod(conditions: [condition("Ready", "True")], [ended(0, "Completed"), ended(1, "Error"), running])
    pod(phase: "Succeeded", [ended(0, "Completed"), ended(0, "Completed")])
    // Deleted ones.
    pod(deleted: true)
    pod(reason: "NodeLost", deleted: true)
    pod(phase: "Succeeded", [ended(0, "Completed")], deleted: true)
    pod(phase: "Failed", [ended(1, "Error")], deleted: true)
    pod(phase: "Failed", reason: "NodeLost", [ended(1, "Error")], deleted: true)
    return pods
  }()

  /// Pods of any status that the server accepts.
  static func random(_ count: Int, seed: UInt64) -> [WrittenPod] {
    var random = SeededRandom(seed: seed)
    return (0..<count).map { any(name: "random-\($0)", using: &random) }
  }

  private static func any(name: String, using random: inout SeededRandom) -> WrittenPod {
    func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: values.indices, using: &random)] }
    func state() -> JSONValue {
      let restarts = pick([0, 0, 1, 12])
      switch Int.random(in: 0..<6, using: &random) {
      case 0:
        return waiting(pick(["", "PodInitializing", "ContainerCreating", "CrashLoopBackOff"]), restarts: restarts)
      case 1, 2:
        return ended(
          pick([0, 0, 1, 137]), pick(["Completed", "Completed", "Error", "OOMKilled", ""]), signal: pick([0, 0, 9]),
          restarts: restarts)
      case 3: return unready
      default: return running(restarts: restarts)
      }
    }
    let inits = pick([0, 0, 1, 2, 3])
    let containers = Int.random(in: 1...3, using: &random)
    var status: JSONValue = [
      "phase": .string(pick(["Pending", "Running", "Running", "Succeeded", "Failed", "Unknown"]))
    ]
    status["reason"] = .string(pick(["", "", "", "Evicted", "NodeLost", "OutOfcpu"]))
    status["conditions"] = .array(
      [
        condition("PodScheduled", pick(["True", "False"]), pick(["", "", "SchedulingGated"])),
        condition("Initialized", pick(["True", "False"])), condition("Ready", pick(["True", "False"])),
      ].filter { _ in Int.random(in: 0..<4, using: &random) > 0 })
    let known = Int.random(in: 0...inits, using: &random)
    status["initContainerStatuses"] = .array(
      named("init", (0..<known).map { _ in pick([ended(0, "Completed"), state()]) }))
    status["containerStatuses"] = .array(
      named("c", (0..<Int.random(in: 0...containers, using: &random)).map { _ in state() }))
    return WrittenPod(
      name: name, initContainers: inits, containers: containers, status: status,
      isDeleted: Int.random(in: 0..<4, using: &random) == 0)
  }

  // MARK: Parts of a status

  private static func condition(_ type: String, _ status: String, _ reason: String = "") -> JSONValue {
    ["type": .string(type), "status": .string(status), "reason": .string(reason)]
  }

  private static func named(_ prefix: String, _ statuses: [JSONValue]) -> [JSONValue] {
    statuses.enumerated().map { index, status in
      var status = status
      status["name"] = .string("\(prefix)\(index)")
      return status
    }
  }

  private static func container(_ state: JSONValue, ready: Bool = false, restarts: Int = 0) -> JSONValue {
    var status: JSONValue = [
      "image": "x", "imageID": "", "ready": .bool(ready), "restartCount": .int(restarts), "state": state,
    ]
    if restarts > 0 {
      status["lastState"] = [
        "terminated": ["exitCode": 1, "finishedAt": .string("2026-01-0\(1 + restarts % 9)T00:00:00Z")]
      ]
    }
    return status
  }

  private static let running = running(restarts: 0)

  private static func running(restarts: Int) -> JSONValue {
    container(["running": ["startedAt": "2026-01-11T00:00:00Z"]], ready: true, restarts: restarts)
  }

  private static let unready = container(["running": ["startedAt": "2026-01-11T00:00:00Z"]])

  private static func waiting(_ reason: String, restarts: Int = 0) -> JSONValue {
    container(["waiting": reason.isEmpty ? [:] : ["reason": .string(reason)]], restarts: restarts)
  }

  private static func ended(_ exitCode: Int, _ reason: String, signal: Int = 0, restarts: Int = 0) -> JSONValue {
    container(
      ["terminated": ["exitCode": .int(exitCode), "reason": .string(reason), "signal": .int(signal)]],
      restarts: restarts)
  }
}
