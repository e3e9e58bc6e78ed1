import DataFiles
import Expressions
import Kube

extension ScreenReader {
  /// The keys with what they do.
  mutating func keys(_ node: DataNode) -> [KeyDefinition] {
    (reader.mapping(node) ?? []).compactMap { (entry) -> KeyDefinition? in
      guard Self.isKey(entry.key) else {
        reader.report(
          "\(Printable.quoted(entry.key)) is no key; write one character, shift-x, ctrl-x or f1 to f12",
          at: entry.position)
        return nil
      }
      guard let (action, label) = action(entry.value) else { return nil }
      return KeyDefinition(key: entry.key, label: label, action: action)
    }
  }

  private static func isKey(_ text: String) -> Bool {
    if text.unicodeScalars.count == 1 { return !text.unicodeScalars.contains { $0.value <= 0x20 || $0.value == 0x7F } }
    for prefix in ["shift-", "ctrl-"] where text.hasPrefix(prefix) {
      let rest = text.dropFirst(prefix.count)
      return rest.utf8.count == 1 && rest.utf8.allSatisfy { $0 >= 0x61 && $0 <= 0x7A }
    }
    return text.hasPrefix("f") && (1...12).contains(Int(text.dropFirst()) ?? 0)
  }

  /// A word for a command, or a mapping that says what to open.
  mutating func action(_ node: DataNode) -> (action: RowAction, label: String?)? {
    if node.entries == nil {
      return reader.choice(node, of: RowCommand.self).map { (.command($0), nil) }
    }
    guard let fields = reader.fields(node, known: ScreenKeys.action) else { return nil }
    let label = fields["label"].flatMap { reader.string($0) }
    let ways = ["command", "screen", "object"].filter { fields[$0] != nil }
    guard ways.count == 1 else {
      reader.report("one of \"command\", \"screen\" and \"object\" is needed", at: node)
      return nil
    }
    if let command = fields["command"] {
      return reader.choice(command, of: RowCommand.self).map { (.command($0), label) }
    }
    if let object = fields["object"] {
      guard let (expression, type) = expression(object, in: scope) else { return nil }
      switch type {
      case .record, .any: return (.object(expression), label)
      default:
        reader.report("a reference to an object is needed, this is \(type.nameForPeople)", at: object)
        return nil
      }
    }
    guard let screen = fields["screen"].flatMap({ self.screenName($0) }),
      let relation = relation(fields, screen: screen, at: node)
    else { return nil }
    return (.open(screen: screen, relation), label)
  }

  private mutating func screenName(_ node: DataNode) -> String? {
    guard let name = reader.string(node) else { return nil }
    if catalog.names.contains(name) { return name }
    let hint = Suggestion.phrase(for: name, among: catalog.names)
    reader.report("there is no screen \(Printable.quoted(name))\(hint)", at: node)
    return nil
  }

  private mutating func relation(_ fields: [String: DataNode], screen: String, at node: DataNode) -> Relation? {
    if let field = fields["field"], let equals = fields["equals"], fields["by"] == nil {
      let target = catalog.scope(of: screen) ?? Scope(object: .any)
      let path = expression(field, in: target)?.0
      let value = expression(equals, in: scope)?.0
      guard let path, let value else { return nil }
      return .field(path, equals: value)
    }
    guard let by = fields["by"], fields["field"] == nil, fields["equals"] == nil else {
      reader.report("either \"by\" or both \"field\" and \"equals\" are needed", at: node)
      return nil
    }
    switch reader.string(by) {
    case "owner": return .owner
    case "selector": return .selector
    case "namespace": return .namespace
    case "parts": return .parts
    case let word?:
      let hint = Suggestion.phrase(for: word, among: ScreenKeys.relations)
      let words = ScreenKeys.relations.map { "\"\($0)\"" }.joined(separator: ", ")
      reader.report("unknown relation \(Printable.quoted(word))\(hint.isEmpty ? "; one of \(words)" : hint)", at: by)
      return nil
    case nil: return nil
    }
  }
}
