import Kube

/// A kind that something wants to see kept current.
public struct Subscription: Hashable, Sendable {
  /// The kind; its version is chosen again by what the server serves.
  public var resource: Resource
  /// The namespace; nil for all of them, and for cluster-scoped kinds.
  public var namespace: String?
  /// Whether the rows that the server prints are wanted and not the objects of the kind's own type.
  public var asTable: Bool

  /// A kind in a namespace, or everywhere.
  public init(_ resource: Resource, namespace: String? = nil, asTable: Bool = false) {
    self.resource = resource
    self.asTable = asTable
    self.namespace = resource.isNamespaced ? namespace : nil
  }
}
