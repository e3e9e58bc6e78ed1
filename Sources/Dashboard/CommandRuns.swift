import Interface
import Remedies
import Session

/// Carries commands of playbooks out for the interface.
final class CommandRuns {
  private let interface: Interface
  private let journal: any RemedyJournal
  private var executions: [Int: CommandExecution] = [:]
  /// Called when the screen has something new to show; with what the interface wants done.
  var onChange: ([Effect]) -> Void = { _ in }

  /// No run yet.
  init(_ interface: Interface, journal: any RemedyJournal) {
    self.interface = interface
    self.journal = journal
  }

  /// Begins: asks the server whether the person may.
  func start(_ id: Int, _ order: CommandOrder, _ session: ClusterSession) {
    // As for remedies: whatever the interface knows, nothing gets past this.
    if let reason = session.writeRefusal { return interface.commandRefused(id: id, reason) }
    let execution = CommandExecution(order, session: session, journal: journal)
    execution.onChange = { [weak self, weak execution] in
      guard let self, let execution else { return }
      let effects = interface.commandChanged(id: id, execution.run)
      if execution.run.outcome != nil { executions[id] = nil }
      onChange(effects)
    }
    executions[id] = execution
    execution.start()
  }

  /// Hands over what the person said to the question.
  func reply(_ id: Int, _ text: String) { executions[id]?.reply(text) }

  /// Ends all that only ask; how a command that runs ends is still written down.
  func close() {
    for execution in executions.values { execution.close() }
    executions = [:]
  }
}
