import ArgumentParser
import CursesTerminal
import DataFiles
import Glibc
import PlainInterface

/// The root command.
struct Podmedic: ParsableCommand {
  static let version = "0.1.0"

  /// What a crash leaves behind.
  static let lastWords = "podmedic \(version) has crashed; PODMEDIC_BACKTRACE=1 shows where. Please report it."

  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: calledName,
      abstract: "Finds out what is wrong in a Kubernetes cluster, and why.",
      version: version,
      subcommands: [
        DashboardCommand.self, DemoCommand.self, CheckCommand.self, GetCommand.self, EventsCommand.self,
        LogsCommand.self, ExplainCommand.self, WhyCommand.self, PlaybookCommand.self, RemedyCommand.self,
        CordonCommand.self, UncordonCommand.self, DrainCommand.self, HistoryCommand.self, RecordCommand.self,
        FindingsCommand.self, GlossaryCommand.self, DoctorCommand.self, ContextsCommand.self, LintCommand.self,
        VersionCommand.self,
      ],
      defaultSubcommand: DashboardCommand.self)
  }

  /// The name that a person typed: kubectl runs `kubectl-podmedic` for `kubectl podmedic`.
  static var calledName: String {
    let name = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "podmedic"
    return name == "kubectl-podmedic" ? "kubectl podmedic" : "podmedic"
  }

  /// Commands that are kubectl's too: whatever is wrong, their lines end with 1.
  private static let kubectlCommands: Set = ["get", "events", "logs", "cordon", "uncordon", "drain"]

  /// Parses, runs and exits: 0, 1 for errors, 64 for a wrong command line of podmedic's own, or what the command says.
  static func main(arguments: [String]) {
    CursesTerminal.announceCrashes(
      lastWords: lastWords, chainsHandlers: CommandContext.environment["PODMEDIC_BACKTRACE"] == "1")
    let names = Set(configuration.subcommands.compactMap { $0.configuration.commandName })
    // The commands about nodes read their lines themselves, with kubectl's words for what is wrong.
    let isRead = arguments.first(where: names.contains).map(KubectlFlags.commands.contains) ?? false
    let spelled = isRead ? arguments : KubectlSpelling.normalized(arguments, subcommands: names)
    let arguments = LeadingOptions.moved(spelled, subcommands: names)
    let isKubectl = arguments.first.map(kubectlCommands.contains) ?? false
    do {
      try checkCommand(arguments.first, names)
      var command = try parseAsRoot(try asKubectl(arguments))
      try command.run()
    } catch {
      guard let failure = error as? CommandFailure else {
        guard isKubectl, exitCode(for: error) == .validationFailure else { exit(withError: error) }
        Output.message(fullMessage(for: error))
        Glibc.exit(1)
      }
      Output.error(failure)
      Glibc.exit(isKubectl && failure.status == CommandFailure.usageStatus ? 1 : failure.status)
    }
  }

  /// Command lines of commands that are kubectl's too are read as kubectl reads them.
  private static func asKubectl(_ arguments: [String]) throws(CommandFailure) -> [String] {
    guard let command = arguments.first, KubectlFlags.commands.contains(command) else { return arguments }
    return [command] + (try KubectlFlags(command: command).normalized(Array(arguments.dropFirst())))
  }

  /// A first word that is no command is named as such, instead of as too many arguments for the dashboard.
  private static func checkCommand(_ word: String?, _ names: Set<String>) throws(CommandFailure) {
    guard let word, !word.hasPrefix("-"), word != "help", !names.contains(word) else { return }
    let nearest = Suggestion.closest(to: word, among: names).map { "Did you mean \"\($0)\"? " } ?? ""
    throw .usage(
      "unknown command \"\(PlainText.line(word))\" for \"\(calledName)\"",
      hint: "\(nearest)\"\(calledName) --help\" lists the commands.")
  }
}
