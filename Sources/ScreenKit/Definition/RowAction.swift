import Expressions

/// Something a key does with the row under the cursor.
public enum RowAction: Sendable {
  /// One of podmedic's own actions.
  case command(RowCommand)
  /// Opens a screen on what belongs to the row.
  case open(screen: String, Relation)
  /// Opens the object that a field refers to: the value has `kind`, `name` and where needed `namespace`, `apiVersion`.
  case object(Expression)
}

/// podmedic's own actions on a row.
public enum RowCommand: String, Sendable, CaseIterable {
  /// Its log, or the logs of its pods.
  case logs
  /// The log of the run before.
  case previousLogs = "previous-logs"
  /// Everything about it on one page.
  case details
  /// The object as YAML.
  case yaml
  /// The object that manages it.
  case owner
  /// The node that it runs on.
  case node
  /// Events about it.
  case events
  /// What a service account may do.
  case rules
  /// Shows or hides secret values.
  case reveal
  /// Makes it the namespace that is shown.
  case useNamespace = "use-namespace"
  /// Goes to the cluster of the context.
  case useContext = "use-context"
}

/// How the rows of an opened screen belong to the row it was opened from.
public enum Relation: Sendable {
  /// The row's object owns them, directly or through other owners.
  case owner
  /// `spec.selector` of the row's object selects them, in its namespace.
  case selector
  /// They are in the namespace that the row is.
  case namespace
  /// They are parts of the row's object (containers of a pod).
  case parts
  /// A field of theirs equals a value of the row.
  case field(Expression, equals: Expression)
}

/// A key of a screen.
public struct KeyDefinition: Sendable {
  /// The key as it is written in files: `l`, `shift-j`, `ctrl-k`, `f5`.
  public let key: String
  /// A word or two for the footer; nil takes those of the action.
  public let label: String?
  /// What the key does.
  public let action: RowAction
}
