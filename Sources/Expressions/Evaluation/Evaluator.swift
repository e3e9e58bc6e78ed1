import Kube

/// Why something cannot be told.
struct Unknown: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Computes values. A predicate over something that is not set is false, a computation over it is not set either;
/// everything that goes wrong is `Unknown`.
struct Evaluator {
  let bindings: Bindings
  let now: Timestamp
  /// Steps that are left.
  private(set) var steps: Int
  /// The elements of the enclosing loops.
  var variables: [FieldValue] = []

  init(bindings: Bindings, now: Timestamp, steps: Int) {
    self.bindings = bindings
    self.now = now
    self.steps = steps
  }

  mutating func spend(_ count: Int = 1) throws(Unknown) {
    steps -= count
    if steps < 0 { throw Unknown("it takes too many steps") }
  }

  mutating func value(of node: Node) throws(Unknown) -> FieldValue {
    try spend()
    switch node.kind {
    case .literal(let value): return value
    case .name(let name): return try named(name)
    case .variable(_, let slot): return slot < variables.count ? variables[slot] : .null
    case .field(let base, let name): return try Self.field(name, of: try value(of: base))
    case .index(let base, let index): return try element(of: try value(of: base), at: try value(of: index))
    case .list(let elements):
      var values: [FieldValue] = []
      values.reserveCapacity(elements.count)
      for element in elements { values.append(try value(of: element)) }
      return .list(values)
    case .not(let operand): return .bool(!(try truth(of: operand)))
    case .negated(let operand): return try Operators.negated(try value(of: operand))
    case .every(let operands): return .bool(try every(operands))
    case .some(let operands): return .bool(try some(operands))
    case .comparison(let comparison, let left, let right):
      return .bool(try compare(comparison, try value(of: left), try value(of: right)))
    case .arithmetic(let operation, let left, let right):
      return try Operators.calculate(operation, try value(of: left), try value(of: right))
    case .membership(let element, let container):
      return .bool(try contains(try value(of: container), try value(of: element)))
    case .choice(let condition, let yes, let no): return try value(of: try truth(of: condition) ? yes : no)
    case .has(let path):
      if case .null = try value(of: path) { return .bool(false) }
      return .bool(true)
    case .matches(let text, let pattern): return .bool(try matches(try value(of: text), pattern))
    case .call(let function, let arguments): return try call(function, arguments)
    case .loop(let loop, let list, let slot, let body):
      return try run(loop, over: try elements(of: try value(of: list)), slot: slot, body: body)
    }
  }

  /// The truth value of a condition; what is not set is false.
  mutating func truth(of node: Node) throws(Unknown) -> Bool {
    switch try value(of: node) {
    case .bool(let value): return value
    case .null: return false
    case let other: throw Unknown("a condition is needed, found \(other.kindName)")
    }
  }

  /// False as soon as one is false, whatever the others are.
  private mutating func every(_ operands: [Node]) throws(Unknown) -> Bool {
    var unknown: Unknown?
    for operand in operands {
      do throws(Unknown) {
        if !(try truth(of: operand)) { return false }
      } catch {
        unknown = unknown ?? error
      }
    }
    if let unknown { throw unknown }
    return true
  }

  /// True as soon as one is true, whatever the others are.
  private mutating func some(_ operands: [Node]) throws(Unknown) -> Bool {
    var unknown: Unknown?
    for operand in operands {
      do throws(Unknown) {
        if try truth(of: operand) { return true }
      } catch {
        unknown = unknown ?? error
      }
    }
    if let unknown { throw unknown }
    return false
  }

  // MARK: Paths

  private func named(_ name: String) throws(Unknown) -> FieldValue {
    if let outcome = bindings.names[name] {
      switch outcome {
      case .value(let value): return value
      case .unknown(let reason): throw Unknown(reason)
      }
    }
    return try Self.field(name, of: bindings.object)
  }

  static func field(_ name: String, of base: FieldValue) throws(Unknown) -> FieldValue {
    switch base {
    case .record(let record): return record.value(of: name) ?? .null
    case .map(let map): return map[name] ?? .null
    case .null: return .null
    default: throw Unknown("\(base.kindName) has no field \(name)")
    }
  }

