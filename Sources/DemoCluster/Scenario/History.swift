import Kube

/// Giving pods the state that hours of trouble would have given them.
extension PodRuntime {
  /// The first container has been restarting for long and waits five minutes each time.
  mutating func loop(_ last: Termination, restarts: Int, _ pod: JSONValue, log lines: [String]) {
    containers[0].last = last
    containers[0].restarts = restarts
    containers[0].backOff = Simulation.longestBackOff
    containers[0].backOffSet = last.finishedAt
    containers[0].state = Simulation.crashLoop(containers[0], pod)
    containers[0].step = .start
    containers[0].due = last.finishedAt.advanced(by: Simulation.longestBackOff)
    containers[0].isReady = false
    containers[0].logDue = nil
    var log = ContainerLog()
    for (index, line) in lines.enumerated() {
      let time = last.startedAt.advanced(by: last.finishedAt.since(last.startedAt) * index / max(1, lines.count))
      let text = line.contains("{time}") || line.hasPrefix("\t") || line.hasPrefix("g") || line.hasPrefix("main")
      log.append(time, text ? Simulation.filled(line, time, index) : "\(time) \(line)")
    }
    containers[0].log = log
  }

  /// The image of the first container could not be had for long.
  mutating func failPull(due: Timestamp) {
    let image = containers[0].image
    containers[0].pullFailures = 30
    containers[0].state = .waiting(
      reason: "ImagePullBackOff",
      message: "Back-off pulling image \"\(image)\": ErrImagePull: \(ImageRegistry.pullError(image))")
    containers[0].step = .pull
    containers[0].due = due
  }
}

extension Simulation {
  /// Records an event as if it had happened many times; `since` and `until` count back from now, or from when the
  /// pod's kubelet was heard of last.
  mutating func repeatEvent(
    _ pod: JSONValue, _ type: String, _ reason: String, _ message: String, container: String, count: Int,
    since: Duration, until: Duration
  ) {
    let end = now
    let until = until + silence(of: pod)
    travel(to: end.advanced(by: .zero - until))
    record(
      pod, type, reason, message, source: "kubelet", host: pod.text(at: "spec.nodeName"),
      fieldPath: "spec.containers{\(container)}")
    travel(to: end)
    let first = max(end.advanced(by: .zero - since), pod.time(at: "metadata.creationTimestamp") ?? end)
    for event in store.list("events", namespace: pod.namespace)
    where event.text(at: "involvedObject.uid") == pod.uid && event.text(at: "message") == message
      && event.text(at: "reason") == reason
    {
      var repeated = event
      repeated["count"] = .int(count)
      repeated["firstTimestamp"] = .time(first)
      store.put("events", repeated)
    }
  }

  /// Ends a pod as a kubelet does that runs out of something.
  mutating func evictByKubelet(_ pod: JSONValue, at time: Timestamp, message: String) {
    let end = now
    travel(to: time)
    var evicted = pod
    var status: JSONValue = .object([
      ("phase", "Failed"), ("reason", "Evicted"), ("message", .string(message)),
      ("startTime", pod[at: "status.startTime"]), ("conditions", pod[at: "status.conditions"]),
      ("hostIP", pod[at: "status.hostIP"]), ("qosClass", pod[at: "status.qosClass"]),
    ])
    setCondition(&status, "Ready", "False", reason: "PodFailed")
    setCondition(&status, "ContainersReady", "False", reason: "PodFailed")
    setCondition(&status, "DisruptionTarget", "True", reason: "TerminationByKubelet", message: message)
    evicted["status"] = status
    pods[pod.uid] = nil
    write("pods", evicted)
    record(pod, "Warning", "Evicted", message, source: "kubelet", host: pod.text(at: "spec.nodeName"))
    travel(to: end)
  }

  /// Applies the API server's defaults again after an edit that replaced a template.
  mutating func refill(_ storage: String, namespace: String, name: String) {
    guard var object = store.object(storage, namespace: namespace, name: name) else { return }
    fillDefaults(&object, storage)
    write(storage, object)
  }
}

extension ClusterBuilder {
  /// Goes to a time.
  mutating func travelTo(_ time: Timestamp) { cluster.travel(to: time) }
}
