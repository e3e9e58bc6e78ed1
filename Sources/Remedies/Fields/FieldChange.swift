import ClusterState
import Kube

/// A field that differs between two states of an object, for people to read.
public struct FieldChange: Sendable, Equatable {
  /// Where.
  public var path: String
  /// The earlier value as text; nil when there was none.
  public var before: String?
  /// The later value as text; nil when there is none.
  public var after: String?

  /// `spec.replicas: 1 -> 3`.
  public var line: String { "\(path): \(before ?? "(not set)") -> \(after ?? "(removed)")" }

  /// The change without anything that may be a secret: values of environment variables, annotations, data of Secrets.
  public var journalLine: String { isPrivate ? "\(path): (not recorded)" : line }

  private var isPrivate: Bool { Self.isPrivate(path) }

  /// Whether what is at a path may be a secret.
  static func isPrivate(_ path: String) -> Bool {
    // Who cordons a node, and when, is in the journal's entry anyway.
    guard !path.hasPrefix("metadata.annotations[\(CordonNote.prefix)") else { return false }
    return path.contains(".env") || path.contains("annotations") || path.hasPrefix("data")
      || path.hasPrefix("stringData")
      || path.hasSuffix("spec.template") || path.contains(".args") || path.contains(".command")
  }

  /// A value on one line, cut where nobody reads on.
  static func text(_ value: JSONValue) -> String {
    let text = value.string ?? String(decoding: value.bytes(), as: UTF8.self)
    return text.count <= 160 ? text : text.prefix(157) + "..."
  }

  /// What differs between two states, without what the server keeps for itself: `status`, managedFields, versions.
  public static func between(_ before: JSONValue, _ after: JSONValue) -> [FieldChange] {
    var finder = ChangeFinder(masksData: (after["kind"] ?? before["kind"])?.string == "Secret")
    finder.compare(before, after, [])
    return finder.changes
  }
}

private struct ChangeFinder {
  let masksData: Bool
  var changes: [FieldChange] = []
  /// More than this is not read by anybody, and a hostile object could have millions.
  private static let most = 200

  init(masksData: Bool) { self.masksData = masksData }

  private static let ignored: Set<String> = [
    "status", "metadata.managedFields", "metadata.resourceVersion", "metadata.generation", "metadata.selfLink",
  ]

  mutating func compare(_ before: JSONValue?, _ after: JSONValue?, _ path: [FieldPath.Part]) {
    guard before != after, changes.count < Self.most else { return }
    let text = FieldPath(path).description
    if path.count <= 2, Self.ignored.contains(text) { return }
    switch (before, after) {
    // The first annotations of an object are as easily read as any others.
    case (nil, .object(let new)) where path == ["metadata", "annotations"]:
      for entry in new.entries { compare(nil, entry.value, path + [.member(entry.key)]) }
    case (.object(let old), .object(let new)):
      for name in old.keys + new.keys.filter({ old[$0] == nil }) {
        compare(old[name], new[name], path + [.member(name)])
      }
    case (.array(let old), .array(let new)):
      if let key = Self.key(of: old + new) {
        compareElements(old, new, key, path)
      } else if old.count == new.count {
        for index in old.indices { compare(old[index], new[index], path + [.index(index)]) }
      } else {
        note(text, before, after)
      }
    default: note(text, before, after)
    }
  }

  private mutating func compareElements(
    _ old: [JSONValue], _ new: [JSONValue], _ key: String, _ path: [FieldPath.Part]
  ) {
    func named(_ elements: [JSONValue]) -> [(String, JSONValue)] {
      elements.compactMap { element in element[key]?.string.map { ($0, element) } }
    }
    let left = Dictionary(named(old), uniquingKeysWith: { first, _ in first })
    let right = Dictionary(named(new), uniquingKeysWith: { first, _ in first })
    for (name, element) in named(old) {
      compare(element, right[name], path + [.element(key: key, value: name)])
    }
    for (name, element) in named(new) where left[name] == nil {
      compare(nil, element, path + [.element(key: key, value: name)])
    }
  }

  /// The member by which the elements of a list are told apart.
  private static func key(of elements: [JSONValue]) -> String? {
    ["name", "mountPath", "type"].first { key in
      !elements.isEmpty && elements.allSatisfy { $0[key]?.string != nil }
    }
  }

  private mutating func note(_ path: String, _ before: JSONValue?, _ after: JSONValue?) {
    let isMasked = masksData && (path.hasPrefix("data") || path.hasPrefix("stringData"))
    changes.append(
      FieldChange(
        path: path, before: before.map { isMasked ? "***" : FieldChange.text($0) },
        after: after.map { isMasked ? "***" : FieldChange.text($0) }))
  }

}
