import Diagnosis
import Kube

/// Findings of one cause under one owner: a row of the screen `triage`.
public struct FindingGroupFacts: KubeRecord, Equatable {
  /// The stable code of the cause.
  public var code = ""
  /// `critical`, `warning` or `notice`.
  public var severity = ""
  /// The root cause in one sentence with its numbers.
  public var summary = ""
  /// Since when it has been so, where that is known.
  public var since: Timestamp?
  /// Objects below the owner that are affected.
  public var affected = 0
  /// Objects that the owner has, where that is known.
  public var total: Int?
  /// The object that has to be mended.
  public var object = ObjectReference()
  /// The playbook that handles it.
  public var playbook = ""

  /// Nothing found.
  public init() {}

  /// The row of a group at a moment.
  public init(_ group: FindingGroup, now: Timestamp) {
    code = group.code.rawValue
    severity = group.severity.description
    summary = group.summary(now: now)
    since = group.since
    affected = group.affected
    total = group.total
    object = group.owner
    playbook = group.playbook
  }

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<FindingGroupFacts>([
    .string(1, "code", \.code),
    .string(2, "severity", \.severity),
    .string(3, "summary", \.summary),
    .time(4, "since", \.since),
    .int(5, "affected", \.affected),
    .int(6, "total", \.total),
    .record(7, "object", \.object),
    .string(8, "playbook", \.playbook),
  ])
}

/// What an object uses according to metrics.k8s.io, as expressions see it under `usage`.
public struct UsageFacts: KubeRecord, Hashable {
  /// CPU; nil when there is no sample.
  public var cpu: Quantity?
  /// Memory; nil when there is no sample.
  public var memory: Quantity?

  /// No sample.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<UsageFacts>([
    .quantity(1, "cpu", \.cpu),
    .quantity(2, "memory", \.memory),
  ])
}

/// What part of the cluster a screen shows, as expressions see it under `scope`.
public struct ScopeFacts: KubeRecord, Hashable {
  /// Whether all namespaces are shown.
  public var allNamespaces = false
  /// The namespace that is shown; "" when all are.
  public var namespace = ""

  /// One namespace without a name.
  public init() {}

  /// A namespace, or all of them.
  public init(namespace: String?) {
    allNamespaces = namespace == nil
    self.namespace = namespace ?? ""
  }

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<ScopeFacts>([
    .bool(1, "allNamespaces", \.allNamespaces),
    .string(2, "namespace", \.namespace),
  ])
}

/// A context of the kubeconfig: a row of the screen `contexts`.
public struct ContextFacts: KubeRecord, Hashable {
  /// Its name.
  public var name = ""
  /// The name of its cluster.
  public var cluster = ""
  /// The name of its user.
  public var user = ""
  /// Its namespace; "" when it has none.
  public var namespace = ""
  /// The address of the cluster's API server.
  public var server = ""
  /// Whether it is the one in use.
  public var isCurrent = false

  /// A context without names.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<ContextFacts>([
    .string(1, "name", \.name),
    .string(2, "cluster", \.cluster),
    .string(3, "user", \.user),
    .string(4, "namespace", \.namespace),
    .string(5, "server", \.server),
    .bool(6, "isCurrent", \.isCurrent),
  ])
}
