import ClusterState
import Kube

/// Somebody to whom roles are bound.
public enum AccessSubject: Sendable, Hashable {
  /// A user by name.
  case user(String)
  /// A group by name.
  case group(String)
  /// A service account.
  case serviceAccount(namespace: String, name: String)

  /// Reads `u:NAME`, `g:NAME` and `s:NAMESPACE:NAME`, as k9s writes them; nil for anything else.
  public init?(parsing text: String) {
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    switch parts[0].lowercased() {
    case "u": self = .user(parts[1])
    case "g": self = .group(parts[1])
    case "s":
      let account = parts[1].split(separator: ":").map(String.init)
      guard account.count == 2 else { return nil }
      self = .serviceAccount(namespace: account[0], name: account[1])
    default: return nil
    }
  }

  /// `user jane`, `service account shop/web`.
  public var description: String {
    switch self {
    case .user(let name): "user \(name)"
    case .group(let name): "group \(name)"
    case .serviceAccount(let namespace, let name): "service account \(namespace)/\(name)"
    }
  }

  /// The name that `kubectl auth can-i --as` takes; nil for groups.
  public var userName: String? {
    switch self {
    case .user(let name): name
    case .group: nil
    case .serviceAccount(let namespace, let name): "system:serviceaccount:\(namespace):\(name)"
    }
  }

  /// The kinds that say what somebody may do.
  public static let kinds: [any KubeObject.Type] = [
    Role.self, ClusterRole.self, RoleBinding.self, ClusterRoleBinding.self,
  ]

  /// What the roles that are bound to it, and to the groups that it is always in, let it do. Groups that only the
  /// user's credentials name are not known here, nor is what other authorizers than RBAC allow.
  public func rules(in cluster: ClusterState) -> [AccessRule] {
    var rules: [AccessRule] = []
    for binding in cluster.all(ClusterRoleBinding.self) where isAmong(binding.subjects, namespace: "") {
      rules += given(binding.roleRef, by: "ClusterRoleBinding \(binding.metadata.name)", namespace: nil, cluster)
    }
    for binding in cluster.all(RoleBinding.self) where isAmong(binding.subjects, namespace: binding.metadata.namespace)
    {
      rules += given(
        binding.roleRef, by: "RoleBinding \(binding.metadata.name)", namespace: binding.metadata.namespace, cluster)
    }
    return AccessRule.merged(rules)
  }

  private func given(
    _ role: RoleRef, by binding: String, namespace: String?, _ cluster: ClusterState
  ) -> [AccessRule] {
    let found: [PolicyRule]?
    let isConclusive: Bool
    if role.kind == "ClusterRole" {
      found = cluster.get(ClusterRole.self, name: role.name)?.rules
      isConclusive = cluster.isConclusive(ClusterRole.self)
    } else {
      found = namespace.flatMap { cluster.get(Role.self, namespace: $0, name: role.name)?.rules }
      isConclusive = cluster.isConclusive(Role.self, namespace: namespace ?? "")
    }
    let source = "\(role.kind) \(role.name), by \(binding)"
    guard let found else {
      let verdict = isConclusive ? "nothing: the role does not exist" : "unknown: the role is not read"
      return [AccessRule(resource: "?", names: [], verbs: [verdict], namespace: namespace, source: source)]
    }
    return found.flatMap { AccessRule.all(of: $0, namespace: namespace, source: source) }
  }

  private func isAmong(_ subjects: [Subject], namespace: String) -> Bool {
    subjects.contains { subject in
      switch (subject.kind, self) {
      case ("User", .user(let name)): subject.name == name
      case ("User", .serviceAccount): subject.name == userName
      case ("Group", .group(let name)): subject.name == name
      case ("Group", .user): subject.name == "system:authenticated"
      case ("Group", .serviceAccount(let own, _)):
        ["system:authenticated", "system:serviceaccounts", "system:serviceaccounts:\(own)"].contains(subject.name)
      case ("ServiceAccount", .serviceAccount(let own, let name)):
        subject.name == name && (subject.namespace.isEmpty ? namespace : subject.namespace) == own
      default: false
      }
    }
  }
}
