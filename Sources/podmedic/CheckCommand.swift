import ArgumentParser
import Captures
import ClusterState
import Diagnosis
import Kube
import KubeClient
import KubeConfig
import PlainInterface
import Session

/// `podmedic check`: the diagnosis for scripts.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Lists what is wrong, for people and for scripts.",
    discussion: """
      Exit status: 0 when nothing at or above the level of --fail-on was found, 1 when something was, 2 when it could \
      not be told. Files of a capture that cannot be read make it 2.
      """)

  /// How the report is written.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }
  /// From which severity on findings count.
  enum Level: String, ExpressibleByArgument, CaseIterable {
    case critical, warning, notice

    var severity: Severity {
      switch self {
      case .critical: .critical
      case .warning: .warning
      case .notice: .notice
      }
    }
  }

  @OptionGroup var connection: ConnectionFlags
  @Option(name: [.short, .long], help: "Format of the report.") var output = Format.text
  @Option(help: "Lowest severity that makes the exit status 1.") var failOn = Level.warning

  func run() throws {
    let context: CommandContext
    do throws(CommandFailure) {
      context = try CommandContext(connection)
      try context.readAll(
        Triage.resources + (context.isCapture ? Triage.furtherResources : []), failureStatus: 2)
    } catch {
      // Whatever kept it from looking, it could not be told.
      var failure = error
      failure.status = 2
      throw failure
    }
    let now = context.now
    let state = context.session.state
    // A misspelt name must not look like a healthy namespace.
    if let namespace = context.namespace, state.isConclusive(Namespace.self),
      state.get(Namespace.self, name: namespace) == nil
    {
      throw CommandFailure("Error from server (NotFound): namespaces \"\(namespace)\" not found", status: 2)
    }
    let triage = context.diagnose(namespace: context.namespace)
    var cluster = CheckReport.Cluster()
    cluster.context = context.connection.contextName
    cluster.server = context.isCapture ? "" : context.connection.server.description
    cluster.version = context.session.serverVersion?.gitVersion ?? ""
    cluster.namespace = context.namespace
    // Whoever asks about one namespace need not be allowed to see nodes.
    let missing = Triage.sources.filter { source in
      source.isMissed(in: state) && (context.namespace == nil || source.type.resource.isNamespaced)
    }
    let unreadable = context.capture?.problems.isEmpty == false ? ["files of the capture"] : []
    let report = CheckReport(
      cluster: cluster, triage: triage, now: now, gaps: missing.map { $0.type.resource.plural } + unreadable)
    switch output {
    case .text: Output.write(report.text)
    case .json: Output.write(report.json.text(indent: 2) + "\n")
    case .markdown: Output.write(report.markdown)
    }
    // A namespace that stands in the kubeconfig is easily forgotten.
    if let namespace = context.namespace, connection.namespace == nil, !context.isCapture {
      Output.message(
        "only namespace \(PlainText.line(namespace)) was looked at, as the kubeconfig says; -A looks at all")
    }
    try context.finish()
    if triage.findings.contains(where: { $0.severity >= failOn.severity }) { throw CommandFailure("", status: 1) }
    if !missing.isEmpty {
      let names = missing.map { $0.type.resource.plural }.joined(separator: ", ")
      let hint = context.isCapture ? nil : "\"podmedic doctor\" shows what this user may read."
      throw CommandFailure("error: not everything could be read: \(names)", hint: hint, status: 2)
    }
  }
}
