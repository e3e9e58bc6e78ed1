import ArgumentParser
import EventLoop
import Glibc
import HTTPTransport
import Kube
import KubeClient
import KubeConfig
import PlainInterface
import Session

/// `podmedic logs`: logs like kubectl's, but followed across restarts and breaks.
struct LogsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Prints the logs of containers, like kubectl logs.",
    discussion: "With --follow the log goes on when a container is restarted or the connection breaks.")

  @OptionGroup var connection: ConnectionFlags
  @Flag(name: [.short, .long], help: "Go on as lines are written.") var follow = false
  @Flag(name: [.short, .long], help: "The log of the container before its last restart.") var previous = false
  @Option(help: "Only what was written in the last time, such as 5s, 2m or 3h.") var since: String?
  @Option(help: "Only what was written since this time (RFC 3339).") var sinceTime: String?
  @Option(parsing: .unconditional, help: "Only so many of the last lines; -1 for all. 10 with a selector.") var tail:
    Int?
  @Flag(help: "Put the time before each line.") var timestamps = false
  @Option(name: [.customShort("c"), .long], help: "Container.") var container: String?
  @Flag(help: "All containers of the pods.") var allContainers = false
  @Option(name: [.customShort("l"), .long], help: "Label selector instead of a name.") var selector: String?
  @Flag(help: "Put the pod and container before each line.") var prefix = false
  @Option(parsing: .unconditional, help: "Only so many of the first bytes of each log; 0 for all.") var limitBytes = 0
  @Flag(help: "Print what goes wrong among the lines, and do not fail for it.") var ignoreErrors = false
  @Option(help: "With --follow, refuse to read more logs than this at the same time.") var maxLogRequests = 5
  @Flag(help: "All pods of what is named, with the pod and container before each line.") var allPods = false

  @Option(
    parsing: .unconditional,
    help: "Wait for so long, such as 20s, until what is named has a pod; without it podmedic does not wait.")
  var podRunningTimeout: String?
  @Flag(
    name: .customLong("insecure-skip-tls-verify-backend"),
    help: "The API server need not verify the certificate of the kubelet that has the log.")
  var insecureSkipTLSVerifyBackend = false

  @Argument(help: ArgumentHelp("A pod, or kind/name of what owns pods, and a container.", valueName: "name"))
  var words: [String] = []

  func run() throws {
    let context = try CommandContext(connection, names: .asGet)
    guard words.isEmpty != (selector == nil), words.count <= 2 else {
      throw CommandFailure.usage(
        "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]', or a selector",
        hint: "For example: podmedic logs -f deploy/web")
    }
    if limitBytes < 0 { throw CommandFailure.asKubectl("--limit-bytes must be greater than 0") }
    if let tail, tail < -1 { throw CommandFailure("error: --tail must be greater than or equal to -1") }
    let targets = LogTargets(context: context, patience: try patience())
    let pods = try targets.pods(word: words.first, selector: selector, all: allPods)
    var sources: [LogSource] = []
    for pod in pods { sources += try self.sources(pod) }
    guard !sources.isEmpty else {
      return Output.message("No resources found\(context.namespace.map { " in \($0) namespace." } ?? "")")
    }
    if follow, sources.count > 1, sources.count > maxLogRequests {
      throw CommandFailure.asKubectl(
        "you are attempting to follow \(sources.count) log streams, but maximum allowed concurrency is "
          + "\(maxLogRequests), use --max-log-requests to increase the limit")
    }
    var request = try request(sources)
    if context.isCapture { request.follow = false }
    try print(context, request)
    try context.finish()
  }

  private func patience() throws(CommandFailure) -> Duration? {
    guard let text = podRunningTimeout else { return nil }
    guard let patience = Duration(goText: text) else {
      throw .asKubectl(
        "invalid argument \"\(PlainText.line(text))\" for \"--pod-running-timeout\" flag: time: invalid duration "
          + "\"\(PlainText.line(text))\"")
    }
    if patience <= .zero { throw .asKubectl("--pod-running-timeout must be higher than zero") }
    return patience
  }

  private func sources(_ pod: Pod) throws(CommandFailure) -> [LogSource] {
    let own =
      pod.spec.initContainers.map(\.name) + pod.spec.containers.map(\.name)
      + pod.spec.ephemeralContainers.map(\.container.name)
    func source(_ container: String) -> LogSource {
      LogSource(namespace: pod.metadata.namespace, pod: pod.metadata.name, container: container)
    }
    if allContainers { return own.map(source) }
    if let name = container ?? (words.count == 2 ? words[1] : nil) {
      guard own.contains(name) else {
        throw .asKubectl(
          "container \(PlainText.line(name)) is not valid for pod \(pod.metadata.name) out of: \(Self.names(pod))")
      }
      return [source(name)]
    }
    let named = pod.metadata.annotations["kubectl.kubernetes.io/default-container"]
    guard let chosen = named.flatMap({ own.contains($0) ? $0 : nil }) ?? pod.spec.containers.first?.name else {
      return []
    }
    if own.count > 1 {
      Output.message("Defaulted container \"\(chosen)\" out of: \(Self.names(pod))")
    }
    return [source(chosen)]
  }

  /// The containers of a pod as kubectl lists them.
  private static func names(_ pod: Pod) -> String {
    let names =
      pod.spec.containers.map(\.name) + pod.spec.ephemeralContainers.map { $0.container.name + " (ephem)" }
      + pod.spec.initContainers.map { $0.name + " (init)" }
    return PlainText.line(names.joined(separator: ", "))
  }

  private func request(_ sources: [LogSource]) throws(CommandFailure) -> LogRequest {
    var request = LogRequest(sources)
    request.follow = follow
    request.previous = previous
    request.skipsKubeletVerification = insecureSkipTLSVerifyBackend
    let lines = tail ?? (selector == nil ? -1 : 10)
    if lines >= 0 { request.tailLines = lines }
    if limitBytes > 0 { request.limit = LogLimit(bytes: limitBytes, withTimes: timestamps) }
    if let since {
      guard sinceTime == nil else { throw .usage("at most one of `sinceTime` or `sinceSeconds` may be specified") }
      guard let duration = Duration(goText: since), duration > .zero else {
        throw .usage(
          "invalid argument \"\(PlainText.line(since))\" for \"--since\" flag: it must be a time such as 5s, 2m or 3h")
      }
      request.sinceSeconds = Int((duration + .milliseconds(999)).components.seconds)
    }
    if let sinceTime {
      guard let time = Timestamp(sinceTime) else {
        throw .usage(
          "invalid --since-time \"\(PlainText.line(sinceTime))\": it must be a time such as 2026-01-02T15:04:05Z")
      }
      request.sinceTime = time
    }
    return request
  }

  private func print(_ context: CommandContext, _ request: LogRequest) throws(CommandFailure) {
    var printer = LogPrinter(request, withPrefix: prefix || allPods, withTimes: timestamps)
    var failures: [String] = []
    let stream = context.session.openLogs(request) { events in
      for event in events {
        if case .failed(_, let failure) = event {
          if ignoreErrors { printer.add(failure: failure) } else { failures.append(failure) }
        } else {
          printer.add(event)
        }
      }
      printer.flush()
    }
    let isComplete = follow ? context.waitForRequest { stream.isFinished } : true
    if !follow { context.wait { stream.isFinished } }
    // What was read last is handed out at the end of the loop's turn.
    context.loop.turn(upTo: .zero)
    if !isComplete {
      throw .asKubectl("context deadline exceeded (Client.Timeout or context cancellation while reading body)")
    }
    guard !failures.isEmpty else { return }
    for failure in failures.dropLast() { Output.message(failure) }
    throw CommandFailure(failures.last ?? "")
  }
}

