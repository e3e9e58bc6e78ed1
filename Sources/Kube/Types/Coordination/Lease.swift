/// Who leads or lives (coordination.k8s.io/v1 Lease); kubelets renew theirs every few seconds.
public struct Lease: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases")
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// Who holds it and since when.
  public var spec: LeaseSpec = LeaseSpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Lease>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
  ])
}

/// Who holds a lease and since when.
public struct LeaseSpec: KubeRecord, Equatable {
  /// The holder.
  public var holderIdentity: String?
  /// Seconds after the last renewal that others must wait.
  public var leaseDurationSeconds: Int?
  /// When the holder got it.
  public var acquireTime: Timestamp?
  /// When the holder last renewed it.
  public var renewTime: Timestamp?
  /// How often the holder changed.
  public var leaseTransitions: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LeaseSpec>([
    .string(1, "holderIdentity", \.holderIdentity),
    .int(2, "leaseDurationSeconds", \.leaseDurationSeconds),
    .time(3, "acquireTime", \.acquireTime),
    .time(4, "renewTime", \.renewTime),
    .int(5, "leaseTransitions", \.leaseTransitions),
  ])
}
