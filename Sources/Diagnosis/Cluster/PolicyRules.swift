import ClusterState
import Kube

extension Inspection {
  /// Whether a disruption budget refuses every eviction now, or always.
  mutating func inspect(_ budget: PodDisruptionBudget) {
    let status = budget.status
    if let allowed = status.conditions.condition("DisruptionAllowed"), allowed.isFalse, allowed.reason == "SyncFailed" {
      guard hasPassed(.seconds(60), since: allowed.lastTransitionTime) else { return }
      report(
        .budgetFailed, budget, since: allowed.lastTransitionTime,
        "cannot be computed, so every eviction is refused: \(firstLine(allowed.message))",
        evidence: [
          Evidence(
            budget.reference, "status.conditions[DisruptionAllowed]", allowed.message, at: allowed.lastTransitionTime)
        ])
      return
    }
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
        "allows no disruption now: \(status.currentHealthy) of \(status.expectedPods) pods healthy, "
          + "\(status.desiredHealthy) needed",
        causedBy: unhealthyPods(of: budget), evidence: evidence)
    }
  }

  /// The pods that keep a budget from allowing anything, if they are as many as it lacks.
  private func unhealthyPods(of budget: PodDisruptionBudget) -> [String] {
    guard let selector = budget.spec.selector else { return [] }
    var pods: [String] = []
    state.store(of: Pod.self)?.forEach { object in
      guard object.metadata.namespace == budget.metadata.namespace, selector.matches(object.metadata.labels) == true,
        let pod = object as? Pod, !pod.status.isTerminal, !pod.isReadyNow
      else { return }
      pods.append(pod.metadata.uid)
    }
    return pods.count > budget.status.desiredHealthy - budget.status.currentHealthy ? pods.sorted() : []
  }

  /// Pods that several budgets select: the server then refuses to evict them at all, whatever the budgets say.
  mutating func inspectOverlaps(of budgets: [PodDisruptionBudget]) {
    let crowded = Dictionary(grouping: budgets) { $0.metadata.namespace }.filter { $0.value.count > 1 }
    guard !crowded.isEmpty else { return }
    var overlaps: [[String]: (pods: Int, first: String, budget: PodDisruptionBudget)] = [:]
    state.store(of: Pod.self)?.forEach { object in
      guard let rivals = crowded[object.metadata.namespace] else { return }
      let selecting = rivals.filter { $0.spec.selector?.matches(object.metadata.labels) == true }
        .sorted { $0.metadata.name < $1.metadata.name }
      guard selecting.count > 1, let pod = object as? Pod, !pod.status.isTerminal else { return }
      let key = [pod.metadata.namespace] + selecting.map(\.metadata.name)
      let (pods, first, _) = overlaps[key] ?? (0, pod.metadata.name, selecting[0])
      overlaps[key] = (pods + 1, min(first, pod.metadata.name), selecting[0])
    }
    for (key, overlap) in overlaps {
      let names = key.dropFirst().joined(separator: ", ")
      report(
        .budgetFailed, overlap.budget, since: nil,
        "budgets \(names) select the same \(overlap.pods) \(overlap.pods == 1 ? "pod" : "pods"), such as \(overlap.first): "
          + "the server refuses to evict them at all",
        evidence: [Evidence(overlap.budget.reference, "spec.selector", "selects \(overlap.first) beside \(names)")])
    }
  }

  /// Whether a quota has nothing left. A hard limit of 0 is a prohibition and not a shortage. One that is merely full
  /// does what it is for; what it refuses is trouble of the workload that wants it, and the quota stands below that.
  mutating func inspect(_ quota: ResourceQuota) {
    let full = quota.status.hard.entries.filter { name, hard in
      guard let used = quota.status.used[name] else { return false }
      return (hard.nanos ?? 0) > 0 && used >= hard
    }
    guard !full.isEmpty else { return }
    let list = full.map { "\($0.key) \(quota.status.used[$0.key]?.text ?? "?") of \($0.value.text)" }.sorted()
    report(
      .quotaExhausted, quota, since: nil, "used up: \(list.joined(separator: ", "))",
      causedBy: [refusers[ObjectName(quota.metadata)]].compactMap { $0 },
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
        "\(condition.reason): \(firstLine(condition.message))", root: firstRival(of: autoscaler, condition),
        causedBy: sourceOfMetrics(for: autoscaler, condition.message),
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

  /// The first by name of the autoscalers that scale the same pods, as their message names them in
  /// `pods by selector app=web are controlled by multiple HPAs: [shop/web shop/web-cpu]`: all of them say the same, and
  /// one of them has to go. nil when that is not what is wrong.
  private func firstRival(of autoscaler: HorizontalPodAutoscaler, _ condition: some StatusCondition) -> ObjectReference?
  {
    guard condition.reason == "AmbiguousSelector",
      let list = condition.message.firstRange(of: "multiple HPAs: [")
    else { return nil }
    let namespace = autoscaler.metadata.namespace
    return condition.message[list.upperBound...].prefix { $0 != "]" }.split(separator: " ")
      .compactMap { $0.split(separator: "/").last.map(String.init) }.sorted().lazy
      .compactMap { state.get(HorizontalPodAutoscaler.self, namespace: namespace, name: $0)?.reference }.first
  }

  /// What has to be mended before an autoscaler that lacks the usage of its pods can go on: the server of the metrics,
  /// or its target when that has no pod that could be measured.
  private func sourceOfMetrics(for autoscaler: HorizontalPodAutoscaler, _ message: String) -> [String] {
    guard message.contains("resource metrics API") || message.contains("for targeted pods") else { return [] }
    if message.contains("currently unable to handle the request") || message.contains("could not find the requested") {
      return [state.get(APIService.self, name: "v1beta1.metrics.k8s.io")?.metadata.uid].compactMap { $0 }
    }
    guard message.contains("did not receive metrics") || message.contains("no metrics returned") else { return [] }
    let (target, namespace) = (autoscaler.spec.scaleTargetRef, autoscaler.metadata.namespace)
    let uid: String? =
      switch target.kind {
      case "Deployment": state.get(Deployment.self, namespace: namespace, name: target.name)?.metadata.uid
      case "StatefulSet": state.get(StatefulSet.self, namespace: namespace, name: target.name)?.metadata.uid
      case "ReplicaSet": state.get(ReplicaSet.self, namespace: namespace, name: target.name)?.metadata.uid
      default: nil
      }
    return [uid].compactMap { $0 }
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
      RemainingContent(of: conditions)?.text ?? conditions.first.map { firstLine($0.message) }
      ?? "finalizers \(namespace.spec.finalizers.joined(separator: ", "))"
    report(
      .namespaceStuck, namespace, since: deleted, "Terminating for \(lasting: deleted): \(why)", cause: why,
      causedBy: deadExtensions(named: conditions),
      evidence: conditions.map {
        Evidence(namespace.reference, "status.conditions[\($0.type)]", $0.message, at: $0.lastTransitionTime)
      })
  }
}

extension Inspection {
  /// The APIServices without which the controller cannot tell what is left in a namespace, if that alone holds it: those
  /// that do not answer and whose group and version the message names.
  private func deadExtensions(named conditions: [Condition]) -> [String] {
    guard let failure = conditions.condition("NamespaceDeletionDiscoveryFailure"),
      conditions.condition("NamespaceFinalizersRemaining") == nil
    else { return [] }
    return state.all(APIService.self).filter { service in
      service.status.conditions.condition("Available")?.isFalse == true
        && failure.message.contains("\(service.spec.group)/\(service.spec.version)")
    }.map(\.metadata.uid).sorted()
  }
}

/// What keeps a namespace from going, out of the messages that name finalizers and kinds.
struct RemainingContent: Equatable {
  /// `finalizer example.com/hold on 1 object; still there: 1 configmaps, 2 widgets.example.com`.
  let text: String

  /// Reads `Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances` and `Some
  /// resources are remaining: configmaps. has 1 resource instances`; nil when there are no finalizers, something else is
  /// wrong too, or the messages are not the controller's.
  init?(of conditions: [Condition]) {
    guard conditions.first?.type == "NamespaceFinalizersRemaining", let message = conditions.first?.message,
      let held = Self.entries(message, after: "finalizers remaining: ", between: " in ")
    else { return nil }
    let finalizers = held.map { "\($0.name) on \($0.count) \($0.count == "1" ? "object" : "objects")" }
    var text = "finalizer\(held.count == 1 ? "" : "s") \(finalizers.joined(separator: ", "))"
    if let left = conditions.condition("NamespaceContentRemaining"),
      let kinds = Self.entries(left.message, after: "resources are remaining: ", between: " has ")
    {
      // The core group has no name, so that its kinds end with a dot.
      let words = kinds.map { "\($0.count) \($0.name.hasSuffix(".") ? $0.name.dropLast() : $0.name)" }
      text += "; still there: \(words.joined(separator: ", "))"
    }
    self.text = text
  }

  private static func entries(
    _ message: String, after start: String, between link: String
  ) -> [(name: Substring, count: Substring)]? {
    let line = Substring(firstLine(message))
    guard let range = line.firstRange(of: start) else { return nil }
    var found: [(name: Substring, count: Substring)] = []
    for part in String(line[range.upperBound...]).split(separator: ", ") {
      guard let middle = part.firstRange(of: link), part.hasSuffix(" resource instances") else { return nil }
      found.append((part[..<middle.lowerBound], part[middle.upperBound...].dropLast(" resource instances".count)))
    }
    return found.isEmpty ? nil : found
  }
}
