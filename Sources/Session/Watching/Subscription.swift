import Kube

/// A kind that something wants to see kept current.
public struct Subscription: Hashable, Sendable {
  /// The kind; its version is chosen again by what the server serves.
  public var resource: Resource
  /// The namespace; nil for all of them, and for cluster-scoped kinds.
  public var namespace: String?

  /// A kind in a namespace, or everywhere.
  public init(_ resource: Resource, namespace: String? = nil) {
    self.resource = resource
    self.namespace = resource.isNamespaced ? namespace : nil
  }
}
