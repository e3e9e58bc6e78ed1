import DataFiles
import Diagnosis
import Expressions
import Kube

/// Reads a playbook out of a data file and finds everything that is wrong with it.
struct PlaybookReader {
  var reader = DataReader()
  /// Names that may be referred to.
  let playbooks: [String]
  /// Words of the glossary that may be referred to; nil while there is none to compare with.
  let terms: GlossaryWords?
  /// Whether the file has been checked before: its expressions are not checked again, and its tests are passed over.
  let isTrusted: Bool
  /// The kinds that the playbook is about; known once `for` is read.
  var kinds: [String] = []
  var findings: [FindingCode] = []
  /// The kinds that expressions are checked against: those of the step that is being read, else of the playbook.
  var scopeKinds: [String] = []

  init(playbooks: [String], terms: GlossaryWords?, isTrusted: Bool = false) {
    self.playbooks = playbooks
    self.terms = terms
    self.isTrusted = isTrusted
  }

  /// The playbook, or everything that is wrong.
  mutating func playbook(_ root: DataNode) throws(DataProblems) -> Playbook {
    let playbook = definition(root)
    return try reader.finish(playbook)
  }

  private mutating func definition(_ root: DataNode) -> Playbook? {
    guard
      let fields = reader.fields(root, known: PlaybookKeys.playbook, required: PlaybookKeys.requiredOfPlaybook)
    else { return nil }
    expect("podmedic.dev/v1", fields["apiVersion"])
    expect("Playbook", fields["kind"])
    let name = fields["name"].flatMap { identifier($0, "a name") } ?? ""
    let scope = fields["for"].map { self.scope($0) }
    let steps = fields["steps"].map { self.steps($0) } ?? []
    // A step with a mistake in it is there nevertheless: what refers to it is not wrong too.
    let ids = (fields["steps"]?.elements ?? []).compactMap { $0["id"]?.text }
    let playbook = Playbook(
      name: name,
      title: fields["title"].flatMap { reader.string($0) } ?? "",
      about: fields["about"].flatMap { reader.string($0) } ?? "",
      scope: scope ?? Playbook.Scope(kinds: [], findings: [], condition: nil),
      references: fields["see"].map { references($0) } ?? [],
      steps: steps,
      scenarios: isTrusted ? [] : fields["tests"].map { scenarios($0, steps: ids) } ?? [])
    if let node = fields["steps"], steps.count == ids.count { checkFlow(playbook.steps, at: node) }
    return playbook
  }

  private func expect(_ text: String, _ node: DataNode?) {
    guard let node, let found = reader.string(node), found != text else { return }
    reader.report("expected \"\(text)\", found \(Printable.quoted(found))", at: node)
  }

  // MARK: What it is for

  private mutating func scope(_ node: DataNode) -> Playbook.Scope {
    var scope = Playbook.Scope(kinds: [], findings: [], condition: nil)
    guard let fields = reader.fields(node, known: PlaybookKeys.scope) else { return scope }
    scope.kinds = fields["kinds"].map { kinds($0, among: PlaybookScope.kinds) } ?? []
    scope.findings = fields["findings"].map { codes($0) } ?? []
    kinds = scope.kinds
    scopeKinds = kinds
    findings = scope.findings
    scope.condition = fields["when"].flatMap { condition($0) }
    return scope
  }

  mutating func kinds(_ node: DataNode, among known: [String]) -> [String] {
    (node.elements ?? [node]).compactMap { (node) -> String? in
      guard let kind = reader.string(node) else { return nil }
      if known.contains(kind) { return kind }
      let hint = Suggestion.phrase(for: kind, among: known)
      reader.report("unknown kind \(Printable.quoted(kind))\(hint)", at: node)
      return nil
    }
  }

  /// One code or a list of codes.
  func codes(_ node: DataNode) -> [FindingCode] {
    (node.elements ?? [node]).compactMap { (node) -> FindingCode? in
      guard let text = reader.string(node) else { return nil }
      if let code = FindingCode(rawValue: text) { return code }
      let hint = Suggestion.phrase(for: text, among: FindingCode.allCases.map(\.rawValue))
      reader.report("unknown finding \(Printable.quoted(text))\(hint)", at: node)
      return nil
    }
  }

  // MARK: References

  mutating func references(_ node: DataNode) -> [Playbook.Reference] {
    (reader.list(node) ?? []).compactMap { (node) -> Playbook.Reference? in
      guard let fields = reader.fields(node, known: PlaybookKeys.reference) else { return nil }
      if let playbook = fields["playbook"], fields.count == 1 {
        return playbookName(playbook).map { .playbook($0) }
      }
      if let term = fields["term"], fields.count == 1 {
        guard let word = reader.string(term) else { return nil }
        if let problem = terms?.problem(with: word) { reader.report(problem, at: term) }
        return .term(word)
      }
      if let url = fields["url"].flatMap({ reader.string($0) }), fields["playbook"] == nil, fields["term"] == nil {
        guard url.hasPrefix("https://") else {
          reader.report("a url begins with https://", at: node)
          return nil
        }
        return .page(url: url, title: fields["title"].flatMap { reader.string($0) } ?? url)
      }
      reader.report("one of \"playbook\", \"term\" and \"url\" (with \"title\") is needed", at: node)
      return nil
    }
  }

  func playbookName(_ node: DataNode) -> String? {
    guard let name = reader.string(node) else { return nil }
    if playbooks.contains(name) { return name }
    let hint = Suggestion.phrase(for: name, among: playbooks)
    reader.report("there is no playbook \(Printable.quoted(name))\(hint)", at: node)
    return nil
  }

  // MARK: Words

  /// A name or id: small letters, digits and dashes.
  func identifier(_ node: DataNode, _ what: String) -> String? {
    guard let text = reader.string(node) else { return nil }
    let isPlain = text.utf8.allSatisfy { $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x2D }
    guard isPlain, let first = text.utf8.first, first != 0x2D, text != "end" else {
      reader.report(
        "\(what) has small letters, digits and dashes, and is not \"end\"; found \(Printable.quoted(text))", at: node)
      return nil
    }
    return text
  }

  func verdict(_ node: DataNode, among allowed: [Verdict] = Verdict.allCases) -> Verdict? {
    guard let text = reader.string(node) else { return nil }
    if let verdict = Verdict(rawValue: text), allowed.contains(verdict) { return verdict }
    let words = allowed.map(\.rawValue)
    let hint = Suggestion.phrase(for: text, among: words)
    let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
    reader.report(
      "\(Printable.quoted(text)) cannot be the verdict here\(hint.isEmpty ? "; one of \(list)" : hint)", at: node)
    return nil
  }

  /// A text for one verdict, or a mapping from verdicts to texts.
  mutating func byVerdict<Value>(
    _ node: DataNode, plain: [Verdict], _ read: (inout Self, DataNode) -> Value?
  ) -> [Verdict: Value] {
    guard let entries = node.entries else {
      guard let value = read(&self, node) else { return [:] }
      return Dictionary(uniqueKeysWithValues: plain.map { ($0, value) })
    }
    var result: [Verdict: Value] = [:]
    for entry in entries {
      let key = DataNode(.scalar(.init(entry.key, isPlain: true)), at: entry.position)
      guard let verdict = verdict(key), let value = read(&self, entry.value) else { continue }
      result[verdict] = value
    }
    return result
  }
}
