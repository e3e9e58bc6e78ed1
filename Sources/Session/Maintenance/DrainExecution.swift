import ClusterState
import Draining
import EventLoop
import Kube
import KubeClient
import KubeConfig
import Remedies

/// Carries a drain out against a session. Confined to the loop's thread.
public final class DrainExecution {
  /// The run, as it is now.
  public private(set) var run: DrainRun
  /// Called with each thing that has happened, in order.
  public var onEvent: ((DrainEvent) -> Void)?
  /// Called after each change of `run`, never during a call of this object's functions.
  public var onChange: (() -> Void)?
  /// Why the journal of all changes lacks what this run did; nil when it does not.
  public private(set) var journalProblem: String?

  private let session: ClusterSession
  private let log: (any DrainJournal)?
  private let journal: any RemedyJournal
  private var timer: Loop.TimerID?
  private var isChangePosted = false
  private var isClosed = false
  /// The nodes whose end is in the journal.
  private var noted: Set<String>

  /// A run that has not begun. `log` may only be nil when the run changes nothing.
  public init(_ run: DrainRun, session: ClusterSession, log: (any DrainJournal)?, journal: any RemedyJournal) {
    self.run = run
    self.session = session
    self.log = log
    self.journal = journal
    noted = Set(run.nodes.filter(\.hasEnded).map(\.target.name))
  }

  /// Begins, or goes on where the log ends.
  public func start() { perform(run.start(at: now)) }

  /// Asks no more pods to go until `resume`.
  public func pause() { handle(.pause) }

  /// Goes on after `pause`.
  public func resume() { handle(.resume) }

  /// Ends the run; what has been told to go goes.
  public func cancel() { handle(.cancel) }

  /// Leaves a pod alone that has not been told to go.
  public func skip(_ pod: PodKey) { handle(.skip(pod)) }

  /// Does nothing more.
  public func close() {
    isClosed = true
    onChange = nil
    onEvent = nil
    if let timer { session.loop.cancel(timer) }
    timer = nil
  }

  private var now: DrainRun.Moment { DrainRun.Moment(steady: session.loop.clock.now, wall: session.wallTime) }

  private func handle(_ input: DrainRun.Input) {
    guard !isClosed else { return }
    perform(run.handle(input, at: now))
  }

  private func perform(_ effects: [DrainRun.Effect]) {
    for effect in effects {
      switch effect {
      case .record(let record):
        if let problem = write(record) {
          handle(.unrecorded(problem))
          return
        }
      case .send(let number, let request):
        DrainRequests(session).send(request) { [weak self] result in self?.handle(.answered(number, result)) }
      case .tell(let event): onEvent?(event)
      case .look(let delay):
        if let timer { session.loop.cancel(timer) }
        timer = session.loop.schedule(after: max(delay, .milliseconds(1))) { [weak self] in
          self?.timer = nil
          self?.handle(.look)
        }
      }
    }
    noteChange()
  }

  /// Writes the log, which must not fail, and the journal, of which the beginning must not.
  private func write(_ record: DrainRecord) -> String? {
    guard let log else { return "there is none" }
    for entry in entries(record) {
      guard case .failure(let failure) = journal.append(entry) else { continue }
      guard entry.moment == .ended else { return failure.message }
      journalProblem = failure.message
    }
    if case .failure(let failure) = log.append(record) { return failure.message }
    return nil
  }

  /// The journal has two lines for each node.
  private func entries(_ record: DrainRecord) -> [JournalEntry] {
    switch record {
    case .began:
      run.nodes.filter { $0.state != .drained }.map { node in
        var entry = entry(node, .began)
        // A run that is cut off writes nothing any more: then this is what opens the node, as long as its note is there.
        if !node.target.isCordoned { entry.back = undoingCordon(node) }
        return entry
      }
    case .nodeEnded(let name, let problem):
      run.nodes.filter { $0.target.name == name }.prefix(1).map { node in
        var entry = entry(node, .ended)
        entry.outcome = problem == nil ? "succeeded" : "failed"
        entry.detail = problem ?? node.drainedSentence
        noted.insert(name)
        entry.back = back(node)
        return entry
      }
    case .ended(let word, let sentence):
      // A node whose cordon failed has no end of its own.
      run.nodes.filter { !noted.contains($0.target.name) }.map { node in
        var entry = entry(node, .ended)
        entry.outcome = word
        entry.detail = sentence
        entry.back = back(node)
        return entry
      }
    case .cordoning, .cordoned, .planned, .readyBefore, .removing, .skipped, .uncordoned: []
    }
  }

  /// Of a drain the cordon can be taken back, if it was the drain's own.
  private func back(_ node: NodeProgress) -> RemedyOrder? { node.isCordonedByRun ? undoingCordon(node) : nil }

  private func undoingCordon(_ node: NodeProgress) -> RemedyOrder {
    let note = CordonNote(user: run.header.user, time: run.header.time, run: run.header.id)
    return .undoingCordon(of: entry(node, .ended).object, note)
  }

  private func entry(_ node: NodeProgress, _ moment: JournalEntry.Moment) -> JournalEntry {
    var entry = JournalEntry()
    entry.id = "\(run.header.id)-\(node.target.name)"
    entry.moment = moment
    entry.time = now.wall
    entry.context = run.header.context
    entry.cluster = run.header.cluster
    entry.user = run.header.user
    entry.remedy = "drain"
    entry.title = "drain the node"
    entry.object.kind = "Node"
    entry.object.apiVersion = "v1"
    entry.object.name = node.target.name
    entry.object.uid = node.target.uid
    if !node.target.isCordoned { entry.changes = ["spec.unschedulable: not set -> true"] }
    entry.kubectl = [run.order.kubectl]
    entry.undo = node.target.isCordoned ? "not possible: pods that are gone are replaced elsewhere" : "uncordon"
    return entry
  }

  private func noteChange() {
    guard !isChangePosted, !isClosed else { return }
    isChangePosted = true
    session.loop.post { [weak self] in
      self?.isChangePosted = false
      self?.onChange?()
    }
  }
}

extension ClusterSession {
  /// The beginning of a drain's log. Its id tells runs apart, also those of the same microsecond.
  public func drainHeader(_ order: DrainOrder) -> DrainHeader {
    DrainHeader(
      id: freshJournalID(), time: wallTime, context: place.context,
      cluster: place.cluster, server: connection.server.description, user: place.user, order: order)
  }
}
