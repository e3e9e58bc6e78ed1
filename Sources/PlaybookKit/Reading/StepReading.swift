import DataFiles
import Expressions
import Kube
import Remedies

extension PlaybookReader {
  /// The steps; ids are unique.
  mutating func steps(_ node: DataNode) -> [Step] {
    let elements = reader.list(node) ?? []
    if elements.isEmpty { reader.report("at least one step is needed", at: node) }
    let ids = elements.compactMap { $0["id"]?.text }
    var steps: [Step] = []
    for (index, element) in elements.enumerated() {
      let later = elements.dropFirst(index + 1).compactMap { $0["id"]?.text }
      guard let step = step(element, ids: ids, later: later) else { continue }
      if steps.contains(where: { $0.id == step.id }) {
        reader.report("a step \(Printable.quoted(step.id)) is already there", at: element["id"] ?? element)
      }
      steps.append(step)
    }
    return steps
  }

  private mutating func step(_ node: DataNode, ids: [String], later: [String]) -> Step? {
    guard let fields = reader.fields(node, known: PlaybookKeys.step, required: PlaybookKeys.requiredOfStep) else {
      return nil
    }
    let id = fields["id"].flatMap { identifier($0, "an id") }
    var kinds: [String] = []
    if let node = fields["kinds"] { kinds = self.kinds(node, among: self.kinds) }
    scopeKinds = kinds.isEmpty ? self.kinds : kinds
    defer { scopeKinds = self.kinds }
    let title = fields["title"].flatMap { self.title($0) }
    let given = PlaybookKeys.actions.filter { fields[$0] != nil }
    // A key that is misspelt has been reported, and may be the one that is missed.
    let isMisspelt = (node.entries ?? []).contains { !PlaybookKeys.step.contains($0.key) }
    if given.count != 1, !(given.isEmpty && isMisspelt) {
      let words = PlaybookKeys.actions.map { "\"\($0)\"" }.joined(separator: ", ")
      reader.report(
        given.isEmpty ? "one of \(words) is needed" : "a step does one thing: one of \(words)", at: node)
    }
    let flow = Flow(id: id ?? "", ids: ids, later: later)
    let action = given.first.flatMap { word in fields[word].flatMap { self.action(word, $0, flow) } }
    let references = fields["see"].map { self.references($0) } ?? []
    let commands = (fields["commands"]?.elements ?? fields["commands"].map { [$0] } ?? []).compactMap { template($0) }
    let condition = fields["when"].flatMap { self.condition($0) }
    if condition == nil, fields["when"] == nil, let node = fields["else"] {
      reader.report("\"else\" is said when the condition of \"when\" does not hold, and there is none", at: node)
    }
    // What was read has a line; what was checked has only its own sentence.
    let names = given == ["read"] || given == ["run"] ? ["line", "said"] : ["said"]
    let causes = fields["cause"].map { byVerdict($0, plain: [.problem]) { $0.template($1, with: names) } } ?? [:]
    let next = fields["then"].map { byVerdict($0, plain: Verdict.allCases) { $0.target($1, flow) } } ?? [:]
    guard let id, let title, let action else { return nil }
    return Step(
      id: id, title: title, why: fields["why"].flatMap { reader.string($0) } ?? "",
      look: fields["look"].flatMap { reader.string($0) } ?? "", kinds: kinds,
      since: fields["since"].flatMap { version($0) }, condition: condition,
      exclusion: fields["else"].flatMap { template($0) },
      validity: fields["stands"].flatMap { self.condition($0) }, action: action,
      causes: causes, next: next, commands: commands, references: references)
  }

  /// A title, which is made before the way is known.
  private func title(_ node: DataNode) -> Template? {
    guard let title = template(node) else { return nil }
    for name in ["lines", "verdicts"] where title.expressions.contains(where: { $0.names.contains(name) }) {
      reader.report(
        "a title is made before earlier steps are: it cannot quote \"\(name)\"; \"say\" and \"cause\" can", at: node)
      return nil
    }
    return title
  }

  /// A version of Kubernetes.
  func version(_ node: DataNode) -> KubernetesVersion? {
    guard let text = reader.string(node) else { return nil }
    if let version = KubernetesVersion(text) { return version }
    reader.report(
      "expected a version of Kubernetes in quotes, such as \"1.33\"; found \(Printable.quoted(text))", at: node)
    return nil
  }

  /// The ids that a step may lead to.
  struct Flow {
    let id: String
    let ids: [String]
    let later: [String]
  }

