import Diagnosis

/// A row of a table, ready to be drawn or printed.
public struct Row: Sendable, Hashable {
  /// One cell for each column that was asked for.
  public let cells: [CellValue]
  /// The severity of the whole row; nil when no rule applies.
  public let severity: Severity?
}

/// One cell.
public struct CellValue: Sendable, Hashable {
  /// The text. It comes from the cluster: whoever shows it makes control characters visible.
  public let text: String
  /// What it is sorted by.
  public let sortKey: SortKey
  /// The severity of this cell; nil when none of the column's rules applies.
  public let severity: Severity?
}
