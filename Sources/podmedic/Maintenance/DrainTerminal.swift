import ClusterState
import Draining
import EventLoop
import Glibc
import Kube
import KubeClient
import PlainInterface
import Remedies
import Session

/// Carries a drain out and prints what happens, as kubectl does.
final class DrainTerminal {
  private let context: CommandContext
  private let execution: DrainExecution
  private let log: DrainLogFile?
  /// What a person has ended it with.
  private var signal: Int32?
  /// Whether a person is asked something; a signal is an answer then.
  private var isAsking = false
  private var drain: DrainRun { execution.run }

  /// Nobody is there who could change what a budget never allows; kubectl asks for ever.
  private static let patience = Duration.seconds(60)

  init(_ context: CommandContext, _ run: DrainRun, _ log: DrainLogFile?) {
    var run = run
    if run.order.options.timeout == .zero { run.patience = Self.patience }
    self.context = context
    self.log = log
    execution = DrainExecution(
      run, session: context.session, log: log, journal: JournalFile(environment: CommandContext.environment))
  }

  /// A log, or why there is none: without it nothing is done.
  static func opened(_ result: Result<DrainLogFile, JournalFailure>) throws(CommandFailure) -> DrainLogFile {
    do throws(JournalFailure) { return try result.get() } catch {
      throw CommandFailure("error: nothing was changed, because it cannot be recorded: \(error.message)")
    }
  }

  /// Runs to the end; fails as kubectl does where it does.
  func run() throws(CommandFailure) {
    defer { execution.close() }
    let dryRun = drain.order.options.dryRun
    execution.onEvent = { event in
      for line in event.lines(dryRun) {
        line.isError ? Output.message(line.text) : Output.write(PlainText.line(line.text) + "\n")
      }
    }
    if dryRun == .none { try CommandContext.making { () throws(LoopFailure) in try listenForSignals() } }
    execution.start()
    context.wait { drain.outcome != nil }
    if let problem = execution.journalProblem {
      Output.message("warning: the journal lacks the outcome: \(problem)")
    }
    switch drain.outcome {
    case .drained, nil: return
    case .failed(let lines):
      for line in lines { Output.message(line) }
      if drain.order.options.dryRun == .none { Output.message("hint: \(drain.summary)") }
      offerToUncordon()
      throw CommandFailure("", status: signal.map { 128 + $0 } ?? 1)
    case .cancelled:
      Output.message("Cancelled. \(drain.summary)")
      offerToUncordon()
      throw CommandFailure("", status: 128 + (signal ?? SIGINT))
    case .interrupted(let why):
      // Where the node was met open, no pod was looked at.
      Output.message("error: \(why)" + (drain.reopened == nil ? "\n\(drain.summary)" : ""))
      let command = "\(Podmedic.calledName) drain --resume=\(drain.header.id)"
      throw CommandFailure(
        "",
        hint: drain.reopened.map { "\"\(command) --cordon-again\" cordons \($0) again and goes on." }
          ?? "\"\(command)\" goes on.")
    }
  }

  private func listenForSignals() throws(LoopFailure) {
    try context.loop.onSignals([SIGINT, SIGTERM]) { [weak self] number in
      if let self, isAsking {
        signal = number
        return isAsking = false
      }
      if self?.signal != nil { exit(128 + number) }
      self?.signal = number
      self?.execution.cancel()
    }
  }

  // MARK: The end

  /// What this run has cordoned, and nothing else, is opened again when a person wants it.
  private func offerToUncordon() {
    let nodes = drain.nodes.filter { $0.isCordonedByRun && isStillOurs($0.target) != false }
    guard !nodes.isEmpty else { return }
    let cordoned = nodes.map(\.target)
    let names = cordoned.map(\.name).joined(separator: " ")
    let drained = nodes.filter { $0.state == .drained }.map(\.target.name).joined(separator: ", ")
    let remark = drained.isEmpty ? "" : " (drained: \(drained))"
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      return Output.message(
        "hint: this drain has cordoned \(names)\(remark); \"\(Podmedic.calledName) uncordon \(names)\" opens \(cordoned.count == 1 ? "it" : "them")."
      )
    }
    Output.prompt("Uncordon \(names), which this drain has cordoned\(remark)? y/N: ")
    guard let answer = answer(), Confirmation.yes.accepts(answer) else {
      let verb = cordoned.count == 1 ? "stays" : "stay"
      return Output.message(
        "\(names) \(verb) cordoned; \"\(Podmedic.calledName) uncordon \(names)\" opens \(cordoned.count == 1 ? "it" : "them")."
      )
    }
    for target in cordoned where isStillOurs(target) == true { uncordon(target) }
  }

  /// What a person types; nil when the terminal's input is over, or for a signal, which ends the waiting at once.
  private func answer() -> String? {
    var answer: String?
    isAsking = true
    // The terminal hands lines over, and its end: reading does not wait.
    context.loop.watch(STDIN_FILENO, .readable) { [self] _ in
      answer = readLine(strippingNewline: true)
      isAsking = false
    }
    context.wait { !isAsking }
    context.loop.unwatch(STDIN_FILENO)
    // What was typed ends with the line, or `^C` stands on it.
    if answer == nil { Output.message("") }
    return answer
  }

  /// Whether the node is still cordoned by this run, and by nobody since: says so where it is not. Nil, with the reason
  /// said, where that cannot be told now.
  private func isStillOurs(_ target: DrainOrder.Target) -> Bool? {
    do throws(APIFailure) {
      let node: Node = try context.answer { (done: @escaping (Result<Node, APIFailure>) -> Void) in
        context.session.readNode(target.name, done)
      }
      if !node.spec.unschedulable {
        Output.message("node/\(target.name) is open: somebody has uncordoned it since")
        return false
      }
      if CordonNote.isStanding(node, run: drain.header.id) { return true }
      Output.message("node/\(target.name) was cordoned by somebody else since: it is left as it is")
      return false
    } catch {
      if error.code == 404 {
        Output.message("node/\(target.name) is not there any more: somebody has deleted it since")
        return false
      }
      Output.message("error: whether node/\(target.name) is still cordoned by this drain: \(error.sentence)")
      return nil
    }
  }

  private func uncordon(_ target: DrainOrder.Target) {
    do throws(CordonFailure) {
      try CordonFlags.change(false, target, context, isDryRun: false)
      Output.write("node/\(PlainText.line(target.name)) uncordoned\n")
      if let log, case .failure(let failure) = log.append(.uncordoned(target.name, context.now)) {
        Output.message("warning: the log of the drain lacks it: \(failure.message)")
      }
    } catch {
      Output.message("error: unable to uncordon node \"\(target.name)\": \(error.text)")
    }
  }
}
