import Kube

extension Page {
  /// A Job.
  mutating func job(_ object: JSONValue) {
    let (spec, status) = (object.at("spec"), object.at("status"))
    section("Job") { page in
      page.workloadHead(object)
      page.jobSpec(spec)
      page.add("Start Time", time: status.time("startTime"))
      page.add("Completed At", time: status.time("completionTime"))
      if let start = status.time("startTime"), let end = status.time("completionTime"), end >= start {
        page.add("Duration", end.since(start).human)
      }
      let failed = status.number("failed") ?? 0
      page.add(
        "Pods Statuses",
        "\(status.number("active") ?? 0) Active (\(status.number("ready") ?? 0) Ready) / "
          + "\(status.number("succeeded") ?? 0) Succeeded / \(failed) Failed",
        failed > 0 ? .warning : .plain)
      if let terminating = status.number("terminating"), terminating > 0 {
        page.add("Terminating", "\(terminating)", .notice)
      }
      if spec.text("completionMode") == "Indexed" {
        page.addOrNone("Completed Indexes", status.text("completedIndexes"))
      }
      page.addSet("Failed Indexes", status.text("failedIndexes"), .warning)
    }
    conditionSection(status, bad: ["Failed", "FailureTarget"], neutral: ["Suspended"])
    podTemplate(spec.at("template"))
  }

  private mutating func jobSpec(_ spec: JSONValue) {
    addSet("Parallelism", spec.text("parallelism"))
    addOrNone("Completions", spec.text("completions"), none: "<unset>")
    addSet("Completion Mode", spec.text("completionMode"))
    if spec["suspend"] == true { add("Suspend", "true", .notice) }
    addSet("Backoff Limit", spec.text("backoffLimit"))
    addSet("Backoff Limit Per Index", spec.text("backoffLimitPerIndex"))
    addSet("Max Failed Indexes", spec.text("maxFailedIndexes"))
    if let seconds = spec.number("activeDeadlineSeconds") { add("Active Deadline Seconds", "\(seconds)s") }
    if let seconds = spec.number("ttlSecondsAfterFinished") { add("TTL Seconds After Finished", "\(seconds)s") }
    addSet("Pod Replacement Policy", spec.text("podReplacementPolicy"))
    if spec.has("successPolicy") { group("Success Policy", mark: .plain) { $0.tree(spec.at("successPolicy")) } }
    if spec.has("podFailurePolicy") {
      group("Pod Failure Policy", mark: .plain) { $0.tree(spec.at("podFailurePolicy")) }
    }
  }

  /// A CronJob.
  mutating func cronJob(_ object: JSONValue) {
    let (spec, status) = (object.at("spec"), object.at("status"))
    section("CronJob") { page in
      page.identity(object)
      page.metadata(object)
      let zone = spec.text("timeZone")
      page.add("Schedule", spec.text("schedule") + (zone.isEmpty ? "" : " (\(zone))"))
      page.addSet("Concurrency Policy", spec.text("concurrencyPolicy"))
      let isSuspended = spec["suspend"] == true
      page.add("Suspend", isSuspended ? "True" : "False", isSuspended ? .notice : .plain)
      page.addOrNone("Successful Job History Limit", spec.text("successfulJobsHistoryLimit"), none: "<unset>")
      page.addOrNone("Failed Job History Limit", spec.text("failedJobsHistoryLimit"), none: "<unset>")
      page.addOrNone(
        "Starting Deadline Seconds", spec.number("startingDeadlineSeconds").map { "\($0)s" } ?? "", none: "<unset>")
      page.group("Job Template", mark: .plain) { $0.jobSpec(spec.at("jobTemplate", "spec")) }
      if let last = status.time("lastScheduleTime") {
        page.add("Last Schedule Time", time: last)
      } else {
        page.add("Last Schedule Time", "<unset>", .dim)
      }
      page.add("Last Successful Time", time: status.time("lastSuccessfulTime"))
      page.addOrNone("Active Jobs", status.list("active").map { $0.text("name") }.joined(separator: ", "))
    }
    podTemplate(spec.at("jobTemplate", "spec", "template"))
  }
}
