import ClusterState
import Diagnosis
import Draining
import Kube
import PlainInterface
import PlaybookKit
import Remedies
import Terminal

extension Interface {
  /// So many runs are kept for coming back to them.
  static let mostGuidedRuns = 30

  // MARK: Opening

  /// The playbook for the row of a table.
  func openPlaybook(for id: String, in table: TableView) -> [Effect] {
    if let effects = openDrainPlaybook(for: id, in: table) { return effects }
    var wish = PlaybookPage.Wish()
    if let group = (table.source as? TriageSource)?.group(id), let worst = group.findings.first {
      wish.object = worst.object
      wish.codes = group.findings.map(\.code)
    } else if let object = table.source.object(id) {
      wish.object = object.reference
      wish.container = object.container
    } else {
      show("there is no object here that a playbook could look at: :playbooks lists all")
      return []
    }
    return openPlaybook(wish)
  }

  /// Puts a playbook's page on top of the pages.
  func openPlaybook(_ wish: PlaybookPage.Wish) -> [Effect] {
    let content = PlaybookPage(wish)
    let name = wish.object?.name ?? ""
    let crumb = [name, wish.playbook ?? "playbook"].filter { !$0.isEmpty }.joined(separator: " ")
    push(
      Page(
        crumb: crumb, address: "", kubectl: "podmedic explain \(wish.object?.shortText ?? "")",
        content: .playbook(content)))
    return advance(content)
  }

  /// `:playbook NAME [[KIND/]NAME [NAMESPACE]]`.
  func openPlaybook(_ name: String, _ object: String?, _ namespace: String?) -> [Effect] {
    guard let playbook = playbooks[name] else {
      show("there is no playbook \"\(name)\"; :playbooks lists all", role: .warning)
      return []
    }
    if object == nil, playbook.scope.findings.isEmpty, offerSubjects(of: playbook) { return [] }
    var wish = PlaybookPage.Wish()
    wish.playbook = name
    if let object, !playbook.scope.kinds.isEmpty {
      let parts = object.split(separator: "/", maxSplits: 1).map(String.init)
      let word = parts.count > 1 ? parts[0] : playbook.scope.kinds[0]
      guard let kind = builtInKind(named: word.lowercased()), let own = parts.last else {
        show("podmedic does not know the kind \"\(word)\"", role: .warning)
        return []
      }
      var reference = ObjectReference()
      reference.kind = kind.resource.kind
      reference.apiVersion = kind.resource.apiVersion
      reference.namespace = kind.resource.isNamespaced ? namespace ?? "" : ""
      reference.name = own
      wish.object = reference
    }
    return openPlaybook(wish)
  }

  /// No finding tells what the playbook should look at: offers everything that it could, as far as that is read; false
  /// when it is not.
  private func offerSubjects(of playbook: Playbook) -> Bool {
    guard let kind = playbook.scope.kinds.first, playbook.scope.kinds.count == 1,
      let type = PlaybookScope.type(ofKind: kind), let store = cluster.store(of: type),
      store.freshness.isComplete, store.count > 0
    else { return false }
    let name = playbook.name
    let isNamespaced = type.resource.isNamespaced
    let headers = isNamespaced ? [kind.uppercased(), "NAMESPACE"] : [kind.uppercased()]
    let source = FixedTableSource(title: "\(kind.lowercased()) for \(name)", headers: headers) { [unowned self] in
      var rows: [FixedTableSource.Row] = []
      cluster.store(of: type)?.forEach { object in
        let (own, namespace) = (object.metadata.name, object.metadata.namespace)
        rows.append(
          FixedTableSource.Row(
            id: "\(namespace)/\(own)", cells: isNamespaced ? [own, namespace] : [own],
            command: "playbook \(name) \(kind.lowercased())/\(own) \(namespace)"))
      }
      return rows
    }
    push(source, address: "playbook \(name)", kubectl: "kubectl get \(type.resource.plural)")
    return true
  }

