import DataFiles

extension PlaybookReader {
  /// Reports steps that no way leads to. Steps only lead forward, so there are no circles.
  func checkFlow(_ steps: [Step], at node: DataNode) {
    var reached: Set<Int> = [0]
    let index = Dictionary(steps.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    for (place, step) in steps.enumerated() where reached.contains(place) {
      for target in step.targets(last: place == steps.count - 1) {
        switch target {
        case nil: reached.insert(place + 1)
        case .step(let id)?: if let place = index[id] { reached.insert(place) }
        case .end?, .playbook?: continue
        }
      }
    }
    let elements = node.elements ?? []
    for (place, step) in steps.enumerated() where !reached.contains(place) {
      let element = elements.first { $0["id"]?.text == step.id }
      reader.report(
        "no step leads to \(Printable.quoted(step.id))", at: element?["id"] ?? element ?? node)
    }
  }
}

extension Step {
  /// The verdicts that the step can come to.
  var possibleVerdicts: Set<Verdict> {
    var verdicts: Set<Verdict>
    switch action {
    case .test(let test):
      verdicts = Set(test.rules.map(\.verdict) + [test.otherwise, .unknown])
    case .check(let call): verdicts = Set(Verdict.allCases.map { call.mapping[$0] ?? $0 })
    case .read(let request, _) where request.repeats > 1: verdicts = [.problem, .ok, .unknown]
    case .read(_, let matching), .run(_, let matching):
      verdicts = Set(matching.rules.map(\.verdict) + [matching.otherwise, .unknown])
      if matching.usesKnownErrors { verdicts.insert(.problem) }
    case .ask(let question): verdicts = [question.yes, question.no, .unknown]
    case .remedy: verdicts = [.ok, .problem, .unknown]
    }
    if condition != nil || !kinds.isEmpty { verdicts.insert(.notApplicable) }
    if since != nil { verdicts.insert(.unknown) }
    return verdicts
  }

  /// Everywhere that the step can lead to; nil for the step after it.
  func targets(last: Bool) -> [Target?] {
    var targets: [Target?] = possibleVerdicts.map { next[$0] ?? (last ? .end : nil) }
    if case .read(_, let matching) = action { targets += matching.rules.compactMap(\.next) }
    if case .run(_, let matching) = action { targets += matching.rules.compactMap(\.next) }
    return targets
  }
}
