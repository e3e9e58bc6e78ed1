import Kube
import Remedies
import Terminal

extension Interface {
  // MARK: From a table

  /// More objects are not changed with one word: nobody reads such a plan.
  static let mostChanged = 50

  /// A key that changes the object of the row, or all that are marked.
  func startChange(_ action: Action, on table: TableView) -> [Effect] {
    let chosen = table.selection.compactMap(table.source.object)
    guard !chosen.isEmpty, mayWrite() else { return [] }
    guard chosen.count <= Self.mostChanged else {
      show("at most \(Self.mostChanged) at a time; ctrl-\\ takes the \(chosen.count) marks away", role: .warning)
      return []
    }
    guard chosen.allSatisfy({ $0.container == nil }) else {
      show("a container cannot be changed by itself: its pod can", role: .warning)
      return []
    }
    func orders(_ name: (RowObject) -> RemedyName) -> [RemedyOrder] {
      chosen.map { RemedyOrder(name($0), $0.reference) }
    }
    switch action {
    case .scale:
      startPrompt(.replicas(chosen))
      return []
    case .cordon: return startRemedies(orders { _ in .cordon })
    case .uncordon: return startRemedies(orders { _ in .uncordon })
    case .restart: return startRemedies(orders { _ in .rolloutRestart })
    case .trigger, .suspendCronJob: return changeCronJobs(action, chosen)
    default: return startRemedies(orders { $0.resource.kind == "Pod" ? .deletePod : .deleteObject })
    }
  }

  /// Opens the page of a remedy for an object.
  public func startRemedy(_ name: RemedyName, on object: RowObject, _ parameters: [String: String] = [:]) -> [Effect] {
    startRemedy(RemedyOrder(name, object.reference, parameters))
  }

  /// Opens the page of a remedy.
  public func startRemedy(_ order: RemedyOrder) -> [Effect] { startRemedies([order]) }

  /// Opens the page of the same remedy for several objects of one kind, which asks once for all of them; those that want
  /// a name typed are asked about one by one after that.
  func startRemedies(_ orders: [RemedyOrder]) -> [Effect] {
    guard mayWrite(), let first = orders.first else { return [] }
    if let kind = first.kind, let problem = kind.problem(with: first.parameters) {
      show(problem, role: .warning)
      return []
    }
    let parts = orders.map { RemedyPage.Part(id: freshID(), order: $0) }
    let remedy = RemedyPage(parts[0], Array(parts.dropFirst()))
    let isOfOneKind = orders.allSatisfy { $0.object.kind == first.object.kind }
    let kind = isOfOneKind ? first.object.kind.lowercased() : "object"
    let object = parts.count == 1 ? first.object.name : "\(parts.count) \(kind)s"
    push(
      Page(
        crumb: "\(object) \(first.name.rawValue)", address: "", kubectl: session.kubectlPrefix,
        content: .remedy(remedy)))
    return parts.map { .startRemedy(id: $0.id, $0.order) }
  }

  /// Whether anything may be changed; says why not.
  func mayWrite() -> Bool {
    guard let refusal = session.writeRefusal else { return true }
    show(refusal, role: .warning)
    return false
  }

  // MARK: On its page

  func perform(_ action: Action, on remedy: RemedyPage) -> [Effect] {
    switch action {
    case .up: remedy.move { $0.move(by: -1) }
    case .down: remedy.move { $0.move(by: 1) }
    case .pageUp: remedy.move { $0.page(by: -1) }
    case .pageDown: remedy.move { $0.page(by: 1) }
    case .top: remedy.move { $0.toStart() }
    case .bottom: remedy.move { $0.toEnd() }
    case .agree: return agree(remedy)
    case .decline:
      return remedy.parts.filter { $0.run?.outcome == nil }.map { .leaveRemedy(id: $0.id) }
    case .undo:
      let undos = remedy.parts.compactMap(\.run?.undo)
      guard !undos.isEmpty, remedy.run?.outcome != nil else {
        show("there is nothing to take back")
        return []
      }
      return pop() + startRemedies(undos)
    default: break
    }
    return []
  }

