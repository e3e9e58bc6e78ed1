import Kube
import PlaybookKit
import Remedies
import Terminal

// Commands of `run` steps: enter asks the server whether the person may, then the person; `CommandRun` has the order.

extension Interface {
  /// Begins the command of a step, or asks again about one that waits for an answer.
  func runCommand(_ order: CommandOrder, of step: String, _ guided: GuidedRun) -> [Effect] {
    guard mayWrite() else { return [] }
    if let (id, run) = guided.command(of: step) {
      if let run, run.phase == .confirming { startPrompt(.runCommand(id: id, run.question)) }
      return []
    }
    let id = freshID()
    guided.beginCommand(id, step)
    commandOrigins[id] = guided
    return [.startCommand(id: id, order)]
  }

  /// A command has begun or gone on.
  public func commandChanged(id: Int, _ run: CommandRun) -> [Effect] {
    guard let guided = commandOrigins[id], let step = guided.update(id, run) else { return [] }
    let isShown = page?.playbook?.guided === guided && guided.step?.id == step
    if run.phase == .confirming {
      // Who has gone on to something else is asked when they come back, by the same key.
      if isShown, prompt == nil { startPrompt(.runCommand(id: id, run.question)) }
      return []
    }
    // The answer to a question that is not asked any more must not reach the next one.
    if case .runCommand(id, _)? = prompt?.kind { prompt = nil }
    guard let outcome = run.outcome else { return [] }
    endCommand(id, guided)
    if outcome != .declined { guided.add(outcome.contribution, to: step, at: now) }
    // What it wrote is what the person wants to see now.
    if isShown { guided.choose(step) }
    if !isShown || outcome == .declined { show("\(step): \(outcome.sentence)") }
    if let problem = run.journalProblem { show("the journal lacks the outcome: \(problem)", role: .warning) }
    return advance()
  }

  /// A command could not begin.
  public func commandRefused(id: Int, _ reason: String) {
    if let guided = commandOrigins[id] { endCommand(id, guided) }
    show(reason, role: .warning)
  }

  private func endCommand(_ id: Int, _ guided: GuidedRun) {
    commandOrigins[id] = nil
    guided.endCommand(id)
  }
}
