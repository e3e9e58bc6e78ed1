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
    guard let scheduled = pod.status.conditions.condition("PodScheduled") else {
      inspectSilence(pod)
      return
    }
    guard !scheduled.isTrue else { return }
    let evidence = [
      Evidence(
        pod.reference, "status.conditions[PodScheduled].message", scheduled.message, at: scheduled.lastTransitionTime)
    ]
    if scheduled.reason == "SchedulerError" {
      report(
        .podSchedulerError, pod, since: scheduled.lastTransitionTime,
        "scheduler error: \(firstLine(scheduled.message))", evidence: evidence)
      return
    }
    let message = SchedulerMessage(scheduled.message)
    let claims = unboundClaims(of: pod)
    if message?.isAboutUnboundClaims ?? scheduled.message.contains("ersistentvolumeclaim"), let claim = claims.first {
      report(
        .podClaimUnbound, pod, since: scheduled.lastTransitionTime, "\(claim.text)", root: claim.claim?.reference,
        causedBy: claim.claim.map { [$0.metadata.uid] } ?? [], evidence: evidence + claim.evidence)
      return
    }
    let text = message?.summary ?? firstLine(scheduled.message)
    // An autoscaler may be adding a node right now.
    let isOld = hasPassed(.seconds(60), since: scheduled.lastTransitionTime ?? pod.metadata.creationTimestamp)
    report(
      message?.isAboutUnboundClaims == true ? .podClaimUnbound : .podUnschedulable, pod,
      severity: isOld ? .critical : .warning, since: scheduled.lastTransitionTime,
      "\(text.isEmpty ? "no node fits" : text)", evidence: evidence)
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

  /// The claims of a pod that are missing, lost or without a volume; empty when claims are not read.
  private func unboundClaims(
    of pod: Pod
  ) -> [(text: String, claim: PersistentVolumeClaim?, evidence: [Evidence])] {
    pod.claimNames.compactMap { name in
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
}

extension Pod {
  /// The claims that the pod uses, those of its ephemeral volumes included.
  var claimNames: [String] {
    spec.volumes.compactMap { volume in
      if let claim = volume.persistentVolumeClaim { return claim.claimName }
      return volume.ephemeral == nil ? nil : "\(metadata.name)-\(volume.name)"
    }
  }
}
