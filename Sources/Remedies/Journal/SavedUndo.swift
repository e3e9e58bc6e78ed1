import ClusterState
import Kube

extension RemedyOrder {
  /// An order that takes something back, as the journal keeps it; nil for other orders, and where an earlier value may be
  /// a secret, which the journal never has.
  var saved: JSONValue? {
    guard name == .undo, !restores.contains(where: { $0.isPrivate }) else { return nil }
    var json: JSONValue = ["undone": .string(undone)]
    json["restores"] = .array(
      restores.map { restore in
        var entry: JSONValue = [
          "path": Self.json(restore.edit.path), "checked": Self.json(restore.checkedPath),
        ]
        entry["value"] = restore.edit.value
        entry["expected"] = restore.expected
        return entry
      })
    return json
  }

  /// The order that `saved` is; nil when it is none.
  init?(saved json: JSONValue, object: ObjectReference) {
    guard let undone = json["undone"]?.string, let entries = json["restores"]?.array, !entries.isEmpty else {
      return nil
    }
    self.init(.undo, object)
    self.undone = undone
    for entry in entries {
      guard let path = Self.path(entry["path"]), let checked = Self.path(entry["checked"]) else { return nil }
      restores.append(
        FieldRestore(
          edit: FieldEdit(path, entry["value"]), checkedPath: checked, expected: entry["expected"]))
    }
  }

  private static func json(_ path: FieldPath) -> JSONValue {
    .array(
      path.parts.map { part in
        switch part {
        case .member(let name): ["member": .string(name)]
        case .element(let key, let value): ["key": .string(key), "value": .string(value)]
        case .index(let index): ["index": .int(index)]
        case .text(let text): ["text": .string(text)]
        case .end: ["end": .bool(true)]
        }
      })
  }

  private static func path(_ json: JSONValue?) -> FieldPath? {
    guard let parts = json?.array, !parts.isEmpty else { return nil }
    let read = parts.compactMap { part -> FieldPath.Part? in
      if let name = part["member"]?.string { return .member(name) }
      if let key = part["key"]?.string, let value = part["value"]?.string { return .element(key: key, value: value) }
      if let index = part["index"]?.int { return .index(index) }
      if let text = part["text"]?.string { return .text(text) }
      return part["end"]?.bool == true ? .end : nil
    }
    return read.count == parts.count ? FieldPath(read) : nil
  }
}

extension FieldRestore {
  fileprivate var isPrivate: Bool {
    guard !isCordonNote else { return false }
    return FieldChange.isPrivate(edit.path.description) || FieldChange.isPrivate(checkedPath.description)
      || edit.value?.mayHoldSecrets == true || expected?.mayHoldSecrets == true
  }
}

extension FieldRestore {
  /// Whether it takes away annotations that are nothing but the note of a cordon.
  private var isCordonNote: Bool {
    guard edit.path == ["metadata", "annotations"], checkedPath == edit.path, edit.value == nil,
      case .object(let members)? = expected
    else { return false }
    return members.keys.allSatisfy { $0.hasPrefix(CordonNote.prefix) }
  }
}

extension JSONValue {
  /// Whether somewhere within it there are environment variables, commands or annotations, which may be secrets.
  fileprivate var mayHoldSecrets: Bool {
    switch self {
    case .object(let members):
      members.entries.contains { FieldChange.isPrivate(".\($0.key)") || $0.value.mayHoldSecrets }
    case .array(let elements): elements.contains(where: \.mayHoldSecrets)
    default: false
    }
  }
}
