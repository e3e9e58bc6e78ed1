import Kube

/// The columns of a Service.
public struct ServiceSummary: KubeRecord, Equatable {
  /// CLUSTER-IP, `<none>` without one.
  public var clusterIP = ""
  /// EXTERNAL-IP as `-o wide` prints it: `<none>`, `<pending>` or everything that leads to it.
  public var externalIP = ""
  /// PORT(S), such as `80:30080/TCP,443/TCP`.
  public var ports = ""

  /// A summary of nothing.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<ServiceSummary>([
    .string(1, "clusterIP", \.clusterIP),
    .string(2, "externalIP", \.externalIP),
    .string(3, "ports", \.ports),
  ])

  /// The columns of a Service.
  public init(_ service: Service) {
    let spec = service.spec
    clusterIP = spec.clusterIPs.first ?? (spec.clusterIP.isEmpty ? "<none>" : spec.clusterIP)
    externalIP = Self.externalIP(of: service)
    let ports = spec.ports.map { port in
      port.nodePort > 0 ? "\(port.port):\(port.nodePort)/\(port.protocol)" : "\(port.port)/\(port.protocol)"
    }
    self.ports = ports.isEmpty ? "<none>" : ports.joined(separator: ",")
  }

  private static func externalIP(of service: Service) -> String {
    let external = service.spec.externalIPs
    switch service.spec.type {
    case "ClusterIP", "NodePort": return external.isEmpty ? "<none>" : external.joined(separator: ",")
    case "LoadBalancer":
      let all = ColumnTexts.addresses(service.status.loadBalancer) + external
      return all.isEmpty ? "<pending>" : all.joined(separator: ",")
    case "ExternalName": return service.spec.externalName
    default: return "<unknown>"
    }
  }
}
