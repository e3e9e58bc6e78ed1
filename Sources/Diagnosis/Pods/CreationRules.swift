import ClusterState
import Kube

extension Inspection {
  /// What keeps the containers of a pod that has a node from being created.
  mutating func inspectCreation(_ pod: Pod) {
    let start =
      pod.status.conditions.condition("PodScheduled")?.lastTransitionTime ?? pod.status.startTime
      ?? pod.metadata.creationTimestamp
    // Mounts fail for some seconds while volumes are attached and caches filled; that is not worth a word.
    guard hasPassed(.seconds(30), since: start) else { return }
    let isWaiting = (pod.status.containerStatuses + pod.status.initContainerStatuses).contains {
      $0.state.waiting != nil
    }
    guard isWaiting || pod.status.containerStatuses.isEmpty else { return }
    if inspectRunningInit(pod) { return }
    let events = events(of: pod)
    if let event = creationFailure(events) {
      reportCreationFailure(pod, event, since: start)
      return
    }
    if let pulling = events.first(where: { $0.reason == "Pulling" }),
      !events.contains(where: { $0.reason == "Pulled" && ($0.lastSeen ?? now) >= (pulling.lastSeen ?? now) })
    {
      guard hasPassed(.seconds(120), since: pulling.lastSeen), let seen = pulling.lastSeen else { return }
      report(
        .podPullingSlowly, pod, since: seen, "image being pulled for \(lasting: seen)",
        cause: "image being pulled for minutes", evidence: [Evidence(pulling)])
      return
    }
    guard hasPassed(.seconds(300), since: start), let start else { return }
    if let (missing, how) = missingSource(of: pod) {
      report(
        .podConfigMissing, pod, since: start, "\(missing) not found",
        evidence: [Evidence(pod.reference, "spec", "\(how): \(missing)")])
      return
    }
    report(
      .podCreatingSlowly, pod, since: start, "containers not created for \(lasting: start), no event says why",
      cause: "containers not created", evidence: [Evidence(pod.reference, "status.phase", pod.status.phase)])
  }

  /// The first ConfigMap or Secret that the pod needs and that does not exist; what events say about it is forgotten, or
  /// may not be read.
  private mutating func missingSource(of pod: Pod) -> (words: String, how: String)? {
    for use in pod.spec.uses where !use.isOptional {
      let isMissing =
        switch use.kind {
        case "ConfigMap": isMissing(ConfigMap.self, namespace: pod.metadata.namespace, name: use.name)
        case "Secret": isMissing(Secret.self, namespace: pod.metadata.namespace, name: use.name)
        default: false
        }
      if isMissing { return ("\(use.kind.lowercased()) \"\(use.name)\"", use.how) }
    }
    return nil
  }

  /// Looks at the init container or sidecar that the others wait for; false when none runs that they wait for.
  private mutating func inspectRunningInit(_ pod: Pod) -> Bool {
    for spec in pod.spec.initContainers {
      guard let status = pod.status.initContainerStatuses.named(spec.name), let running = status.state.running else {
        continue
      }
      if spec.isSidecar {
        guard status.started == false else { continue }
        inspectReadiness(of: ContainerInPod(pod, spec, status, role: .sidecar), since: running.startedAt)
        return true
      }
      // It is doing its work, which takes minutes now and then.
      if hasPassed(.seconds(600), since: running.startedAt), let since = running.startedAt {
        report(
          .podCreatingSlowly, pod, since: since, "init container \(spec.name) has been running for \(lasting: since)",
          cause: "init container \(spec.name) does not end",
          evidence: [Evidence(pod.reference, "status.initContainerStatuses[\(spec.name)].state", "running", at: since)])
      }
      return true
    }
    return false
  }

