import ClusterState
import Draining
import HTTPTransport
import Kube
import KubeClient
import Terminal

@testable import Interface

/// A drain in a `World`.
struct FakeDrain {
  var id = 0
  var run: DrainRun?
  var records: [DrainRecord] = []
  /// When it wants to look again.
  var due: Timestamp?
  /// When pods that are going are gone.
  var ends: [PodKey: Timestamp] = [:]
  /// The server does not answer.
  var isDown = false
}

/// What the API server says to a drain: cordons, and evictions that heed the status of budgets. Pods that are evicted
/// end when their grace period is over; nothing replaces them but what a case applies.
extension World {
  func startDrain(_ id: Int, _ order: DrainOrder) {
    let header = DrainHeader(
      id: "run", time: clock.now, context: "demo", cluster: "demo", server: "https://demo", user: "demo-admin",
      order: order)
    drain = FakeDrain(id: id, run: DrainRun(header))
    change { $0.start(at: $1) }
  }

  func tellDrain(_ id: Int, _ control: DrainControl) {
    guard drain.id == id else { return }
    switch control {
    case .pause: change { $0.handle(.pause, at: $1) }
    case .resume: change { $0.handle(.resume, at: $1) }
    case .cancel: change { $0.handle(.cancel, at: $1) }
    case .skip(let pods): for pod in pods { change { $0.handle(.skip(pod), at: $1) } }
    }
  }

  func resumeDrain(_ id: Int, cordonsAgain: Bool) {
    guard drain.id == id, let log = DrainLog(text: drain.records.map { $0.line + "\n" }.joined()) else { return }
    drain.run = DrainRun(resuming: log, cordonsAgain: cordonsAgain)
    change { $0.start(at: $1) }
  }

  func lookAtDrain() {
    drain.due = nil
    change { $0.handle(.look, at: $1) }
  }

  /// Cordons a node, or opens it.
  func cordon(_ name: String, _ isCordoned: Bool = true) throws {
    guard var json = documents["Node//\(name)"] else { throw CaseProblem("no node \(name)") }
    var spec = json["spec"] ?? [:]
    spec["unschedulable"] = .bool(isCordoned)
    json["spec"] = spec
    try apply(json)
  }

  /// Gives a node these taints, by key, and no others.
  func taint(_ name: String, _ keys: [String], added: Timestamp? = nil) throws {
    guard var json = documents["Node//\(name)"] else { throw CaseProblem("no node \(name)") }
    var spec = json["spec"] ?? [:]
    spec["taints"] = .array(
      keys.map { key in
        var taint: JSONValue = ["key": .string(key), "effect": "NoSchedule"]
        taint["timeAdded"] = added.map { .string($0.description) }
        return taint
      })
    json["spec"] = spec
    try apply(json)
  }

  /// Takes pods away whose time has come.
  func endPods() throws {
    for (pod, end) in drain.ends where clock.now >= end {
      drain.ends[pod] = nil
      try delete("pods", namespace: pod.namespace, name: pod.name)
    }
  }

  private func change(_ change: (inout DrainRun, DrainRun.Moment) -> [DrainRun.Effect]) {
    guard var run = drain.run else { return }
    let moment = DrainRun.Moment(steady: clock.now.since(World.start), wall: clock.now)
    var waiting = change(&run, moment)
    while !waiting.isEmpty {
      let effect = waiting.removeFirst()
      switch effect {
      case .record(let record): drain.records.append(record)
      case .tell(let event): interface.drainTold(id: drain.id, event)
      case .look(let delay): drain.due = clock.now.advanced(by: delay)
      case .send(let number, let request):
        waiting += run.handle(.answered(number, answer(request)), at: moment)
      }
    }
    drain.run = run
    interface.drainChanged(id: drain.id, run)
  }

