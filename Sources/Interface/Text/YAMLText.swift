import Base64Text
import Kube
import Terminal

/// An object as coloured YAML.
public struct YAMLText {
  /// Show `metadata.managedFields`, which is long and seldom wanted.
  public var showsManagedFields = false
  /// Show the values of a Secret, decoded where they are text.
  public var showsSecrets = false

  /// YAML with managedFields folded and secrets masked.
  public init() {}

  /// The lines of an object, in the server's order but for the usual members at the top.
  public func lines(_ object: JSONValue) -> [[Span]] {
    var lines: [[Span]] = []
    var line: [Span] = []
    YAMLWriter.write(prepared(object), style: .reading) { piece, text in
      if piece == .lineEnd {
        lines.append(line)
        line = []
      } else {
        line.append(Span(text, Self.role(piece)))
      }
    }
    return lines
  }

  private static func role(_ piece: YAMLWriter.Piece) -> Role {
    switch piece {
    case .punctuation, .lineEnd: .text
    case .key: .fieldName
    case .string: .string
    case .number: .number
    case .mark: .dim
    }
  }

  private func prepared(_ object: JSONValue) -> JSONValue {
    guard case .object(let members) = object else { return object }
    let order = ["apiVersion", "kind", "metadata", "type", "data", "spec", "status"]
    let isSecret = object["kind"]?.string == "Secret"
    var entries: [(String, JSONValue)] = []
    for name in order { if let value = members[name] { entries.append((name, value)) } }
    for (name, value) in members.entries where !order.contains(name) { entries.append((name, value)) }
    return .object(
      SmallMap(
        uniquing: entries.map { name, value in
          switch name {
          case "metadata": (name, metadata(value, isSecret: isSecret))
          case "data": (name, !isSecret ? value : showsSecrets ? Self.decoded(value) : Self.masked(value))
          case "stringData": (name, isSecret && !showsSecrets ? Self.masked(value) : value)
          default: (name, value)
          }
        }))
  }

  private func metadata(_ value: JSONValue, isSecret: Bool) -> JSONValue {
    var value = value
    if !showsManagedFields, let fields = value["managedFields"]?.array {
      value["managedFields"] = .string(
        "… \(fields.count) \(fields.count == 1 ? "entry" : "entries") folded (m shows them)")
    }
    // The whole Secret stands in this annotation once more.
    let applied = "kubectl.kubernetes.io/last-applied-configuration"
    if isSecret, !showsSecrets, var annotations = value["annotations"], annotations[applied] != nil {
      annotations[applied] = "… masked (x decodes)"
      value["annotations"] = annotations
    }
    return value
  }

  private static func masked(_ value: JSONValue) -> JSONValue {
    guard let members = value.object else { return value }
    return .object(
      SmallMap(
        uniquing: members.entries.map { name, value in
          (name, .string(bytes(value).map { "… \($0.count) bytes masked (x decodes)" } ?? "… masked, no Base64"))
        }))
  }

  /// Values as the text that they stand for; what is no text stays as it is.
  private static func decoded(_ value: JSONValue) -> JSONValue {
    guard let members = value.object else { return value }
    return .object(
      SmallMap(
        uniquing: members.entries.map { name, value in
          (name, bytes(value).flatMap { String(validating: $0, as: UTF8.self) }.map(JSONValue.string) ?? value)
        }))
  }

  /// What a value of a Secret stands for.
  private static func bytes(_ value: JSONValue) -> [UInt8]? {
    value.string.flatMap { try? Base64.decode($0).get() }
  }
}
