import ClusterState
import Diagnosis
import EventLoop
import Interface
import Kube
import KubeClient
import PlaybookKit
import Remedies
import Session
import Terminal

/// Runs the interface: input goes in, effects are carried out against the session, frames go to the terminal.
///
/// Confined to the loop's thread.
public final class Dashboard {
  /// The interface that is shown.
  public let interface: Interface
  private let loop: Loop
  private let frontend: any Frontend
  private let connector: any Connector
  private let files: any SavedFiles
  private var session: ClusterSession
  private var lastUsage = UsageState.unread
  private var logs: [Int: LogStream] = [:]
  private let journal: any RemedyJournal
  private let runs: any KeptRuns
  private let remedies: RemedyRuns
  private let commands: CommandRuns
  private let drains: DrainRuns
  private let frames: Frames
  private let diagnoses: Diagnoses
  private var isOver = false
  /// The screen to start on, while only the server can say whether there is one.
  private var awaited: String?
  /// Whether another context is being opened.
  private var isConnecting = false
  /// Why there is no screen of the name to start on, in words; nil when there is, or may be.
  public private(set) var refusal: String?
  /// Called when the person asks to stop the program for a while.
  public var onSuspend: () -> Void = {}

  /// A dashboard on `frontend` over `session`.
  public init(
    loop: Loop, frontend: any Frontend, interface: Interface, session: ClusterSession, connector: any Connector,
    files: any SavedFiles, journal: any RemedyJournal,
    runs: any KeptRuns, drains: any KeptDrains
  ) {
    self.loop = loop
    self.frontend = frontend
    self.interface = interface
    self.session = session
    self.connector = connector
    self.files = files
    self.journal = journal
    self.runs = runs
    remedies = RemedyRuns(interface, journal: journal)
    commands = CommandRuns(interface, journal: journal)
    self.drains = DrainRuns(interface, journal: journal, kept: drains)
    frames = Frames(interface, on: frontend, loop: loop)
    diagnoses = Diagnoses(session.state, loop: loop, now: { [unowned interface] in interface.now })
    interface.containerUsage = { [unowned self] in self.session.usage.containers(namespace: $0, pod: $1) }
    interface.usage = { [unowned self] in self.session.usage.outcome(for: $0) }
    interface.whenKept = { runs.lastKept($0) }
    interface.drains = { [unowned self] in drains.maintenance(of: $0, self.session) }
    remedies.onChange = { [unowned self] in self.frames.drawSoon() }
    remedies.onSuccess = { [unowned self] in self.drains.noteSuccess(of: $0, in: self.session) }
    commands.onChange = { [unowned self] in
      guard !isOver else { return }
      perform($0)
      frames.drawSoon()
    }
    self.drains.onChange = { [unowned self] in self.frames.drawSoon() }
    diagnoses.onReport = { [unowned self] in self.diagnosed($0) }
  }

  /// Shows the first screen and starts reading the cluster.
  public func start(_ command: String) {
    attach()
    let effects = interface.open(command)
    // A custom resource is known when the server has said what it serves.
    if effects.isEmpty, !interface.hasPage {
      awaited = command
      interface.show("asking the server for \"\(command)\" …")
    }
    perform(effects)
    settle()
  }

  /// Opens the screen to start on once the server has said what it serves; when there is none, the usual one.
  private func openAwaited() {
    guard let command = awaited, session.isDiscovered || session.failure?.isForbidden == true else { return }
    awaited = nil
    guard !interface.hasPage else { return }
    perform(interface.open(command))
    guard !interface.hasPage else { return }
    refusal = interface.message ?? "there is no screen \"\(command)\""
    perform(interface.open("triage"))
  }

  private func attach() {
    session.onChange = { [weak self] in self?.clusterChanged() }
    session.onCatalog = { [weak self] in self?.catalogChanged() }
    session.onWarning = { [weak self] text in
      self?.interface.show("server: \(text)", role: .warning)
      self?.frames.drawSoon()
    }
    if let warning = interface.session.warning { interface.show(warning, role: .warning) }
    session.discover()
    drains.offerUnfinished(of: session)
  }