  /// `:playbooks`, or those that could look at an object, the offered ones first.
  func openPlaybooks(for page: PlaybookPage? = nil) {
    let subject = page?.guided?.run.subject ?? page?.wish.object
    let behind = subject.map { " \($0.kind.lowercased())/\($0.name) \($0.namespace)" } ?? ""
    let offers = page?.offers ?? []
    // Offered for an object: what fits it, and what could look at it nevertheless.
    let shown = playbooks.entries.map(\.playbook).filter { playbook in
      guard let subject, page?.refusal == nil else { return true }
      return offers.contains(playbook.name) || playbook.scope.kinds.isEmpty
        || playbook.scope.kinds.contains(subject.kind)
    }
    let headers = subject == nil ? ["NAME", "TITLE", "ABOUT"] : ["NAME", "FITS", "TITLE", "ABOUT"]
    let source = FixedTableSource(title: "playbooks", headers: headers, sortedBy: subject == nil ? 0 : 1) {
      shown.map { playbook in
        let place = offers.firstIndex(of: playbook.name)
        let fits = subject == nil ? [] : [place.map { $0 == 0 ? "best" : "yes" } ?? ""]
        let about = playbook.scope.kinds.isEmpty ? "the cluster" : playbook.kindWords
        return FixedTableSource.Row(
          id: playbook.name, cells: [playbook.name] + fits + [playbook.title, about],
          severity: place == nil ? .none : .notice, command: "playbook \(playbook.name)\(behind)")
      }
    }
    push(source, address: "playbooks", kubectl: "podmedic playbook list")
  }

  // MARK: Going on

  /// The cluster has been diagnosed: the run that is shown is looked at anew.
  public func diagnosed() -> [Effect] {
    guard let page = page?.playbook else { return askAboutDrain() }
    page.guided?.isDirty = true
    return advance(page)
  }

  /// Evaluates the run that is shown if something has happened to it, and asks for what it can read by itself.
  func advance() -> [Effect] { page?.playbook.map { advance($0) } ?? askAboutDrain() }

  private func advance(_ page: PlaybookPage) -> [Effect] {
    choose(page)
    guard let guided = page.guided else { return [] }
    evaluate(guided)
    let effects = keep(guided)
    guard isRead(page), let next = guided.nextReading else { return effects }
    return effects + read(next.target, for: next.step, guided)
  }

  /// What is to be kept of a run for other sessions, or taken up from earlier ones; nothing of a capture.
  private func keep(_ guided: GuidedRun) -> [Effect] {
    guard session.capture == nil else { return [] }
    var effects: [Effect] = []
    if guided.mustBeRecalled {
      let id = freshID()
      readings[id] = guided
      effects.append(.recallRun(id: id, name: guided.keptName))
    } else if guided.mustBeKept {
      effects.append(.keepRun(name: guided.keptName, guided.run.saved))
      guided.mustBeKept = false
    }
    guided.mustBeRecalled = false
    return effects
  }

  /// What was kept of a run; nil when nothing was.
  public func runRecalled(id: Int, _ saved: JSONValue?) -> [Effect] {
    guard let guided = readings.removeValue(forKey: id), let saved else { return [] }
    guided.recall(saved)
    return advance()
  }

  /// Looks everything up anew, if something has happened since that was done last.
  func evaluate(_ guided: GuidedRun) {
    guard guided.isDirty, let triage = findings.report else { return }
    guided.isDirty = false
    let run = guided.run
    let facts = run.facts(
      cluster, triage: triage, events: events, usage: usage(of: run),
      version: KubernetesVersion(session.serverVersion), now: now)
    facts.makeSnapshot = { [unowned self] _ in schedulingSnapshot() }
    facts.findDrains = { [unowned self] in drains(DrainOrder.Target($0)) }
    guided.forgetEarlierRounds(facts)
    guided.take(guided.run.evaluate(facts))
    if let top = facts.ownerChain.last as? any KubeObject, facts.ownerChain.count > 1 { guided.owner = top.reference }
  }

  private func usage(of run: PlaybookRun) -> Lookup<[String: UsageRecord]> {
    guard run.playbook.wantsUsage, let subject = run.subject, subject.kind == "Pod" else { return .none }
    return containerUsage(subject.namespace, subject.name)
  }

