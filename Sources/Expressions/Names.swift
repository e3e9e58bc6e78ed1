import Kube

extension Expression {
  /// The names of the scope that the expression uses, so that only these need be looked up before an evaluation. Fields
  /// of the scope's object are among them.
  public var names: Set<String> {
    var names: Set<String> = []
    root.collectNames(into: &names)
    return names
  }
}

extension Node {
  fileprivate func collectNames(into names: inout Set<String>) {
    switch kind {
    case .literal, .variable: return
    case .name(let name): names.insert(name)
    case .field(let node, _), .not(let node), .negated(let node), .has(let node), .matches(let node, _):
      node.collectNames(into: &names)
    case .index(let left, let right), .comparison(_, let left, let right), .arithmetic(_, let left, let right),
      .membership(let left, let right):
      left.collectNames(into: &names)
      right.collectNames(into: &names)
    case .list(let nodes), .every(let nodes), .some(let nodes), .call(_, let nodes):
      for node in nodes { node.collectNames(into: &names) }
    case .choice(let condition, let yes, let no):
      for node in [condition, yes, no] { node.collectNames(into: &names) }
    case .loop(_, let list, _, let body):
      list.collectNames(into: &names)
      body.collectNames(into: &names)
    }
  }
}
