import Kube

/// A finding as a row for screens and expressions.
public struct FindingSummary: KubeRecord, Equatable {
  /// The stable code, such as `pod.oom-killed`.
  public var code = ""
  /// `critical`, `warning` or `notice`.
  public var severity = ""
  /// Kind of the object.
  public var kind = ""
  /// Namespace of the object; "" for cluster-scoped kinds.
  public var namespace = ""
  /// Name of the object.
  public var name = ""
  /// `deployment/checkout`: the top of the owner chain.
  public var owner = ""
  /// The sentence.
  public var summary = ""
  /// Since when.
  public var since: Timestamp?
  /// How often.
  public var count = 0
  /// The playbook that handles it.
  public var playbook = ""

  /// A summary of nothing.
  public init() {}

  /// The row of a finding at a moment.
  public init(_ finding: Finding, now: Timestamp) {
    code = finding.code.rawValue
    severity = finding.severity.description
    kind = finding.object.kind
    namespace = finding.object.namespace
    name = finding.object.name
    owner = finding.owner.shortText
    summary = finding.summary(now: now)
    since = finding.since
    count = finding.count
    playbook = finding.playbook
  }

  /// The same in the row of the container that the finding is about.
  public init(besideContainer finding: Finding, now: Timestamp) {
    self.init(finding, now: now)
    summary = finding.summaryBesideContainer(now: now)
  }

  /// The fields, under the names that expressions use. Summaries are never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<FindingSummary>([
    .string(1, "code", \.code),
    .string(2, "severity", \.severity),
    .string(3, "kind", \.kind),
    .string(4, "namespace", \.namespace),
    .string(5, "name", \.name),
    .string(6, "owner", \.owner),
    .string(7, "summary", \.summary),
    .time(8, "since", \.since),
    .int(9, "count", \.count),
    .string(10, "playbook", \.playbook),
  ])
}
