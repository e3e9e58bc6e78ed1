/// Settings (core/v1 ConfigMap): the keys and how long their values are, not the values.
public struct ConfigMap: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", shortNames: ["cm"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// Bytes behind each key.
  public var data: SmallMap<Int> = [:]
  /// Bytes behind each binary key.
  public var binaryData: SmallMap<Int> = [:]
  /// Whether it can be changed.
  public var immutable: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ConfigMap>([
    .record(1, "metadata", \.metadata),
    .byteCounts(2, "data", \.data, base64: false),
    .byteCounts(3, "binaryData", \.binaryData, base64: true),
    .bool(4, "immutable", \.immutable),
  ])
}
