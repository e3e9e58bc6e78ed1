/// What a controller makes its pods from (core/v1 PodTemplateSpec).
public struct PodTemplateSpec: KubeRecord, Equatable {
  /// Labels and annotations of the pods.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What the pods are to run.
  public var spec: PodSpec = PodSpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodTemplateSpec>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
  ])
}