  private mutating func element(of base: FieldValue, at index: FieldValue) throws(Unknown) -> FieldValue {
    switch (base, index) {
    case (.null, _), (_, .null): return .null
    case (.list(let values), .int(let position)): return values.indices.contains(position) ? values[position] : .null
    case (_, .string(let name)): return try Self.field(name, of: base)
    default: throw Unknown("\(base.kindName) has no element \(index.kindName)")
    }
  }

  // MARK: Lists

  /// The elements of a list, or the keys of a map.
  func elements(of value: FieldValue) throws(Unknown) -> [FieldValue] {
    switch value {
    case .list(let values): return values
    case .map(let map): return map.keys.map { .string($0) }
    case .null: return []
    default: throw Unknown("a list is needed, found \(value.kindName)")
    }
  }

  private mutating func run(
    _ loop: Loop, over elements: [FieldValue], slot: Int, body: Node
  ) throws(Unknown) -> FieldValue {
    var unknown: Unknown?
    var results: [FieldValue] = []
    defer { variables.removeLast(max(0, variables.count - slot)) }
    for element in elements {
      variables.removeLast(max(0, variables.count - slot))
      variables.append(element)
      if loop == .map {
        results.append(try value(of: body))
        continue
      }
      do throws(Unknown) {
        let holds = try truth(of: body)
        switch loop {
        case .exists: if holds { return .bool(true) }
        case .all: if !holds { return .bool(false) }
        case .filter: if holds { results.append(element) }
        case .map: break
        }
      } catch {
        if loop == .filter || steps < 0 { throw error }
        unknown = unknown ?? error
      }
    }
    if let unknown { throw unknown }
    switch loop {
    case .exists: return .bool(false)
    case .all: return .bool(true)
    case .filter, .map: return .list(results)
    }
  }

  private mutating func contains(_ container: FieldValue, _ element: FieldValue) throws(Unknown) -> Bool {
    switch container {
    case .null: return false
    case .list(let values):
      for value in values where try equal(value, element) { return true }
      return false
    case .map(let map):
      if case .string(let key) = element { return map[key] != nil }
      return false
    default: throw Unknown("a list is needed, found \(container.kindName)")
    }
  }

  private mutating func matches(_ value: FieldValue, _ pattern: Pattern) throws(Unknown) -> Bool {
    if case .null = value { return false }
    guard case .string(let text) = value else { throw Unknown("matches needs a text, found \(value.kindName)") }
    // A step of the matcher is a hundredth of one here: a kilobyte against a usual pattern costs some hundred steps.
    try spend(pattern.cost(bytes: text.utf8.count) / 100)
    return pattern.matches(text)
  }

  // MARK: Comparisons

  mutating func compare(
    _ comparison: Comparison, _ left: FieldValue, _ right: FieldValue
  ) throws(Unknown) -> Bool {
    switch comparison {
    case .equal: return try equal(left, right)
    case .notEqual: return !(try equal(left, right))
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      if case .null = left { return false }
      if case .null = right { return false }
      guard let order = try Operators.order(left, right) else { return false }
      switch comparison {
      case .less: return order < 0
      case .lessOrEqual: return order <= 0
      case .greater: return order > 0
      default: return order >= 0
      }
    }
  }

  mutating func equal(_ left: FieldValue, _ right: FieldValue) throws(Unknown) -> Bool {
    try spend()
    switch (left, right) {
    case (.null, .null): return true
    case (.bool(let left), .bool(let right)): return left == right
    case (.string(let left), .string(let right)): return left == right
    case (.list(let left), .list(let right)):
      guard left.count == right.count else { return false }
      for (left, right) in zip(left, right) where !(try equal(left, right)) { return false }
      return true
    case (.map(let left), .map(let right)):
      guard left.count == right.count else { return false }
      for (key, value) in left.entries {
        guard let other = right[key], try equal(value, other) else { return false }
      }
      return true
    case (.record, .record): throw Unknown("objects cannot be compared")
    default: return Operators.isOrdered(left, right) ? try Operators.order(left, right) == 0 : false
    }
  }
}
