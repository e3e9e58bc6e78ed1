import Kube

/// One change of an object: a field gets a value, or goes.
public struct FieldEdit: Sendable, Equatable {
  /// Which field.
  public var path: FieldPath
  /// Its new value; nil removes it.
  public var value: JSONValue?

  /// A change.
  public init(_ path: FieldPath, _ value: JSONValue?) {
    self.path = path
    self.value = value
  }
}

/// How to take a change back: the earlier value of a field, and the one that must be there so that nobody else's change
/// is lost.
struct FieldRestore: Sendable, Equatable {
  /// What writes the earlier value.
  var edit: FieldEdit
  /// Where to look before.
  var checkedPath: FieldPath
  /// What must be there; nil when nothing may be there.
  var expected: JSONValue?
}

/// Edits made on an object here, as the server would make them.
struct EditedObject {
  /// The object with the edits.
  private(set) var object: JSONValue
  /// The edits as operations of a JSON patch (RFC 6902).
  private(set) var operations: [JSONValue] = []
  /// How to take them back, the last one first.
  private(set) var restores: [FieldRestore] = []

  init(_ object: JSONValue) { self.object = object }

  /// Makes an edit; one that changes nothing leaves no operation.
  mutating func apply(_ edit: FieldEdit) throws(RemedyRefusal) {
    guard !holds(edit) else { return }
    var changed = object
    try write(&changed, edit.path.parts[...], edit.value, pointer: "", above: [])
    object = changed
  }

  /// Whether the object already is as an edit would make it. Amounts are compared as such, since the server writes
  /// `1024Mi` as `1Gi`.
  func holds(_ edit: FieldEdit) -> Bool {
    let current = object[at: edit.path]
    if current == edit.value { return true }
    guard edit.path.parts.contains("resources") || edit.path.parts.contains("hard"), let old = current?.quantity,
      let new = edit.value?.quantity
    else { return false }
    return old == new
  }

  private mutating func write(
    _ value: inout JSONValue, _ rest: ArraySlice<FieldPath.Part>, _ new: JSONValue?, pointer: String,
    above: [FieldPath.Part]
  ) throws(RemedyRefusal) {
    guard let part = rest.first else { return }
    let below = rest.dropFirst()
    switch (part, value) {
    case (.member(let name), .object(var members)):
      let here = pointer + "/" + Self.escaped(name)
      guard var child = members[name], child != .null else {
        guard let new else { return }
        let added = Self.nested(new, below)
        members[name] = added
        value = .object(members)
        return note("add", here, added, FieldPath(above + [part]), restoring: nil, now: added)
      }
      if below.isEmpty {
        members[name] = new
        value = .object(members)
        return note(
          new == nil ? "remove" : "replace", here, new, FieldPath(above + [part]), restoring: child, now: new)
      }
      try write(&child, below, new, pointer: here, above: above + [part])
      members[name] = child
      value = .object(members)
    case (_, .array(var elements)):
      if let index = value.place(of: part) {
        let here = "\(pointer)/\(index)"
        if !below.isEmpty {
          try write(&elements[index], below, new, pointer: here, above: above + [part])
          value = .array(elements)
          return
        }
        let old = elements[index]
        if let new {
          elements[index] = new
          note("replace", here, new, FieldPath(above + [part]), restoring: old, now: new)
        } else {
          elements.remove(at: index)
          operations.append(["op": "remove", "path": .string(here)])
          // Where others look for an element by what it is, its place does not matter: it comes back at the end.
          let restore = FieldRestore(
            edit: FieldEdit(FieldPath(above + [.end]), old), checkedPath: FieldPath(above + [Self.identity(part, old)]),
            expected: nil)
          restores.insert(restore, at: 0)
        }
        value = .array(elements)
        return
      }
      guard let new else { return }
      let added: JSONValue
      switch part {
      case .element, .text, .end: added = Self.nested(new, below)
      case .index, .member: throw Self.missing(above + [part])
      }
      elements.append(added)
      value = .array(elements)
      let place = Self.identity(part == .end ? .index(elements.count - 1) : part, added)
      note("add", pointer + "/-", added, FieldPath(above + [place]), restoring: nil, now: added)
    default: throw Self.missing(above + [part])
    }
  }

  private mutating func note(
    _ operation: String, _ pointer: String, _ new: JSONValue?, _ path: FieldPath, restoring old: JSONValue?,
    now: JSONValue?
  ) {
    var entry: JSONValue = ["op": .string(operation), "path": .string(pointer)]
    entry["value"] = new
    operations.append(entry)
    restores.insert(FieldRestore(edit: FieldEdit(path, old), checkedPath: path, expected: now), at: 0)
  }

  /// How an element that is looked for later is told from others.
  private static func identity(_ part: FieldPath.Part, _ element: JSONValue) -> FieldPath.Part {
    guard case .index = part else { return part }
    for key in ["name", "key", "type"] { if let text = element[key]?.string { return .element(key: key, value: text) } }
    return element.string.map { .text($0) } ?? part
  }

  /// `value` inside the objects and lists that a path has to have around it.
  private static func nested(_ value: JSONValue, _ path: ArraySlice<FieldPath.Part>) -> JSONValue {
    var result = value
    for part in path.reversed() {
      switch part {
      case .member(let name): result = .object(SmallMap(uniquing: [(name, result)]))
      case .element(let key, let text):
        if result[key] == nil, result.object != nil { result[key] = .string(text) }
        result = [result]
      case .index, .text, .end: result = [result]
      }
    }
    return result
  }

  private static func missing(_ parts: [FieldPath.Part]) -> RemedyRefusal {
    RemedyRefusal(.missing, "the object has no \(FieldPath(parts))")
  }

  /// A name inside a JSON pointer (RFC 6901).
  private static func escaped(_ name: String) -> String {
    name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
      .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
  }
}
