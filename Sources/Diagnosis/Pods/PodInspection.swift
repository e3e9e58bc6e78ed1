import ClusterState
import Kube

/// How long trouble that is over still counts.
///
/// A finding is about the present. The kubelet itself forgets a container's failures once it has run for ten minutes
/// (twice the longest back-off), so that is the measure for crashes. Running out of memory comes back with the load and
/// not with the start, and what pods left behind is looked for within the hour that events are kept.
enum Recovery {
  /// After a crash: twice the kubelet's longest back-off.
  static let crash: Duration = .seconds(600)
  /// After running out of memory.
  static let outOfMemory: Duration = .seconds(3600)
  /// After an eviction or a rejection, which leave a failed pod behind.
  static let failedPod: Duration = .seconds(3600)
  /// Starts after which crashes are called a loop.
  static let loop = 2
  /// Starts after which crashes are called a habit.
  private static let habit = 5

  /// For how long the end of a container that runs again counts. One that has always crashed every half hour will crash
  /// again: what ends at least hourly, but seldomer than back-off explains, counts for twice its usual time between ends.
  /// Its last run must have been of that length too: many crashes within minutes, and none before, have the same average.
  static func window(_ end: ContainerStateTerminated, of status: ContainerStatus, in pod: Pod) -> Duration {
    let window = end.reason == "OOMKilled" ? outOfMemory : crash
    guard status.restartCount >= habit, let finished = end.finishedAt, let created = pod.metadata.creationTimestamp
    else { return window }
    let usual = finished.since(created).components.seconds / Int64(status.restartCount)
    guard let started = end.startedAt, usual > 600, usual <= 3600, finished.seconds - started.seconds >= usual / 2
    else { return window }
    return max(window, .seconds(2 * usual))
  }
}

extension Inspection {
  /// Everything that is wrong with a pod.
  mutating func inspect(_ pod: Pod) {
    if isQuiet(pod) { return }
    // Kubelets since 1.27 give deleted pods a final phase; what holds a pod then is a finalizer.
    if pod.metadata.deletionTimestamp != nil { return inspectTerminating(pod) }
    switch pod.status.phase {
    case "Succeeded": return
    case "Failed": inspectFailed(pod)
    default:
      if pod.spec.nodeName.isEmpty, !pod.hasStarted {
        inspectUnplaced(pod)
      } else {
        inspectPlaced(pod)
      }
    }
  }

  /// Whether nothing can be wrong with a pod, told from the pod and the existence of its node alone. Nearly all pods are
  /// quiet, and only those that are not need be looked at again when other objects change.
  mutating func isQuiet(_ pod: Pod) -> Bool {
    if pod.metadata.deletionTimestamp != nil { return false }
    if pod.status.phase == "Succeeded" { return true }
    guard pod.status.phase == "Running",
      pod.status.conditions.condition("Ready")?.isTrue == true
    else { return false }
    for container in pod.status.containerStatuses {
      if container.state.running == nil || !container.ready { return false }
      if let last = container.lastState?.terminated, !isHistory(last, of: container, in: pod) { return false }
    }
    for container in pod.status.initContainerStatuses {
      if let last = container.lastState?.terminated, container.state.running != nil,
        !isHistory(last, of: container, in: pod)
      {
        return false
      }
      if let end = container.state.terminated, end.exitCode != 0 { return false }
      if container.state.waiting != nil { return false }
    }
    return !isNodeGone(pod) && !pod.status.conditions.contains { PodResize.isOne($0) }
  }

  /// Whether an earlier end of a container that runs again no longer counts.
  private mutating func isHistory(
    _ end: ContainerStateTerminated, of status: ContainerStatus, in pod: Pod
  ) -> Bool {
    end.finishedAt == nil || hasPassed(Recovery.window(end, of: status, in: pod), since: end.finishedAt)
  }

  func isNodeGone(_ pod: Pod) -> Bool {
    !pod.spec.nodeName.isEmpty && !state.has(Node.self, name: pod.spec.nodeName)
      && state.isConclusive(Node.self)
  }

  private mutating func inspectPlaced(_ pod: Pod) {
    if isNodeGone(pod) { return inspectWithoutNode(pod) }
    if let node = state.get(Node.self, name: pod.spec.nodeName), let ready = node.status.readyCondition,
      ready.status != "True", pod.status.conditions.condition("Ready")?.isTrue != true
    {
      if NetworkPlugin.isAllThatMisses(ready), inspectWithoutPodNetwork(pod) { return }
      report(
        .podNodeNotReady, pod, since: ready.lastTransitionTime,
        "node \(node.metadata.name) is NotReady: \(ready.reason)", cause: "on a node that is NotReady",
        root: node.reference, causedBy: [node.metadata.uid],
        evidence: [Evidence(node.reference, "status.conditions[Ready]", ready.message, at: ready.lastTransitionTime)])
      return
    }
    let before = findings.count
    inspectContainers(pod)
    inspectResize(pod)
    guard findings.count == before else { return }
    if pod.status.phase == "Running" {
      inspectReadiness(pod)
    } else {
      inspectCreation(pod)
    }
  }

