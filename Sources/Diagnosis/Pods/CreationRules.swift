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
    // An init container that runs is doing its work.
    guard !pod.status.initContainerStatuses.contains(where: { $0.state.running != nil && $0.started != true }) else {
      return
    }
    let events = events(of: pod)
    if let event = events.first(where: { Self.failures[$0.reason] != nil }), isRecent(event, pod) {
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
    report(
      .podCreatingSlowly, pod, since: start, "containers not created for \(lasting: start), no event says why",
      cause: "containers not created", evidence: [Evidence(pod.reference, "status.phase", pod.status.phase)])
  }

  /// Events that say why containers are not created.
  private static let failures: [String: FindingCode] = [
    "FailedMount": .podVolumeNotMounted, "FailedAttachVolume": .podVolumeNotMounted,
    "FailedMapVolume": .podVolumeNotMounted, "FailedCreatePodSandBox": .podSandboxFailed,
    "NetworkNotReady": .podSandboxFailed, "FailedPrepareDynamicResources": .podSandboxFailed,
    "FailedCreatePodContainer": .podSandboxFailed,
  ]

  /// The kubelet tries again at least every few minutes: an older failure has been overcome.
  private mutating func isRecent(_ event: Event, _ pod: Pod) -> Bool {
    !hasPassed(.seconds(600), since: event.lastSeen)
  }

  private mutating func reportCreationFailure(_ pod: Pod, _ event: Event, since: Timestamp?) {
    let message = firstLine(event.message)
    if let missing = MissingConfig(event.message) {
      report(
        .podConfigMissing, pod, since: since, "\(missing.text)", evidence: [Evidence(event)], count: event.occurrences)
    } else if message.contains("Multi-Attach error") {
      report(
        .podVolumeNotMounted, pod, since: since, "volume is still attached to another node (Multi-Attach)",
        evidence: [Evidence(event)], count: event.occurrences)
    } else {
      report(
        Self.failures[event.reason] ?? .podCreatingSlowly, pod, since: since,
        "\(event.reason): \(message)", cause: event.reason, evidence: [Evidence(event)], count: event.occurrences)
    }
  }
}
