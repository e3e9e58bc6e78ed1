import Kube

/// The deployment controller.
extension Simulation {
  static let revisionKey = "deployment.kubernetes.io/revision"
  static let hashKey = "pod-template-hash"

  mutating func syncDeployments() {
    for deployment in store.list("deployments.apps") where !deployment.isDeleting { sync(deployment: deployment) }
  }

  private func replicaSets(of deployment: JSONValue) -> [JSONValue] {
    store.list("replicasets.apps", controller: deployment.uid).sorted { Self.revision($0) < Self.revision($1) }
  }

  private static func revision(_ object: JSONValue) -> Int {
    object[path: "metadata", "annotations", revisionKey]?.string.flatMap { Int($0) } ?? 0
  }

  private static func templateWithoutHash(_ replicaSet: JSONValue) -> JSONValue {
    (replicaSet[at: "spec.template"] ?? .null).settingLabel(hashKey, nil)
  }

  private mutating func sync(deployment: JSONValue) {
    let all = replicaSets(of: deployment)
    let template = deployment[at: "spec.template"] ?? .emptyObject
    var current = all.first { Self.templateWithoutHash($0) == template.settingLabel(Self.hashKey, nil) }
    let nextRevision = (all.map { Self.revision($0) }.max() ?? 0) + 1
    if current == nil {
      current = createReplicaSet(of: deployment, template: template, revision: nextRevision)
    } else if let found = current, let newest = all.last, found.uid != newest.uid {
      // A rollback reuses the old ReplicaSet under a new revision.
      current = change("replicasets.apps", namespace: found.namespace, name: found.name) {
        $0.set(["metadata", "annotations", Self.revisionKey], .string(String(nextRevision)))
      }
    }
    guard let new = current else { return }
    let old = all.filter { $0.uid != new.uid }
    if deployment[at: "spec.paused"]?.bool != true { roll(deployment, new: new, old: old) }
    updateStatus(of: deployment, new: new.name)
  }

  private mutating func createReplicaSet(of deployment: JSONValue, template: JSONValue, revision: Int) -> JSONValue {
    let hash = Self.templateHash(template)
    var selector = deployment[at: "spec.selector"] ?? .emptyObject
    selector.set(["matchLabels", Self.hashKey], .string(hash))
    let labels = (template[at: "metadata.labels"] ?? .emptyObject).setting(Self.hashKey, .string(hash))
    let replicaSet: JSONValue = [
      "kind": "ReplicaSet", "apiVersion": "apps/v1",
      "metadata": [
        "name": .string(deployment.name + "-" + hash), "namespace": .string(deployment.namespace), "labels": labels,
        "annotations": [
          "deployment.kubernetes.io/desired-replicas": .string(String(deployment.int(at: "spec.replicas") ?? 1)),
          "deployment.kubernetes.io/revision": .string(String(revision)),
        ],
        "ownerReferences": [Self.ownerReference(deployment, "apps/v1", "Deployment")],
      ],
      "spec": [
        "replicas": 0, "selector": selector, "template": template.settingLabel(Self.hashKey, hash),
      ],
      "status": ["replicas": 0],
    ]
    change("deployments.apps", namespace: deployment.namespace, name: deployment.name) {
      $0.set(["metadata", "annotations", Self.revisionKey], .string(String(revision)))
    }
    return write("replicasets.apps", identified(replicaSet))
  }

