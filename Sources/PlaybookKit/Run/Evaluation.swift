import ClusterState
import Diagnosis
import Expressions
import Kube
import Remedies

extension PlaybookRun {
  /// Where the run stands now. Everything is looked at anew; nothing is remembered but the journal.
  public func evaluate(_ facts: PlaybookFacts) -> RunReport {
    var evaluation = Evaluation(run: self, facts: facts)
    return evaluation.report()
  }

  /// Forgets for good what does not count any more: an earlier round does not come back when the cluster looks again as it
  /// did then. Says whether there was anything.
  public mutating func forgetEarlierRounds(_ facts: PlaybookFacts) -> Bool {
    let current = Evaluation.current(self, facts)
    defer { self = current }
    return current.journal != journal
  }

  /// The facts of this run in a state; `triage` is what was found in the same state.
  public func facts(
    _ state: ClusterState, triage: TriageReport, events: EventIndex,
    usage: Lookup<[String: UsageRecord]> = .unknown(Doubt(.notRead, "metrics are not read")),
    version: KubernetesVersion? = nil, now: Timestamp
  ) -> PlaybookFacts {
    PlaybookFacts(
      state, triage: triage, events: events, object: subject.flatMap { state.object($0).value }, container: container,
      codes: playbook.scope.findings, usage: usage, version: version, now: now)
  }
}

extension ClusterState {
  /// The object that a reference names. One with another uid is another object.
  public func object(_ reference: ObjectReference) -> Lookup<any KubeObject> {
    let type =
      builtInKind(apiVersion: reference.apiVersion, kind: reference.kind)?.type
      ?? PlaybookScope.type(ofKind: reference.kind)
    guard let type else {
      return .unknown(Doubt(.notModelled, "podmedic does not know the kind \(reference.kind)"))
    }
    func look<Object: KubeObject>(_ type: Object.Type) -> Lookup<any KubeObject> {
      let namespace = Object.resource.isNamespaced ? reference.namespace : ""
      return self.look(type, namespace: namespace, name: reference.name).flatMap { object in
        let isSame = reference.uid.isEmpty || object.metadata.uid.isEmpty || reference.uid == object.metadata.uid
        return isSame ? .found(object) : .none
      }
    }
    return look(type)
  }
}

/// One evaluation of a run: the way, and the judgement of each step on it.
struct Evaluation {
  let run: PlaybookRun
  let facts: PlaybookFacts
  private var reports: [StepReport] = []
  private var path: [String] = []
  private var causes: [(cause: RunReport.Cause, verdict: Verdict)] = []

  init(run: PlaybookRun, facts: PlaybookFacts) {
    self.run = Self.current(run, facts)
    self.facts = facts
    facts.answers = self.run.answers
    for step in self.run.playbook.steps { facts.contributed[step.id] = self.run.contribution(to: step.id)?.time }
  }

  /// The run without what was said and done in another time than this: what `stands` says does not count any more, nor
  /// does what was said before it.
  fileprivate static func current(_ run: PlaybookRun, _ facts: PlaybookFacts) -> PlaybookRun {
    var current = run
    for step in run.playbook.steps {
      guard let validity = step.validity, let entry = run.contribution(to: step.id) else { continue }
      facts.answered = entry.time
      if validity.holds(PlaybookScope.bindings(validity, facts), now: facts.now) == false {
        current.forget(until: entry)
      }
    }
    facts.answered = nil
    return current
  }

  private var playbook: Playbook { run.playbook }

  mutating func report() -> RunReport {
    let doubt = subjectDoubt
    let hasNoSubject = doubt != nil
    reports = playbook.steps.map { step in
      StepReport(
        id: step.id, title: hasNoSubject ? step.title.source : step.title.text(facts), action: step.action.word,
        why: step.why, look: step.look, references: step.references,
        showsPlacement: step.action.isCheck(placementCheck.name),
        showsDrain: step.action.isCheck(drainPlanCheck), asksForDrain: step.action.isCheckOfWhatIsLeft)
    }
    var continuation: String?
    if doubt == nil { continuation = walk() }
    let causes = provenCauses
    let isWell = causes.isEmpty && !reports.contains { $0.verdict == .problem } && doubt == nil
    return RunReport(
      playbook: playbook, subject: run.subject, container: facts.container?.name ?? "", time: facts.now,
      steps: reports, path: path, causes: causes, continuation: continuation,
      soundness: isWell ? facts.soundness : nil, subjectDoubt: doubt)
  }

