import Captures
import ClusterState
import DataFiles
import Diagnosis
import EventLoop
import Glibc
import HTTPTransport
import Kube
import KubeClient
import KubeConfig
import PlainInterface
import Session

/// What a command works with: the loop and a session with the cluster that the flags and the kubeconfig name, or with
/// the capture that answers in its place.
final class CommandContext {
  let loop: Loop
  let session: ClusterSession
  private let captured: CapturedCluster?
  var connection: ConnectionConfig { session.connection }
  var client: KubeClient { session.client }
  /// The namespace to look at; nil for all. Of a capture everything is looked at, unless a namespace is named.
  var namespace: String? {
    if let captured { return captured.namespace }
    return connection.allNamespaces ? nil : connection.namespace
  }
  /// The namespace of objects that are named; nil in a capture, where it may be left out.
  var namespaceOfNames: String? { captured == nil ? connection.namespace : captured?.namespace }
  /// The capture that answers in the place of a server.
  var capture: Capture? { captured?.capture }
  /// Whether nothing will ever change.
  var isCapture: Bool { captured != nil }

  /// How kubectl says that there is no context of a name: its commands do not agree.
  enum ContextWording {
    case asGet, asOthers
  }

  /// Without `writing` the session refuses to change anything.
  init(
    _ flags: ConnectionFlags, writing: WritingFlags? = nil, names wording: ContextWording = .asOthers
  ) throws(CommandFailure) {
    let overrides = try flags.overrides()
    let environment = Self.environment
    let captured = try CapturedCluster(flags)
    self.captured = captured
    let connection = try Self.connection(overrides, environment, captured, wording)
    let clock: any LoopClock = captured?.clock ?? SystemClock()
    loop = try Self.making { () throws(LoopFailure) in try Loop(clock: clock) }
    let loop = loop
    var transport: any Transport = try Self.making { () throws(TransportFailure) in
      if let captured { return captured.transport(loop) }
      return try CurlTransport(loop: loop, environment: environment)
    }
    if flags.v >= RequestLog.quietest { transport = RequestLog(transport, loop: loop, level: flags.v) }
    do throws(FileError) {
      session = try ClusterSession(
        connection: connection, loop: loop, transport: transport, fileSystem: DiskFileSystem(),
        environment: environment, userAgent: Self.userAgent, random: { Double.random(in: 0..<1) },
        writePolicy: captured == nil
          ? writing?.policy(context: connection.contextName, environment: environment)
            ?? .readOnly("this command only reads")
          : CapturedCluster.writePolicy,
        withTerminal: isatty(STDIN_FILENO) == 1 ? { use in use {} } : nil)
    } catch {
      throw CommandFailure("error: the certificate authority cannot be read: \(error)")
    }
    session.onWarning = { Output.message("Warning: \($0)") }
    for remark in captured?.remarks ?? [] { Output.message(remark) }
  }

  private static func connection(
    _ overrides: ConnectionOverrides, _ environment: [String: String], _ captured: CapturedCluster?,
    _ wording: ContextWording
  ) throws(CommandFailure) -> ConnectionConfig {
    if let captured { return try captured.connection(allNamespaces: overrides.allNamespaces) }
    do throws(KubeConfigError) {
      let resolver = ConnectionResolver(
        environment: environment, fileSystem: DiskFileSystem(), workingDirectory: workingDirectory)
      return try resolver.connection(overrides)
    } catch {
      if error.kind == .unknownContext, wording == .asGet, let name = overrides.context, !name.isEmpty {
        throw CommandFailure(
          "Error in configuration: context was not found for specified context: \(PlainText.line(name))",
          hint: error.hint)
      }
      throw CommandFailure(error)
    }
  }

  /// To be called when a command has said all that it has to say: fails when it rests on files that could not be read,
  /// which has been said.
  func finish() throws(CommandFailure) {
    if captured?.capture.problems.isEmpty == false { throw CommandFailure("", status: 2) }
  }

  /// Turns any failure into that of a command.
  static func making<Value, Failure: Error>(
    _ make: () throws(Failure) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(Failure) { return try make() } catch { throw CommandFailure("error: \(error)") }
  }

  /// `podmedic/VERSION (linux/ARCHITECTURE) kubernetes/unknown`, as client-go forms it.
  static var userAgent: String {
    #if arch(x86_64)
      let architecture = "amd64"
    #else
      let architecture = "arm64"
    #endif
    return "podmedic/\(Podmedic.version) (linux/\(architecture)) kubernetes/unknown"
  }

