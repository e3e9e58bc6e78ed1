import DataFiles
import Kube

/// Builds the tree of an expression; GRAMMAR.md has the grammar.
struct Parser {
  /// Parts within each other: enough for anything a person writes, and small enough to recurse over on any thread.
  static let deepest = 48

  private let source: String
  private let tokens: [Token]
  private var position = 0
  /// Parentheses and operators that are open; the parser recurses for each.
  private var open = 0
  /// The variables of the enclosing loops.
  private var variables: [String] = []

  init(_ source: String) throws(ExpressionProblem) {
    self.source = source
    var lexer = Lexer(source)
    tokens = try lexer.tokens()
  }

  /// The whole expression.
  mutating func expression() throws(ExpressionProblem) -> Node {
    if token.kind == .end { throw problem("the expression is empty") }
    let node = try choice()
    guard token.kind == .end else { throw unexpected() }
    return node
  }

  // MARK: Operators

  private mutating func choice() throws(ExpressionProblem) -> Node {
    open += 1
    defer { open -= 1 }
    guard open <= Self.deepest else { throw problem("the expression is nested too deeply") }
    let condition = try binary(0)
    guard take("?") else { return condition }
    let yes = try choice()
    try expect(":", "the other value of \"? :\"")
    let no = try choice()
    return try node(.choice(condition, yes, no), condition.range.lowerBound, over: [condition, yes, no])
  }

  private static func precedence(_ symbol: String) -> Int? {
    switch symbol {
    case "||": 1
    case "&&": 2
    case "==", "!=", "<", "<=", ">", ">=", "in": 3
    case "+", "-": 4
    case "*", "/", "%": 5
    default: nil
    }
  }

  private var operatorSymbol: String? {
    switch token.kind {
    case .symbol(let symbol): symbol
    case .name("in"): "in"
    default: nil
    }
  }

  private mutating func binary(_ least: Int) throws(ExpressionProblem) -> Node {
    var left = try unary()
    var hasCompared = false
    while let symbol = operatorSymbol, let precedence = Self.precedence(symbol), precedence > least {
      if precedence == 3 {
        if hasCompared { throw problem("comparisons cannot follow each other; join them with &&") }
        hasCompared = true
      }
      advance()
      let right = try binary(precedence)
      left = try combined(symbol, left, right)
    }
    return left
  }

  private func combined(_ symbol: String, _ left: Node, _ right: Node) throws(ExpressionProblem) -> Node {
    let kind: Node.Kind
    switch symbol {
    case "||":
      if case .some(let conditions) = left.kind {
        return try node(.some(conditions + [right]), left.range.lowerBound, over: conditions + [right])
      }
      kind = .some([left, right])
    case "&&":
      if case .every(let conditions) = left.kind {
        return try node(.every(conditions + [right]), left.range.lowerBound, over: conditions + [right])
      }
      kind = .every([left, right])
    case "in": kind = .membership(left, in: right)
    default:
      if let comparison = Comparison(rawValue: symbol) {
        kind = .comparison(comparison, left, right)
      } else if let arithmetic = Arithmetic(rawValue: symbol) {
        kind = .arithmetic(arithmetic, left, right)
      } else {
        throw unexpected()
      }
    }
    return try node(kind, left.range.lowerBound, over: [left, right])
  }

  private mutating func unary() throws(ExpressionProblem) -> Node {
    let start = token.range.lowerBound
    guard operatorSymbol == "!" || operatorSymbol == "-" else { return try postfix() }
    open += 1
    defer { open -= 1 }
    guard open <= Self.deepest else { throw problem("the expression is nested too deeply") }
    let isNot = operatorSymbol == "!"
    advance()
    let operand = try unary()
    return try node(isNot ? .not(operand) : .negated(operand), start, over: [operand])
  }

  // MARK: Paths and calls

