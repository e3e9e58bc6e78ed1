import Diagnosis
import Expressions
import Kube

/// Makes cells from objects, one at a time, so that only what is on the screen is formatted.
public struct RowBuilder: Sendable {
  /// The screen.
  public let definition: ScreenDefinition
  /// Its columns that exist in the scope; those with `isWide` are shown only on demand.
  public let columns: [ColumnDefinition]

  /// A builder for the rows of a screen in a scope.
  public init(_ definition: ScreenDefinition, scope: ScopeFacts) {
    self.definition = definition
    let bindings = Bindings(names: [ScreenScope.scope: .value(.record(scope))])
    columns = definition.columns.filter { column in
      // A column whose condition cannot be told is shown: too much is better than too little.
      column.when.map { $0.holds(bindings, now: Timestamp(microseconds: 0)) ?? true } ?? true
    }
  }

  /// The cells of `columns`, or of all columns, with the severity of the row.
  public func row(_ input: RowInput, columns: [ColumnDefinition]? = nil, now: Timestamp) -> Row {
    Row(
      cells: (columns ?? self.columns).map { cell($0, of: input, now: now) }, severity: severity(of: input, now: now))
  }

  /// The text of one cell alone.
  public func text(_ column: ColumnDefinition, of input: RowInput, now: Timestamp) -> String {
    switch column.value.evaluate(input.bindings, now: now) {
    case .value(let value): CellText.text(value, column, now: now)
    case .unknown: CellText.unknown
    }
  }

  /// One cell.
  public func cell(_ column: ColumnDefinition, of input: RowInput, now: Timestamp) -> CellValue {
    let outcome = column.value.evaluate(input.bindings, now: now)
    let text: String
    var key = SortKey.missing
    switch outcome {
    case .value(let value):
      text = CellText.text(value, column, now: now)
      key = SortKey(value, asAge: column.format == .age)
    case .unknown: text = CellText.unknown
    }
    if column.sort != nil { key = sortKey(column, of: input, now: now) }
    return CellValue(text: text, sortKey: key, severity: severity(column.severity, input, now))
  }

  /// What one cell is sorted by, without formatting it.
  public func sortKey(_ column: ColumnDefinition, of input: RowInput, now: Timestamp) -> SortKey {
    guard let value = (column.sort ?? column.value).evaluate(input.bindings, now: now).value else { return .missing }
    return SortKey(value, asAge: column.format == .age)
  }

  /// The severity of a row; nil when no rule applies.
  public func severity(of input: RowInput, now: Timestamp) -> Severity? {
    guard let rules = definition.severity else { return input.findingSeverity }
    return severity(rules, input, now)
  }

  private func severity(_ rules: [SeverityRule], _ input: RowInput, _ now: Timestamp) -> Severity? {
    rules.first { $0.when.holds(input.bindings, now: now) == true }?.level
  }
}
