import Kube

/// A template in kubectl's JSONPath, ready to be filled in with objects.
public struct JSONPath: Sendable {
  let nodes: [JSONPathNode]
  /// Whether a field that an object does not have counts as nothing instead of as a mistake.
  public var allowsMissingFields = true

  /// Parses a template as `kubectl -o jsonpath` takes it: text with paths in braces.
  public init(_ template: String) throws(JSONPathProblem) {
    nodes = try JSONPathParser.template(template)
  }

  /// Parses a path as custom columns and `--sort-by` take it: braces and the first dot may be missing.
  public init(relaxed path: String) throws(JSONPathProblem) {
    guard !path.isEmpty else {
      nodes = []
      return
    }
    var inner = path[...]
    if path.hasPrefix("{"), path.hasSuffix("}"), path.count > 1 { inner = inner.dropFirst().dropLast() }
    if inner.hasPrefix("."), inner.count > 1 { inner = inner.dropFirst() }
    guard !inner.isEmpty, !inner.contains("{"), !inner.contains("}") else {
      throw JSONPathProblem(
        "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'")
    }
    nodes = try JSONPathParser.template("{.\(inner)}")
  }

  /// What the template finds in an object: a list of values for each of its pieces.
  public func results(in object: JSONValue) throws(JSONPathProblem) -> [[JSONValue]] {
    var evaluator = JSONPathEvaluator(nodes: nodes, allowsMissingFields: allowsMissingFields)
    return try evaluator.results(in: object)
  }

  /// The template filled in: texts as they are, lists and maps as JSON, several values with a space between.
  public func text(for object: JSONValue) throws(JSONPathProblem) -> String {
    try results(in: object).map { values in
      values.map { value in
        switch value {
        case .array, .object: value.text(.goCompact)
        default: GoText.text(value)
        }
      }.joined(separator: " ")
    }.joined()
  }

  /// Each piece's values as a JSON array of its own.
  public func json(for object: JSONValue) throws(JSONPathProblem) -> String {
    try results(in: object).map { JSONValue.array($0).text(.kubectl) + "\n" }.joined()
  }
}
