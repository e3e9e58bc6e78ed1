/// A kind of devices that pods may ask for (resource.k8s.io/v1 DeviceClass).
public struct DeviceClass: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "resource.k8s.io", version: "v1", kind: "DeviceClass", plural: "deviceclasses", isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What the class stands for.
  public var spec: DeviceClassSpec = DeviceClassSpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DeviceClass>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
  ])
}

/// What a class of devices stands for.
public struct DeviceClassSpec: KubeRecord, Equatable {
  /// The extended resource that stands for the class in containers' requests, such as `example.com/gpu`.
  public var extendedResourceName: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<DeviceClassSpec>([
    .string(4, "extendedResourceName", \.extendedResourceName)
  ])
}
