/// Which traffic pods may have (networking.k8s.io/v1 NetworkPolicy).
public struct NetworkPolicy: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "networking.k8s.io", version: "v1", kind: "NetworkPolicy", plural: "networkpolicies",
      shortNames: ["netpol"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: NetworkPolicySpec = NetworkPolicySpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NetworkPolicy>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
  ])
}

/// Which traffic pods may have.
public struct NetworkPolicySpec: KubeRecord, Equatable {
  /// The pods; an empty selector means all of the namespace.
  public var podSelector: LabelSelector = LabelSelector()
  /// Incoming traffic that is allowed.
  public var ingress: [NetworkPolicyIngressRule] = []
  /// Outgoing traffic that is allowed.
  public var egress: [NetworkPolicyEgressRule] = []
  /// `Ingress`, `Egress` or both: the directions that are restricted.
  public var policyTypes: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NetworkPolicySpec>([
    .record(1, "podSelector", \.podSelector),
    .records(2, "ingress", \.ingress),
    .records(3, "egress", \.egress),
    .strings(4, "policyTypes", \.policyTypes),
  ])
}

/// Incoming traffic that is allowed.
public struct NetworkPolicyIngressRule: KubeRecord, Equatable {
  /// Ports; none means all.
  public var ports: [NetworkPolicyPort] = []
  /// Sources; none means all.
  public var from: [NetworkPolicyPeer] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NetworkPolicyIngressRule>([
    .records(1, "ports", \.ports),
    .records(2, "from", \.from),
  ])
}

/// Outgoing traffic that is allowed.
public struct NetworkPolicyEgressRule: KubeRecord, Equatable {
  /// Ports; none means all.
  public var ports: [NetworkPolicyPort] = []
  /// Destinations; none means all.
  public var to: [NetworkPolicyPeer] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NetworkPolicyEgressRule>([
    .records(1, "ports", \.ports),
    .records(2, "to", \.to),
  ])
}

/// A port or a range of ports.
public struct NetworkPolicyPort: KubeRecord, Equatable {
  /// `TCP` (the default), `UDP` or `SCTP`.
  public var `protocol`: String?
  /// The port or its name; nil for all.
  public var port: IntOrString?
  /// Last port of a range.
  public var endPort: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NetworkPolicyPort>([
    .string(1, "protocol", \.`protocol`),
    .intOrString(2, "port", \.port),
    .int(3, "endPort", \.endPort),
  ])
}

/// The other side of traffic.
public struct NetworkPolicyPeer: KubeRecord, Equatable {
  /// Pods.
  public var podSelector: LabelSelector?
  /// Namespaces of those pods; nil for the policy's own.
  public var namespaceSelector: LabelSelector?
  /// Addresses.
  public var ipBlock: IPBlock?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NetworkPolicyPeer>([
    .record(1, "podSelector", \.podSelector),
    .record(2, "namespaceSelector", \.namespaceSelector),
    .record(3, "ipBlock", \.ipBlock),
  ])
}

/// A range of addresses.
public struct IPBlock: KubeRecord, Equatable {
  /// The range.
  public var cidr: String = ""
  /// Ranges within it that are not meant.
  public var except: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<IPBlock>([
    .shared(1, "cidr", \.cidr),
    .strings(2, "except", \.except),
  ])
}
