import Diagnosis
import Expressions
import Kube

/// A table of objects as a file in `Screens/` describes it.
public struct ScreenDefinition: Sendable {
  /// What a row stands for.
  public enum Rows: String, Sendable, CaseIterable {
    /// An object of the resource.
    case objects
    /// A container of a pod.
    case containers
    /// A context of the kubeconfig.
    case contexts
    /// Findings of one cause under one owner.
    case findings
  }

  /// The kind of objects a screen shows.
  public struct Resource: Sendable, Hashable {
    /// API group; "" is the core group.
    public let group: String
    /// Versions that may be read, the most preferred first.
    public let versions: [String]
    /// Kind, such as `Pod`.
    public let kind: String

    /// `Pod` or `Deployment.apps`: names the kind whatever the version.
    public var qualifiedKind: String { group.isEmpty ? kind : "\(kind).\(group)" }
  }

  /// One level of sorting.
  public struct SortTerm: Sendable, Hashable {
    /// The id of a column, or `severity`.
    public let column: String
    /// Whether the greatest comes first.
    public let isDescending: Bool

    /// The name under which rows are sorted by their severity; the least severe is the smallest.
    public static let severity = "severity"
  }

  /// Identity, and what `:name` opens: plural and lower case, such as `pods`.
  public let name: String
  /// The heading, such as `Pods`.
  public let title: String
  /// Other names for `:name`.
  public let aliases: [String]
  /// The kind that is shown; nil when the rows are not objects of a cluster.
  public let resource: Resource?
  /// What a row stands for.
  public let rows: Rows
  /// Other kinds that are watched while the screen is open, by the names of their screens; `metrics` stands for usage.
  public let needs: [String]
  /// The columns in order.
  public let columns: [ColumnDefinition]
  /// The first rule whose condition holds gives a row its severity; nil where it is that of the worst finding.
  public let severity: [SeverityRule]?
  /// The order of the rows at first.
  public let sort: [SortTerm]
  /// What Enter does on a row.
  public let enter: RowAction?
  /// Further keys in the order of the file.
  public let keys: [KeyDefinition]
  /// What to say when there is no row.
  public let empty: String
  /// The sections of the details of one row, in order.
  public let details: [DetailSection]

  /// The column with an id.
  public func column(_ id: String) -> ColumnDefinition? { columns.first { $0.id == id } }
}

/// A section of the details of one object.
public enum DetailSection: String, Sendable, CaseIterable {
  case summary, findings, owners, containers, conditions, data, events
}
