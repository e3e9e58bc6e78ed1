import DataFiles

/// Reads the terms of a glossary file and finds everything that is wrong with it.
struct GlossaryReader {
  static let keys = ["apiVersion", "kind", "name", "terms"]
  static let termKeys = ["name", "aliases", "text", "see"]
  static let requiredOfTerm = ["name", "text"]

  private let reader = DataReader()
  /// Words that may be referred to.
  private let words: GlossaryWords

  init(words: GlossaryWords) { self.words = words }

  /// The terms in the order of the file, or everything that is wrong.
  func terms(_ root: DataNode) throws(DataProblems) -> [GlossaryTerm] {
    let terms = definition(root)
    return try reader.finish(terms)
  }

  private func definition(_ root: DataNode) -> [GlossaryTerm]? {
    guard let fields = reader.fields(root, known: Self.keys, required: Self.keys) else { return nil }
    expect("podmedic.dev/v1", fields["apiVersion"])
    expect("Glossary", fields["kind"])
    var terms: [GlossaryTerm] = []
    var owners: [String: String] = [:]
    for node in fields["terms"].flatMap({ reader.list($0) }) ?? [] {
      guard let term = term(node) else { continue }
      for (index, word) in term.words.enumerated() {
        let owner = owners.updateValue(term.name, forKey: GlossaryWords.key(word))
        guard let owner else { continue }
        let nodes = [node["name"] ?? node] + (node["aliases"]?.elements ?? [])
        reader.report(
          owner == term.name
            ? "\(Printable.quoted(word)) stands here twice"
            : "\(Printable.quoted(word)) is already explained, as \(Printable.quoted(owner))",
          at: nodes.indices.contains(index) ? nodes[index] : node)
      }
      terms.append(term)
    }
    return terms
  }

  private func expect(_ text: String, _ node: DataNode?) {
    guard let node, let found = reader.string(node), found != text else { return }
    reader.report("expected \"\(text)\", found \(Printable.quoted(found))", at: node)
  }

  private func term(_ node: DataNode) -> GlossaryTerm? {
    guard let fields = reader.fields(node, known: Self.termKeys, required: Self.requiredOfTerm) else { return nil }
    let name = fields["name"].flatMap { word($0) }
    let text = fields["text"].flatMap { reader.string($0) }
    let aliases = (fields["aliases"].flatMap { reader.list($0) } ?? []).compactMap { word($0) }
    let links = (fields["see"].flatMap { reader.list($0) } ?? []).compactMap { link($0) }
    guard let name, let text else { return nil }
    return GlossaryTerm(
      name: name, aliases: aliases, text: text.split(whereSeparator: \.isWhitespace).joined(separator: " "), see: links)
  }

  /// A word or several with single spaces, so that it can be typed as it is read.
  private func word(_ node: DataNode) -> String? {
    guard let text = reader.string(node) else { return nil }
    guard !text.isEmpty, text == text.split(whereSeparator: \.isWhitespace).joined(separator: " ") else {
      reader.report("a term has no spaces but single ones inside; found \(Printable.quoted(text))", at: node)
      return nil
    }
    return text
  }

  private func link(_ node: DataNode) -> GlossaryTerm.Link? {
    guard let fields = reader.fields(node, known: PlaybookKeys.reference) else { return nil }
    if let playbook = fields["playbook"], fields.count == 1 {
      return reader.string(playbook).map { .init(reference: .playbook($0), position: playbook.position) }
    }
    if let term = fields["term"], fields.count == 1 {
      guard let word = reader.string(term) else { return nil }
      if let problem = words.problem(with: word) { reader.report(problem, at: term) }
      return .init(reference: .term(word), position: term.position)
    }
    if let url = fields["url"], fields["playbook"] == nil, fields["term"] == nil, let text = reader.string(url) {
      if !text.hasPrefix("https://") { reader.report("a url begins with https://", at: url) }
      let title = fields["title"].flatMap { reader.string($0) } ?? text
      return .init(reference: .page(url: text, title: title), position: url.position)
    }
    reader.report("one of \"playbook\", \"term\" and \"url\" (with \"title\") is needed", at: node)
    return nil
  }
}
