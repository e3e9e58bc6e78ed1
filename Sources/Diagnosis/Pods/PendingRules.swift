import ClusterState
import Kube

extension Inspection {
  /// What keeps a pod from getting a node.
  mutating func inspectUnplaced(_ pod: Pod) {
    if !pod.spec.schedulingGates.isEmpty {
      let names = pod.spec.schedulingGates.map(\.name).joined(separator: ", ")
      report(
        .podSchedulingGated, pod, since: pod.metadata.creationTimestamp, "scheduling held back by \(names)",
        evidence: [Evidence(pod.reference, "spec.schedulingGates", names)])
      return
    }
    let event = events(of: pod).first { $0.reason == "FailedScheduling" }
    guard let scheduled = pod.status.conditions.condition("PodScheduled") ?? event.map(Condition.init(unscheduled:))
    else {
      inspectSilence(pod)
      return
    }
    guard !scheduled.isTrue else { return }
    let text = scheduled.message.isEmpty ? event?.message ?? "" : scheduled.message
    let evidence = [
      Evidence(pod.reference, "status.conditions[PodScheduled].message", text, at: scheduled.lastTransitionTime)
    ]
    let claims = unboundClaims(of: pod, named: text)
    // It waited for the volume to be made and bound, in vain.
    let isBindingFailed = scheduled.reason == "SchedulerError" && text.contains("binding volumes")
    if scheduled.reason == "SchedulerError", !isBindingFailed || claims.isEmpty {
      report(
        .podSchedulerError, pod, since: scheduled.lastTransitionTime,
        "scheduler error: \(firstLine(text))", evidence: evidence)
      return
    }
    let message = SchedulerMessage(text)
    if isBindingFailed || message?.isAboutUnboundClaims ?? text.contains("ersistentvolumeclaim"),
      let claim = claims.first
    {
      report(
        .podClaimUnbound, pod, since: scheduled.lastTransitionTime, "\(claim.text)", root: claim.claim?.reference,
        causedBy: claim.claim.map { [$0.metadata.uid] } ?? [], evidence: evidence + claim.evidence)
      return
    }
    if isBeingCleared(pod) { return }
    if let nodes = downNodes(askedForBy: pod), let first = nodes.first, text.contains("taint") {
      let words =
        nodes.count == 1
        ? "the only node that it asks for, \(first.metadata.name), is NotReady"
        : "all \(nodes.count) nodes that it asks for are NotReady"
      report(
        .podUnschedulable, pod, since: scheduled.lastTransitionTime, "\(words)", causedBy: nodes.map(\.metadata.uid),
        evidence: evidence
          + nodes.prefix(5).compactMap { node in
            node.status.readyCondition.map {
              Evidence(node.reference, "status.conditions[Ready]", $0.message, at: $0.lastTransitionTime)
            }
          })
      return
    }
    var summary = message?.summary(only: pod.onlyNode) ?? firstLine(text)
    if let ports = hostPorts(of: pod) {
      summary = summary.replacing(SchedulerMessage.takenPort, with: "host port \(ports) taken")
    }
    // An autoscaler may be adding a node right now.
    let isOld = hasPassed(.seconds(60), since: scheduled.lastTransitionTime ?? pod.metadata.creationTimestamp)
    report(
      message?.isAboutUnboundClaims == true ? .podClaimUnbound : .podUnschedulable, pod,
      severity: isOld ? .critical : .warning, since: scheduled.lastTransitionTime,
      "\(summary.isEmpty ? "no node fits" : summary)", evidence: evidence)
  }

  /// Whether pods of lower priority are just leaving a node for it, within their grace periods.
  private mutating func isBeingCleared(_ pod: Pod) -> Bool {
    guard !pod.status.nominatedNodeName.isEmpty else { return false }
    let ends = state.pods(onNode: pod.status.nominatedNodeName).compactMap { victim -> Timestamp? in
      let isPreempted = victim.status.conditions.contains {
        $0.type == "DisruptionTarget" && $0.reason == "PreemptionByScheduler"
      }
      return isPreempted ? victim.metadata.deletionTimestamp : nil
    }
    guard let last = ends.max() else { return false }
    return !hasPassed(.seconds(10), since: last)
  }

  /// The nodes that a pod asks for by their labels, if there are some, and all of them are NotReady; nil otherwise.
  private func downNodes(askedForBy pod: Pod) -> [Node]? {
    let terms = pod.spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms
    guard !pod.spec.nodeSelector.isEmpty || terms != nil, state.isConclusive(Node.self) else { return nil }
    let nodes = state.all(Node.self).filter { node in
      pod.spec.nodeSelector.entries.allSatisfy { node.metadata.labels[$0.key] == $0.value }
        && terms?.contains { $0.mayMatch(node) } ?? true
    }
    guard !nodes.isEmpty, nodes.allSatisfy({ $0.status.readyCondition?.isTrue == false }) else { return nil }
    return nodes.sorted { $0.metadata.name < $1.metadata.name }
  }

