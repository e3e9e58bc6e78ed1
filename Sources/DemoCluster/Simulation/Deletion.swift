import Kube

/// How objects go: grace periods, finalizers, and what depends on them.
extension Simulation {
  /// Programs stop within this time, however long their grace period is.
  private static let stopTime = Duration.seconds(3)

  enum Propagation: String, Sendable {
    case background = "Background"
    case foreground = "Foreground"
    case orphan = "Orphan"
  }

  /// Deletes an object as the API server does; answers it as it is afterwards, and whether it is gone already.
  @discardableResult
  mutating func delete(
    _ storage: String, _ object: JSONValue, grace: Int? = nil, propagation: Propagation = .background
  ) -> (object: JSONValue, isGone: Bool) {
    if storage == "pods" { return beginDeletion(of: object, grace: grace) }
    var finalizers = object.list(at: "metadata.finalizers")
    if propagation == .foreground, !finalizers.contains("foregroundDeletion") {
      finalizers.append("foregroundDeletion")
    }
    if propagation == .orphan { orphanDependents(of: object) }
    let isHeld = !finalizers.isEmpty || storage == "namespaces"
    guard isHeld else {
      remove(storage, namespace: object.namespace, name: object.name)
      return (object, true)
    }
    var deleting = object
    if !object.isDeleting { deleting.set("metadata.deletionTimestamp", .time(now)) }
    deleting.set("metadata.finalizers", finalizers.isEmpty ? nil : .array(finalizers))
    if storage == "namespaces" { deleting.set("status.phase", "Terminating") }
    return (write(storage, deleting), false)
  }

  /// Starts to end a pod, within its grace period; without a running kubelet it stays for ever.
  @discardableResult
  mutating func beginDeletion(of pod: JSONValue, grace: Int? = nil) -> (object: JSONValue, isGone: Bool) {
    let seconds = max(0, grace ?? pod.int(at: "spec.terminationGracePeriodSeconds") ?? 30)
    let isPlaced = pods[pod.uid] != nil
    let finalizers = pod.list(at: "metadata.finalizers")
    if (seconds == 0 || !isPlaced || Self.isFinished(pod)) && finalizers.isEmpty {
      remove("pods", namespace: pod.namespace, name: pod.name)
      return (pod, true)
    }
    if pod.isDeleting { return (pod, false) }
    var deleting = pod
    deleting.set("metadata.deletionTimestamp", .time(now.advanced(by: .seconds(seconds))))
    deleting.set("metadata.deletionGracePeriodSeconds", .int(seconds))
    let stored = write("pods", deleting)
    if finalizers.isEmpty { pods[pod.uid]?.endsAt = now.advanced(by: min(.seconds(seconds), Self.stopTime)) }
    for container in pod.list(at: "spec.containers") {
      let name = container.text(at: "name")
      guard pods[pod.uid]?.isLost == false, pods[pod.uid]?.container(name)?.isRunning == true else { continue }
      record(
        pod, "Normal", "Killing", "Stopping container \(name)", source: "kubelet", host: pod.text(at: "spec.nodeName"),
        fieldPath: "spec.containers{\(name)}")
    }
    return (stored, false)
  }

  /// Removes what is being deleted and no longer held, and what has lost all its owners.
  mutating func collectGarbage() {
    var uids: Set<String> = []
    for served in catalog.resources { for object in store.unordered(served.storage) { uids.insert(object.uid) } }
    var seen: Set<String> = []
    for served in catalog.resources where seen.insert(served.storage).inserted {
      for object in store.list(served.storage) {
        let owners = object.list(at: "metadata.ownerReferences")
        if !owners.isEmpty, !object.isDeleting, owners.allSatisfy({ !uids.contains($0.text(at: "uid")) }) {
          delete(served.storage, object)
        } else if object.isDeleting, served.storage != "namespaces" {
          finishDeletion(served.storage, object)
        }
      }
    }
  }

