import Kube

/// Prints server-side tables (meta/v1 Table) as `kubectl get` does.
public struct ServerTablePrinter: Sendable {
  /// How rows are printed.
  public struct Options: Sendable, Equatable {
    /// Also the columns for which there usually is no room (`-o wide`).
    public var isWide = false
    /// Without the line of headers.
    public var noHeaders = false
    /// With a column for what happened to the object, before all others.
    public var withEvent = false
    /// With a column of namespaces before the server's.
    public var withNamespace = false
    /// What stands with a slash before each name, such as `pod`, when several kinds are printed.
    public var kindPrefix: String?
    /// With a last column of labels.
    public var showLabels = false
    /// A column for the values of each of these labels.
    public var labelColumns: [String] = []

    /// Headers and the usual columns.
    public init() {}
  }

  private let options: Options
  private var columns: [TableColumn] = []
  private var table = TextTable()
  private var hasHeader = false

  /// A printer that has printed nothing.
  public init(_ options: Options) { self.options = options }

  /// Adds rows; the headers come before the first. `event` is what happened to their objects, such as `ADDED`.
  public mutating func add(columns new: [TableColumn], rows: [TableRow], event: String = "") {
    if !new.isEmpty, new != columns {
      columns = new
      hasHeader = false
    }
    guard !rows.isEmpty else { return }
    if !hasHeader, !options.noHeaders { table.add(header) }
    hasHeader = true
    for row in rows { table.add(cells(row, event)) }
  }

  /// What has been added since, as lines.
  public mutating func takeLines() -> String { table.takeLines() }

  private var header: [String] {
    var cells = options.withEvent ? ["EVENT"] : []
    if options.withNamespace { cells.append("NAMESPACE") }
    cells += columns.filter(isShown).map { PlainText.line($0.name.uppercased()) }
    cells += options.labelColumns.map { label in
      (label.split(separator: "/").last.map(String.init) ?? label).uppercased()
    }
    if options.showLabels { cells.append("LABELS") }
    return cells
  }

  private func isShown(_ column: TableColumn) -> Bool { options.isWide || column.priority == 0 }

  private func cells(_ row: TableRow, _ event: String) -> [String] {
    // As wide as the longest of the events, so that later ones do not move the columns.
    var cells = options.withEvent ? [event + String(repeating: " ", count: max(0, 8 - event.count))] : []
    if options.withNamespace { cells.append(PlainText.line(row.metadata.namespace)) }
    for (index, cell) in row.cells.enumerated() where index >= columns.count || isShown(columns[index]) {
      let text = PlainText.line(Self.text(cell))
      // Printed with several kinds, the first column is the name with the kind before it.
      cells.append(index == 0 ? options.kindPrefix.map { "\($0)/\(text)" } ?? text : text)
    }
    cells += options.labelColumns.map { PlainText.line(row.metadata.labels[$0] ?? "") }
    if options.showLabels { cells.append(Self.labels(row.metadata.labels)) }
    return cells
  }

  /// The labels in the order of their keys, as kubectl prints them.
  private static func labels(_ labels: SmallMap<String>) -> String {
    guard !labels.isEmpty else { return "<none>" }
    return PlainText.line(
      labels.entries.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ","))
  }

  /// A cell as Go prints the value: only the first line of a text, with dots for the others.
  static func text(_ cell: JSONValue) -> String {
    switch cell {
    case .null: return ""
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    case .double(let value): return "\(value)"
    case .string(let text):
      guard let end = text.unicodeScalars.firstIndex(where: { $0 == "\n" || $0 == "\r" || $0 == "\u{C}" }) else {
        return text
      }
      return String(text.unicodeScalars[..<end]) + "..."
    case .array(let values): return "[" + values.map(Self.text).joined(separator: " ") + "]"
    case .object(let map):
      return "map["
        + map.entries.sorted { $0.key < $1.key }.map { "\($0.key):\(Self.text($0.value))" }
        .joined(separator: " ") + "]"
    }
  }
}
