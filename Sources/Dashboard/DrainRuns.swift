import Draining
import Interface
import Kube
import Remedies
import Session
import Terminal

/// Carries drains out for the interface, one at a time.
final class DrainRuns {
  private let interface: Interface
  private let journal: any RemedyJournal
  private let kept: any KeptDrains
  /// The drain that is going on, or was the last of this session.
  private var carried: CarriedDrain?
  /// Called when the screen has something new to show.
  var onChange: () -> Void = {}

  /// How long a pod is asked for that its budgets never allow to go: somebody looks on and may mend them.
  private static let patience = Duration.seconds(1800)

  /// No drain yet.
  init(_ interface: Interface, journal: any RemedyJournal, kept: any KeptDrains) {
    self.interface = interface
    self.journal = journal
    self.kept = kept
  }

  /// Offers to take up again what an earlier session left unfinished.
  func offerUnfinished(of session: ClusterSession) {
    if session.writeRefusal == nil, let log = kept.unfinished(of: session) { interface.offerDrain(log) }
  }

  /// Begins a drain.
  func start(_ id: Int, _ order: DrainOrder, _ session: ClusterSession) {
    // As for remedies: whatever the interface knows, nothing gets past this.
    if let reason = session.writeRefusal { return interface.drainRefused(id: id, reason) }
    guard !isBusy else { return interface.drainRefused(id: id, "another drain is going on") }
    let header = session.drainHeader(order)
    switch kept.begin(id: header.id) {
    case .failure(let failure):
      interface.drainRefused(id: id, "it cannot be recorded: \(failure.message)")
    case .success(let log): carry(id, DrainRun(header), log, session)
    }
  }

  /// Goes on with a drain that was cut off.
  func resume(_ id: Int, _ run: String, cordonsAgain: Bool, _ session: ClusterSession) {
    guard !isBusy else { return }
    if let reason = session.writeRefusal { return interface.show(reason, role: .warning) }
    // Whoever carries a drain out holds a lock on its log.
    close()
    switch kept.resume(id: run, of: session) {
    case .failure(let failure): interface.show("it cannot go on: \(failure.message)", role: .warning)
    case .success(let kept):
      carry(id, DrainRun(resuming: kept.log, cordonsAgain: cordonsAgain), kept.journal, session)
    }
  }

  /// What a person wants of the drain that is going on.
  func tell(_ id: Int, _ control: DrainControl) {
    guard let carried, carried.id == id else { return }
    switch control {
    case .pause: carried.execution.pause()
    case .resume: carried.execution.resume()
    case .cancel: carried.execution.cancel()
    case .skip(let pods): for pod in pods { carried.execution.skip(pod) }
    }
    interface.drainChanged(id: id, carried.execution.run)
  }

  /// A remedy has opened a node again: the drains of it that have ended are not offered to be resumed any more.
  func noteSuccess(of order: RemedyOrder, in session: ClusterSession) {
    guard order.opensNode else { return }
    var failures = kept.noteUncordoned(
      node: order.object.name, uid: order.object.uid, at: interface.now, of: session)
    // The log of the drain that was carried out here is still held.
    if let carried, carried.execution.run.outcome != nil,
      carried.execution.run.nodes.contains(where: { $0.target.name == order.object.name }),
      case .failure(let failure) = carried.log.append(.uncordoned(order.object.name, interface.now))
    {
      failures.append(failure)
    }
    for failure in failures {
      interface.show("the log of the drain lacks that it was uncordoned: \(failure.message)", role: .warning)
    }
  }

  /// Ends its requests; what has been done stays in its log.
  func close() {
    carried?.execution.close()
    carried = nil
  }

  private var isBusy: Bool { carried.map { $0.execution.run.outcome == nil } ?? false }

  private func carry(_ id: Int, _ run: DrainRun, _ log: any DrainJournal, _ session: ClusterSession) {
    var run = run
    if run.order.options.timeout == .zero { run.patience = Self.patience }
    let execution = DrainExecution(run, session: session, log: log, journal: journal)
    execution.onEvent = { [weak self] event in self?.interface.drainTold(id: id, event) }
    execution.onChange = { [weak self, weak execution] in
      guard let self, let execution else { return }
      interface.drainChanged(id: id, execution.run)
      if let problem = execution.journalProblem {
        interface.show("the journal lacks the outcome: \(problem)", role: .warning)
      }
      onChange()
    }
    carried = CarriedDrain(id: id, execution: execution, log: log)
    execution.start()
    interface.drainChanged(id: id, execution.run)
  }
}
