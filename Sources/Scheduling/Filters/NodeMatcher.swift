import Kube

/// The node selector and the required node affinity of a pod, ready to be compared with many nodes.
struct NodeMatcher: Sendable {
  private let selector: [(key: String, value: String)]
  /// nil: no required affinity. An empty list matches nothing.
  private let terms: [NodeTerm]?

  init(_ spec: PodSpec) {
    selector = spec.nodeSelector.entries
    terms = spec.affinity?.nodeAffinity?.required.map { $0.nodeSelectorTerms.compactMap(NodeTerm.init) }
  }

  /// Whether the pod asks for anything.
  var isEmpty: Bool { selector.isEmpty && terms == nil }

  func matches(_ node: NodeFacts) -> Bool {
    for (key, value) in selector where node.labels[key] != value { return false }
    guard let terms else { return true }
    return terms.contains { $0.matches(name: node.name, labels: node.labels) }
  }

  /// What a node does not meet, in words.
  func firstMismatch(_ node: NodeFacts) -> Evidence {
    for (key, value) in selector where node.labels[key] != value {
      return .requirement(
        "nodeSelector \(key)=\(value), the node has \(node.labels[key].map { "\($0)" } ?? "no such label")")
    }
    guard let terms, !terms.isEmpty else { return .requirement("the node affinity has no term that matches anything") }
    guard terms.count == 1, let mismatch = terms[0].firstMismatch(name: node.name, labels: node.labels) else {
      return .requirement("none of the \(terms.count) node affinity terms matches")
    }
    return .requirement(mismatch)
  }
}

/// A node selector term; nil when it can match nothing: because it is empty or because it cannot be parsed.
struct NodeTerm: Sendable {
  private let requirements: [NodeRequirement]
  private let fields: [NodeRequirement]

  init?(_ term: NodeSelectorTerm) {
    if term.matchExpressions.isEmpty, term.matchFields.isEmpty { return nil }
    var requirements: [NodeRequirement] = []
    for expression in term.matchExpressions {
      // The scheduler refuses values that no label can have, even where the server let them pass (`Gt -5`).
      guard expression.values.allSatisfy(LabelValue.isValid), let requirement = NodeRequirement(expression) else {
        return nil
      }
      requirements.append(requirement)
    }
    var fields: [NodeRequirement] = []
    for field in term.matchFields {
      guard field.operator == "In" || field.operator == "NotIn", field.values.count == 1,
        let requirement = NodeRequirement(field)
      else { return nil }
      fields.append(requirement)
    }
    self.requirements = requirements
    self.fields = fields
  }

  func matches(name: String, labels: SmallMap<String>) -> Bool {
    matches(labels: labels) && fields.allSatisfy { $0.matches($0.key == "metadata.name" ? name : nil) }
  }

  func matches(labels: SmallMap<String>) -> Bool { requirements.allSatisfy { $0.matches(labels[$0.key]) } }

  func firstMismatch(name: String, labels: SmallMap<String>) -> String? {
    for field in fields where !field.matches(field.key == "metadata.name" ? name : nil) { return "\(field)" }
    for requirement in requirements where !requirement.matches(labels[requirement.key]) {
      return "\(requirement), the node has \(labels[requirement.key] ?? "no such label")"
    }
    return nil
  }
}

/// One requirement about a node, ready to be compared with many.
private struct NodeRequirement: Sendable, CustomStringConvertible {
  let key: String
  private let test: Test
  private let values: [String]

  private enum Test: Sendable {
    case isIn(Set<String>)
    case isNotIn(Set<String>)
    case exists
    case isMissing
    case isGreater(Int64)
    case isLess(Int64)
  }

  init?(_ requirement: NodeSelectorRequirement) {
    key = requirement.key
    values = requirement.values
    let bound = values.count == 1 ? Int64(values[0]) : nil
    switch requirement.operator {
    case "In" where !values.isEmpty: test = .isIn(Set(values))
    case "NotIn" where !values.isEmpty: test = .isNotIn(Set(values))
    case "Exists" where values.isEmpty: test = .exists
    case "DoesNotExist" where values.isEmpty: test = .isMissing
    case "Gt":
      guard let bound else { return nil }
      test = .isGreater(bound)
    case "Lt":
      guard let bound else { return nil }
      test = .isLess(bound)
    default: return nil
    }
  }

