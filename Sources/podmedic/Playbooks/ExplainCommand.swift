import ArgumentParser
import ClusterState
import Diagnosis
import Kube
import PlainInterface
import PlaybookKit

/// `podmedic explain`: what is wrong with one object, and the playbook that fits, evaluated.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Says what is wrong with an object and why, with every step that leads there.",
    discussion: """
      Prints the findings about the object and what belongs to it, and follows the playbook that fits best; where \
      nothing is wrong, it only names the playbooks that could look at the object. Exit status: 0 when nothing was \
      found, 1 when something was, 2 when it could not be told. What happens to the pods of a node that is well is \
      listed and does not count.
      """)

  @OptionGroup var connection: ConnectionFlags
  @OptionGroup var probing: ProbingFlags
  @Argument(help: ArgumentHelp("The object, such as pod/web.", valueName: "object")) var words: [String] = []
  @Option(name: [.short, .long], help: "Format of the report.") var output = PlaybookCommand.Format.text

  func run() throws {
    let library = PlaybookCommand.library()
    do throws(CommandFailure) {
      guard !words.isEmpty else { throw .usage("expected an object", hint: "For example: podmedic explain pod/web") }
      let host = RunHost(try CommandContext(connection), probing)
      let reference = try host.reference(words)
      // Which playbook fits is known only afterwards.
      var types = library.entries.flatMap { $0.playbook.reads }
      if let type = builtInKind(apiVersion: reference.apiVersion, kind: reference.kind)?.type { types.append(type) }
      try host.read(types)
      try explain(try host.object(reference), library, host)
    } catch {
      var failure = error
      if failure.status == 1, !failure.message.isEmpty { failure.status = 2 }
      throw failure
    }
  }

  private func explain(
    _ object: any KubeObject, _ library: PlaybookLibrary, _ host: RunHost
  ) throws(CommandFailure) {
    let now = host.context.now
    let facts = PlaybookFacts(host.state, triage: host.triage, events: host.events, object: object, now: now)
    let playbooks = library.playbooks(for: facts)
    var report: RunReport?
    // A playbook assumes the trouble that it is about: it is not followed where there is none.
    let hasTrouble = !facts.troubles.isEmpty || !facts.history.isEmpty
    for playbook in hasTrouble ? playbooks : [] {
      let found = playbook.subject(for: object, in: host.state, triage: host.triage, events: host.events, now: now)
      guard let subject = found.value else { continue }
      var run = PlaybookRun(playbook, subject: subject.reference)
      report = host.follow(&run)
      break
    }
    let explanation = ExplanationReport(
      facts, object: object.reference, playbooks: playbooks, run: report, cluster: host.cluster)
    switch output {
    case .text: Output.write(explanation.text)
    case .json: Output.write(explanation.json.text(indent: 2) + "\n")
    case .markdown: Output.write(explanation.markdown)
    }
    try host.context.finish()
    if facts.troubles.contains(where: { $0.severity >= .warning }) { throw CommandFailure("", status: 1) }
    if let report { try PlaybookRunCommand.exit(report.verdict) }
    let doubts = facts.findings.isEmpty ? host.state.doubts(about: object.reference) : []
    if let doubt = host.state.doubt(about: Pod.self, namespace: facts.namespace) ?? doubts.first {
      throw CommandFailure("error: not everything could be read: \(PlainText.line(doubt.text))", status: 2)
    }
  }
}
