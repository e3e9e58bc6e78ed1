import ArgumentParser
import Glibc
import Kube
import KubeConfig
import PlainInterface
import Remedies
import Session

/// `podmedic remedy apply`: the whole way of a remedy, step by step, on the terminal.
struct RemedyApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Applies a remedy to an object, after showing what it would do.",
    discussion: """
      Shows what the server would make of it, asks, writes the journal, applies it and waits until it has helped. \
      Without a terminal to ask on, --yes is needed. Exit status: 0 when it has helped (or, with --dry-run, the server \
      would accept it), 1 when nothing was changed, 2 when something was changed and has not helped, or that is unknown.
      """)

  @OptionGroup var connection: ConnectionFlags
  @OptionGroup var consent: RemedyConsent
  @Argument(help: "Remedy; \"podmedic remedy list\" lists all of them.") var name: String
  @Argument(help: ArgumentHelp("Object, such as pod/checkout-1, and parameters.", valueName: "object"))
  var words: [String] = []

  func run() throws {
    let kind = try RemedyWords.kind(name)
    guard let object = words.first else {
      throw CommandFailure.usage("which object? For example: podmedic remedy apply \(kind.name.rawValue) TYPE/NAME")
    }
    let parameters = try RemedyWords.parameters(Array(words.dropFirst()))
    if let problem = kind.problem(with: parameters) {
      throw CommandFailure.usage(
        PlainText.line(problem), hint: "\"podmedic remedy show \(kind.name.rawValue)\" explains it.")
    }
    let context = try consent.context(connection)
    let targets = try KindWords(context: context).targets([object])
    guard let target = targets.first, targets.count == 1, let name = target.names.first, object.contains("/") else {
      throw CommandFailure.usage("an object is TYPE/NAME, such as deployment/checkout")
    }
    var reference = ObjectReference()
    reference.kind = target.resource.kind
    reference.apiVersion = target.resource.apiVersion
    reference.name = name
    if target.resource.isNamespaced { reference.namespace = context.connection.namespace }
    let order = RemedyOrder(kind.name, reference, parameters)
    try consent.run(order, context)
  }
}

/// How a person agrees to a remedy.
struct RemedyConsent: ParsableArguments {
  @OptionGroup var writing: WritingFlags
  @Flag(help: "Only let the server try it.") var dryRun = false
  @Flag(name: [.short, .long], help: "Do not ask.") var yes = false
  @Flag(help: "Do not wait until it has helped.") var noWait = false

  /// A session that may change its cluster; says why there is none.
  func context(_ connection: ConnectionFlags) throws(CommandFailure) -> CommandContext {
    guard yes || dryRun || isatty(STDIN_FILENO) == 1 else {
      throw CommandFailure.usage("there is no terminal to ask on", hint: "--yes applies it without asking.")
    }
    let context = try CommandContext(connection, writing: writing)
    try context.checkMayWrite()
    return context
  }

  /// Reads what the order needs and runs it to its end.
  func run(_ order: RemedyOrder, _ context: CommandContext) throws(CommandFailure) {
    try context.readAll(order.needs, in: space(of: order.object))
    try RemedyTerminal(context, isAsking: !yes, isDryRun: dryRun, isWaiting: !noWait).run(order)
  }

  /// The namespace whose objects matter; nil for all.
  private func space(of reference: ObjectReference) -> String? {
    switch reference.kind {
    case "Namespace": reference.name
    default: reference.namespace.isEmpty ? nil : reference.namespace
    }
  }
}

/// Runs one remedy, and what takes it back, with a person at a terminal.
final class RemedyTerminal {
  private let context: CommandContext
  private let isAsking: Bool
  private let isDryRun: Bool
  private let isWaiting: Bool
  private let journal = JournalFile(environment: CommandContext.environment)

  init(_ context: CommandContext, isAsking: Bool, isDryRun: Bool, isWaiting: Bool) {
    self.context = context
    self.isAsking = isAsking
    self.isDryRun = isDryRun
    self.isWaiting = isWaiting
  }

  /// Runs the order to its end.
  func run(_ order: RemedyOrder) throws(CommandFailure) {
    let execution = RemedyExecution(order, session: context.session, journal: journal, isDryRun: isDryRun)
    defer { execution.close() }
    context.session.onChange = { [weak execution] in execution?.clusterChanged() }
    execution.start()
    var lastLine = ""
    while execution.run.outcome == nil {
      switch execution.run.phase {
      case .confirming:
        Output.write(RemedyReport(execution.run).text)
        execution.reply(try reply(to: execution.run))
      case .applying, .verifying:
        say(execution.run.progress, &lastLine)
        turn(execution)
      case .waiting:
        say(execution.run.progress, &lastLine)
        if isWaiting { turn(execution) } else { execution.leave() }
      case .reading, .checkingAccess, .dryRunning, .recording, .finished: turn(execution)
      }
    }
    if execution.run.outcome == .succeeded, order.opensNode { noteOpened(order.object) }
    try end(execution.run)
  }

  /// Drains of a node that is open again are not offered to be resumed any more.
  private func noteOpened(_ node: ObjectReference) {
    let failures = DrainLogs.noteUncordoned(
      node: node.name, uid: node.uid, at: context.now, server: context.connection.server.description,
      environment: CommandContext.environment)
    for failure in failures { Output.message("warning: the log of a drain lacks it: \(failure.message)") }
  }

  /// Turns the loop until the run has gone on.
  private func turn(_ execution: RemedyExecution) {
    let before = execution.run.phase
    context.wait { execution.run.phase != before }
  }

  private func say(_ line: String, _ last: inout String) {
    guard line != last else { return }
    last = line
    Output.write(PlainText.line(line) + "\n")
  }

  private func reply(to run: RemedyRun) throws(CommandFailure) -> String {
    guard let remedy = run.remedy else { return "" }
    switch remedy.confirmation {
    case .yes where !isAsking: return "y"
    case .name(let name) where !isAsking: return name
    default: break
    }
    Output.prompt((run.remark.map { "\($0). " } ?? "") + run.question + ": ")
    guard let line = readLine(strippingNewline: true) else { return "" }
    return line
  }

  private func end(_ run: RemedyRun) throws(CommandFailure) {
    guard let outcome = run.outcome else { return }
    if let problem = run.journalProblem { Output.message("warning: the journal lacks the outcome: \(problem)") }
    if outcome == .tried { Output.write(RemedyReport(run).text) }
    switch outcome {
    case .succeeded, .tried, .left:
      return Output.write(PlainText.line(outcome.sentence) + "\n")
    case .declined: throw CommandFailure(outcome.sentence)
    default: break
    }
    let failure = CommandFailure(
      "error: \(PlainText.line(outcome.sentence))", status: outcome.changedCluster == false ? 1 : 2)
    if outcome.changedCluster == true, let undo = run.undo, isAsking {
      Output.error(failure)
      Output.message("It can be taken back:")
      try self.run(undo)
    }
    throw failure
  }
}
