import ArgumentParser
import PlainInterface
import Remedies
import Session

/// `podmedic remedy undo`: takes back what an earlier run changed, also when podmedic has ended since.
struct RemedyUndoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Takes back what a run of the history has changed.",
    discussion: """
      Asks and waits as "podmedic remedy apply" does. Where the same fields have changed since, nothing is \
      changed. "podmedic history --long" lists the runs with their ids.
      """)

  @OptionGroup var connection: ConnectionFlags
  @OptionGroup var consent: RemedyConsent
  @Argument(help: "Id of the run.") var id: String

  func run() throws {
    let journal = JournalFile(environment: CommandContext.environment)
    let history: JournalHistory
    do throws(JournalFailure) {
      history = try journal.history().get()
    } catch {
      throw CommandFailure("error: the journal cannot be read: \(error.message)")
    }
    guard let record = history.record(id) else {
      throw CommandFailure.usage(
        "the history has no run \"\(PlainText.line(id))\"", hint: "\"podmedic history --long\" lists them.")
    }
    guard let order = record.entry.back else {
      throw CommandFailure("error: \(PlainText.line(record.whyNoUndo ?? ""))")
    }
    let context = try consent.context(connection)
    let place = context.session.place
    guard record.isAbout(context: place.context, cluster: place.cluster) else {
      let other = record.entry.context.isEmpty ? record.entry.cluster : record.entry.context
      throw CommandFailure(
        "error: this was done in \(PlainText.line(other))", hint: "--context names the context of that cluster.")
    }
    try consent.run(order, context)
  }
}
