import Expressions
import Kube

/// A regular expression (RE2 syntax, linear in time) that is looked for in the lines of a text.
public struct LinePattern: Sendable {
  /// The pattern as it was written.
  public let source: String
  private let test: Expression

  /// Parses a pattern; the problem's column is that in the pattern.
  public init(_ source: String) throws(ExpressionProblem) {
    self.source = source
    var literal = ""
    for scalar in source.unicodeScalars {
      if scalar == "\\" || scalar == "\"" { literal.unicodeScalars.append("\\") }
      literal.unicodeScalars.append(scalar)
    }
    do throws(ExpressionProblem) {
      test = try Expression(parsing: "line.matches(\"\(literal)\")")
    } catch {
      throw ExpressionProblem(line: 1, column: 1, message: error.message)
    }
  }

  /// Whether a line has it.
  func matches(_ line: String) -> Bool {
    test.holds(Bindings(names: ["line": .value(.string(line))]), now: Timestamp(seconds: 0)) == true
  }
}
