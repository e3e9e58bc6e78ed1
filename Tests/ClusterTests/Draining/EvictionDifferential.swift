import ClusterState
import Draining
import Kube
import KubeClient
import Session
import TestSupport

/// Asks the real eviction endpoint about random budgets and pods and compares its answers with what podmedic computes:
/// first each pod alone, in a dry run, then one after another for real.
final class EvictionDifferential {
  private(set) var answers: [Int: Int] = [:]
  private(set) var differences: [String] = []

  private static let namespace = "budgets"
  private let live: LiveSession
  private let budgetResource: Resource

  private init(_ live: LiveSession) {
    self.live = live
    budgetResource = live.session.catalog.served(PodDisruptionBudget.self) ?? PodDisruptionBudget.resource
  }

  /// A control plane of its own, in which nobody corrects what is written.
  static func start() async throws -> (ControlPlane, EvictionDifferential) {
    let cluster = try await ControlPlane.start()
    try await cluster.kubectl("create", "namespace", namespace)
    try await eventually("the service account has no token") {
      try await !cluster.kubectlResult(
        ["-n", namespace, "get", "serviceaccount", "default", "-o", "jsonpath={.secrets[*].name}"]
      ).output.isEmpty
    }
    try await cluster.stop(.controllerManager)
    try await cluster.stop(.scheduler)
    let live = try LiveSession(cluster)
    try await live.discover()
    return (cluster, EvictionDifferential(live))
  }

  /// One cluster of random budgets and pods after another.
  func run(seed: UInt64, rounds: Int) async throws {
    for round in 0..<UInt64(rounds) where differences.count < 10 {
      var random = SeededRandom(seed: seed &+ round)
      try await write(using: &random)
      try await compare(seed: seed &+ round, using: &random)
      try await clear()
    }
  }

  // MARK: Comparing

  private func compare(seed: UInt64, using random: inout SeededRandom) async throws {
    var budgets = Budgets(try await budgets(), rules: .kubernetes120)
    let pods = try await pods().shuffled(using: &random)
    for pod in pods {
      try await compare(pod, budgets.answer(toEvicting: pod), isDryRun: true, seed: seed)
    }
    for pod in pods {
      try await compare(pod, budgets.evict(pod), isDryRun: false, seed: seed)
    }
  }

  private func compare(_ pod: Pod, _ predicted: EvictionAnswer, isDryRun: Bool, seed: UInt64) async throws {
    var options = ChangeOptions()
    options.isDryRun = isDryRun
    var code = 201
    var message = ""
    var causes: [String] = []
    do {
      _ = try await live.answer(
        .evict(namespace: Self.namespace, pod: pod.metadata.name, version: "v1beta1", options))
    } catch let failure as APIFailure {
      code = failure.code ?? 0
      message = "\(failure)"
      if case .status(let status, _) = failure { causes = status.details?.causes.map(\.message) ?? [] }
    }
    answers[code, default: 0] += 1
    if code != predicted.status || causes != predicted.causes {
      differences.append(
        "seed \(seed), pod \(pod.metadata.name)\(isDryRun ? " (dry run)" : ""): \(code) \(message)\n podmedic: \(predicted)"
      )
    }
  }

  private func budgets() async throws -> [PodDisruptionBudget] {
    try await live.list(budgetResource, namespace: Self.namespace).map { try decode(PodDisruptionBudget.self, $0) }
  }

  private func pods() async throws -> [Pod] {
    try await live.list(Pod.resource, namespace: Self.namespace).map { try decode(Pod.self, $0) }
  }

