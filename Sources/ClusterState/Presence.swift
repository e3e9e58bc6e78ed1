import Kube

/// An object that something else names. Whether it exists can be asked of the server by its name alone, without reading
/// the object or its kind.
public struct NamedObject: Hashable, Comparable, Sendable {
  /// The kind.
  public var resource: Resource
  /// "" for cluster-scoped kinds.
  public var namespace: String
  /// The name.
  public var name: String

  /// The object of a name.
  public init(_ resource: Resource, namespace: String, name: String) {
    self.resource = resource
    self.namespace = namespace
    self.name = name
  }

  /// By kind, then namespace, then name.
  public static func < (left: Self, right: Self) -> Bool {
    (left.resource.qualifiedName, left.namespace, left.name)
      < (right.resource.qualifiedName, right.namespace, right.name)
  }
}

/// Whether an object exists.
public enum Presence: Sendable, Equatable {
  /// The server has it.
  case present
  /// The server does not have it.
  case absent
  /// The server does not say, in these words.
  case unknown(String)
}