  private func answer(_ request: DrainRequest) -> Result<DrainAnswer, APIFailure> {
    if drain.isDown { return .failure(.transport(.refused(address: "10.0.0.1:6443"))) }
    switch request {
    case .node(let name):
      return state.get(Node.self, name: name).map { .success(.node($0)) } ?? missing("nodes", name)
    case .cordon(let name, _, _, _):
      guard (try? cordon(name)) != nil, let node = state.get(Node.self, name: name) else {
        return missing("nodes", name)
      }
      return .success(.node(node))
    case .podsOfNode(let node, _): return .success(.pods(state.pods(onNode: node)))
    case .podsOfNamespace(let namespace):
      return .success(.pods(state.all(Pod.self).filter { $0.metadata.namespace == namespace }))
    case .budgets(let namespace, _):
      return .success(.budgets(state.all(PodDisruptionBudget.self).filter { $0.metadata.namespace == namespace }))
    case .daemonSet: return .success(.done)
    case .evictionSupport: return .success(.evictionVersion("v1"))
    case .pod(let key):
      let pod = state.get(Pod.self, namespace: key.namespace, name: key.name)
      return pod.map { .success(.pod($0)) } ?? missing("pods", key.name)
    case .owner(let owner, let namespace):
      return documents["\(owner.kind)/\(namespace)/\(owner.name)"].map { .success(.owner($0)) }
        ?? missing(owner.kind, owner.name)
    case .evict(let key, _, let grace, _):
      if let refusal = budgetsRefusal(key) ?? budget(against: key) { return .failure(refusal) }
      return end(key, grace)
    case .delete(let key, let grace, _): return end(key, grace)
    }
  }

  private func end(_ key: PodKey, _ grace: Int?) -> Result<DrainAnswer, APIFailure> {
    guard var json = documents["Pod/\(key.namespace)/\(key.name)"],
      let pod = state.get(Pod.self, namespace: key.namespace, name: key.name)
    else { return missing("pods", key.name) }
    let seconds = grace ?? pod.spec.terminationGracePeriodSeconds ?? 30
    let end = clock.now.advanced(by: .seconds(Int64(seconds)))
    var metadata = json["metadata"] ?? [:]
    metadata["deletionTimestamp"] = .string(end.description)
    metadata["deletionGracePeriodSeconds"] = .int(seconds)
    json["metadata"] = metadata
    guard (try? apply(json)) != nil else { return missing("pods", key.name) }
    // Programs end before they are killed.
    drain.ends[key] = clock.now.advanced(by: .seconds(Int64(seconds / 2)))
    return .success(.done)
  }

  /// The eviction endpoint knows no pods with two budgets.
  private func budgetsRefusal(_ key: PodKey) -> APIFailure? {
    guard let pod = state.get(Pod.self, namespace: key.namespace, name: key.name) else { return nil }
    let count = state.all(PodDisruptionBudget.self).count {
      $0.metadata.namespace == key.namespace && $0.spec.selector?.matches(pod.metadata.labels) == true
    }
    guard count > 1 else { return nil }
    let message = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."
    return .status(Status(code: 500, reason: "InternalError", message: message), retryAfter: nil)
  }

  private func budget(against key: PodKey) -> APIFailure? {
    guard let pod = state.get(Pod.self, namespace: key.namespace, name: key.name) else { return nil }
    let budget = state.all(PodDisruptionBudget.self).first {
      $0.metadata.namespace == key.namespace && $0.spec.selector?.matches(pod.metadata.labels) == true
        && $0.status.disruptionsAllowed <= 0
    }
    guard let budget else { return nil }
    var status = Status(
      code: 429, reason: "TooManyRequests",
      message: "Cannot evict pod as it would violate the pod's disruption budget.")
    var cause = StatusCause()
    cause.reason = "DisruptionBudget"
    cause.message =
      "The disruption budget \(budget.metadata.name) needs \(budget.status.desiredHealthy) healthy pods and has "
      + "\(budget.status.currentHealthy) currently"
    var details = StatusDetails()
    details.causes = [cause]
    status.details = details
    return .status(status, retryAfter: nil)
  }

  private func missing(_ kind: String, _ name: String) -> Result<DrainAnswer, APIFailure> {
    .failure(
      .status(Status(code: 404, reason: "NotFound", message: "\(kind) \"\(name)\" not found"), retryAfter: nil))
  }
}
