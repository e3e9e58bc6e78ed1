import DataFiles
import Kube

/// Finds out the type of every part before there are values.
struct Checker {
  let scope: Scope
  let source: String
  /// The element types of the enclosing loops.
  private var variables: [FieldType] = []

  init(scope: Scope, source: String) {
    self.scope = scope
    self.source = source
  }

  mutating func type(of node: Node) throws(ExpressionProblem) -> FieldType {
    switch node.kind {
    case .literal(let value): return Self.type(of: value)
    case .name(let name): return try named(name, at: node)
    case .variable(_, let slot): return slot < variables.count ? variables[slot] : .any
    case .field(let base, let name): return try field(name, of: try type(of: base), base: base, at: node)
    case .index(let base, let index): return try element(of: base, at: index)
    case .list(let elements):
      var common: FieldType?
      for element in elements {
        let type = try type(of: element)
        common = common.map { $0.union(type) } ?? type
      }
      return .list(common ?? .any)
    case .not(let operand):
      try condition(operand, of: "!")
      return .bool
    case .negated(let operand):
      let type = try type(of: operand)
      switch type {
      case .int, .double, .duration, .quantity, .any: return type
      default: throw problem("\"-\" needs a number, this is \(type.nameForPeople)", at: operand)
      }
    case .every(let operands):
      for operand in operands { try condition(operand, of: "&&") }
      return .bool
    case .some(let operands):
      for operand in operands { try condition(operand, of: "||") }
      return .bool
    case .comparison(let comparison, let left, let right): return try compared(comparison, left, right, at: node)
    case .arithmetic(let operation, let left, let right): return try calculated(operation, left, right, at: node)
    case .membership(let element, let container): return try membership(element, container, at: node)
    case .choice(let condition, let yes, let no):
      try self.condition(condition, of: "? :")
      let type = try type(of: yes)
      return type.union(try self.type(of: no))
    case .has(let path):
      _ = try type(of: path)
      return .bool
    case .matches(let text, _):
      try expectText(try type(of: text), at: text, "matches")
      return .bool
    case .call(let function, let arguments): return try called(function, arguments)
    case .loop(let loop, let list, _, let body): return try looped(loop, over: list, body: body)
    }
  }

  private static func type(of value: FieldValue) -> FieldType {
    switch value {
    case .bool: .bool
    case .int: .int
    case .double: .double
    case .string: .string
    case .timestamp: .timestamp
    case .duration: .duration
    case .quantity: .quantity
    case .null, .list, .map, .record: .any
    }
  }

  // MARK: Paths

  private func named(_ name: String, at node: Node) throws(ExpressionProblem) -> FieldType {
    if let type = scope.names[name] { return type }
    var candidates = scope.names.keys
    switch scope.object {
    case .any, .map: return .any
    case .record(let record):
      if let type = record.type(of: name) { return type }
      candidates += record.fieldNames
    default: break
    }
    let hint = Suggestion.phrase(for: name, among: candidates)
    let list = hint.isEmpty ? "; known are " + candidates.prefix(12).joined(separator: ", ") : hint
    throw problem("unknown name \(Printable.quoted(name))\(list)", at: node)
  }

  private func field(
    _ name: String, of type: FieldType, base: Node, at node: Node
  ) throws(ExpressionProblem) -> FieldType {
    switch type {
    case .any: return .any
    case .map(let element): return element
    case .record(let record):
      if let type = record.type(of: name) { return type }
      let hint = Suggestion.phrase(for: name, among: record.fieldNames)
      let list = hint.isEmpty ? "; it has " + record.fieldNames.prefix(20).joined(separator: ", ") : hint
      throw problem("\(text(of: base)) has no field \(Printable.quoted(name))\(list)", at: node, end: name)
    case .list:
      throw problem(
        "\(text(of: base)) is a list; take an element ([0]) or ask exists(item, …) for \(Printable.quoted(name))",
        at: node, end: name)
    default:
      throw problem(
        "\(text(of: base)) is \(type.nameForPeople) and has no field \(Printable.quoted(name))", at: node, end: name)
    }
  }