  /// The causes, without those of steps that found no problem where there is none at all: what could be better is the
  /// cause of nothing. A problem is one that a step has found, or a finding that the playbook is for.
  private var provenCauses: [RunReport.Cause] {
    let finding =
      facts.finding.map { playbook.scope.findings.contains($0.code) && !facts.history.contains($0) } ?? false
    let hasProblem = finding || reports.contains { $0.verdict == .problem }
    return causes.filter { hasProblem || $0.verdict == .problem }.map(\.cause)
  }

  /// Why there is nothing to look at.
  private var subjectDoubt: Doubt? {
    guard let subject = run.subject, facts.object == nil else { return nil }
    switch facts.state.object(subject) {
    case .unknown(let doubt): return doubt
    case .none, .found: return Doubt(.failed, "\(subject.shortText) does not exist any more")
    }
  }

  /// Follows the steps from the first; returns the playbook that the way leads on to.
  private mutating func walk() -> String? {
    let index = Dictionary(playbook.steps.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var place = 0
    // Steps only lead forward; the bound is for playbooks that were not read from a file.
    for _ in playbook.steps.indices {
      guard playbook.steps.indices.contains(place) else { return nil }
      let step = playbook.steps[place]
      path.append(step.id)
      let (outcome, override) = evaluate(step, at: place)
      facts.lines[step.id] = override?.line
      facts.verdicts[step.id] = outcome?.verdict
      fill(place, step, outcome)
      let target = override?.next ?? outcome.flatMap { step.next[$0.verdict] } ?? defaultTarget(step, outcome)
      if let outcome, let cause = override?.cause ?? step.causes[outcome.verdict] {
        let text = cause.text(facts, line: override?.line ?? "", said: outcome.sentence)
        causes.append((.init(text: text, step: step.id), outcome.verdict))
      }
      switch target {
      case nil: place += 1
      case .step(let id)?: place = max(place + 1, index[id] ?? playbook.steps.count)
      case .end?: return nil
      case .playbook(let name)?: return name
      }
    }
    return nil
  }

  /// Where to go without a verdict: as for unknown, if that is said.
  private func defaultTarget(_ step: Step, _ outcome: Judgement?) -> Target? {
    outcome == nil ? step.next[.unknown] : nil
  }

  /// What a pattern that matched says besides its verdict.
  private struct Override {
    var next: Target?
    var cause: Template?
    var line: String?
  }

  private mutating func fill(_ place: Int, _ step: Step, _ outcome: Judgement?) {
    reports[place].isReached = true
    reports[place].notes = run.notes(for: step.id)
    if !step.commands.isEmpty { reports[place].commands = step.commands.compactMap { $0.line(facts) } }
    if let entry = run.contribution(to: step.id) {
      reports[place].answered = entry.time
      reports[place].isSkipped = entry.what == .skip
    }
    guard let outcome else { return }
    if case .check = step.action, reports[place].commands.isEmpty {
      reports[place].commands = Self.commands(outcome.evidence)
    }
    reports[place].verdict = outcome.verdict
    reports[place].sentence = outcome.sentence
    reports[place].evidence = outcome.evidence
    reports[place].doubt = outcome.doubt
  }

  // MARK: One step

  /// The judgement of a step; nil when somebody is asked first.
  private mutating func evaluate(_ step: Step, at place: Int) -> (Judgement?, Override?) {
    if case .skip? = run.contribution(to: step.id)?.what {
      // Whoever has left a question out may still answer it.
      if case .ask(let question) = step.action { reports[place].request = .ask(question.question.text(facts)) }
      return (nil, nil)
    }
    if !step.kinds.isEmpty, let object = facts.object {
      let kind = type(of: object).resource.kind
      guard step.kinds.contains(kind) else { return (Judgement(.notApplicable, "not for a \(kind)"), nil) }
    }
    if let since = step.since, let version = facts.version, version < since {
      return (Judgement(Doubt(.tooOld, "Kubernetes \(version) does not have it: it came with \(since)")), nil)
    }
    if let condition = step.condition {
      let explanation = condition.explain(PlaybookScope.bindings(condition, facts), now: facts.now)
      switch explanation.outcome {
      case .unknown(let reason): return (Judgement(Doubt(.notRead, reason)), nil)
      case .value:
        if explanation.outcome.bool != true {
          let seen = explanation.facts.map(\.text).joined(separator: ", ")
          return (Judgement(.notApplicable, step.exclusion?.text(facts) ?? seen), nil)
        }
      }
    }
    switch step.action {
    case .test(let test): return (judge(test), nil)
    case .check(let call): return (judge(call), nil)
    case .read(let request, let matching):
      switch target(of: request) {
      case .found(let target):
        reports[place].request = .read(target)
        reports[place].commands = Self.commands(target)
      case .none: return (Judgement(.notApplicable, "there is nothing to read"), nil)
      case .unknown(let doubt): return (Judgement(doubt), nil)
      }
      if request.repeats > 1 { return (compare(run.texts(for: step.id), step, request.repeats), nil) }
      return judge(matching, run.contribution(to: step.id)?.what)
    case .run(let request, let matching):
      guard let pod = facts.pod, let container = facts.container else {
        return (Judgement(.notApplicable, "there is no container to run it in"), nil)
      }
      let words = request.command.compactMap { $0.line(facts) }
      guard words.count == request.command.count else {
        return (Judgement(.notApplicable, "a part of the command is not set"), nil)
      }
      let order = CommandOrder(pod: pod.reference, container: container.name, command: words)
      reports[place].commands = [order.kubectl]
      reports[place].request = .run(order)
      return judge(matching, run.contribution(to: step.id)?.what)
    case .ask(let question):
      reports[place].request = .ask(question.question.text(facts))
      guard case .answer(let isYes)? = run.contribution(to: step.id)?.what else { return (nil, nil) }
      let verdict = isYes ? question.yes : question.no
      return (Judgement(verdict, "answered \(isYes ? "yes" : "no")"), nil)
    case .remedy(let call):
      switch target(of: call) {
      case .found(let object): reports[place].request = .remedy(offer(call, object))
      case .none: return (Judgement(.notApplicable, "there is no object to change"), nil)
      case .unknown(let doubt): return (Judgement(doubt), nil)
      }
      guard case .applied(let isDone, let words)? = run.contribution(to: step.id)?.what else { return (nil, nil) }
      return (Judgement(isDone ? .ok : .problem, words), nil)
    }
  }

  private func judge(_ test: Test) -> Judgement {
    let object = facts.object?.reference ?? ObjectReference()
    var seen: [Evidence] = []
    for rule in test.rules {
      let bindings = PlaybookScope.bindings(rule.condition, facts)
      let explanation = rule.condition.explain(bindings, now: facts.now)
      let evidence = explanation.facts.filter { !Self.isSourceText($0) }
        .map { Evidence(object, RunReport.conditionField, $0.text + ($0.holds == false ? " (false)" : "")) }
      if case .unknown(let reason) = explanation.outcome {
        return Judgement(Doubt(.notRead, reason), evidence: seen)
      }
      if explanation.outcome.bool == true {
        return Judgement(
          rule.verdict, sentence(test.sentences, rule.verdict, explanation.facts), evidence: evidence)
      }
      seen += evidence
    }
    let text = test.sentences[test.otherwise]?.text(facts) ?? seen.map(\.value).joined(separator: ", ")
    if test.otherwise == .unknown { return Judgement(Doubt(.notModelled, text), evidence: seen) }
    return Judgement(test.otherwise, text, evidence: seen)
  }

  /// Whether a fact about many things can only be told as the playbook's author has written it; the sentence of the step
  /// says it for people.
  private static func isSourceText(_ fact: Explanation.Fact) -> Bool {
    ["filter(", "exists(", "all(", "map(", "verdicts[", " in answers"].contains { fact.text.contains($0) }
  }

  private func sentence(
    _ sentences: [Verdict: Template], _ verdict: Verdict, _ facts: [Explanation.Fact]
  ) -> String {
    sentences[verdict]?.text(self.facts) ?? facts.map(\.text).joined(separator: ", ")
  }

  private func judge(_ call: CheckCall) -> Judgement {
    guard let check = CheckTable.named(call.name) else {
      return Judgement(Doubt(.notModelled, "there is no check \(call.name)"))
    }
    if !check.kinds.isEmpty, let object = facts.object {
      let kind = type(of: object).resource.kind
      guard check.kinds.contains(kind) else { return Judgement(.notApplicable, "not for a \(kind)") }
    }
    var judgement = check.judge(facts, call.arguments)
    if let mapped = call.mapping[judgement.verdict], mapped != judgement.verdict {
      if mapped == .unknown {
        judgement.doubt = Doubt(.notModelled, judgement.sentence)
      } else {
        judgement.doubt = nil
      }
      judgement.verdict = mapped
    }
    if let said = call.sentences[judgement.verdict] { judgement.sentence = said.text(facts) }
    return judgement
  }

  /// Looks for patterns in what was read; nil before anything was.
  private func judge(_ matching: Matching, _ given: PlaybookRun.Contribution?) -> (Judgement?, Override?) {
    switch given {
    case .noText(let doubt)?: return (Judgement(doubt), nil)
    case .answer(let isProblem)?: return (Judgement(isProblem ? .problem : .ok, "judged by a person"), nil)
    case .text(let text)?: return judge(matching, text)
    case .output(let text, let doubt)?:
      let (judgement, override) = judge(matching, text)
      return override == nil ? (Judgement(doubt), nil) : (judgement, override)
    default: return (nil, nil)
    }
  }

  /// Looks for patterns in a text; with an override when one was found.
  private func judge(_ matching: Matching, _ text: String) -> (Judgement, Override?) {
    let lines = TextLines(text)
    for rule in matching.rules {
      guard let line = lines.last(matching: rule.pattern) else { continue }
      let said = rule.sentence?.text(facts, line: line) ?? line
      return (
        Judgement(rule.verdict, said, evidence: [evidence(line)]),
        Override(next: rule.next, cause: rule.cause, line: line)
      )
    }
    if matching.usesKnownErrors, let (error, line) = KnownError.find(in: lines) {
      return (
        Judgement(.problem, "\(error.meaning): \(line)", evidence: [evidence(line)]), Override(line: line)
      )
    }
    if lines.isEmpty { return (Judgement(Doubt(.failed, "there is no text")), nil) }
    if matching.otherwise == .unknown {
      return (
        Judgement(
          Doubt(.failed, "nothing of the kind in \(lines.count == 1 ? "1 line" : "\(lines.count) lines"): read them")),
        nil
      )
    }
    let count = lines.count == 1 ? "1 line" : "\(lines.count) lines"
    return (Judgement(matching.otherwise, "nothing of the kind in \(count)"), nil)
  }

  /// Whether the same question was answered in the same way each time; nil before it has been asked often enough.
  private func compare(_ texts: [String], _ step: Step, _ repeats: Int) -> Judgement? {
    let given = run.contribution(to: step.id)?.what
    switch given {
    case .noText(let doubt)?: return Judgement(doubt)
    case .answer(let isProblem)?: return Judgement(isProblem ? .problem : .ok, "judged by a person")
    default: break
    }
    guard texts.count >= repeats else { return nil }
    let answers = texts.suffix(repeats).map { RepeatedAnswer($0) }
    for (number, answer) in answers.enumerated().dropFirst() {
      guard let difference = answer.difference(from: answers[0]) else { continue }
      return Judgement(
        .problem, "answer \(number + 1) of \(repeats) differs from the first: \(difference)",
        evidence: answers.enumerated().map { evidence("answer \($0 + 1): \($1.size)") })
    }
    return Judgement(.ok, "\(repeats) times the same: \(answers[0].size)")
  }

  private func evidence(_ line: String) -> Evidence {
    Evidence(facts.object?.reference ?? ObjectReference(), "text", line)
  }
}