  /// Moves replicas from the old ReplicaSets to the new one within maxSurge and maxUnavailable.
  private mutating func roll(_ deployment: JSONValue, new: JSONValue, old: [JSONValue]) {
    let desired = deployment.int(at: "spec.replicas") ?? 1
    func replicas(_ set: JSONValue) -> Int { set.int(at: "spec.replicas") ?? 0 }
    func available(_ set: JSONValue) -> Int { set.int(at: "status.availableReplicas") ?? 0 }
    let oldTotal = old.map { replicas($0) }.reduce(0, +)
    if deployment.text(at: "spec.strategy.type") == "Recreate" {
      for set in old where replicas(set) > 0 { scale(deployment, set, to: 0) }
      let oldPods = old.flatMap { pods(ownedBy: $0) }
      if oldPods.isEmpty, replicas(new) != desired { scale(deployment, new, to: desired) }
      return
    }
    let surge = Self.share(deployment[at: "spec.strategy.rollingUpdate.maxSurge"] ?? "25%", of: desired, up: true)
    var maxUnavailable = Self.share(
      deployment[at: "spec.strategy.rollingUpdate.maxUnavailable"] ?? "25%", of: desired, up: false)
    if surge == 0, maxUnavailable == 0 { maxUnavailable = 1 }
    var newReplicas = replicas(new)
    if newReplicas > desired {
      newReplicas = desired
    } else if newReplicas < desired {
      newReplicas = min(desired, newReplicas + max(0, desired + surge - oldTotal - newReplicas))
    }
    if newReplicas != replicas(new) { scale(deployment, new, to: newReplicas) }
    guard oldTotal > 0 else { return }
    let newUnavailable = max(0, newReplicas - available(new))
    var removable = oldTotal + newReplicas - (desired - maxUnavailable) - newUnavailable
    // Replicas that are not available go first: they serve nobody.
    for set in old where removable > 0 && replicas(set) > 0 {
      let broken = min(removable, max(0, replicas(set) - available(set)))
      if broken > 0 {
        scale(deployment, set, to: replicas(set) - broken)
        removable -= broken
      }
    }
    let left = replicaSets(of: deployment).filter { $0.uid != new.uid }
    var spare = (left + [new]).map { available($0) }.reduce(0, +) - (desired - maxUnavailable)
    for set in left where spare > 0 && replicas(set) > 0 {
      let count = min(spare, replicas(set))
      scale(deployment, set, to: replicas(set) - count)
      spare -= count
    }
  }

  private mutating func scale(_ deployment: JSONValue, _ replicaSet: JSONValue, to count: Int) {
    let before = replicaSet.int(at: "spec.replicas") ?? 0
    change("replicasets.apps", namespace: replicaSet.namespace, name: replicaSet.name) {
      $0.set("spec.replicas", .int(count))
      $0.set("metadata.generation", .int($0.generation + 1))
      $0.set(
        ["metadata", "annotations", "deployment.kubernetes.io/desired-replicas"],
        .string(String(deployment.int(at: "spec.replicas") ?? 1)))
    }
    record(
      deployment, "Normal", "ScalingReplicaSet",
      "Scaled \(count > before ? "up" : "down") replica set \(replicaSet.name) from \(before) to \(count)",
      source: "deployment-controller")
  }

  private mutating func updateStatus(of stale: JSONValue, new name: String) {
    guard var deployment = store.object("deployments.apps", namespace: stale.namespace, name: stale.name) else {
      return
    }
    let sets = replicaSets(of: deployment)
    func sum(_ field: String) -> Int { sets.map { $0.int(at: "status." + field) ?? 0 }.reduce(0, +) }
    let desired = deployment.int(at: "spec.replicas") ?? 1
    let new = sets.first { $0.name == name }
    let updated = new?.int(at: "status.replicas") ?? 0
    let (total, ready, available) = (sum("replicas"), sum("readyReplicas"), sum("availableReplicas"))
    var status = deployment["status"] ?? .emptyObject
    status["observedGeneration"] = .int(deployment.generation)
    let unavailable = max(0, max(total, desired) - available)
    for (field, value) in [
      ("replicas", total), ("updatedReplicas", updated), ("readyReplicas", ready), ("availableReplicas", available),
      ("unavailableReplicas", unavailable),
    ] { status[field] = value > 0 ? .int(value) : nil }
    let maxUnavailable = Self.share(
      deployment[at: "spec.strategy.rollingUpdate.maxUnavailable"] ?? "25%", of: desired, up: false)
    let isAvailable = available >= desired - maxUnavailable
    setCondition(
      &status, "Available", isAvailable ? "True" : "False",
      reason: isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
      message: isAvailable
        ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
      hasUpdateTime: true)
    let isComplete = updated == desired && total == desired && available == desired
    progress(&status, deployment, name, isComplete: isComplete, counts: (total, updated, ready, available))
    if let failure = new?.condition("ReplicaFailure") {
      setCondition(
        &status, "ReplicaFailure", "True", reason: failure.text(at: "reason"), message: failure.text(at: "message"),
        hasUpdateTime: true)
    } else {
      status["conditions"] = .array(
        status.list(at: "conditions").filter { $0["type"]?.string != "ReplicaFailure" })
    }
    deployment["status"] = status
    write("deployments.apps", deployment)
  }

