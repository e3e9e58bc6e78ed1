import Kube

/// A label selector in its two forms: `a=b,c in (d)` in URLs and `matchLabels`/`matchExpressions` in objects.
struct LabelMatcher: Sendable, Equatable {
  enum Test: Sendable, Equatable {
    case isIn([String])
    case isNotIn([String])
    case exists
    case doesNotExist
    case isGreater(Int)
    case isLess(Int)
  }
  var requirements: [Requirement] = []

  struct Requirement: Sendable, Equatable {
    var key: String
    var test: Test
  }

  func matches(_ labels: SmallMap<JSONValue>) -> Bool {
    requirements.allSatisfy { requirement in
      let value = labels[requirement.key]?.string
      return switch requirement.test {
      case .isIn(let values): value.map { values.contains($0) } ?? false
      case .isNotIn(let values): value.map { !values.contains($0) } ?? true
      case .exists: value != nil
      case .doesNotExist: value == nil
      case .isGreater(let limit): value.flatMap { Int($0) }.map { $0 > limit } ?? false
      case .isLess(let limit): value.flatMap { Int($0) }.map { $0 < limit } ?? false
      }
    }
  }

  /// The selector of an object (a LabelSelector, or a plain map as Services have); nil matches nothing.
  static func selector(_ selector: JSONValue?) -> LabelMatcher? {
    guard let selector else { return nil }
    var matcher = LabelMatcher()
    for (key, value) in selector.strings(at: "matchLabels") {
      matcher.requirements.append(Requirement(key: key, test: .isIn([value])))
    }
    matcher.requirements += selector.list(at: "matchExpressions").compactMap { requirement($0) }
    return matcher
  }

  /// A plain map of labels.
  static func labels(_ labels: JSONValue?) -> LabelMatcher {
    LabelMatcher(
      requirements: (labels?.object?.entries ?? []).map {
        Requirement(key: $0.key, test: .isIn([$0.value.string ?? ""]))
      })
  }

  /// One `matchExpressions` entry of a label or node selector; nil when the operator is unknown.
  static func requirement(_ expression: JSONValue) -> Requirement? {
    let key = expression.text(at: "key")
    let values = expression.list(at: "values").compactMap(\.string)
    switch expression.text(at: "operator") {
    case "In": return Requirement(key: key, test: .isIn(values))
    case "NotIn": return Requirement(key: key, test: .isNotIn(values))
    case "Exists": return Requirement(key: key, test: .exists)
    case "DoesNotExist": return Requirement(key: key, test: .doesNotExist)
    case "Gt": return values.first.flatMap { Int($0) }.map { Requirement(key: key, test: .isGreater($0)) }
    case "Lt": return values.first.flatMap { Int($0) }.map { Requirement(key: key, test: .isLess($0)) }
    default: return nil
    }
  }

  /// Parses the form of URLs; throws what the API server answers to nonsense.
  init(query: String) throws(StatusError) {
    var rest = Substring(query)
    while !rest.isEmpty {
      let part = Self.takePart(&rest).trimmed
      if part.isEmpty { continue }
      guard let requirement = Self.parse(part) else {
        throw StatusError.badRequest("unable to parse requirement: \(part)")
      }
      requirements.append(requirement)
    }
  }

  init(requirements: [Requirement] = []) { self.requirements = requirements }

  private static func takePart(_ rest: inout Substring) -> String {
    var depth = 0
    for index in rest.indices {
      switch rest[index] {
      case "(": depth += 1
      case ")": depth -= 1
      case "," where depth <= 0:
        defer { rest = rest[rest.index(after: index)...] }
        return String(rest[..<index])
      default: break
      }
    }
    defer { rest = "" }
    return String(rest)
  }

