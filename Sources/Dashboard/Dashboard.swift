import ClusterState
import Diagnosis
import Draining
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
  private var triage: TriageEngine
  private var lastReport: TriageReport?
  private var lastUsage = UsageState.unread
  private var logs: [Int: LogStream] = [:]
  private let journal: any RemedyJournal
  private let runs: any KeptRuns
  /// Runs of remedies whose page is open, or that are still sending.
  private var remedies: [Int: RemedyExecution] = [:]
  /// Runs that begin when what they need has been read.
  private var waitingRemedies: Set<Int> = []
  /// Commands that are asked about, or run.
  private var commands: [Int: CommandExecution] = [:]
  private let drains: any KeptDrains
  /// The drain that is going on, or was the last of this session.
  private var drain: CarriedDrain?

  private var frameIsDue = false
  private var lastFrameCost = Duration.zero
  private var lastInput: Duration?
  private var frameTimer: Loop.TimerID?
  private var tickTimer: Loop.TimerID?
  private var diagnosisTimer: Loop.TimerID?
  private var preparationTimer: Loop.TimerID?
  /// Whether the screen's kinds were read when the cluster last changed.
  private var wasRead = false
  private var isOver = false
  /// Called when the person asks to stop the program for a while.
  public var onSuspend: () -> Void = {}

  /// Frames that follow from data: at most so often. Keys are answered at once.
  private static let frameInterval = Duration.milliseconds(33)
  /// While ten thousand rows arrive each frame sorts them anew: drawing takes at most a fifth of the time.
  private static let pausePerFrame = 4
  /// Before the first list is complete more rows than anybody reads arrive, and every moment of drawing makes the list
  /// later.
  private static let pausePerPartialFrame = 20
  /// Diagnoses follow changes at most so often.
  private static let diagnosisInterval = Duration.milliseconds(250)
  /// What is not read to the end is looked at where that takes long.
  private static let partialDiagnosisInterval = Duration.seconds(1)
  /// Who types waits for the answer to each key and for nothing else: a diagnosis lets so much time pass after the last
  /// one, but not more than `patience` altogether.
  private static let typingPause = Duration.milliseconds(150)
  private static let patience = Duration.seconds(1)
  /// Filters are prepared in pieces of so many rows, a few milliseconds each, with pauses in which keys are answered.
  private static let preparedRows = 100
  private static let preparationPause = Duration.milliseconds(5)

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
    self.drains = drains
    triage = TriageEngine(session.state)
    interface.containerUsage = { [unowned self] in self.session.usage.containers(namespace: $0, pod: $1) }
    interface.usage = { [unowned self] in self.session.usage.outcome(for: $0) }
  }

  /// Shows the first screen and starts reading the cluster.
  public func start(_ command: String) {
    attach()
    perform(interface.open(command))
    settle()
  }

  private func attach() {
    session.onChange = { [weak self] in self?.clusterChanged() }
    session.onCatalog = { [weak self] in self?.catalogChanged() }
    session.onWarning = { [weak self] text in
      self?.interface.show("server: \(text)", role: .warning)
      self?.drawSoon()
    }
    session.discover()
    if session.writeRefusal == nil, let log = drains.unfinished(of: session) {
      interface.offerDrain(log)
    }
  }

  /// Ends all requests.
  public func stop() {
    isOver = true
    for stream in logs.values { stream.close() }
    logs = [:]
    closeRemedies()
    drain?.execution.close()
    session.close()
    for timer in [frameTimer, tickTimer, diagnosisTimer, preparationTimer] { if let timer { loop.cancel(timer) } }
  }

  // MARK: Input

  /// Takes what a person, or the terminal, did.
  public func take(_ events: [InputEvent]) {
    lastInput = loop.clock.now
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
    startRemedies()
    draw()
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
    diagnosisTimer == nil && !interface.isWaiting && isRead && (wasRead || interface.needs.isEmpty)
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
        self?.drawSoon()
      }
    case .askRules(let id, let namespace):
      session.rules(namespace: namespace) { [weak self] result in
        self?.interface.rulesAnswered(id: id, result.mapError { FetchFailure(message: $0.sentence) })
        self?.drawSoon()
      }
    case .openLogs(let request): openLogs(request)
    case .closeLogs(let id): closeLogs(id)
    case .switchContext(let name): switchContext(name)
    case .refresh: session.refresh()
    case .startRemedy(let id, let order): startRemedy(id, order)
    case .replyToRemedy(let id, let text): tell(id) { $0.reply(text) }
    case .leaveRemedy(let id): tell(id) { $0.leave() }
    case .closeRemedy(let id): closeRemedy(id)
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
          drawSoon()
        }
      }
    case .startCommand(let id, let order): startCommand(id, order)
    case .replyToCommand(let id, let text): commands[id]?.reply(text)
    case .keepRun(let name, let run):
      if case .failure(let failure) = runs.keep(run, name: name) {
        interface.show("the run is not kept beyond this session: \(failure.message)", role: .warning)
      }
    case .recallRun(let id, let name): perform(interface.runRecalled(id: id, runs.recall(name)))
    case .readDrainFacts(let id, let nodes, let calls):
      DrainQuestions(session).ask(nodes: nodes, calls: calls) { [weak self] facts in
        guard let self, !isOver else { return }
        perform(interface.drainFactsRead(id: id, facts))
        drawSoon()
      }
    case .startDrain(let id, let order): startDrain(id, order)
    case .tellDrain(let id, let control): tellDrain(id, control)
    case .resumeDrain(let id, let run): resumeDrain(id, run)
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
      self?.drawSoon()
    }
  }

  private func closeLogs(_ id: Int) { logs.removeValue(forKey: id)?.close() }

  // MARK: Remedies

  private func startRemedy(_ id: Int, _ order: RemedyOrder) {
    // The interface refuses at once what it knows; whatever it knows, nothing gets past this.
    if let reason = session.writeRefusal { return interface.remedyRefused(id: id, reason) }
    let execution = RemedyExecution(order, session: session, journal: journal)
    var isNoted = false
    execution.onChange = { [weak self, weak execution] in
      guard let self, let execution else { return }
      if execution.run.outcome == .succeeded, !isNoted {
        isNoted = true
        noteUncordoned(order)
      }
      if !interface.remedyChanged(id: id, execution.run), let outcome = execution.run.outcome {
        // Its page was left while requests were under way: what became of them is said all the same.
        interface.show("\(execution.run.order.name.rawValue): \(outcome.sentence)")
        remedies.removeValue(forKey: id)?.close()
      }
      drawSoon()
    }
    remedies[id] = execution
    waitingRemedies.insert(id)
  }

  /// Begins what has been waiting for its kinds to be read.
  private func startRemedies() {
    guard !waitingRemedies.isEmpty, isRead else { return }
    let ready = waitingRemedies.sorted()
    waitingRemedies = []
    for id in ready { tell(id) { $0.start() } }
  }

  /// Does something to a run and shows at once what has become of it.
  private func tell(_ id: Int, _ change: (RemedyExecution) -> Void) {
    guard let execution = remedies[id] else { return }
    change(execution)
    _ = interface.remedyChanged(id: id, execution.run)
  }

  /// Nobody looks any more: a run that is only asking or waiting ends, one that is sending goes on to its end.
  private func closeRemedy(_ id: Int) {
    waitingRemedies.remove(id)
    guard let execution = remedies[id] else { return }
    execution.leave()
    if execution.run.outcome != nil || execution.run.phase == .reading { remedies.removeValue(forKey: id)?.close() }
  }

  private func closeRemedies() {
    for execution in remedies.values {
      execution.leave()
      execution.close()
    }
    remedies = [:]
    waitingRemedies = []
    for execution in commands.values { execution.close() }
    commands = [:]
  }

  // MARK: Commands

  private func startCommand(_ id: Int, _ order: CommandOrder) {
    // As for remedies: whatever the interface knows, nothing gets past this.
    if let reason = session.writeRefusal { return interface.commandRefused(id: id, reason) }
    let execution = CommandExecution(order, session: session, journal: journal)
    execution.onChange = { [weak self, weak execution] in
      guard let self, let execution, !isOver else { return }
      perform(interface.commandChanged(id: id, execution.run))
      if execution.run.outcome != nil { commands[id] = nil }
      drawSoon()
    }
    commands[id] = execution
    execution.start()
  }

  // MARK: Drains

  private func startDrain(_ id: Int, _ order: DrainOrder) {
    // As for remedies: whatever the interface knows, nothing gets past this.
    if let reason = session.writeRefusal { return interface.drainRefused(id: id, reason) }
    if let drain, drain.execution.run.outcome == nil {
      return interface.drainRefused(id: id, "another drain is going on")
    }
    let header = session.drainHeader(order)
    switch drains.begin(id: header.id) {
    case .failure(let failure):
      interface.drainRefused(id: id, "it cannot be recorded: \(failure.message)")
    case .success(let log): carry(id, DrainRun(header), log)
    }
  }

  private func resumeDrain(_ id: Int, _ run: String) {
    if let drain, drain.execution.run.outcome == nil { return }
    if let reason = session.writeRefusal { return interface.show(reason, role: .warning) }
    // Whoever carries a drain out holds a lock on its log.
    drain?.execution.close()
    drain = nil
    switch drains.resume(id: run, of: session) {
    case .failure(let failure): interface.show("it cannot go on: \(failure.message)", role: .warning)
    case .success(let kept): carry(id, DrainRun(resuming: kept.log), kept.journal)
    }
  }

  private func carry(_ id: Int, _ run: DrainRun, _ log: any DrainJournal) {
    let execution = DrainExecution(run, session: session, log: log, journal: journal)
    execution.onEvent = { [weak self] event in self?.interface.drainTold(id: id, event) }
    execution.onChange = { [weak self, weak execution] in
      guard let self, let execution else { return }
      interface.drainChanged(id: id, execution.run)
      if let problem = execution.journalProblem {
        interface.show("the journal lacks the outcome: \(problem)", role: .warning)
      }
      drawSoon()
    }
    drain = CarriedDrain(id: id, execution: execution, log: log)
    execution.start()
    interface.drainChanged(id: id, execution.run)
  }

  private func tellDrain(_ id: Int, _ control: DrainControl) {
    guard let drain, drain.id == id else { return }
    switch control {
    case .pause: drain.execution.pause()
    case .resume: drain.execution.resume()
    case .cancel: drain.execution.cancel()
    case .skip(let pods): for pod in pods { drain.execution.skip(pod) }
    }
    interface.drainChanged(id: id, drain.execution.run)
  }

  /// What a drain had cordoned is open again: it is not offered to be resumed any more.
  private func noteUncordoned(_ order: RemedyOrder) {
    guard order.name == .uncordon, let drain, drain.execution.run.outcome != nil,
      drain.execution.run.nodes.contains(where: { $0.isCordonedByRun && $0.target.name == order.object.name })
    else { return }
    if case .failure(let failure) = drain.log.append(.uncordoned(order.object.name)) {
      interface.show("the log of the drain lacks that it was uncordoned: \(failure.message)", role: .warning)
    }
  }

  private func switchContext(_ name: String) {
    interface.show("connecting to \(name) …")
    connector.connect(context: name) { [weak self] result in
      guard let self, !isOver else { return }
      switch result {
      case .failure(let failure): interface.show(failure.message, role: .warning)
      case .success(let connected):
        for id in logs.keys { closeLogs(id) }
        closeRemedies()
        drain?.execution.close()
        drain = nil
        session.close()
        session = connected.session
        lastReport = nil
        triage = TriageEngine(session.state)
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
    interface.session.trouble = if case .failed(let reason) = session.contact { reason } else { nil }
    if session.usage != lastUsage {
      lastUsage = session.usage
      interface.usageRevision += 1
    }
    // Nobody waits for the meaning of what is complete; before that, and afterwards, changes come in crowds.
    let isRead = isRead
    let isComplete = isRead && !wasRead
    wasRead = isRead
    if isComplete, let diagnosisTimer {
      loop.cancel(diagnosisTimer)
      self.diagnosisTimer = nil
    }
    startRemedies()
    for execution in remedies.values { execution.clusterChanged() }
    if diagnosisTimer == nil {
      let interval = isRead ? Self.diagnosisInterval : Self.partialDiagnosisInterval
      diagnose(after: isComplete ? .zero : interval, atTheLatest: loop.clock.now + Self.patience)
    }
    drawSoon()
  }

  private func diagnose(after delay: Duration, atTheLatest deadline: Duration) {
    diagnosisTimer = loop.schedule(after: delay) { [weak self] in
      guard let self else { return }
      diagnosisTimer = nil
      let now = loop.clock.now
      if let lastInput, delay > .zero, now < min(deadline, lastInput + Self.typingPause) {
        diagnose(after: min(deadline, lastInput + Self.typingPause) - now, atTheLatest: deadline)
      } else {
        diagnose()
      }
    }
  }

  private func catalogChanged() {
    interface.catalog = session.catalog
    updateNeeds()
    drawSoon()
  }

  private func diagnose() {
    // The whole of what is read is diagnosed; screens narrow it to the namespace that they show.
    let report = triage.diagnose(now: interface.now)
    // An equal report keeps its revision, so that tables have nothing to do.
    if report != lastReport {
      lastReport = report
      interface.findings = FindingIndex(report, after: interface.findings)
    }
    perform(interface.diagnosed())
    // A playbook that has just been chosen wants to know more.
    updateNeeds()
    drawSoon()
  }

  // MARK: Frames

  private func drawSoon() {
    guard frameTimer == nil, !isOver else { return }
    let pause = max(Self.frameInterval, lastFrameCost * (wasRead ? Self.pausePerFrame : Self.pausePerPartialFrame))
    frameTimer = loop.schedule(after: pause) { [weak self] in self?.draw() }
  }

  private func draw() {
    guard !isOver else { return }
    if let frameTimer { loop.cancel(frameTimer) }
    frameTimer = nil
    let started = loop.clock.now
    interface.update()
    let (grid, cursor) = interface.draw(frontend.size)
    frontend.present(grid, cursor: cursor)
    lastFrameCost = loop.clock.now - started
    prepareSoon()
    if interface.showsTime, tickTimer == nil {
      tickTimer = loop.schedule(after: .seconds(1)) { [weak self] in
        self?.tickTimer = nil
        self?.draw()
      }
    }
  }

  /// Prepares the filter while nothing else is to do, so that its first key is answered as fast as the others.
  private func prepareSoon() {
    guard preparationTimer == nil, wasRead || interface.isSearchingLog else { return }
    preparationTimer = loop.schedule(after: Self.preparationPause) { [weak self] in
      guard let self, !isOver else { return }
      preparationTimer = nil
      let isSearchingLog = interface.isSearchingLog
      if interface.prepareFilter(rows: Self.preparedRows) { prepareSoon() }
      // What a search finds is to be seen; what is made ready for a filter is not.
      if isSearchingLog { drawSoon() }
    }
  }
}

/// Connects to the cluster of a context.
public protocol Connector: AnyObject {
  /// Resolves the context and hands out a session that has not been started, or why there is none.
  func connect(context: String, _ completion: @escaping (Result<ConnectedSession, ConnectionFailure>) -> Void)
}

/// A session with what the interface shows of it.
public struct ConnectedSession {
  /// The session.
  public var session: ClusterSession
  /// Facts for the header.
  public var facts: SessionFacts
  /// The namespace to start with; nil for all.
  public var namespace: String?

  /// A session.
  public init(session: ClusterSession, facts: SessionFacts, namespace: String?) {
    self.session = session
    self.facts = facts
    self.namespace = namespace
  }
}

/// Why there is no connection, as a sentence.
public struct ConnectionFailure: Error, Equatable, Sendable {
  /// For a person.
  public var message: String

  /// A failure.
  public init(message: String) { self.message = message }
}

/// Where runs of playbooks are kept from one session to the next.
public protocol KeptRuns: AnyObject {
  /// Keeps a run, in the place of an earlier one of the same name.
  func keep(_ run: JSONValue, name: String) -> Result<Void, ConnectionFailure>
  /// What was kept under a name; nil when nothing was, or it cannot be read.
  func recall(_ name: String) -> JSONValue?
}

/// Where texts are saved.
public protocol SavedFiles: AnyObject {
  /// Writes a new file named after `name` and answers its path.
  func save(_ text: String, name: String) -> Result<String, ConnectionFailure>
}