  /// A later step, `end` or `playbook/NAME`.
  mutating func target(_ node: DataNode, _ flow: Flow) -> Target? {
    guard let text = reader.string(node) else { return nil }
    if text == "end" { return .end }
    if text.hasPrefix("playbook/") {
      let name = String(text.dropFirst("playbook/".count))
      return playbookName(DataNode(.scalar(.init(name, isPlain: true)), at: node.position)).map { .playbook($0) }
    }
    if flow.later.contains(text) { return .step(text) }
    if flow.ids.contains(text) {
      reader.report(
        "step \(Printable.quoted(text)) does not come after this one: steps only lead forward, so that a run ends",
        at: node)
    } else {
      let hint = Suggestion.phrase(for: text, among: flow.ids)
      reader.report("there is no step \(Printable.quoted(text))\(hint)", at: node)
    }
    return nil
  }

  private mutating func action(_ word: String, _ node: DataNode, _ flow: Flow) -> Step.Action? {
    switch word {
    case "check": check(node, flow)
    case "read": read(node, flow)
    case "run": run(node, flow)
    case "manual": manual(node)
    default: remedy(node, flow)
    }
  }

  // MARK: Checks

  private mutating func check(_ node: DataNode, _ flow: Flow) -> Step.Action? {
    if node.entries == nil { return builtIn(node, fields: [:], flow) }
    if let name = node["use"] {
      guard let check = named(name) else { return nil }
      guard
        let fields = reader.fields(
          node, known: PlaybookKeys.check + check.parameters.map(\.name),
          required: check.parameters.filter(\.isRequired).map(\.name))
      else { return nil }
      return builtIn(name, fields: fields, flow)
    }
    guard let fields = reader.fields(node, known: PlaybookKeys.test) else { return nil }
    var rules: [Test.Rule] = []
    for verdict in [Verdict.problem, .warning, .ok] {
      if let condition = fields[verdict.rawValue].flatMap({ condition($0) }) {
        rules.append(Test.Rule(verdict: verdict, condition: condition))
      }
    }
    if fields["problem"] == nil, fields["warning"] == nil, fields["ok"] == nil {
      reader.report("one of \"use\", \"problem\", \"warning\" and \"ok\" is needed", at: node)
    }
    let implied: Verdict = fields["problem"] == nil && fields["warning"] == nil ? .problem : .ok
    return .test(
      Test(
        rules: rules, otherwise: fields["otherwise"].flatMap { verdict($0) } ?? implied,
        sentences: fields["say"].map { byVerdict($0, plain: [.problem, .warning]) { $0.template($1) } } ?? [:]))
  }

