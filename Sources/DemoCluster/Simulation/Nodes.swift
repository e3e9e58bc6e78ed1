import Kube

/// Nodes: their heartbeats, and the taints that follow from their state.
extension Simulation {
  func isReady(node name: String) -> Bool {
    store.object("nodes", name: name)?.condition("Ready")?.text(at: "status") == "True"
  }

  func nodeAddress(_ name: String) -> String {
    store.object("nodes", name: name)?.list(at: "status.addresses").first { $0["type"]?.string == "InternalIP" }?
      .text(at: "address") ?? "10.0.0.1"
  }

  /// A free address out of the pod network of a node.
  mutating func podAddress(_ node: String) -> String {
    let network = store.object("nodes", name: node)?.text(at: "spec.podCIDR") ?? ""
    let prefix = network.split(separator: ".").prefix(3).joined(separator: ".")
    let used = Set(pods.values.map(\.ip))
    for _ in 0..<500 {
      let candidate = "\(prefix.isEmpty ? "10.244.0" : prefix).\(2 + random.below(252))"
      if !used.contains(candidate) { return candidate }
    }
    return "\(prefix).254"
  }

  /// Kubelets renew their leases.
  mutating func heartbeat() {
    for lease in store.list("leases.coordination.k8s.io") {
      let holder = lease.text(at: "spec.holderIdentity")
      if lease.namespace == "kube-node-lease", !isReady(node: holder) { continue }
      store.put("leases.coordination.k8s.io", lease.setting("spec.renewTime", .microTime(now)))
    }
    for node in store.list("nodes") where isReady(node: node.name) {
      let last = node.condition("Ready")?.time(at: "lastHeartbeatTime") ?? now
      guard now.since(last) >= .seconds(300) else { continue }
      let conditions = node.list(at: "status.conditions").map { $0.setting("lastHeartbeatTime", .time(now)) }
      store.put("nodes", node.setting("status.conditions", .array(conditions)))
    }
  }

  /// The node lifecycle controller: taints for cordoned and unreachable nodes, and pods of nodes that are gone.
  mutating func syncNodes() {
    for node in store.list("nodes") {
      var taints = node.list(at: "spec.taints")
      func want(_ key: String, _ effect: String, _ isWanted: Bool) {
        let index = taints.firstIndex { $0.text(at: "key") == key && $0.text(at: "effect") == effect }
        if isWanted, index == nil {
          taints.append(["key": .string(key), "effect": .string(effect), "timeAdded": .time(now)])
        } else if !isWanted, let index {
          taints.remove(at: index)
        }
      }
      let ready = node.condition("Ready")?.text(at: "status") ?? "Unknown"
      want("node.kubernetes.io/unschedulable", "NoSchedule", node[at: "spec.unschedulable"]?.bool == true)
      for effect in ["NoSchedule", "NoExecute"] {
        want("node.kubernetes.io/unreachable", effect, ready == "Unknown")
        want("node.kubernetes.io/not-ready", effect, ready == "False")
      }
      let wanted: JSONValue? = taints.isEmpty ? nil : .array(taints)
      if node[at: "spec.taints"] != wanted {
        write("nodes", node.setting("spec.taints", wanted))
      }
      if ready != "True" { leaveNode(node, taints) }
    }
    for (uid, runtime) in pods where store.object("nodes", name: runtime.node) == nil {
      remove("pods", namespace: runtime.namespace, name: runtime.name)
      pods[uid] = nil
    }
  }

  /// What happens to the pods of a node that stopped reporting: not ready at once, deleted after their toleration.
  private mutating func leaveNode(_ node: JSONValue, _ taints: [JSONValue]) {
    let noExecute = taints.filter { $0.text(at: "effect") == "NoExecute" }
    for pod in store.list("pods") where pod.text(at: "spec.nodeName") == node.name && !Self.isFinished(pod) {
      pods[pod.uid]?.isLost = true
      var changed = pod
      var status = changed["status"] ?? .emptyObject
      setCondition(&status, "Ready", "False", reason: "NodeNotReady", message: "Node is not ready")
      changed["status"] = status
      write("pods", changed)
      guard !pod.isDeleting else { continue }
      for taint in noExecute {
        let toleration = pod.list(at: "spec.tolerations").first { SchedulingView.tolerates([$0], taint) }
        let seconds = toleration.map { $0.int(at: "tolerationSeconds") ?? .max } ?? 0
        guard seconds != .max, let added = taint.time(at: "timeAdded"), now.since(added) >= .seconds(seconds) else {
          continue
        }
        record(
          pod, "Normal", "TaintManagerEviction", "Marking for deletion Pod \(pod.namespace)/\(pod.name)",
          source: "taint-eviction-controller")
        beginDeletion(of: pod)
        break
      }
    }
  }
}

extension Simulation {
  /// Makes a node's kubelet work or stop.
  mutating func setNode(_ name: String, ready: Bool) {
    guard let node = store.object("nodes", name: name) else { return }
    var status = node["status"] ?? .emptyObject
    setReady(&status, ready)
    write("nodes", node.setting("status", status))
    guard ready else { return }
    for (uid, runtime) in pods where runtime.node == name && runtime.isLost {
      pods[uid]?.isLost = false
      if store.object("pods", namespace: runtime.namespace, name: runtime.name)?.isDeleting == true {
        pods[uid]?.endsAt = now.advanced(by: .seconds(2))
      }
      publishStatus(of: uid)
    }
  }

  /// The conditions of a kubelet that reports, or has stopped to.
  func setReady(_ status: inout JSONValue, _ ready: Bool) {
    for (type, good, reason, message) in [
      ("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
      ("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
      ("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
      ("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
    ] {
      setCondition(
        &status, type, ready ? good : "Unknown", reason: ready ? reason : "NodeStatusUnknown",
        message: ready ? message : "Kubelet stopped posting node status.")
      guard ready || status.list(at: "conditions").last?["lastHeartbeatTime"] == nil else { continue }
      status["conditions"] = .array(
        status.list(at: "conditions").map {
          $0["type"]?.string == type ? $0.setting("lastHeartbeatTime", .time(now)) : $0
        })
    }
  }
}
