import ClusterState
import Foundation
import Kube
import KubeClient
import Scheduling
import Session
import TestSupport

/// Lets the real kube-scheduler place pods and compares what it says with what podmedic computes.
final class SchedulerDifferential {
  private(set) var refused = 0
  private(set) var placed = 0
  private(set) var waiting = 0
  private(set) var retries = 0
  private(set) var differences: [String] = []

  private let live: LiveSession
  private var snapshot: ClusterSnapshot
  private var serial = 0

  private static let kinds: [Resource] = [
    Node.resource, Pod.resource, Namespace.resource, PersistentVolume.resource, PersistentVolumeClaim.resource,
    StorageClass.resource, CSINode.resource, CSIDriver.resource, VolumeAttachment.resource,
  ]

  private init(_ live: LiveSession) {
    self.live = live
    snapshot = ClusterSnapshot(rules: .kubernetes120)
  }

  /// A control plane of its own, in which nothing but the scheduler acts.
  static func start() async throws -> (ControlPlane, SchedulerDifferential) {
    let cluster = try await ControlPlane.start()
    for namespace in RandomCluster.namespaces {
      try await cluster.kubectl("create", "namespace", namespace)
      try await eventually("the service account of \(namespace) has no token") {
        try await !cluster.kubectlResult(
          ["-n", namespace, "get", "serviceaccount", "default", "-o", "jsonpath={.secrets[*].name}"]
        ).output.isEmpty
      }
    }
    // It would bind claims, taint nodes and collect pods while the scheduler looks.
    try await cluster.stop(.controllerManager)
    let live = try LiveSession(cluster)
    try await live.discover()
    live.session.setNeeds(Set(kinds.map { Subscription($0) }))
    try await live.run(
      until: { kinds.allSatisfy { live.freshness($0) == .live } }, "not live: \(kinds.map { live.freshness($0) })")
    return (cluster, SchedulerDifferential(live))
  }

  /// One cluster after another until so many pods have been compared.
  func run(seed: UInt64, pods: Int, podsPerCluster: Int = 40) async throws {
    var seed = seed
    while refused + placed < pods {
      do {
        try await run(RandomCluster(seed: seed, pods: podsPerCluster))
      } catch {
        throw NotSoInTime(description: "seed \(seed): \(error)")
      }
      seed += 1
      if differences.count >= 10 { break }
    }
  }

  private func run(_ cluster: RandomCluster) async throws {
    try await create(cluster.items)
    var last: (namespace: String, object: JSONValue)?
    for pod in cluster.pods {
      snapshot.update(from: live.state)
      if try waitsForItsVolumes(pod) {
        // Nobody makes the volumes here: the pod would keep its place without ever being bound.
        last = last ?? pod
        continue
      }
      try await compare(pod, seed: cluster.seed)
    }
    if let last {
      // Others may have taken its place meanwhile.
      snapshot.update(from: live.state)
      let stillFits = try waitsForItsVolumes(last)
      if stillFits {
        try await compareWaiting(last, seed: cluster.seed)
      } else {
        try await compare(last, seed: cluster.seed)
      }
    }
    try await clear()
  }

  private func waitsForItsVolumes(_ pod: (namespace: String, object: JSONValue)) throws -> Bool {
    let typed = try Pod(pod.object, namespace: pod.namespace)
    let isUnbound = typed.spec.volumes.contains { volume in
      guard let name = volume.persistentVolumeClaim?.claimName else { return false }
      let claim = live.state.get(PersistentVolumeClaim.self, namespace: pod.namespace, name: name)
      return claim?.spec.volumeName.isEmpty ?? false
    }
    return isUnbound && !snapshot.explain(typed).fitting.isEmpty
  }

  // MARK: Comparing

