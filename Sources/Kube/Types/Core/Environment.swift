/// A variable of a container; a literal value may be secret and is not kept.
public struct EnvVar: KubeRecord, Equatable {
  /// Name of the variable.
  public var name: String = ""
  /// Where the value comes from, when it is no literal.
  @Boxed public var valueFrom: EnvVarSource?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EnvVar>([
    .shared(1, "name", \.name),
    .record(3, "valueFrom", \._valueFrom),
  ])
}

/// Where a variable's value comes from.
public struct EnvVarSource: KubeRecord, Equatable {
  /// A field of the pod.
  public var fieldRef: ObjectFieldSelector?
  /// A resource of a container.
  public var resourceFieldRef: ResourceFieldSelector?
  /// A key of a ConfigMap.
  public var configMapKeyRef: KeySelector?
  /// A key of a Secret.
  public var secretKeyRef: KeySelector?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EnvVarSource>([
    .record(1, "fieldRef", \.fieldRef),
    .record(2, "resourceFieldRef", \.resourceFieldRef),
    .record(3, "configMapKeyRef", \.configMapKeyRef),
    .record(4, "secretKeyRef", \.secretKeyRef),
  ])
}

/// A field of the pod.
public struct ObjectFieldSelector: KubeRecord, Equatable {
  /// Path, such as `metadata.name`.
  public var fieldPath: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ObjectFieldSelector>([
    .shared(2, "fieldPath", \.fieldPath)
  ])
}

/// A resource of a container.
public struct ResourceFieldSelector: KubeRecord, Equatable {
  /// The container; empty for the one that asks.
  public var containerName: String = ""
  /// Such as `limits.cpu`.
  public var resource: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ResourceFieldSelector>([
    .shared(1, "containerName", \.containerName),
    .shared(2, "resource", \.resource),
  ])
}

/// A key of a ConfigMap or Secret (ConfigMapKeySelector and SecretKeySelector have the same layout).
public struct KeySelector: KubeRecord, Equatable {
  /// Name of the object.
  public var name: String = ""
  /// The key.
  public var key: String = ""
  /// Whether the container starts without it.
  public var optional: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<KeySelector>([
    .inlined(
      1,
      [
        .shared(1, "name", \.name)
      ]),
    .shared(2, "key", \.key),
    .bool(3, "optional", \.optional),
  ])
}

/// An object whose every key becomes a variable.
public struct EnvFromSource: KubeRecord, Equatable {
  /// Put before each key.
  public var prefix: String = ""
  /// The ConfigMap.
  public var configMapRef: EnvSourceReference?
  /// The Secret.
  public var secretRef: EnvSourceReference?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EnvFromSource>([
    .shared(1, "prefix", \.prefix),
    .record(2, "configMapRef", \.configMapRef),
    .record(3, "secretRef", \.secretRef),
  ])
}

/// Names a ConfigMap or Secret (ConfigMapEnvSource and SecretEnvSource have the same layout).
public struct EnvSourceReference: KubeRecord, Equatable {
  /// Name of the object.
  public var name: String = ""
  /// Whether the container starts without it.
  public var optional: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EnvSourceReference>([
    .inlined(
      1,
      [
        .shared(1, "name", \.name)
      ]),
    .bool(2, "optional", \.optional),
  ])
}