  /// Ends all requests.
  public func stop() {
    isOver = true
    for stream in logs.values { stream.close() }
    logs = [:]
    remedies.close()
    commands.close()
    drains.close()
    session.close()
    frames.stop()
    diagnoses.stop()
  }

  // MARK: Input

  /// Takes what a person, or the terminal, did.
  public func take(_ events: [InputEvent]) {
    diagnoses.noteInput()
    for event in events {
      perform(interface.handle(event))
      if isOver { return }
    }
    settle()
  }

  /// Draws everything anew, as after the terminal was somebody else's.
  public func redraw() { settle() }

  /// After something a person did: needs may have changed, and the frame is due at once.
  private func settle() {
    updateNeeds()
    if isRead { remedies.startWaiting() }
    frames.draw()
  }

  private func updateNeeds() {
    if interface.needsUsage {
      session.wantUsage(namespace: interface.namespace)
    } else {
      session.releaseUsage()
    }
    session.setNeeds(
      Set(interface.needs.map { Subscription($0.resource, namespace: $0.namespace, asTable: $0.asTable) }))
  }

  /// Whether everything that the screen waits for has come: the kinds are read or refused, what they mean has been
  /// worked out, objects and logs have answered.
  public var isSettled: Bool {
    // That the last kind is read is known before this has heard of it and has begun to diagnose.
    !isConnecting && !diagnoses.isDue && awaited == nil && !interface.isWaiting && isRead && session.isPresenceKnown
      && (frames.isComplete || interface.needs.isEmpty)
  }

  /// Whether the kinds that the screen needs are read, or refused.
  private var isRead: Bool {
    interface.needs.allSatisfy { need in
      let store = need.asTable ? session.state.table(need.resource) : session.state.store(need.resource)
      return switch store?.freshness {
      case nil, .unread, .loading: false
      case .live, .stale, .forbidden, .notServed, .notCaptured, .failed: true
      }
    }
  }

  /// Why the server could not be asked for anything so far, in words; nil when it has answered.
  public var failure: String? {
    guard case .failed(let reason) = session.contact else { return nil }
    let isAnswered = interface.needs.contains { need in
      let store = need.asTable ? session.state.table(need.resource) : session.state.store(need.resource)
      // That a kind is not served says nothing as long as nobody has said what is: a web server does not serve pods.
      if store?.freshness == .notServed, !session.isDiscovered { return false }
      return store?.freshness.isAnswered == true
    }
    return isAnswered ? nil : reason
  }

  // MARK: Effects

  private func perform(_ effects: [Effect]) {
    for effect in effects { perform(effect) }
  }

  private func perform(_ effect: Effect) {
    switch effect {
    case .quit:
      stop()
      loop.stop()
    case .suspend: onSuspend()
    case .copy(let text, let what): interface.copied(what, frontend.copyToClipboard(text))
    case .fetch(let fetch):
      let namespace = fetch.resource.isNamespaced ? fetch.namespace : nil
      session.fetch(fetch.resource, namespace: namespace, name: fetch.name) { [weak self] result in
        self?.interface.fetched(id: fetch.id, result.mapError { FetchFailure(message: $0.sentence) })
        self?.frames.drawSoon()
      }
    case .askRules(let id, let namespace):
      session.rules(namespace: namespace) { [weak self] result in
        self?.interface.rulesAnswered(id: id, result.mapError { FetchFailure(message: $0.sentence) })
        self?.frames.drawSoon()
      }
    case .openLogs(let request): openLogs(request)
    case .closeLogs(let id): closeLogs(id)
    case .switchContext(let name): switchContext(name)
    case .refresh: session.refresh()
    case .startRemedy(let id, let order): remedies.order(id, order, session)
    case .replyToRemedy(let id, let text): remedies.tell(id) { $0.reply(text) }
    case .leaveRemedy(let id): remedies.tell(id) { $0.leave() }
    case .closeRemedy(let id): remedies.leave(id)
    case .unlock(let name):
      if session.unlock(context: name) {
        interface.session.writeRefusal = nil
        interface.show("context \(name) can be changed now", role: .warning)
      } else {
        interface.show(session.writePolicy.reason ?? "", role: .warning)
      }
    case .readHistory: interface.showHistory(journal.history())
    case .readText(let id, let target):
      switch target.request {
      case .failure(let refusal): perform(interface.textRead(id: id, .noText(refusal.doubt)))
      case .success(let request):
        session.client.send(request) { [weak self] result in
          guard let self, !isOver else { return }
          perform(interface.textRead(id: id, target.contribution(result)))
          frames.drawSoon()
        }
      }
    case .startCommand(let id, let order): commands.start(id, order, session)
    case .replyToCommand(let id, let text): commands.reply(id, text)
    case .keepRun(let name, let run):
      if case .failure(let failure) = runs.keep(run, name: name) {
        interface.show("the run is not kept beyond this session: \(failure.message)", role: .warning)
      }
    case .recallRun(let id, let name): perform(interface.runRecalled(id: id, runs.recall(name)))
    case .readDrainFacts(let id, let nodes, let calls):
      DrainQuestions(session).ask(nodes: nodes, calls: calls) { [weak self] facts in
        guard let self, !isOver else { return }
        perform(interface.drainFactsRead(id: id, facts))
        frames.drawSoon()
      }
    case .startDrain(let id, let order): drains.start(id, order, session)
    case .tellDrain(let id, let control): drains.tell(id, control)
    case .resumeDrain(let id, let run, let cordonsAgain):
      drains.resume(id, run, cordonsAgain: cordonsAgain, session)
    case .save(let name, let text):
      switch files.save(text, name: name) {
      case .success(let path): interface.show("saved \(path)", role: .ok)
      case .failure(let failure): interface.show("not saved: \(failure.message)", role: .warning)
      }
    }
  }

