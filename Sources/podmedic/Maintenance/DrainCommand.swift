import ArgumentParser
import Draining
import Kube
import KubeClient
import KubeConfig
import PlainInterface
import Session

/// `podmedic drain`, as kubectl's, and what kubectl's has not: a plan, batches, and taking up again.
struct DrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Drains nodes in preparation for maintenance, as kubectl drain does.",
    discussion: """
      Flags, lines and exit status are kubectl's; nothing is asked. Unlike kubectl it evicts a pod only as long as it is \
      the one that was planned, stops when a node cannot be cordoned, goes on after short outages of the API server, and \
      writes down each step first: --resume goes on after a crash, and \
      only with --cordon-again where a node was uncordoned since with other means; "podmedic uncordon" ends the drain. \
      Ctrl-C ends it (exit status 130): what was told to go \
      goes, nothing else. With --plan nothing is changed, and the exit status is 0 when the drain can proceed, 1 when it \
      is blocked or refused, 2 when it could not be told.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, markdown }

  @OptionGroup var connection: ConnectionFlags
  @OptionGroup var writing: WritingFlags
  @Option(name: [.customShort("l"), .long], help: "Selector (label query) to filter on.") var selector: String?
  @Flag(help: "Continue even if there are pods that do not declare a controller.") var force = false
  @Flag(name: .customLong("ignore-daemonsets"), help: "Ignore DaemonSet-managed pods.") var ignoreDaemonSets = false
  @Flag(
    name: .customLong("delete-emptydir-data"),
    help: "Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).")
  var deleteEmptyDirData = false
  @Option(
    help: ArgumentHelp(
      "Seconds given to each pod to terminate gracefully; negative for the pod's own.", valueName: "seconds"))
  var gracePeriod = -1
  @Option(help: ArgumentHelp("How long to wait for each node, such as 5m; zero means infinite.", valueName: "duration"))
  var timeout = "0s"
  @Option(help: "Label selector to filter pods on the node.") var podSelector = ""
  @Flag(help: "Delete pods, even if eviction is supported. This bypasses PodDisruptionBudgets, use with caution.")
  var disableEviction = false
  @Option(
    help: ArgumentHelp(
      "Do not wait for pods whose DeletionTimestamp is older than so many seconds; 0 is never.", valueName: "seconds"))
  var skipWaitForDeleteTimeout = 0
  @Option(help: ArgumentHelp("Read pods in chunks of so many; 0 for all at once.", valueName: "count"))
  var chunkSize = 500
  @Option(help: "Must be \"none\", \"server\", or \"client\".") var dryRun: String?
  @Flag(help: "Only say what would happen, and why.") var plan = false
  @Option(name: [.short, .long], help: "Format of the plan.") var output: Format?
  @Option(help: ArgumentHelp("Remove only so many pods of a node at a time.", valueName: "count")) var batch: Int?
  @Flag(
    help: "Wait after each batch, and each node, until the owners have as many Ready pods as before; stop at failures.")
  var waitReady = false
  @Option(
    help: ArgumentHelp(
      "Go on with the last drain that was cut off, or with that of --resume=ID; takes no nodes.", valueName: "id"))
  var resume: String?
  @Flag(help: "With --resume: cordon nodes again that were uncordoned since, other than with podmedic.")
  var cordonAgain = false
  @Argument(help: ArgumentHelp("Names of the nodes.", valueName: "node")) var nodes: [String] = []

  func run() throws {
    do throws(CommandFailure) { try carryOut() } catch {
      // Of a plan 1 says that the drain is blocked; what went wrong has words, that has none.
      guard plan, error.status == 1, !error.message.isEmpty else { throw error }
      var failure = error
      failure.status = 2
      throw failure
    }
  }

  private func carryOut() throws(CommandFailure) {
    if let resume { return try takeUp(resume) }
    if cordonAgain { throw CommandFailure.asKubectl("--cordon-again says how to --resume a drain: name both") }
    try KubectlUsage.check(nodes, selector: selector, command: "drain")
    let options = try options()
    if let batch, batch < 1 { throw CommandFailure.asKubectl("--batch must be 1 or more, not \(batch)") }
    var order = DrainOrder(nodes: [], options: options)
    order.batch = batch
    order.waitsReady = waitReady
    if plan {
      let query = try selector.map { (text) throws(CommandFailure) in try Self.query(text, flag: "selector") }
      return try DrainPlanCommand.run(
        connection, nodes: nodes, selector: query, order: order,
        format: output.flatMap { DrainPlanCommand.Format(rawValue: $0.rawValue) } ?? .text)
    }
    if output != nil { throw CommandFailure.asKubectl("--output is the format of a plan: it needs --plan") }
    let context = try CommandContext(connection, writing: writing)
    try context.checkMayWrite(options.dryRun)
    let selected = try NodeSelection(context).nodes(nodes, selector: selector)
    guard !selected.isEmpty else { return }
    if options.dryRun == .none, options.skipWaitForDeleteTimeout == 0 {
      for node in selected where !node.isReady {
        Output.message("hint: node \(node.target.name) \(NodeWarning.isNotReady.text).")
      }
    }
    order.nodes = selected.map(\.target)
    let header = context.session.drainHeader(order)
    if options.dryRun == .none { mentionUnfinished(header, context) }
    var log: DrainLogFile?
    if options.dryRun == .none {
      log = try DrainTerminal.opened(
        DrainLogFile.create(id: header.id, environment: CommandContext.environment))
    }
    try DrainTerminal(context, DrainRun(header), log).run()
  }

  /// Says which drains of these nodes were left unfinished: they end with this one. What another podmedic carries out
  /// goes on.
  private func mentionUnfinished(_ header: DrainHeader, _ context: CommandContext) {
    let entries = DrainLogs.resumable(
      server: context.connection.server.description, environment: CommandContext.environment)
    for entry in entries where entry.log.isSuperseded(by: header) {
      let log = entry.log
      let names = log.header.order.nodes.map(\.name).joined(separator: ", ")
      // A dashboard keeps the log of a drain that was cancelled there.
      guard log.outcome != nil || !DrainLogFile.isHeld(entry.path) else {
        Output.message("hint: another podmedic is draining \(names) now, since \(log.header.time); both go on.")
        continue
      }
      Output.message(
        "hint: a drain of \(names), begun \(log.header.time), was \(log.wasCancelled ? "cancelled" : "cut off"); "
          + "this one takes its place, and \"--resume=\(log.header.id)\" does not find it any more.")
    }
  }

  private func options() throws(CommandFailure) -> DrainOptions {
    var options = DrainOptions()
    options.dryRun = try KubectlUsage.dryRun(dryRun)
    options.force = force
    options.ignoreDaemonSets = ignoreDaemonSets
    options.deleteEmptyDirData = deleteEmptyDirData
    options.gracePeriod = gracePeriod
    options.disableEviction = disableEviction
    options.skipWaitForDeleteTimeout = skipWaitForDeleteTimeout
    options.chunkSize = chunkSize
    options.podSelector = try Self.query(podSelector, flag: "pod-selector=<pod_selector>")
    do throws(GoDurationFailure) { options.timeout = try GoDuration.parse(timeout) } catch {
      throw .asKubectl(error.message)
    }
    return options
  }

  /// The flags that say how to drain and are not as when nothing is said.
  private var flagsOfItsOwn: [String] {
    let flags: [(name: String, isGiven: Bool)] = [
      ("--force", force), ("--ignore-daemonsets", ignoreDaemonSets), ("--delete-emptydir-data", deleteEmptyDirData),
      ("--grace-period", gracePeriod != -1), ("--timeout", timeout != "0s"), ("--pod-selector", !podSelector.isEmpty),
      ("--disable-eviction", disableEviction),
      ("--skip-wait-for-delete-timeout", skipWaitForDeleteTimeout != 0), ("--chunk-size", chunkSize != 500),
      ("--batch", batch != nil), ("--wait-ready", waitReady),
    ]
    return flags.filter(\.isGiven).map(\.name)
  }

  private static func query(_ text: String, flag: String) throws(CommandFailure) -> LabelQuery {
    do throws(LabelQueryFailure) { return try LabelQuery(parsing: text) } catch {
      throw .asKubectl("--\(flag) must be a valid label selector")
    }
  }

  private func takeUp(_ id: String) throws(CommandFailure) {
    guard nodes.isEmpty, selector == nil else {
      throw .asKubectl("--resume goes on with the nodes and flags that the drain was begun with: name none")
    }
    // A drain that goes on evicts: whoever asked to change nothing must not find out afterwards.
    if plan || output != nil {
      throw .asKubectl(
        "--resume evicts, and --plan changes nothing: \"\(Podmedic.calledName) drain NODE --plan\" says what is left")
    }
    let dryRun = try KubectlUsage.dryRun(dryRun)
    guard dryRun == .none else {
      throw .asKubectl("--resume evicts, and --dry-run=\(dryRun.rawValue) changes nothing: name one of them")
    }
    if let flag = flagsOfItsOwn.first {
      throw .asKubectl("--resume goes on with the flags that the drain was begun with: leave \(flag) out")
    }
    let context = try CommandContext(connection, writing: writing)
    try context.checkMayWrite()
    let entries = DrainLogs.resumable(
      server: context.connection.server.description, environment: CommandContext.environment)
    // What a person has ended is not gone on with unless it is named.
    let isMeant: (DrainLogs.Entry) -> Bool = {
      id.isEmpty ? !$0.log.wasCancelled : $0.log.header.id == id
    }
    // Where nothing is named, what another podmedic carries out now is not meant, as long as there is something else.
    let free = id.isEmpty ? entries.last { isMeant($0) && !DrainLogFile.isHeld($0.path) } : nil
    guard let entry = free ?? entries.last(where: isMeant) else {
      let ended = DrainLogs.endedByUncordon(
        server: context.connection.server.description, environment: CommandContext.environment)
      if entries.isEmpty || !id.isEmpty, let log = ended.last(where: isMeant)?.log {
        throw .asKubectl(
          "the drain \(log.header.id) of \(log.header.order.nodes.map(\.name).joined(separator: ", ")) was ended when "
            + "\(log.uncordoned.joined(separator: ", ")) was uncordoned with podmedic: there is nothing to go on with")
      }
      if id.isEmpty, let log = entries.last?.log {
        throw .asKubectl(
          "no drain of this cluster was cut off; that of \(log.header.order.nodes.map(\.name).joined(separator: ", ")) "
            + "was cancelled: --resume=\(log.header.id) goes on with it")
      }
      throw .asKubectl(
        id.isEmpty
          ? "there is no drain of this cluster to go on with"
          : "there is no drain \"\(PlainText.line(id))\" to go on with")
    }
    let log = try DrainTerminal.opened(DrainLogFile.reopen(entry.path))
    // Until the lock was ours somebody else may have gone on with it.
    guard let known = DrainLogs.read(entry.path), known.isResumable else {
      throw .asKubectl("another podmedic has ended this drain")
    }
    let order = known.header.order
    let words = ["\(Podmedic.calledName) drain"] + order.nodes.map(\.name) + order.flags
    Output.message("Going on with: \(words.joined(separator: " "))")
    try DrainTerminal(context, DrainRun(resuming: known, cordonsAgain: cordonAgain), log).run()
  }
}
