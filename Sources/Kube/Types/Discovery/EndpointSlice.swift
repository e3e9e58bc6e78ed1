/// Some of the addresses behind a Service (discovery.k8s.io/v1 EndpointSlice).
public struct EndpointSlice: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "discovery.k8s.io", version: "v1", kind: "EndpointSlice", plural: "endpointslices"),
    Resource(group: "discovery.k8s.io", version: "v1beta1", kind: "EndpointSlice", plural: "endpointslices"),
  ]

  /// In v1beta1 an endpoint's `hints` have the number that is `zone` in v1.
  public static let jsonOnlyVersions: Set<String> = ["v1beta1"]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// The addresses.
  public var endpoints: [Endpoint] = []
  /// The ports; none means every port.
  public var ports: [EndpointSlicePort] = []
  /// `IPv4`, `IPv6` or `FQDN`.
  public var addressType: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EndpointSlice>([
    .record(1, "metadata", \.metadata),
    .records(2, "endpoints", \.endpoints),
    .records(3, "ports", \.ports),
    .shared(4, "addressType", \.addressType),
  ])
}

/// One backend of a Service.
public struct Endpoint: KubeRecord, Equatable {
  /// Its addresses.
  public var addresses: [String] = []
  /// Whether it gets traffic.
  public var conditions: EndpointConditions = EndpointConditions()
  /// Host name.
  public var hostname: String?
  /// The pod it is.
  @Boxed public var targetRef: ObjectReference?
  /// The node it is on.
  public var nodeName: String?
  /// The zone it is in.
  public var zone: String?
  /// Who should use it.
  @Boxed public var hints: EndpointHints?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Endpoint>([
    .strings(1, "addresses", \.addresses),
    .record(2, "conditions", \.conditions),
    .string(3, "hostname", \.hostname),
    .record(4, "targetRef", \._targetRef),
    .string(6, "nodeName", \.nodeName),
    .string(7, "zone", \.zone),
    .record(8, "hints", \._hints),
  ])
}

/// Whether an endpoint gets traffic; unset counts as ready and serving.
public struct EndpointConditions: KubeRecord, Equatable {
  /// Accepts new traffic.
  public var ready: Bool?
  /// Works, even while it is going.
  public var serving: Bool?
  /// Is going.
  public var terminating: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EndpointConditions>([
    .bool(1, "ready", \.ready),
    .bool(2, "serving", \.serving),
    .bool(3, "terminating", \.terminating),
  ])
}

/// Who should use an endpoint.
public struct EndpointHints: KubeRecord, Equatable {
  /// Zones whose clients should.
  public var forZones: [ForZone] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EndpointHints>([
    .records(1, "forZones", \.forZones)
  ])
}

/// A zone.
public struct ForZone: KubeRecord, Equatable {
  /// Its name.
  public var name: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ForZone>([
    .shared(1, "name", \.name)
  ])
}

/// A port of an EndpointSlice.
public struct EndpointSlicePort: KubeRecord, Equatable {
  /// Name of the Service's port.
  public var name: String?
  /// `TCP`, `UDP` or `SCTP`.
  public var `protocol`: String?
  /// The port.
  public var port: Int?
  /// Protocol spoken above that.
  public var appProtocol: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EndpointSlicePort>([
    .string(1, "name", \.name),
    .string(2, "protocol", \.`protocol`),
    .int(3, "port", \.port),
    .string(4, "appProtocol", \.appProtocol),
  ])
}
