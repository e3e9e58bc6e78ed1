import Kube

/// The value of an expression with the facts that decided it.
public struct Explanation: Sendable {
  /// One comparison or test with the values that it saw.
  public struct Fact: Sendable, Hashable {
    /// In words and numbers: `restartCount 7 > 3`.
    public let text: String
    /// Whether the test holds; nil when it cannot be told.
    public let holds: Bool?
  }

  /// The value.
  public let outcome: Outcome
  /// The facts in the order of the expression. Only those that decided: of `a && b` with a false `a`, only `a`.
  public let facts: [Fact]
}

/// Evaluates a second time, slowly, and takes notes.
struct Explainer {
  var evaluator: Evaluator
  let source: [UInt8]

  mutating func explain(_ node: Node) -> Explanation {
    var facts: [Explanation.Fact] = []
    let outcome = note(node, &facts)
    return Explanation(outcome: outcome, facts: facts)
  }

  private mutating func note(_ node: Node, _ facts: inout [Explanation.Fact]) -> Outcome {
    switch node.kind {
    case .every(let operands): return joined(operands, decidedBy: false, &facts)
    case .some(let operands): return joined(operands, decidedBy: true, &facts)
    case .not(let operand):
      let outcome = note(operand, &facts)
      return outcome.bool.map { .value(.bool(!$0)) } ?? outcome
    case .choice(let condition, let yes, let no):
      let outcome = note(condition, &facts)
      guard let holds = outcome.bool else { return outcome }
      return note(holds ? yes : no, &facts)
    case .loop(let loop, let list, let slot, let body) where loop == .exists || loop == .all:
      return noteLoop(loop, list, slot, body, node, &facts)
    default:
      let outcome = evaluate(node)
      if let text = text(of: node, outcome) {
        facts.append(.init(text: text, holds: outcome.bool))
      } else if case .unknown(let reason) = outcome {
        facts.append(.init(text: reason, holds: nil))
      }
      return outcome
    }
  }

  private mutating func joined(
    _ operands: [Node], decidedBy decisive: Bool, _ facts: inout [Explanation.Fact]
  ) -> Outcome {
    var all: [Explanation.Fact] = []
    var unknown: (outcome: Outcome, facts: [Explanation.Fact])?
    for operand in operands {
      var own: [Explanation.Fact] = []
      let outcome = note(operand, &own)
      guard let holds = outcome.bool else {
        if unknown == nil { unknown = (outcome, own) }
        continue
      }
      if holds == decisive {
        facts += own
        return .value(.bool(decisive))
      }
      all += own
    }
    if let unknown {
      facts += unknown.facts
      return unknown.outcome
    }
    facts += all
    return .value(.bool(!decisive))
  }

  /// The facts of the element that decided, or one line for all of them.
  private mutating func noteLoop(
    _ loop: Loop, _ list: Node, _ slot: Int, _ body: Node, _ node: Node, _ facts: inout [Explanation.Fact]
  ) -> Outcome {
    let listed: Outcome = evaluate(list)
    guard let value = listed.value, let elements = try? evaluator.elements(of: value) else {
      let outcome = evaluate(node)
      if case .unknown(let reason) = outcome { facts.append(.init(text: reason, holds: nil)) }
      return outcome
    }
    let decisive = loop == .exists
    var unknown: (outcome: Outcome, facts: [Explanation.Fact])?
    defer { evaluator.variables.removeLast(max(0, evaluator.variables.count - slot)) }
    for element in elements {
      evaluator.variables.removeLast(max(0, evaluator.variables.count - slot))
      evaluator.variables.append(element)
      var own: [Explanation.Fact] = []
      let outcome = note(body, &own)
      guard let holds = outcome.bool else {
        if unknown == nil { unknown = (outcome, own) }
        continue
      }
      if holds == decisive {
        facts += own
        return .value(.bool(decisive))
      }
    }
    if let unknown {
      facts += unknown.facts
      return unknown.outcome
    }
    let which = decisive ? "none of" : "all of"
    facts.append(
      .init(text: "\(which) \(elements.count) \(name(of: list)): \(written(body))", holds: !decisive))
    return .value(.bool(!decisive))
  }

  private mutating func evaluate(_ node: Node) -> Outcome {
    do throws(Unknown) {
      return .value(try evaluator.value(of: node))
    } catch {
      return .unknown(error.reason)
    }
  }

  /// The fact that a part states; nil for constants.
  private mutating func text(of node: Node, _ outcome: Outcome) -> String? {
    switch node.kind {
    case .comparison(.equal, let left, let right) where outcome.bool == true && right.isLiteral:
      // The value says all: `phase "Failed"`, not `phase "Failed" == "Failed"`.
      return operand(left)
    case .comparison(.notEqual, let left, let right) where outcome.bool == true && right.isNull:
      return operand(left)
    case .comparison(let comparison, let left, let right):
      return "\(operand(left)) \(comparison.rawValue) \(operand(right))"
    case .membership(let element, let container): return "\(operand(element)) in \(operand(container))"
    case .matches(let text, let pattern): return "\(operand(text)) matches \(pattern)"
    case .has(let path): return outcome.bool == true ? "\(name(of: path)) is set" : "\(name(of: path)) is not set"
    case .call(let function, let arguments) where arguments.count == 2 && function != .join:
      return "\(operand(arguments[0])) \(function.rawValue) \(operand(arguments[1]))"
    case .literal: return nil
    default: return operand(node)
    }
  }

  /// A constant as it is, anything else as its name and its value.
  private mutating func operand(_ node: Node) -> String {
    if case .literal(let value) = node.kind { return value.quoted }
    let value: String =
      switch evaluate(node) {
      case .value(let value): value.quoted
      case .unknown(let reason): "unknown (\(reason))"
      }
    if case .list = node.kind { return value }
    return "\(name(of: node)) \(value)"
  }

  /// The last part of a path; anything else as it was written.
  private func name(of node: Node) -> String {
    switch node.kind {
    case .name(let name), .variable(let name, _), .field(_, let name): name
    default: written(node)
    }
  }

  private func written(_ node: Node) -> String {
    let text = String(decoding: source[node.range], as: UTF8.self)
    return text.count > 60 ? text.prefix(60) + "…" : text
  }
}

extension Node {
  fileprivate var isLiteral: Bool { if case .literal = kind { true } else { false } }
  fileprivate var isNull: Bool { if case .literal(.null) = kind { true } else { false } }
}