  /// Creates a pod and compares. What differs may have been seen by a scheduler that did not know everything yet: only
  /// what differs for four pods of the kind one after another is a difference.
  private func compare(_ pod: (namespace: String, object: JSONValue), seed: UInt64) async throws {
    var difference = ""
    var last: Pod?
    for attempt in 0..<4 {
      if attempt > 0 {
        retries += 1
        await live.run(seconds: 0.2 * Double(attempt))
      }
      let created = try await createIncoming(pod)
      guard let verdict = try await verdict(on: created) else { continue }
      last = verdict
      snapshot.update(from: live.state)
      let report = snapshot.explain(verdict)
      if let node = verdict.spec.nodeName.nonEmpty {
        if report.nodes.contains(where: { $0.name == node && $0.fits }) {
          placed += 1
          if isWanted(pod) { try await keep(pod, seed: seed, verdict) }
          return
        }
        let reasons = report.nodes.first { $0.name == node }?.findings
        difference = "the scheduler placed it on \(node), podmedic says \(String(describing: reasons))"
        try await delete([verdict])
      } else {
        let theirs = verdict.status.conditions.condition("PodScheduled")?.message ?? ""
        try await delete([verdict])
        if report.message == theirs, report.agrees == true {
          refused += 1
          if isWanted(pod) { try await keep(pod, seed: seed, verdict) }
          return
        }
        difference = "scheduler: \(theirs)\n podmedic: \(report.message ?? "fits on \(report.fitting.map(\.name))")"
      }
    }
    differences.append("seed \(seed), pod \(pod.object["metadata"]?["name"]?.string ?? ""):\n\(difference)")
    if let last { try await keep(pod, seed: seed, last) }
  }

  /// A pod that fits and whose volumes nobody makes: the scheduler must have asked for them.
  private func compareWaiting(_ pod: (namespace: String, object: JSONValue), seed: UInt64) async throws {
    snapshot.update(from: live.state)
    let created = try await createIncoming(pod)
    let names = created.spec.volumes.compactMap { $0.persistentVolumeClaim?.claimName }
    func isAccepted() -> Bool {
      names.contains { name in
        let claim = live.state.get(PersistentVolumeClaim.self, namespace: pod.namespace, name: name)
        return claim?.metadata.annotations["volume.kubernetes.io/selected-node"] != nil
          || live.state.all(PersistentVolume.self).contains {
            $0.spec.claimRef?.name == name && $0.spec.claimRef?.namespace == pod.namespace
          }
      }
    }
    func isRefused() -> Bool {
      live.state.get(Pod.self, namespace: pod.namespace, name: created.metadata.name)?
        .status.conditions.condition("PodScheduled")?.isFalse ?? false
    }
    try await live.run(until: { isAccepted() || isRefused() }, "no verdict on a pod whose volumes are not there")
    if isRefused() {
      differences.append("seed \(seed), pod \(created.metadata.name): fits says podmedic, refused by the scheduler")
      if let refused = live.state.get(Pod.self, namespace: pod.namespace, name: created.metadata.name) {
        try await keep(pod, seed: seed, refused)
      }
    } else {
      waiting += 1
    }
  }

  private func createIncoming(_ pod: (namespace: String, object: JSONValue)) async throws -> Pod {
    serial += 1
    var object = pod.object
    var metadata = object["metadata"] ?? [:]
    metadata["name"] = .string("\(metadata["name"]?.string ?? "")-\(serial)")
    object["metadata"] = metadata
    let answer = try await live.answer(.create(Pod.resource, namespace: pod.namespace, object: object)).json()
    return try Pod(answer, namespace: pod.namespace)
  }

  /// The pod when the scheduler has decided; nil when it does not in time.
  private func verdict(on pod: Pod) async throws -> Pod? {
    func decided() -> Pod? {
      let current = live.state.get(Pod.self, namespace: pod.metadata.namespace, name: pod.metadata.name)
      return current?.status.conditions.condition("PodScheduled") == nil ? nil : current
    }
    try await live.run(until: { decided() != nil }, seconds: 20, "no verdict on \(pod.metadata.name)")
    return decided()
  }

  /// Whether a pod is to be kept although there is no difference: those that `PODMEDIC_DIFFERENTIAL_KEEP` names.
  private func isWanted(_ pod: (namespace: String, object: JSONValue)) -> Bool {
    let names = ProcessInfo.processInfo.environment["PODMEDIC_DIFFERENTIAL_KEEP"]?.split(separator: ",") ?? []
    return names.contains { $0 == pod.object["metadata"]?["name"]?.string ?? "" }
  }

  /// Writes everything that is needed to look at a pod again, without a cluster, to the folder
  /// `PODMEDIC_DIFFERENCES`; such files are the fixtures of SchedulingTests.
  private func keep(_ pod: (namespace: String, object: JSONValue), seed: UInt64, _ verdict: Pod) async throws {
    guard let folder = ProcessInfo.processInfo.environment["PODMEDIC_DIFFERENCES"] else { return }
    var objects: JSONValue = [:]
    for kind in Self.kinds {
      let all = try await live.list(kind)
      objects[kind.kind] = .array(
        all.filter { $0["metadata"]?["name"]?.string != verdict.metadata.name }.map { object in
          var object = object
          object["metadata"]?["managedFields"] = nil
          return object
        })
    }
    var own = pod.object
    own["metadata"]?["namespace"] = .string(pod.namespace)
    let fixture: JSONValue = [
      "seed": .int(Int(seed)), "pod": own, "node": .string(verdict.spec.nodeName),
      "message": .string(verdict.status.conditions.condition("PodScheduled")?.message ?? ""), "objects": objects,
    ]
    let name = own["metadata"]?["name"]?.string ?? ""
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(fixture.bytes()).write(to: URL(fileURLWithPath: "\(folder)/\(name).json"))
  }

