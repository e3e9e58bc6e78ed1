import ClusterState
import Kube

extension Inspection {
  /// Everything that is wrong with a claim.
  mutating func inspect(_ claim: PersistentVolumeClaim) {
    switch claim.status.phase {
    case "Lost":
      report(
        .claimLost, claim, since: nil, "volume \(claim.spec.volumeName) does not exist any more",
        evidence: [Evidence(claim.reference, "status.phase", "Lost")])
    case "Pending": inspectPending(claim)
    default: inspectResize(claim)
    }
  }

  private mutating func inspectPending(_ claim: PersistentVolumeClaim) {
    guard claim.metadata.deletionTimestamp == nil else { return }
    let created = claim.metadata.creationTimestamp
    let name = claim.spec.storageClassName ?? claim.metadata.annotations["volume.beta.kubernetes.io/storage-class"]
    let classes = state.all(StorageClass.self)
    let isConclusive = state.isConclusive(StorageClass.self)
    let storageClass = name.flatMap { name in classes.first { $0.metadata.name == name } }
    // Whoever makes volumes by hand needs no object of the class: a name that volumes carry is one to bind by.
    if let name, claim.spec.volumeName.isEmpty, storageClass == nil, isConclusive,
      state.isConclusive(PersistentVolume.self),
      case let volumes = state.all(PersistentVolume.self).filter({ $0.spec.storageClassName == name }),
      !volumes.isEmpty
    {
      inspectStaticBinding(claim, of: name, to: volumes)
      return
    }
    if let name, !name.isEmpty, storageClass == nil, isConclusive {
      report(
        .claimClassMissing, claim, since: created, "storage class \"\(name)\" does not exist",
        evidence: [Evidence(claim.reference, "spec.storageClassName", name)])
      return
    }
    if name == nil, isConclusive, !classes.contains(where: \.isDefault), claim.spec.volumeName.isEmpty {
      report(
        .claimClassMissing, claim, since: created, "names no storage class and the cluster has no default one",
        evidence: [Evidence(claim.reference, "spec.storageClassName", "not set")])
      return
    }
    let events = events(of: claim)
    // What the events say then is about plug-ins: the class is there for volumes that a person makes.
    if let storageClass, storageClass.provisioner == "kubernetes.io/no-provisioner",
      storageClass.volumeBindingMode != "WaitForFirstConsumer", hasPassed(.seconds(60), since: created)
    {
      let volumes = state.all(PersistentVolume.self).filter { $0.spec.storageClassName == storageClass.metadata.name }
      let why = VolumeFit.complaints(of: claim, about: volumes).flatMap { $0.list.isEmpty ? nil : ": \($0.text)" } ?? ""
      report(
        .claimPending, claim, severity: .critical, since: created,
        "no volume of class \"\(storageClass.metadata.name)\" fits, and the class makes none\(why)",
        evidence: [Evidence(storageClass.reference, "provisioner", storageClass.provisioner)]
          + (events.first.map { [Evidence($0)] } ?? []))
      return
    }
    if let event = events.first(where: {
      ["ProvisioningFailed", "FailedBinding", "VolumeMismatch"].contains($0.reason)
    }),
      event.reason == events.first?.reason || events.first?.reason == "ExternalProvisioning"
        || events.first?.reason == "Provisioning"
    {
      report(
        .claimPending, claim, severity: .critical, since: created, "\(event.reason): \(firstLine(event.message))",
        evidence: [Evidence(event)], count: event.occurrences)
      return
    }
    // Such a claim waits for a pod to be placed; the pod tells if that fails.
    if storageClass?.volumeBindingMode == "WaitForFirstConsumer",
      claim.metadata.annotations["volume.kubernetes.io/selected-node"] == nil
    {
      return
    }
    guard let created, hasPassed(.seconds(60), since: created) else { return }
    let provisioner = events.first { $0.reason == "ExternalProvisioning" }
    let what: Sentence = provisioner == nil ? "not bound" : "provisioner does not answer"
    report(
      .claimPending, claim, since: created, "\(what) for \(lasting: created)", cause: what.text(now: now),
      evidence: [Evidence(claim.reference, "status.phase", "Pending")] + (provisioner.map { [Evidence($0)] } ?? []))
  }

  private mutating func inspectResize(_ claim: PersistentVolumeClaim) {
    for type in ["ControllerResizeError", "NodeResizeError"] {
      guard let condition = claim.status.conditions.condition(type), condition.isTrue else { continue }
      let wanted = claim.spec.resources.requests["storage"]?.text ?? "?"
      let actual = claim.status.capacity["storage"]?.text ?? "?"
      report(
        .claimResizeFailed, claim, since: condition.lastTransitionTime,
        "resize from \(actual) to \(wanted) fails: \(firstLine(condition.message))",
        evidence: [
          Evidence(claim.reference, "status.conditions[\(type)]", condition.message, at: condition.lastTransitionTime)
        ])
      return
    }
    if let state = claim.status.allocatedResourceStatuses["storage"], state.hasSuffix("Infeasible") {
      let side = state.hasPrefix("Node") ? "the node" : "the storage"
      report(
        .claimResizeFailed, claim, since: nil,
        "resize from \(claim.status.capacity["storage"]?.text ?? "?") to "
          + "\(claim.spec.resources.requests["storage"]?.text ?? "?") fails: \(side) can not do it (\(state))",
        evidence: [Evidence(claim.reference, "status.allocatedResourceStatuses[storage]", state)])
      return
    }
    // Before 1.31 only events told, and the driver tries again for as long as the size is not what is asked for.
    guard reportResizeEvent(claim) == false else { return }
    inspectFileSystem(claim)
  }

