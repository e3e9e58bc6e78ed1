import Kube

/// Fills in one template with one object, step by step as client-go does.
struct JSONPathEvaluator {
  let nodes: [JSONPathNode]
  let allowsMissingFields: Bool
  /// `range` met but not begun, ranges under way, `end` met but not obeyed.
  private var begun = 0
  private var inside = 0
  private var ended = 0
  /// Where the last `end` stands.
  private var lastEnd: Int?

  init(nodes: [JSONPathNode], allowsMissingFields: Bool) {
    self.nodes = nodes
    self.allowsMissingFields = allowsMissingFields
  }

  mutating func results(in object: JSONValue) throws(JSONPathProblem) -> [[JSONValue]] {
    try results([object], from: 0)
  }

  private mutating func results(_ input: [JSONValue], from start: Int) throws(JSONPathProblem) -> [[JSONValue]] {
    var all: [[JSONValue]] = []
    var index = start
    while index < nodes.count {
      let found = try walk(input, nodes[index])
      if ended > 0, ended <= inside {
        ended -= 1
        lastEnd = index
        break
      }
      if begun > 0 {
        begun -= 1
        inside += 1
        for value in found { all += try results([value], from: index + 1) }
        // Nothing to repeat for: the pieces are gone through all the same, to find the end.
        if found.isEmpty { _ = try results([], from: index + 1) }
        inside -= 1
        if let lastEnd, lastEnd > index { index = lastEnd }
      } else {
        all.append(found)
      }
      index += 1
    }
    return all
  }

  private mutating func walk(_ input: [JSONValue], _ node: JSONPathNode) throws(JSONPathProblem) -> [JSONValue] {
    switch node {
    case .list(let nodes):
      var values = input
      for node in nodes { values = try walk(values, node) }
      return values
    case .text(let text): return [.string(text)]
    case .int(let value): return input.map { _ in .int(value) }
    case .double(let value): return input.map { _ in .double(value) }
    case .bool(let value): return input.map { _ in .bool(value) }
    case .word(let word): return try self.word(word, input)
    case .field(let name): return try field(name, input)
    case .wildcard: return input.flatMap(Self.children)
    case .recursive: return input.flatMap(Self.descendants)
    case .slice(let slice): return try Self.slice(slice, input)
    case .union(let nodes):
      var values: [JSONValue] = []
      for node in nodes { values += try walk(input, node) }
      return values
    case .filter(let left, let operation, let right): return try filter(input, left, operation, right)
    }
  }

  private mutating func word(_ word: String, _ input: [JSONValue]) throws(JSONPathProblem) -> [JSONValue] {
    switch word {
    case "range":
      begun += 1
      return input
    case "end":
      guard inside > 0 else { throw JSONPathProblem("not in range, nothing to end") }
      ended += 1
      return []
    default: throw JSONPathProblem("unrecognized identifier \(word)")
    }
  }

  private func field(_ name: String, _ input: [JSONValue]) throws(JSONPathProblem) -> [JSONValue] {
    let found = input.compactMap { $0[name] }
    if found.isEmpty, !input.isEmpty, !allowsMissingFields { throw JSONPathProblem("\(name) is not found") }
    return found
  }

  /// The members of a map in the order of their keys (Go has them in any order), the elements of a list, the bytes of a
  /// text.
  private static func children(_ value: JSONValue) -> [JSONValue] {
    switch value {
    case .array(let values): values
    case .object(let map):
      map.entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map(\.value)
    case .string(let text): text.utf8.map { .int(Int($0)) }
    default: []
    }
  }

  /// A value and everything within it that has something within it.
  private static func descendants(_ value: JSONValue) -> [JSONValue] {
    let children = children(value)
    guard !children.isEmpty else { return [] }
    // The bytes of a text have nothing within.
    if case .string = value { return [value] }
    return [value] + children.flatMap(descendants)
  }

  private static func slice(
    _ slice: JSONPathNode.Slice, _ input: [JSONValue]
  ) throws(JSONPathProblem) -> [JSONValue] {
    var found: [JSONValue] = []
    for value in input where value != .null {
      guard case .array(let values) = value else {
        throw JSONPathProblem("\(typeName(value)) is not array or slice")
      }
      let count = values.count
      let wanted = slice.from ?? 0
      var from = wanted
      if from < 0 { from += count }
      var to = slice.isIndex ? wanted &+ 1 : slice.to ?? count
      // An index of -1 means the last element: its end, 0, is the list's.
      if to < 0 || (to == 0 && slice.isIndex) { to += count }
      if from == to { return found }
      guard (0..<count).contains(from) else { throw outOfBounds(from, count) }
      guard (0...count).contains(to) else { throw outOfBounds(to - 1, count) }
      guard from <= to else {
        throw JSONPathProblem("starting index \(from) is greater than ending index \(to)")
      }
      let step = slice.step ?? 1
      guard step > 0 else { throw JSONPathProblem("step must be > 0") }
      found += stride(from: from, to: to, by: step).map { values[$0] }
    }
    return found
  }

  private static func outOfBounds(_ index: Int, _ count: Int) -> JSONPathProblem {
    JSONPathProblem("array index out of bounds: index \(index), length \(count)")
  }

  /// The name of the type that Go decodes such a value into.
  static func typeName(_ value: JSONValue) -> String {
    switch value {
    case .null: "<nil>"
    case .bool: "bool"
    case .int: "int64"
    case .double: "float64"
    case .string: "string"
    case .array: "[]interface {}"
    case .object: "map[string]interface {}"
    }
  }

  // MARK: Filters

  private mutating func filter(
    _ input: [JSONValue], _ left: JSONPathNode, _ operation: String, _ right: JSONPathNode
  ) throws(JSONPathProblem) -> [JSONValue] {
    var found: [JSONValue] = []
    for value in input {
      guard case .array(let values) = value else {
        throw JSONPathProblem("\(GoText.text(value)) is not array or slice and cannot be filtered")
      }
      for element in values {
        if operation == "exists" {
          if let lefts = try? walk([element], left), !lefts.isEmpty { found.append(element) }
          continue
        }
        let lefts = try walk([element], left)
        if lefts.isEmpty { continue }
        guard lefts.count == 1 else { throw JSONPathProblem("can only compare one element at a time") }
        let rights = try walk([element], right)
        if rights.isEmpty { continue }
        guard rights.count == 1 else { throw JSONPathProblem("can only compare one element at a time") }
        if try JSONPathComparison.holds(lefts[0], operation, rights[0]) { found.append(element) }
      }
    }
    return found
  }
}
