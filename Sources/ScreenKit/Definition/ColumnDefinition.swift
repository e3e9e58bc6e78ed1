import Expressions

/// A column of a screen.
public struct ColumnDefinition: Sendable {
  /// How a value becomes text.
  public enum Format: String, Sendable, CaseIterable {
    /// As it is; a truth value as `true` or `false`, several values joined by commas.
    case text
    /// A number.
    case number
    /// The time since a point in time, or a duration, as kubectl prints ages.
    case age
    /// An amount as Kubernetes writes it.
    case quantity
    /// An amount in whole MiB (`128Mi`), as `kubectl top` prints memory.
    case bytes
    /// An amount in thousandths of a core (`250m`), as `kubectl top` prints CPU.
    case cpu
    /// A share where 1 is all (`37%`).
    case percent
    /// Several values joined by commas.
    case list
  }

  /// How wide a column is.
  public enum Width: Sendable, Hashable {
    /// So many cells.
    case fixed(Int)
    /// As wide as its widest cell, at most `max`.
    case fit(max: Int)
    /// Its share of what the others leave.
    case fill
  }

  /// On which side text stands.
  public enum Alignment: String, Sendable, CaseIterable {
    case start, end
  }

  /// Identity within the screen, for sorting and for files that extend this one.
  public let id: String
  /// The heading, as kubectl has it where kubectl has the column.
  public let header: String
  /// What is shown.
  public let value: Expression
  /// How it is shown.
  public let format: Format
  /// How wide it is.
  public let width: Width
  /// On which side text stands.
  public let alignment: Alignment
  /// Which columns go first in a narrow terminal: the highest numbers; 0 stays.
  public let priority: Int
  /// Whether it is shown only after ctrl-w, as with `-o wide`.
  public let isWide: Bool
  /// Whether there is the column at all in a scope.
  public let when: Expression?
  /// What the heading means.
  public let hint: String?
  /// What is shown where there is no value.
  public let missing: String
  /// What it is sorted by, where that is not the value.
  public let sort: Expression?
  /// The first rule whose condition holds gives the cell a severity of its own.
  public let severity: [SeverityRule]
}
