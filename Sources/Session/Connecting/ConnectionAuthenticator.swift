import DataFiles
import EventLoop
import HTTPTransport
import Kube
import KubeClient
import KubeConfig

/// Gives a plugin the terminal: the caller makes the terminal free (a dashboard leaves its screen), calls the closure,
/// and takes the terminal back when the closure given to that one is called.
public typealias TerminalLoan = (_ use: @escaping (_ giveBack: @escaping () -> Void) -> Void) -> Void

/// Credentials by client-go's rules: tokens, token files and client certificates that are read again, basic
/// authentication, credential plugins run one at a time. Nothing is ever sent to a plain http server.
public final class ConnectionAuthenticator: Authenticator {
  private typealias Waiter = (Result<RequestCredentials, CredentialFailure>) -> Void

  private let loop: Loop
  private let fileSystem: any FileSystem
  private let authentication: ConnectionConfig.Authentication
  private let isEncrypted: Bool
  private let policy: () throws(CredentialFailure) -> ExecPolicy
  private let path: String
  private let withTerminal: TerminalLoan?
  private var tokenFile: TokenFileSource?
  private var certificate: ClientCertificateSource?
  private var plugin: ExecCredentialSource?
  private var provider: OIDCRefresh?
  private var waiters: [Waiter] = []
  /// What the plugin's present credential looks like in a request, to recognise it when the server refuses it.
  private var issued: (credentials: RequestCredentials, generation: Int)?

  /// A plugin that is not interactive and has printed nothing after this time is ended. Long enough for one that has a
  /// person log in with a browser.
  static let longestPluginRun = Duration.seconds(120)

  /// Called with what a person should know though nothing failed.
  public var onRemark: ((String) -> Void)? {
    didSet { provider?.onRemark = onRemark }
  }

  /// Credentials of a connection. `environment` is podmedic's own; without `withTerminal` no plugin gets a terminal.
  /// The issuers of legacy OIDC providers are asked through `transport`.
  public init(
    _ connection: ConnectionConfig, loop: Loop, transport: any Transport, fileSystem: any FileSystem,
    environment: [String: String],
    withTerminal: TerminalLoan? = nil
  ) {
    self.loop = loop
    self.fileSystem = fileSystem
    self.withTerminal = withTerminal
    authentication = connection.authentication
    isEncrypted = connection.server.isEncrypted
    path = environment["PATH"] ?? ""
    policy = { () throws(CredentialFailure) in
      do throws(DataProblems) {
        return try ExecPolicy.load(environment: environment, fileSystem: fileSystem)
      } catch {
        throw CredentialFailure(message: "the kuberc file cannot be used: \(error)")
      }
    }
    certificate = connection.tls?.clientCertificate.map(ClientCertificateSource.init)
    certificateOrigin = Self.origin(connection)
    switch connection.authentication {
    case .tokenFile(let path, let fallback): tokenFile = TokenFileSource(path: path, fallback: fallback)
    case .exec(let config):
      plugin = ExecCredentialSource(config: config, clusterInfo: connection.execClusterInfo, environment: environment)
    case .oidc(let config):
      provider = OIDCRefresh(
        config, transport: transport, fileSystem: fileSystem, now: { Self.seconds(loop.clock.wallTime) })
    default: break
    }
  }

  /// Lets a plugin or refresh that failed run again at once: a person asked for it.
  public func retry() {
    plugin?.retry()
    provider?.retry()
  }

  /// Hands out the credentials of now; a plugin may have to run first.
  public func credentials(_ completion: @escaping (Result<RequestCredentials, CredentialFailure>) -> Void) {
    guard isEncrypted else { return completion(.success(RequestCredentials())) }
    if plugin != nil {
      waiters.append(completion)
      return askPlugin()
    }
    if let provider {
      return provider.token { [weak self] result in
        guard let self else { return }
        do throws(CredentialFailure) {
          let token = try result.mapError { CredentialFailure($0) }.get()
          completion(.success(try withCertificate("Bearer " + token.revealed)))
        } catch {
          completion(.failure(error))
        }
      }
    }
    do throws(CredentialFailure) {
      completion(.success(try withCertificate(authorization())))
    } catch {
      completion(.failure(error))
    }
  }

  /// The server refused the credentials: a token file is read again, a plugin runs once more.
  public func rejected(_ credentials: RequestCredentials, _ completion: @escaping (Bool) -> Void) {
    if plugin != nil {
      // Others than the present ones were refused: the plugin has run since, and the present ones are worth a try.
      guard let issued, issued.credentials == credentials else { return completion(true) }
      return completion(plugin?.unauthorized(generation: issued.generation, now: now) ?? false)
    }
    guard tokenFile != nil else { return completion(false) }
    tokenFile?.unauthorized(requestStart: now)
    let fresh = try? authorization()
    completion(fresh != nil && fresh != credentials.authorization)
  }

  /// Whether the client certificate does not hold now, by its own words.
  public func trouble(with credentials: RequestCredentials) -> String? {
    guard let pem = credentials.clientCertificate, let certificate = Certificate(pem: pem.bytes) else {
      return nil
    }
    let time = Timestamp(microseconds: Int64(now * 1_000_000))
    if time > certificate.notAfter { return "the client certificate expired on \(certificate.notAfter)" }
    if time < certificate.notBefore {
      return "the client certificate is not valid before \(certificate.notBefore); is the clock right?"
    }
    return nil
  }