  /// The time of the clock on the wall.
  static func wallClock() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(truncatingIfNeeded: time.tv_nsec))
  }

  /// The environment variables; of equal names the first, as `getenv` has it.
  static var environment: [String: String] {
    var result: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let line = String(cString: text)
      if let equals = line.firstIndex(of: "=") {
        let name = String(line[..<equals])
        if result[name] == nil { result[name] = String(line[line.index(after: equals)...]) }
      }
      entry += 1
    }
    return result
  }

  /// The folder that relative paths start from.
  static var workingDirectory: String {
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  // MARK: Waiting

  /// Turns the loop until `isDone`.
  func wait(until isDone: () -> Bool) {
    while !isDone() { loop.turn(upTo: nil) }
  }

  /// Starts something and turns the loop until it has answered.
  func answer<Value, Failure: Error>(
    _ start: (@escaping (Result<Value, Failure>) -> Void) -> Void
  ) throws(Failure) -> Value {
    var result: Result<Value, Failure>?
    start { result = $0 }
    while true {
      if let result { return try result.get() }
      loop.turn(upTo: nil)
    }
  }

  /// Starts something that only ends by failing, and turns the loop until it has; nil when it has not in the time that
  /// the user gives a single request.
  func failure(_ start: (@escaping (APIFailure) -> Void) -> Void) -> APIFailure? {
    var result: APIFailure?
    start { result = $0 }
    waitForRequest { result != nil }
    return result
  }

  /// Turns the loop until `isDone`, or until the time is over that the user gives a single request: what goes on for as
  /// long as somebody listens is one request to kubectl. Answers whether it was done.
  @discardableResult
  func waitForRequest(until isDone: () -> Bool) -> Bool {
    var isOver = false
    let timer = client.endpoint.requestTimeout.map { limit in loop.schedule(after: limit) { isOver = true } }
    wait { isOver || isDone() }
    if let timer { loop.cancel(timer) }
    return isDone()
  }

  /// The machine's time, or that of the capture.
  var now: Timestamp {
    let time = loop.clock.wallTime
    return Timestamp(seconds: time.seconds, nanoseconds: time.nanoseconds)
  }

  // MARK: Reading kinds

  /// Reads kinds to the end, in the namespace to look at, each as far as it is served and allowed. Fails when the
  /// server does not answer, with the given exit status.
  func readAll(_ types: [any KubeObject.Type], failureStatus: Int32 = 1) throws(CommandFailure) {
    try readAll(types, in: namespace, failureStatus: failureStatus)
  }

  /// Reads kinds to the end, in a namespace or everywhere.
  func readAll(_ types: [any KubeObject.Type], in namespace: String?, failureStatus: Int32 = 1) throws(CommandFailure) {
    session.discover()
    session.setNeeds(Set(types.map { Subscription($0.resource, namespace: namespace) }))
    wait { session.failure != nil || types.allSatisfy { isSettled($0) } }
    // What is wrong with the server or the credentials refuses discovery, too, whichever answer comes first: that one
    // also says what helps.
    if types.contains(where: hasFailed) { wait { session.failure != nil || session.isDiscovered } }
    if let failure = session.failure, !failure.isForbidden { throw CommandFailure(failure, status: failureStatus) }
    wait { types.allSatisfy { isSettled($0) } }
  }

  /// What is wrong in what was read, once the server has been asked about single objects that matter for it.
  func diagnose(namespace: String? = nil) -> TriageReport {
    let triage = Triage.diagnose(session.state, namespace: namespace, now: now)
    guard !triage.named.isEmpty else { return triage }
    session.wantPresence(of: triage.named)
    wait { session.isPresenceKnown }
    return Triage.diagnose(session.state, namespace: namespace, now: now)
  }

  /// Whether a kind has been read to the end.
  func isRead(_ type: any KubeObject.Type) -> Bool { store(type)?.freshness.isComplete ?? false }

  /// Why a kind could not be read.
  func refusal(of type: any KubeObject.Type) -> String {
    switch store(type)?.freshness {
    case .forbidden(let words): "Error from server (Forbidden): \(words)"
    case .failed(let words): words
    case .notCaptured(let words): "error: \(words)"
    default: "error: the server doesn't have a resource type \"\(type.resource.plural)\""
    }
  }

  private func store(_ type: any KubeObject.Type) -> ObjectStore? { session.state.store(anyOf: type) }

  private func hasFailed(_ type: any KubeObject.Type) -> Bool {
    if case .failed = store(type)?.freshness { true } else { false }
  }

  /// Whether nothing more is to be expected soon: what is refused or fails stays out of the report.
  private func isSettled(_ type: any KubeObject.Type) -> Bool {
    switch store(type)?.freshness {
    case .live, .stale, .forbidden, .notServed, .notCaptured, .failed: true
    case nil, .unread, .loading: false
    }
  }
}
