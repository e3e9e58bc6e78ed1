import ClusterState
import Diagnosis
import Kube

/// Checks of the times of CronJobs.
let scheduleChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "schedule-possible",
    "whether the schedule of a CronJob names any time at all: problem when it cannot be read or names a day that never "
      + "comes, such as 31 February; ok otherwise",
    kinds: ["CronJob"]
  ) { facts, _ in
    guard let cronJob = facts.object as? CronJob else { return Judgement(.notApplicable, "it is no CronJob") }
    let schedule = cronJob.spec.schedule
    let evidence = [Evidence(cronJob.reference, "spec.schedule", schedule)]
    switch CronTimes.parse(schedule) {
    case .failure(let reason):
      return Judgement(.problem, "\"\(schedule)\" is no schedule: \(reason.text)", evidence: evidence)
    case .success(let times):
      if times.next(after: facts.now) == nil {
        return Judgement(.problem, "\"\(schedule)\" names a day that never comes", evidence: evidence)
      }
      return Judgement(.ok, "\"\(schedule)\" names times", evidence: evidence)
    }
  },
  BuiltInCheck(
    "schedule",
    "the times of a CronJob: problem when the schedule cannot be read, never comes, or a time has passed without a Job; "
      + "ok with the next time. Times are computed in UTC, which is right for timeZone UTC and for controllers that run "
      + "in UTC; unknown for other time zones",
    kinds: ["CronJob"]
  ) { facts, _ in
    guard let cronJob = facts.object as? CronJob else { return Judgement(.notApplicable, "it is no CronJob") }
    let spec = cronJob.spec
    var evidence = [
      Evidence(
        cronJob.reference, "spec.schedule", spec.schedule + (spec.timeZone.map { " in \($0)" } ?? "")),
      Evidence(
        cronJob.reference, "status.lastScheduleTime", cronJob.status.lastScheduleTime?.description ?? "never"),
    ]
    let times: CronTimes
    switch CronTimes.parse(spec.schedule) {
    case .failure(let reason):
      return Judgement(.problem, "\"\(spec.schedule)\" is no schedule: \(reason.text)", evidence: evidence)
    case .success(let parsed): times = parsed
    }
    if let zone = spec.timeZone, !["UTC", "Etc/UTC", "GMT", "Etc/GMT"].contains(zone) {
      return Judgement(
        Doubt(.notModelled, "the schedule can be read, but times in zone \(zone) are not computed here"),
        evidence: evidence)
    }
    guard let next = times.next(after: facts.now) else {
      return Judgement(.problem, "\"\(spec.schedule)\" names a day that never comes", evidence: evidence)
    }
    let until = "next at \(next) (in \(next.since(facts.now).human))"
    evidence.append(Evidence(cronJob.reference, "next time", "\(next)"))
    if spec.suspend == true { return Judgement(.notApplicable, "suspended; otherwise \(until)", evidence: evidence) }
    // The controller looks at everything within seconds; what is minutes late was missed.
    let floor = cronJob.status.lastScheduleTime ?? cronJob.metadata.creationTimestamp
    guard let floor, let due = times.next(after: floor), facts.now.since(due) > .seconds(120) else {
      return Judgement(.ok, until, evidence: evidence)
    }
    evidence.append(Evidence(cronJob.reference, "missed time", "\(due)", at: due))
    return Judgement(
      .problem, "was due at \(due) (\(facts.now.since(due).human) ago) and did not start; \(until)", evidence: evidence)
  },
]