  private mutating func element(of base: Node, at index: Node) throws(ExpressionProblem) -> FieldType {
    let container = try type(of: base)
    let indexType = try type(of: index)
    switch container {
    case .any: return .any
    case .list(let element):
      guard indexType.isAny || indexType.isNumber else {
        throw problem("the index of a list is a number, this is \(indexType.nameForPeople)", at: index)
      }
      return element
    case .map(let element):
      try expectText(indexType, at: index, "the key of a map")
      return element
    case .record:
      guard case .literal(.string(let name)) = index.kind else {
        throw problem("a field of an object is named in quotes or after a dot", at: index)
      }
      return try field(name, of: container, base: base, at: index)
    default: throw problem("\(text(of: base)) is \(container.nameForPeople) and has no elements", at: index)
    }
  }

  // MARK: Operators

  private mutating func compared(
    _ comparison: Comparison, _ left: Node, _ right: Node, at node: Node
  ) throws(ExpressionProblem) -> FieldType {
    let leftType = try type(of: left)
    let rightType = try type(of: right)
    let fits = comparison.isOrdering ? leftType.isOrdered(with: rightType) : leftType.isComparable(to: rightType)
    guard fits else {
      let what = "\(text(of: left)) is \(leftType.nameForPeople), \(text(of: right)) is \(rightType.nameForPeople)"
      throw problem("\"\(comparison.rawValue)\" cannot compare these: \(what)" + hint(leftType, rightType), at: node)
    }
    return .bool
  }

  /// What makes the right side fit the left one.
  private func hint(_ left: FieldType, _ right: FieldType) -> String {
    switch (left, right) {
    case (.duration, .string), (.duration, .int): "; write duration(\"5m\")"
    case (.quantity, .string): "; write quantity(\"1Gi\")"
    case (.timestamp, .duration): "; age(…) of a time is a duration"
    case (.timestamp, .string): "; write timestamp(\"2026-01-02T15:04:05Z\")"
    case (.int, .string), (.double, .string): "; leave the quotes out"
    default: ""
    }
  }

  private mutating func calculated(
    _ operation: Arithmetic, _ left: Node, _ right: Node, at node: Node
  ) throws(ExpressionProblem) -> FieldType {
    let leftType = try type(of: left)
    let rightType = try type(of: right)
    if leftType.isAny || rightType.isAny { return .any }
    let type: FieldType? =
      switch (operation, leftType, rightType) {
      case (_, .int, .int): .int
      case (.remainder, _, _): nil
      case (_, .int, .double), (_, .double, .int), (_, .double, .double): .double
      case (.plus, .string, .string): .string
      case (.plus, .list(let left), .list(let right)): .list(left.union(right))
      case (.plus, .duration, .duration), (.minus, .duration, .duration): .duration
      case (.plus, .quantity, .quantity), (.minus, .quantity, .quantity): .quantity
      case (.plus, .timestamp, .duration), (.plus, .duration, .timestamp), (.minus, .timestamp, .duration): .timestamp
      case (.minus, .timestamp, .timestamp): .duration
      case (.times, .duration, .int), (.times, .int, .duration), (.times, .duration, .double),
        (.times, .double, .duration), (.divided, .duration, .int), (.divided, .duration, .double):
        .duration
      case (.times, .quantity, .int), (.times, .int, .quantity), (.times, .quantity, .double),
        (.times, .double, .quantity), (.divided, .quantity, .int), (.divided, .quantity, .double):
        .quantity
      case (.divided, .duration, .duration), (.divided, .quantity, .quantity): .double
      default: nil
      }
    guard let type else {
      var hint = ""
      if case .string = leftType { hint = "; write string(\(text(of: right)))" }
      if case .string = rightType { hint = "; write string(\(text(of: left)))" }
      let what = "\(leftType.nameForPeople) and \(rightType.nameForPeople)"
      throw problem("\"\(operation.rawValue)\" does not work on \(what)\(hint)", at: node)
    }
    return type
  }

  private mutating func membership(
    _ element: Node, _ container: Node, at node: Node
  ) throws(ExpressionProblem) -> FieldType {
    let elementType = try type(of: element)
    let containerType = try type(of: container)
    switch containerType {
    case .any: break
    case .list(let type):
      guard elementType.isComparable(to: type) else {
        throw problem(
          "\(text(of: element)) is \(elementType.nameForPeople), the list holds \(type.nameForPeople)", at: node)
      }
    case .map: try expectText(elementType, at: element, "the key of a map")
    default:
      throw problem(
        "\"in\" needs a list or map, \(text(of: container)) is \(containerType.nameForPeople)", at: container)
    }
    return .bool
  }

