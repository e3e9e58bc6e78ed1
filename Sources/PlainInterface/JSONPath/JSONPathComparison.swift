import Kube

/// The comparisons of filters: only values of the same sort can be compared.
enum JSONPathComparison {
  static func holds(_ left: JSONValue, _ operation: String, _ right: JSONValue) throws(JSONPathProblem) -> Bool {
    switch operation {
    case "==": return try isEqual(left, right)
    case "!=": return try !isEqual(left, right)
    case "<": return try isLess(left, right)
    case "<=": return try !isLess(right, left)
    case ">": return try isLess(right, left)
    case ">=": return try !isLess(left, right)
    default: throw JSONPathProblem("unrecognized filter operator \(operation)")
    }
  }

  private static func isEqual(_ left: JSONValue, _ right: JSONValue) throws(JSONPathProblem) -> Bool {
    try check(left, right)
    return left == right
  }

  private static func isLess(_ left: JSONValue, _ right: JSONValue) throws(JSONPathProblem) -> Bool {
    try check(left, right)
    switch (left, right) {
    case (.int(let left), .int(let right)): return left < right
    case (.double(let left), .double(let right)): return left < right
    case (.string(let left), .string(let right)): return left.utf8.lexicographicallyPrecedes(right.utf8)
    default: throw JSONPathProblem("invalid type for comparison")
    }
  }

  private static func check(_ left: JSONValue, _ right: JSONValue) throws(JSONPathProblem) {
    guard isBasic(left), isBasic(right) else { throw JSONPathProblem("invalid type for comparison") }
    switch (left, right) {
    case (.int, .int), (.double, .double), (.string, .string), (.bool, .bool): return
    default: throw JSONPathProblem("incompatible types for comparison")
    }
  }

  private static func isBasic(_ value: JSONValue) -> Bool {
    switch value {
    case .int, .double, .string, .bool: true
    default: false
    }
  }
}
