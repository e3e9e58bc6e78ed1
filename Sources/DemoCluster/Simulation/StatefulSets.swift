import Kube

/// The StatefulSet and DaemonSet controllers.
extension Simulation {
  mutating func syncStatefulSets() {
    for set in store.list("statefulsets.apps") where !set.isDeleting { sync(statefulSet: set) }
  }

  private mutating func sync(statefulSet set: JSONValue) {
    let desired = set.int(at: "spec.replicas") ?? 1
    let revision = set.name + "-" + Self.templateHash(set[at: "spec.template"] ?? .null)
    let isParallel = set.text(at: "spec.podManagementPolicy") == "Parallel"
    let owned = pods(ownedBy: set)
    for ordinal in 0..<max(0, desired) {
      let name = "\(set.name)-\(ordinal)"
      if let pod = owned.first(where: { $0.name == name }) {
        if Self.isFinished(pod), !pod.isDeleting { beginDeletion(of: pod) }
        if Self.isReady(pod), !pod.isDeleting { continue }
        if isParallel { continue } else { break }
      }
      createClaims(of: set, ordinal: ordinal)
      guard createReplica(of: set, name: name, ordinal: ordinal, revision: revision), isParallel else { break }
    }
    let surplus = owned.filter { (Self.ordinal(of: $0) ?? 0) >= desired }
      .sorted { (Self.ordinal(of: $0) ?? 0) > (Self.ordinal(of: $1) ?? 0) }
    if let last = surplus.first, surplus.allSatisfy({ !$0.isDeleting }) {
      record(
        set, "Normal", "SuccessfulDelete", "delete Pod \(last.name) in StatefulSet \(set.name) successful",
        source: "statefulset-controller")
      beginDeletion(of: last)
    } else if surplus.isEmpty {
      updateOneReplica(of: set, owned: owned, revision: revision)
    }
    updateStatus(ofStatefulSet: set, revision: revision)
  }

  static func ordinal(of pod: JSONValue) -> Int? {
    pod.name.lastIndex(of: "-").flatMap { Int(pod.name[pod.name.index(after: $0)...]) }
  }

  private mutating func createClaims(of set: JSONValue, ordinal: Int) {
    for template in set.list(at: "spec.volumeClaimTemplates") {
      let name = "\(template.name)-\(set.name)-\(ordinal)"
      guard store.object("persistentvolumeclaims", namespace: set.namespace, name: name) == nil else { continue }
      let claim: JSONValue = .object([
        ("kind", "PersistentVolumeClaim"), ("apiVersion", "v1"),
        (
          "metadata",
          .object([
            ("name", .string(name)), ("namespace", .string(set.namespace)),
            ("labels", set[at: "spec.selector.matchLabels"]), ("finalizers", ["kubernetes.io/pvc-protection"]),
          ])
        ),
        ("spec", template["spec"]), ("status", ["phase": "Pending"]),
      ])
      write("persistentvolumeclaims", identified(claim))
      record(
        set, "Normal", "SuccessfulCreate",
        "create Claim \(name) Pod \(set.name)-\(ordinal) in StatefulSet \(set.name) success",
        source: "statefulset-controller")
    }
  }

  private mutating func createReplica(of set: JSONValue, name: String, ordinal: Int, revision: String) -> Bool {
    if let retry = retries[set.uid], retry.due > now { return false }
    do throws(StatusError) {
      try createPod(from: set[at: "spec.template"], owner: set, apiVersion: "apps/v1", kind: "StatefulSet", name: name)
      {
        pod in
        pod.set(["metadata", "labels", "controller-revision-hash"], .string(revision))
        pod.set(["metadata", "labels", "statefulset.kubernetes.io/pod-name"], .string(name))
        pod.set(["metadata", "labels", "apps.kubernetes.io/pod-index"], .string(String(ordinal)))
        pod.set("spec.hostname", .string(name))
        var volumes = pod.list(at: "spec.volumes")
        for template in set.list(at: "spec.volumeClaimTemplates") {
          volumes.append([
            "name": .string(template.name),
            "persistentVolumeClaim": ["claimName": .string("\(template.name)-\(name)")],
          ])
        }
        pod.set("spec.volumes", .array(volumes))
      }
      record(
        set, "Normal", "SuccessfulCreate", "create Pod \(name) in StatefulSet \(set.name) successful",
        source: "statefulset-controller")
      retries[set.uid] = nil
      return true
    } catch {
      record(
        set, "Warning", "FailedCreate",
        "create Pod \(name) in StatefulSet \(set.name) failed error: \(error.message)", source: "statefulset-controller"
      )
      let delay = min((retries[set.uid]?.delay ?? .seconds(5)) * 2, .seconds(960))
      retries[set.uid] = Retry(due: now.advanced(by: delay), delay: delay)
      return false
    }
  }

  /// Replaces the last pod that has an old template, one at a time.
  private mutating func updateOneReplica(of set: JSONValue, owned: [JSONValue], revision: String) {
    guard set.text(at: "spec.updateStrategy.type") != "OnDelete" else { return }
    let old = owned.filter { $0.labels["controller-revision-hash"]?.string != revision }
      .sorted { (Self.ordinal(of: $0) ?? 0) > (Self.ordinal(of: $1) ?? 0) }
    guard let last = old.first, !last.isDeleting else { return }
    let others = owned.filter { $0.uid != last.uid }
    guard others.allSatisfy({ Self.isReady($0) && !$0.isDeleting }) else { return }
    beginDeletion(of: last)
  }

