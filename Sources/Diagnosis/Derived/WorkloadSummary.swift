import Kube

/// The columns of controllers that run pods from a template.
public struct WorkloadSummary: KubeRecord, Equatable {
  /// READY, such as `1/3`.
  public var ready = ""
  /// Pods that are wanted; 1 where nothing is said, as the API server sets it.
  public var desired = 0
  /// Pods that are ready.
  public var readyReplicas = 0
  /// CONTAINERS: names in the template.
  public var containers = ""
  /// IMAGES: images in the template.
  public var images = ""
  /// SELECTOR.
  public var selector = ""

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<WorkloadSummary>([
    .string(1, "ready", \.ready),
    .int(2, "desired", \.desired),
    .int(3, "readyReplicas", \.readyReplicas),
    .string(4, "containers", \.containers),
    .string(5, "images", \.images),
    .string(6, "selector", \.selector),
  ])

  private init(_ template: PodTemplateSpec, _ selector: LabelSelector?, ready: Int, desired: Int) {
    self.ready = "\(ready)/\(desired)"
    self.desired = desired
    readyReplicas = ready
    containers = template.spec.containers.map(\.name).joined(separator: ",")
    images = template.spec.containers.map(\.image).joined(separator: ",")
    self.selector = selector?.columnText ?? "<none>"
  }

  /// The columns of a Deployment.
  public init(_ deployment: Deployment) {
    self.init(
      deployment.spec.template, deployment.spec.selector, ready: deployment.status.readyReplicas,
      desired: deployment.spec.replicas ?? 1)
  }

  /// The columns of a ReplicaSet.
  public init(_ set: ReplicaSet) {
    self.init(
      set.spec.template, set.spec.selector, ready: set.status.readyReplicas, desired: set.spec.replicas ?? 1)
  }

  /// The columns of a StatefulSet.
  public init(_ set: StatefulSet) {
    self.init(
      set.spec.template, set.spec.selector, ready: set.status.readyReplicas, desired: set.spec.replicas ?? 1)
  }

  /// The columns of a DaemonSet, which wants one pod for each node that its template fits.
  public init(_ set: DaemonSet) {
    self.init(
      set.spec.template, set.spec.selector, ready: set.status.numberReady, desired: set.status.desiredNumberScheduled)
  }

  /// The columns of a CronJob, which has no pods of its own.
  public init(_ job: CronJob) {
    self.init(job.spec.jobTemplate.spec.template, job.spec.jobTemplate.spec.selector, ready: 0, desired: 0)
  }
}