  private func decode<Object: KubeObject>(_ type: Object.Type, _ json: JSONValue) throws -> Object {
    try json.bytes().withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: StringPool())
      return try Object(json: &reader)
    }
  }

  // MARK: Writing

  private func write(using random: inout SeededRandom) async throws {
    func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: values.indices, using: &random)] }
    for number in 0..<Int.random(in: 1...4, using: &random) {
      let name = "budget-\(number)"
      var spec: JSONValue = pick([
        ["minAvailable": 1], ["minAvailable": "50%"], ["maxUnavailable": 1], ["maxUnavailable": "10%"],
      ])
      let selectors: [JSONValue?] = [
        nil, [:], ["matchLabels": ["app": "a"]], ["matchLabels": ["app": "b"]], ["matchLabels": ["app": "c"]],
        ["matchLabels": ["app": "a", "tier": "x"]],
        ["matchExpressions": [["key": "app", "operator": "In", "values": ["b", "d"]]]],
        ["matchExpressions": [["key": "app", "operator": "NotIn", "values": ["a", "b", "c"]]]],
        ["matchExpressions": [["key": "tier", "operator": "DoesNotExist"]], "matchLabels": ["app": "d"]],
        ["matchExpressions": [["key": "app", "operator": "Exists"], ["key": "tier", "operator": "Exists"]]],
      ]
      spec["selector"] = pick(selectors)
      _ = try await live.answer(
        .create(
          budgetResource, namespace: Self.namespace,
          object: [
            "apiVersion": .string(budgetResource.apiVersion), "kind": "PodDisruptionBudget",
            "metadata": ["name": .string(name)], "spec": spec,
          ]))
      var status: JSONValue = [
        "observedGeneration": .int(pick([0, 1, 1, 1, 2])), "disruptionsAllowed": .int(pick([0, 0, 0, 1, 1, 2, 3])),
        "currentHealthy": .int(pick([0, 1, 2, 3])), "desiredHealthy": .int(pick([0, 1, 2, 3])),
        "expectedPods": .int(pick([0, 1, 2, 3, 4])),
      ]
      // Just as many unconfirmed evictions as the server puts up with, or one more.
      if Int.random(in: 0..<20, using: &random) == 0 {
        let count = pick([1999, 2000, 2001])
        status["disruptedPods"] = .object(
          SmallMap(uniquing: (0..<count).map { ("gone-\($0)", .string("2026-01-01T00:00:00Z")) }))
      }
      try await writeStatus(budgetResource, name, status)
    }
    for number in 0..<14 {
      let name = "pod-\(number)"
      var labels: JSONValue = [:]
      if let app = pick([nil, "a", "a", "a", "b", "b", "c", "d"]) { labels["app"] = .string(app) }
      if pick([true, false, false]) { labels["tier"] = "x" }
      var metadata: JSONValue = ["name": .string(name), "labels": labels]
      let isDeleted = pick([true, false, false, false, false, false])
      if isDeleted { metadata["finalizers"] = ["podmedic.dev/kept"] }
      _ = try await live.answer(
        .create(
          Pod.resource, namespace: Self.namespace,
          object: [
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata,
            "spec": ["nodeName": "no-such-node", "containers": [["name": "c", "image": "x"]]],
          ]))
      var status: JSONValue = [
        "phase": .string(
          pick(["Running", "Running", "Running", "Running", "Pending", "Succeeded", "Failed", "Unknown"]))
      ]
      if let ready = pick(["True", "True", "True", "False", "Unknown", nil]) {
        status["conditions"] = [["type": "Ready", "status": .string(ready)]]
      }
      try await writeStatus(Pod.resource, name, status)
      if isDeleted {
        _ = try await live.answer(.delete(Pod.resource, namespace: Self.namespace, name: name))
      }
    }
  }

  private func writeStatus(_ resource: Resource, _ name: String, _ status: JSONValue) async throws {
    _ = try await live.answer(
      .patch(
        resource, namespace: Self.namespace, name: name, subresource: "status", kind: .merge,
        patch: ["status": status]))
  }

  private func clear() async throws {
    for pod in try await pods() {
      let name = pod.metadata.name
      if !pod.metadata.finalizers.isEmpty {
        _ = try await live.answer(
          .patch(
            Pod.resource, namespace: Self.namespace, name: name, kind: .merge,
            patch: ["metadata": ["finalizers": nil]]))
      }
      do {
        _ = try await live.answer(
          .delete(Pod.resource, namespace: Self.namespace, name: name, gracePeriodSeconds: 0))
      } catch let failure as APIFailure where failure.isNotFound {
        // Without its finalizer it was gone at once.
      }
    }
    for budget in try await budgets() {
      _ = try await live.answer(
        .delete(budgetResource, namespace: Self.namespace, name: budget.metadata.name))
    }
  }
}

extension EvictionAnswer {
  /// What the server says about the budget that refuses.
  fileprivate var causes: [String] {
    guard case .refused(let refusal) = self else { return [] }
    let start = "The disruption budget \(refusal.budget.name)"
    return switch refusal.cause {
    case .isNotProcessed: ["\(start) is still being processed by the server."]
    case .isUsedUp(let needs, let has): ["\(start) needs \(needs) healthy pods and has \(has) currently"]
    case .syncFailed(let message): [message]
    }
  }
}
