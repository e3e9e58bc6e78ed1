/// Secret settings (core/v1 Secret): the keys and how long their values are; values are never kept.
public struct Secret: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "Secret", plural: "secrets")
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// Bytes behind each key.
  public var data: SmallMap<Int> = [:]
  /// Such as `Opaque` or `kubernetes.io/tls`.
  public var type: String = ""
  /// Whether it can be changed.
  public var immutable: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Secret>([
    .record(1, "metadata", \.metadata),
    .byteCounts(2, "data", \.data, base64: true),
    .shared(3, "type", \.type),
    .bool(5, "immutable", \.immutable),
  ])
}
