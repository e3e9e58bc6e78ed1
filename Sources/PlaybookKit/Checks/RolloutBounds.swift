import ClusterState
import Diagnosis
import Kube

/// The arithmetic of rolling updates.
enum RolloutBounds {
  static func judge(_ deployment: Deployment, _ sets: Lookup<[ReplicaSet]>) -> Judgement {
    let (spec, status) = (deployment.spec, deployment.status)
    let wanted = max(0, spec.replicas ?? 1)
    let old = max(0, status.replicas - status.updatedReplicas)
    let counts = [
      Evidence(deployment.reference, "spec.replicas", "\(wanted)"),
      Evidence(deployment.reference, "status.replicas", "\(status.replicas)"),
      Evidence(deployment.reference, "status.updatedReplicas", "\(status.updatedReplicas)"),
      Evidence(deployment.reference, "status.availableReplicas", "\(status.availableReplicas)"),
    ]
    if spec.strategy.type == "Recreate" {
      return Judgement(
        old > 0 ? .warning : .ok,
        "Recreate: all old pods go before a new one is made; \(old) old left, \(status.updatedReplicas) new",
        evidence: counts)
    }
    let bounds = spec.strategy.rollingUpdate
    let surgeText = bounds?.maxSurge ?? .string("25%")
    let unavailableText = bounds?.maxUnavailable ?? .string("25%")
    guard let surge = surgeText.resolved(of: wanted, roundingUp: true),
      var unavailable = unavailableText.resolved(of: wanted, roundingUp: false)
    else { return Judgement(Doubt(.failed, "maxSurge \(surgeText) or maxUnavailable \(unavailableText) is no number")) }
    let isForced = surge == 0 && unavailable == 0
    if isForced { unavailable = 1 }
    unavailable = min(unavailable, wanted)
    let evidence =
      [
        Evidence(deployment.reference, "spec.strategy.rollingUpdate.maxSurge", "\(surgeText) = \(surge)"),
        Evidence(
          deployment.reference, "spec.strategy.rollingUpdate.maxUnavailable",
          "\(unavailableText) = \(unavailable)\(isForced ? " (0 and 0 would never move)" : "")"),
      ] + counts
    let (most, least) = (wanted + surge, wanted - unavailable)
    let rule =
      "at most \(most) pods, at least \(least) available; now \(status.replicas) and \(status.availableReplicas)"
    if old == 0, status.updatedReplicas >= wanted {
      return Judgement(.ok, "\(rule); no old pod is left", evidence: evidence)
    }
    if status.replicas < most, status.updatedReplicas < wanted {
      return Judgement(.ok, "\(rule): a new pod may be made", evidence: evidence)
    }
    let current: ReplicaSet?
    switch sets {
    case .unknown(let doubt): return Judgement(doubt, evidence: evidence)
    case .none: current = nil
    case .found(let sets): current = sets.first
    }
    // The controller first counts the new pods that are not available as missing, then takes away old pods: those that
    // are not available before those that are.
    let newUnavailable = max(0, status.updatedReplicas - (current?.status.availableReplicas ?? 0))
    let oldAvailable = max(0, status.availableReplicas - (current?.status.availableReplicas ?? 0))
    let mayRemoveBroken = status.replicas - least - newUnavailable > 0 && old > oldAvailable
    let mayRemove = status.availableReplicas > least && status.replicas - least - newUnavailable > 0
    if old > 0, mayRemove || mayRemoveBroken {
      return Judgement(.ok, "\(rule): an old pod may be removed", evidence: evidence)
    }
    return Judgement(
      .problem,
      "\(rule): no pod may be made or removed until \(newUnavailable == 1 ? "the new pod" : "one of \(newUnavailable) new pods") becomes available",
      evidence: evidence)
  }

  static func judge(_ set: StatefulSet) -> Judgement {
    let (spec, status) = (set.spec, set.status)
    let wanted = max(0, spec.replicas ?? 1)
    let evidence = [
      Evidence(set.reference, "spec.updateStrategy.type", spec.updateStrategy.type),
      Evidence(set.reference, "status.updatedReplicas", "\(status.updatedReplicas) of \(wanted)"),
    ]
    let isDone = status.updateRevision == status.currentRevision || status.updatedReplicas >= wanted
    if spec.updateStrategy.type == "OnDelete" {
      return Judgement(
        isDone ? .ok : .warning, "OnDelete: a pod gets the new revision only when somebody deletes it",
        evidence: evidence)
    }
    if let partition = spec.updateStrategy.rollingUpdate?.partition, partition > 0 {
      let share = max(0, wanted - partition)
      return Judgement(
        isDone ? .ok : .warning,
        "partition \(partition): only the \(share) pods with number \(partition) and above get the new revision",
        evidence: evidence)
    }
    let most =
      spec.updateStrategy.rollingUpdate?.maxUnavailable.flatMap { $0.resolved(of: wanted, roundingUp: true) } ?? 1
    return Judgement(
      .ok, "pods are replaced from number \(max(0, wanted - 1)) down, \(max(1, most)) at a time", evidence: evidence)
  }

  static func judge(_ set: DaemonSet) -> Judgement {
    let (spec, status) = (set.spec, set.status)
    let wanted = status.desiredNumberScheduled
    let evidence = [
      Evidence(set.reference, "status.desiredNumberScheduled", "\(wanted)"),
      Evidence(set.reference, "status.updatedNumberScheduled", "\(status.updatedNumberScheduled)"),
      Evidence(set.reference, "status.numberAvailable", "\(status.numberAvailable)"),
    ]
    let isDone = status.updatedNumberScheduled >= wanted
    if spec.updateStrategy.type == "OnDelete" {
      return Judgement(
        isDone ? .ok : .warning, "OnDelete: a pod gets the new revision only when somebody deletes it",
        evidence: evidence)
    }
    let bounds = spec.updateStrategy.rollingUpdate
    let surge = bounds?.maxSurge?.resolved(of: wanted, roundingUp: true) ?? 0
    let most = bounds?.maxUnavailable.map { $0.resolved(of: wanted, roundingUp: true) } ?? 1
    guard let unavailable = most else { return Judgement(Doubt(.failed, "maxUnavailable is no number")) }
    let missing = max(0, wanted - status.numberAvailable)
    let rule =
      "at most \(max(unavailable, surge > 0 ? 0 : 1)) of \(wanted) nodes may lack an available pod; \(missing) do"
    if isDone { return Judgement(.ok, "\(rule); all pods have the new template", evidence: evidence) }
    if surge == 0, missing >= max(1, unavailable) {
      return Judgement(
        .problem, "\(rule): no further node gets the new template until that is better", evidence: evidence)
    }
    return Judgement(.ok, rule, evidence: evidence)
  }
}
