import ClusterState
import Draining
import Kube
import Remedies
import Terminal

/// What a page about a drain is about.
enum DrainPage {
  /// What would be done.
  case plan(DrainDraft)
  /// What is being done, or was.
  case run(DrainShow)
}

extension Interface {
  // MARK: The plan

  /// Opens the plan for the nodes of the marked rows, or of the row under the cursor.
  func openDrain(from table: TableView) -> [Effect] {
    let names = table.selection.compactMap { table.source.object($0)?.name }
    return names.isEmpty ? [] : openDrain(names)
  }

  /// `:drain NODE…`; without names what is being drained, or was last.
  func openDrain(_ names: [String], terms: DrainTerms? = nil) -> [Effect] {
    if let drain, drain.isRunning || names.isEmpty {
      if !names.isEmpty { show("one drain at a time: this one is still going on", role: .warning) }
      showDrain(drain)
      return []
    }
    guard !names.isEmpty else {
      show("name a node: :drain NODE, or r on a row of :nodes")
      return []
    }
    if let why = whyNoPlan(names) {
      show(why, role: .warning)
      return []
    }
    let nodes = names.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    // Somebody who looks something up comes back to the plan that was left.
    let draft = DrainDraft(id: freshID(), nodes: nodes, terms: terms ?? drainTerms[nodes] ?? DrainTerms())
    push(
      Page(
        crumb: "drain \(Self.words(nodes))", address: "drain \(nodes.joined(separator: " "))",
        kubectl: kubectl(draft), content: .table(table(ComposedSource.drainPlan(draft, self))), drain: .plan(draft)))
    return []
  }

  /// Why there is no plan for what was named; nil where there is one, or where nodes are not known yet.
  func whyNoPlan(_ names: [String]) -> String? {
    if let flag = names.first(where: { $0.hasPrefix("-") }) {
      return "\(flag) is no node: flags are keys on the page of the plan, :drain takes names only"
    }
    return names.first(where: isAway).map { "node \($0) does not exist" }
  }

  /// `node-1`, or `3 nodes`: how a drain is named, and what a person types to agree.
  static func words(_ nodes: [String]) -> String { nodes.count == 1 ? nodes[0] : "\(nodes.count) nodes" }

  /// What a person types to agree: the name, and where etcd loses its quorum with the nodes that too.
  private static func consent(_ draft: DrainDraft) -> String {
    words(draft.nodes) + (draft.plan?.nodesOfTheQuorum.isEmpty == false ? " without quorum" : "")
  }

  private func kubectl(_ draft: DrainDraft) -> String {
    // kubectl has no batches: what it cannot do is podmedic's command.
    let flags = draft.terms.flags
    let isKubectls = flags == draft.terms.options.flags
    let words = (["drain"] + draft.nodes + flags).joined(separator: " ")
    return "\(isKubectls ? session.kubectlPrefix : session.ownPrefix) \(words)"
  }

  private func change(_ draft: DrainDraft, _ change: (inout DrainTerms) -> Void) {
    var terms = draft.terms
    change(&terms)
    draft.terms = terms
    drainTerms[draft.nodes] = terms
    page?.kubectl = kubectl(draft)
  }

  /// What must still be asked about the plan that is shown.
  func askAboutDrain() -> [Effect] {
    guard case .plan(let draft)? = page?.drain, session.capture == nil, let questions = draft.takeQuestions() else {
      return []
    }
    return [.readDrainFacts(id: draft.id, nodes: questions.nodes, calls: questions.calls)]
  }

  /// Whether what was asked about the plan that is shown is not answered yet.
  var isAskingAboutDrain: Bool { if case .plan(let draft)? = page?.drain { draft.isAsking } else { false } }

  /// What was asked about a plan has been answered.
  public func drainFactsRead(id: Int, _ facts: DrainFacts) -> [Effect] {
    for page in pages {
      guard case .plan(let draft)? = page.drain, draft.id == id else { continue }
      draft.take(facts)
      page.table?.update(now: now)
    }
    return askAboutDrain()
  }

  // MARK: Keys of the plan

  func perform(_ action: Action, on draft: DrainDraft) -> [Effect] {
    switch action {
    case .ignoreDaemonSets: change(draft) { $0.options.ignoreDaemonSets.toggle() }
    case .deleteEmptyDirData: change(draft) { $0.options.deleteEmptyDirData.toggle() }
    case .forceDrain: change(draft) { $0.options.force.toggle() }
    case .disableEviction: change(draft) { $0.options.disableEviction.toggle() }
    case .waitReady: change(draft) { $0.waitsReady.toggle() }
    case .gracePeriod: startPrompt(.drainOption(.gracePeriod, draft.terms))
    case .drainTimeout: startPrompt(.drainOption(.timeout, draft.terms))
    case .skipWait: startPrompt(.drainOption(.skipWait, draft.terms))
    case .podSelector: startPrompt(.drainOption(.podSelector, draft.terms))
    case .drainBatch: startPrompt(.drainOption(.batch, draft.terms))
    case .beginDrain: askToBegin(draft)
    default: break
    }
    return []
  }

  /// Takes a value that was typed.
  func setDrainOption(_ key: DrainOptionKey, _ text: String) {
    guard case .plan(let draft)? = page?.drain else { return }
    var problem: String?
    change(draft) { problem = key.set(text, in: &$0) }
    if let problem { show(problem, role: .warning) }
    page?.table?.update(now: now)
  }

