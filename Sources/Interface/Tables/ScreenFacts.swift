import Diagnosis
import Expressions
import Kube
import ScreenKit
import Terminal

extension RowSeverity {
  /// The severity of a finding, or of a screen file's rule.
  init(_ severity: Severity) {
    switch severity {
    case .notice: self = .notice
    case .warning: self = .warning
    case .critical: self = .critical
    }
  }
}

extension TableViewColumn {
  /// A screen file's column.
  init(_ column: ColumnDefinition) {
    let width: Width =
      switch column.width {
      case .fixed(let width): .fit(maximum: width)
      case .fit(let maximum): .fit(maximum: maximum)
      case .fill: .fill
      }
    self.init(
      id: column.id, title: column.header, width: width, alignment: column.alignment == .end ? .trailing : .leading,
      priority: column.priority, isWide: column.isWide)
  }
}

/// Admits objects of which a field has a given value.
struct FieldCondition: Sendable {
  let field: Expression
  let wanted: FieldValue
  let now: Timestamp

  func holds(_ object: any ClusterObject) -> Bool {
    guard let record = object as? any KubeObject else { return false }
    let found = field.evaluate(Bindings(object: .record(record), names: [:]), now: now).value
    guard let found, case .string(let text) = found, case .string(let other) = wanted else { return false }
    return text == other
  }
}
