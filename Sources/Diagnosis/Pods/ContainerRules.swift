import ClusterState
import Kube

extension Inspection {
  /// What is wrong with a container of a pod that has a node.
  mutating func inspect(_ container: ContainerInPod) {
    if let waiting = container.status.state.waiting, !waiting.reason.isEmpty {
      inspectWaiting(container, waiting)
    } else if let end = container.status.state.terminated {
      inspectEnded(container, end)
    } else if container.status.state.running != nil {
      inspectRunning(container)
    }
  }

  private mutating func inspectWaiting(_ container: ContainerInPod, _ waiting: ContainerStateWaiting) {
    switch waiting.reason {
    case "ContainerCreating", "PodInitializing": return
    case "CrashLoopBackOff":
      reportCrash(container, container.status.lastState?.terminated, isLast: true)
    case "ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "SignatureValidationFailed", "ImageInspectError":
      inspectImagePull(container, waiting)
    case "InvalidImageName":
      report(
        .podImageNameInvalid, container, since: container.pod.metadata.creationTimestamp,
        "\(container.prefix)image name is not valid: \(container.spec.image)",
        evidence: [container.evidence("state.waiting.message", waiting.message)])
    case "ErrImageNeverPull":
      report(
        .podImageNeverPulled, container, since: container.pod.metadata.creationTimestamp,
        "\(container.prefix)image is not on the node and imagePullPolicy is Never: \(container.spec.image)",
        evidence: [container.evidence("state.waiting.message", waiting.message)])
    case "CreateContainerConfigError":
      let message = firstLine(waiting.message)
      let text = MissingConfig(message)?.text ?? (message.isEmpty ? waiting.reason : message)
      let missing = message.contains("subPath") ? missingSubPath(of: container) : nil
      report(
        MissingConfig(message) == nil && missing == nil ? .podConfigInvalid : .podConfigMissing, container,
        since: container.pod.metadata.creationTimestamp,
        "\(container.prefix)\(missing.map { "\($0.text): \(text)" } ?? text)",
        evidence: [container.evidence("state.waiting.message", waiting.message)] + (missing.map { [$0.evidence] } ?? [])
      )
    default:
      // CreateContainerError, RunContainerError, hooks, sandbox errors and whatever comes later.
      let message = StartFailure.cause(waiting.message)
      let reason =
        StartFailure(firstLine(StartFailure.withoutLayers(waiting.message)))?.text
        ?? (message.isEmpty ? waiting.reason : "\(waiting.reason): \(message)")
      let missing = StartFailure.mountPoint(waiting.message).flatMap { missingSubPath(of: container, at: $0) }
      report(
        .podStartFailed, container, since: container.pod.metadata.creationTimestamp,
        "\(container.prefix)\(reason)\(missing.map { "; " + $0.text } ?? "")",
        evidence: [container.evidence("state.waiting.message", waiting.message)]
          + (missing.map { [$0.evidence] } ?? []),
        count: container.restarts)
    }
  }

  private mutating func inspectImagePull(_ container: ContainerInPod, _ waiting: ContainerStateWaiting) {
    let image = container.spec.image
    var evidence = [container.evidence("state.waiting.message", waiting.message)]
    var failure = ImagePullFailure(waiting.message, image: image)
    if failure == .unknown {
      // Older kubelets say only that they back off; the cause is in an event then.
      let event = events(of: container.pod).first {
        $0.reason == "Failed" && $0.message.contains("Failed to pull image")
          && ($0.isAbout(container: container.spec.name) || $0.message.contains(image))
      }
      if let event {
        failure = ImagePullFailure(event.message, image: image)
        evidence.append(Evidence(event))
      }
    }
    var text = "\(failure.text): \(image)"
    if failure == .unknown, let detail = evidence.last.map({ ImagePullFailure.detail($0.value) }), !detail.isEmpty {
      text += ": \(detail)"
    }
    if failure.code == .podImageAccessDenied, let missing = missingPullSecret(of: container.pod) {
      text += "; pull secret \"\(missing.value)\" does not exist"
      evidence.append(missing)
    }
    report(
      failure.code, container, since: container.pod.status.startTime ?? container.pod.metadata.creationTimestamp,
      "\(container.prefix)\(text)", cause: text, evidence: evidence)
  }

  /// The first pull secret of a pod that does not exist, with what says so: the kubelet tells of it and goes on without.
  private mutating func missingPullSecret(of pod: Pod) -> Evidence? {
    let told = events(of: pod).first { $0.reason == "FailedToRetrieveImagePullSecret" }
    for secret in pod.spec.imagePullSecrets {
      let isMissing = isMissing(Secret.self, namespace: pod.metadata.namespace, name: secret.name)
      let names =
        told?.message.split(whereSeparator: { "(), ".contains($0) }).contains { $0 == secret.name[...] } ?? false
      // Since the kubelet told, somebody may have made it.
      let isThere = state.has(Secret.self, namespace: pod.metadata.namespace, name: secret.name)
      if isMissing || names && !isThere { return Evidence(pod.reference, "spec.imagePullSecrets", secret.name) }
    }
    return nil
  }

  private mutating func inspectEnded(_ container: ContainerInPod, _ end: ContainerStateTerminated) {
    let hasFailed = end.exitCode != 0 || end.reason == "OOMKilled"
    if container.isRestarted(after: end.exitCode) {
      // In the back-off, although the kubelet may show the end for a minute before it says so.
      if hasFailed || container.restarts >= Recovery.loop { reportCrash(container, end, isLast: false) }
    } else if hasFailed {
      reportFailure(container, end)
    }
  }

  private mutating func inspectRunning(_ container: ContainerInPod) {
    guard let last = container.status.lastState?.terminated else { return }
    let isOutOfMemory = last.reason == "OOMKilled"
    let window = Recovery.window(last, of: container.status, in: container.pod)
    guard last.finishedAt != nil, !hasPassed(window, since: last.finishedAt) else { return }
    // One crash is nothing yet; two within minutes are a loop that happens to be running.
    guard isOutOfMemory || container.restarts >= Recovery.loop else { return }
    reportCrash(container, last, isLast: true)
  }
}

/// The first line of a text, since sentences have one, and no more than people read.
func firstLine(_ text: String) -> String {
  let line = text.prefix { !$0.isNewline }
  return line.count > 300 ? line.prefix(300) + "…" : String(line)
}
