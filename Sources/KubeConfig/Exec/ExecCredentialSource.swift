/// The credential of a plugin over time, as a state machine: it says when the plugin is to run, and takes what came of
/// it. It runs nothing itself, and at most one run is under way at a time.
public struct ExecCredentialSource: Sendable, Hashable {
  /// How a run is to be done.
  public struct Run: Sendable, Hashable {
    /// The program: an absolute path, or a name to look up in `PATH`.
    public let command: String
    /// Its arguments.
    public let arguments: [String]
    /// Its whole environment.
    public let environment: [String: Secret]
    /// Whether it is to get the terminal; otherwise its standard input is empty.
    public let isInteractive: Bool
  }

  /// What came of a run.
  public enum Outcome: Sendable, Hashable {
    /// The program ended.
    case exited(code: Int, stdout: [UInt8], stderr: [UInt8])
    /// A signal ended the program.
    case killed(signal: Int, stderr: [UInt8])
    /// There is no such program.
    case notFound
    /// The program could not be started, in the system's words.
    case notStarted(String)
    /// The program did not end in the time it was given, in seconds, and was ended.
    case timedOut(seconds: Int)
  }

  /// What a request is to do.
  public enum Answer: Sendable, Hashable {
    /// Send this credential; the number is for `unauthorized`.
    case use(ExecCredential, generation: Int)
    /// Run the plugin, give `finished` the outcome, then ask again.
    case run(Run)
    /// Wait for the run that is under way, then ask again.
    case wait
    /// The plugin failed; it is not run again before the time (seconds) unless `retry` is called.
    case failed(ExecError, retryAt: Double)
  }

  /// How long after a failed run the plugin is left alone, in seconds.
  static let pauseAfterFailure = 10.0
  /// How long a new credential is used even if it claims to have expired, because this machine's clock may be wrong and
  /// the plugin must not run for every request, in seconds.
  static let leastUse = 10.0
  /// How long a credential that was fetched because of a 401 is not fetched again because of another, in seconds.
  static let pauseAfterRejection = 60.0

  private let config: ExecConfig
  private let clusterInfo: Secret
  private let inherited: [String: String]
  private var current: ExecCredential?
  private var generation = 0
  private var fetchedAt = 0.0
  private var isRunning = false
  private var isForced = false
  private var runIsForced = false
  private var lastForced: Double?
  private var failure: (error: ExecError, retryAt: Double)? {
    get { failureError.map { ($0, failureRetryAt) } }
    set {
      failureError = newValue?.error
      failureRetryAt = newValue?.retryAt ?? 0
    }
  }
  private var failureError: ExecError?
  private var failureRetryAt = 0.0

  /// A source without a credential. `clusterInfo` is `ConnectionConfig.execClusterInfo`, `environment` podmedic's own.
  public init(config: ExecConfig, clusterInfo: Secret, environment: [String: String]) {
    self.config = config
    self.clusterInfo = clusterInfo
    inherited = environment
  }

  /// What a request at `now` (seconds since 1970) is to do.
  public mutating func credential(now: Double, hasTerminal: Bool) -> Answer {
    if isRunning { return .wait }
    if let current, !isForced, !isExpired(now) { return .use(current, generation: generation) }
    if let failure, now < failure.retryAt, now >= failure.retryAt - Self.pauseAfterFailure {
      return .failed(failure.error, retryAt: failure.retryAt)
    }
    do throws(ExecError) {
      let run = try self.run(hasTerminal: hasTerminal)
      isRunning = true
      runIsForced = isForced
      return .run(run)
    } catch {
      failure = (error, now + Self.pauseAfterFailure)
      return .failed(error, retryAt: now + Self.pauseAfterFailure)
    }
  }

  /// Takes what came of the run that `credential` asked for.
  /// - Returns: whether a client certificate changed: then pooled connections are to be closed.
  /// - Throws: why there is no new credential.
  @discardableResult
  public mutating func finished(_ outcome: Outcome, now: Double) throws(ExecError) -> Bool {
    isRunning = false
    isForced = false
    do throws(ExecError) {
      let credential = try read(outcome)
      let hasChanged = current != nil && current?.clientCertificate != credential.clientCertificate
      current = credential
      generation += 1
      fetchedAt = now
      failure = nil
      lastForced = runIsForced ? now : nil
      return hasChanged
    } catch {
      // The old credential was refused or has expired: it is of no more use than none.
      current = nil
      failure = (error, now + Self.pauseAfterFailure)
      throw error
    }
  }

  /// Tells that the server answered 401 to a request with the credential of `generation`.
  /// - Returns: whether the request is to be sent again after asking for a credential: the plugin runs once more, or
  ///   has run since. False when even a fresh credential was refused; then the error belongs to the user.
  public mutating func unauthorized(generation: Int, now: Double) -> Bool {
    guard generation == self.generation, !isRunning, current != nil else { return true }
    if let lastForced, now < lastForced + Self.pauseAfterRejection, now >= lastForced { return false }
    isForced = true
    return true
  }

  /// Lets the plugin run again at once after a failure or refusal: a person asked for it.
  public mutating func retry() {
    failure = nil
    lastForced = nil
    if !isRunning, current != nil { isForced = true }
  }

  private func isExpired(_ now: Double) -> Bool {
    guard let expiration = current?.expiration, now > expiration else { return false }
    return now >= fetchedAt + Self.leastUse || now < fetchedAt
  }

  private func run(hasTerminal: Bool) throws(ExecError) -> Run {
    let isInteractive = try config.isInteractive(hasTerminal: hasTerminal)
    var environment = inherited.mapValues { Secret($0) }
    for variable in config.environment { environment[variable.name] = variable.value }
    environment["KUBERNETES_EXEC_INFO"] = Secret(
      ExecInput.info(
        apiVersion: config.apiVersion, clusterInfo: config.provideClusterInfo ? clusterInfo.revealed : nil,
        isInteractive: isInteractive))
    return Run(
      command: config.command, arguments: config.arguments, environment: environment, isInteractive: isInteractive)
  }

  private func read(_ outcome: Outcome) throws(ExecError) -> ExecCredential {
    let name = config.command
    switch outcome {
    case .exited(code: 0, let stdout, _): return try ExecCredential(output: stdout, apiVersion: config.apiVersion)
    case .exited(let code, _, let stderr):
      throw ExecError("exec: executable \(name) failed with exit code \(code)", hint: Self.lastLines(stderr))
    case .killed(let signal, let stderr):
      throw ExecError("exec: executable \(name) was ended by signal \(signal)", hint: Self.lastLines(stderr))
    case .notFound:
      let standard = "The user's credential plugin is not installed, or not in PATH."
      throw ExecError(
        "exec: executable \(name) not found", hint: config.installHint.isEmpty ? standard : config.installHint)
    case .notStarted(let reason): throw ExecError("exec: \(name): \(reason)")
    case .timedOut(let seconds):
      throw ExecError(
        "exec: executable \(name) gave no credentials in \(seconds) seconds",
        hint: "Run \"\(config.commandLine)\" by hand to see what it waits for.")
    }
  }

  /// The end of what a plugin said about its failure.
  private static func lastLines(_ stderr: [UInt8]) -> String? {
    let text = PlainText.trimmed(String(decoding: stderr.suffix(1_000), as: UTF8.self))
    return text.isEmpty ? nil : text
  }
}
