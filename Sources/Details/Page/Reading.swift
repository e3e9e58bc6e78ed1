import Kube

/// Reading documents that may have any shape: what is not as expected is as good as not there.
extension JSONValue {
  /// The value at a path; `null` when there is none.
  func at(_ path: String...) -> JSONValue {
    var value = self
    for name in path { value = value[name] ?? .null }
    return value
  }

  /// The value at a path as text; "" when there is none.
  func text(_ path: String...) -> String {
    var value = self
    for name in path { value = value[name] ?? .null }
    return value.scalar
  }

  /// The whole number at a path; also of a text that is one.
  func number(_ path: String...) -> Int? {
    var value = self
    for name in path { value = value[name] ?? .null }
    return value.int ?? value.string.flatMap { Int($0) }
  }

  /// The time at a path.
  func time(_ path: String...) -> Timestamp? {
    var value = self
    for name in path { value = value[name] ?? .null }
    return value.string.flatMap { Timestamp($0) }
  }

  /// The elements of the array at a path; none when there is no array.
  func list(_ path: String...) -> [JSONValue] {
    var value = self
    for name in path { value = value[name] ?? .null }
    return value.array ?? []
  }

  /// The members of the object at a path, by name; none when there is no object.
  func members(_ path: String...) -> [(key: String, value: JSONValue)] {
    var value = self
    for name in path { value = value[name] ?? .null }
    return (value.object?.entries ?? []).sorted { $0.key < $1.key }
  }

  /// Whether there is something at a path other than `null`.
  func has(_ path: String...) -> Bool {
    var value = self
    for name in path { value = value[name] ?? .null }
    return value != .null
  }

  /// A text, number or truth value as text; "" for null, JSON for anything larger.
  var scalar: String {
    switch self {
    case .null: ""
    case .bool(let value): value ? "true" : "false"
    case .int(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let text): text
    case .array(let values) where values.isEmpty: ""
    case .object(let map) where map.isEmpty: ""
    case .array, .object: text(indent: nil)
    }
  }

  /// Whether nothing is in it.
  var isHollow: Bool { scalar.isEmpty }
}

extension [JSONValue] {
  /// The elements as texts.
  var texts: [String] { map(\.scalar) }
}

/// The names that a kind's label selector asks for, as kubectl writes it.
func selectorText(_ selector: JSONValue) -> String {
  let labels = selector.members("matchLabels").map { "\($0.key)=\($0.value.scalar)" }
  let expressions = selector.list("matchExpressions").map { expression in
    let (key, values) = (expression.text("key"), expression.list("values").texts.joined(separator: ","))
    switch expression.text("operator") {
    case "In": return "\(key) in (\(values))"
    case "NotIn": return "\(key) notin (\(values))"
    case "Exists": return key
    case "DoesNotExist": return "!\(key)"
    default: return "\(key) \(expression.text("operator")) (\(values))"
    }
  }
  return (labels + expressions).joined(separator: ",")
}
