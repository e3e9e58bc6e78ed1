import ArgumentParser
import Draining
import Kube
import PlainInterface

/// `podmedic drain --plan`.
struct DrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Says what a drain of nodes would do.",
    discussion: """
      Exit status with --plan: 0 when the drain can proceed, 1 when it is blocked or refused, 2 when it could not be told.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

  @OptionGroup var connection: ConnectionFlags
  @Argument(help: "Names of the nodes.") var nodes: [String] = []
  @Option(name: [.customShort("l"), .long], help: "The nodes that have these labels.") var selector: String?
  @Flag(help: "Only say what would happen.") var plan = false
  @Option(name: [.short, .long], help: "Format of the plan.") var output = Format.text
  @Flag(help: "Also pods without a controller.") var force = false
  @Flag(name: .customLong("ignore-daemonsets"), help: "Leave pods of DaemonSets alone.") var ignoreDaemonSets = false
  @Flag(name: .customLong("delete-emptydir-data"), help: "Also pods with emptyDir volumes.") var deleteEmptyDirData =
    false
  @Option(help: "Seconds that pods are given; negative for their own.") var gracePeriod = -1
  @Option(help: "Only pods with these labels.") var podSelector: String?
  @Flag(help: "Delete pods, past their disruption budgets.") var disableEviction = false
  @Option(help: "Leave pods alone whose deletion is overdue by so many seconds.") var skipWaitForDeleteTimeout = 0

  func run() throws {
    guard plan else { throw CommandFailure.usage("only --plan is there yet") }
    if selector != nil, !nodes.isEmpty {
      throw CommandFailure.asKubectl("cannot specify both a node name and a --selector option")
    }
    guard selector != nil || !nodes.isEmpty else { throw CommandFailure.usage("which node?") }
    var options = DrainOptions()
    options.force = force
    options.ignoreDaemonSets = ignoreDaemonSets
    options.deleteEmptyDirData = deleteEmptyDirData
    options.gracePeriod = gracePeriod
    options.podSelector = try query(podSelector) ?? LabelQuery()
    options.disableEviction = disableEviction
    options.skipWaitForDeleteTimeout = skipWaitForDeleteTimeout
    try DrainPlanCommand.run(
      connection, nodes: nodes, selector: try query(selector), options: options,
      format: DrainPlanCommand.Format(rawValue: output.rawValue) ?? .text)
  }

  private func query(_ text: String?) throws(CommandFailure) -> LabelQuery? {
    guard let text else { return nil }
    do throws(LabelQueryFailure) { return try LabelQuery(parsing: text) } catch {
      throw CommandFailure.usage("\(PlainText.line(text)) is no label selector: \(PlainText.line("\(error)"))")
    }
  }
}
