import ClusterState
import Kube

extension Inspection {
  /// Everything that is wrong with a Deployment, its pods left aside.
  mutating func inspect(_ deployment: Deployment) {
    guard deployment.metadata.deletionTimestamp == nil else { return }
    let (status, wanted) = (deployment.status, max(0, deployment.spec.replicas ?? 1))
    if let failure = status.conditions.condition("ReplicaFailure"), failure.isTrue {
      reportRefusedPods(deployment, failure)
    } else if status.availableReplicas < wanted {
      reportRefusedPods(below: deployment)
    }
    if deployment.spec.paused, status.updatedReplicas < wanted {
      report(
        .workloadPaused, deployment, since: status.conditions.condition("Progressing")?.lastTransitionTime,
        "rollout paused at \(status.updatedReplicas) of \(wanted) replicas",
        evidence: [Evidence(deployment.reference, "spec.paused", "true")])
    }
    let evidence = [
      Evidence(deployment.reference, "spec.replicas", "\(wanted)"),
      Evidence(deployment.reference, "status.updatedReplicas", "\(status.updatedReplicas)"),
      Evidence(deployment.reference, "status.availableReplicas", "\(status.availableReplicas)"),
    ]
    let progressing = status.conditions.condition("Progressing")
    if let progressing, progressing.isFalse, progressing.reason == "ProgressDeadlineExceeded" {
      let deadline = Duration.seconds(deployment.spec.progressDeadlineSeconds ?? 600).human
      report(
        .workloadRolloutStuck, deployment, severity: status.availableReplicas == 0 ? .critical : .warning,
        since: progressing.lastTransitionTime,
        "rollout stuck for more than \(deadline): \(status.updatedReplicas) of \(wanted) updated, "
          + "\(status.availableReplicas) available",
        causedBy: unavailablePods(of: deployment, missing: wanted - status.availableReplicas), evidence: evidence)
      return
    }
    guard status.availableReplicas < wanted else { return }
    // A rollout takes replicas away as it may; what it must keep is what the Available condition is about.
    let available = status.conditions.condition("Available")
    let isComplete = progressing?.reason == "NewReplicaSetAvailable"
    if available?.isTrue == true, !isComplete { return }
    let since = available?.isTrue == true ? nil : available?.lastTransitionTime ?? deployment.metadata.creationTimestamp
    // A first rollout takes its time to pull and to start; what fails in it has a finding of its own.
    let isGoing = progressing?.isTrue == true && !isComplete
    guard since == nil || hasPassed(.seconds(isGoing ? 300 : 60), since: since),
      !isSettling(deployment, missing: wanted - status.availableReplicas)
    else { return }
    reportMissing(deployment, available: status.availableReplicas, wanted: wanted, since: since, evidence: evidence)
  }

  /// Everything that is wrong with a ReplicaSet that no Deployment manages.
  mutating func inspect(_ set: ReplicaSet) {
    guard set.metadata.deletionTimestamp == nil, set.metadata.controller == nil else { return }
    if let failure = set.status.conditions.condition("ReplicaFailure"), failure.isTrue {
      reportRefusedPods(set, failure)
    }
    inspectReplicas(
      set, ready: set.status.availableReplicas, wanted: set.spec.replicas ?? 1, field: "status.availableReplicas")
  }

  /// Everything that is wrong with a StatefulSet, its pods left aside.
  mutating func inspect(_ set: StatefulSet) {
    guard set.metadata.deletionTimestamp == nil else { return }
    let wanted = set.spec.replicas ?? 1
    guard set.status.readyReplicas < wanted else { return }
    _ = reportRefusedPods(set)
    inspectReplicas(set, ready: set.status.readyReplicas, wanted: wanted, field: "status.readyReplicas")
  }

  /// Everything that is wrong with a DaemonSet, its pods left aside.
  mutating func inspect(_ set: DaemonSet) {
    guard set.metadata.deletionTimestamp == nil else { return }
    let status = set.status
    if status.numberMisscheduled > 0 {
      report(
        .workloadMisscheduled, set, since: nil,
        "\(status.numberMisscheduled) \(status.numberMisscheduled == 1 ? "pod" : "pods") on nodes that it does not select",
        evidence: [Evidence(set.reference, "status.numberMisscheduled", "\(status.numberMisscheduled)")])
    }
    // While creating fails the controller does not even write its counts, so that they may say 0 of 0:
    // what it tried last decides.
    if status.numberReady < status.desiredNumberScheduled || lastTryFailed(set) { _ = reportRefusedPods(set) }
    inspectReplicas(set, ready: status.numberReady, wanted: status.desiredNumberScheduled, field: "status.numberReady")
  }

  /// Whether the newest thing that is known of a controller's pods is that one could not be created.
  private func lastTryFailed(_ object: some KubeObject) -> Bool {
    guard let failed = events(of: object).first(where: { $0.reason == "FailedCreate" }) else { return false }
    return !hasCreated(object, since: failed)
  }

  private mutating func inspectReplicas(_ object: some KubeObject, ready: Int, wanted: Int, field: String) {
    // These kinds do not say since when; a minute after creation replicas may be expected.
    guard ready < wanted, hasPassed(.seconds(60), since: object.metadata.creationTimestamp),
      !isSettling(object, missing: wanted - ready)
    else { return }
    reportMissing(
      object, available: ready, wanted: wanted, since: nil, evidence: [Evidence(object.reference, field, "\(ready)")])
  }

  private mutating func reportMissing(
    _ object: some KubeObject, available: Int, wanted: Int, since: Timestamp?, evidence: [Evidence]
  ) {
    report(
      .workloadReplicasMissing, object, severity: available <= 0 ? .critical : .warning, since: since,
      "\(max(0, available)) of \(wanted) replicas available",
      causedBy: unavailablePods(of: object, missing: wanted - available), evidence: evidence)
  }

  /// Whether pods that are missing are just being started or stopped, as in any rollout.
  private mutating func isSettling(_ object: some KubeObject, missing: Int) -> Bool {
    var settling = 0
    for pod in state.pods(ofOwner: object.metadata.uid) where !pod.status.isTerminal && !pod.isReadyNow {
      if isSettling(pod) { settling += 1 }
    }
    return settling >= missing
  }

  /// The pods of a workload that are not ready, if they are as many as are missing: what they suffer from then is the
  /// whole cause. Pods on their way out count where their successors wait for the end, as in StatefulSets; there a pod
  /// that is not ready also keeps those after it from being created, unless they are made in parallel.
  private func unavailablePods(of object: some KubeObject, missing: Int) -> [String] {
    let isReplaced = object is Deployment || object is ReplicaSet
    let pods = state.pods(ofOwner: object.metadata.uid).filter {
      !$0.status.isTerminal && !$0.isReadyNow && !(isReplaced && $0.metadata.deletionTimestamp != nil)
    }
    let isOrdered = (object as? StatefulSet).map { $0.spec.podManagementPolicy != "Parallel" } ?? false
    let isWhole = pods.count >= missing || isOrdered && !pods.isEmpty
    return missing > 0 && isWhole ? pods.map(\.metadata.uid).sorted() : []
  }
}
