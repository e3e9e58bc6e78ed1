/// A stable address in front of pods (core/v1 Service).
public struct Service: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "Service", plural: "services", shortNames: ["svc"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: ServiceSpec = ServiceSpec()
  /// What is.
  public var status: ServiceStatus = ServiceStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Service>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of a Service.
public struct ServiceSpec: KubeRecord, Equatable {
  /// The ports it listens on.
  public var ports: [ServicePort] = []
  /// Labels of the pods behind it; empty when something else fills in the endpoints.
  public var selector: SmallMap<String> = [:]
  /// Its address; `None` for a headless Service.
  public var clusterIP: String = ""
  /// Its addresses, one an IP family.
  public var clusterIPs: [String] = []
  /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
  public var type: String = ""
  /// Further addresses that nodes accept.
  public var externalIPs: [String] = []
  /// `ClientIP` or `None`.
  public var sessionAffinity: String = ""
  /// The address asked of the load balancer.
  public var loadBalancerIP: String = ""
  /// The name that an `ExternalName` Service stands for.
  public var externalName: String = ""
  /// `Cluster` or `Local`.
  public var externalTrafficPolicy: String = ""
  /// Port for the load balancer's health checks.
  public var healthCheckNodePort: Int = 0
  /// Whether pods that are not ready get traffic.
  public var publishNotReadyAddresses: Bool = false
  /// Such as `SingleStack`.
  public var ipFamilyPolicy: String?
  /// `IPv4`, `IPv6`.
  public var ipFamilies: [String] = []
  /// The load balancer that is to serve it.
  public var loadBalancerClass: String?
  /// `Cluster` or `Local`.
  public var internalTrafficPolicy: String?
  /// A wish such as `PreferClose`.
  public var trafficDistribution: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ServiceSpec>([
    .records(1, "ports", \.ports),
    .stringMap(2, "selector", \.selector),
    .string(3, "clusterIP", \.clusterIP),
    .strings(18, "clusterIPs", \.clusterIPs),
    .shared(4, "type", \.type),
    .strings(5, "externalIPs", \.externalIPs),
    .shared(7, "sessionAffinity", \.sessionAffinity),
    .string(8, "loadBalancerIP", \.loadBalancerIP),
    .shared(10, "externalName", \.externalName),
    .shared(11, "externalTrafficPolicy", \.externalTrafficPolicy),
    .int(12, "healthCheckNodePort", \.healthCheckNodePort),
    .bool(13, "publishNotReadyAddresses", \.publishNotReadyAddresses),
    .string(17, "ipFamilyPolicy", \.ipFamilyPolicy),
    .strings(19, "ipFamilies", \.ipFamilies),
    .string(21, "loadBalancerClass", \.loadBalancerClass),
    .string(22, "internalTrafficPolicy", \.internalTrafficPolicy),
    .string(23, "trafficDistribution", \.trafficDistribution),
  ])
}

/// A port of a Service.
public struct ServicePort: KubeRecord, Equatable {
  /// Name.
  public var name: String = ""
  /// `TCP`, `UDP` or `SCTP`.
  public var `protocol`: String = ""
  /// Protocol spoken above that.
  public var appProtocol: String?
  /// The port.
  public var port: Int = 0
  /// Port of the pods or its name.
  public var targetPort: IntOrString?
  /// Port on every node; 0 for none.
  public var nodePort: Int = 0

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ServicePort>([
    .shared(1, "name", \.name),
    .shared(2, "protocol", \.`protocol`),
    .string(6, "appProtocol", \.appProtocol),
    .int(3, "port", \.port),
    .intOrString(4, "targetPort", \.targetPort),
    .int(5, "nodePort", \.nodePort),
  ])
}

/// What controllers report about a Service.
public struct ServiceStatus: KubeRecord, Equatable {
  /// Where the load balancer is reached.
  public var loadBalancer: LoadBalancerStatus = LoadBalancerStatus()
  /// Conditions.
  public var conditions: [ObjectCondition] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ServiceStatus>([
    .record(1, "loadBalancer", \.loadBalancer),
    .records(2, "conditions", \.conditions),
  ])
}

/// Where a load balancer is reached.
public struct LoadBalancerStatus: KubeRecord, Equatable {
  /// The places; IngressLoadBalancerStatus has the same layout.
  public var ingress: [LoadBalancerIngress] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LoadBalancerStatus>([
    .records(1, "ingress", \.ingress)
  ])
}

/// A place where a load balancer is reached.
public struct LoadBalancerIngress: KubeRecord, Equatable {
  /// Address.
  public var ip: String = ""
  /// Name.
  public var hostname: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LoadBalancerIngress>([
    .string(1, "ip", \.ip),
    .string(2, "hostname", \.hostname),
  ])
}
