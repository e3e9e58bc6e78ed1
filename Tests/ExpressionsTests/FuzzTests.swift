import Kube
import Testing

@testable import Expressions

/// Whatever is written, nothing traps, and what passes the check evaluates to a value of the promised type.
@Suite struct FuzzTests {
  private static let words = [
    "count", "limit", "name", "isOn", "started", "memory", "port", "labels", "words", "parts", "metadata", "usage",
    "anything", "ratio", "wait", "p", "q", ".", ".", "(", ")", "[", "]", ",", "+", "-", "*", "/", "%", "==", "!=", "<",
    ">", "<=", ">=", "&&", "||", "!", "?", ":", "in", "has(", "size(", "age(", "string(", "int(", "double(",
    "duration(",
    "quantity(", "timestamp(", ".exists(p,", ".all(q,", ".filter(p,", ".map(q,", ".first()", ".join(", ".contains(",
    ".matches('a*')", "'x'", "\"5m\"", "1", "0", "9223372036854775807", "1e308", "1.5", "true", "null", "restarts",
    "duration('100000d')", "quantity('9e18')", "quantity('-9E')", "timestamp('9999-12-31T23:59:59Z')",
  ]

  @Test(arguments: 0..<40 as Range<UInt64>)
  func randomWords(seed: UInt64) {
    var generator = SeededGenerator(seed: seed + 1)
    for _ in 0..<500 {
      let count = Int.random(in: 1...14, using: &generator)
      let source = (0..<count).map { _ in Self.words.randomElement(using: &generator) ?? "" }.joined(separator: " ")
      guard let expression = try? Expression(parsing: source) else { continue }
      _ = expression.explain(Sample.bindings, now: Sample.now)
      let outcome = expression.evaluate(Sample.bindings, now: Sample.now)
      guard let type = try? expression.check(in: Sample.scope), case .value(let value) = outcome else { continue }
      #expect(fits(value, type), "seed \(seed): \(source) gave \(value.quoted), promised \(type.nameForPeople)")
    }
  }

  /// Trees rather than words: nearly all of them pass the parser.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func randomTrees(seed: UInt64) {
    var generator = SeededGenerator(seed: seed + 1)
    for _ in 0..<200 {
      let source = tree(4, &generator)
      guard let expression = try? Expression(parsing: source) else { continue }
      _ = expression.explain(Sample.bindings, now: Sample.now)
      let outcome = expression.evaluate(Sample.bindings, now: Sample.now)
      guard let type = try? expression.check(in: Sample.scope), case .value(let value) = outcome else { continue }
      #expect(fits(value, type), "seed \(seed): \(source) gave \(value.quoted), promised \(type.nameForPeople)")
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func randomPatterns(seed: UInt64) {
    var generator = SeededGenerator(seed: seed + 1)
    let parts = [
      "a", "b", ".", "*", "+", "?", "(", ")", "(?:", "|", "[", "]", "^", "$", "{2}", "{1,3}", "\\d", "\\b", "-",
    ]
    for _ in 0..<500 {
      let text = (0..<Int.random(in: 1...12, using: &generator)).map { _ in parts.randomElement(using: &generator) ?? ""
      }
      if let pattern = try? Pattern(text.joined()) { _ = pattern.matches("abba-12 ba") }
    }
  }

  private func tree(_ depth: Int, _ generator: inout SeededGenerator) -> String {
    let leaves = [
      "count", "limit", "name", "isOn", "started", "memory", "port", "words", "usage", "ratio", "wait", "anything.x",
      "3",
      "'x'", "null", "9223372036854775807", "-9223372036854775807 - 1", "quantity('9e18')", "duration('100000d')",
      "1e300",
      "timestamp('9999-12-31T23:59:59Z')", "now", "0",
    ]
    guard depth > 0, Int.random(in: 0..<5, using: &generator) > 0 else {
      return leaves.randomElement(using: &generator) ?? "1"
    }
    let operators = ["+", "-", "*", "/", "%", "==", "<", ">=", "&&", "||", "in"]
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: return "!(\(tree(depth - 1, &generator)))"
    case 1: return "-(\(tree(depth - 1, &generator)))"
    case 2: return "(\(tree(depth - 1, &generator)) ? \(tree(depth - 1, &generator)) : \(tree(depth - 1, &generator)))"
    case 3:
      let function = ["string", "int", "double", "size", "age", "quantity"].randomElement(using: &generator) ?? "int"
      return "\(function)(\(tree(depth - 1, &generator)))"
    default:
      let symbol = operators.randomElement(using: &generator) ?? "+"
      return "(\(tree(depth - 1, &generator)) \(symbol) \(tree(depth - 1, &generator)))"
    }
  }

  private func fits(_ value: FieldValue, _ type: FieldType) -> Bool {
    switch (value, type) {
    case (.null, _), (_, .any), (.bool, .bool), (.int, .int), (.double, .double), (.string, .string),
      (.timestamp, .timestamp), (.duration, .duration), (.quantity, .quantity), (.int, .intOrString),
      (.string, .intOrString), (.map, .map), (.record, .record), (.int, .double):
      true
    case (.list(let values), .list(let element)): values.allSatisfy { fits($0, element) }
    default: false
    }
  }
}