  private func askToBegin(_ draft: DrainDraft) {
    guard mayWrite() else { return }
    if let drain, drain.isRunning {
      return show("one drain at a time: :drain shows the one that goes on", role: .warning)
    }
    guard let plan = draft.plan, isRead(DrainPlanner.reads) else {
      return show("the cluster is still being read")
    }
    let missing = draft.nodes.filter { name in !plan.nodes.contains { $0.name == name } }
    if let gone = missing.first { return show("node \(gone) does not exist", role: .warning) }
    // Of budgets a person may get the better while it runs; of what kubectl refuses and the server forbids not.
    let refused = plan.pods.filter { $0.verdict.action == .refuse }
    if let first = refused.first {
      let flags = Set(refused.flatMap(\.verdict.flags)).sorted()
      let way = flags.isEmpty ? first.verdict.reason : "it wants \(flags.joined(separator: " "))"
      return show("refused because of \(refused.count) pod\(refused.count == 1 ? "" : "s"): \(way)", role: .warning)
    }
    if let denied = plan.access.first(where: { $0.answer == .denied }) {
      return show("nothing was begun: you may not \(denied.text)", role: .warning)
    }
    startPrompt(.drain(Self.consent(draft), count: draft.nodes.count))
  }

  /// What a person has typed to agree to the drain of the plan that is shown.
  func beginDrain(typed text: String) -> [Effect] {
    guard case .plan(let draft)? = page?.drain, mayWrite() else { return [] }
    guard text == Self.consent(draft) else {
      show("nothing was begun: that is not \"\(Self.consent(draft))\"", role: .warning)
      return []
    }
    let targets = draft.nodes.compactMap { cluster.get(Node.self, name: $0) }.map { DrainOrder.Target($0) }
    guard targets.count == draft.nodes.count else {
      show("nothing was begun: not all of the nodes exist any more", role: .warning)
      return []
    }
    var order = DrainOrder(nodes: targets, options: draft.terms.options)
    order.batch = draft.terms.batch
    order.waitsReady = draft.terms.waitsReady
    let drain = DrainShow(id: freshID(), order: order, in: cluster)
    self.drain = drain
    drainTerms[draft.nodes] = nil
    // The run takes the plan's place.
    pages.removeLast()
    showDrain(drain)
    return [.startDrain(id: drain.id, order)]
  }

  // MARK: Playbooks

  /// The playbook for a row of a drain: the budget's where one stands in the way, the maintenance of the node; nil where
  /// the object itself is what it is about.
  func openDrainPlaybook(for id: String, in table: TableView) -> [Effect]? {
    guard let drain = page?.drain else { return nil }
    if id == "answer" || id == "flags" || id == "whole" || id.hasPrefix("node ") {
      guard let name = table.source.object(id)?.name else { return nil }
      return openPlaybook("node-maintenance", name, nil)
    }
    switch drain {
    case .plan(let draft):
      let pod = draft.plan?.pods.first { "pod \($0.uid)" == id }
      guard let budget = pod?.blockedBy.first(where: { $0.state != .allowed })?.budget else { return nil }
      return openPlaybook("pdb-blocked", budget.name, budget.namespace)
    case .run(let show):
      guard let pod = show.pods.first(where: { "pod \($0.pod.uid)" == id }),
        let budget = budget(inTheWayOf: pod)
      else { return nil }
      return openPlaybook("pdb-blocked", budget, pod.pod.namespace)
    }
  }

  /// The budget that keeps a pod, by its name; nil where none does. The server names it in a 429 only: of two budgets for
  /// one pod its answer names none.
  private func budget(inTheWayOf pod: PodProgress) -> String? {
    switch pod.state {
    case .blocked(let block) where !block.budget.isEmpty: return block.budget
    case .blocked, .ended(.failed): break
    case .waiting, .evicting, .retrying, .terminating, .ended: return nil
    }
    guard let known = cluster.get(Pod.self, namespace: pod.pod.namespace, name: pod.pod.name),
      known.metadata.uid == pod.pod.uid
    else { return nil }
    return cluster.all(PodDisruptionBudget.self).filter {
      $0.metadata.namespace == pod.pod.namespace && $0.spec.selector?.matches(known.metadata.labels) == true
    }.map(\.metadata.name).min()
  }

  // MARK: Leaving

  /// Ends the program; while a drain goes on only when that is said twice.
  func quit() -> [Effect] {
    guard let drain, drain.isRunning, !hasWarnedOfDrain else { return [.quit] }
    hasWarnedOfDrain = true
    show("a drain is going on: once more quits and leaves it where it is", role: .warning)
    return []
  }
}

extension Action {
  /// Whether it means something for the page of a drain only.
  var isAboutDrain: Bool {
    switch self {
    case .drain, .beginDrain, .pauseDrain, .cancelDrain, .skipPod, .resumeDrain, .ignoreDaemonSets, .deleteEmptyDirData,
      .forceDrain, .disableEviction, .waitReady, .gracePeriod, .drainTimeout, .podSelector, .skipWait, .drainBatch,
      .uncordon:
      true
    default: false
    }
  }
}
