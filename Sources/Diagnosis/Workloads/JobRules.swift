import ClusterState
import Kube

extension Inspection {
  /// Everything that is wrong with a Job, the cause told by its pods included.
  mutating func inspect(_ job: Job) {
    guard tellsOfFailures(job) else { return }
    let status = job.status
    if let failed = status.conditions.condition("Failed"), failed.isTrue {
      inspectFailed(job, failed)
      return
    }
    if reportRefusedPods(job) { return }
    guard status.failed > 0 else { return }
    // The limit counts tries after the first: the Job gives up at the next failure beyond it.
    let last = min(max(0, job.spec.backoffLimit ?? 6), Int(Int32.max)) + 1
    report(
      .jobFailing, job, since: status.startTime,
      "\(status.failed) \(status.failed == 1 ? "pod" : "pods") failed, gives up after \(last)\(lastEnd(of: job))",
      evidence: [Evidence(job.reference, "status.failed", "\(status.failed)")], count: status.failed)
  }

  /// Whether the failures of a Job are to be told: not of one that is done, deleted or suspended, nor old ones.
  mutating func tellsOfFailures(_ job: Job) -> Bool {
    guard job.metadata.deletionTimestamp == nil, job.status.conditions.condition("Complete")?.isTrue != true else {
      return false
    }
    guard let failed = job.status.conditions.condition("Failed"), failed.isTrue else { return job.spec.suspend != true }
    // A day is how long a nightly job's failure is news; a later success of its CronJob makes it history.
    guard !hasPassed(.seconds(86_400), since: failed.lastTransitionTime) else { return false }
    guard let owner = job.metadata.controller, owner.kind == "CronJob",
      let cronJob = state.get(CronJob.self, namespace: job.metadata.namespace, name: owner.name),
      let success = cronJob.status.lastSuccessfulTime, let end = failed.lastTransitionTime
    else { return true }
    return success <= end
  }

  private mutating func inspectFailed(_ job: Job, _ failed: Condition) {
    let reason: String
    switch failed.reason {
    case "BackoffLimitExceeded":
      reason = "gave up after \(job.status.failed) failed \(job.status.failed == 1 ? "pod" : "pods")"
    case "DeadlineExceeded":
      reason =
        "ran longer than its deadline\(job.spec.activeDeadlineSeconds.map { " of \(Duration.seconds($0).human)" } ?? "")"
    case "FailedIndexes", "MaxFailedIndexesExceeded":
      let indexes = String((job.status.failedIndexes ?? "").prefix(100))
      let isOne = !indexes.contains(",") && !indexes.contains("-")
      let limit = failed.reason == "FailedIndexes" ? "" : ", more than it may (maxFailedIndexes)"
      reason = indexes.isEmpty ? "indexes failed\(limit)" : "\(isOne ? "index" : "indexes") \(indexes) failed\(limit)"
    case "": reason = "failed"
    default: reason = "\(failed.reason): \(firstLine(failed.message))"
    }
    report(
      .jobFailed, job, since: failed.lastTransitionTime, "\(reason)\(lastEnd(of: job))",
      evidence: [
        Evidence(
          job.reference, "status.conditions[Failed]", "\(failed.reason): \(failed.message)",
          at: failed.lastTransitionTime)
      ], count: job.status.failed)
  }

  /// `, last exit 1`: how the latest of a Job's pods that failed ended.
  private func lastEnd(of job: Job) -> String {
    let ends = state.owned(Pod.self, by: job.metadata.uid).flatMap { pod in
      (pod.status.initContainerStatuses + pod.status.containerStatuses).compactMap {
        $0.state.terminated ?? $0.lastState?.terminated
      }
    }
    .filter { $0.exitCode != 0 || $0.reason == "OOMKilled" }
    guard
      let last = ends.max(by: { ($0.finishedAt?.microseconds ?? .min) < ($1.finishedAt?.microseconds ?? .min) })
    else { return "" }
    return last.reason == "OOMKilled" ? ", last OOMKilled" : ", last \(ExitCode.text(last))"
  }

  /// Whether a CronJob could not keep its times; a suspended one is meant to stand still.
  mutating func inspect(_ cronJob: CronJob) {
    guard cronJob.spec.suspend != true, cronJob.metadata.deletionTimestamp == nil else { return }
    // Whatever the controller says of such a schedule (it looks for missed times and gives up) follows from this.
    if CronTimes.neverCome(cronJob.spec.schedule, now: now) {
      report(
        .cronJobMissed, cronJob, since: cronJob.metadata.creationTimestamp,
        "schedule \"\(cronJob.spec.schedule)\" names a day that never comes",
        evidence: [Evidence(cronJob.reference, "spec.schedule", cronJob.spec.schedule)])
      return
    }
    let reasons = [
      "MissSchedule", "FailedNeedsStart", "TooManyMissedTimes", "UnparseableCronJobSchedule", "UnparsableSchedule",
      "InvalidSchedule", "UnknownTimeZone", "FailedCreate",
    ]
    // A run that overlaps with the next time now and then is what Forbid is for; one that always does never ends.
    guard
      let event = events(of: cronJob).first(where: {
        reasons.contains($0.reason) || $0.reason == "JobAlreadyActive" && $0.occurrences >= 3
      }),
      !hasPassed(.seconds(3600), since: event.lastSeen), !hasStarted(cronJob, since: event)
    else { return }
    guard event.reason == "FailedCreate" else {
      report(
        .cronJobMissed, cronJob, since: event.firstTimestamp ?? event.eventTime ?? event.lastSeen,
        "\(firstLine(event.message))",
        evidence: [Evidence(event)], count: event.occurrences)
      return
    }
    let refused = RefusedPods(event.message)
    if !refused.quota.isEmpty {
      refusers[ObjectName(namespace: cronJob.metadata.namespace, name: refused.quota)] = cronJob.metadata.uid
    }
    report(
      .cronJobMissed, cronJob, since: event.firstTimestamp ?? event.eventTime ?? event.lastSeen,
      "its Jobs are refused: \(refused.reason)", evidence: [Evidence(event)], count: event.occurrences)
  }

  /// Whether a CronJob has started a Job after what the event tells. The time of a schedule is not that at which its Job
  /// was made: one that was refused at first is made later, for the same time.
  private func hasStarted(_ cronJob: CronJob, since event: Event) -> Bool {
    guard let failed = event.lastSeen else { return false }
    let created = events(of: cronJob).first { $0.reason == "SuccessfulCreate" }?.lastSeen
    let times =
      [cronJob.status.lastScheduleTime, created]
      + state.owned(Job.self, by: cronJob.metadata.uid).map(\.metadata.creationTimestamp)
    return times.contains { $0.map { $0.seconds > failed.seconds } ?? false }
  }
}
