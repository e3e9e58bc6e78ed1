/// The addresses behind a Service, in older clusters (core/v1 Endpoints).
public struct Endpoints: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "Endpoints", plural: "endpoints", shortNames: ["ep"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// Addresses that share ports.
  public var subsets: [EndpointSubset] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Endpoints>([
    .record(1, "metadata", \.metadata),
    .records(2, "subsets", \.subsets),
  ])
}

/// Addresses that share ports.
public struct EndpointSubset: KubeRecord, Equatable {
  /// Those that get traffic.
  public var addresses: [EndpointAddress] = []
  /// Those that do not.
  public var notReadyAddresses: [EndpointAddress] = []
  /// The ports.
  public var ports: [EndpointPort] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EndpointSubset>([
    .records(1, "addresses", \.addresses),
    .records(2, "notReadyAddresses", \.notReadyAddresses),
    .records(3, "ports", \.ports),
  ])
}

/// An address behind a Service.
public struct EndpointAddress: KubeRecord, Equatable {
  /// The address.
  public var ip: String = ""
  /// Host name.
  public var hostname: String = ""
  /// The node it is on.
  public var nodeName: String?
  /// The pod it belongs to.
  @Boxed public var targetRef: ObjectReference?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EndpointAddress>([
    .string(1, "ip", \.ip),
    .shared(3, "hostname", \.hostname),
    .string(4, "nodeName", \.nodeName),
    .record(2, "targetRef", \._targetRef),
  ])
}

/// A port of endpoints.
public struct EndpointPort: KubeRecord, Equatable {
  /// Name of the Service's port.
  public var name: String = ""
  /// The port.
  public var port: Int = 0
  /// `TCP`, `UDP` or `SCTP`.
  public var `protocol`: String = ""
  /// Protocol spoken above that.
  public var appProtocol: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EndpointPort>([
    .shared(1, "name", \.name),
    .int(2, "port", \.port),
    .shared(3, "protocol", \.`protocol`),
    .string(4, "appProtocol", \.appProtocol),
  ])
}
