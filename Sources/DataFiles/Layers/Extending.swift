/// Takes into a file what it extends: mappings merge key by key, anything else replaces, and `columns+: […]` appends to
/// the list `columns` of what is extended.
enum Extending {
  /// Files in one chain of `extends`.
  private static let longest = 16

  /// The content of `file` with the chain of files it extends taken in, and their paths.
  static func resolve(
    _ file: NamedFile, among files: [String: [NamedFile]]
  ) throws(DataProblem) -> (root: DataNode, paths: [String]) {
    var chain = [file]
    while let last = chain.last, let extends = last.extends {
      // A file that extends its own name means the one it would hide; another name means the one that counts.
      let base = files[extends.name]?.first { extends.name != last.name || $0.layer > last.layer }
      guard let base else {
        let isOwn = files[extends.name] != nil
        let hint = Suggestion.phrase(for: extends.name, among: files.keys.sorted())
        throw DataProblem(
          extends.position,
          isOwn
            ? "there is no lower \(Printable.quoted(extends.name)) to extend"
            : "there is no \(Printable.quoted(extends.name)) to extend\(hint)")
      }
      guard !chain.contains(where: { $0.path == base.path }), chain.count < longest else {
        throw DataProblem(extends.position, "\"extends\" leads in a circle: \(base.path) extends this file")
      }
      chain.append(base)
    }
    guard var root = chain.last?.root else { return (file.root, []) }
    for upper in chain.dropLast().reversed() { root = try merge(upper.root, onto: root, isTop: true) }
    return (
      try merge(DataNode(.mapping([]), at: root.position), onto: root, isTop: true), chain.dropFirst().map(\.path)
    )
  }

  private static func merge(_ upper: DataNode, onto lower: DataNode, isTop: Bool) throws(DataProblem) -> DataNode {
    guard let upperEntries = upper.entries, let lowerEntries = lower.entries else { return upper }
    var entries = lowerEntries.filter { !(isTop && $0.key == "extends") }
    for entry in upperEntries where !(isTop && entry.key == "extends") {
      if entry.key.hasSuffix("+") {
        let key = String(entry.key.dropLast())
        let index = entries.firstIndex { $0.key == key }
        guard let added = entry.value.elements, let index, let before = entries[index].value.elements else {
          throw DataProblem(
            entry.position, "\(Printable.quoted(entry.key)) appends a list to the list \"\(key)\" below")
        }
        let value = DataNode(.sequence(before + added), at: entry.value.position)
        entries[index] = .init(key: key, position: entries[index].position, value: value)
      } else if let index = entries.firstIndex(where: { $0.key == entry.key }) {
        let value = try merge(entry.value, onto: entries[index].value, isTop: false)
        entries[index] = .init(key: entry.key, position: entry.position, value: value)
      } else {
        entries.append(entry)
      }
    }
    return DataNode(.mapping(entries), at: upper.entries?.isEmpty == true ? lower.position : upper.position)
  }
}