  /// The ports that a pod wants on its node, as `8443` or `one of 80, 443`; nil when there are none.
  private func hostPorts(of pod: Pod) -> String? {
    let sidecars = pod.spec.initContainers.filter(\.isSidecar)
    let numbers = (pod.spec.containers + sidecars).flatMap(\.ports).map {
      pod.spec.hostNetwork && $0.hostPort == 0 ? $0.containerPort : $0.hostPort
    }
    let ports = Set(numbers.filter { $0 > 0 }).sorted().map(String.init)
    if ports.count > 3 { return "one of \(ports.prefix(3).joined(separator: ", ")) and \(ports.count - 3) more" }
    return ports.isEmpty ? nil : ports.count == 1 ? ports[0] : "one of \(ports.joined(separator: ", "))"
  }

  /// Nobody has looked at the pod. Schedulers do so within a second; half a minute allows for a change of leader.
  private mutating func inspectSilence(_ pod: Pod) {
    guard hasPassed(.seconds(30), since: pod.metadata.creationTimestamp) else { return }
    let name = pod.spec.schedulerName
    let who = name.isEmpty || name == "default-scheduler" ? "the scheduler" : "scheduler \"\(name)\""
    var sentence: Sentence = "\(who) has not looked at the pod"
    if let created = pod.metadata.creationTimestamp { sentence = sentence + " for \(lasting: created)" }
    report(
      .podSchedulerSilent, pod, since: pod.metadata.creationTimestamp, sentence,
      cause: "\(who) has not looked at them", evidence: [Evidence(pod.reference, "spec.schedulerName", name)])
  }

  /// The claims of a pod that are missing, lost or without a volume, those first that a message names, and those last
  /// whose volume is made for the node on which the pod will be; empty when claims are not read.
  private func unboundClaims(
    of pod: Pod, named message: String
  ) -> [(text: String, claim: PersistentVolumeClaim?, evidence: [Evidence])] {
    let names = pod.claimNames
    let named = names.filter { message.contains("\"\($0)\"") }
    let rest = names.filter { !named.contains($0) }
    let late = rest.filter { waitsForPod($0, in: pod.metadata.namespace) }
    return (named + rest.filter { !late.contains($0) } + late).compactMap { name in
      let namespace = pod.metadata.namespace
      guard let claim = state.get(PersistentVolumeClaim.self, namespace: namespace, name: name) else {
        guard state.isConclusive(PersistentVolumeClaim.self, namespace: namespace) else { return nil }
        return ("persistentvolumeclaim \"\(name)\" not found", nil, [])
      }
      guard claim.status.phase != "Bound" else { return nil }
      let text = claim.status.phase == "Lost" ? "has lost its volume" : "is not bound"
      return (
        "persistentvolumeclaim \"\(name)\" \(text)", claim,
        [Evidence(claim.reference, "status.phase", claim.status.phase)]
      )
    }
  }

  /// Whether a claim gets its volume only after the pod has a node.
  private func waitsForPod(_ name: String, in namespace: String) -> Bool {
    guard let claim = state.get(PersistentVolumeClaim.self, namespace: namespace, name: name),
      let storageClass = claim.spec.storageClassName.flatMap({ state.get(StorageClass.self, name: $0) })
    else { return false }
    return storageClass.volumeBindingMode == "WaitForFirstConsumer"
  }
}

extension Condition {
  /// What the condition of a pod would say that a scheduler could not place: not all schedulers set it.
  fileprivate init(unscheduled event: Event) {
    self.init()
    type = "PodScheduled"
    status = "False"
    reason = "Unschedulable"
    message = event.message
    lastTransitionTime = event.firstTimestamp ?? event.eventTime ?? event.lastSeen
  }
}

extension Pod {
  /// The node that a DaemonSet's pod is for; nil for pods that may go to several.
  public var onlyNode: String? {
    let terms = spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms ?? []
    let names = Set(
      terms.map { term in
        term.matchFields.first { $0.key == "metadata.name" && $0.operator == "In" && $0.values.count == 1 }?.values[0]
      })
    return names.count == 1 ? names.first ?? nil : nil
  }

  /// The claims that the pod uses, those of its ephemeral volumes included.
  var claimNames: [String] {
    spec.volumes.compactMap { volume in
      if let claim = volume.persistentVolumeClaim { return claim.claimName }
      return volume.ephemeral == nil ? nil : "\(metadata.name)-\(volume.name)"
    }
  }
}

extension NodeSelectorTerm {
  /// Whether a node has what is asked for. What is not compared here (fields, `Gt`, `Lt`) counts as met, so that a node
  /// that may be allowed is never left out.
  fileprivate func mayMatch(_ node: Node) -> Bool {
    matchExpressions.allSatisfy { expression in
      let value = node.metadata.labels[expression.key].map { "\($0)" }
      switch expression.operator {
      case "In": return value.map { expression.values.contains($0) } ?? false
      case "NotIn": return value.map { !expression.values.contains($0) } ?? true
      case "Exists": return value != nil
      case "DoesNotExist": return value == nil
      default: return true
      }
    }
  }
}
