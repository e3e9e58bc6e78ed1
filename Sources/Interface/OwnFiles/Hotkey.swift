import Kube
import Terminal

/// A key of a person's own that runs what could be typed behind `:`.
public struct Hotkey: Sendable, Equatable {
  /// The key.
  public var key: Key
  /// What help says about it.
  public var description: String
  /// What it runs; `$NAME` and the like stand for what the cursor is on.
  public var command: String
  /// Whether esc leads back to where it was pressed; else the screen takes the place of all others.
  public var keepsHistory: Bool

  /// The words that may stand behind `$`, as in k9s' files.
  static let variables: Set<String> = [
    "NAMESPACE", "NAME", "RESOURCE_NAME", "CONTAINER", "FILTER", "CONTEXT", "CLUSTER", "USER",
  ]

  /// How a word begins that stands for the cell of the row in the column whose title follows, as in `$COL-NODE`; where the
  /// title has spaces, hyphens stand for them.
  private static let cellPrefix = "COL-"

  /// The title of the column whose cell a variable stands for, with hyphens for spaces; nil for other variables.
  static func column(of variable: String) -> String? {
    guard variable.hasPrefix(cellPrefix), variable.count > cellPrefix.count else { return nil }
    return String(variable.dropFirst(cellPrefix.count))
  }

  /// The words behind `$` in a command.
  static func variables(in command: String) -> [String] {
    command.split(separator: "$", omittingEmptySubsequences: false).dropFirst().map { text in
      let isCell = text.hasPrefix(cellPrefix)
      return String(
        text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || isCell && $0 == "-" })
    }
  }

  /// The command with its variables filled in; the name of the first one for which there is no value instead.
  func filled(_ value: (String) -> String?) -> Result<String, MissingVariable> {
    var parts = command.split(separator: "$", omittingEmptySubsequences: false)
    var text = String(parts.removeFirst())
    for (name, part) in zip(Self.variables(in: command), parts) {
      guard let value = value(name) else { return .failure(MissingVariable(name: name)) }
      text += value + part.dropFirst(name.count)
    }
    return .success(text)
  }

  /// A variable that stands for nothing here.
  struct MissingVariable: Error {
    var name: String
  }
}

extension Interface {
  /// Runs a person's own key; nil when there is none, or not on this page.
  func runHotkey(_ key: Key) -> [Effect]? {
    // A remedy asks; no key but its own may answer.
    guard let hotkey = hotkeys.first(where: { $0.key == key }), page?.remedy == nil else { return nil }
    let table = page?.table
    let object = table?.current.flatMap { table?.source.object($0) }
    let filled = hotkey.filled { name in
      switch name {
      case "NAMESPACE": object.map { $0.namespace.isEmpty ? "all" : $0.namespace } ?? namespace ?? "all"
      case "NAME": object?.name
      case "RESOURCE_NAME": object?.resource.plural
      case "CONTAINER": object?.container
      case "FILTER": table?.filter?.text
      case "CONTEXT": session.context
      case "CLUSTER": session.cluster
      case "USER": session.user
      default: Hotkey.column(of: name).flatMap { cell($0, of: table) }
      }
    }
    switch filled {
    case .success(let command): return open(command, replacing: !hotkey.keepsHistory)
    case .failure(let missing):
      show("\(hotkey.key) needs $\(missing.name), and there is none here", role: .warning)
      return []
    }
  }

  /// The text of the row under the cursor in the column with a title, shown or not; nil where nothing stands there.
  private func cell(_ title: String, of table: TableView?) -> String? {
    guard let table, let current = table.current,
      let column = table.source.columns.first(where: {
        $0.title.replacing(" ", with: "-").uppercased() == title.uppercased()
      })
    else { return nil }
    let text = table.source.cell(current, column: column.id, now: clock()).text
    return text.isEmpty ? nil : text
  }
}
