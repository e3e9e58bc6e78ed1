import ClusterState
import Kube

extension Inspection {
  /// How long a deleted object may take: load balancers and disks are given back within minutes.
  private static let patience: Duration = .seconds(300)

  /// Why a deleted object that is no pod and no namespace is still there. What is in a namespace that is being deleted
  /// itself is told by the namespace's finding.
  mutating func inspectDeletion(_ object: some KubeObject) {
    let metadata = object.metadata
    guard let deleted = metadata.deletionTimestamp, !metadata.finalizers.isEmpty,
      hasPassed(Self.patience, since: deleted),
      metadata.namespace.isEmpty
        || state.get(Namespace.self, name: metadata.namespace)?.metadata.deletionTimestamp == nil
    else { return }
    let names = metadata.finalizers.joined(separator: ", ")
    var why = "finalizer\(metadata.finalizers.count == 1 ? "" : "s") \(names)"
    var evidence = [
      Evidence(object.reference, "metadata.deletionTimestamp", deleted.description, at: deleted),
      Evidence(object.reference, "metadata.finalizers", names),
    ]
    if let claim = object as? PersistentVolumeClaim, metadata.finalizers.contains("kubernetes.io/pvc-protection") {
      let users = users(of: claim)
      if let first = users.first {
        let more = users.count > 1 ? " and \(users.count - 1) more" : ""
        why += ": in use by pod \(first)\(more)"
      }
    } else if let volume = object as? PersistentVolume, let claim = volume.spec.claimRef,
      metadata.finalizers.contains("kubernetes.io/pv-protection"),
      state.has(PersistentVolumeClaim.self, namespace: claim.namespace, name: claim.name)
    {
      why += ": bound to claim \(claim.namespace)/\(claim.name)"
    } else if let event = events(of: object).first(where: { $0.type == "Warning" }) {
      why += ": \(firstLine(event.message))"
      evidence.append(Evidence(event))
    }
    report(
      .objectStuckTerminating, object, since: deleted, "Terminating for \(lasting: deleted): \(why)", cause: why,
      evidence: evidence)
  }

  /// The pods that keep a claim from going, by name: those that are over do not.
  private func users(of claim: PersistentVolumeClaim) -> [String] {
    var users: [String] = []
    state.store(of: Pod.self)?.forEach { object in
      guard object.metadata.namespace == claim.metadata.namespace, let pod = object as? Pod, !pod.status.isTerminal,
        pod.spec.volumes.contains(where: { volume in
          volume.persistentVolumeClaim?.claimName == claim.metadata.name
            || volume.ephemeral != nil && "\(pod.metadata.name)-\(volume.name)" == claim.metadata.name
        })
      else { return }
      users.append(pod.metadata.name)
    }
    return users.sorted()
  }
}
