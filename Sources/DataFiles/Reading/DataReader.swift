/// Reads typed values out of nodes and collects everything that is wrong on the way, so that the author of a file
/// sees all problems at once.
///
/// Every accessor returns nil after it has reported a problem; the caller goes on and calls `finish` at the end.
public final class DataReader {
  /// The problems so far, in the order in which they were found.
  public private(set) var problems: [DataProblem] = []

  /// A reader that has seen nothing yet.
  public init() {}

  /// Reports a problem at a node.
  public func report(_ message: String, at node: DataNode) { report(message, at: node.position) }

  /// Reports a problem at a place.
  public func report(_ message: String, at position: DataPosition) {
    problems.append(DataProblem(position, message))
  }

  /// `value`, unless problems were reported: then they are thrown.
  public func finish<Value>(_ value: Value?) throws(DataProblems) -> Value {
    guard let value, problems.isEmpty else { throw DataProblems(problems) }
    return value
  }

  /// Text: any scalar but null. A number or truth value counts as the text it was written as.
  public func string(_ node: DataNode) -> String? {
    if let text = node.text { return text }
    return mismatch(node, "text")
  }

  /// `true` or `false`.
  public func bool(_ node: DataNode) -> Bool? {
    if let bool = node.bool { return bool }
    let words = ["yes": "true", "on": "true", "no": "false", "off": "false"]
    if let word = node.scalar?.text, let meant = words[word.lowercased()] {
      report("\(quoted(word)) is not true or false; write \(meant)", at: node)
      return nil
    }
    return mismatch(node, "true or false")
  }

  /// A whole number within `range`.
  public func integer(_ node: DataNode, in range: ClosedRange<Int> = Int.min...Int.max) -> Int? {
    guard let integer = node.integer else { return mismatch(node, "a whole number") }
    guard range.contains(integer) else {
      let bounds =
        range.upperBound == .max ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      report("\(integer) is out of range; a number \(bounds) is needed", at: node)
      return nil
    }
    return integer
  }

  /// A number.
  public func number(_ node: DataNode) -> Double? { node.number ?? mismatch(node, "a number") }

  /// One of a fixed set of words.
  public func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: DataNode, of type: Choice.Type
  ) -> Choice? where Choice.RawValue == String {
    guard let text = node.text else { return mismatch(node, "a word") }
    if let choice = Choice(rawValue: text) { return choice }
    let words = Choice.allCases.map(\.rawValue)
    let hint = Suggestion.phrase(for: text, among: words)
    report("unknown value \(quoted(text))" + (hint.isEmpty ? "; one of \(list(words))" : hint), at: node)
    return nil
  }

  /// The elements of a list; null is an empty list.
  public func list(_ node: DataNode) -> [DataNode]? {
    if node.isNull { return [] }
    return node.elements ?? mismatch(node, "a list")
  }

  /// A list of texts; null is an empty list, and each element that is no text is reported.
  public func strings(_ node: DataNode) -> [String]? { list(node)?.compactMap { string($0) } }

  /// The entries of a mapping; null is an empty mapping.
  public func mapping(_ node: DataNode) -> [DataNode.Entry]? {
    if node.isNull { return [] }
    return node.entries ?? mismatch(node, "a mapping")
  }

  /// The values of a mapping by key. Keys that are not in `known` are reported with the one that was probably meant,
  /// keys of `required` that are missing are reported at the mapping, unless one was meant by a key that is unknown: then
  /// that is the mistake. Values that are null count as absent.
  public func fields(
    _ node: DataNode, known: [String], required: [String] = []
  ) -> [String: DataNode]? {
    guard let entries = mapping(node) else { return nil }
    var fields: [String: DataNode] = [:]
    for entry in entries {
      if !known.contains(entry.key), !required.contains(entry.key) {
        let hint = Suggestion.phrase(for: entry.key, among: known + required)
        report("unknown key \(quoted(entry.key))\(hint)", at: entry.position)
      } else if !entry.value.isNull {
        fields[entry.key] = entry.value
      }
    }
    for key in required where fields[key] == nil && !isMisspelt(key, in: node, known: known + required) {
      report("the key \(quoted(key)) is missing", at: node)
    }
    return fields
  }

  /// Whether a mapping has a key that is not in `known` and was probably meant to be `key`.
  public func isMisspelt(_ key: String, in node: DataNode, known: [String]) -> Bool {
    (node.entries ?? []).contains { entry in
      !known.contains(entry.key) && Suggestion.closest(to: entry.key, among: known) == key
    }
  }

  private func mismatch<Value>(_ node: DataNode, _ expected: String) -> Value? {
    var found = node.kindName
    if let scalar = node.scalar, !node.isNull { found = "\(quoted(scalar.text))" }
    report("expected \(expected), found \(found)", at: node)
    return nil
  }

  private func list(_ words: [String]) -> String { words.map { "\"\($0)\"" }.joined(separator: ", ") }

  private func quoted(_ text: String) -> String { Printable.quoted(text) }
}
