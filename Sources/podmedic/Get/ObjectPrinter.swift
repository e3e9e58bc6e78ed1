import Kube
import PlainInterface

/// Prints whole objects one after the other.
struct ObjectPrinter {
  private let format: OutputFormat
  private let noHeaders: Bool
  private let showsManagedFields: Bool
  private let keepsOrder: Bool
  private var table = TextTable()
  private var hasPrinted = false

  /// `keepsOrder`: kyaml shows keys in the order of the document, as kubectl does of types that it knows.
  init(_ format: OutputFormat, noHeaders: Bool = false, showsManagedFields: Bool, keepsOrder: Bool = false) {
    self.keepsOrder = keepsOrder
    self.format = format
    self.noHeaders = noHeaders
    self.showsManagedFields = showsManagedFields
  }

  /// One object.
  mutating func text(_ object: JSONValue) throws(CommandFailure) -> String {
    switch format {
    case .columns: return try rows([object])
    case .name: return Self.name(object)
    case .json: return Output.fitForTerminal(tidied(object).text(.kubectl) + "\n")
    case .yaml: return separator() + Output.fitForTerminal(YAMLWriter.text(tidied(object)))
    case .kyaml: return Output.fitForTerminal(KYAMLWriter.text(tidied(object), sortsKeys: !keepsOrder))
    case .jsonPath(let path, let template, let asJSON): return try Self.filled(path, template, asJSON, object)
    case .table: return ""
    }
  }

  /// Several objects as a list.
  mutating func text(list objects: [JSONValue]) throws(CommandFailure) -> String {
    switch format {
    case .columns: return try rows(objects)
    case .name: return objects.map(Self.name).joined()
    default:
      return try text([
        "apiVersion": "v1", "items": .array(objects.map(tidied)), "kind": "List", "metadata": ["resourceVersion": ""],
      ])
    }
  }

  /// What happened to an object.
  mutating func text(event: String, _ object: JSONValue) throws(CommandFailure) -> String {
    switch format {
    case .name: return Self.name(object)
    case .json: return "{\"type\":\"\(event)\",\"object\":\(tidied(object).text(.goCompact))}\n"
    default: return try text(["type": .string(event), "object": tidied(object)])
    }
  }

  private mutating func separator() -> String {
    defer { hasPrinted = true }
    return hasPrinted ? "---\n" : ""
  }

  private mutating func rows(_ objects: [JSONValue]) throws(CommandFailure) -> String {
    guard case .columns(let columns) = format else { return "" }
    if !hasPrinted, !noHeaders { table.add(columns.headers) }
    hasPrinted = true
    do throws(JSONPathProblem) {
      for object in objects { table.add(try columns.cells(object)) }
    } catch {
      throw .asKubectl("\(error)")
    }
    return table.takeLines()
  }

  private static func filled(
    _ path: JSONPath, _ template: String, _ asJSON: Bool, _ object: JSONValue
  ) throws(CommandFailure) -> String {
    do throws(JSONPathProblem) {
      return Output.fitForTerminal(asJSON ? try path.json(for: object) : try path.text(for: object))
    } catch {
      let quoted = JSONValue.string(template).text()
      throw .asKubectl("error executing jsonpath \(quoted): Error executing template: \(error)")
    }
  }

  private static func name(_ object: JSONValue) -> String {
    let apiVersion = object["apiVersion"]?.string ?? ""
    let group = apiVersion.contains("/") ? "." + (apiVersion.split(separator: "/").first ?? "") : ""
    let kind = (object["kind"]?.string ?? "").lowercased()
    return PlainText.line("\(kind)\(group)/\(object[path: "metadata", "name"]?.string ?? "")") + "\n"
  }

  /// Without managedFields where kubectl leaves them out, unless they are wanted.
  private func tidied(_ object: JSONValue) -> JSONValue {
    switch format {
    case .json, .yaml, .kyaml:
      guard !showsManagedFields, var metadata = object["metadata"], metadata["managedFields"] != nil else {
        return object
      }
      var object = object
      metadata["managedFields"] = nil
      object["metadata"] = metadata
      return object
    default: return object
    }
  }
}
