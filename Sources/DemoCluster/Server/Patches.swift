import Kube

/// The kinds of PATCH that the API server takes.
enum Patches {
  /// Applies a patch of a content type.
  static func apply(_ patch: JSONValue, contentType: String, to object: JSONValue) throws(StatusError) -> JSONValue {
    switch contentType.split(separator: ";").first.map({ String($0).trimmed }) ?? "" {
    case "application/merge-patch+json": return merge(object, patch)
    case "application/strategic-merge-patch+json": return strategic(object, patch, field: "")
    case "application/json-patch+json": return try operations(object, patch)
    case let other:
      throw .unsupported(
        "the body of the request was in an unknown format - accepted media types include: "
          + "application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json"
          + " (not \(other))")
    }
  }

  /// RFC 7386.
  static func merge(_ target: JSONValue, _ patch: JSONValue) -> JSONValue {
    guard case .object(let changes) = patch else { return patch }
    var result = target.object == nil ? JSONValue.emptyObject : target
    for (name, change) in changes.entries {
      if change == .null {
        result[name] = nil  // not in an expression with ?:, where nil would be JSON's null
      } else {
        result[name] = merge(result[name] ?? .null, change)
      }
    }
    return result
  }

  /// Lists whose elements are merged by a key; all other lists are replaced.
  private static let mergeKeys: [String: String] = [
    "containers": "name", "initContainers": "name", "ephemeralContainers": "name", "env": "name", "volumes": "name",
    "volumeMounts": "mountPath", "volumeDevices": "devicePath", "ports": "containerPort", "hostAliases": "ip",
    "imagePullSecrets": "name", "conditions": "type", "ownerReferences": "uid", "taints": "key", "addresses": "type",
    "topologySpreadConstraints": "topologyKey", "secrets": "name",
  ]

  private static func strategic(_ target: JSONValue, _ patch: JSONValue, field: String) -> JSONValue {
    guard case .object(let changes) = patch else { return patch }
    if patch["$patch"]?.string == "replace" {
      var replaced = patch
      replaced["$patch"] = nil
      return replaced
    }
    var result = target.object == nil ? JSONValue.emptyObject : target
    if let keys = patch["$retainKeys"]?.array?.compactMap(\.string), let map = result.object {
      for name in map.keys where !keys.contains(name) { result[name] = nil }
    }
    for (name, change) in changes.entries {
      if name.hasPrefix("$deleteFromPrimitiveList/") {
        let list = String(name.dropFirst("$deleteFromPrimitiveList/".count))
        let removed = change.array ?? []
        result[list] = .array((result[list]?.array ?? []).filter { !removed.contains($0) })
      } else if name.hasPrefix("$") {
        continue
      } else if change == .null {
        result[name] = nil
      } else if let elements = change.array {
        result[name] = list(result[name]?.array ?? [], elements, field: name)
      } else if change["$patch"]?.string == "delete" {
        result[name] = nil
      } else {
        result[name] = strategic(result[name] ?? .null, change, field: name)
      }
    }
    return result
  }

  private static func list(_ old: [JSONValue], _ changes: [JSONValue], field: String) -> JSONValue {
    if field == "finalizers" { return .array(old + changes.filter { !old.contains($0) }) }
    guard var key = mergeKeys[field], !changes.contains(where: { $0["$patch"]?.string == "replace" }) else {
      return .array(changes.filter { $0["$patch"] == nil })
    }
    // The ports of services are merged by another key than those of containers.
    if field == "ports", !changes.contains(where: { $0[key] != nil }) { key = "port" }
    var result = old
    for change in changes {
      let index = result.firstIndex { $0[key] != nil && $0[key] == change[key] }
      if change["$patch"]?.string == "delete" {
        if let index { result.remove(at: index) }
      } else if let index {
        result[index] = strategic(result[index], change, field: field)
      } else {
        result.append(strategic(.null, change, field: field))
      }
    }
    return .array(result)
  }

  /// RFC 6902.
  private static func operations(_ object: JSONValue, _ patch: JSONValue) throws(StatusError) -> JSONValue {
    var result = object
    for operation in patch.array ?? [] {
      let path = pointer(operation.text(at: "path"))
      switch operation.text(at: "op") {
      case "add": try set(&result, path[...], operation["value"] ?? .null, mode: .add)
      case "replace": try set(&result, path[...], operation["value"] ?? .null, mode: .replace)
      case "remove": try set(&result, path[...], .null, mode: .remove)
      case "test":
        guard value(result, path) == operation["value"] ?? .null else {
          throw StatusError(
            422, "Invalid",
            "the server rejected our request due to an error in our request: test failed at "
              + operation.text(at: "path"))
        }
      case "copy", "move":
        let from = pointer(operation.text(at: "from"))
        guard let value = value(result, from) else { throw missing(operation.text(at: "from")) }
        if operation.text(at: "op") == "move" { try set(&result, from[...], .null, mode: .remove) }
        try set(&result, path[...], value, mode: .add)
      case let other: throw .badRequest("unknown JSON patch operation: \(other)")
      }
    }
    return result
  }

  private enum Mode { case add, replace, remove }

  private static func missing(_ path: String) -> StatusError {
    StatusError(
      422, "Invalid", "the server rejected our request due to an error in our request: no such path: \(path)")
  }

  private static func pointer(_ text: String) -> [String] {
    text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { part in
      var result = ""
      var rest = Substring(part)
      while let character = rest.popFirst() {
        if character == "~", let next = rest.popFirst() {
          result += next == "1" ? "/" : next == "0" ? "~" : "~\(next)"
        } else {
          result.append(character)
        }
      }
      return result
    }
  }

  private static func value(_ value: JSONValue, _ path: [String]) -> JSONValue? {
    var current = value
    for part in path {
      guard let next = current.array == nil ? current[part] : Int(part).flatMap({ current[$0] }) else { return nil }
      current = next
    }
    return current
  }

  private static func set(
    _ value: inout JSONValue, _ path: ArraySlice<String>, _ new: JSONValue, mode: Mode
  ) throws(StatusError) {
    guard let first = path.first else {
      value = new
      return
    }
    let isLast = path.count == 1
    if case .array(var elements) = value {
      let index = first == "-" && mode == .add ? elements.count : Int(first) ?? -1
      guard index >= 0, index < elements.count || (isLast && mode == .add && index == elements.count) else {
        throw missing(first)
      }
      if !isLast {
        try set(&elements[index], path.dropFirst(), new, mode: mode)
      } else {
        switch mode {
        case .add: elements.insert(new, at: index)
        case .replace: elements[index] = new
        case .remove: elements.remove(at: index)
        }
      }
      value = .array(elements)
      return
    }
    guard value.object != nil else { throw missing(first) }
    if isLast {
      if mode != .add, value[first] == nil { throw missing(first) }
      // Without its type nil would be the JSON value null.
      value[first] = mode == .remove ? JSONValue?.none : new
    } else {
      guard var child = value[first] else { throw missing(first) }
      try set(&child, path.dropFirst(), new, mode: mode)
      value[first] = child
    }
  }
}
