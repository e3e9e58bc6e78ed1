import DataFiles
import EventLoop
import HTTPTransport
import KubeConfig

/// Keeps the id-token of a legacy OIDC provider: asks the issuer for a new one when it expires, and writes that to the
/// kubeconfig, so that kubectl and the next podmedic have it too.
final class OIDCRefresh {
  private typealias Waiter = (Result<Secret, ExecError>) -> Void

  private let config: OIDCCredentials
  private let transport: any Transport
  private let fileSystem: any FileSystem
  private let now: () -> Double
  private var source: OIDCCredentialSource
  private var waiters: [Waiter] = []
  /// Called with why new tokens are not in the kubeconfig.
  var onRemark: ((String) -> Void)?

  /// An issuer's answers are short; more than this is none.
  private static let longestAnswer = 1 << 20
  private static let timeout = Duration.seconds(30)

  init(
    _ config: OIDCCredentials, transport: any Transport, fileSystem: any FileSystem, now: @escaping () -> Double
  ) {
    self.config = config
    self.transport = transport
    self.fileSystem = fileSystem
    self.now = now
    source = OIDCCredentialSource(config)
  }

  /// Hands out the token of now; the issuer may have to be asked first.
  func token(_ completion: @escaping (Result<Secret, ExecError>) -> Void) {
    switch source.credential(now: now()) {
    case .use(let token): completion(.success(token))
    case .failed(let error): completion(.failure(error))
    case .wait: waiters.append(completion)
    case .send(let request):
      waiters.append(completion)
      send(request)
    }
  }

  /// Lets a refresh that failed be tried again at once.
  func retry() { source.retry() }

  private func send(_ request: OIDCCredentialSource.Request) {
    var options = ConnectionOptions()
    do throws(FileError) {
      switch config.certificateAuthority {
      case .inline(let pem): options.ca = PEM(pem.revealedBytes)
      case .file(let path): options.ca = PEM(try fileSystem.read(path))
      case nil: break
      }
    } catch {
      return take(.failed("idp-certificate-authority: \(error)"))
    }
    let http = HTTPRequest(
      method: request.method, url: request.url,
      headers: request.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value.revealed) },
      body: request.method == "POST" ? request.form.revealedBytes : nil, timeout: Self.timeout, options: options)
    var status = 0
    var body: [UInt8] = []
    transport.start(http) { [weak self] event in
      switch event {
      case .head(let head): status = head.status
      case .body(let bytes): if body.count < Self.longestAnswer { body += bytes }
      case .finished: self?.take(.answered(status: status, body: body))
      case .failed(let failure): self?.take(.failed("\(failure)"))
      }
    }
  }

  private func take(_ response: OIDCCredentialSource.Response) {
    switch source.received(response, now: now()) {
    case .send(let request): send(request)
    case .refreshed(let settings):
      if let problem = KubeConfigFile.write(settings, user: config.userName, to: config.file) {
        onRemark?("could not persist new tokens: \(problem); what else uses this kubeconfig may have to log in again")
      }
      // Its clock may be wrong, but the token is new.
      if case .use(let token) = source.credential(now: now()) { answer(.success(token)) }
    case .failed(let error): answer(.failure(error))
    }
  }

  private func answer(_ result: Result<Secret, ExecError>) {
    let waiting = waiters
    waiters = []
    for waiter in waiting { waiter(result) }
  }
}
