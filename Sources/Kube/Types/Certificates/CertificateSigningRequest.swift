/// A request for a certificate (certificates.k8s.io/v1).
public struct CertificateSigningRequest: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "certificates.k8s.io", version: "v1", kind: "CertificateSigningRequest",
      plural: "certificatesigningrequests", shortNames: ["csr"], isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: CertificateSigningRequestSpec = CertificateSigningRequestSpec()
  /// What is.
  public var status: CertificateSigningRequestStatus = CertificateSigningRequestStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CertificateSigningRequest>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is asked for.
public struct CertificateSigningRequestSpec: KubeRecord, Equatable {
  /// Who asks.
  public var username: String = ""
  /// What the certificate is for.
  public var usages: [String] = []
  /// Who is to sign.
  public var signerName: String = ""
  /// Life of the certificate.
  public var expirationSeconds: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CertificateSigningRequestSpec>([
    .string(2, "username", \.username),
    .strings(5, "usages", \.usages),
    .shared(7, "signerName", \.signerName),
    .int(8, "expirationSeconds", \.expirationSeconds),
  ])
}

/// What became of a request.
public struct CertificateSigningRequestStatus: KubeRecord, Equatable {
  /// `Approved`, `Denied` or `Failed`.
  public var conditions: [CertificateSigningRequestCondition] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CertificateSigningRequestStatus>([
    .records(1, "conditions", \.conditions)
  ])
}

/// A condition of a request for a certificate.
public struct CertificateSigningRequestCondition: KubeRecord, Equatable, StatusCondition {
  /// What it is about.
  public var type: String = ""
  /// A word for machines.
  public var reason: String = ""
  /// A sentence for people.
  public var message: String = ""
  /// When the condition last changed in any way.
  public var lastUpdateTime: Timestamp?
  /// When `status` last changed.
  public var lastTransitionTime: Timestamp?
  /// `True`, `False` or `Unknown`.
  public var status: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CertificateSigningRequestCondition>([
    .shared(1, "type", \.type),
    .shared(2, "reason", \.reason),
    .shared(3, "message", \.message),
    .time(4, "lastUpdateTime", \.lastUpdateTime),
    .time(5, "lastTransitionTime", \.lastTransitionTime),
    .shared(6, "status", \.status),
  ])
}
