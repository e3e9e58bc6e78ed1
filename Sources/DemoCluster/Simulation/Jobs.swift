import Kube

/// The Job and CronJob controllers.
extension Simulation {
  mutating func syncJobs() {
    for job in store.list("jobs.batch") where !job.isDeleting { sync(job: job) }
  }

  private static func isDone(_ job: JSONValue) -> Bool {
    ["Complete", "Failed"].contains { job.condition($0)?.text(at: "status") == "True" }
  }

  private mutating func sync(job: JSONValue) {
    guard !Self.isDone(job), job[at: "spec.suspend"]?.bool != true else { return }
    let owned = pods(ownedBy: job)
    let succeeded = owned.filter { $0.text(at: "status.phase") == "Succeeded" }.count
    let failed = owned.filter { $0.text(at: "status.phase") == "Failed" }.count
    let active = owned.filter { !Self.isFinished($0) && !$0.isDeleting }
    let completions = job.int(at: "spec.completions") ?? 1
    var status = job["status"] ?? .emptyObject
    if status["startTime"] == nil { status["startTime"] = .time(now) }
    status["succeeded"] = succeeded > 0 ? .int(succeeded) : nil
    status["failed"] = failed > 0 ? .int(failed) : nil
    if succeeded >= completions {
      status["completionTime"] = .time(now)
      setCondition(
        &status, "Complete", "True", reason: "CompletionsReached",
        message: "Reached expected number of succeeded pods")
      record(job, "Normal", "Completed", "Job completed", source: "job-controller")
    } else if failed > job.int(at: "spec.backoffLimit") ?? 6 {
      setCondition(
        &status, "Failed", "True", reason: "BackoffLimitExceeded",
        message: "Job has reached the specified backoff limit")
      record(
        job, "Warning", "BackoffLimitExceeded", "Job has reached the specified backoff limit", source: "job-controller")
      for pod in active { beginDeletion(of: pod) }
    } else {
      let wanted = min(job.int(at: "spec.parallelism") ?? 1, completions - succeeded)
      if active.count < wanted { addPods(wanted - active.count, to: job, failures: failed) }
    }
    let left = pods(ownedBy: job).filter { !Self.isFinished($0) && !$0.isDeleting }
    status["active"] = left.isEmpty ? nil : .int(left.count)
    status["ready"] = .int(left.filter { Self.isReady($0) }.count)
    write("jobs.batch", job.setting("status", status))
  }

  private mutating func addPods(_ count: Int, to job: JSONValue, failures: Int) {
    // After a failure the next pod waits 10 s, doubled each time.
    if failures > 0 {
      guard let retry = retries[job.uid] else {
        let delay = min(.seconds(10) * (1 << min(failures - 1, 6)), .seconds(360))
        retries[job.uid] = Retry(due: now.advanced(by: delay), delay: delay)
        return
      }
      guard retry.due <= now else { return }
    }
    retries[job.uid] = nil
    for _ in 0..<count {
      do throws(StatusError) {
        let pod = try createPod(
          from: job[at: "spec.template"], owner: job, apiVersion: "batch/v1", kind: "Job",
          name: job.name + "-" + suffix(5))
        record(job, "Normal", "SuccessfulCreate", "Created pod: \(pod.name)", source: "job-controller")
      } catch {
        record(job, "Warning", "FailedCreate", "Error creating: \(error.message)", source: "job-controller")
        retries[job.uid] = Retry(due: now.advanced(by: .seconds(60)), delay: .seconds(60))
        return
      }
    }
  }

  mutating func syncCronJobs() {
    for cron in store.list("cronjobs.batch") where !cron.isDeleting { sync(cronJob: cron) }
  }

  private mutating func sync(cronJob cron: JSONValue) {
    let owned = store.list("jobs.batch", namespace: cron.namespace).filter {
      $0.controller?["uid"]?.string == cron.uid
    }
    var status = cron["status"] ?? .emptyObject
    let last = cron.time(at: "status.lastScheduleTime") ?? cron.time(at: "metadata.creationTimestamp") ?? now
    if cron[at: "spec.suspend"]?.bool != true,
      let due = CronSchedule(cron.text(at: "spec.schedule"))?.latest(
        after: last, upTo: now)
    {
      let name = "\(cron.name)-\(due.seconds / 60)"
      let job: JSONValue = .object([
        ("kind", "Job"), ("apiVersion", "batch/v1"),
        (
          "metadata",
          .object([
            ("name", .string(name)), ("namespace", .string(cron.namespace)),
            ("labels", cron[at: "spec.jobTemplate.metadata.labels"]),
            ("ownerReferences", [Self.ownerReference(cron, "batch/v1", "CronJob")]),
          ])
        ),
        ("spec", cron[at: "spec.jobTemplate.spec"]),
      ])
      if (try? create("jobs.batch", job)) != nil {
        record(cron, "Normal", "SuccessfulCreate", "Created job \(name)", source: "cronjob-controller")
      }
      status["lastScheduleTime"] = .time(due)
    }
    if let success = owned.compactMap({ $0.time(at: "status.completionTime") }).max() {
      status["lastSuccessfulTime"] = .time(success)
    }
    let active = owned.filter { !Self.isDone($0) }
    status["active"] =
      active.isEmpty
      ? nil
      : .array(
        active.map {
          [
            "kind": "Job", "apiVersion": "batch/v1", "namespace": .string($0.namespace), "name": .string($0.name),
            "uid": .string($0.uid),
          ]
        })
    write("cronjobs.batch", cron.setting("status", status))
    for (type, field, standard) in [
      ("Complete", "spec.successfulJobsHistoryLimit", 3), ("Failed", "spec.failedJobsHistoryLimit", 1),
    ] {
      let done = owned.filter { $0.condition(type)?.text(at: "status") == "True" }
        .sorted { $0.text(at: "status.startTime") < $1.text(at: "status.startTime") }
      for old in done.dropLast(cron.int(at: field) ?? standard) { delete("jobs.batch", old) }
    }
  }
}

/// The minutes and hours of a cron schedule (`*/5 * * * *`, `0 3 * * *`); days are not looked at.
struct CronSchedule {
  private let minutes: Set<Int>
  private let hours: Set<Int>

  /// nil when the schedule is not of that form.
  init?(_ text: String) {
    let fields = text.split(separator: " ").map(String.init)
    guard fields.count == 5, let minutes = Self.values(fields[0], below: 60),
      let hours = Self.values(fields[1], below: 24)
    else { return nil }
    self.minutes = minutes
    self.hours = hours
  }

  private static func values(_ field: String, below limit: Int) -> Set<Int>? {
    var result: Set<Int> = []
    for part in field.split(separator: ",") {
      if part == "*" {
        result.formUnion(0..<limit)
      } else if part.hasPrefix("*/"), let step = Int(part.dropFirst(2)), step > 0 {
        result.formUnion(stride(from: 0, to: limit, by: step))
      } else if let value = Int(part), (0..<limit).contains(value) {
        result.insert(value)
      } else {
        return nil
      }
    }
    return result
  }

  /// The latest time of the schedule in a span, at most a day back.
  func latest(after start: Timestamp, upTo end: Timestamp) -> Timestamp? {
    var minute = end.seconds / 60
    let first = max(start.seconds / 60, minute - 24 * 60)
    while minute > first {
      if minutes.contains(Int(minute % 60)), hours.contains(Int(minute / 60 % 24)) {
        return Timestamp(seconds: minute * 60)
      }
      minute -= 1
    }
    return nil
  }
}