  // MARK: Writing

  private func create(_ items: [RandomCluster.Item]) async throws {
    // Pods may refer to claims, and bound pods need no node, so that only the kinds are in order.
    for resource in [StorageClass.resource, PersistentVolume.resource, PersistentVolumeClaim.resource] {
      try await live.send(items.filter { $0.resource == resource }.map(\.creation))
    }
    let rest = [Node.resource, CSINode.resource, Pod.resource]
    try await live.send(items.filter { rest.contains($0.resource) }.map(\.creation))
    try await live.send(items.compactMap(\.change))
    try await live.send(items.filter(\.isDeleted).map(\.deletion))
    try await settle()
  }

  /// Waits until the stores have what the server has.
  private func settle() async throws {
    for kind in Self.kinds { try await live.converge(kind) }
  }

  private func delete(_ pods: [Pod]) async throws {
    try await live.send(
      pods.map {
        .delete(Pod.resource, namespace: $0.metadata.namespace, name: $0.metadata.name, gracePeriodSeconds: 0)
      })
    try await live.run(
      until: {
        pods.allSatisfy { live.state.get(Pod.self, namespace: $0.metadata.namespace, name: $0.metadata.name) == nil }
      }, "deleted pods do not go")
  }

  private func clear() async throws {
    func remove(_ resource: Resource, _ metadata: ObjectMeta) -> [APIRequest] {
      let namespace = resource.isNamespaced ? metadata.namespace : nil
      var requests: [APIRequest] = []
      if !metadata.finalizers.isEmpty {
        requests.append(
          .patch(
            resource, namespace: namespace, name: metadata.name, kind: .merge,
            patch: ["metadata": ["finalizers": nil]]))
      }
      requests.append(.delete(resource, namespace: namespace, name: metadata.name, gracePeriodSeconds: 0))
      return requests
    }
    let kinds = [
      Pod.resource, Node.resource, PersistentVolumeClaim.resource, PersistentVolume.resource, StorageClass.resource,
      CSINode.resource,
    ]
    // A deletion may meet a change by the scheduler and be refused; then it is asked for again.
    for attempt in 1...5 {
      for kind in kinds {
        var requests: [[APIRequest]] = []
        live.state.store(kind)?.forEach { requests.append(remove(kind, $0.metadata)) }
        try await live.send(requests.compactMap { $0.count > 1 ? $0.first : nil }, mayFail: true)
        try await live.send(requests.compactMap(\.last), mayFail: true)
      }
      do {
        return try await live.run(
          until: { kinds.allSatisfy { live.state.store($0)?.count == 0 } }, seconds: 5,
          "not everything goes: \(kinds.map { "\($0.kind) \(live.state.store($0)?.count ?? -1)" })")
      } catch {
        if attempt == 5 { throw error }
      }
    }
  }

  /// Sends requests at the same time and waits for all answers.
}

extension RandomCluster.Item {
  private var name: String { object["metadata"]?["name"]?.string ?? "" }

  fileprivate var creation: APIRequest { .create(resource, namespace: namespace, object: object) }

  fileprivate var deletion: APIRequest { .delete(resource, namespace: namespace, name: name) }

  /// What creation does not take over.
  fileprivate var change: APIRequest? {
    if let taints {
      return .patch(resource, namespace: nil, name: name, kind: .merge, patch: ["spec": ["taints": .array(taints)]])
    }
    guard let status else { return nil }
    return .patch(
      resource, namespace: namespace, name: name, subresource: "status", kind: .merge, patch: ["status": status])
  }
}

extension Pod {
  /// A pod from JSON, in the given namespace.
  init(_ json: JSONValue, namespace: String) throws {
    let bytes = json.bytes()
    let pod = try bytes.withUnsafeBytes { bytes in
      var reader = JSONReader(bytes, pool: StringPool())
      return try Pod(json: &reader)
    }
    self = pod
    metadata.namespace = namespace
  }
}

extension String {
  fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
