import ClusterState
import Kube

extension Inspection {
  /// Why a pod that runs is not ready.
  mutating func inspectReadiness(_ pod: Pod) {
    guard let ready = pod.status.conditions.condition("Ready"), !ready.isTrue else { return }
    let notReady = pod.spec.containers.compactMap { container -> ContainerInPod? in
      guard let status = pod.status.containerStatuses.named(container.name), !status.ready,
        status.state.running != nil
      else { return nil }
      return ContainerInPod(pod, container, status, role: .container)
    }
    if let first = notReady.first {
      inspectReadiness(of: first, since: ready.lastTransitionTime)
      return
    }
    // Done for good beside containers that run: a Job's sidecars of the old kind, for one.
    if pod.status.containerStatuses.contains(where: { $0.state.terminated?.exitCode == 0 }) { return }
    inspectGates(pod, ready)
  }

  private mutating func inspectReadiness(of container: ContainerInPod, since transition: Timestamp?) {
    let started = container.status.state.running?.startedAt
    let since = max(transition ?? started, started)
    let probe = container.status.started == false ? container.spec.startupProbe : container.spec.readinessProbe
    let delay = Int64(min(max(0, probe?.initialDelaySeconds ?? 0), 3600))
    guard hasPassed(.seconds(30 + delay), since: since) else { return }
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
      code, container.pod, severity: severity, since: since, sentence, cause: what,
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

/// The later of two times, or the one that is known.
private func max(_ left: Timestamp?, _ right: Timestamp?) -> Timestamp? {
  guard let left, let right else { return left ?? right }
  return Swift.max(left, right)
}
