/// Webhooks that may refuse changes (admissionregistration.k8s.io/v1).
public struct ValidatingWebhookConfiguration: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "admissionregistration.k8s.io", version: "v1", kind: "ValidatingWebhookConfiguration",
      plural: "validatingwebhookconfigurations", isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// The webhooks.
  public var webhooks: [Webhook] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ValidatingWebhookConfiguration>([
    .record(1, "metadata", \.metadata),
    .records(2, "webhooks", \.webhooks),
  ])
}

/// Webhooks that may alter changes (admissionregistration.k8s.io/v1).
public struct MutatingWebhookConfiguration: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(
      group: "admissionregistration.k8s.io", version: "v1", kind: "MutatingWebhookConfiguration",
      plural: "mutatingwebhookconfigurations", isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// The webhooks.
  public var webhooks: [Webhook] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<MutatingWebhookConfiguration>([
    .record(1, "metadata", \.metadata),
    .records(2, "webhooks", \.webhooks),
  ])
}

/// A webhook that the API server asks about changes (MutatingWebhook agrees in the fields kept).
public struct Webhook: KubeRecord, Equatable {
  /// Name.
  public var name: String = ""
  /// Where it is reached.
  public var clientConfig: WebhookClientConfig = WebhookClientConfig()
  /// The changes that it is asked about.
  public var rules: [RuleWithOperations] = []
  /// `Fail` (the default) or `Ignore`, when it cannot be reached.
  public var failurePolicy: String?
  /// The namespaces that it is asked about.
  public var namespaceSelector: LabelSelector?
  /// Seconds that it may take.
  public var timeoutSeconds: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Webhook>([
    .shared(1, "name", \.name),
    .record(2, "clientConfig", \.clientConfig),
    .records(3, "rules", \.rules),
    .string(4, "failurePolicy", \.failurePolicy),
    .record(5, "namespaceSelector", \.namespaceSelector),
    .int(7, "timeoutSeconds", \.timeoutSeconds),
  ])
}

/// Where a webhook is reached.
public struct WebhookClientConfig: KubeRecord, Equatable {
  /// A Service.
  public var service: ServiceReference?
  /// A URL.
  public var url: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<WebhookClientConfig>([
    .record(1, "service", \.service),
    .string(3, "url", \.url),
  ])
}

/// A Service that the API server calls.
public struct ServiceReference: KubeRecord, Equatable {
  /// Namespace of the Service.
  public var namespace: String = ""
  /// Name of the Service.
  public var name: String = ""
  /// Path of the URL.
  public var path: String?
  /// Port; nil means 443.
  public var port: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ServiceReference>([
    .shared(1, "namespace", \.namespace),
    .shared(2, "name", \.name),
    .string(3, "path", \.path),
    .int(4, "port", \.port),
  ])
}

/// Changes that a webhook is asked about.
public struct RuleWithOperations: KubeRecord, Equatable {
  /// Such as `CREATE`; `*` for all.
  public var operations: [String] = []
  /// Groups.
  public var apiGroups: [String] = []
  /// Versions.
  public var apiVersions: [String] = []
  /// Resources.
  public var resources: [String] = []
  /// `Cluster`, `Namespaced` or `*`.
  public var scope: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<RuleWithOperations>([
    .strings(1, "operations", \.operations),
    .inlined(
      2,
      [
        .strings(1, "apiGroups", \.apiGroups),
        .strings(2, "apiVersions", \.apiVersions),
        .strings(3, "resources", \.resources),
        .string(4, "scope", \.scope),
      ]),
  ])
}
