import Kube

extension Page {
  /// Deeper than any object that people write.
  private static let maximumDepth = 48

  /// Any document as an indented tree, in the manner of kubectl's description of kinds that it does not know: names
  /// become words (`storageClassName` is `Storage Class Name`).
  mutating func tree(_ value: JSONValue, depth: Int = 0) {
    guard depth < Page.maximumDepth else { return add(nil, Page.cut(value.scalar, to: 200), .dim) }
    switch value {
    case .object:
      for (key, member) in value.members() { branch(Page.words(key), member, depth: depth) }
    case .array(let elements):
      for element in elements {
        if element.object == nil {
          add(nil, element.scalar)
        } else {
          tree(element, depth: depth + 1)
        }
      }
    default: add(nil, value.scalar)
    }
  }

  private mutating func branch(_ label: String, _ value: JSONValue, depth: Int) {
    switch value {
    case .object(let map) where map.isEmpty: add(label, "{}", .dim)
    case .array(let elements) where elements.isEmpty: add(label, "<none>", .dim)
    case .array(let elements) where elements.allSatisfy({ $0.object == nil && $0.array == nil }):
      add(label, all: elements.texts)
    case .object: group(label, mark: .plain) { $0.tree(value, depth: depth + 1) }
    case .array(let elements):
      group(label, mark: .plain) { page in
        for (index, element) in elements.enumerated() {
          page.group("[\(index)]", mark: .dim) { $0.tree(element, depth: depth + 1) }
        }
      }
    default: add(label, value.scalar)
    }
  }

  /// `storageClassName` as `Storage Class Name`, `clusterIP` as `Cluster IP`; what is no such name stays.
  static func words(_ name: String) -> String {
    guard name.utf8.count <= 60, name.utf8.allSatisfy({ isLetterOrDigit($0) }), let first = name.first else {
      return name
    }
    var result = first.uppercased()
    var before = first
    let characters = Array(name)
    for index in characters.indices.dropFirst() {
      let character = characters[index]
      let next = index + 1 < characters.count ? characters[index + 1] : nil
      if character.isUppercase, before.isLowercase || before.isNumber || next?.isLowercase == true && before.isUppercase
      {
        result += " "
      }
      result.append(character)
      before = character
    }
    return result
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte)
  }

  /// An object of a kind that podmedic has no page for: all members but `metadata`'s machinery.
  mutating func anything(_ object: JSONValue, kind: String) {
    section(kind.isEmpty ? "Object" : kind) { page in
      page.identity(object)
      page.addSet("API Version", object.text("apiVersion"))
      page.metadata(object)
      let owners = object.list("metadata", "ownerReferences").map { "\($0.text("kind"))/\($0.text("name"))" }
      page.addSet("Controlled By", owners.joined(separator: ", "))
    }
    let known: Set = ["apiVersion", "kind", "metadata", "spec", "status"]
    for (title, member) in [("Spec", "spec"), ("Status", "status")] where object.has(member) {
      section(title) { page in
        guard member == "status" else { return page.tree(object.at(member)) }
        let conditions = object.list("status", "conditions").filter { $0.object != nil }
        page.conditions(conditions, neutral: Set(conditions.map { $0.text("type") }))
        var rest = object.at("status")
        if !conditions.isEmpty { rest["conditions"] = nil }
        page.tree(rest)
      }
    }
    let others = object.members().filter { !known.contains($0.key) }
    if !others.isEmpty {
      section("Content") { $0.tree(.object(SmallMap(uniquing: others.map { ($0.key, $0.value) }))) }
    }
  }
}