  /// The files, or the fields of the kubeconfig, or the plugin.
  public let certificateOrigin: String?

  private static func origin(_ connection: ConnectionConfig) -> String? {
    let user = connection.userName.isEmpty ? "" : " of user \"\(connection.userName)\""
    if case .exec(let config) = connection.authentication {
      return "from the credential plugin \(config.command)\(user)"
    }
    guard let pair = connection.tls?.clientCertificate else { return nil }
    func name(_ pem: ConnectionConfig.PEM, _ field: String) -> String {
      switch pem {
      case .file(let path): path
      case .inline: field
      }
    }
    return name(pair.certificate, "client-certificate-data") + " with the key " + name(pair.key, "client-key-data")
      + user
  }

  /// Seconds since 1970.
  private var now: Double { Self.seconds(loop.clock.wallTime) }

  private static func seconds(_ time: (seconds: Int64, nanoseconds: Int32)) -> Double {
    Double(time.seconds) + Double(time.nanoseconds) / 1e9
  }

  private func authorization() throws(CredentialFailure) -> String? {
    switch authentication {
    case .none, .clientCertificate, .exec, .oidc: return nil
    case .token(let token): return "Bearer " + token.revealed
    case .basic(let username, let password):
      return BasicCredentials.authorization(username: username, password: password).revealed
    case .tokenFile:
      do throws(TokenFileSource.Failure) {
        guard let token = try tokenFile?.token(now: now, fileSystem: fileSystem) else { return nil }
        return "Bearer " + token.revealed
      } catch {
        throw CredentialFailure(message: error.description)
      }
    case .removedProvider(let provider):
      throw CredentialFailure(message: "\(provider.description)\n\(provider.hint)")
    }
  }

  private func withCertificate(_ authorization: String?) throws(CredentialFailure) -> RequestCredentials {
    var credentials = RequestCredentials()
    credentials.authorization = authorization
    do throws(FileError) {
      // A changed certificate makes other connection options, so the transport makes new connections by itself.
      if let pair = try certificate?.pair(now: now, fileSystem: fileSystem).pair {
        credentials.clientCertificate = PEM(pair.certificate)
        credentials.clientKey = PEM(pair.key.revealedBytes)
      }
    } catch {
      throw CredentialFailure(message: "the client certificate cannot be read: \(error)")
    }
    return credentials
  }

  // MARK: Plugins

  private func askPlugin() {
    switch plugin?.credential(now: now, hasTerminal: withTerminal != nil) {
    case .use(let credential, let generation):
      var credentials = RequestCredentials()
      credentials.authorization = credential.token.map { "Bearer " + $0.revealed }
      credentials.clientCertificate = credential.clientCertificate.map { PEM($0.certificate) }
      credentials.clientKey = credential.clientCertificate.map { PEM($0.key.revealedBytes) }
      issued = (credentials, generation)
      answer(.success(credentials))
    case .run(let run): start(run)
    case .wait: break  // the end of the run answers all who wait
    case .failed(let error, _): answer(.failure(CredentialFailure(error)))
    case nil: answer(.success(RequestCredentials()))
    }
  }

  private func answer(_ result: Result<RequestCredentials, CredentialFailure>) {
    let waiting = waiters
    waiters = []
    for waiter in waiting { waiter(result) }
  }

  private func start(_ run: ExecCredentialSource.Run) {
    do throws(CredentialFailure) {
      let policy = try policy()
      do throws(ExecError) {
        try policy.check(run.command) { [path] in ProcessRequest.locate($0, path: path) }
      } catch {
        throw CredentialFailure(error)
      }
    } catch {
      finish(.notStarted(error.message))
      return
    }
    var request = ProcessRequest(
      run.command, run.arguments, environment: run.environment.mapValues(\.revealed), timeout: Self.longestPluginRun)
    guard run.isInteractive, let withTerminal else { return spawn(request) {} }
    request.input = .inherited
    request.errorOutput = .inherited
    request.timeout = nil  // a person sits there
    withTerminal { [weak self] giveBack in self?.spawn(request, giveBack) }
  }

  private func spawn(_ request: ProcessRequest, _ giveBack: @escaping () -> Void) {
    loop.spawn(request) { [weak self] result in
      giveBack()
      self?.finish(Self.outcome(result))
    }
  }

  private static func outcome(_ result: Result<ProcessResult, ProcessFailure>) -> ExecCredentialSource.Outcome {
    switch result {
    case .failure(let failure):
      return failure.code == noSuchFile ? .notFound : .notStarted(failure.description)
    case .success(let result):
      if result.didTimeOut { return .timedOut(seconds: Int(longestPluginRun.components.seconds)) }
      switch result.termination {
      case .exited(let code): return .exited(code: Int(code), stdout: result.output, stderr: result.errorOutput)
      case .signaled(let signal): return .killed(signal: Int(signal), stderr: result.errorOutput)
      }
    }
  }

  /// ENOENT.
  private static let noSuchFile: Int32 = 2

  private func finish(_ outcome: ExecCredentialSource.Outcome) {
    do throws(ExecError) {
      _ = try plugin?.finished(outcome, now: now)
      askPlugin()
    } catch {
      answer(.failure(CredentialFailure(error)))
    }
  }
}

extension CredentialFailure {
  init(_ error: ExecError) {
    self.init(message: error.hint.map { "\(error.message)\n\($0)" } ?? error.message)
  }
}
