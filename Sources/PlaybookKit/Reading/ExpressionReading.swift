import DataFiles
import Expressions
import Kube

extension PlaybookReader {
  /// A condition about the subject.
  func condition(_ node: DataNode) -> Expression? {
    guard let (expression, type) = expression(node) else { return nil }
    switch type {
    case .bool, .any: return expression
    default:
      reader.report("a condition is needed, this is \(type.nameForPeople)", at: node)
      return nil
    }
  }

  /// An expression about the subject with its type. It must fit every kind that the step is about.
  func expression(_ node: DataNode) -> (Expression, FieldType)? {
    if node.elements != nil || node.entries != nil {
      let hint = "; an expression that begins with [ or { needs quotes"
      reader.report("expected an expression, found \(node.kindName)\(hint)", at: node)
      return nil
    }
    guard let text = reader.string(node) else { return nil }
    do throws(ExpressionProblem) {
      let expression = try Expression(parsing: text)
      return (expression, try type(of: expression))
    } catch {
      reader.report(error.message, at: error.position(in: node, text: text))
      return nil
    }
  }

  /// The type of an expression, which must be possible for every kind; a mistake in one of several kinds names it.
  private func type(of expression: Expression, with names: [String] = []) throws(ExpressionProblem) -> FieldType {
    if isTrusted { return .any }
    var type: FieldType?
    for kind in scopeKinds.isEmpty ? [nil] : scopeKinds.map({ Optional($0) }) {
      var scope = PlaybookScope.scope(kind: kind)
      for name in names { scope.names[name] = .string }
      do throws(ExpressionProblem) {
        let found = try expression.check(in: scope)
        type = type ?? found
      } catch {
        guard let kind, scopeKinds.count > 1 else { throw error }
        throw ExpressionProblem(line: error.line, column: error.column, message: "of a \(kind): \(error.message)")
      }
    }
    return type ?? .any
  }

  /// A text with expressions in braces. `names` are further ones: `line` is the line that a pattern matched, `said` what
  /// the step says.
  func template(_ node: DataNode, with names: [String] = []) -> Template? {
    guard let text = reader.string(node) else { return nil }
    do throws(ExpressionProblem) {
      let template = try Template(parsing: text)
      for expression in template.expressions {
        do throws(ExpressionProblem) {
          _ = try type(of: expression, with: names)
        } catch {
          // Where in the text the expression stands is found by its own text.
          let start = text.firstRange(of: expression.source).map { text[..<$0.lowerBound].unicodeScalars.count } ?? 0
          throw ExpressionProblem(line: 1, column: start + error.column, message: error.message)
        }
      }
      return template
    } catch {
      reader.report(error.message, at: error.position(in: node, text: text))
      return nil
    }
  }

  /// A regular expression.
  func pattern(_ node: DataNode) -> LinePattern? {
    guard let text = reader.string(node) else { return nil }
    do throws(ExpressionProblem) {
      return try LinePattern(text)
    } catch {
      reader.report(error.message, at: error.position(in: node, text: text))
      return nil
    }
  }
}
