import DataFiles
import Diagnosis
import Kube

extension PlaybookReader {
  /// The tests of a playbook whose steps have these ids; names are unique.
  func scenarios(_ node: DataNode, steps ids: [String]) -> [Scenario] {
    var scenarios: [Scenario] = []
    for element in reader.list(node) ?? [] {
      guard let scenario = scenario(element, steps: ids) else { continue }
      if scenarios.contains(where: { $0.name == scenario.name }) {
        reader.report("a test \(Printable.quoted(scenario.name)) is already there", at: element["name"] ?? element)
      }
      scenarios.append(scenario)
    }
    return scenarios
  }

  private func scenario(_ node: DataNode, steps ids: [String]) -> Scenario? {
    guard
      let fields = reader.fields(node, known: PlaybookKeys.scenario, required: PlaybookKeys.requiredOfScenario),
      let expected = fields["expect"].flatMap({ reader.fields($0, known: PlaybookKeys.expectation) })
    else { return nil }
    var now = Scenario.defaultTime
    if let node = fields["now"], let text = reader.string(node) {
      if let time = Timestamp(text) { now = time } else { reader.report("expected a time in RFC 3339", at: node) }
    }
    let objects = fields["objects"].flatMap { reader.list($0) }?.compactMap { object($0, now: now) } ?? []
    let subject = fields["object"].flatMap { self.subject($0, objects: objects) }
    if fields["object"] == nil, !kinds.isEmpty { reader.report("the key \"object\" is missing", at: node) }
    var scenario = Scenario(
      name: fields["name"].flatMap { reader.string($0) } ?? "", position: node.position, now: now,
      version: fields["version"].flatMap { version($0) }, objects: objects,
      subject: subject, container: fields["container"].flatMap { reader.string($0) },
      forbidden: fields["forbidden"].map { plainKinds($0) } ?? [],
      notServed: fields["not-served"].map { plainKinds($0) } ?? [], usage: nil, readings: [], answers: [], path: nil,
      verdicts: [], cause: nil, offers: nil)
    for entry in fields["usage"].flatMap({ reader.mapping($0) }) ?? [] {
      guard let amounts = reader.fields(entry.value, known: ["cpu", "memory"]) else { continue }
      scenario.usage = scenario.usage ?? [:]
      scenario.usage?[entry.key] = UsageRecord(
        cpu: amounts["cpu"].flatMap { reader.string($0) }.map { Quantity($0) },
        memory: amounts["memory"].flatMap { reader.string($0) }.map { Quantity($0) })
    }
    for entry in fields["readings"].flatMap({ reader.mapping($0) }) ?? [] where isStep(entry, ids) {
      for node in entry.value.elements ?? [entry.value] {
        if let text = reader.string(node) { scenario.readings.append((entry.key, text)) }
      }
    }
    for entry in fields["answers"].flatMap({ reader.mapping($0) }) ?? [] where isStep(entry, ids) {
      switch entry.value.text {
      case "yes", "true": scenario.answers.append((entry.key, .answer(true)))
      case "no", "false": scenario.answers.append((entry.key, .answer(false)))
      case "skip": scenario.answers.append((entry.key, .skip))
      default: reader.report("an answer is yes, no or skip", at: entry.value)
      }
    }
    scenario.path = expected["path"].flatMap { reader.list($0) }?.compactMap { step($0, ids) }
    for entry in expected["verdicts"].flatMap({ reader.mapping($0) }) ?? [] where isStep(entry, ids) {
      let words = Verdict.allCases.map(\.rawValue) + ["offered", "waiting", "skipped", "not-reached"]
      guard let word = reader.string(entry.value) else { continue }
      if words.contains(word) {
        scenario.verdicts.append((entry.key, word))
      } else {
        let hint = Suggestion.phrase(for: word, among: words)
        reader.report("\(Printable.quoted(word)) is no verdict\(hint)", at: entry.value)
      }
    }
    if let node = expected["cause"] {
      scenario.cause = (node.elements ?? [node]).compactMap { reader.string($0) }
    }
    scenario.offers = expected["offers"].flatMap { reader.strings($0) }
    if expected.isEmpty { reader.report("a test expects something", at: fields["expect"] ?? node) }
    return scenario
  }

  private func plainKinds(_ node: DataNode) -> [String] {
    var copy = self
    return copy.kinds(node, among: PlaybookScope.kinds)
  }

  private func isStep(_ entry: DataNode.Entry, _ ids: [String]) -> Bool {
    step(DataNode(.scalar(.init(entry.key, isPlain: true)), at: entry.position), ids) != nil
  }

  private func step(_ node: DataNode, _ ids: [String]) -> String? {
    guard let id = reader.string(node) else { return nil }
    if ids.contains(id) { return id }
    reader.report("there is no step \(Printable.quoted(id))\(Suggestion.phrase(for: id, among: ids))", at: node)
    return nil
  }