  private mutating func condition(_ node: Node, of what: String) throws(ExpressionProblem) {
    let type = try type(of: node)
    switch type {
    case .bool, .any: return
    default:
      throw problem("\"\(what)\" needs a condition, \(text(of: node)) is \(type.nameForPeople)", at: node)
    }
  }

  // MARK: Functions

  private mutating func called(_ function: Function, _ arguments: [Node]) throws(ExpressionProblem) -> FieldType {
    var types: [FieldType] = []
    for argument in arguments { types.append(try type(of: argument)) }
    let name = function.rawValue
    let subject = arguments[0]
    switch function {
    case .size:
      switch types[0] {
      case .string, .list, .map, .any: return .int
      default: throw problem("size counts a text, list or map, this is \(types[0].nameForPeople)", at: subject)
      }
    case .first, .last:
      switch types[0] {
      case .list(let element): return element
      case .any: return .any
      default: throw problem("\(name) needs a list, this is \(types[0].nameForPeople)", at: subject)
      }
    case .startsWith, .endsWith:
      for (type, argument) in zip(types, arguments) { try expectText(type, at: argument, name) }
      return .bool
    case .contains:
      if case .list(let element) = types[0] {
        guard element.isComparable(to: types[1]) else {
          throw problem("the list holds \(element.nameForPeople), this is \(types[1].nameForPeople)", at: arguments[1])
        }
        return .bool
      }
      for (type, argument) in zip(types, arguments) { try expectText(type, at: argument, name) }
      return .bool
    case .lowerAscii, .upperAscii:
      try expectText(types[0], at: subject, name)
      return .string
    case .join:
      switch types[0] {
      case .list, .any: break
      default: throw problem("join needs a list, this is \(types[0].nameForPeople)", at: subject)
      }
      if arguments.count > 1 { try expectText(types[1], at: arguments[1], name) }
      return .string
    case .age:
      switch types[0] {
      case .timestamp, .any: return .duration
      default: throw problem("age needs a time, this is \(types[0].nameForPeople)", at: subject)
      }
    case .string: return .string
    case .int, .double:
      switch types[0] {
      case .int, .double, .string, .quantity, .duration, .intOrString, .any: return function == .int ? .int : .double
      default: throw problem("\(name) cannot read \(types[0].nameForPeople)", at: subject)
      }
    case .duration, .quantity, .timestamp:
      let result: FieldType = function == .duration ? .duration : function == .quantity ? .quantity : .timestamp
      if case .int = types[0], function == .quantity { return result }
      if !types[0].isComparable(to: result) { try expectText(types[0], at: subject, name) }
      return result
    }
  }

  private mutating func looped(_ loop: Loop, over list: Node, body: Node) throws(ExpressionProblem) -> FieldType {
    let type = try type(of: list)
    let element: FieldType
    switch type {
    case .list(let inner): element = inner
    case .map: element = .string
    case .any: element = .any
    default: throw problem("\(loop.rawValue) needs a list or map, this is \(type.nameForPeople)", at: list)
    }
    variables.append(element)
    defer { variables.removeLast() }
    switch loop {
    case .exists, .all:
      try condition(body, of: loop.rawValue)
      return .bool
    case .filter:
      try condition(body, of: loop.rawValue)
      return .list(element)
    case .map: return .list(try self.type(of: body))
    }
  }

  // MARK: Messages

  private func expectText(_ type: FieldType, at node: Node, _ what: String) throws(ExpressionProblem) {
    switch type {
    case .string, .intOrString, .any: return
    default: throw problem("\(what) needs a text, this is \(type.nameForPeople)", at: node)
    }
  }

  private func text(of node: Node) -> String {
    let text = String(decoding: Array(source.utf8)[node.range], as: UTF8.self)
    return Printable.plain(String(text.prefix(40))) + (text.count > 40 ? "…" : "")
  }

  /// A problem at a part, or at the name that ends it.
  private func problem(_ message: String, at node: Node, end name: String? = nil) -> ExpressionProblem {
    var offset = node.range.lowerBound
    if let name, node.range.count > name.utf8.count { offset = node.range.upperBound - name.utf8.count }
    return ExpressionProblem(message, at: offset, in: source)
  }
}
