/// Secret settings (core/v1 Secret): the keys and how long their values are; values are never kept.
public struct Secret: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "Secret", plural: "secrets")
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is known of what is behind each key.
  public var data: SmallMap<SecretValue> = [:]
  /// Such as `Opaque` or `kubernetes.io/tls`.
  public var type: String = ""
  /// Whether it can be changed.
  public var immutable: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Secret>([
    .record(1, "metadata", \.metadata),
    .secretValues(2, "data", \.data),
    .shared(3, "type", \.type),
    .bool(5, "immutable", \.immutable),
  ])
}

/// What is kept of a value of a Secret: nothing that is secret.
public struct SecretValue: Sendable, Hashable {
  /// How many bytes it has.
  public var bytes: Int
  /// What it says of itself, if it begins with a certificate in PEM; a server shows that to everybody.
  public var certificate: Certificate?

  /// A value.
  public init(bytes: Int, certificate: Certificate? = nil) {
    self.bytes = bytes
    self.certificate = certificate
  }
}
