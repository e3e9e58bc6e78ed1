/// An object of a built-in kind.
public protocol KubeObject: KubeRecord, ClusterObject {
  /// Where the kind is served, the most preferred version first. All versions listed have the fields of the schema
  /// under the same names, and but for `jsonOnlyVersions` under the same numbers.
  static var resources: [Resource] { get }
  /// Versions whose protobuf numbers differ from the schema's: they are read as JSON, where fields have names.
  static var jsonOnlyVersions: Set<String> { get }
  /// Name, labels, owners and so on.
  var metadata: ObjectMeta { get set }
}

extension KubeObject {
  /// None: most kinds kept their numbers.
  public static var jsonOnlyVersions: Set<String> { [] }
  /// Itself.
  public var builtIn: (any KubeObject)? { self }

  /// The kind in its preferred version.
  public static var resource: Resource { resources[0] }

  /// Kind, namespace and name of this object.
  public var reference: ObjectReference {
    var reference = ObjectReference()
    reference.kind = Self.resource.kind
    reference.apiVersion = Self.resource.apiVersion
    reference.namespace = metadata.namespace
    reference.name = metadata.name
    reference.uid = metadata.uid
    return reference
  }
}