  /// The Progressing condition: complete, under way, or past its deadline.
  private func progress(
    _ status: inout JSONValue, _ deployment: JSONValue, _ set: String, isComplete: Bool,
    counts: (total: Int, updated: Int, ready: Int, available: Int)
  ) {
    let old = deployment.condition("Progressing")
    let isSameSet = old?.text(at: "message").contains("\"\(set)\"") == true
    if isComplete {
      setCondition(
        &status, "Progressing", "True", reason: "NewReplicaSetAvailable",
        message: "ReplicaSet \"\(set)\" has successfully progressed.", hasUpdateTime: true)
      return
    }
    // A complete rollout that loses a pod later is not a new rollout.
    if isSameSet, old?.text(at: "reason") == "NewReplicaSetAvailable" { return }
    func before(_ field: String) -> Int { deployment.int(at: "status." + field) ?? 0 }
    let isProgress =
      !isSameSet || counts.updated > before("updatedReplicas") || counts.ready > before("readyReplicas")
      || counts.available > before("availableReplicas")
      || counts.total - counts.updated < before("replicas") - before("updatedReplicas")
    let deadline = Duration.seconds(deployment.int(at: "spec.progressDeadlineSeconds") ?? 600)
    let lastProgress = old?.time(at: "lastUpdateTime") ?? now
    if !isProgress {
      if old?.text(at: "status") == "True", now.since(lastProgress) >= deadline {
        setCondition(
          &status, "Progressing", "False", reason: "ProgressDeadlineExceeded",
          message: "ReplicaSet \"\(set)\" has timed out progressing.", hasUpdateTime: true)
      }
      return
    }
    setCondition(
      &status, "Progressing", "True", reason: "ReplicaSetUpdated",
      message: "ReplicaSet \"\(set)\" is progressing.", hasUpdateTime: true)
    status["conditions"] = .array(
      status.list(at: "conditions").map {
        $0["type"]?.string == "Progressing" ? $0.setting("lastUpdateTime", .time(now)) : $0
      })
  }

  /// A number or a percentage of `total`.
  static func share(_ value: JSONValue, of total: Int, up: Bool) -> Int {
    if let int = value.int { return int }
    guard let text = value.string, text.hasSuffix("%"), let percent = Int(text.dropLast()) else {
      return value.string.flatMap { Int($0) } ?? 0
    }
    return up ? (total * percent + 99) / 100 : total * percent / 100
  }

  /// A hash of a pod template in the alphabet of ReplicaSet names.
  static func templateHash(_ template: JSONValue) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in template.bytes() { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
    return String(decoding: String(hash).utf8.map { alphabet[Int($0) % alphabet.count] }, as: UTF8.self)
  }
}

extension JSONValue {
  /// A pod template with a label set or, with nil, removed.
  func settingLabel(_ key: String, _ value: String?) -> JSONValue {
    var copy = self
    copy.set(["metadata", "labels", key], value.map { .string($0) })
    return copy
  }
}
