import Kube

/// What is taken out of objects before they are written.
public enum Redaction {
  /// What stands in the place of what was taken out.
  public static let mask = "***"
  private static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

  /// A Secret with its keys and without its values; every other object as it is.
  public static func withoutSecrets(_ object: JSONValue, kind: String) -> JSONValue {
    guard kind == "Secret" else { return object }
    var object = object
    for field in ["data", "stringData"] {
      guard let values = object[field]?.object else { continue }
      object[field] = .object(SmallMap(uniquing: values.entries.map { ($0.key, "") }))
    }
    return withoutLastApplied(object)
  }

  /// The object without the values of environment variables and of arguments that look like passwords. The annotation
  /// in which kubectl keeps a copy of the object goes too.
  public static func redacted(_ object: JSONValue) -> JSONValue { masked(withoutLastApplied(object), depth: 0) }

  private static func withoutLastApplied(_ object: JSONValue) -> JSONValue {
    guard var metadata = object["metadata"], var annotations = metadata["annotations"],
      annotations[lastApplied] != nil
    else { return object }
    annotations[lastApplied] = nil
    metadata["annotations"] = annotations
    var object = object
    object["metadata"] = metadata
    return object
  }

  private static func masked(_ value: JSONValue, depth: Int) -> JSONValue {
    switch value {
    case .object(let map):
      return .object(
        SmallMap(
          uniquing: map.entries.map { entry in
            switch entry.key {
            case "env": (entry.key, variables(entry.value))
            case "args", "command": (entry.key, arguments(entry.value))
            default: (entry.key, masked(entry.value, depth: depth + 1))
            }
          }))
    case .array(let values): return .array(values.map { masked($0, depth: depth + 1) })
    default: return value
    }
  }

  private static func variables(_ value: JSONValue) -> JSONValue {
    guard let variables = value.array else { return value }
    return .array(
      variables.map { variable in
        guard variable["value"]?.string?.isEmpty == false else { return variable }
        var variable = variable
        variable["value"] = .string(mask)
        return variable
      })
  }

  private static func arguments(_ value: JSONValue) -> JSONValue {
    guard let words = value.array else { return value }
    var hidesNext = false
    return .array(
      words.map { word in
        guard let text = word.string else { return word }
        defer { hidesNext = isSecret(text) && !text.contains("=") }
        if hidesNext, !text.hasPrefix("-") { return .string(mask) }
        guard isSecret(text), let equals = text.firstIndex(of: "=") else { return word }
        return .string(text[...equals] + mask)
      })
  }

  /// Whether an argument is an option whose name says that its value is secret: `--db-password=…`, `-token`.
  private static func isSecret(_ text: String) -> Bool {
    guard text.hasPrefix("-") else { return false }
    let name = text.prefix { $0 != "=" }.lowercased()
    return ["passw", "secret", "token", "credential", "apikey", "api-key", "access-key", "private-key"].contains {
      name.contains($0)
    }
  }
}
