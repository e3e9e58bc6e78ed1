import EventLoop
import Interface
import Remedies
import Session

/// Carries remedies out for the interface: those whose page is open, and those that are still sending.
final class RemedyRuns {
  private let interface: Interface
  private let journal: any RemedyJournal
  private var executions: [Int: RemedyExecution] = [:]
  /// Runs that begin when what they need has been read.
  private var waiting: Set<Int> = []
  /// Called when the screen has something new to show.
  var onChange: () -> Void = {}
  /// Called once for each order that was carried out.
  var onSuccess: (RemedyOrder) -> Void = { _ in }

  /// No run yet.
  init(_ interface: Interface, journal: any RemedyJournal) {
    self.interface = interface
    self.journal = journal
  }

  /// Takes an order; it begins with `startWaiting`.
  func order(_ id: Int, _ order: RemedyOrder, _ session: ClusterSession) {
    // The interface refuses at once what it knows; whatever it knows, nothing gets past this.
    if let reason = session.writeRefusal { return interface.remedyRefused(id: id, reason) }
    let execution = RemedyExecution(order, session: session, journal: journal)
    var isNoted = false
    execution.onChange = { [weak self, weak execution] in
      guard let self, let execution else { return }
      if execution.run.outcome == .succeeded, !isNoted {
        isNoted = true
        onSuccess(order)
      }
      if !interface.remedyChanged(id: id, execution.run), let outcome = execution.run.outcome {
        // Its page was left while requests were under way: what became of them is said all the same.
        interface.show("\(execution.run.order.name.rawValue): \(outcome.sentence)")
        executions.removeValue(forKey: id)?.close()
      }
      onChange()
    }
    executions[id] = execution
    waiting.insert(id)
  }

  /// Begins what has been waiting for its kinds to be read.
  func startWaiting() {
    guard !waiting.isEmpty else { return }
    let ready = waiting.sorted()
    waiting = []
    for id in ready { tell(id) { $0.start() } }
  }

  /// Does something to a run and shows at once what has become of it.
  func tell(_ id: Int, _ change: (RemedyExecution) -> Void) {
    guard let execution = executions[id] else { return }
    change(execution)
    _ = interface.remedyChanged(id: id, execution.run)
  }

  /// What is watched has changed.
  func clusterChanged() {
    for execution in executions.values { execution.clusterChanged() }
  }

  /// Nobody looks any more: a run that is only asking or waiting ends, one that is sending goes on to its end.
  func leave(_ id: Int) {
    waiting.remove(id)
    guard let execution = executions[id] else { return }
    execution.leave()
    if execution.run.outcome != nil || execution.run.phase == .reading { executions.removeValue(forKey: id)?.close() }
  }

  /// Ends all of them.
  func close() {
    for execution in executions.values {
      execution.leave()
      execution.close()
    }
    executions = [:]
    waiting = []
  }
}