  /// Goes on with an object that is being deleted: lets it go when nothing holds it any more.
  mutating func finishDeletion(_ storage: String, _ object: JSONValue) {
    var finalizers = object.list(at: "metadata.finalizers")
    if finalizers.contains("foregroundDeletion") {
      let dependents = dependents(of: object)
      for (storage, dependent) in dependents where !dependent.isDeleting {
        delete(storage, dependent, propagation: .foreground)
      }
      guard dependents.isEmpty else { return }
      finalizers.removeAll { $0 == "foregroundDeletion" }
    }
    if finalizers.contains("kubernetes.io/pvc-protection"), !isClaimUsed(object) {
      finalizers.removeAll { $0 == "kubernetes.io/pvc-protection" }
    }
    guard finalizers.isEmpty else {
      change(storage, namespace: object.namespace, name: object.name) {
        $0.set("metadata.finalizers", .array(finalizers))
      }
      return
    }
    if storage == "pods" {
      guard pods[object.uid]?.endsAt == nil, pods[object.uid]?.isLost != true else { return }
    }
    remove(storage, namespace: object.namespace, name: object.name)
  }

  private func isClaimUsed(_ claim: JSONValue) -> Bool {
    store.unordered("pods").contains { pod in
      pod.namespace == claim.namespace && !Self.isFinished(pod) && Self.claims(of: pod).contains(claim.name)
    }
  }

  private func dependents(of owner: JSONValue) -> [(storage: String, object: JSONValue)] {
    var found: [(storage: String, object: JSONValue)] = []
    var seen: Set<String> = []
    for served in catalog.resources where seen.insert(served.storage).inserted {
      for object in store.list(served.storage)
      where object.list(at: "metadata.ownerReferences").contains(where: { $0.text(at: "uid") == owner.uid }) {
        found.append((served.storage, object))
      }
    }
    return found
  }

  private mutating func orphanDependents(of owner: JSONValue) {
    for (storage, object) in dependents(of: owner) {
      change(storage, namespace: object.namespace, name: object.name) { dependent in
        let left = dependent.list(at: "metadata.ownerReferences").filter { $0.text(at: "uid") != owner.uid }
        dependent.set("metadata.ownerReferences", left.isEmpty ? nil : .array(left))
      }
    }
  }

  /// Empties namespaces that are being deleted.
  mutating func syncNamespaces() {
    for namespace in store.list("namespaces") {
      guard namespace.isDeleting else {
        ensureNamespaceDefaults(namespace.name)
        continue
      }
      var isEmpty = true
      var seen: Set<String> = []
      for served in catalog.resources
      where served.resource.isNamespaced && served.storage != "events" && seen.insert(served.storage).inserted {
        for object in store.list(served.storage, namespace: namespace.name) {
          isEmpty = false
          if !object.isDeleting { delete(served.storage, object) }
        }
      }
      if isEmpty {
        for event in store.list("events", namespace: namespace.name) {
          store.remove("events", namespace: event.namespace, name: event.name)
        }
        remove("namespaces", namespace: "", name: namespace.name)
      }
    }
  }

  private mutating func ensureNamespaceDefaults(_ namespace: String) {
    if store.object("serviceaccounts", namespace: namespace, name: "default") == nil {
      let account: JSONValue = [
        "kind": "ServiceAccount", "apiVersion": "v1",
        "metadata": ["name": "default", "namespace": .string(namespace)],
      ]
      write("serviceaccounts", identified(account))
    }
    if store.object("configmaps", namespace: namespace, name: "kube-root-ca.crt") == nil {
      let configMap: JSONValue = [
        "kind": "ConfigMap", "apiVersion": "v1",
        "metadata": ["name": "kube-root-ca.crt", "namespace": .string(namespace)],
        "data": [
          "ca.crt": "-----BEGIN CERTIFICATE-----\n(the demo cluster has no certificate)\n-----END CERTIFICATE-----\n"
        ],
      ]
      write("configmaps", identified(configMap))
    }
  }
}
