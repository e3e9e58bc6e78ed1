import Kube

/// The columns of a Job.
public struct JobSummary: KubeRecord, Equatable {
  /// STATUS.
  public var status = ""
  /// COMPLETIONS, such as `1/3` or `1/1 of 2`.
  public var completions = ""
  /// CONTAINERS: names in the template.
  public var containers = ""
  /// IMAGES: images in the template.
  public var images = ""
  /// SELECTOR.
  public var selector = ""

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<JobSummary>([
    .string(1, "status", \.status),
    .string(2, "completions", \.completions),
    .string(3, "containers", \.containers),
    .string(4, "images", \.images),
    .string(5, "selector", \.selector),
  ])

  /// The columns of a Job.
  public init(_ job: Job) {
    status = Self.status(of: job)
    let succeeded = job.status.succeeded
    if let wanted = job.spec.completions {
      completions = "\(succeeded)/\(wanted)"
    } else if let parallelism = job.spec.parallelism, parallelism > 1 {
      // Without a number of completions the job is a queue that several pods work off: one success ends it.
      completions = "\(succeeded)/1 of \(parallelism)"
    } else {
      completions = "\(succeeded)/1"
    }
    containers = job.spec.template.spec.containers.map(\.name).joined(separator: ",")
    images = job.spec.template.spec.containers.map(\.image).joined(separator: ",")
    selector = job.spec.selector?.columnText ?? "<none>"
  }

  private static func status(of job: Job) -> String {
    func holds(_ type: String) -> Bool { job.status.conditions.first { $0.type == type }?.isTrue == true }
    if holds("Complete") { return "Complete" }
    if holds("Failed") { return "Failed" }
    if job.metadata.deletionTimestamp != nil { return "Terminating" }
    for type in ["Suspended", "FailureTarget", "SuccessCriteriaMet"] where holds(type) { return type }
    return "Running"
  }
}