  /// Whether a run waits for something that has been asked for.
  func isWaiting(_ page: PlaybookPage) -> Bool {
    guard let guided = page.guided else { return page.refusal == nil }
    if !guided.pending.isEmpty || guided.isCommandWorking { return true }
    if case .unknown(let doubt) = usage(of: guided.run) { return doubt.reason == .notRead && session.capture == nil }
    return false
  }

  private func read(_ target: ReadTarget, for step: String, _ guided: GuidedRun) -> [Effect] {
    let id = freshID()
    guided.beginReading(id, step)
    readings[id] = guided
    return [.readText(id: id, target)]
  }

  /// What a run wanted to have read has come, or why it has not.
  public func textRead(id: Int, _ contribution: PlaybookRun.Contribution) -> [Effect] {
    guard let guided = readings.removeValue(forKey: id), let step = guided.endReading(id) else { return [] }
    guided.add(contribution, to: step, at: now)
    if guided.run.wantsMore(for: step), case .read(let target)? = guided.report?.step(step)?.request {
      return read(target, for: step, guided)
    }
    return advance()
  }

  // MARK: Keys

  func perform(_ action: Action, on page: PlaybookPage) -> [Effect] {
    if action == .otherPlaybooks {
      openPlaybooks(for: page)
      return []
    }
    guard let guided = page.guided else {
      if action == .performStep, page.refusal != nil, let name = page.wish.playbook, let playbook = playbooks[name] {
        startPrompt(.subject(playbook: name, kinds: playbook.kindWords))
      }
      return []
    }
    switch action {
    case .up: guided.move { $0.move(by: -1) }
    case .down: guided.move { $0.move(by: 1) }
    case .top: guided.move { $0.move(to: 0) }
    case .bottom: guided.move { $0.move(to: Int.max) }
    case .pageUp: guided.detail.move { $0.page(by: -1) }
    case .pageDown: guided.detail.move { $0.page(by: 1) }
    case .exportRun: return export(guided)
    case .stepBack:
      show(guided.back() ? "taken back" : "nothing was answered, read or skipped yet; esc leaves")
    case .performStep:
      if guided.doubt != nil, let owner = guided.owner {
        return pop() + openPlaybook(PlaybookPage.Wish(object: owner, playbook: guided.playbook.name))
      }
      if case .continuation(let name)? = guided.current {
        return openPlaybook(PlaybookPage.Wish(object: guided.run.subject, playbook: name))
      }
      return perform(guided)
    case .rereadStep: return reread(guided)
    case .placement: openPlacement(of: guided)
    default: contribute(action, guided)
    }
    if action == .copyCommands, let step = guided.step, !step.commands.isEmpty {
      let lines = step.commands.map { line in
        line.hasPrefix("kubectl ") ? session.kubectlPrefix + line.dropFirst("kubectl".count) : line
      }
      return [.copy(lines.joined(separator: "\n"), what: lines.count == 1 ? "command" : "\(lines.count) commands")]
    }
    return []
  }

  /// What a person says to a step.
  private func contribute(_ action: Action, _ guided: GuidedRun) {
    guard let step = guided.step else { return }
    guard step.isReached else { return show("this step is not on the way") }
    switch action {
    case .answerYes, .answerNo:
      switch step.request {
      case .ask, .read, .run:
        guided.add(.answer(action == .answerYes), to: step.id, at: now)
        guided.choose(nil)
      case .remedy: show("enter shows what it would change, and asks then")
      case nil where step.action == "manual": show("not now: \(step.sentence)")
      case nil: show("podmedic looks at this by itself; there is nothing to answer")
      }
    case .skipStep where step.verdict == .notApplicable: show("it is left out anyway: \(step.sentence)")
    case .skipStep:
      guided.add(.skip, to: step.id, at: now)
      guided.choose(nil)
    case .noteStep: startPrompt(.note(step: step.id))
    case .copyCommands: if step.commands.isEmpty { show("this step has no command") }
    default: break
    }
  }

