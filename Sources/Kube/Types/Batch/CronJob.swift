/// Makes Jobs by the clock (batch/v1 CronJob).
public struct CronJob: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "batch", version: "v1", kind: "CronJob", plural: "cronjobs", shortNames: ["cj"]),
    Resource(group: "batch", version: "v1beta1", kind: "CronJob", plural: "cronjobs", shortNames: ["cj"]),
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: CronJobSpec = CronJobSpec()
  /// What is.
  public var status: CronJobStatus = CronJobStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CronJob>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of a CronJob.
public struct CronJobSpec: KubeRecord, Equatable {
  /// When, in the syntax of cron.
  public var schedule: String = ""
  /// Time zone of the schedule; nil for the controller's.
  public var timeZone: String?
  /// How late a Job may still be started.
  public var startingDeadlineSeconds: Int?
  /// `Allow`, `Forbid` or `Replace`, when the previous Job still runs.
  public var concurrencyPolicy: String = ""
  /// Whether no Jobs are made for now.
  public var suspend: Bool?
  /// What its Jobs are made from.
  public var jobTemplate: JobTemplateSpec = JobTemplateSpec()
  /// Succeeded Jobs that are kept.
  public var successfulJobsHistoryLimit: Int?
  /// Failed Jobs that are kept.
  public var failedJobsHistoryLimit: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CronJobSpec>([
    .shared(1, "schedule", \.schedule),
    .string(8, "timeZone", \.timeZone),
    .int(2, "startingDeadlineSeconds", \.startingDeadlineSeconds),
    .shared(3, "concurrencyPolicy", \.concurrencyPolicy),
    .bool(4, "suspend", \.suspend),
    .record(5, "jobTemplate", \.jobTemplate),
    .int(6, "successfulJobsHistoryLimit", \.successfulJobsHistoryLimit),
    .int(7, "failedJobsHistoryLimit", \.failedJobsHistoryLimit),
  ])
}

/// What a CronJob makes its Jobs from.
public struct JobTemplateSpec: KubeRecord, Equatable {
  /// Labels and annotations of the Jobs.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What the Jobs are to do.
  public var spec: JobSpec = JobSpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<JobTemplateSpec>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
  ])
}

/// What the controller reports about a CronJob.
public struct CronJobStatus: KubeRecord, Equatable {
  /// Jobs that run.
  public var active: [ObjectReference] = []
  /// When a Job was last due.
  public var lastScheduleTime: Timestamp?
  /// When a Job last succeeded.
  public var lastSuccessfulTime: Timestamp?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CronJobStatus>([
    .records(1, "active", \.active),
    .time(4, "lastScheduleTime", \.lastScheduleTime),
    .time(5, "lastSuccessfulTime", \.lastSuccessfulTime),
  ])
}