  private mutating func postfix() throws(ExpressionProblem) -> Node {
    var base = try primary()
    while true {
      if take(".") {
        guard case .name(let name) = token.kind else { throw problem("a field or function name must follow the dot") }
        let nameToken = token
        advance()
        if operatorSymbol == "(" {
          base = try method(name, nameToken, on: base)
        } else {
          base = try node(.field(base, name), base.range.lowerBound, over: [base])
        }
      } else if take("[") {
        let index = try choice()
        try expect("]", "the end of the index")
        base = try node(.index(base, index), base.range.lowerBound, over: [base, index])
      } else {
        return base
      }
    }
  }

  private mutating func primary() throws(ExpressionProblem) -> Node {
    let token = token
    let start = token.range.lowerBound
    switch token.kind {
    case .int(let value):
      advance()
      return try node(.literal(.int(value)), start)
    case .double(let value):
      advance()
      return try node(.literal(.double(value)), start)
    case .string(let text):
      advance()
      return try node(.literal(.string(text)), start)
    case .name(let name):
      advance()
      return try named(name, token)
    case .symbol("("):
      advance()
      let inner = try choice()
      try expect(")", "the closing parenthesis")
      return inner
    case .symbol("["):
      advance()
      let elements = try arguments(until: "]")
      return try node(.list(elements), start, over: elements)
    case .symbol, .end: throw unexpected()
    }
  }

  private mutating func named(_ name: String, _ token: Token) throws(ExpressionProblem) -> Node {
    let start = token.range.lowerBound
    switch name {
    case "true", "false": return try node(.literal(.bool(name == "true")), start)
    case "null": return try node(.literal(.null), start)
    case "in": throw problem("something must stand before \"in\"", at: start)
    case "and", "or", "not":
      if case .symbol("(") = self.token.kind { break }
      if case .end = self.token.kind { break }
      let written = name == "and" ? "&&" : name == "or" ? "||" : "!"
      throw problem("write \(written) for \"\(name)\"", at: start)
    default: break
    }
    guard operatorSymbol == "(" else {
      if let slot = variables.lastIndex(of: name) { return try node(.variable(name, slot: slot), start) }
      return try node(.name(name), start)
    }
    advance()
    if name == "has" {
      let arguments = try arguments(until: ")")
      guard arguments.count == 1, Self.isPath(arguments[0]) else {
        throw problem("has(…) takes one path, such as has(status.startTime)", at: start)
      }
      return try node(.has(arguments[0]), start, over: arguments)
    }
    guard let function = Function(rawValue: name), function.isGlobal else {
      if Function.methodNames.contains(name) {
        throw problem("\(name) is written behind a dot: x.\(name)(…)", at: start)
      }
      let hint = Suggestion.phrase(for: name, among: Function.globalNames)
      throw problem("unknown function \(Printable.quoted(name))\(hint)", at: start)
    }
    let arguments = try arguments(until: ")")
    return try call(function, arguments, name: token, from: start)
  }

  private mutating func method(_ name: String, _ token: Token, on base: Node) throws(ExpressionProblem) -> Node {
    advance()
    let start = base.range.lowerBound
    if let loop = Loop(rawValue: name) {
      guard case .name(let variable) = self.token.kind else {
        throw problem("\(name) takes a name and a condition: x.\(name)(item, …)")
      }
      advance()
      try expect(",", "the condition of \(name)")
      variables.append(variable)
      let slot = variables.count - 1
      let body = try choice()
      variables.removeLast()
      try expect(")", "the closing parenthesis")
      return try node(.loop(loop, over: base, slot: slot, body: body), start, over: [base, body])
    }
    if name == "matches" {
      let patternToken = self.token
      guard case .string(let text) = patternToken.kind else {
        throw problem("matches takes a regular expression in quotes: x.matches(r\"^web-\")")
      }
      advance()
      try expect(")", "the closing parenthesis")
      let pattern: Pattern
      do throws(PatternProblem) {
        pattern = try Pattern(text)
      } catch {
        throw problem(error.message, at: patternToken.range.lowerBound)
      }
      return try node(.matches(base, pattern), start, over: [base])
    }
    guard let function = Function(rawValue: name), function.isMethod else {
      if Function(rawValue: name) != nil || name == "has" {
        throw problem("\(name) is written \(name)(x)", at: token.range.lowerBound)
      }
      let hint = Suggestion.phrase(for: name, among: Function.methodNames)
      throw problem("unknown function \(Printable.quoted(name))\(hint)", at: token.range.lowerBound)
    }
    let arguments = try arguments(until: ")")
    return try call(function, [base] + arguments, name: token, from: start)
  }

