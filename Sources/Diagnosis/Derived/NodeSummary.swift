import Kube

/// The columns of a Node.
public struct NodeSummary: KubeRecord, Equatable {
  /// STATUS.
  public var status = ""
  /// ROLES: what its labels call it, `<none>` without such labels.
  public var roles = ""
  /// INTERNAL-IP, `<none>` without one.
  public var internalIP = ""
  /// EXTERNAL-IP, `<none>` without one.
  public var externalIP = ""
  /// Conditions other than Ready that are true and should not be, such as `MemoryPressure`.
  public var pressure: [String] = []

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<NodeSummary>([
    .string(1, "status", \.status),
    .string(2, "roles", \.roles),
    .string(3, "internalIP", \.internalIP),
    .string(4, "externalIP", \.externalIP),
    .strings(5, "pressure", \.pressure),
  ])

  /// The columns of a Node.
  public init(_ node: Node) {
    status = node.statusWord
    var roles: Set<String> = []
    let prefix = "node-role.kubernetes.io/"
    for (key, value) in node.metadata.labels.entries {
      if key.hasPrefix(prefix), key.utf8.count > prefix.utf8.count {
        roles.insert(String(key.dropFirst(prefix.count)))
      } else if key == "kubernetes.io/role", !value.isEmpty {
        roles.insert(value)
      }
    }
    self.roles = roles.isEmpty ? "<none>" : roles.sorted().joined(separator: ",")
    func address(_ type: String) -> String { node.status.addresses.first { $0.type == type }?.address ?? "<none>" }
    internalIP = address("InternalIP")
    externalIP = address("ExternalIP")
    pressure = node.status.conditions.filter { $0.type != "Ready" && $0.isTrue }.map(\.type)
  }
}
