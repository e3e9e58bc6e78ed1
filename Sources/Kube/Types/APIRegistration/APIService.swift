/// A part of the API and what serves it (apiregistration.k8s.io/v1 APIService).
public struct APIService: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "apiregistration.k8s.io", version: "v1", kind: "APIService", plural: "apiservices", isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: APIServiceSpec = APIServiceSpec()
  /// What is.
  public var status: APIServiceStatus = APIServiceStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<APIService>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// A group and version of the API and what serves it.
public struct APIServiceSpec: KubeRecord, Equatable {
  /// The Service that serves it; nil for the API server itself.
  public var service: APIServiceReference?
  /// The group.
  public var group: String = ""
  /// The version.
  public var version: String = ""
  /// Groups with more are preferred.
  public var groupPriorityMinimum: Int = 0
  /// Versions with more are preferred.
  public var versionPriority: Int = 0

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<APIServiceSpec>([
    .record(1, "service", \.service),
    .shared(2, "group", \.group),
    .shared(3, "version", \.version),
    .int(7, "groupPriorityMinimum", \.groupPriorityMinimum),
    .int(8, "versionPriority", \.versionPriority),
  ])
}

/// The Service behind a part of the API.
public struct APIServiceReference: KubeRecord, Equatable {
  /// Namespace of the Service.
  public var namespace: String = ""
  /// Name of the Service.
  public var name: String = ""
  /// Port; nil means 443.
  public var port: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<APIServiceReference>([
    .shared(1, "namespace", \.namespace),
    .shared(2, "name", \.name),
    .int(3, "port", \.port),
  ])
}

/// Whether a part of the API can be used.
public struct APIServiceStatus: KubeRecord, Equatable {
  /// `Available`.
  public var conditions: [ControllerCondition] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<APIServiceStatus>([
    .records(1, "conditions", \.conditions)
  ])
}
