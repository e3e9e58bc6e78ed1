/// An object of a built-in kind.
public protocol KubeObject: KubeRecord, ClusterObject {
  /// Where the kind is served, the most preferred version first. All versions listed have the fields of the schema
  /// under the same names and numbers.
  static var resources: [Resource] { get }
  /// Name, labels, owners and so on.
  var metadata: ObjectMeta { get set }
}

extension KubeObject {
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