  private func named(_ node: DataNode) -> BuiltInCheck? {
    guard let name = reader.string(node) else { return nil }
    if let check = CheckTable.named(name) { return check }
    let hint = Suggestion.phrase(for: name, among: CheckTable.all.map(\.name))
    reader.report(
      "there is no check \(Printable.quoted(name))\(hint.isEmpty ? "; conditions stand under \"problem\"" : hint)",
      at: node)
    return nil
  }

  private mutating func builtIn(_ name: DataNode, fields: [String: DataNode], _ flow: Flow) -> Step.Action? {
    guard let check = named(name) else { return nil }
    for parameter in check.parameters where parameter.isRequired && fields[parameter.name] == nil && fields.isEmpty {
      reader.report("the check needs \(Printable.quoted(parameter.name))", at: name)
    }
    if !check.kinds.isEmpty {
      for kind in scopeKinds where !check.kinds.contains(kind) {
        reader.report(
          "the check \"\(check.name)\" is about \(check.kinds.joined(separator: " or ")), not \(kind); say \"kinds\"",
          at: name)
      }
    }
    var arguments = CheckArguments()
    for parameter in check.parameters {
      if let node = fields[parameter.name] {
        if let value = value(node, parameter, flow) { arguments.values[parameter.name] = value }
      } else if case .codes = parameter.kind {
        if findings.isEmpty { reader.report("the check needs \"\(parameter.name)\"", at: name) }
        arguments.values[parameter.name] = .codes(findings)
      }
    }
    var mapping: [Verdict: Verdict] = [:]
    if let node = fields["as"] { mapping = byVerdict(node, plain: []) { $0.verdict($1) } }
    return .check(
      CheckCall(
        name: check.name, arguments: arguments, mapping: mapping,
        sentences: fields["say"].map { byVerdict($0, plain: [.problem, .warning]) { $0.template($1) } } ?? [:]))
  }

  private func value(
    _ node: DataNode, _ parameter: BuiltInCheck.Parameter, _ flow: Flow
  ) -> CheckArguments.Value? {
    switch parameter.kind {
    case .step:
      guard let text = reader.string(node) else { return nil }
      let earlier = flow.ids.filter { $0 != flow.id && !flow.later.contains($0) }
      if earlier.contains(text) { return .text(text) }
      reader.report(
        "there is no earlier step \(Printable.quoted(text))\(Suggestion.phrase(for: text, among: earlier))", at: node)
      return nil
    case .text: return reader.string(node).map { .text($0) }
    case .texts: return .texts((node.elements ?? [node]).compactMap { reader.string($0) })
    case .codes: return .codes(codes(node))
    case .number: return reader.integer(node, in: 0...1_000_000_000).map { .number($0) }
    case .duration:
      guard let text = reader.string(node) else { return nil }
      if let duration = Duration(goText: text) { return .duration(duration) }
      reader.report("expected a duration such as 5m, found \(Printable.quoted(text))", at: node)
      return nil
    case .quantity:
      guard let text = reader.string(node) else { return nil }
      if Quantity(text).nanos != nil { return .quantity(Quantity(text)) }
      reader.report("expected a quantity such as 1Gi, found \(Printable.quoted(text))", at: node)
      return nil
    case .word(let words):
      guard let text = reader.string(node) else { return nil }
      if words.contains(text) { return .text(text) }
      let hint = Suggestion.phrase(for: text, among: words)
      let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
      reader.report("unknown value \(Printable.quoted(text))\(hint.isEmpty ? "; one of \(list)" : hint)", at: node)
      return nil
    }
  }

  // MARK: Texts to read

  private mutating func read(_ node: DataNode, _ flow: Flow) -> Step.Action? {
    var fields: [String: DataNode] = ["from": node]
    if node.entries != nil {
      guard let given = reader.fields(node, known: PlaybookKeys.read, required: ["from"]) else { return nil }
      fields = given
    }
    guard let from = fields["from"], let word = reader.string(from) else { return nil }
    let repeats = fields["repeat"].flatMap { reader.integer($0, in: 2...10) } ?? 1
    let path = fields["path"].flatMap { template($0) }
    let port = fields["port"].flatMap { template($0) }
    func needed(_ template: Template?, _ key: String) -> Template {
      if template == nil, fields[key] == nil { reader.report("the key \"\(key)\" is missing", at: node) }
      return template ?? Template(text: "")
    }
    let source: ReadRequest.Source
    switch word {
    case "logs":
      source = .logs(
        previous: fields["previous"].flatMap { reader.bool($0) } ?? false,
        tail: fields["tail"].flatMap { reader.integer($0, in: 1...100_000) } ?? 200)
    case "object": source = .object
    case "metrics": source = .metrics
    case "node": source = .node(path: needed(path, "path"))
    case "server": source = .server(path: needed(path, "path"))
    case "pod": source = .pod(port: needed(port, "port"), path: path ?? Template(text: "/"))
    case "service": source = .service(port: needed(port, "port"), path: path ?? Template(text: "/"))
    default:
      let words = ["logs", "object", "metrics", "node", "server", "pod", "service"]
      let hint = Suggestion.phrase(for: word, among: words)
      reader.report(
        "cannot read \(Printable.quoted(word))"
          + (hint.isEmpty ? "; one of \(words.map { "\"\($0)\"" }.joined(separator: ", "))" : hint), at: from)
      return nil
    }
    if repeats > 1, word != "server" {
      reader.report("only \"server\" is read several times", at: fields["repeat"] ?? node)
    }
    return .read(ReadRequest(source: source, repeats: repeats), matching(fields, flow))
  }

  private mutating func run(_ node: DataNode, _ flow: Flow) -> Step.Action? {
    guard let fields = reader.fields(node, known: PlaybookKeys.run, required: ["command"]) else { return nil }
    let words = fields["command"].flatMap { reader.list($0) } ?? []
    if words.isEmpty, let node = fields["command"] { reader.report("a command has at least one word", at: node) }
    return .run(CommandRequest(command: words.compactMap { template($0) }), matching(fields, flow))
  }

  private mutating func matching(_ fields: [String: DataNode], _ flow: Flow) -> Matching {
    var rules: [Matching.Rule] = []
    for node in fields["match"].flatMap({ reader.list($0) }) ?? [] {
      guard let fields = reader.fields(node, known: PlaybookKeys.match, required: PlaybookKeys.requiredOfMatch) else {
        continue
      }
      let pattern = fields["pattern"].flatMap { self.pattern($0) }
      let verdict = fields["verdict"].flatMap { self.verdict($0, among: [.ok, .problem, .warning]) }
      let sentence = fields["say"].flatMap { template($0, with: ["line"]) }
      let cause = fields["cause"].flatMap { template($0, with: ["line", "said"]) }
      let next = fields["then"].flatMap { target($0, flow) }
      guard let pattern, let verdict else { continue }
      rules.append(
        Matching.Rule(pattern: pattern, verdict: verdict, sentence: sentence, cause: cause, next: next))
    }
    return Matching(
      rules: rules, usesKnownErrors: fields["known"].flatMap { reader.bool($0) } ?? false,
      otherwise: fields["otherwise"].flatMap { verdict($0) } ?? .unknown)
  }

  // MARK: People and changes

  private func manual(_ node: DataNode) -> Step.Action? {
    guard let fields = reader.fields(node, known: PlaybookKeys.manual, required: ["ask"]) else { return nil }
    let question = fields["ask"].flatMap { template($0) }
    let yes = fields["yes"].flatMap { verdict($0) } ?? .problem
    let no = fields["no"].flatMap { verdict($0) } ?? .ok
    return question.map { .ask(Question(question: $0, yes: yes, no: no)) }
  }

  private func remedy(_ node: DataNode, _ flow: Flow) -> Step.Action? {
    guard let fields = reader.fields(node, known: PlaybookKeys.remedy, required: ["use"]) else { return nil }
    guard let nameNode = fields["use"], let name = reader.string(nameNode) else { return nil }
    guard let kind = RemedyKind.all.first(where: { $0.name.rawValue == name }) else {
      let hint = Suggestion.phrase(for: name, among: RemedyKind.all.map(\.name.rawValue))
      reader.report("there is no remedy \(Printable.quoted(name))\(hint)", at: nameNode)
      return nil
    }
    let object = fields["on"].flatMap { self.object($0) }
    // A kind that is worked out is only known in a run; the remedy refuses what it does not fit.
    let known = object.map { $0.kind.map { [$0] } ?? [] } ?? (fields["on"] == nil ? scopeKinds : [])
    for found in known where !kind.accepts(kind: found) {
      reader.report(
        "the remedy \"\(name)\" is for \(kind.accepts.joined(separator: ", ")), not \(found); say \"on\"",
        at: fields["on"] ?? nameNode)
    }
    let with = fields["with"] ?? DataNode(.mapping([]), at: node.position)
    let given =
      reader.fields(
        with, known: kind.parameters.map(\.name), required: kind.parameters.filter(\.isRequired).map(\.name)) ?? [:]
    var arguments: [(name: String, value: Template)] = []
    for parameter in kind.parameters {
      if let value = given[parameter.name].flatMap({ template($0) }) { arguments.append((parameter.name, value)) }
    }
    let isComplete = kind.parameters.allSatisfy { !$0.isRequired || given[$0.name] != nil }
    if isComplete, arguments.count == given.count, arguments.allSatisfy({ $0.value.expressions.isEmpty }) {
      let texts = arguments.map { ($0.name, $0.value.source) }
      if let problem = kind.problem(with: Dictionary(texts, uniquingKeysWith: { first, _ in first })) {
        reader.report(problem, at: fields["with"] ?? node)
      }
    }
    var verify: String?
    if let node = fields["verify"], let id = reader.string(node) {
      if flow.ids.contains(id) {
        verify = id
      } else {
        reader.report(
          "there is no step \(Printable.quoted(id))\(Suggestion.phrase(for: id, among: flow.ids))", at: node)
      }
    }
    return .remedy(RemedyCall(kind: kind, object: object, arguments: arguments, verify: verify))
  }

  /// `Node/{spec.nodeName}`: a kind, or an expression for one, and a template of a name.
  private func object(_ node: DataNode) -> ObjectTemplate? {
    guard let text = reader.string(node), let template = template(node) else { return nil }
    if text.hasPrefix("{"), case .expression? = template.parts.first, template.parts.count > 1,
      case .text(let second) = template.parts[1], second.hasPrefix("/")
    {
      return ObjectTemplate(kind: nil, name: template)
    }
    let kind = String(text.prefix { $0 != "/" })
    guard PlaybookScope.kinds.contains(kind), case .text(let first)? = template.parts.first, first.hasPrefix("\(kind)/")
    else {
      let hint = Suggestion.phrase(for: kind, among: PlaybookScope.kinds)
      reader.report(
        "expected KIND/NAME such as Node/{spec.nodeName}, found \(Printable.quoted(text))\(hint)", at: node)
      return nil
    }
    return ObjectTemplate(kind: kind, name: template)
  }
}
