import Kube

extension FieldType {
  /// The type in a sentence: "a text", "a list".
  public var nameForPeople: String {
    switch self {
    case .bool: "a truth value"
    case .int: "a whole number"
    case .double: "a number"
    case .string: "a text"
    case .timestamp: "a time"
    case .duration: "a duration"
    case .quantity: "a quantity"
    case .intOrString: "a number or text"
    case .list: "a list"
    case .map: "a map"
    case .record: "an object"
    case .any: "any value"
    }
  }

  var isAny: Bool { if case .any = self { true } else { false } }

  /// Whether amounts of this type compare with each other.
  var isNumber: Bool {
    switch self {
    case .int, .double, .quantity: true
    default: false
    }
  }

  /// Whether values of the two types may be equal.
  func isComparable(to other: FieldType) -> Bool {
    switch (self, other) {
    case (.any, _), (_, .any): true
    case (.int, .int), (.int, .double), (.int, .quantity), (.double, .int), (.double, .double), (.double, .quantity),
      (.quantity, .int), (.quantity, .double), (.quantity, .quantity):
      true
    case (.bool, .bool), (.string, .string), (.timestamp, .timestamp), (.duration, .duration): true
    case (.intOrString, .intOrString), (.intOrString, .int), (.intOrString, .string), (.int, .intOrString),
      (.string, .intOrString):
      true
    case (.list(let left), .list(let right)): left.isComparable(to: right)
    case (.map(let left), .map(let right)): left.isComparable(to: right)
    default: false
    }
  }

  /// Whether values of the two types have an order.
  func isOrdered(with other: FieldType) -> Bool {
    switch (self, other) {
    case (.bool, _), (_, .bool), (.list, _), (_, .list), (.map, _), (_, .map), (.record, _), (_, .record): false
    default: isComparable(to: other)
    }
  }

  /// A type that holds the values of both.
  func union(_ other: FieldType) -> FieldType {
    switch (self, other) {
    case (.bool, .bool), (.int, .int), (.double, .double), (.string, .string), (.timestamp, .timestamp),
      (.duration, .duration), (.quantity, .quantity), (.intOrString, .intOrString):
      self
    case (.int, .double), (.double, .int): .double
    case (.list(let left), .list(let right)): .list(left.union(right))
    case (.map(let left), .map(let right)): .map(left.union(right))
    case (.record(let left), .record(let right)): left == right ? self : .any
    default: .any
    }
  }
}
