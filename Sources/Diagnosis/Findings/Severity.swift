/// How much a finding matters. Greater is worse.
public enum Severity: Int, Sendable, Comparable, CaseIterable, CustomStringConvertible {
  /// Someone meant it so, or it only matters once something else happens (a cordoned node, a blocked budget).
  case notice
  /// Degraded, or broken a moment ago and perhaps again soon.
  case warning
  /// Does not do what it is there for, and will not by itself.
  case critical

  /// Milder is less.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// `critical`, `warning` or `notice`.
  public var description: String {
    switch self {
    case .critical: "critical"
    case .warning: "warning"
    case .notice: "notice"
    }
  }
}