  func matches(_ value: String?) -> Bool {
    switch test {
    case .isIn(let wanted): value.map(wanted.contains) ?? false
    case .isNotIn(let unwanted): value.map { !unwanted.contains($0) } ?? true
    case .exists: value != nil
    case .isMissing: value == nil
    case .isGreater(let bound): value.flatMap { Int64($0) }.map { $0 > bound } ?? false
    case .isLess(let bound): value.flatMap { Int64($0) }.map { $0 < bound } ?? false
    }
  }

  var description: String {
    let list = values.prefix(5).joined(separator: ",") + (values.count > 5 ? ",…" : "")
    return switch test {
    case .isIn: values.count == 1 ? "\(key)=\(list)" : "\(key) in (\(list))"
    case .isNotIn: values.count == 1 ? "\(key)!=\(list)" : "\(key) notin (\(list))"
    case .exists: key
    case .isMissing: "!\(key)"
    case .isGreater(let bound): "\(key)>\(bound)"
    case .isLess(let bound): "\(key)<\(bound)"
    }
  }
}

extension NodeSelectorRequirement {
  /// Whether a node with these labels meets it; nil when it cannot be parsed, which no node meets.
  func isMet(by labels: SmallMap<String>) -> Bool? { NodeRequirement(self)?.matches(labels[key]) }
}

/// What values labels can have.
enum LabelValue {
  /// Whether a label can have this value: nothing, or at most 63 letters, digits, `-`, `_` and `.` with a letter or
  /// digit at both ends.
  static func isValid(_ value: String) -> Bool {
    let bytes = value.utf8
    guard let first = bytes.first, let last = bytes.last else { return true }
    return bytes.count <= 63 && isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }
}

extension LabelSelector {
  /// The requirements as the scheduler reads them; nil when it would call them malformed.
  var schedulerQuery: LabelQuery? {
    guard matchLabels.entries.allSatisfy({ LabelValue.isValid($0.value) }),
      matchExpressions.allSatisfy({ $0.values.allSatisfy(LabelValue.isValid) })
    else { return nil }
    return query
  }
}

extension NodeSelector {
  /// Whether one of the terms matches; for the affinity of volumes. There the scheduler compares with a node that has
  /// labels and no name, and does not look at fields that are not there: `matchFields` are always met.
  /// (component-helpers `CheckNodeAffinity`, `nodeSelectorTerm.match`)
  func matches(_ node: NodeFacts) -> Bool {
    nodeSelectorTerms.contains { NodeTerm($0)?.matches(labels: node.labels) ?? false }
  }
}

/// The pod's node selector and required node affinity.
struct NodeAffinityFilter: NodeFilter {
  let matcher: NodeMatcher
  let text: String
  /// Nodes outside of this set are never looked at, when the affinity names nodes.
  let nodeNames: Set<String>?

  static func prepare(_ incoming: Incoming) -> Preparation {
    let matcher = NodeMatcher(incoming.pod.spec)
    if matcher.isEmpty { return .skip }
    let names = incoming.rules.isOld ? nil : nodeNames(incoming.pod.spec.affinity?.nodeAffinity?.required)
    if let names, names.isEmpty {
      return .fail(
        Reason(
          "pod affinity terms conflict", resolvable: false,
          .requirement("no node can have all the names that a term asks for")))
    }
    return .filter(
      Self(
        matcher: matcher,
        text: incoming.rules.isOld
          ? "node(s) didn't match Pod's node affinity" : "node(s) didn't match Pod's node affinity/selector",
        nodeNames: names))
  }

  /// The only nodes that can match, if every term names some; nil when a term leaves it open.
  private static func nodeNames(_ selector: NodeSelector?) -> Set<String>? {
    guard let selector, !selector.nodeSelectorTerms.isEmpty else { return nil }
    var all: Set<String> = []
    for term in selector.nodeSelectorTerms {
      var names: Set<String>?
      for field in term.matchFields where field.key == "metadata.name" && field.operator == "In" {
        names = names.map { $0.intersection(field.values) } ?? Set(field.values)
      }
      guard let names else { return nil }
      all.formUnion(names)
    }
    return all
  }

  func verdict(on node: NodeState) -> Verdict {
    if let nodeNames, !nodeNames.contains(node.facts.name) {
      return .fail([
        Reason(
          "node(s) didn't satisfy plugin(s) [NodeAffinity]", resolvable: false,
          .requirement("the affinity names \(nodeNames.sorted().prefix(3).joined(separator: ", "))"))
      ])
    }
    if matcher.matches(node.facts) { return .pass }
    return .fail([Reason(text, resolvable: false, matcher.firstMismatch(node.facts))])
  }
}
