import Kube

/// A formula over the fields of an object, in a small and total subset of CEL: parsed and checked once, evaluated for
/// thousands of rows. GRAMMAR.md beside this file says what can be written.
///
/// Nothing that is evaluated traps, fails or runs for long: what cannot be told is `Outcome.unknown`.
public struct Expression: Sendable, CustomStringConvertible {
  /// Bytes of the longest expression that is read.
  public static let longestSource = 4096
  /// Steps of one evaluation: far more than a rule over the largest pod takes, and about a millisecond.
  public static let mostSteps = 20_000

  /// The text it was parsed from.
  public let source: String
  let root: Node

  /// Parses a text.
  public init(parsing source: String) throws(ExpressionProblem) {
    guard source.utf8.count <= Self.longestSource else {
      throw ExpressionProblem(
        line: 1, column: 1, message: "the expression is longer than \(Self.longestSource) bytes")
    }
    var parser = try Parser(source)
    root = try parser.expression()
    self.source = source
  }

  private init(source: String, root: Node) {
    self.source = source
    self.root = root
  }

  /// The type of the value in a scope; an error names the first thing that does not fit.
  public func check(in scope: Scope) throws(ExpressionProblem) -> FieldType {
    var checker = Checker(scope: scope, source: source)
    return try checker.type(of: root)
  }

  /// Checks that the value is a condition: true, false or, when not known before run time, anything.
  public func checkCondition(in scope: Scope) throws(ExpressionProblem) {
    let type = try check(in: scope)
    switch type {
    case .bool, .any: return
    default:
      throw ExpressionProblem(line: 1, column: 1, message: "a condition is needed, this is \(type.nameForPeople)")
    }
  }

  /// The value for the given bindings. `now` is what `age` measures from.
  public func evaluate(_ bindings: Bindings, now: Timestamp) -> Outcome {
    var evaluator = Evaluator(bindings: bindings, now: now, steps: Self.mostSteps)
    do throws(Unknown) {
      return .value(try evaluator.value(of: root))
    } catch {
      return .unknown(error.reason)
    }
  }

  /// Whether the condition holds; nil when it cannot be told.
  public func holds(_ bindings: Bindings, now: Timestamp) -> Bool? { evaluate(bindings, now: now).bool }

  /// The value together with the facts that decided it.
  public func explain(_ bindings: Bindings, now: Timestamp) -> Explanation {
    var explainer = Explainer(
      evaluator: Evaluator(bindings: bindings, now: now, steps: Self.mostSteps), source: Array(source.utf8))
    return explainer.explain(root)
  }

  /// The text it was parsed from.
  public var description: String { source }
}
