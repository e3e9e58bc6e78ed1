import DataFiles
import PlainInterface

/// How `get` prints objects.
enum OutputFormat {
  /// The server's table, with all its columns or without those for which there usually is no room.
  case table(isWide: Bool)
  case json
  case yaml
  case kyaml
  case name
  case jsonPath(JSONPath, template: String, asJSON: Bool)
  case columns(CustomColumns)

  /// Whether the server's own table is printed.
  var isTable: Bool { if case .table = self { true } else { false } }

  private static let allowed = [
    "custom-columns", "custom-columns-file", "json", "jsonpath", "jsonpath-as-json", "jsonpath-file", "kyaml", "name",
    "wide", "yaml",
  ]

  /// Understands the value of `-o`, such as `wide` and `jsonpath={.items[*].metadata.name}`; templates may stand in a
  /// file.
  init(_ text: String, template: String?, allowsMissingKeys: Bool, files: any FileSystem) throws(CommandFailure) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let name = parts[0]
    let argument = parts.count > 1 ? parts[1] : template
    switch name {
    case "" where parts.count == 1: self = .table(isWide: false)
    case "wide" where parts.count == 1: self = .table(isWide: true)
    case "json" where parts.count == 1: self = .json
    case "yaml" where parts.count == 1: self = .yaml
    case "kyaml" where parts.count == 1: self = .kyaml
    case "name" where parts.count == 1: self = .name
    case "jsonpath", "jsonpath-as-json":
      self = try .path(try Self.given(argument), asJSON: name == "jsonpath-as-json", allowsMissingKeys)
    case "jsonpath-file":
      self = try .path(
        try Self.read(try Self.given(argument), files, as: "--template"), asJSON: false, allowsMissingKeys)
    case "custom-columns", "custom-columns-file":
      guard let argument, !argument.isEmpty else {
        throw .asKubectl("custom-columns format specified but no custom columns given")
      }
      let template = name == "custom-columns-file" ? try Self.read(argument, files) : nil
      do throws(JSONPathProblem) {
        if let template {
          self = .columns(try CustomColumns(template: template))
        } else {
          self = .columns(try CustomColumns(argument))
        }
      } catch {
        throw .asKubectl("\(error)")
      }
    case "go-template", "go-template-file", "template", "templatefile":
      throw .asKubectl("podmedic has no Go templates", hint: "Use -o jsonpath=… or -o custom-columns=… instead.")
    default:
      throw Self.unknown(text, allowed: Self.allowed)
    }
  }

  /// What is said about a format that there is not.
  static func unknown(_ text: String, allowed: [String]) -> CommandFailure {
    .asKubectl(
      "unable to match a printer suitable for the output format \"\(text)\", allowed formats are: "
        + allowed.joined(separator: ","))
  }

  private static func given(_ template: String?) throws(CommandFailure) -> String {
    guard let template, !template.isEmpty else { throw .asKubectl("template format specified but no template given") }
    return template
  }

  private static func path(
    _ template: String, asJSON: Bool, _ allowsMissingKeys: Bool
  ) throws(CommandFailure) -> OutputFormat {
    do throws(JSONPathProblem) {
      var path = try JSONPath(template)
      path.allowsMissingFields = allowsMissingKeys
      return .jsonPath(path, template: template, asJSON: asJSON)
    } catch {
      throw .asKubectl("error parsing jsonpath \(template), \(error)")
    }
  }

  private static func read(
    _ path: String, _ files: any FileSystem, as option: String = "template"
  ) throws(CommandFailure) -> String {
    do throws(FileError) {
      return String(decoding: try files.read(path), as: UTF8.self)
    } catch {
      throw .asKubectl("error reading \(option) \(path), \(error)")
    }
  }
}
