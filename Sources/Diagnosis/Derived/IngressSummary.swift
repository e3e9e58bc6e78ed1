import Kube

/// The columns of an Ingress.
public struct IngressSummary: KubeRecord, Equatable {
  /// HOSTS: at most three, `*` for any.
  public var hosts = ""
  /// ADDRESS as `-o wide` prints it.
  public var address = ""
  /// PORTS: `80`, or `80, 443` with TLS.
  public var ports = ""

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<IngressSummary>([
    .string(1, "hosts", \.hosts),
    .string(2, "address", \.address),
    .string(3, "ports", \.ports),
  ])

  /// The columns of an Ingress.
  public init(_ ingress: Ingress) {
    hosts = Self.hosts(of: ingress.spec.rules)
    address = ColumnTexts.addresses(ingress.status.loadBalancer).joined(separator: ",")
    ports = ingress.spec.tls.isEmpty ? "80" : "80, 443"
  }

  /// kubectl counts all rules behind the third host as more, those without a host too.
  private static func hosts(of rules: [IngressRule]) -> String {
    var hosts: [String] = []
    var isAbridged = false
    for rule in rules {
      if hosts.count == 3 { isAbridged = true }
      if !isAbridged, !rule.host.isEmpty { hosts.append(rule.host) }
    }
    if hosts.isEmpty { return "*" }
    let text = hosts.joined(separator: ",")
    return isAbridged ? "\(text) + \(rules.count - 3) more..." : text
  }
}
