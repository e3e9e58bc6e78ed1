import Kube

/// A column of a server-side table.
struct TableColumn: Sendable {
  var name: String
  var type = "string"
  var format = ""
  var description = ""
  /// 0 is always shown, 1 with `-o wide`.
  var priority = 0
  var cell: @Sendable (JSONValue, Timestamp) -> JSONValue

  init(
    _ name: String, type: String = "string", wide: Bool = false,
    _ cell: @escaping @Sendable (JSONValue, Timestamp) -> JSONValue
  ) {
    self.name = name
    self.type = type
    priority = wide ? 1 : 0
    if name == "Name" { format = "name" }
    self.cell = cell
  }

  /// A column that shows the value at a dotted path.
  init(_ name: String, path: String, type: String = "string", wide: Bool = false, absent: JSONValue = "<none>") {
    self.init(name, type: type, wide: wide) { object, _ in object[at: path] ?? absent }
  }

  var definition: JSONValue {
    [
      "name": .string(name), "type": .string(type), "format": .string(format),
      "description": .string(description.isEmpty ? name : description), "priority": .int(priority),
    ]
  }

  static let nameColumn = TableColumn("Name", path: "metadata.name")
  static let age = TableColumn("Age") { object, now in
    .string(ageText(object.time(at: "metadata.creationTimestamp"), now))
  }

  /// The columns of a kind.
  static func columns(of served: ServedResource) -> [TableColumn] {
    if let custom = served.customColumns {
      return [nameColumn] + custom.map { customColumn($0) } + (custom.isEmpty ? [age] : [])
    }
    if let columns = builtIn[served.storage], served.resource.group != "metrics.k8s.io" { return columns }
    return [nameColumn, TableColumn("Created At") { object, _ in object[at: "metadata.creationTimestamp"] ?? "" }]
  }

  /// A column that a CustomResourceDefinition declares.
  private static func customColumn(_ declaration: JSONValue) -> TableColumn {
    let path = String(declaration.text(at: "jsonPath").drop { $0 == "." })
    let type = declaration.text(at: "type")
    var column = TableColumn(declaration.text(at: "name"), type: type == "date" ? "string" : type) { object, now in
      if type == "date" { return .string(ageText(object.time(at: path), now)) }
      return object[at: path] ?? (type == "string" ? "" : .null)
    }
    column.priority = declaration.int(at: "priority") ?? 0
    column.description = declaration.text(at: "description")
    return column
  }

  /// The time since `time` as kubectl shows it.
  static func ageText(_ time: Timestamp?, _ now: Timestamp) -> String {
    guard let time else { return "<unknown>" }
    return durationText(now.since(time))
  }

  /// A duration with two units at most, coarser the longer it is: `45s`, `3m20s`, `17m`, `5h12m`, `2d3h`, `12d`.
  static func durationText(_ duration: Duration) -> String {
    let seconds = Int(duration.components.seconds)
    if seconds < -1 { return "<invalid>" }
    if seconds < 0 { return "0s" }
    func pair(_ first: Int, _ firstUnit: String, _ second: Int, _ secondUnit: String) -> String {
      second == 0 ? "\(first)\(firstUnit)" : "\(first)\(firstUnit)\(second)\(secondUnit)"
    }
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
    if seconds < 120 { return "\(seconds)s" }
    if minutes < 10 { return pair(minutes, "m", seconds % 60, "s") }
    if minutes < 180 { return "\(minutes)m" }
    if hours < 8 { return pair(hours, "h", minutes % 60, "m") }
    if hours < 48 { return "\(hours)h" }
    if days < 8 { return pair(days, "d", hours % 24, "h") }
    if days < 730 { return "\(days)d" }
    return pair(days / 365, "y", days % 365, "d")
  }
}
