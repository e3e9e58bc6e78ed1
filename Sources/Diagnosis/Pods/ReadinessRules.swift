import ClusterState
import Kube

extension Inspection {
  /// Why a pod that runs is not ready.
  mutating func inspectReadiness(_ pod: Pod) {
    guard let ready = pod.status.conditions.condition("Ready"), !ready.isTrue else { return }
    let containers =
      pod.spec.containers.compactMap { spec in
        pod.status.containerStatuses.named(spec.name).map { ContainerInPod(pod, spec, $0, role: .container) }
      }
      + pod.spec.initContainers.filter(\.isSidecar).compactMap { spec in
        pod.status.initContainerStatuses.named(spec.name).map { ContainerInPod(pod, spec, $0, role: .sidecar) }
      }
    if let first = containers.first(where: { !$0.status.ready && $0.status.state.running != nil }) {
      inspectReadiness(of: first, since: ready.lastTransitionTime)
      return
    }
    // Done for good beside containers that run: a Job's sidecars of the old kind, for one.
    if pod.status.containerStatuses.contains(where: { $0.state.terminated?.exitCode == 0 }) {
      return inspectHeldJob(pod)
    }
    inspectGates(pod, ready)
  }

  /// Whether a Job's pod is done but for containers that go by what they are called serve the others: as plain
  /// containers nobody stops them, and the Job never ends. Other programs may well take longer than the first.
  private mutating func inspectHeldJob(_ pod: Pod) {
    guard pod.metadata.controller?.kind == "Job" else { return }
    let running = pod.status.containerStatuses.filter { $0.state.running != nil }
    let ends = pod.status.containerStatuses.compactMap(\.state.terminated)
    guard let first = running.first, running.allSatisfy({ Self.isHelper($0.name) }),
      ends.allSatisfy({ $0.exitCode == 0 }),
      let done = ends.compactMap(\.finishedAt).max(), hasPassed(.seconds(600), since: done)
    else { return }
    let names = running.map(\.name).joined(separator: ", ")
    report(
      .jobHeldBySidecar, pod, since: done,
      "its program ended well \(ago: done), but \(names) still \(running.count == 1 ? "runs" : "run"), so that it never ends",
      cause: "\(names) still \(running.count == 1 ? "runs" : "run") though its program ended well",
      evidence: [Evidence(pod.reference, "status.containerStatuses[\(first.name)].state.running", "since its start")])
  }

  private static func isHelper(_ name: String) -> Bool {
    ["proxy", "envoy", "sidecar", "agent", "mesh", "fluent", "collector", "otel"].contains { name.contains($0) }
  }

  /// Why a container that runs is not ready, if that is so for longer than its probes need.
  mutating func inspectReadiness(of container: ContainerInPod, since transition: Timestamp?) {
    let started = container.status.state.running?.startedAt
    let since = max(transition ?? started, started)
    let probe = container.status.started == false ? container.spec.startupProbe : container.spec.readinessProbe
    let delay = Int64(min(max(0, probe?.initialDelaySeconds ?? 0), 3600))
    guard hasPassed(container.isStarting ? container.patience : .seconds(30 + delay), since: since) else { return }
    let kind = container.status.started == false ? "Startup" : "Readiness"
    let unhealthy = events(of: container.pod).first {
      $0.reason == "Unhealthy" && $0.message.hasPrefix("\(kind) probe ")
        && ($0.involvedObject.fieldPath.isEmpty || $0.isAbout(container: container.spec.name))
    }
    // A start may take minutes; after five of them someone should look.
    let severity: Severity = hasPassed(.seconds(300 + delay), since: since) ? .critical : .warning
    var what = kind == "Startup" ? "startup probe has not passed" : "readiness probe fails"
    if let unhealthy { what += ": \(ProbeFailure(unhealthy.message).text)" }
    var sentence: Sentence = "\(container.prefix)\(what)"
    if let since { sentence = sentence + ", for \(lasting: since)" }
    let code: FindingCode =
      kind == "Startup" ? .podNotStarted : probe == nil && unhealthy == nil ? .podNotReady : .podReadinessFailing
    if code == .podNotReady {
      what = "not ready"
      sentence = "\(container.prefix)not ready though it has no readiness probe"
    }
    report(
      code, container, severity: severity, since: since, sentence, cause: what,
      evidence: [container.evidence("ready", "false", at: since)] + (unhealthy.map { [Evidence($0)] } ?? []))
  }

  private mutating func inspectGates(_ pod: Pod, _ ready: Condition) {
    guard hasPassed(.seconds(30), since: ready.lastTransitionTime) else { return }
    let unmet = pod.spec.readinessGates.filter {
      pod.status.conditions.condition($0.conditionType)?.isTrue != true
    }
    if let gate = unmet.first {
      let condition = pod.status.conditions.condition(gate.conditionType)
      let state = condition.map { "is \($0.status)" } ?? "is not set"
      report(
        .podReadinessGate, pod, since: ready.lastTransitionTime, "readiness gate \(gate.conditionType) \(state)",
        evidence: [
          Evidence(pod.reference, "status.conditions[\(gate.conditionType)]", condition?.status ?? "not set")
        ])
    } else {
      let message = firstLine(ready.message.isEmpty ? ready.reason : ready.message)
      report(
        .podNotReady, pod, since: ready.lastTransitionTime, "not ready\(message.isEmpty ? "" : ": " + message)",
        cause: "not ready",
        evidence: [Evidence(pod.reference, "status.conditions[Ready]", ready.message, at: ready.lastTransitionTime)])
    }
  }
}

extension Inspection {
  /// Whether a pod that is not ready is just being started or stopped: within its first minute, its grace period or
  /// what its startup probe allows.
  mutating func isSettling(_ pod: Pod) -> Bool {
    if let deadline = pod.metadata.deletionTimestamp { return !hasPassed(.seconds(10), since: deadline) }
    if !hasPassed(.seconds(60), since: pod.metadata.creationTimestamp) { return pod.metadata.creationTimestamp != nil }
    for spec in pod.spec.containers {
      guard let status = pod.status.containerStatuses.named(spec.name), let running = status.state.running else {
        continue
      }
      let container = ContainerInPod(pod, spec, status, role: .container)
      if container.isStarting, running.startedAt != nil, !hasPassed(container.patience, since: running.startedAt) {
        return true
      }
    }
    return false
  }
}

extension ContainerInPod {
  /// Whether its startup probe has not passed.
  var isStarting: Bool { status.started == false && spec.startupProbe != nil }

  /// How long a start goes without a word: half of what the startup probe allows, from half a minute to five minutes.
  var patience: Duration {
    guard let probe = spec.startupProbe else { return .seconds(30) }
    func bounded(_ value: Int, _ usual: Int) -> Int { value > 0 ? min(value, 3600) : usual }
    let allowed = bounded(probe.periodSeconds, 10) * bounded(probe.failureThreshold, 3)
    return .seconds(min(max(0, probe.initialDelaySeconds), 3600) + min(max(30, allowed / 2), 300))
  }
}

/// The later of two times, or the one that is known.
private func max(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
  guard let left, let right else { return left ?? right }
  return Swift.max(left, right)
}