  /// `pod/web-1`, `deployment/shop/web`: kind, namespace (`default` without one) and name of one of the objects.
  private func subject(_ node: DataNode, objects: [any KubeObject]) -> ObjectReference? {
    guard let text = reader.string(node) else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2 || parts.count == 3, let kind = builtInKind(named: parts[0]) else {
      reader.report("expected KIND/NAME or KIND/NAMESPACE/NAME, found \(Printable.quoted(text))", at: node)
      return nil
    }
    let name = parts[parts.count - 1]
    let namespace = !kind.resource.isNamespaced ? "" : parts.count == 3 ? parts[1] : "default"
    let found = objects.first {
      type(of: $0).resource.kind == kind.resource.kind && $0.metadata.namespace == namespace
        && $0.metadata.name == name
    }
    if let found { return found.reference }
    var reference = ObjectReference()
    reference.kind = kind.resource.kind
    reference.apiVersion = kind.resource.apiVersion
    reference.namespace = namespace
    reference.name = name
    return reference
  }

  // MARK: Objects

  /// An object of a built-in kind, written as in a manifest. What every object has is filled in: `apiVersion` from the
  /// kind, the namespace `default`, a uid.
  private func object(_ node: DataNode, now: Timestamp) -> (any KubeObject)? {
    guard let kindNode = node["kind"], let kind = reader.string(kindNode) else {
      if node["kind"] == nil { reader.report("the key \"kind\" is missing", at: node) }
      return nil
    }
    let version = node["apiVersion"]?.text
    let builtIn = builtInKinds.first { type in
      type.resource.kind == kind && (version == nil || type.resources.contains { $0.apiVersion == version })
    }
    guard let builtIn else {
      let hint = Suggestion.phrase(for: kind, among: PlaybookScope.kinds)
      reader.report("unknown kind \(Printable.quoted(kind))\(hint)", at: kindNode)
      return nil
    }
    let json = Self.json(node, now: now)
    return make(builtIn, json, at: node)
  }

  private func make<Object: KubeObject>(_ type: Object.Type, _ json: JSONValue, at node: DataNode) -> Object? {
    let bytes = json.bytes()
    do throws(DecodingFailure) {
      var object = try bytes.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
        var reader = JSONReader(UnsafeRawBufferPointer(bytes), pool: StringPool(capacity: 64))
        return try Object(json: &reader)
      }
      if Object.resource.isNamespaced, object.metadata.namespace.isEmpty { object.metadata.namespace = "default" }
      if object.metadata.name.isEmpty {
        guard Object.self is Event.Type else {
          reader.report("the key \"metadata.name\" is missing", at: node)
          return nil
        }
        object.metadata.name = "event-\(node.line)-\(node.column)"
      }
      let namespace = object.metadata.namespace
      if object.metadata.uid.isEmpty {
        object.metadata.uid = Self.uid(Object.resource.kind, namespace, object.metadata.name)
      }
      for index in object.metadata.ownerReferences.indices where object.metadata.ownerReferences[index].uid.isEmpty {
        let owner = object.metadata.ownerReferences[index]
        let isNamespaced = PlaybookScope.type(ofKind: owner.kind)?.resource.isNamespaced ?? true
        object.metadata.ownerReferences[index].uid = Self.uid(owner.kind, isNamespaced ? namespace : "", owner.name)
        object.metadata.ownerReferences[index].controller = true
        if owner.apiVersion.isEmpty, let type = PlaybookScope.type(ofKind: owner.kind) {
          object.metadata.ownerReferences[index].apiVersion = type.resource.apiVersion
        }
      }
      if var event = object as? Event, event.involvedObject.namespace.isEmpty,
        PlaybookScope.type(ofKind: event.involvedObject.kind)?.resource.isNamespaced ?? true
      {
        event.involvedObject.namespace = namespace
        return event as? Object
      }
      return object
    } catch {
      reader.report("this is no \(Object.resource.kind): \(error.reason)", at: node)
      return nil
    }
  }

  private static func uid(_ kind: String, _ namespace: String, _ name: String) -> String {
    "\(kind.lowercased())/\(namespace)/\(name)"
  }

  /// A node as JSON. Texts such as `now-5m` become times.
  private static func json(_ node: DataNode, now: Timestamp) -> JSONValue {
    switch node.content {
    case .sequence(let elements): return .array(elements.map { json($0, now: now) })
    case .mapping(let entries):
      return .object(SmallMap(uniquing: entries.map { ($0.key, json($0.value, now: now)) }))
    case .scalar(let scalar):
      if node.isNull { return .null }
      if let bool = node.bool { return .bool(bool) }
      if let integer = node.integer { return .int(integer) }
      if scalar.isPlain, let time = time(scalar.text, now: now) { return .string(time.description) }
      if let number = node.number { return .double(number) }
      return .string(scalar.text)
    }
  }

  private static func time(_ text: String, now: Timestamp) -> Timestamp? {
    if text == "now" { return now }
    for (prefix, sign) in [("now-", -1), ("now+", 1)] where text.hasPrefix(prefix) {
      return Duration(goText: text.dropFirst(prefix.count)).map { now.advanced(by: $0 * sign) }
    }
    return nil
  }
}
