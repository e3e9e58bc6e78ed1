import Expressions
import Kube

/// A text with expressions in braces: `{pod.metadata.name} ran out of memory`. Braces as such are written twice.
public struct Template: Sendable, CustomStringConvertible {
  /// A part of a template.
  enum Part: Sendable {
    case text(String)
    case expression(Expression)
  }

  /// The text as it was written.
  public let source: String
  let parts: [Part]

  /// A text without expressions.
  public init(text: String) {
    source = text
    parts = [.text(text)]
  }

  /// Parses a text; the problem's column is that in the text.
  init(parsing source: String) throws(ExpressionProblem) {
    self.source = source
    var parts: [Part] = []
    var text = ""
    let scalars = Array(source.unicodeScalars)
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      if scalar == "{" || scalar == "}", index + 1 < scalars.count, scalars[index + 1] == scalar {
        text.unicodeScalars.append(scalar)
        index += 2
      } else if scalar == "{" {
        guard let end = Self.end(of: scalars, from: index + 1) else {
          throw ExpressionProblem(
            line: 1, column: index + 1, message: "\"{\" has no \"}\"; a brace as such is written \"{{\"")
        }
        let inner = String(String.UnicodeScalarView(scalars[(index + 1)..<end]))
        let expression: Expression
        do throws(ExpressionProblem) {
          expression = try Expression(parsing: inner)
        } catch {
          throw ExpressionProblem(line: 1, column: index + 1 + error.column, message: error.message)
        }
        if !text.isEmpty { parts.append(.text(text)) }
        text = ""
        parts.append(.expression(expression))
        index = end + 1
      } else if scalar == "}" {
        throw ExpressionProblem(line: 1, column: index + 1, message: "\"}\" without \"{\"; write \"}}\"")
      } else {
        text.unicodeScalars.append(scalar)
        index += 1
      }
    }
    if !text.isEmpty { parts.append(.text(text)) }
    self.parts = parts
  }

  /// The closing brace that belongs to an opening one; texts within the expression are passed over.
  private static func end(of scalars: [Unicode.Scalar], from start: Int) -> Int? {
    var quote: Unicode.Scalar?
    var index = start
    while index < scalars.count {
      let scalar = scalars[index]
      if let open = quote {
        if scalar == "\\" { index += 1 } else if scalar == open { quote = nil }
      } else if scalar == "\"" || scalar == "'" {
        quote = scalar
      } else if scalar == "}" {
        return index
      }
      index += 1
    }
    return nil
  }

  /// The expressions.
  var expressions: [Expression] {
    parts.compactMap { if case .expression(let expression) = $0 { expression } else { nil } }
  }

  /// The text with the values in place, without the phrases whose value is not set; what cannot be told is said to be so.
  func text(_ bindings: Bindings, now: Timestamp) -> String {
    var phrases = Phrases()
    for part in parts {
      switch part {
      case .text(let text): phrases.append(words: text)
      case .expression(let expression):
        switch expression.evaluate(bindings, now: now) {
        case .value(.null): phrases.appendGap()
        case .value(let value): phrases.append(value: value.text)
        case .unknown: phrases.append(value: "(not known)")
        }
      }
    }
    return phrases.text
  }

  /// The text as a line to type; nil when a part of it is not set, empty or not known: such a line would do something
  /// else, or nothing.
  func line(_ bindings: Bindings, now: Timestamp) -> String? {
    var result = ""
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .expression(let expression):
        guard case .value(let value) = expression.evaluate(bindings, now: now) else { return nil }
        if case .null = value { return nil }
        let text = value.text
        // What an author lets be empty by a condition is meant to be.
        if text.isEmpty, !expression.source.contains("?") { return nil }
        result += text
      }
    }
    return result
  }

  /// The text with the values in place, or why there is none: something is not set or cannot be told.
  func wholeText(_ bindings: Bindings, now: Timestamp) -> Lookup<String> {
    var result = ""
    for part in parts {
      switch part {
      case .text(let text): result += text
      case .expression(let expression):
        switch expression.evaluate(bindings, now: now) {
        case .value(.null): return .unknown(Doubt(.failed, "\(expression.source) is not set"))
        case .value(.quantity(let quantity)): result += Self.text(quantity)
        case .value(let value): result += value.text
        case .unknown(let reason): return .unknown(Doubt(.notRead, reason))
        }
      }
    }
    return .found(result)
  }

  /// A quantity as people write it: calculated bytes as Mi and Gi where they are whole.
  private static func text(_ quantity: Quantity) -> String {
    guard let bytes = Int(quantity.text) else { return quantity.text }
    for (size, suffix) in [(1 << 30, "Gi"), (1 << 20, "Mi")] where bytes >= size && bytes % size == 0 {
      return "\(bytes / size)\(suffix)"
    }
    return quantity.text
  }

  /// As it was written.
  public var description: String { source }
}
