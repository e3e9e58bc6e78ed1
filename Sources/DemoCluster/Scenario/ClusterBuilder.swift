import Kube

/// Builds a cluster that has a history: objects are created in the past, the controllers make what follows from them,
/// and then pods are given the state in which they would be by now.
struct ClusterBuilder {
  var cluster: Simulation
  /// The time at which the cluster is handed over.
  let end: Timestamp

  init(end: Timestamp, seed: UInt64, registry: ImageRegistry, custom: [ServedResource] = []) {
    self.end = end
    cluster = Simulation(now: end, seed: seed, registry: registry, catalog: .standard(custom: custom))
  }

  /// Goes to a time before the end.
  mutating func travel(_ ago: Duration) { cluster.travel(to: end.advanced(by: .zero - ago)) }

  /// Creates an object as the API server would; objects that it would refuse are left out.
  mutating func add(_ storage: String, _ object: JSONValue) {
    guard (try? cluster.create(storage, object)) != nil else {
      assertionFailure("the scenario has an object that is refused: \(object.name)")
      return
    }
  }

  /// Lets the controllers work until they have nothing left to do, without time passing.
  mutating func settle() {
    for _ in 0..<24 {
      let before = cluster.store.revision
      cluster.runControllers()
      if cluster.store.revision == before { break }
    }
  }

  mutating func namespace(_ name: String, labels: [(String, String)] = []) {
    add("namespaces", ["metadata": ["name": .string(name), "labels": .strings(labels)]])
  }

  /// A node with its lease and Ready conditions.
  mutating func node(_ name: String, _ node: JSONValue) {
    add("nodes", node)
    cluster.setNode(name, ready: true)
    if cluster.store.object("namespaces", name: "kube-node-lease") != nil {
      add(
        "leases.coordination.k8s.io",
        Manifests.lease("kube-node-lease", name, holder: name, renewed: cluster.now))
    }
  }

  /// Changes an object as a person would.
  mutating func edit(_ storage: String, _ namespace: String, _ name: String, _ path: String, _ value: JSONValue?) {
    cluster.change(storage, namespace: namespace, name: name) { object in
      object.set(path, value)
      if path.hasPrefix("spec") { object.set("metadata.generation", .int(object.generation + 1)) }
    }
  }

  /// Lets every kubelet that works report now.
  mutating func beat() {
    for node in cluster.store.list("nodes") where cluster.isReady(node: node.name) {
      let conditions = node.list(at: "status.conditions").map { $0.setting("lastHeartbeatTime", .time(cluster.now)) }
      cluster.write("nodes", node.setting("status.conditions", .array(conditions)))
    }
    cluster.heartbeat()
  }

  /// The finished cluster at its end, with logs that reach back from there.
  mutating func finished() -> Simulation {
    cluster.travel(to: end)
    beat()
    for (uid, runtime) in cluster.pods {
      for index in runtime.containers.indices { cluster.pods[uid]?.containers[index].imagineLog(cluster.registry, end) }
    }
    settle()
    cluster.store.compact()
    _ = cluster.store.takeUnpublished()
    return cluster
  }

  /// Lets all pods that were placed but not started run, as if they had been started `startup` after now.
  mutating func startPods(after startup: Duration = .seconds(5)) {
    for (uid, runtime) in cluster.pods.sorted(by: {
      ($0.value.namespace, $0.value.name) < ($1.value.namespace, $1.value.name)
    })
    where runtime.containers.allSatisfy({ $0.id.isEmpty && $0.restarts == 0 }) {
      guard let pod = cluster.store.object("pods", namespace: runtime.namespace, name: runtime.name) else { continue }
      cluster.startNow(uid, pod, after: startup)
    }
  }
}

extension ContainerRuntime {
  /// Writes the lines that a running program would have written lately.
  mutating func imagineLog(_ registry: ImageRegistry, _ end: Timestamp) {
    guard case .running(let since) = state, let behavior = registry.behavior(of: image), !behavior.steadyLog.isEmpty
    else { return }
    let start = max(since, end.advanced(by: .zero - behavior.logInterval * 150))
    var time = start.advanced(by: behavior.logInterval)
    while time <= end {
      log.append(time, Simulation.filled(behavior.steadyLog[logPosition % behavior.steadyLog.count], time, logPosition))
      logPosition += 1
      time = time.advanced(by: behavior.logInterval)
    }
    logDue = time
  }
}

extension Simulation {
  /// Puts every container of a pod into the state in which it is some time after its start, if nothing is wrong with
  /// it; containers that cannot start are left to the kubelet.
  mutating func startNow(_ uid: String, _ pod: JSONValue, after startup: Duration) {
    guard var runtime = pods[uid] else { return }
    let start = now
    travel(to: start.advanced(by: startup))
    defer { travel(to: start) }
    for index in runtime.containers.indices {
      var container = runtime.containers[index]
      guard registry.behavior(of: container.image) != nil, missingConfiguration(pod, container) == nil else { break }
      self.start(&container, pod)
      if container.isInit {
        container.state = .terminated(
          Termination(
            exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now.advanced(by: .seconds(1)),
            containerID: container.id))
        container.due = nil
        container.step = .wait
      } else if container.step == .becomeReady {
        container.isReady = true
        scheduleEnd(&container, pod)
      }
      runtime.containers[index] = container
    }
    pods[uid] = runtime
    publishStatus(of: uid)
  }

  /// Changes what a kubelet knows of a pod and reports it.
  mutating func amend(_ pod: JSONValue, _ body: (inout PodRuntime) -> Void) {
    guard var runtime = pods[pod.uid] else { return }
    body(&runtime)
    pods[pod.uid] = runtime
    publishStatus(of: pod.uid)
    // Publishing makes a pod ready that runs; the node lifecycle controller has said otherwise.
    if runtime.isLost { syncNodes() }
  }

  /// For how long nobody has reported about a pod; zero while its kubelet does.
  func silence(of pod: JSONValue) -> Duration {
    guard pods[pod.uid]?.isLost == true,
      let since = store.object("nodes", name: pod.text(at: "spec.nodeName"))?.condition("Ready")?
        .time(at: "lastTransitionTime")
    else { return .zero }
    return now.since(since)
  }

  /// The pods of a namespace whose names start with a word.
  func pods(in namespace: String, prefix: String) -> [JSONValue] {
    store.list("pods", namespace: namespace).filter { $0.name.hasPrefix(prefix) }
  }
}
