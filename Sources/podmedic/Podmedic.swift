import ArgumentParser
import Glibc

/// The root command.
struct Podmedic: ParsableCommand {
  static let version = "0.1.0"

  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: calledName,
      abstract: "Finds out what is wrong in a Kubernetes cluster, and why.",
      version: version,
      subcommands: [
        DashboardCommand.self, DemoCommand.self, CheckCommand.self, GetCommand.self, EventsCommand.self,
        LogsCommand.self, ExplainCommand.self, PlaybookCommand.self, RemedyCommand.self, HistoryCommand.self,
        RecordCommand.self, FindingsCommand.self, DoctorCommand.self, ContextsCommand.self, LintCommand.self,
        VersionCommand.self,
      ],
      defaultSubcommand: DashboardCommand.self)
  }

  /// The name that a person typed: kubectl runs `kubectl-podmedic` for `kubectl podmedic`.
  static var calledName: String {
    let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "podmedic"
    return name == "kubectl-podmedic" ? "kubectl podmedic" : "podmedic"
  }

  /// Parses, runs and exits: 0, 1 for errors, 64 for a wrong command line, or what the command says.
  static func main(arguments: [String]) {
    let names = Set(configuration.subcommands.compactMap { $0.configuration.commandName })
    do {
      var command = try parseAsRoot(LeadingOptions.moved(arguments, subcommands: names))
      try command.run()
    } catch {
      guard let failure = error as? CommandFailure else { exit(withError: error) }
      Output.error(failure)
      Glibc.exit(failure.status)
    }
  }
}
