import Kube

/// One of several answers to the same question: of a list the names of its objects, else its lines.
struct RepeatedAnswer {
  private let parts: Set<String>
  private let isList: Bool

  init(_ text: String) {
    if let items = (try? JSONValue(parsing: text))?["items"]?.array {
      isList = true
      parts = Set(
        items.map { item in
          let namespace = item[path: "metadata", "namespace"]?.string.map { "\($0)/" } ?? ""
          return namespace + (item[path: "metadata", "name"]?.string ?? "")
        })
    } else {
      isList = false
      parts = Set(text.split(whereSeparator: \.isNewline).map(String.init))
    }
  }

  /// `17 objects`.
  var size: String { "\(parts.count) \(isList ? "objects" : "lines")" }

  /// What one has and the other has not; nil when they have the same.
  func difference(from first: RepeatedAnswer) -> String? {
    let missing = first.parts.subtracting(parts).sorted()
    let new = parts.subtracting(first.parts).sorted()
    if missing.isEmpty, new.isEmpty { return nil }
    func words(_ names: [String], _ what: String) -> [String] {
      guard let name = names.first else { return [] }
      return ["\(what) \(name)\(names.count > 1 ? " and \(names.count - 1) more" : "")"]
    }
    return (words(missing, "without") + words(new, "with")).joined(separator: ", ")
  }
}
