/// Requirements about labels as kubectl writes them (`app=web,tier in (a,b),!canary`): all must be met; none is met by
/// everything.
public struct LabelQuery: Equatable, Sendable, CustomStringConvertible {
  /// One requirement about one label.
  public struct Requirement: Equatable, Sendable, CustomStringConvertible {
    /// The label.
    public var key: String
    /// What is required of it.
    public var test: Test

    /// A requirement about the label `key`.
    public init(_ key: String, _ test: Test) {
      self.key = key
      self.test = test
    }

    /// Whether labels meet this requirement.
    public func matches(_ labels: SmallMap<String>) -> Bool {
      let value = labels[key]
      switch test {
      case .exists: return value != nil
      case .isMissing: return value == nil
      case .isIn(let values): return value.map(values.contains) ?? false
      case .isNotIn(let values): return value.map { !values.contains($0) } ?? true
      case .isGreater(let bound): return value.flatMap(Int.init).map { $0 > bound } ?? false
      case .isLess(let bound): return value.flatMap(Int.init).map { $0 < bound } ?? false
      }
    }

    /// The requirement as kubectl writes it.
    public var description: String {
      switch test {
      case .exists: key
      case .isMissing: "!\(key)"
      case .isIn(let values) where values.count == 1: "\(key)=\(values[0])"
      case .isNotIn(let values) where values.count == 1: "\(key)!=\(values[0])"
      case .isIn(let values): "\(key) in (\(values.joined(separator: ",")))"
      case .isNotIn(let values): "\(key) notin (\(values.joined(separator: ",")))"
      case .isGreater(let bound): "\(key)>\(bound)"
      case .isLess(let bound): "\(key)<\(bound)"
      }
    }
  }

  /// What can be required of a label.
  public enum Test: Equatable, Sendable {
    /// It is there, with any value.
    case exists
    /// It is not there.
    case isMissing
    /// It is there with one of the values.
    case isIn([String])
    /// It is not there or has none of the values.
    case isNotIn([String])
    /// It is there and a number above the bound.
    case isGreater(Int)
    /// It is there and a number below the bound.
    case isLess(Int)
  }

  /// All of these must be met.
  public var requirements: [Requirement]

  /// A query of the given requirements.
  public init(_ requirements: [Requirement] = []) { self.requirements = requirements }

  /// Whether labels meet all requirements.
  public func matches(_ labels: SmallMap<String>) -> Bool {
    requirements.allSatisfy { $0.matches(labels) }
  }

  /// The query as kubectl writes it and as the API server takes it in `labelSelector`; "" when there are no
  /// requirements.
  public var description: String { requirements.map(\.description).joined(separator: ",") }
}

extension LabelSelector {
  /// The same requirements as a query; nil when an operator is unknown or has no fitting values, which the API server
  /// refuses.
  public var query: LabelQuery? {
    var requirements = matchLabels.entries.map { LabelQuery.Requirement($0.key, .isIn([$0.value])) }
    for expression in matchExpressions {
      guard let test = expression.test else { return nil }
      requirements.append(LabelQuery.Requirement(expression.key, test))
    }
    return LabelQuery(requirements)
  }

  /// Whether labels match: everything does when the selector is empty. Nil when the selector is malformed, so that
  /// nobody can say. A selector that is not there at all (`nil`) matches nothing in Kubernetes: see
  /// `Optional.matches(_:)`.
  public func matches(_ labels: SmallMap<String>) -> Bool? {
    var result = true
    for (key, value) in matchLabels.entries where labels[key] != value { result = false }
    for expression in matchExpressions {
      guard let test = expression.test else { return nil }
      if !LabelQuery.Requirement(expression.key, test).matches(labels) { result = false }
    }
    return result
  }

  /// Whether it matches everything.
  public var isEmpty: Bool { matchLabels.isEmpty && matchExpressions.isEmpty }
}

extension LabelSelectorRequirement {
  fileprivate var test: LabelQuery.Test? {
    switch `operator` {
    case "In": values.isEmpty ? nil : .isIn(values)
    case "NotIn": values.isEmpty ? nil : .isNotIn(values)
    case "Exists": values.isEmpty ? .exists : nil
    case "DoesNotExist": values.isEmpty ? .isMissing : nil
    default: nil
    }
  }
}

extension LabelSelector? {
  /// Whether labels match: nothing does when there is no selector. Nil when the selector is malformed.
  public func matches(_ labels: SmallMap<String>) -> Bool? {
    switch self {
    case nil: false
    case let selector?: selector.matches(labels)
    }
  }
}
