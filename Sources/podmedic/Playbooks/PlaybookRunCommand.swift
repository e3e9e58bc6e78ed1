import ArgumentParser
import Kube
import PlainInterface
import PlaybookKit

/// `podmedic playbook run`: follows a playbook once and says where it ends.
struct PlaybookRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Follows a playbook once and says where it ends.",
    discussion: """
      Without an object it runs on what has the worst of the playbook's findings. Of a workload it takes the pod that is \
      worst. Nothing is changed; commands of `run` steps are run in containers when a person, or --allow-exec, agrees, and \
      are written in the journal. Exit status: 0 when no step found a problem, 1 when one did, 2 when it could not be told.
      """)

  @OptionGroup var connection: ConnectionFlags
  @OptionGroup var probing: ProbingFlags
  @OptionGroup var commands: CommandConsent
  @Argument(help: "Name of the playbook.") var name: String
  @Argument(help: ArgumentHelp("The object, such as pod/web.", valueName: "object")) var words: [String] = []
  @Option(name: [.customShort("c"), .long], help: "The container to look at.") var container: String?
  @Option(help: ArgumentHelp("An answer to a question of a step; may be repeated.", valueName: "step=yes|no"))
  var answer: [String] = []
  @Option(name: [.short, .long], help: "Format of the report.") var output = PlaybookCommand.Format.text

  func run() throws {
    let library = PlaybookCommand.library()
    let playbook = try PlaybookCommand.playbook(name, in: library)
    let answers = try parsedAnswers(playbook)
    do throws(CommandFailure) {
      let context = try CommandContext(connection, writing: commands.writing(for: playbook))
      let host = RunHost(context, probing, commands)
      let named = words.isEmpty ? nil : try host.reference(words)
      var types = playbook.reads
      if let named, let type = builtInKind(apiVersion: named.apiVersion, kind: named.kind)?.type { types.append(type) }
      try host.read(types)
      guard let subject = try subject(playbook, named, host) else { return }
      var run = PlaybookRun(playbook, subject: subject.reference, container: container)
      try checkContainer(run, host)
      for (step, isYes) in answers { run.add(.answer(isYes), to: step, at: host.context.now) }
      let report = host.follow(&run)
      let writer = RunReportWriter(report, cluster: host.cluster)
      switch output {
      case .text: Output.write(writer.text)
      case .json: Output.write(writer.json.text(indent: 2) + "\n")
      case .markdown: Output.write(writer.markdown)
      }
      try host.context.finish()
      try PlaybookRunCommand.exit(report.verdict)
    } catch {
      // Whatever kept it from looking, it could not be told.
      var failure = error
      if failure.status == 1, !failure.message.isEmpty { failure.status = 2 }
      throw failure
    }
  }

  /// Ends with the status of a verdict.
  static func exit(_ verdict: Verdict) throws(CommandFailure) {
    switch verdict {
    case .problem: throw CommandFailure("", status: 1)
    case .unknown: throw CommandFailure("", status: 2)
    case .ok, .warning, .notApplicable: return
    }
  }

  private struct Subject { var reference: ObjectReference? }

  /// What to run on; nil when there is nothing, which has been said.
  private func subject(
    _ playbook: Playbook, _ named: ObjectReference?, _ host: RunHost
  ) throws(CommandFailure) -> Subject? {
    if playbook.scope.kinds.isEmpty { return Subject() }
    let kinds = playbook.scope.kinds.joined(separator: " or ")
    guard let named else {
      if let worst = playbook.worstSubject(in: host.state, triage: host.triage) {
        return Subject(reference: worst.reference)
      }
      Output.message("Nothing has a finding of playbook \(playbook.name). Name a \(kinds) to run it on.")
      return nil
    }
    let object = try host.object(named)
    let found = playbook.subject(
      for: object, in: host.state, triage: host.triage, events: host.events, now: host.context.now)
    switch found {
    case .found(let subject):
      if subject.reference != object.reference {
        Output.message("Looking at \(PlainText.line(subject.reference.kind.lowercased()))/\(subject.metadata.name)")
      }
      return Subject(reference: subject.reference)
    case .none:
      throw CommandFailure(
        "error: playbook \(playbook.name) is about a \(kinds), and \(named.kind.lowercased())/\(named.name) has none",
        status: 2)
    case .unknown(let doubt): throw CommandFailure("error: \(PlainText.line(doubt.text))", status: 2)
    }
  }

  private func checkContainer(_ run: PlaybookRun, _ host: RunHost) throws(CommandFailure) {
    guard let container, let subject = run.subject else { return }
    let pod = try host.object(subject) as? Pod
    let names = pod.map { ContainerFacts.all(of: $0).map(\.name) } ?? []
    guard names.contains(container) else {
      throw CommandFailure(
        "error: container \(PlainText.line(container)) is not valid for \(subject.kind.lowercased()) \(subject.name)",
        hint: names.isEmpty ? nil : "It has \(names.joined(separator: ", ")).")
    }
  }

  private func parsedAnswers(_ playbook: Playbook) throws(CommandFailure) -> [(String, Bool)] {
    var answers: [(String, Bool)] = []
    for text in answer {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, let isYes = ["yes": true, "no": false][parts[1]], playbook.step(parts[0]) != nil else {
        throw .usage(
          "--answer must be a step of the playbook and yes or no, not \"\(PlainText.line(text))\"",
          hint: "For example: --answer \(playbook.steps.first?.id ?? "step")=yes")
      }
      answers.append((parts[0], isYes))
    }
    return answers
  }
}
