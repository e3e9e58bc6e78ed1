import ArgumentParser
import Kube
import PlainInterface
import Remedies
import Session

/// `podmedic history`: what podmedic has changed, on this machine.
struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "Lists what podmedic has changed in clusters.",
    discussion: "The journal is $XDG_STATE_HOME/podmedic/history, one line of JSON for each entry.")

  /// How the list is written.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(name: [.short, .long], help: "Format of the list.") var output = Format.text
  @Option(help: "Only so many of the last runs.") var tail: Int?
  @Flag(name: [.short, .long], help: "With changes, kubectl commands and how to take it back.") var long = false

  func run() throws {
    let journal = JournalFile(environment: CommandContext.environment)
    let history: JournalHistory
    do throws(JournalFailure) {
      history = try journal.history().get()
    } catch {
      throw CommandFailure("error: the journal cannot be read: \(error.message)")
    }
    var records = history.records[...]
    if let tail { records = records.suffix(max(0, tail)) }
    switch output {
    case .json: Output.write(HistoryText.json(records).text(indent: 2) + "\n")
    case .text:
      for record in records { Output.write(HistoryText.lines(record, long: long)) }
      if records.isEmpty { Output.message("Nothing has been changed with podmedic.") }
    }
    if history.brokenLines > 0 {
      Output.message("warning: \(history.brokenLines) lines of \(journal.path ?? "the journal") cannot be read")
    }
  }
}

/// Runs of the journal as text and as JSON.
enum HistoryText {
  /// The versioned document, `podmedic.dev/v1` History, the newest run last.
  static func json(_ records: ArraySlice<JournalHistory.Record>) -> JSONValue {
    ["apiVersion": "podmedic.dev/v1", "kind": "History", "items": .array(records.map { json($0) })]
  }

  private static func json(_ record: JournalHistory.Record) -> JSONValue {
    let entry = record.entry
    var object: JSONValue = ["kind": .string(entry.object.kind), "name": .string(entry.object.name)]
    if !entry.object.namespace.isEmpty { object["namespace"] = .string(entry.object.namespace) }
    var json: JSONValue = [
      "id": .string(entry.id), "time": .string(entry.time.description), "context": .string(entry.context),
      "cluster": .string(entry.cluster), "user": .string(entry.user), "object": object,
      "remedy": .string(entry.remedy), "title": .string(entry.title),
      "changes": .array(entry.changes.map { .string($0) }), "kubectl": .array(entry.kubectl.map { .string($0) }),
      "undo": .string(entry.undo),
    ]
    json["ended"] = record.ended.map { .string($0.description) }
    json["outcome"] = entry.outcome.isEmpty ? nil : .string(entry.outcome)
    json["detail"] = entry.detail.isEmpty ? nil : .string(entry.detail)
    json["whyNoUndo"] = record.whyNoUndo.map { .string($0) }
    return json
  }

  /// One run.
  static func lines(_ record: JournalHistory.Record, long: Bool) -> String {
    let entry = record.entry
    let place = entry.object.namespace.isEmpty ? "" : " -n \(entry.object.namespace)"
    let object = "\(entry.object.kind.lowercased())/\(entry.object.name)\(place)"
    let outcome = entry.outcome.isEmpty ? "never ended" : entry.outcome
    let cluster = entry.context.isEmpty ? entry.cluster : entry.context
    var lines = ["\(entry.time)  \(cluster)  \(object)  \(entry.title)  \(outcome)"]
    if long {
      lines.append("  id       \(entry.id)")
      if !entry.user.isEmpty { lines.append("  user     \(entry.user)") }
      lines += entry.changes.map { "  change   \($0)" }
      lines += entry.kubectl.map { "  kubectl  \($0)" }
      let back = record.whyNoUndo ?? "\(entry.undo) (podmedic remedy undo \(entry.id))"
      lines.append("  undo     \(back)")
      if !entry.detail.isEmpty { lines.append("  outcome  \(entry.detail)") }
    }
    return lines.map { PlainText.line($0) + "\n" }.joined()
  }
}
