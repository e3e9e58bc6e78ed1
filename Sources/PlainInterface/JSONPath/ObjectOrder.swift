import Kube

/// The order that `--sort-by` makes.
public struct ObjectOrder: Sendable {
  private let path: JSONPath
  private let field: String

  /// By the first value that a path finds; braces and the first dot may be missing.
  public init(by field: String) throws(JSONPathProblem) {
    path = try JSONPath(relaxed: field)
    self.field = field
  }

  /// The elements in order; those whose object does not have the field come first, equal ones stay as they are.
  public func sorted<Element>(
    _ elements: [Element], object: (Element) -> JSONValue
  ) throws(JSONPathProblem) -> [Element] {
    var keyed: [(element: Element, key: JSONValue?)] = []
    for element in elements {
      keyed.append((element, try path.results(in: object(element)).first?.first))
    }
    let keys = keyed.compactMap(\.key)
    guard elements.isEmpty || !keys.isEmpty else {
      throw JSONPathProblem("couldn't find any field with path \"\(shownField)\" in the list of objects")
    }
    if let unsortable = keys.first(where: { !Self.isSortable($0) }), keys.count > 1 {
      throw JSONPathProblem("Field \(shownField) is an unsortable type: \(JSONPathEvaluator.typeName(unsortable))")
    }
    return keyed.enumerated().sorted { left, right in
      if Self.isLess(left.element.key, right.element.key) { return true }
      if Self.isLess(right.element.key, left.element.key) { return false }
      return left.offset < right.offset
    }.map(\.element.element)
  }

  /// The path with the braces and the dot that may be missing.
  private var shownField: String {
    let inner = field.hasPrefix("{") ? field.dropFirst().dropLast() : field[...]
    return "{." + (inner.hasPrefix(".") ? inner.dropFirst() : inner) + "}"
  }

  private static func isSortable(_ value: JSONValue) -> Bool {
    switch value {
    case .null, .int, .double, .string: true
    default: false
    }
  }

  static func isLess(_ left: JSONValue?, _ right: JSONValue?) -> Bool {
    switch (left, right) {
    case (nil, nil): return false
    case (nil, _): return true
    case (_, nil): return false
    case (.null, .null): return false
    case (.null, _): return true
    case (.int(let left), .int(let right)): return left < right
    case (.double(let left), .double(let right)): return left < right
    case (.int(let left), .double(let right)): return Double(left) < right
    case (.double(let left), .int(let right)): return left < Double(right)
    case (.string(let left), .string(let right)):
      if let left = Quantity(left).nanos, let right = Quantity(right).nanos { return left < right }
      return left.utf8.lexicographicallyPrecedes(right.utf8)
    default: return false
    }
  }
}
