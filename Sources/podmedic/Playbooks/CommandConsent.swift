import ArgumentParser
import Glibc
import PlainInterface
import PlaybookKit
import Remedies
import Session

/// Whether `run` steps of playbooks may run their commands in containers.
struct CommandConsent: ParsableArguments {
  @OptionGroup var writing: WritingFlags
  @Flag(
    help: """
      Let `run` steps run their commands in containers without asking. Without it, and without a terminal to ask on, such \
      steps are unknown.
      """)
  var allowExec = false

  /// What the session may do for a playbook: nothing but reading, unless a command of it may be run.
  func writing(for playbook: Playbook) -> WritingFlags? {
    let hasCommands = playbook.steps.contains { if case .run = $0.action { true } else { false } }
    return hasCommands && (allowExec || isatty(STDIN_FILENO) == 1) ? writing : nil
  }

  /// Runs a command after a person's word, from permission to journal, and says what it adds to its step.
  func run(_ order: CommandOrder, _ context: CommandContext) -> PlaybookRun.Contribution {
    guard allowExec || isatty(STDIN_FILENO) == 1 else {
      return .noText(Doubt(.notAnswered, "it runs a command in a container: --allow-exec lets it"))
    }
    if let reason = context.session.writePolicy.reason { return .noText(Doubt(.notAnswered, reason)) }
    let journal = JournalFile(environment: CommandContext.environment)
    let execution = CommandExecution(order, session: context.session, journal: journal)
    execution.start()
    context.wait { execution.run.phase != .checking }
    if execution.run.phase == .confirming {
      Output.message(RemedyReport(RemedySummary(execution.run)).text)
      execution.reply(allowExec ? "y" : reply(to: execution.run))
      context.wait { execution.run.outcome != nil }
    }
    if let problem = execution.run.journalProblem {
      Output.message("warning: the journal lacks the outcome: \(problem)")
    }
    return execution.run.outcome?.contribution ?? .noText(Doubt(.failed, execution.run.progress))
  }

  private func reply(to run: CommandRun) -> String {
    Output.prompt(run.question + ": ")
    return readLine(strippingNewline: true) ?? ""
  }
}