  /// The event that tells best why containers are not created. The kubelet tries again at least every few minutes, so
  /// older failures have been overcome, as have those from before a pull. That it all takes too long is said last and
  /// tells nothing.
  private mutating func creationFailure(_ events: [Event]) -> Event? {
    let progress = events.first { ["Pulling", "Pulled", "Created", "Started"].contains($0.reason) }?.lastSeen
    let failures = events.filter { event in
      guard Self.failures[event.reason] != nil else { return false }
      guard let progress, let seen = event.lastSeen else { return true }
      return seen >= progress
    }
    // The controller that attaches disks says this once, however long it lasts; until the disk comes, it does last.
    let attached = events.first { $0.reason == "SuccessfulAttachVolume" }?.lastSeen
    if let held = failures.first(where: \.isMultiAttach), attached.map({ $0 < held.lastSeen ?? now }) ?? true {
      return held
    }
    guard let newest = failures.first, !hasPassed(.seconds(600), since: newest.lastSeen) else { return nil }
    return failures.first { !$0.message.contains("timed out waiting for the condition") } ?? newest
  }

  /// Events that say why containers are not created.
  private static let failures: [String: FindingCode] = [
    "FailedMount": .podVolumeNotMounted, "FailedAttachVolume": .podVolumeNotMounted,
    "FailedMapVolume": .podVolumeNotMounted, "FailedCreatePodSandBox": .podSandboxFailed,
    "NetworkNotReady": .podSandboxFailed, "FailedPrepareDynamicResources": .podSandboxFailed,
    "FailedCreatePodContainer": .podSandboxFailed,
  ]

  /// A pod on another node that uses one of the pod's claims.
  private func holder(ofVolumesOf pod: Pod) -> Pod? {
    let claims = Set(pod.spec.volumes.compactMap(\.persistentVolumeClaim?.claimName))
    guard !claims.isEmpty else { return nil }
    return state.all(Pod.self).filter { other in
      other.metadata.namespace == pod.metadata.namespace && !other.spec.nodeName.isEmpty
        && other.spec.nodeName != pod.spec.nodeName && !other.isTerminal
        && other.spec.volumes.contains { $0.persistentVolumeClaim.map { claims.contains($0.claimName) } ?? false }
    }.min { $0.metadata.name < $1.metadata.name }
  }

  private mutating func reportCreationFailure(_ pod: Pod, _ event: Event, since: Timestamp?) {
    var message = firstLine(event.message)
    // What mount itself said comes after how it was called.
    if let output = event.message.firstRange(of: "\nOutput: ") {
      message += ": " + firstLine(String(event.message[output.upperBound...]))
    }
    if let missing = MissingConfig(event.message) {
      report(
        .podConfigMissing, pod, since: since, "\(missing.text)", evidence: [Evidence(event)], count: event.occurrences)
    } else if event.isMultiAttach {
      let holder = holder(ofVolumesOf: pod)
      let node = holder.flatMap { state.get(Node.self, name: $0.spec.nodeName) }
      let place = holder.map { "\($0.spec.nodeName), where pod \($0.metadata.name) uses it" } ?? "another node"
      let isDown = node.map { $0.status.readyCondition?.status != "True" } ?? false
      report(
        .podVolumeNotMounted, pod, since: since,
        "volume is still attached to \(place)\(isDown ? ", and the node is NotReady" : "") (Multi-Attach)",
        cause: "volume is still attached to another node (Multi-Attach)",
        causedBy: isDown ? [node?.metadata.uid].compactMap { $0 } : [],
        evidence: [Evidence(event)]
          + (holder.map { [Evidence($0.reference, "spec.nodeName", $0.spec.nodeName)] } ?? []),
        count: event.occurrences)
    } else {
      report(
        Self.failures[event.reason] ?? .podCreatingSlowly, pod, since: since,
        "\(event.reason): \(message)", cause: event.reason, evidence: [Evidence(event)], count: event.occurrences)
    }
  }
}

extension Event {
  /// Whether a disk that is for one node is asked for on a second.
  fileprivate var isMultiAttach: Bool { message.contains("Multi-Attach error") }
}
