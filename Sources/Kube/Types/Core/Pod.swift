/// Containers that run together on one node (core/v1 Pod).
public struct Pod: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "Pod", plural: "pods", shortNames: ["po"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: PodSpec = PodSpec()
  /// What the kubelet and the scheduler report.
  public var status: PodStatus = PodStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Pod>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}
