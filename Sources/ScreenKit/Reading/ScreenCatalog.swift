import DataFiles
import Expressions

/// What one screen may know of the others: their names, and what their rows are.
struct ScreenCatalog: Sendable {
  private(set) var names: [String] = []
  private var scopes: [String: Scope] = [:]

  /// The catalog of the files that count. Their mistakes are no concern here; each reports its own.
  init(_ files: LayeredFiles, types: ScreenTypes) {
    for definition in files.definitions {
      guard let root = definition.candidates.first?.root else { continue }
      names.append(definition.name)
      let resource = root["resource"].map {
        ScreenDefinition.Resource(group: $0["group"]?.text ?? "", versions: [], kind: $0["kind"]?.text ?? "")
      }
      let rows = root["rows"]?.text.flatMap { ScreenDefinition.Rows(rawValue: $0) } ?? .objects
      scopes[definition.name] = types.scope(rows, resource)
    }
  }

  /// The names that expressions over the rows of a screen may use.
  func scope(of name: String) -> Scope? { scopes[name] }
}
