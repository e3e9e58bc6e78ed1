/// A template that a StatefulSet or DaemonSet had (apps/v1); its contents are not kept.
public struct ControllerRevision: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "apps", version: "v1", kind: "ControllerRevision", plural: "controllerrevisions")
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// Number of the revision; higher is newer.
  public var revision: Int = 0

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ControllerRevision>([
    .record(1, "metadata", \.metadata),
    .int(3, "revision", \.revision),
  ])
}
