/// A name for a priority (scheduling.k8s.io/v1 PriorityClass).
public struct PriorityClass: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "scheduling.k8s.io", version: "v1", kind: "PriorityClass", plural: "priorityclasses", shortNames: ["pc"],
      isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// The priority; higher goes first.
  public var value: Int = 0
  /// Whether pods without a class have this one.
  public var globalDefault: Bool = false
  /// When to use it.
  public var description: String = ""
  /// `PreemptLowerPriority` (the default) or `Never`.
  public var preemptionPolicy: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PriorityClass>([
    .record(1, "metadata", \.metadata),
    .int(2, "value", \.value),
    .bool(3, "globalDefault", \.globalDefault),
    .shared(4, "description", \.description),
    .string(5, "preemptionPolicy", \.preemptionPolicy),
  ])
}