  /// Does what a step asks for.
  private func perform(_ guided: GuidedRun) -> [Effect] {
    guard let step = guided.step else { return [] }
    guard step.isReached else {
      show("this step is not on the way")
      return []
    }
    switch step.request {
    case .read(let target): return guided.isReading(step.id) ? [] : read(target, for: step.id, guided)
    case .run(let order): return runCommand(order, of: step.id, guided)
    case .ask: show("y answers yes, n answers no, s leaves it out")
    case .remedy(let offer):
      guard mayWrite() else { return [] }
      guard offer.problem == nil else {
        startPrompt(.parameters(step: step.id, title: offer.order.name.rawValue))
        return []
      }
      return start(offer.order, of: step.id, guided)
    case nil where step.showsPlacement: openPlacement(of: guided)
    case nil where step.showsDrain: return openDrain(guided.run.subject.map { [$0.name] } ?? [])
    case nil: show("podmedic looks at this by itself, again whenever something changes")
    }
    return []
  }

  /// The page of nodes and filters for what a run is about.
  private func openPlacement(of guided: GuidedRun) {
    guard let subject = guided.run.subject.flatMap(rowObject) else { return show("there is no pod here to place") }
    openPlacement(of: subject)
  }

  private func reread(_ guided: GuidedRun) -> [Effect] {
    guard let step = guided.step, case .read(let target)? = step.request, !guided.isReading(step.id) else {
      show("only what was read can be read again; checks follow the cluster by themselves")
      return []
    }
    return read(target, for: step.id, guided)
  }

  private func export(_ guided: GuidedRun) -> [Effect] {
    guard let report = guided.report else { return [] }
    var place = CheckReport.Cluster()
    place.context = session.context
    place.version = session.serverVersion
    place.namespace = namespace
    let name = [guided.playbook.name, report.subject?.name ?? ""].filter { !$0.isEmpty }.joined(separator: "-")
    return [.save(name: "\(name).md", text: RunReportWriter(report, cluster: place).markdown)]
  }

  // MARK: Prompts

  /// A note to the step that is shown.
  func note(_ text: String, to step: String) {
    guard let guided = page?.playbook?.guided, !text.isEmpty else { return }
    guided.add(.note(text), to: step, at: now)
  }

  /// The object that a playbook was to be told.
  func openPlaybook(_ name: String, onTyped text: String) -> [Effect] {
    let words = text.split(separator: " ").map(String.init)
    guard let object = words.first else { return [] }
    return pop() + openPlaybook(name, object, words.count > 1 ? words[1] : nil)
  }

  /// Starts the remedy of a step with what was left for a person to fill in: `name=value name=value`.
  func startRemedy(of step: String, typed text: String) -> [Effect] {
    guard let guided = page?.playbook?.guided, case .remedy(let offer)? = guided.report?.step(step)?.request,
      !text.isEmpty
    else { return [] }
    var order = offer.order
    for word in text.split(separator: " ") {
      let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2 else {
        show("parameters are given as name=value, not \"\(word)\"", role: .warning)
        return []
      }
      order.parameters[sides[0]] = sides[1]
    }
    return start(order, of: step, guided)
  }

  // MARK: Remedies

  /// Opens the page of a remedy, where everything up to the question happens, and remembers which step it is for.
  private func start(_ order: RemedyOrder, of step: String, _ guided: GuidedRun) -> [Effect] {
    let effects = startRemedy(order)
    for case .startRemedy(let id, _) in effects { remedyOrigins[id] = (guided, step) }
    return effects
  }

  /// A remedy has ended: its step knows how, and what shows whether it helped comes next.
  func remedyEnded(id: Int, _ outcome: RemedyOutcome) {
    guard let (guided, step) = remedyOrigins.removeValue(forKey: id) else { return }
    switch outcome {
    case .succeeded:
      guided.add(.applied(true, outcome.sentence), to: step, at: now)
      if case .remedy(let offer)? = guided.report?.step(step)?.request { guided.choose(offer.verify) }
    // What was applied and not waited for is neither well nor in trouble yet.
    case .left: guided.add(.note(outcome.sentence), to: step, at: now)
    default:
      if outcome.changedCluster != false { guided.add(.applied(false, outcome.sentence), to: step, at: now) }
    }
  }
}

extension RowObject {
  /// How others refer to it.
  var reference: ObjectReference {
    var reference = ObjectReference()
    reference.kind = resource.kind
    reference.apiVersion = resource.apiVersion
    reference.namespace = namespace
    reference.name = name
    reference.uid = uid
    return reference
  }
}