  /// Reports a resize of which only an event says that it fails; false when there is none.
  private mutating func reportResizeEvent(_ claim: PersistentVolumeClaim) -> Bool {
    guard let wanted = claim.spec.resources.requests["storage"], let actual = claim.status.capacity["storage"],
      actual < wanted, let event = events(of: claim).first(where: { $0.reason == "VolumeResizeFailed" }),
      !hasPassed(.seconds(3600), since: event.lastSeen)
    else { return false }
    report(
      .claimResizeFailed, claim, since: event.firstTimestamp ?? event.lastSeen,
      "resize from \(actual.text) to \(wanted.text) fails: \(firstLine(event.message))", evidence: [Evidence(event)],
      count: event.occurrences)
    return true
  }

  /// Whether a file system stays behind its volume. A kubelet lets it grow under a running pod within a minute or two if
  /// the driver can do that.
  private mutating func inspectFileSystem(_ claim: PersistentVolumeClaim) {
    guard let pending = claim.status.conditions.condition("FileSystemResizePending"), pending.isTrue,
      hasPassed(.seconds(300), since: pending.lastTransitionTime), let since = pending.lastTransitionTime
    else { return }
    let namespace = claim.metadata.namespace
    var users: [String] = []
    state.store(of: Pod.self)?.forEach { object in
      guard object.metadata.namespace == namespace, let pod = object as? Pod, !pod.isOver, !pod.spec.nodeName.isEmpty,
        pod.claimNames.contains(claim.metadata.name)
      else { return }
      users.append(pod.metadata.name)
    }
    users.sort()
    let size = claim.spec.resources.requests["storage"].map { " to \($0.text)" } ?? ""
    let actual = claim.status.capacity["storage"].map { " (\($0.text))" } ?? ""
    // Without a pod nothing is amiss: the next one that mounts the volume lets it grow.
    let isUnused = users.isEmpty && state.isConclusive(Pod.self, namespace: namespace)
    let what =
      isUnused
      ? "when a pod mounts it"
      : users.isEmpty
        ? "when its pod is started again"
        : "when pod\(users.count == 1 ? "" : "s") \(users.prefix(3).joined(separator: ", ")) "
          + "\(users.count == 1 ? "is" : "are") started again"
    let cause = "volume has grown\(size), its file system\(actual) grows \(what)"
    report(
      .claimResizePending, claim, severity: isUnused ? .notice : nil, since: since,
      "\(cause); waiting for \(lasting: since)", cause: cause,
      evidence: [
        Evidence(
          claim.reference, "status.conditions[FileSystemResizePending]", pending.message, at: pending.lastTransitionTime
        )
      ])
  }

  /// Why a claim is not bound that only volumes which exist already can serve.
  private mutating func inspectStaticBinding(
    _ claim: PersistentVolumeClaim, of name: String, to volumes: [PersistentVolume]
  ) {
    // The binder looks at everything again every 15 seconds.
    guard let created = claim.metadata.creationTimestamp, hasPassed(.seconds(60), since: created) else { return }
    guard let complaints = VolumeFit.complaints(of: claim, about: volumes) else {
      report(
        .claimPending, claim, since: created, "not bound for \(lasting: created) though a volume fits",
        cause: "not bound though a volume fits",
        evidence: [Evidence(claim.reference, "status.phase", claim.status.phase)])
      return
    }
    report(
      .claimPending, claim, severity: .critical, since: created,
      "no volume of class \"\(name)\" fits: \(complaints.text)",
      evidence: complaints.list.prefix(5).map { Evidence($0.volume.reference, "volume", $0.text) })
  }

  /// Everything that is wrong with a volume.
  mutating func inspect(_ volume: PersistentVolume) {
    let evidence = [
      Evidence(
        volume.reference, "status.phase", volume.status.phase, at: volume.status.lastPhaseTransitionTime)
    ]
    switch volume.status.phase {
    case "Failed":
      report(
        .volumeFailed, volume, since: volume.status.lastPhaseTransitionTime,
        "reclaiming failed: \(firstLine(volume.status.message.isEmpty ? volume.status.reason : volume.status.message))",
        evidence: evidence)
    // What is deleted and does not go is told as that.
    case "Released" where volume.metadata.deletionTimestamp == nil: inspectReleased(volume, evidence)
    default: return
    }
  }

  /// A volume whose claim is gone: kept on purpose, or one that should go and does not.
  private mutating func inspectReleased(_ volume: PersistentVolume, _ evidence: [Evidence]) {
    let since = volume.status.lastPhaseTransitionTime
    let claim = volume.spec.claimRef.map { "\($0.namespace)/\($0.name)" } ?? "gone"
    guard volume.spec.persistentVolumeReclaimPolicy == "Delete" else {
      report(
        .volumeReleased, volume, since: since,
        "released by claim \(claim) and kept (\(volume.spec.persistentVolumeReclaimPolicy))", evidence: evidence)
      return
    }
    if let failure = events(of: volume).first(where: { $0.reason == "VolumeFailedDelete" }) {
      report(
        .volumeFailed, volume, since: since, "deleting it failed: \(firstLine(failure.message))",
        cause: "deleting it failed", evidence: evidence + [Evidence(failure)], count: failure.occurrences)
      return
    }
    // Its driver deletes the disk first, which takes a while.
    guard hasPassed(.seconds(300), since: since) else { return }
    report(
      .volumeReleased, volume, since: since,
      "released by claim \(claim) and not deleted, though its policy is Delete; no event says why", evidence: evidence)
  }
}

extension StorageClass {
  /// Whether claims that name no class get this one.
  fileprivate var isDefault: Bool {
    metadata.annotations["storageclass.kubernetes.io/is-default-class"] == "true"
      || metadata.annotations["storageclass.beta.kubernetes.io/is-default-class"] == "true"
  }
}
