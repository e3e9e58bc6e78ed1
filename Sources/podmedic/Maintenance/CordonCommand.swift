import ArgumentParser
import Draining
import Kube
import KubeConfig
import PlainInterface
import Remedies
import Session

/// What `cordon` and `uncordon` take.
struct CordonFlags: ParsableArguments {
  @OptionGroup var connection: ConnectionFlags
  @OptionGroup var writing: WritingFlags
  @Option(name: [.customShort("l"), .long], help: "Selector (label query) to filter on.") var selector: String?
  @Option(help: "Must be \"none\", \"server\", or \"client\".") var dryRun: String?
  @Argument(help: ArgumentHelp("Names of the nodes.", valueName: "node")) var nodes: [String] = []

  /// Changes the nodes, one after the other; like kubectl it goes on when one cannot be changed, and only says so.
  fileprivate func run(_ isWanted: Bool) throws(CommandFailure) {
    let command = isWanted ? "cordon" : "uncordon"
    try KubectlUsage.check(nodes, selector: selector, command: command)
    let dryRun = try KubectlUsage.dryRun(dryRun)
    let context = try CommandContext(connection, writing: writing)
    try context.checkMayWrite(dryRun)
    for target in try NodeSelection(context).nodes(nodes, selector: selector).map(\.target) {
      if target.isCordoned == isWanted {
        say("node/\(target.name) already \(command)ed\(dryRun.remark)")
      } else if dryRun == .client {
        say("node/\(target.name) \(command)ed\(dryRun.remark)")
      } else {
        do throws(CordonFailure) {
          try Self.change(isWanted, target, context, isDryRun: dryRun == .server)
          say("node/\(target.name) \(command)ed\(dryRun.remark)")
        } catch {
          Output.message("error: unable to \(command) node \"\(target.name)\": \(error.text)")
        }
      }
    }
  }

  /// Changes one node and waits for the answer.
  static func change(
    _ isWanted: Bool, _ target: DrainOrder.Target, _ context: CommandContext, isDryRun: Bool
  ) throws(CordonFailure) {
    let journal = JournalFile(environment: CommandContext.environment)
    let _: Node = try context.answer { (done: @escaping (Result<Node, CordonFailure>) -> Void) in
      context.session.setCordon(isWanted, target, isDryRun: isDryRun, journal: journal, done)
    }
    guard !isWanted, !isDryRun else { return }
    let failures = DrainLogs.noteUncordoned(
      node: target.name, uid: target.uid, at: context.now, server: context.connection.server.description,
      environment: CommandContext.environment)
    for failure in failures { Output.message("warning: the log of a drain lacks it: \(failure.message)") }
  }

  private func say(_ line: String) { Output.write(PlainText.line(line) + "\n") }
}

/// `podmedic cordon`, as kubectl's.
struct CordonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cordon", abstract: "Marks nodes as unschedulable, as kubectl cordon does.",
    discussion: """
      Lines and exit status are kubectl's, also that it is 0 when a node could not be cordoned: standard error says so. \
      Who cordoned a node, and when, is kept in annotations on it (podmedic.dev/cordoned-by, -at), and in the journal.
      """)

  @OptionGroup var flags: CordonFlags

  func run() throws { try flags.run(true) }
}

/// `podmedic uncordon`, as kubectl's.
struct UncordonCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uncordon", abstract: "Marks nodes as schedulable, as kubectl uncordon does.",
    discussion: """
      Lines and exit status are kubectl's, also that it is 0 when a node could not be uncordoned: standard error says so.
      """)

  @OptionGroup var flags: CordonFlags

  func run() throws { try flags.run(false) }
}
