/// A controller that serves Ingresses (networking.k8s.io/v1 IngressClass).
public struct IngressClass: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "networking.k8s.io", version: "v1", kind: "IngressClass", plural: "ingressclasses", isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: IngressClassSpec = IngressClassSpec()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<IngressClass>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
  ])
}

/// What an ingress class is.
public struct IngressClassSpec: KubeRecord, Equatable {
  /// The controller, such as `k8s.io/ingress-nginx`.
  public var controller: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<IngressClassSpec>([
    .shared(1, "controller", \.controller)
  ])
}
