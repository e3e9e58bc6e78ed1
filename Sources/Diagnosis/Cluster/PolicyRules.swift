import ClusterState
import Kube

extension Inspection {
  /// Whether a disruption budget refuses every eviction now, or always.
  mutating func inspect(_ budget: PodDisruptionBudget) {
    let status = budget.status
    guard status.expectedPods > 0, status.disruptionsAllowed <= 0,
      status.observedGeneration >= budget.metadata.generation
    else { return }
    let evidence = [
      Evidence(budget.reference, "status.disruptionsAllowed", "\(status.disruptionsAllowed)"),
      Evidence(budget.reference, "status.currentHealthy", "\(status.currentHealthy)"),
      Evidence(budget.reference, "status.desiredHealthy", "\(status.desiredHealthy)"),
      Evidence(budget.reference, "status.expectedPods", "\(status.expectedPods)"),
    ]
    let since = status.conditions.condition("DisruptionAllowed")?.lastTransitionTime
    if status.desiredHealthy >= status.expectedPods {
      report(
        .budgetBlocked, budget, since: since,
        "never allows a disruption: \(status.desiredHealthy) of \(status.expectedPods) pods must be healthy",
        evidence: evidence)
    } else {
      report(
        .budgetBlocked, budget, since: since,
        "allows no disruption now: \(status.currentHealthy) pods healthy, \(status.desiredHealthy) needed",
        evidence: evidence)
    }
  }

  /// Whether a quota has nothing left. A hard limit of 0 is a prohibition and not a shortage.
  mutating func inspect(_ quota: ResourceQuota) {
    let full = quota.status.hard.entries.filter { name, hard in
      guard let used = quota.status.used[name] else { return false }
      return (hard.nanos ?? 0) > 0 && used >= hard
    }
    guard !full.isEmpty else { return }
    let list = full.map { "\($0.key) \(quota.status.used[$0.key]?.text ?? "?") of \($0.value.text)" }.sorted()
    report(
      .quotaExhausted, quota, since: nil, "used up: \(list.joined(separator: ", "))",
      evidence: full.map {
        Evidence(quota.reference, "status.used[\($0.key)]", quota.status.used[$0.key]?.text ?? "")
      })
  }

  /// Whether an autoscaler can do its work.
  mutating func inspect(_ autoscaler: HorizontalPodAutoscaler) {
    for type in ["AbleToScale", "ScalingActive"] {
      guard let condition = autoscaler.status.conditions.condition(type), condition.isFalse,
        condition.reason != "ScalingDisabled"
      else { continue }
      // Metrics of new pods take a minute or two.
      guard hasPassed(.seconds(120), since: condition.lastTransitionTime) else { return }
      report(
        .autoscalerUnable, autoscaler, since: condition.lastTransitionTime,
        "\(condition.reason): \(firstLine(condition.message))",
        evidence: [
          Evidence(
            autoscaler.reference, "status.conditions[\(type)]", condition.message, at: condition.lastTransitionTime)
        ])
      return
    }
    if let limited = autoscaler.status.conditions.condition("ScalingLimited"), limited.isTrue,
      limited.reason == "TooManyReplicas"
    {
      report(
        .autoscalerAtLimit, autoscaler, since: limited.lastTransitionTime,
        "wants more than its maximum of \(autoscaler.spec.maxReplicas) replicas",
        evidence: [
          Evidence(
            autoscaler.reference, "status.conditions[ScalingLimited]", limited.message, at: limited.lastTransitionTime)
        ])
    }
  }

  /// Why a deleted namespace is still there. Emptying one takes a while.
  mutating func inspect(_ namespace: Namespace) {
    guard let deleted = namespace.metadata.deletionTimestamp, hasPassed(.seconds(60), since: deleted) else { return }
    let causes = [
      "NamespaceDeletionDiscoveryFailure", "NamespaceDeletionGroupVersionParsingFailure",
      "NamespaceDeletionContentFailure", "NamespaceFinalizersRemaining", "NamespaceContentRemaining",
    ]
    let conditions = causes.compactMap { namespace.status.conditions.condition($0) }.filter(\.isTrue)
    let why =
      conditions.first.map { firstLine($0.message) }
      ?? "finalizers \(namespace.spec.finalizers.joined(separator: ", "))"
    report(
      .namespaceStuck, namespace, since: deleted, "Terminating for \(lasting: deleted): \(why)", cause: why,
      evidence: conditions.map {
        Evidence(namespace.reference, "status.conditions[\($0.type)]", $0.message, at: $0.lastTransitionTime)
      })
  }
}
