import Kube
import Synchronization

/// Short ways to read and write the objects of the demo cluster, which are plain JSON trees.
extension JSONValue {
  static var emptyObject: JSONValue { .object([:]) }

  /// The value at a path of member names separated by dots; for names that contain dots use `subscript(path:)`.
  subscript(at path: String) -> JSONValue? {
    var value = self
    for name in DottedPath.names(of: path) {
      guard case .object(let map) = value, let next = map[name] else { return nil }
      value = next
    }
    return value
  }

  /// Sets the value at a dotted path and makes the objects on the way; nil removes it.
  mutating func set(_ path: String, _ value: JSONValue?) {
    set(DottedPath.names(of: path)[...], value)
  }

  /// Sets the value at a path of member names and makes the objects on the way; nil removes it.
  mutating func set(_ path: ArraySlice<String>, _ value: JSONValue?) {
    guard let first = path.first else { return }
    if object == nil { self = .emptyObject }
    if path.count == 1 {
      self[first] = value
    } else {
      guard value != nil || self[first] != nil else { return }
      var child = self[first] ?? .emptyObject
      self[first] = .null  // the child alone holds its storage now and changes in place
      child.set(path.dropFirst(), value)
      self[first] = child
    }
  }

  /// This object with the value at a dotted path set.
  func setting(_ path: String, _ value: JSONValue?) -> JSONValue {
    var copy = self
    copy.set(path, value)
    return copy
  }

  /// The text at a dotted path; "" when there is none.
  func text(at path: String) -> String { self[at: path]?.string ?? "" }
  /// The whole number at a dotted path.
  func int(at path: String) -> Int? { self[at: path]?.int }
  /// The elements at a dotted path; empty when there are none.
  func list(at path: String) -> [JSONValue] { self[at: path]?.array ?? [] }
  /// The time at a dotted path.
  func time(at path: String) -> Timestamp? { self[at: path]?.string.flatMap { Timestamp($0) } }
  /// The texts by name at a dotted path.
  func strings(at path: String) -> [(key: String, value: String)] {
    (self[at: path]?.object?.entries ?? []).compactMap { entry in entry.value.string.map { (entry.key, $0) } }
  }

  var name: String { text(at: "metadata.name") }
  var namespace: String { text(at: "metadata.namespace") }
  var uid: String { text(at: "metadata.uid") }
  var labels: SmallMap<JSONValue> { self[at: "metadata.labels"]?.object ?? [:] }
  var isDeleting: Bool { self[at: "metadata.deletionTimestamp"] != nil }
  var generation: Int { int(at: "metadata.generation") ?? 0 }

  /// The owner that manages this object.
  var controller: JSONValue? {
    list(at: "metadata.ownerReferences").first { $0["controller"]?.bool == true }
  }

  /// The condition of a type in `status.conditions`.
  func condition(_ type: String) -> JSONValue? {
    list(at: "status.conditions").first { $0["type"]?.string == type }
  }

  /// An object of the entries that are not nil.
  static func object(_ entries: [(String, JSONValue?)]) -> JSONValue {
    .object(SmallMap(uniquing: entries.compactMap { entry in entry.1.map { (entry.0, $0) } }))
  }

  /// Texts by name.
  static func strings(_ entries: [(String, String)]) -> JSONValue {
    .object(SmallMap(uniquing: entries.map { ($0.0, .string($0.1)) }))
  }

  /// A time as the API server writes it.
  static func time(_ time: Timestamp) -> JSONValue { .string(time.description) }

  /// A time with microseconds, as MicroTime fields have.
  static func microTime(_ time: Timestamp) -> JSONValue {
    let micro = String(time.microseconds - time.seconds * 1_000_000)
    let padded = String(repeating: "0", count: max(0, 6 - micro.count)) + micro
    return .string(time.description.dropLast() + ".\(padded)Z")
  }
}

/// Dotted paths taken apart, once each: the controllers read some hundred thousand values a minute by a few hundred
/// paths.
private enum DottedPath {
  private static let known = Mutex<[String: [String]]>([:])
  private static let mostKept = 2000

  static func names(of path: String) -> [String] {
    known.withLock { known in
      if let names = known[path] { return names }
      let names = path.split(separator: ".").map(String.init)
      if known.count < mostKept { known[path] = names }
      return names
    }
  }
}
