/// An account that pods act as (core/v1 ServiceAccount).
public struct ServiceAccount: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "ServiceAccount", plural: "serviceaccounts", shortNames: ["sa"])
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// Secrets that pods of this account may use.
  public var secrets: [ObjectReference] = []
  /// Secrets for pulling images.
  public var imagePullSecrets: [LocalObjectReference] = []
  /// Whether tokens are mounted.
  public var automountServiceAccountToken: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ServiceAccount>([
    .record(1, "metadata", \.metadata),
    .records(2, "secrets", \.secrets),
    .records(3, "imagePullSecrets", \.imagePullSecrets),
    .bool(4, "automountServiceAccountToken", \.automountServiceAccountToken),
  ])
}
