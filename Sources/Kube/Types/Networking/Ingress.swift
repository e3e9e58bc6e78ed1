/// Routes HTTP from outside to Services (networking.k8s.io/v1 Ingress).
public struct Ingress: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "networking.k8s.io", version: "v1", kind: "Ingress", plural: "ingresses", shortNames: ["ing"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: IngressSpec = IngressSpec()
  /// What is.
  public var status: IngressStatus = IngressStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Ingress>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of an Ingress.
public struct IngressSpec: KubeRecord, Equatable {
  /// Takes what no rule takes.
  public var defaultBackend: IngressBackend?
  /// Certificates.
  public var tls: [IngressTLS] = []
  /// Hosts and paths.
  public var rules: [IngressRule] = []
  /// The IngressClass that is to serve it.
  public var ingressClassName: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<IngressSpec>([
    .record(1, "defaultBackend", \.defaultBackend),
    .records(2, "tls", \.tls),
    .records(3, "rules", \.rules),
    .string(4, "ingressClassName", \.ingressClassName),
  ])
}

/// A certificate and the hosts it is for.
public struct IngressTLS: KubeRecord, Equatable {
  /// The hosts.
  public var hosts: [String] = []
  /// The Secret with the certificate.
  public var secretName: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<IngressTLS>([
    .strings(1, "hosts", \.hosts),
    .shared(2, "secretName", \.secretName),
  ])
}

/// Paths of one host.
public struct IngressRule: KubeRecord, Equatable {
  /// The host; empty for all.
  public var host: String = ""
  /// The paths.
  public var http: HTTPIngressRuleValue?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<IngressRule>([
    .shared(1, "host", \.host),
    .inlined(
      2,
      [
        .record(1, "http", \.http)
      ]),
  ])
}

/// Paths of one host.
public struct HTTPIngressRuleValue: KubeRecord, Equatable {
  /// The paths.
  public var paths: [HTTPIngressPath] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<HTTPIngressRuleValue>([
    .records(1, "paths", \.paths)
  ])
}

/// A path and where it leads.
public struct HTTPIngressPath: KubeRecord, Equatable {
  /// The path.
  public var path: String = ""
  /// `Exact`, `Prefix` or `ImplementationSpecific`.
  public var pathType: String?
  /// Where it leads.
  public var backend: IngressBackend = IngressBackend()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<HTTPIngressPath>([
    .shared(1, "path", \.path),
    .string(3, "pathType", \.pathType),
    .record(2, "backend", \.backend),
  ])
}

/// Where requests are sent.
public struct IngressBackend: KubeRecord, Equatable {
  /// An object other than a Service.
  public var resource: TypedObjectReference?
  /// A Service.
  public var service: IngressServiceBackend?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<IngressBackend>([
    .record(3, "resource", \.resource),
    .record(4, "service", \.service),
  ])
}

/// A port of a Service.
public struct IngressServiceBackend: KubeRecord, Equatable {
  /// The Service.
  public var name: String = ""
  /// The port.
  public var port: ServiceBackendPort = ServiceBackendPort()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<IngressServiceBackend>([
    .shared(1, "name", \.name),
    .record(2, "port", \.port),
  ])
}

/// A port of a Service by name or by number.
public struct ServiceBackendPort: KubeRecord, Equatable {
  /// Its name; empty when it is meant by number.
  public var name: String = ""
  /// Its number; 0 when it is meant by name.
  public var number: Int = 0

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ServiceBackendPort>([
    .shared(1, "name", \.name),
    .int(2, "number", \.number),
  ])
}

/// What the ingress controller reports.
public struct IngressStatus: KubeRecord, Equatable {
  /// Where the Ingress is reached.
  public var loadBalancer: LoadBalancerStatus = LoadBalancerStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<IngressStatus>([
    .record(1, "loadBalancer", \.loadBalancer)
  ])
}
