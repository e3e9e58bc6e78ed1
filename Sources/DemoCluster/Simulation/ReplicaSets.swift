import Kube

/// The ReplicaSet controller, and what all controllers that make pods share.
extension Simulation {
  mutating func syncReplicaSets() {
    for set in store.list("replicasets.apps") where !set.isDeleting {
      let owned = pods(ownedBy: set)
      let active = owned.filter { !$0.isDeleting && !Self.isFinished($0) }
      let desired = set.int(at: "spec.replicas") ?? 1
      if active.count < desired {
        createReplicas(desired - active.count, for: set)
      } else if active.count > desired {
        for pod in deletionOrder(active).prefix(active.count - desired) {
          record(
            set, "Normal", "SuccessfulDelete", "Deleted pod: \(pod.name)", source: "replicaset-controller")
          beginDeletion(of: pod)
        }
      }
      if active.count >= desired { createFailures[set.uid] = nil }
      updateStatus(ofReplicaSet: set)
    }
  }

  private mutating func createReplicas(_ count: Int, for set: JSONValue) {
    if let retry = retries[set.uid], retry.due > now { return }
    for _ in 0..<count {
      do throws(StatusError) {
        let pod = try createPod(
          from: set[at: "spec.template"], owner: set, apiVersion: "apps/v1", kind: "ReplicaSet",
          name: set.name + "-" + suffix(5))
        record(set, "Normal", "SuccessfulCreate", "Created pod: \(pod.name)", source: "replicaset-controller")
        retries[set.uid] = nil
        createFailures[set.uid] = nil
      } catch {
        createFailures[set.uid] = error
        record(set, "Warning", "FailedCreate", "Error creating: \(error.message)", source: "replicaset-controller")
        let delay = min((retries[set.uid]?.delay ?? .seconds(5)) * 2, .seconds(960))
        retries[set.uid] = Retry(due: now.advanced(by: delay), delay: delay)
        return
      }
    }
  }

  /// Pods in the order in which a ReplicaSet gives them up: unplaced, then not ready, then the youngest.
  private func deletionOrder(_ pods: [JSONValue]) -> [JSONValue] {
    func rank(_ pod: JSONValue) -> Int {
      pod.text(at: "spec.nodeName").isEmpty ? 0 : Self.isReady(pod) ? 2 : 1
    }
    return pods.sorted { left, right in
      if rank(left) != rank(right) { return rank(left) < rank(right) }
      let (first, second) = (left.text(at: "metadata.creationTimestamp"), right.text(at: "metadata.creationTimestamp"))
      return first == second ? left.name < right.name : first > second
    }
  }

  private mutating func updateStatus(ofReplicaSet stale: JSONValue) {
    guard var set = store.object("replicasets.apps", namespace: stale.namespace, name: stale.name) else { return }
    let active = pods(ownedBy: set).filter { !$0.isDeleting && !Self.isFinished($0) }
    let ready = active.filter { Self.isReady($0) }.count
    var status = set["status"] ?? .emptyObject
    status["replicas"] = .int(active.count)
    status["observedGeneration"] = .int(set.generation)
    for (field, value) in [
      ("fullyLabeledReplicas", active.count), ("readyReplicas", ready), ("availableReplicas", ready),
    ] { status[field] = value > 0 ? .int(value) : nil }
    if let failure = createFailures[set.uid] {
      setCondition(&status, "ReplicaFailure", "True", reason: "FailedCreate", message: failure.message)
    } else {
      status["conditions"] = nil
    }
    set["status"] = status
    write("replicasets.apps", set)
  }

  /// Creates a pod from a template, through admission; throws what the API server refuses it with.
  @discardableResult
  mutating func createPod(
    from template: JSONValue?, owner: JSONValue, apiVersion: String, kind: String, name: String,
    _ adjust: (inout JSONValue) -> Void = { _ in }
  ) throws(StatusError) -> JSONValue {
    var metadata = template?["metadata"] ?? .emptyObject
    metadata["name"] = .string(name)
    if kind != "StatefulSet" { metadata["generateName"] = .string(owner.name + "-") }
    metadata["namespace"] = .string(owner.namespace)
    metadata["ownerReferences"] = [Self.ownerReference(owner, apiVersion, kind)]
    var pod: JSONValue = .object([
      ("kind", "Pod"), ("apiVersion", "v1"), ("metadata", metadata), ("spec", template?["spec"]),
    ])
    adjust(&pod)
    return try create("pods", pod)
  }
}
