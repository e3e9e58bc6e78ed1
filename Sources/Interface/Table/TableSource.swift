import Kube
import ScreenKit
import Terminal

/// A column of a table on the screen.
public struct TableViewColumn: Sendable, Equatable {
  /// How wide a column wants to be.
  public enum Width: Sendable, Equatable {
    /// As wide as its longest visible cell, at most this.
    case fit(maximum: Int)
    /// A share of what is left.
    case fill
  }

  /// Stable name, for sorting.
  public var id: String
  /// Header.
  public var title: String
  /// How wide it wants to be.
  public var width: Width
  /// Where text stands in it.
  public var alignment: Alignment
  /// 0 always stays; larger ones go first when the terminal is narrow.
  public var priority: Int
  /// Shown only on request.
  public var isWide: Bool
  /// Its cells are lists of words: where there is no room for all, whole ones are left out and counted.
  public var isListOfWords: Bool

  /// A column.
  public init(
    id: String, title: String, width: Width = .fit(maximum: 40), alignment: Alignment = .leading, priority: Int = 0,
    isWide: Bool = false, isListOfWords: Bool = false
  ) {
    self.id = id
    self.isListOfWords = isListOfWords
    self.title = title
    self.width = width
    self.alignment = alignment
    self.priority = priority
    self.isWide = isWide
  }
}

/// How bad a row is.
public enum RowSeverity: Int, Sendable, Comparable {
  case none, notice, warning, critical

  /// Less bad is less.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// What it is called; "" for none.
  public var word: String {
    switch self {
    case .none: ""
    case .notice: "notice"
    case .warning: "warning"
    case .critical: "critical"
    }
  }

  /// How it is drawn.
  public var role: Role {
    switch self {
    case .none: .text
    case .notice: .notice
    case .warning: .warning
    case .critical: .critical
    }
  }
}

/// A cell as it is drawn.
public struct TableCell: Sendable, Equatable {
  /// The text.
  public var text: String
  /// What it means.
  public var role: Role

  /// A cell.
  public init(_ text: String, _ role: Role = .text) {
    self.text = text
    self.role = role
  }
}

/// Where the rows of a table come from. Rows are named by an id that survives changes of the object (its uid), so that
/// cursor and marks stay on what the person chose.
protocol TableSource: AnyObject {
  /// What the table shows, as the breadcrumb says it, such as `pods`.
  var title: String { get }
  /// The columns, in order.
  var columns: [TableViewColumn] { get }
  /// The column and direction to sort by first.
  var defaultSort: (column: String, descending: Bool) { get }
  /// What the table needs to have watched.
  var needs: [Need] { get }
  /// What keys mean beside `table`, the most special first.
  var contexts: [KeyContext] { get }

  /// Brings the rows in step with the cluster; answers the ids that are new or changed, nil when all may be.
  func refresh(now: Timestamp) -> Set<String>?
  /// The ids of all rows, in no particular order.
  var ids: [String] { get }
  /// Whether there is a row with this id now.
  func contains(_ id: String) -> Bool
  /// A cell; asked for visible rows only.
  func cell(_ id: String, column: String, now: Timestamp) -> TableCell
  /// What to sort a row by.
  func sortKey(_ id: String, column: String) -> SortKey
  /// How bad a row is.
  func severity(_ id: String) -> RowSeverity
  /// All texts of a row in lower case, for the filter.
  func searchText(_ id: String, now: Timestamp) -> String
  /// Labels of the row's object, for `/-l`.
  func labels(_ id: String) -> SmallMap<String>
  /// The object behind a row; nil when there is none.
  func object(_ id: String) -> RowObject?
  /// Namespace and name of the object behind a row, with a slash between; "" when there is none.
  func fullName(_ id: String) -> String
  /// How far the rows can be trusted, and what to say when there are none.
  var condition: TableCondition { get }
  /// What Enter does on a row.
  func drill(_ id: String) -> Drill?
  /// Whether a column shows what the object uses.
  var showsUsage: Bool { get }
  /// Whether a row's cells stay as they are within a second unless `refresh` names the row.
  var hasLastingCells: Bool { get }
  /// What else there is to know about the rows, beside their number; nil when nothing.
  var note: String? { get }
  /// The columns that `kubectl get` has of the rows too; nil where it has no such table.
  var kubectlColumns: KubectlColumns? { get }
  /// How kubectl sorts by a column; nil where it cannot, or would not sort these rows in the same way.
  func kubectlSort(by column: String) -> KubectlSort?
  /// How many lines at the bottom tell the whole cause of the row under the cursor, where the terminal is high enough.
  var causeRows: Int { get }
}

extension TableSource {
  /// Most tables have nothing to add.
  var note: String? { nil }
  /// Most tables are podmedic's own.
  var kubectlColumns: KubectlColumns? { nil }
  /// Most columns are none of kubectl's.
  func kubectlSort(by column: String) -> KubectlSort? { nil }
  /// Most causes are short.
  var causeRows: Int { 1 }
  /// Most tables do not.
  var showsUsage: Bool { false }
  /// Where cells cost much to make.
  var hasLastingCells: Bool { false }

  func fullName(_ id: String) -> String { object(id).map { "\($0.namespace)/\($0.name)" } ?? "" }
}

/// The object behind a row.
public struct RowObject: Sendable, Equatable {
  /// Kind.
  public var resource: Resource
  /// "" for cluster-scoped kinds.
  public var namespace: String
  /// Name.
  public var name: String
  /// uid; "" when not known.
  public var uid: String
  /// Container, when the row is one.
  public var container: String?

  /// An object.
  public init(resource: Resource, namespace: String, name: String, uid: String = "", container: String? = nil) {
    self.resource = resource
    self.namespace = namespace
    self.name = name
    self.uid = uid
    self.container = container
  }
}

/// How far the rows of a table can be trusted.
public struct TableCondition: Sendable, Equatable {
  /// A word for the title line, such as `live`, `12s old`, `forbidden`.
  public var word: String
  /// How it is drawn.
  public var role: Role
  /// Why there may be nothing to see; shown in place of rows.
  public var explanation: String?

  /// The word where nothing is live, because what is shown is a capture.
  var wordInCapture: String {
    guard word.hasPrefix("live") else { return word }
    return "captured" + word.dropFirst(4)
  }

  /// A condition.
  public init(word: String, role: Role, explanation: String? = nil) {
    self.word = word
    self.role = role
    self.explanation = explanation
  }
}