  private mutating func updateStatus(ofStatefulSet stale: JSONValue, revision: String) {
    guard var set = store.object("statefulsets.apps", namespace: stale.namespace, name: stale.name) else { return }
    let active = pods(ownedBy: set).filter { !$0.isDeleting }
    let ready = active.filter { Self.isReady($0) }.count
    let updated = active.filter { $0.labels["controller-revision-hash"]?.string == revision }.count
    var status = set["status"] ?? .emptyObject
    status["observedGeneration"] = .int(set.generation)
    status["replicas"] = .int(active.count)
    status["readyReplicas"] = ready > 0 ? .int(ready) : nil
    status["availableReplicas"] = .int(ready)
    status["currentReplicas"] = .int(updated)
    status["updatedReplicas"] = .int(updated)
    status["currentRevision"] =
      updated == active.count ? .string(revision) : status["currentRevision"] ?? .string(revision)
    status["updateRevision"] = .string(revision)
    status["collisionCount"] = 0
    set["status"] = status
    write("statefulsets.apps", set)
  }

  mutating func syncDaemonSets() {
    for set in store.list("daemonsets.apps") where !set.isDeleting { sync(daemonSet: set) }
  }

  /// Tolerations that pods of DaemonSets get.
  private static let daemonTolerations: [JSONValue] =
    ["not-ready", "unreachable"].map {
      ["key": .string("node.kubernetes.io/" + $0), "operator": "Exists", "effect": "NoExecute"]
    }
    + ["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"].map {
      ["key": .string("node.kubernetes.io/" + $0), "operator": "Exists", "effect": "NoSchedule"]
    }

  private mutating func sync(daemonSet set: JSONValue) {
    let revision = Self.templateHash(set[at: "spec.template"] ?? .null)
    let owned = pods(ownedBy: set)
    var wanted: Set<String> = []
    for node in store.list("nodes") {
      var probe = set[at: "spec.template"] ?? .emptyObject
      probe.set("spec.tolerations", .array(probe.list(at: "spec.tolerations") + Self.daemonTolerations))
      let tolerations = probe.list(at: "spec.tolerations")
      let isBlocked = node.list(at: "spec.taints").contains {
        $0.text(at: "effect") != "PreferNoSchedule" && !SchedulingView.tolerates(tolerations, $0)
      }
      let nodePods = owned.filter { Self.pinnedNode(of: $0) == node.name }
      // A node that stops answering keeps its pod; a new one is not tried there.
      let isUnreachable = node.condition("Ready")?.text(at: "status") != "True"
      guard !isBlocked || (isUnreachable && !nodePods.isEmpty), SchedulingView.matchesNodeAffinity(probe, node) else {
        continue
      }
      wanted.insert(node.name)
      guard nodePods.isEmpty, !isUnreachable else { continue }
      if let retry = retries[set.uid], retry.due > now { continue }
      createDaemon(of: set, node: node.name, revision: revision)
    }
    for pod in owned where !pod.isDeleting {
      if !wanted.contains(Self.pinnedNode(of: pod)) || Self.isFinished(pod) { beginDeletion(of: pod) }
    }
    let live = pods(ownedBy: set).filter { !$0.isDeleting }
    let old = live.filter { $0.labels["controller-revision-hash"]?.string != revision }
    let isRolling = live.contains { !Self.isReady($0) && isReady(node: Self.pinnedNode(of: $0)) }
    if let next = old.first(where: { isReady(node: Self.pinnedNode(of: $0)) }), !isRolling { beginDeletion(of: next) }
    updateStatus(ofDaemonSet: set, desired: wanted.count, revision: revision)
  }

  private static func pinnedNode(of pod: JSONValue) -> String {
    let node = pod.text(at: "spec.nodeName")
    if !node.isEmpty { return node }
    let terms = pod.list(
      at: "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms")
    return terms.first?.list(at: "matchFields").first?.list(at: "values").first?.string ?? ""
  }

  private mutating func createDaemon(of set: JSONValue, node: String, revision: String) {
    do throws(StatusError) {
      let pod = try createPod(
        from: set[at: "spec.template"], owner: set, apiVersion: "apps/v1", kind: "DaemonSet",
        name: set.name + "-" + suffix(5)
      ) { pod in
        pod.set(["metadata", "labels", "controller-revision-hash"], .string(revision))
        pod.set("spec.tolerations", .array(pod.list(at: "spec.tolerations") + Self.daemonTolerations))
        pod.set(
          "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms",
          [["matchFields": [["key": "metadata.name", "operator": "In", "values": [.string(node)]]]]])
      }
      record(set, "Normal", "SuccessfulCreate", "Created pod: \(pod.name)", source: "daemonset-controller")
    } catch {
      record(set, "Warning", "FailedCreate", "Error creating: \(error.message)", source: "daemonset-controller")
      retries[set.uid] = Retry(due: now.advanced(by: .seconds(60)), delay: .seconds(60))
    }
  }

  private mutating func updateStatus(ofDaemonSet stale: JSONValue, desired: Int, revision: String) {
    guard var set = store.object("daemonsets.apps", namespace: stale.namespace, name: stale.name) else { return }
    let active = pods(ownedBy: set).filter { !$0.isDeleting }
    let ready = active.filter { Self.isReady($0) }.count
    let updated = active.filter { $0.labels["controller-revision-hash"]?.string == revision }.count
    set["status"] = .object([
      ("currentNumberScheduled", .int(active.count)), ("numberMisscheduled", 0),
      ("desiredNumberScheduled", .int(desired)), ("numberReady", .int(ready)),
      ("observedGeneration", .int(set.generation)), ("updatedNumberScheduled", .int(updated)),
      ("numberAvailable", .int(ready)), ("numberUnavailable", desired > ready ? .int(desired - ready) : nil),
    ])
    write("daemonsets.apps", set)
  }
}
