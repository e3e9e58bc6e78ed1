import ClusterState
import Kube

extension Inspection {
  /// Why a deleted pod is still there.
  mutating func inspectTerminating(_ pod: Pod) {
    guard let deadline = pod.metadata.deletionTimestamp, hasPassed(.seconds(10), since: deadline) else { return }
    let nodeName = pod.spec.nodeName
    let evidence = [Evidence(pod.reference, "metadata.deletionTimestamp", deadline.description, at: deadline)]
    let why: (text: String, evidence: Evidence?)
    var node: Node?
    if !pod.metadata.finalizers.isEmpty {
      let names = pod.metadata.finalizers.joined(separator: ", ")
      why = ("finalizer \(names)", Evidence(pod.reference, "metadata.finalizers", names))
    } else if isNodeGone(pod) {
      why = ("node \(nodeName) does not exist", Evidence(pod.reference, "spec.nodeName", nodeName))
    } else if let dead = state.get(Node.self, name: nodeName), let ready = dead.status.readyCondition,
      ready.status != "True"
    {
      node = dead
      why = ("node \(nodeName) is NotReady", Evidence(pod.reference, "spec.nodeName", nodeName))
    } else if let event = events(of: pod).first(where: {
      ["FailedKillPod", "FailedUnmount", "FailedUnmountDevice", "FailedDetachVolume", "FailedPreStopHook"].contains(
        $0.reason)
    }) {
      why = ("\(event.reason): \(firstLine(event.message))", Evidence(event))
    } else {
      let left = (pod.status.containerStatuses + pod.status.initContainerStatuses)
        .filter { $0.state.running != nil }.map(\.name)
      why = (
        left.isEmpty ? "the kubelet has not confirmed the end" : "still running: \(left.joined(separator: ", "))", nil
      )
    }
    report(
      .podStuckTerminating, pod, since: deadline,
      "Terminating for \(lasting: deadline) past its grace period, \(why.text)",
      cause: "Terminating past the grace period: \(why.text)", root: node?.reference,
      causedBy: node.map { [$0.metadata.uid] } ?? [], evidence: evidence + (why.evidence.map { [$0] } ?? []))
  }

  /// Why a pod failed, for as long as that is news.
  mutating func inspectFailed(_ pod: Pod) {
    if let owner = pod.metadata.controller, owner.kind == "Job" {
      inspectFailed(pod, of: owner)
      return
    }
    guard !hasPassed(Recovery.failedPod, since: pod.endTime) else { return }
    reportEnd(of: pod)
  }

  /// Why one of a Job's tries failed, for as long as the Job's own finding counts it: that is what it follows from.
  private mutating func inspectFailed(_ pod: Pod, of owner: OwnerReference) {
    guard let job = state.get(Job.self, namespace: pod.metadata.namespace, name: owner.name),
      job.metadata.uid == owner.uid, tellsOfFailures(job)
    else { return }
    let before = findings.count
    reportEnd(of: pod)
    attribute(findingsAfter: before, to: job)
  }

  /// Why a pod failed, whenever that was.
  mutating func reportEnd(of pod: Pod) {
    let end = pod.endTime
    let message = pod.status.message
    let evidence = [
      Evidence(pod.reference, "status.reason", pod.status.reason, at: end),
      Evidence(pod.reference, "status.message", message, at: end),
    ]
    switch pod.status.reason {
    case "Evicted":
      let cause = Eviction(message).text
      report(.podEvicted, pod, since: end, "Evicted: \(cause)", evidence: evidence)
    case "DeadlineExceeded":
      let limit = pod.spec.activeDeadlineSeconds.map { " of \(Duration.seconds($0).human)" } ?? ""
      report(.podDeadlineExceeded, pod, since: end, "ran longer than its deadline\(limit)", evidence: evidence)
    case "":
      inspectFailedContainers(pod, end: end)
    case "Terminated", "NodeShutdown", "Shutdown", "NodeLost", "Preempting":
      report(.podFailed, pod, since: end, "\(pod.status.reason): \(firstLine(message))", evidence: evidence)
    default:
      let text = message.isEmpty ? "" : ": \(firstLine(message))"
      report(
        .podRejected, pod, since: end, "rejected by the kubelet, \(pod.status.reason)\(text)",
        cause: "rejected by the kubelet, \(pod.status.reason)", evidence: evidence)
    }
  }

  private mutating func inspectFailedContainers(_ pod: Pod, end: Timestamp?) {
    let before = findings.count
    let containers =
      pod.spec.initContainers.compactMap { spec in
        pod.status.initContainerStatuses.named(spec.name).map {
          ContainerInPod(pod, spec, $0, role: spec.isSidecar ? .sidecar : .initContainer)
        }
      }
      + pod.spec.containers.compactMap { spec in
        pod.status.containerStatuses.named(spec.name).map { ContainerInPod(pod, spec, $0, role: .container) }
      }
    // Sidecars are stopped when the others are done, so that they failed means something only if nobody else did.
    for isSidecar in [false, true] where findings.count == before {
      for container in containers where (container.role == .sidecar) == isSidecar {
        if let end = container.status.state.terminated, end.exitCode != 0 || end.reason == "OOMKilled" {
          reportFailure(container, end)
        }
      }
    }
    if findings.count == before {
      report(
        .podFailed, pod, since: end, "failed\(pod.status.message.isEmpty ? "" : ": " + firstLine(pod.status.message))",
        cause: "failed", evidence: [Evidence(pod.reference, "status.phase", pod.status.phase, at: end)])
    }
  }
}

extension Pod {
  /// When a pod that is over ended, as far as it tells.
  var endTime: Timestamp? {
    let ends = status.containerStatuses.compactMap { $0.state.terminated?.finishedAt }
    let changes = status.conditions.compactMap(\.lastTransitionTime)
    return ends.max() ?? changes.max() ?? status.startTime ?? metadata.creationTimestamp
  }
}

/// Why the kubelet evicted a pod, out of its message.
struct Eviction: Equatable {
  /// `node low on memory`, `container app over its ephemeral-storage limit 1Gi`, …
  let text: String

  /// Reads the kubelet's forms; anything else stays as it is.
  init(_ message: String) {
    let message = firstLine(message)
    if let start = message.firstRange(of: "low on resource: ") {
      text = "node low on \(message[start.upperBound...].prefix { $0 != "." && $0 != " " })"
    } else if let limit = Self.quoted(message, after: "exceeded its local ephemeral storage limit ") {
      text = "container over its ephemeral-storage limit \(limit)"
    } else if message.hasPrefix("Pod ephemeral local storage usage exceeds the total limit of containers") {
      text = "pod over its ephemeral-storage limit"
    } else if let volume = Self.quoted(message, after: "Usage of EmptyDir volume ") {
      let limit = Self.quoted(message, after: "exceeds the limit ").map { " \($0)" } ?? ""
      text = "emptyDir \(volume) over its limit\(limit)"
    } else if let start = message.firstRange(of: "The node had condition: [") {
      text = "node had \(message[start.upperBound...].prefix { $0 != "]" })"
    } else {
      text = message.isEmpty ? "no reason given" : message
    }
  }

  private static func quoted(_ text: String, after prefix: String) -> String? {
    guard let start = text.firstRange(of: prefix + "\"") else { return nil }
    return String(text[start.upperBound...].prefix { $0 != "\"" })
  }
}
