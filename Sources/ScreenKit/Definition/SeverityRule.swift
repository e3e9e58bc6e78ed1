import Diagnosis
import Expressions

/// A severity that applies when a condition holds.
public struct SeverityRule: Sendable {
  /// The severity.
  public let level: Severity
  /// The condition.
  public let when: Expression
}

/// Severities as files name them.
enum SeverityWord: String, CaseIterable {
  case critical, warning, notice

  var severity: Severity {
    switch self {
    case .critical: .critical
    case .warning: .warning
    case .notice: .notice
    }
  }
}