  /// Looks at a pod that has no need of the pod network, such as that of a network plug-in itself; false when it has, and
  /// when nothing is wrong with it but that its node is not ready.
  private mutating func inspectWithoutPodNetwork(_ pod: Pod) -> Bool {
    guard pod.spec.hostNetwork || NetworkPlugin.isAgent(pod) else { return false }
    let before = findings.count
    inspectContainers(pod)
    if findings.count == before, pod.status.phase == "Pending" { inspectCreation(pod) }
    return findings.count > before
  }

  /// Nobody reports on such a pod any more; what was wrong with its containers when somebody last did may be what the
  /// person is after, and would come back on another node.
  private mutating func inspectWithoutNode(_ pod: Pod) {
    let before = findings.count
    inspectContainers(pod)
    let inner = withdraw(after: before).max { $0.severity < $1.severity }
    let node = "node \(pod.spec.nodeName) does not exist"
    report(
      .podNodeGone, pod, since: nil, Sentence(node) + (inner.map { "; when last heard of: " + $0.sentence } ?? ""),
      cause: node, evidence: [Evidence(pod.reference, "spec.nodeName", pod.spec.nodeName)] + (inner?.evidence ?? []))
  }

  private mutating func inspectContainers(_ pod: Pod) {
    let before = findings.count
    defer {
      // Without the driver, whose socket they speak to, the containers beside it crash.
      let besides = Set(pod.spec.containers.filter { CSISidecar.isOne($0) }.map(\.name))
      if !besides.isEmpty, findings[before...].contains(where: { !besides.contains($0.container) }) {
        withdraw(after: before) { besides.contains($0.container) && $0.code == .podCrashLoop }
      }
    }
    for container in pod.spec.initContainers {
      guard let status = pod.status.initContainerStatuses.named(container.name) else { continue }
      inspect(ContainerInPod(pod, container, status, role: container.isSidecar ? .sidecar : .initContainer))
    }
    for container in pod.spec.containers {
      guard let status = pod.status.containerStatuses.named(container.name) else { continue }
      inspect(ContainerInPod(pod, container, status, role: .container))
    }
  }
}

extension Pod {
  /// Whether a container has been started: then there was a node, even if the object (edited by hand, cut down for a
  /// capture) does not name it.
  fileprivate var hasStarted: Bool {
    (status.initContainerStatuses + status.containerStatuses).contains {
      $0.restartCount > 0 || $0.state.running != nil || $0.state.terminated != nil || $0.lastState?.terminated != nil
    }
  }
}

extension NodeStatus {
  /// What the kubelet, or the controller in its stead, says about readiness.
  var readyCondition: NodeCondition? { conditions.first { $0.type == "Ready" } }
}

/// A container with its spec and its status.
struct ContainerInPod {
  enum Role: CaseIterable {
    case initContainer, sidecar, container

    /// How a sentence about a container begins where it has to say which.
    func prefix(_ name: String) -> String {
      switch self {
      case .initContainer: "init container \(name): "
      case .sidecar: "sidecar \(name): "
      case .container: "container \(name): "
      }
    }
  }

  let pod: Pod
  let spec: Container
  let status: ContainerStatus
  let role: Role

  init(_ pod: Pod, _ spec: Container, _ status: ContainerStatus, role: Role) {
    self.pod = pod
    self.spec = spec
    self.status = status
    self.role = role
  }

  /// `container app: ` when the pod has several, so that the sentence says which.
  var prefix: String {
    let isAlone = role == .container && pod.spec.containers.count + pod.spec.initContainers.count == 1
    return isAlone ? "" : role.prefix(spec.name)
  }

  /// Where the container's status is in the pod.
  var path: String {
    "status.\(role == .container ? "containerStatuses" : "initContainerStatuses")[\(spec.name)]"
  }

  /// Whether the kubelet starts it again after an end with this code.
  func isRestarted(after exitCode: Int) -> Bool {
    switch spec.restartPolicy ?? pod.spec.restartPolicy {
    case "Never": false
    case "OnFailure": exitCode != 0
    default: role != .initContainer || exitCode != 0
    }
  }

  /// Restarts, within the 32 bits that the API has for them.
  var restarts: Int { min(max(0, status.restartCount), Int(Int32.max)) }

  /// A value of the status as evidence.
  func evidence(_ field: String, _ value: String, at time: Timestamp? = nil) -> Evidence {
    Evidence(pod.reference, "\(path).\(field)", value, at: time)
  }
}
