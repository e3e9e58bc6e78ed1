import ClusterState
import Diagnosis
import Kube
import PlaybookKit

extension Interface {
  // MARK: Needs

  /// The kinds that a playbook's page must have read.
  func needs(of page: PlaybookPage) -> Set<Need> {
    var types = Triage.resources
    if let guided = page.guided {
      types += guided.run.reads
    } else if page.refusal != nil {
      return []
    } else if let kind = page.wish.object?.kind, let type = PlaybookScope.type(ofKind: kind) {
      types.append(type)
    }
    // Nodes and quotas are shared: what is about another namespace than the one shown, or none, needs all.
    let place = (page.guided?.run.subject ?? page.wish.object)?.namespace
    let scope = place == namespace ? namespace : nil
    return Set(
      types.compactMap { catalog.served($0) }.map { Need(resource: $0, namespace: $0.isNamespaced ? scope : nil) })
  }

  /// Whether everything a playbook's page needs is read, or cannot be.
  func isRead(_ page: PlaybookPage) -> Bool {
    needs(of: page).allSatisfy { need in
      switch cluster.store(need.resource)?.freshness {
      case nil, .unread, .loading: false
      case .live, .stale, .forbidden, .notServed, .notCaptured, .failed: true
      }
    }
  }

  // MARK: Choosing

  /// Finds playbook and object, as soon as what decides about them has been read.
  func choose(_ page: PlaybookPage) {
    guard page.guided == nil, page.refusal == nil, let report = findings.report, isRead(page) else { return }
    var object: (any KubeObject)?
    if let wanted = page.wish.object {
      switch find(wanted) {
      case .found(let found): object = found
      case .none: return refuse(page, "\(wanted.shortText) does not exist")
      case .unknown(let doubt): return refuse(page, doubt.text)
      }
    }
    page.offers = object.map { offers($0, report, page.wish.codes).map(\.name) } ?? []
    if page.wish.playbook == nil, page.wish.codes.isEmpty, let object, isWell(object, report) {
      let doubts = cluster.doubts(about: object.reference)
      let restriction = doubts.isEmpty ? "" : ", as far as can be told: \(doubts.map(\.text).joined(separator: "; "))"
      let text = "Nothing is found wrong with \(object.reference.shortText)\(restriction)."
      return refuse(page, "\(text) \"o\" lists the playbooks that could look at it nevertheless.")
    }
    let left = page.wish.playbook == nil ? object.flatMap { begun(page.offers, on: $0.reference) } : nil
    if let begun = left { page.offers = [begun.playbook] + page.offers.filter { $0 != begun.playbook } }
    let name = page.wish.playbook ?? page.offers.first
    guard let name else {
      return refuse(
        page, "No playbook is about what is found here. \"o\" lists all, to have one look at it nevertheless.")
    }
    guard let playbook = playbooks[name] else {
      return refuse(page, "there is no playbook \(name); :playbooks lists all")
    }
    guard !playbook.scope.kinds.isEmpty else { return begin(playbook, nil, on: page) }
    if let object {
      switch playbook.subject(for: object, in: cluster, triage: report, events: events, now: now) {
      case .found(let subject):
        begin(playbook, subject.reference, on: page)
        if object is Node, page.wish.playbook == nil { tellOfOffers(page.offers, left) }
      case .none: refuse(page, "playbook \(name) is about a \(playbook.kindWords), and there is none here")
      case .unknown(let doubt): refuse(page, doubt.text)
      }
    } else if let worst = playbook.worstSubject(in: cluster, triage: report) {
      begin(playbook, worst.reference, on: page)
    } else {
      refuse(page, "Nothing has a finding of playbook \(name). It can look at any \(playbook.kindWords): name one.")
      if self.page?.playbook === page { startPrompt(.subject(playbook: name, kinds: playbook.kindWords)) }
    }
  }

  /// Of nodes a person mostly wants maintenance, which no finding asks for.
  private func tellOfOffers(_ offers: [String], _ begun: (playbook: String, time: Timestamp)?) {
    let others = offers.dropFirst().prefix(3)
    guard !others.isEmpty else { return }
    let taken = begun.map { "gone on with: \($0.playbook), left \(now.since($0.time).human) ago; " } ?? ""
    show("\(taken)o opens the others: \(others.joined(separator: ", "))")
  }

  /// So long somebody who was at work on an object may have been away.
  private static let longestAbsence = Duration.seconds(86_400)

