/// A kind that was added to the cluster (apiextensions.k8s.io/v1); schemas are not kept.
public struct CustomResourceDefinition: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "apiextensions.k8s.io", version: "v1", kind: "CustomResourceDefinition",
      plural: "customresourcedefinitions", shortNames: ["crd", "crds"], isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: CustomResourceDefinitionSpec = CustomResourceDefinitionSpec()
  /// What is.
  public var status: CustomResourceDefinitionStatus = CustomResourceDefinitionStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CustomResourceDefinition>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What a custom kind is.
public struct CustomResourceDefinitionSpec: KubeRecord, Equatable {
  /// Its group.
  public var group: String = ""
  /// Its names.
  public var names: CustomResourceDefinitionNames = CustomResourceDefinitionNames()
  /// `Namespaced` or `Cluster`.
  public var scope: String = ""
  /// Its versions.
  public var versions: [CustomResourceDefinitionVersion] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CustomResourceDefinitionSpec>([
    .shared(1, "group", \.group),
    .record(3, "names", \.names),
    .shared(4, "scope", \.scope),
    .records(7, "versions", \.versions),
  ])
}

/// The names of a custom kind.
public struct CustomResourceDefinitionNames: KubeRecord, Equatable {
  /// Name in URLs.
  public var plural: String = ""
  /// Name in the singular.
  public var singular: String = ""
  /// Abbreviations.
  public var shortNames: [String] = []
  /// Kind.
  public var kind: String = ""
  /// Groups such as `all`.
  public var categories: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CustomResourceDefinitionNames>([
    .shared(1, "plural", \.plural),
    .shared(2, "singular", \.singular),
    .strings(3, "shortNames", \.shortNames),
    .shared(4, "kind", \.kind),
    .strings(6, "categories", \.categories),
  ])
}

/// A version of a custom kind.
public struct CustomResourceDefinitionVersion: KubeRecord, Equatable {
  /// Name of the version.
  public var name: String = ""
  /// Whether it can be used.
  public var served: Bool = false
  /// Whether objects are stored in it.
  public var storage: Bool = false
  /// Whether it should no longer be used.
  public var deprecated: Bool = false

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CustomResourceDefinitionVersion>([
    .shared(1, "name", \.name),
    .bool(2, "served", \.served),
    .bool(3, "storage", \.storage),
    .bool(7, "deprecated", \.deprecated),
  ])
}

/// What became of a custom kind.
public struct CustomResourceDefinitionStatus: KubeRecord, Equatable {
  /// `NamesAccepted`, `Established`, `Terminating`.
  public var conditions: [ControllerCondition] = []
  /// The names that are in use.
  public var acceptedNames: CustomResourceDefinitionNames = CustomResourceDefinitionNames()
  /// Versions in which objects may be stored.
  public var storedVersions: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<CustomResourceDefinitionStatus>([
    .records(1, "conditions", \.conditions),
    .record(2, "acceptedNames", \.acceptedNames),
    .strings(3, "storedVersions", \.storedVersions),
  ])
}
