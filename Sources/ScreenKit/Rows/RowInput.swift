import Diagnosis
import Expressions
import Kube

/// What one row is made from.
public struct RowInput: Sendable {
  let bindings: Bindings
  let findingSeverity: Severity?

  /// A row over `object`, whose fields columns name directly.
  ///
  /// `derived` holds what is computed from the object for its kind, `finding` the worst finding about it, `usage` its
  /// metrics (unknown with a reason while they are not served), `scope` what the screen shows, and `pod` the pod whose
  /// container the row is.
  public init(
    object: FieldValue, derived: (any KubeRecord)? = nil, finding: FindingSummary? = nil,
    usage: Outcome = .value(.null), scope: ScopeFacts, pod: Pod? = nil, now: Timestamp
  ) {
    var names = SmallMap<Outcome>()
    names[ScreenScope.derived] = .value(derived.map { .record($0) } ?? .null)
    names[ScreenScope.finding] = .value(finding.map { .record($0) } ?? .null)
    names[ScreenScope.usage] = usage
    names[ScreenScope.scope] = .value(.record(scope))
    names[ScreenScope.now] = .value(.timestamp(now))
    if let pod { names[ScreenScope.pod] = .value(.record(pod)) }
    bindings = Bindings(object: object, names: names)
    findingSeverity = finding.flatMap { SeverityWord(rawValue: $0.severity)?.severity }
  }
}

/// The names that expressions of screens may use besides the fields of the object.
enum ScreenScope {
  static let derived = "derived"
  static let finding = "finding"
  static let usage = "usage"
  static let scope = "scope"
  static let now = "now"
  static let pod = "pod"
}
