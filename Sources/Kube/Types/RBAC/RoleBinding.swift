/// Who has the rights of a role in a namespace (rbac.authorization.k8s.io/v1 RoleBinding).
public struct RoleBinding: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "rbac.authorization.k8s.io", version: "v1", kind: "RoleBinding", plural: "rolebindings")
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// Who.
  public var subjects: [Subject] = []
  /// The role.
  public var roleRef: RoleRef = RoleRef()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RoleBinding>([
    .record(1, "metadata", \.metadata),
    .records(2, "subjects", \.subjects),
    .record(3, "roleRef", \.roleRef),
  ])
}

/// Who has the rights of a role everywhere (rbac.authorization.k8s.io/v1 ClusterRoleBinding).
public struct ClusterRoleBinding: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRoleBinding", plural: "clusterrolebindings",
      isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// Who.
  public var subjects: [Subject] = []
  /// The role.
  public var roleRef: RoleRef = RoleRef()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ClusterRoleBinding>([
    .record(1, "metadata", \.metadata),
    .records(2, "subjects", \.subjects),
    .record(3, "roleRef", \.roleRef),
  ])
}

/// A user, a group or an account.
public struct Subject: KubeRecord, Equatable {
  /// `User`, `Group` or `ServiceAccount`.
  public var kind: String = ""
  /// Group of the kind.
  public var apiGroup: String = ""
  /// Name.
  public var name: String = ""
  /// Namespace of an account.
  public var namespace: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Subject>([
    .shared(1, "kind", \.kind),
    .shared(2, "apiGroup", \.apiGroup),
    .shared(3, "name", \.name),
    .shared(4, "namespace", \.namespace),
  ])
}

/// Names a role.
public struct RoleRef: KubeRecord, Equatable {
  /// Group of the kind.
  public var apiGroup: String = ""
  /// `Role` or `ClusterRole`.
  public var kind: String = ""
  /// Name.
  public var name: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RoleRef>([
    .shared(1, "apiGroup", \.apiGroup),
    .shared(2, "kind", \.kind),
    .shared(3, "name", \.name),
  ])
}