  private func openLogs(_ request: LogQuery) {
    var wanted = LogRequest(
      request.sources.map { LogSource(namespace: $0.namespace, pod: $0.pod, container: $0.container) })
    wanted.follow = !request.previous
    wanted.previous = request.previous
    wanted.tailLines = request.tailLines
    wanted.sinceSeconds = request.sinceSeconds
    logs[request.id] = session.openLogs(wanted) { [weak self] events in
      self?.interface.logEvents(id: request.id, events.map(LogChange.init))
      self?.frames.drawSoon()
    }
  }

  private func closeLogs(_ id: Int) { logs.removeValue(forKey: id)?.close() }

  private func switchContext(_ name: String) {
    interface.show("connecting to \(name) …")
    isConnecting = true
    connector.connect(context: name) { [weak self] result in
      guard let self, !isOver else { return }
      isConnecting = false
      switch result {
      case .failure(let failure): interface.show(failure.message, role: .warning)
      case .success(let connected):
        for id in logs.keys { closeLogs(id) }
        remedies.close()
        commands.close()
        drains.close()
        session.close()
        session = connected.session
        diagnoses.reset(session.state)
        interface.setCluster(session.state, catalog: session.catalog, namespace: connected.namespace)
        interface.session = connected.facts
        attach()
        perform(interface.open("triage"))
      }
      settle()
    }
  }

  // MARK: The cluster changes

  private func clusterChanged() {
    interface.session.serverVersion = session.serverVersion?.description ?? ""
    openAwaited()
    interface.session.trouble = if case .failed(let reason) = session.contact { reason } else { nil }
    interface.session.troubleHint = interface.session.trouble == nil ? nil : session.failure?.hint
    if session.usage != lastUsage {
      lastUsage = session.usage
      interface.usageRevision += 1
    }
    let isRead = isRead
    let completes = isRead && !frames.isComplete
    frames.isComplete = isRead
    if isRead { remedies.startWaiting() }
    remedies.clusterChanged()
    diagnoses.clusterChanged(isComplete: isRead, completes: completes)
    frames.drawSoon()
  }

  private func catalogChanged() {
    interface.catalog = session.catalog
    openAwaited()
    updateNeeds()
    frames.drawSoon()
  }

  private func diagnosed(_ report: TriageReport?) {
    if let report {
      interface.findings = FindingIndex(report, after: interface.findings)
      session.wantPresence(of: report.named)
    }
    perform(interface.diagnosed())
    // A playbook that has just been chosen wants to know more.
    updateNeeds()
    frames.drawSoon()
  }
}