  /// The playbook, of those that fit an object, that somebody was at work with last, and when.
  private func begun(_ offers: [String], on object: ObjectReference) -> (playbook: String, time: Timestamp)? {
    offers.compactMap { name -> (playbook: String, time: Timestamp)? in
      let kept = whenKept(GuidedRun.keptName(of: name, on: object, context: session.context))
      guard let kept, now.since(kept) < Self.longestAbsence else { return nil }
      return (name, kept)
    }.max { $0.time < $1.time }
  }

  /// Whether nothing is known against an object: a playbook, which assumes the trouble that it is about, is not opened
  /// for it unless somebody asks for that one.
  private func isWell(_ object: any KubeObject, _ report: TriageReport) -> Bool {
    // What is offered for a node that is well is about its life: maintenance, an upgrade.
    if object is Node { return false }
    let facts = PlaybookFacts(cluster, triage: report, events: events, object: object, now: now)
    return facts.troubles.isEmpty && facts.history.isEmpty
  }

  private func refuse(_ page: PlaybookPage, _ reason: String) { page.refusal = reason }

  /// Takes up the run of a playbook on an object where it was left, or begins it.
  private func begin(_ playbook: Playbook, _ subject: ObjectReference?, on page: PlaybookPage) {
    let key = "\(playbook.name) \(subject.map { "\($0.kind)/\($0.namespace)/\($0.name)/\($0.uid)" } ?? "")"
    let guided =
      guidedRuns[key]
      ?? GuidedRun(
        PlaybookRun(playbook, subject: subject, container: page.wish.container), context: session.context)
    if guidedRuns[key] == nil {
      if guidedOrder.count >= Self.mostGuidedRuns { guidedRuns[guidedOrder.removeFirst()] = nil }
      guidedOrder.append(key)
      guidedRuns[key] = guided
    }
    guided.isDirty = true
    page.guided = guided
    for shown in pages where shown.playbook === page {
      shown.crumb = subject.map { "\($0.name) \(playbook.name)" } ?? playbook.name
      shown.kubectl = playbook.commandLine(subject)
    }
  }

  /// Playbooks for an object: those for the findings that were pointed at, then those for all that is known about it.
  private func offers(_ object: any KubeObject, _ report: TriageReport, _ codes: [FindingCode]) -> [Playbook] {
    let facts = PlaybookFacts(cluster, triage: report, events: events, object: object, now: now)
    var offers: [Playbook] = []
    // What a workload has to be mended for is the cause in its pods, not the replicas that are missing for it.
    let group = report.groups.first { $0.owner.uid == object.metadata.uid && !$0.owner.uid.isEmpty }
    let codes = codes.isEmpty ? group?.findings.map(\.code) ?? [] : codes
    let pointedAt = codes.flatMap { playbooks.playbooks(for: $0) }.filter { playbook in
      if playbook.scope.kinds.isEmpty { return true }
      let found = playbook.subject(for: object, in: cluster, triage: report, events: events, now: now)
      if case .none = found { return false }
      return true
    }
    for playbook in pointedAt + playbooks.playbooks(for: facts)
    where !offers.contains(where: { $0.name == playbook.name }) {
      offers.append(playbook)
    }
    // What ails the pods on a node is their matter: whoever asks about a node means the node.
    guard object is Node else { return offers }
    func isAboutNodes(_ playbook: Playbook) -> Bool { playbook.scope.kinds.contains(Node.resource.kind) }
    return offers.filter(isAboutNodes) + offers.filter { !isAboutNodes($0) }
  }

  /// The object that was meant; one typed without its namespace is looked for in all that are read.
  private func find(_ reference: ObjectReference) -> Lookup<any KubeObject> {
    guard reference.namespace.isEmpty, let type = PlaybookScope.type(ofKind: reference.kind),
      type.resource.isNamespaced
    else { return cluster.object(reference) }
    var found: [any ClusterObject] = []
    cluster.store(of: type)?.forEach { if $0.metadata.name == reference.name { found.append($0) } }
    let chosen =
      found.first { $0.metadata.namespace == namespace } ?? found.min { $0.metadata.namespace < $1.metadata.namespace }
    return (chosen as? any KubeObject).map { .found($0) } ?? cluster.object(reference)
  }
}

extension Playbook {
  /// The kinds that it is about, as a person says it.
  var kindWords: String { scope.kinds.joined(separator: " or ") }

  /// The same on the command line.
  func commandLine(_ subject: ObjectReference?) -> String {
    guard let subject else { return "podmedic playbook run \(name)" }
    let place = subject.namespace.isEmpty ? "" : " -n \(subject.namespace)"
    return "podmedic playbook run \(name) \(subject.shortText)\(place)"
  }
}
