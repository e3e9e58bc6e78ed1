/// Runs pods until enough of them have succeeded (batch/v1 Job).
public struct Job: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "batch", version: "v1", kind: "Job", plural: "jobs")
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: JobSpec = JobSpec()
  /// What is.
  public var status: JobStatus = JobStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Job>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of a Job.
public struct JobSpec: KubeRecord, Equatable {
  /// Pods at the same time.
  public var parallelism: Int?
  /// Successes that are needed; nil when any success ends the Job.
  public var completions: Int?
  /// Seconds after which the Job is failed.
  public var activeDeadlineSeconds: Int?
  /// Failures after which the Job is failed.
  public var backoffLimit: Int?
  /// The same for one index.
  public var backoffLimitPerIndex: Int?
  /// What failures of pods mean by their exit codes and conditions; nil when each counts.
  public var podFailurePolicy: PodFailurePolicy?
  /// Failed indexes after which the Job is failed.
  public var maxFailedIndexes: Int?
  /// The pods that belong to it.
  public var selector: LabelSelector?
  /// Whether a person chose the selector.
  public var manualSelector: Bool?
  /// What its pods are made from.
  public var template: PodTemplateSpec = PodTemplateSpec()
  /// Seconds after the end until the Job is deleted.
  public var ttlSecondsAfterFinished: Int?
  /// `NonIndexed` or `Indexed`.
  public var completionMode: String?
  /// Whether no pods may run for now.
  public var suspend: Bool?
  /// `TerminatingOrFailed` or `Failed`.
  public var podReplacementPolicy: String?
  /// The controller, if not the built-in one.
  public var managedBy: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<JobSpec>([
    .int(1, "parallelism", \.parallelism),
    .int(2, "completions", \.completions),
    .int(3, "activeDeadlineSeconds", \.activeDeadlineSeconds),
    .int(7, "backoffLimit", \.backoffLimit),
    .record(11, "podFailurePolicy", \.podFailurePolicy),
    .int(12, "backoffLimitPerIndex", \.backoffLimitPerIndex),
    .int(13, "maxFailedIndexes", \.maxFailedIndexes),
    .record(4, "selector", \.selector),
    .bool(5, "manualSelector", \.manualSelector),
    .record(6, "template", \.template),
    .int(8, "ttlSecondsAfterFinished", \.ttlSecondsAfterFinished),
    .string(9, "completionMode", \.completionMode),
    .bool(10, "suspend", \.suspend),
    .string(14, "podReplacementPolicy", \.podReplacementPolicy),
    .string(15, "managedBy", \.managedBy),
  ])
}

/// What the controller reports about a Job.
public struct JobStatus: KubeRecord, Equatable {
  /// `Complete`, `Failed`, `Suspended` and so on.
  public var conditions: [Condition] = []
  /// When the controller started it.
  public var startTime: Timestamp?
  /// When it succeeded.
  public var completionTime: Timestamp?
  /// Pods that are pending or running.
  public var active: Int = 0
  /// Pods that succeeded.
  public var succeeded: Int = 0
  /// Pods that failed.
  public var failed: Int = 0
  /// Pods that are going.
  public var terminating: Int?
  /// Indexes that are done, such as `1,3-5`.
  public var completedIndexes: String = ""
  /// Indexes that have failed.
  public var failedIndexes: String?
  /// Pods that are ready.
  public var ready: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<JobStatus>([
    .records(1, "conditions", \.conditions),
    .time(2, "startTime", \.startTime),
    .time(3, "completionTime", \.completionTime),
    .int(4, "active", \.active),
    .int(5, "succeeded", \.succeeded),
    .int(6, "failed", \.failed),
    .int(11, "terminating", \.terminating),
    .string(7, "completedIndexes", \.completedIndexes),
    .string(10, "failedIndexes", \.failedIndexes),
    .int(9, "ready", \.ready),
  ])
}