/// Prints what happens to logs: lines to standard output, what a person who follows should know to standard error.
private struct LogPrinter {
  private let request: LogRequest
  private let withPrefix: Bool
  private let withTimes: Bool
  private let isTerminal = isatty(STDOUT_FILENO) == 1
  private var text = ""
  /// Whether the last line has no end, because the log ended in it.
  private var isLineOpen = false

  init(_ request: LogRequest, withPrefix: Bool, withTimes: Bool) {
    self.request = request
    self.withPrefix = withPrefix
    self.withTimes = withTimes
  }

  mutating func add(_ event: LogEvent) {
    switch event {
    case .line(let line): add(line)
    case .gap, .restarted, .waiting, .interrupted:
      flush()
      Output.message(event.note(request))
    case .ended, .failed: break
    }
  }

  private mutating func add(_ line: LogLine) {
    beginLine()
    if withPrefix {
      let source = request.sources[line.source]
      text += "[pod/\(source.pod)/\(source.container)] "
    }
    if withTimes, let time = line.timeText { text += time + " " }
    // What a program wrote may steer a terminal; a file or a filter gets it as it is.
    text += isTerminal ? PlainText.line(line.text) : line.text
    if line.isUnfinished { isLineOpen = true } else { text += "\n" }
  }

  /// What keeps a log from being read, among the lines, as kubectl prints it where that is no failure.
  mutating func add(failure: String) {
    beginLine()
    let start =
      failure.hasPrefix("Error from server") || failure.hasPrefix("error: ") ? failure.firstRange(of: ": ") : nil
    text += "error: \(PlainText.line(String(failure[(start?.upperBound ?? failure.startIndex)...])))\n"
  }

  private mutating func beginLine() {
    if isLineOpen { text += "\n" }
    isLineOpen = false
  }

  mutating func flush() {
    Output.write(text)
    text = ""
  }
}

extension LogEvent {
  /// What a person who follows logs should know.
  fileprivate func note(_ request: LogRequest) -> String {
    func name(_ index: Int) -> String { "\(request.sources[index].pod)/\(request.sources[index].container)" }
    return switch self {
    case .gap(let source, let reason): "--- \(name(source)): lines may be missing here: \(reason)"
    case .restarted(let source, let count):
      "--- \(name(source)): restarted (\(count) \(count == 1 ? "restart" : "restarts"))"
    case .waiting(let source, let reason): "--- \(name(source)): waiting to start: \(reason)"
    case .interrupted(let source, let reason): "--- \(name(source)): \(reason); trying again"
    case .line, .ended, .failed: ""
    }
  }
}
