import ClusterState
import Kube
import Testing

@testable import Diagnosis

@Suite struct WorkloadRulesTests {
  private func deployment(_ available: Int, of wanted: Int, _ change: (inout Deployment) -> Void = { _ in })
    -> Deployment
  {
    object(Deployment.self, "web") {
      $0.spec.replicas = wanted
      $0.status.replicas = available
      $0.status.updatedReplicas = available
      $0.status.availableReplicas = available
      $0.status.conditions = [
        deploymentCondition("Available", available == wanted ? "True" : "False"),
        deploymentCondition("Progressing", "True", "NewReplicaSetAvailable"),
      ]
      change(&$0)
    }
  }

  private func deploymentCondition(
    _ type: String, _ status: String, _ reason: String = "", message: String = "", since: Timestamp = ago(300)
  ) -> DeploymentCondition {
    var condition = DeploymentCondition()
    condition.type = type
    condition.status = status
    condition.reason = reason
    condition.message = message
    condition.lastTransitionTime = since
    return condition
  }

  @Test func replicasOfDeployments() {
    #expect(findings(cluster([deployment(3, of: 3)])) == [])
    #expect(findings(cluster([deployment(0, of: 0)])) == [])
    #expect(
      findings(cluster([deployment(2, of: 3)])) == ["workload.replicas-missing warning: 2 of 3 replicas available"])
    #expect(
      findings(cluster([deployment(0, of: 3)])) == ["workload.replicas-missing critical: 0 of 3 replicas available"],
      "no pod exists at all, and k9s calls it healthy")
    let fresh = deployment(0, of: 3) { $0.status.conditions[0].lastTransitionTime = ago(59) }
    #expect(findings(cluster([fresh])) == [])
    let rolling = deployment(2, of: 3) {
      $0.status.conditions = [
        deploymentCondition("Available", "True"), deploymentCondition("Progressing", "True", "ReplicaSetUpdated"),
      ]
    }
    #expect(findings(cluster([rolling])) == [], "a rollout may take one away")
  }

  @Test func refusedPods() {
    let quota = object(ResourceQuota.self, "team") {
      $0.status.hard = ["cpu": Quantity("4")]
      $0.status.used = ["cpu": Quantity("4")]
    }
    func refused(_ message: String) -> [String] {
      findings(
        cluster([
          deployment(3, of: 3) {
            $0.status.conditions.append(deploymentCondition("ReplicaFailure", "True", message: message))
          }, quota,
        ])
      ).filter { !$0.hasPrefix("quota.exhausted") }
    }
    #expect(
      refused(
        #"pods "web-7d-x" is forbidden: exceeded quota: team, requested: cpu=1, used: cpu=4, limited: cpu=4"#)
        == [#"workload.quota-exceeded critical: quota "team" exceeded: cpu 1 requested, 4 of 4 used"#])
    #expect(
      refused(#"pods "web-7d-x" is forbidden: failed quota: team: must specify limits.cpu for: app"#)
        == ["workload.quota-exceeded critical: quota team: must specify limits.cpu for: app"])
    #expect(
      refused(#"pods "web-7d-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true"#)
        == [
          #"workload.pods-refused critical: pods refused: violates PodSecurity "restricted:latest": runAsNonRoot != true"#
        ])
    #expect(
      refused(#"admission webhook "w.example" denied the request: no"#)
        == [#"workload.pods-refused critical: pods refused: admission webhook "w.example" denied the request: no"#])
  }

  @Test func refusalsOfAQuotaThatHasRoomByNow() {
    let message =
      #"pods "web-7d-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=1, limited: pods=1"#
    let refused = deployment(3, of: 3) {
      $0.status.conditions.append(deploymentCondition("ReplicaFailure", "True", message: message))
    }
    func quota(_ hard: String, used: String) -> ResourceQuota {
      object(ResourceQuota.self, "team") {
        $0.status.hard = ["pods": Quantity(hard)]
        $0.status.used = ["pods": Quantity(used)]
      }
    }
    #expect(
      findings(cluster([refused, quota("2", used: "1")])) == [
        "workload.quota-exceeded notice: quota \"team\" refused pods and has room now: the controller tries again, after "
          + "pauses that grow to 17 minutes"
      ])
    var narrow = quota("2", used: "1")
    narrow.status.hard["requests.cpu"] = Quantity("1")
    narrow.status.used["requests.cpu"] = Quantity("1")
    #expect(
      findings(cluster([refused, narrow])).first?.hasPrefix("workload.quota-exceeded critical") == true,
      "another bound is reached by now")
    #expect(
      findings(cluster([refused, quota("2", used: "2")])).first
        == #"workload.quota-exceeded critical: quota "team" exceeded: pods 1 requested, 1 of 1 used"#)
  }

  @Test func refusalsOfAQuotaThatIsGone() {
    func found(_ message: String, _ objects: [any KubeObject] = [], freshness: Freshness = .live) -> String? {
      let refused = deployment(3, of: 3) {
        $0.status.conditions.append(deploymentCondition("ReplicaFailure", "True", message: message))
      }
      return findings(cluster([refused] + objects, freshness: freshness)).first
    }
    let gone = "; the quota is gone by now: the controller tries again, after pauses that grow to 17 minutes"
    let exceeded =
      #"pods "web-7d-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=1, limited: pods=1"#
    #expect(
      found(exceeded)
        == #"workload.quota-exceeded warning: quota "team" exceeded: pods 1 requested, 1 of 1 used"# + gone)
    let failed = #"pods "web-7d-x" is forbidden: failed quota: team: must specify limits.cpu for: app"#
    #expect(found(failed)?.hasSuffix("must specify limits.cpu for: app" + gone) == true)
    #expect(
      found(failed, [object(ResourceQuota.self, "team")])?.hasSuffix("must specify limits.cpu for: app") == true)
    #expect(
      found(exceeded, freshness: .forbidden("no"))?.hasSuffix("1 of 1 used") == true, "a list that may not be read")
  }

  @Test func stuckAndPausedRollouts() {
    let stuck = deployment(2, of: 3) {
      $0.status.updatedReplicas = 1
      $0.status.conditions = [
        deploymentCondition("Available", "True"),
        deploymentCondition("Progressing", "False", "ProgressDeadlineExceeded"),
      ]
    }
    #expect(
      findings(cluster([stuck]))
        == ["workload.rollout-stuck warning: rollout stuck for more than 10m: 1 of 3 updated, 2 available"])
    let paused = deployment(3, of: 3) {
      $0.spec.paused = true
      $0.status.updatedReplicas = 1
    }
    #expect(findings(cluster([paused])) == ["workload.paused notice: rollout paused at 1 of 3 replicas"])
  }

  @Test func otherControllers() {
    let stateful = object(StatefulSet.self, "db") {
      $0.spec.replicas = 2
      $0.status.readyReplicas = 1
    }
    #expect(findings(cluster([stateful])) == ["workload.replicas-missing warning: 1 of 2 replicas available"])
    let daemon = object(DaemonSet.self, "agent") {
      $0.status.desiredNumberScheduled = 4
      $0.status.numberReady = 0
      $0.status.numberMisscheduled = 2
    }
    #expect(
      findings(cluster([daemon])) == [
        "workload.replicas-missing critical: 0 of 4 replicas available",
        "workload.misscheduled notice: 2 pods on nodes that it does not select",
      ])
    let refused = event(
      "FailedCreate", #"create Pod agent-x failed error: pods "agent-x" is forbidden: no"#, about: daemon)
    #expect(findings(cluster([daemon, refused])).contains("workload.pods-refused critical: pods refused: no"))
    let bare = object(ReplicaSet.self, "rs") { $0.spec.replicas = 2 }
    #expect(findings(cluster([bare])) == ["workload.replicas-missing critical: 0 of 2 replicas available"])
    let managed = own(bare, by: deployment(3, of: 3))
    #expect(findings(cluster([managed])) == [], "the Deployment tells")
    let old = own(
      object(ReplicaSet.self, "old") { $0.metadata.creationTimestamp = ago(5) }, by: deployment(3, of: 3))
    #expect(findings(cluster([old])) == [])
  }

  @Test func daemonSetsWhosePodsAreRefusedBeforeTheyAreCounted() {
    let uncounted = object(DaemonSet.self, "agent") { $0.metadata.generation = 1 }
    func refused(at time: Timestamp) -> Event {
      event(
        "FailedCreate",
        #"Error creating: pods "agent-x" is forbidden: exceeded quota: cnt, requested: pods=1, used: pods=1, limited: pods=1"#,
        about: uncounted, at: time)
    }
    let quota = object(ResourceQuota.self, "cnt") {
      $0.status.hard["pods"] = Quantity("1")
      $0.status.used["pods"] = Quantity("1")
    }
    // That the quota is used up is another matter.
    func told(_ time: Timestamp) -> [String] {
      findings(cluster([uncounted, quota, refused(at: time)])).filter { !$0.hasPrefix("quota.exhausted") }
    }
    let found = #"workload.quota-exceeded critical: quota "cnt" exceeded: pods 1 requested, 1 of 1 used"#
    #expect(told(ago(60)) == [found], "the counts say 0 of 0")
    #expect(told(ago(1100)) == [found], "pauses grow to 1000 seconds")
    #expect(findings(cluster([uncounted, refused(at: ago(1300))])) == [])
    let later = own(pod("agent-y") { $0.metadata.creationTimestamp = ago(30) }, by: uncounted)
    #expect(findings(cluster([uncounted, refused(at: ago(60)), later])) == [], "it has succeeded since")
  }

  @Test func refusalsThatAreOver() {
    func refusal(_ object: some KubeObject) -> Event {
      event("FailedCreate", #"pods "x" is forbidden: violates PodSecurity"#, about: object, at: ago(300))
    }
    func created(_ object: some KubeObject, at time: Timestamp) -> Event {
      event("SuccessfulCreate", "Created pod: x", about: object, at: time)
    }
    let job = object(Job.self, "j") { $0.status.active = 1 }
    #expect(codes([job, refusal(job)]) == ["workload.pods-refused"])
    #expect(
      codes([job, refusal(job), created(job, at: ago(300))]) == ["workload.pods-refused"], "of several, the first")
    #expect(codes([job, refusal(job), created(job, at: ago(100))]) == [])
    let later = own(pod("j-x") { $0.metadata.creationTimestamp = ago(120) }, by: job)
    #expect(codes([job, refusal(job), later]) == [])

    let set = object(StatefulSet.self, "s") { $0.spec.replicas = 1 }
    let crashing = own(
      pod("s-0") {
        $0.metadata.creationTimestamp = ago(200)
        $0.status.conditions = [condition("Ready", "False")]
        $0.status.containerStatuses = [waiting("app", "CrashLoopBackOff", restarts: 4, last: end(1))]
      }, by: set)
    #expect(codes([set, refusal(set), crashing]).contains("workload.pods-refused") == false)
    #expect(codes([set, refusal(set)]).contains("workload.pods-refused"))
  }

  private func codes(_ objects: [any KubeObject]) -> [String] {
    Triage.diagnose(cluster(objects), now: now).findings.map(\.code.rawValue)
  }

  @Test func jobs() {
    func job(_ change: (inout Job) -> Void) -> Job { object(Job.self, "j", change) }
    let failed = job {
      $0.status.failed = 7
      $0.status.conditions = [condition("Failed", "True", reason: "BackoffLimitExceeded", since: ago(60))]
    }
    let itsPod = own(
      pod("j-1") {
        $0.status.phase = "Failed"
        $0.status.containerStatuses = [terminated("app", end(3, "Error"))]
      }, by: failed)
    #expect(
      findings(cluster([failed, itsPod])) == [
        "job.failed critical: gave up after 7 failed pods, last exit 3",
        "pod.container-failed critical: exit 3, not started again",
      ])
    let groups = Triage.diagnose(cluster([failed, itsPod]), now: now).groups
    #expect(groups.map(\.code) == [.jobFailed], "its pods are no row of their own")
    let done = own(pod("j-1") { $0 = itsPod }, by: job { $0.status.conditions = [condition("Complete", "True")] })
    #expect(findings(cluster([job { $0.status.conditions = [condition("Complete", "True")] }, done])) == [])
    #expect(findings(cluster([itsPod])) == [], "of a Job that is gone")
    let longAgo = job { $0.status.conditions = [condition("Failed", "True", since: ago(86_400))] }
    #expect(findings(cluster([longAgo])) == [])
    let late = job {
      $0.spec.activeDeadlineSeconds = 60
      $0.status.conditions = [condition("Failed", "True", reason: "DeadlineExceeded", since: ago(60))]
    }
    #expect(findings(cluster([late])) == ["job.failed critical: ran longer than its deadline of 60s"])
    let retrying = job { $0.status.failed = 1 }
    #expect(findings(cluster([retrying])) == ["job.failing warning: 1 pod failed, gives up after 7"])
    #expect(
      findings(
        cluster([
          job {
            $0.status.failed = 2
            $0.status.conditions = [condition("Complete", "True")]
          }
        ])) == [])
  }

  @Test func jobsOfACronJobThatAreRefused() {
    let cronJob = object(CronJob.self, "report")
    let quota = object(ResourceQuota.self, "jobs") {
      $0.status.hard = ["count/jobs.batch": Quantity("5")]
      $0.status.used = ["count/jobs.batch": Quantity("5")]
    }
    let refused = event(
      "FailedCreate",
      #"Error creating job: jobs.batch "report-1" is forbidden: exceeded quota: jobs, requested: count/jobs.batch=1, "#
        + "used: count/jobs.batch=5, limited: count/jobs.batch=5", about: cronJob, at: ago(60))
    let report = Triage.diagnose(cluster([cronJob, quota, refused]), now: now)
    #expect(
      report.groups.map { "\($0.owner.shortText) \($0.severity): \($0.summary(now: now))" } == [
        #"cronjob/report warning: its Jobs are refused: quota "jobs" exceeded: count/jobs.batch 1 requested, 5 of 5 used"#
      ], "the quota stands below")
    let job = own(object(Job.self, "report-1") { $0.metadata.creationTimestamp = ago(30) }, by: cronJob)
    #expect(
      !findings(cluster([cronJob, refused, job])).contains { $0.hasPrefix("cronjob") }, "made later, for its time")
  }

  @Test(arguments: [
    ("FailedIndexes", "1", "index 1 failed"), ("FailedIndexes", "1,4-6", "indexes 1,4-6 failed"),
    ("MaxFailedIndexesExceeded", "0,1", "indexes 0,1 failed, more than it may (maxFailedIndexes)"),
    ("FailedIndexes", "", "indexes failed"),
  ])
  func indexesThatFailed(reason: String, indexes: String, text: String) {
    let job = object(Job.self, "j") {
      $0.status.failedIndexes = indexes
      $0.status.conditions = [
        condition("Failed", "True", reason: reason, message: "Job has failed indexes", since: ago(60))
      ]
    }
    #expect(findings(cluster([job])) == ["job.failed critical: \(text)"])
  }

  @Test func jobsThatASidecarKeepsFromEnding() {
    let job = object(Job.self, "etl") { $0.status.active = 1 }
    func found(_ helper: String, ended seconds: Int64 = 16_200, exitCode: Int = 0) -> [String] {
      let pod = own(
        pod("etl-x") {
          $0.spec.restartPolicy = "Never"
          $0.spec.containers = [container("etl"), container(helper)]
          $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
          $0.status.containerStatuses = [
            terminated("etl", end(exitCode, "Completed", finished: ago(seconds))), running(helper),
          ]
        }, by: job)
      return findings(cluster([job, pod]))
    }
    #expect(
      found("istio-proxy") == [
        "job.held-by-sidecar warning: its program ended well 4h30m ago, but istio-proxy still runs, so that it never ends"
      ])
    #expect(found("istio-proxy", ended: 599) == [])
    #expect(found("import") == [], "another program that takes longer")
    #expect(!found("istio-proxy", exitCode: 3).contains { $0.hasPrefix("job.held") })
  }

  @Test func schedulesThatNeverCome() {
    func schedule(_ text: String) -> CronJob { object(CronJob.self, "c") { $0.spec.schedule = text } }
    let never = schedule("0 0 31 2 *")
    let event = event("FailedNeedsStart", "Cannot determine if job needs to be started", about: never)
    #expect(
      findings(cluster([never, event])) == [
        #"cronjob.missed-schedules warning: schedule "0 0 31 2 *" names a day that never comes"#
      ])
    #expect(findings(cluster([schedule("0 0 29 2 *")])) == [])
    #expect(findings(cluster([schedule("0 0 31 2 1")])) == [], "every Monday of February: one field is enough")
  }

  @Test func cronJobs() {
    let cronJob = object(CronJob.self, "nightly") { $0.status.lastSuccessfulTime = ago(30) }
    let failed = own(
      object(Job.self, "j") { $0.status.conditions = [condition("Failed", "True", since: ago(60))] }, by: cronJob)
    #expect(findings(cluster([cronJob, failed])) == [], "a later run succeeded")
    let missed = event("MissSchedule", "Missed scheduled time to start a job: Mon", about: cronJob)
    #expect(
      findings(cluster([cronJob, missed]))
        == ["cronjob.missed-schedules warning: Missed scheduled time to start a job: Mon"])
    var started = cronJob
    started.status.lastScheduleTime = ago(10)
    #expect(findings(cluster([started, missed])) == [], "it has kept a time since")
    started.status.lastScheduleTime = ago(25)
    #expect(findings(cluster([started, missed])).count == 1)
    var suspended = cronJob
    suspended.spec.suspend = true
    #expect(findings(cluster([suspended, missed])) == [])
  }
}