  private static func parse(_ part: String) -> Requirement? {
    if part.hasPrefix("!") { return Requirement(key: String(part.dropFirst()).trimmed, test: .doesNotExist) }
    for (word, negated) in [(" notin ", true), (" in ", false)] {
      guard let (key, list) = part.split(at: word) else { continue }
      let values = list.trimmed
      guard values.hasPrefix("("), values.hasSuffix(")") else { return nil }
      let texts = values.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
        .map { String($0).trimmed }
      return Requirement(key: key.trimmed, test: negated ? .isNotIn(texts) : .isIn(texts))
    }
    if let (key, value) = part.split(at: "!=") {
      return Requirement(key: key.trimmed, test: .isNotIn([value.trimmed]))
    }
    if let (key, value) = part.split(at: "==") ?? part.split(at: "=") {
      return Requirement(key: key.trimmed, test: .isIn([value.trimmed]))
    }
    return part.contains(" ") ? nil : Requirement(key: part, test: .exists)
  }
}

/// A field selector: `metadata.name=x,status.phase!=Running`.
struct FieldMatcher: Sendable, Equatable {
  var requirements: [(field: String, value: String, isNegated: Bool)] = []

  static func == (left: Self, right: Self) -> Bool {
    left.requirements.elementsEqual(right.requirements) { $0 == $1 }
  }

  /// Fields that each collection can be selected by, besides `metadata.name` and `metadata.namespace`.
  private static let fields: [String: Set<String>] = [
    "pods": [
      "spec.nodeName", "status.phase", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
      "status.podIP", "status.nominatedNodeName", "spec.hostNetwork",
    ],
    "events": [
      "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid",
      "involvedObject.apiVersion", "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason",
      "reportingComponent", "source", "type", "regarding.kind", "regarding.name", "regarding.namespace",
      "regarding.uid",
    ],
    "nodes": ["spec.unschedulable"], "namespaces": ["status.phase"], "secrets": ["type"],
    "jobs.batch": ["status.successful"], "replicasets.apps": ["status.replicas"],
    "services": ["spec.clusterIP", "spec.type"],
  ]

  init() {}

  /// Parses the form of URLs; a field that the kind cannot be selected by is refused as the API server does.
  init(query: String, storage: String) throws(StatusError) {
    for part in query.split(separator: ",") {
      let text = String(part)
      let parsed: (String, String, Bool)
      if let (field, value) = text.split(at: "!=") {
        parsed = (field, value, true)
      } else if let (field, value) = text.split(at: "==") ?? text.split(at: "=") {
        parsed = (field, value, false)
      } else {
        throw StatusError.badRequest("invalid selector: '\(query)'; can't understand '\(text)'")
      }
      let field = parsed.0.trimmed
      guard field == "metadata.name" || field == "metadata.namespace" || Self.fields[storage]?.contains(field) == true
      else { throw StatusError.badRequest("field label not supported: \(field)") }
      requirements.append((field, parsed.1.trimmed, parsed.2))
    }
  }

  func matches(_ object: JSONValue) -> Bool {
    requirements.allSatisfy { requirement in
      (Self.value(of: requirement.field, in: object) == requirement.value) != requirement.isNegated
    }
  }

  private static func value(of field: String, in object: JSONValue) -> String {
    let path = field.hasPrefix("regarding.") ? "involvedObject." + field.dropFirst("regarding.".count) : field
    switch object[at: path == "source" ? "source.component" : path] {
    case .string(let text): return text
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return String(value)
    default: return path == "spec.unschedulable" || path == "spec.hostNetwork" ? "false" : ""
    }
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    var text = Substring(self)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// The parts before and after the first occurrence of `separator`.
  func split(at separator: String) -> (String, String)? {
    let bytes = Array(utf8)
    let wanted = Array(separator.utf8)
    guard !wanted.isEmpty, bytes.count >= wanted.count else { return nil }
    for start in 0...(bytes.count - wanted.count) where bytes[start..<start + wanted.count].elementsEqual(wanted) {
      return (
        String(decoding: bytes[..<start], as: UTF8.self),
        String(decoding: bytes[(start + wanted.count)...], as: UTF8.self)
      )
    }
    return nil
  }
}
