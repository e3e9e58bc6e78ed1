/// A part of the cluster in which names are unique (core/v1 Namespace).
public struct Namespace: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "Namespace", plural: "namespaces", shortNames: ["ns"], isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: NamespaceSpec = NamespaceSpec()
  /// What is.
  public var status: NamespaceStatus = NamespaceStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Namespace>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of a namespace.
public struct NamespaceSpec: KubeRecord, Equatable {
  /// What must be done before it can go.
  public var finalizers: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NamespaceSpec>([
    .strings(1, "finalizers", \.finalizers)
  ])
}

/// Life of a namespace.
public struct NamespaceStatus: KubeRecord, Equatable {
  /// `Active` or `Terminating`.
  public var phase: String = ""
  /// What holds up its end.
  public var conditions: [Condition] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NamespaceStatus>([
    .shared(1, "phase", \.phase),
    .records(2, "conditions", \.conditions),
  ])
}
