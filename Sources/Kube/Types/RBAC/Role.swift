/// Rights within a namespace (rbac.authorization.k8s.io/v1 Role).
public struct Role: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "rbac.authorization.k8s.io", version: "v1", kind: "Role", plural: "roles")
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// The rights.
  public var rules: [PolicyRule] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Role>([
    .record(1, "metadata", \.metadata),
    .records(2, "rules", \.rules),
  ])
}

/// Rights in the whole cluster (rbac.authorization.k8s.io/v1 ClusterRole).
public struct ClusterRole: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRole", plural: "clusterroles",
      isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// The rights.
  public var rules: [PolicyRule] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ClusterRole>([
    .record(1, "metadata", \.metadata),
    .records(2, "rules", \.rules),
  ])
}

/// Rights to do something with something.
public struct PolicyRule: KubeRecord, Equatable {
  /// What may be done; `*` for everything.
  public var verbs: [String] = []
  /// Groups of the resources.
  public var apiGroups: [String] = []
  /// The resources.
  public var resources: [String] = []
  /// Names; none means all.
  public var resourceNames: [String] = []
  /// URLs that are no resources.
  public var nonResourceURLs: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PolicyRule>([
    .strings(1, "verbs", \.verbs),
    .strings(2, "apiGroups", \.apiGroups),
    .strings(3, "resources", \.resources),
    .strings(4, "resourceNames", \.resourceNames),
    .strings(5, "nonResourceURLs", \.nonResourceURLs),
  ])
}