  private func agree(_ remedy: RemedyPage) -> [Effect] {
    let asking = remedy.parts.filter { $0.run?.phase == .confirming }
    guard let first = asking.first?.run else { return [] }
    guard !remedy.isWorking else {
      show("not everything is tried yet")
      return []
    }
    let plain = asking.filter { $0.run?.remedy?.confirmation == .yes }
    if plain.isEmpty { startPrompt(.reply(first.question)) }
    return plain.map { .replyToRemedy(id: $0.id, "y") }
  }

  /// `:unlock NAME`.
  func unlock(_ name: String) -> [Effect] {
    guard name == session.context, !name.isEmpty else {
      show("name the context to unlock it: :unlock \(session.context)", role: .warning)
      return []
    }
    return [.unlock(name)]
  }

  // MARK: Answers

  /// A run has begun or gone on. Answers whether there is still a page for it.
  public func remedyChanged(id: Int, _ run: RemedyRun) -> Bool {
    var isShown = false
    for page in pages {
      guard let remedy = page.remedy, remedy.has(id) else { continue }
      isShown = true
      remedy.update(id: id, run)
      let lines = remedy.parts.compactMap { $0.run?.remedy?.kubectl.first }
      if !lines.isEmpty {
        page.kubectl = lines.map { session.kubectlPrefix + $0.dropFirst("kubectl".count) }.joined(separator: "\n")
      }
    }
    if let outcome = run.outcome { remedyEnded(id: id, outcome) }
    // The answer to a question that is not asked any more must not reach the next one.
    if case .reply = prompt?.kind, page?.remedy?.has(id) == true, run.phase != .confirming { prompt = nil }
    return isShown
  }

  /// A run could not begin.
  public func remedyRefused(id: Int, _ reason: String) {
    if page?.remedy?.has(id) == true { _ = pop() }
    show(reason, role: .warning)
  }

  /// The journal has been read, or not.
  public func showHistory(_ history: Result<JournalHistory, JournalFailure>) {
    if let table = page?.table, let source = table.source as? HistorySource {
      source.take(history)
      return table.update(now: now)
    }
    push(HistorySource(history), address: "history", kubectl: "podmedic history --long")
  }

  /// Takes back what a line of the journal says, also when podmedic has ended since.
  func undo(_ record: JournalHistory.Record) -> [Effect] {
    guard record.isAbout(context: session.context, cluster: session.cluster) else {
      let place = record.entry.context.isEmpty ? record.entry.cluster : record.entry.context
      show("this was done in \(place): go there first, :ctx \(place)", role: .warning)
      return []
    }
    guard let order = record.entry.back else {
      show(record.whyNoUndo ?? "", role: .warning)
      return []
    }
    return startRemedy(order)
  }

  // MARK: Drawing

  func drawRemedy(_ remedy: RemedyPage, in area: Rect, _ grid: inout Grid) {
    let (title, body) = area.splitTop(showsCrumbs ? 1 : 0)
    bodyArea = body
    let inner = Rect(row: body.row, column: 1, rows: body.rows, columns: max(1, body.columns - 2))
    remedy.setSize(Size(columns: inner.columns, rows: inner.rows))
    let word = remedy.run.map(\.phase).map(Self.word) ?? "beginning"
    drawTitle([], condition: TableCondition(word: word, role: .accent), in: title, &grid)
    remedy.view.draw(into: &grid, area: inner)
  }

  private static func word(_ phase: RemedyPhase) -> String {
    switch phase {
    case .reading, .checkingAccess, .dryRunning: "trying"
    case .confirming: "nothing changed yet"
    case .recording, .applying, .verifying: "applying"
    case .waiting: "applied, waiting"
    case .finished(let outcome): outcome.word
    }
  }
}