  private func call(
    _ function: Function, _ arguments: [Node], name: Token, from start: Int
  ) throws(ExpressionProblem) -> Node {
    guard function.arguments.contains(arguments.count) else {
      let extra = function.isMethod && !function.isGlobal ? 1 : 0
      let expected = function.arguments.lowerBound - extra
      throw problem(
        "\(function.rawValue) takes \(expected) argument\(expected == 1 ? "" : "s"), not \(arguments.count - extra)",
        at: name.range.lowerBound)
    }
    // What is written as a constant is read now, so that a slip shows when the file is loaded.
    if case .literal(.string(let text)) = arguments[0].kind {
      let constant: FieldValue?
      switch function {
      case .duration: constant = DurationText.parse(text).map { .duration($0) }
      case .quantity: constant = Quantity(text).nanos.map { _ in .quantity(Quantity(text)) }
      case .timestamp: constant = Timestamp(text).map { .timestamp($0) }
      default: return try node(.call(function, arguments), start, over: arguments)
      }
      guard let constant else {
        let example =
          switch function {
          case .duration: "a duration such as \"90s\" or \"1h30m\""
          case .quantity: "a quantity such as \"500m\" or \"2Gi\""
          default: "a time such as \"2026-01-02T15:04:05Z\""
          }
        throw problem("\(Printable.quoted(text)) is not \(example)", at: arguments[0].range.lowerBound)
      }
      return try node(.literal(constant), start)
    }
    return try node(.call(function, arguments), start, over: arguments)
  }

  private mutating func arguments(until end: String) throws(ExpressionProblem) -> [Node] {
    var arguments: [Node] = []
    if take(end) { return arguments }
    while true {
      arguments.append(try choice())
      if take(end) { return arguments }
      try expect(",", "\"\(end)\" or another value")
    }
  }

  private static func isPath(_ node: Node) -> Bool {
    switch node.kind {
    case .name, .variable: true
    case .field(let base, _): isPath(base)
    case .index(let base, _): isPath(base)
    default: false
    }
  }

  // MARK: Words

  private var token: Token { tokens[min(position, tokens.count - 1)] }

  private mutating func advance() { position += 1 }

  private mutating func take(_ symbol: String) -> Bool {
    guard token.kind == .symbol(symbol) else { return false }
    advance()
    return true
  }

  private mutating func expect(_ symbol: String, _ what: String) throws(ExpressionProblem) {
    guard take(symbol) else { throw problem("expected \"\(symbol)\" (\(what))\(found)") }
  }

  private var found: String {
    switch token.kind {
    case .end: ", found the end"
    case .name(let name): ", found \(Printable.quoted(name))"
    case .symbol(let symbol): ", found \"\(symbol)\""
    case .int(let value): ", found \(value)"
    case .double(let value): ", found \(value)"
    case .string(let text): ", found the text \(Printable.quoted(text))"
    }
  }

  private func unexpected() -> ExpressionProblem { problem("expected a value or an operator" + found) }

  private func problem(_ message: String, at offset: Int? = nil) -> ExpressionProblem {
    ExpressionProblem(message, at: offset ?? token.range.lowerBound, in: source)
  }

  private func node(_ kind: Node.Kind, _ start: Int, over children: [Node] = []) throws(ExpressionProblem) -> Node {
    let end = position > 0 ? tokens[position - 1].range.upperBound : start
    let node = Node(kind, start..<max(start, end), over: children)
    guard node.depth <= Self.deepest else { throw problem("the expression is nested too deeply", at: start) }
    return node
  }
}
