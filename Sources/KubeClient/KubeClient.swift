import EventLoop
import HTTPTransport
import Kube

/// Where and how to reach one API server.
public struct Endpoint: Sendable {
  /// Scheme, host, port and path prefix, without a slash at the end.
  public var url: String
  /// TLS, proxy and compression.
  public var options: ConnectionOptions
  /// Sent with every request: impersonation.
  public var headers: [(String, String)] = []
  /// The user's limit for requests that end by themselves; nil for none.
  public var requestTimeout: Duration?

  /// An endpoint.
  public init(url: String, options: ConnectionOptions = ConnectionOptions()) {
    self.url = url
    self.options = options
  }
}

/// A request under way.
public final class RequestHandle {
  fileprivate var transfer: TransferID?
  fileprivate var isCancelled = false
  fileprivate weak var client: KubeClient?

  /// Ends the request; its handler is not called any more.
  public func cancel() {
    isCancelled = true
    if let transfer { client?.transport.cancel(transfer) }
    transfer = nil
  }

  /// Stops reading from the server until `resume()`.
  public func pause() { if let transfer { client?.transport.pause(transfer) } }

  /// Goes on reading.
  public func resume() { if let transfer { client?.transport.resume(transfer) } }
}

/// What happens to a streamed request, in this order: `opened` once, `bytes` any number of times, then `ended`; or
/// `failed` at any time, as the last.
public enum StreamEvent {
  /// The server has accepted the request.
  case opened(HTTPHead)
  /// The next bytes of the body, valid during the call only.
  case bytes(UnsafeRawBufferPointer)
  /// The body is complete.
  case ended
  /// The request failed.
  case failed(APIFailure)
}

/// Talks to one API server. Confined to the loop's thread; handlers run there and never before the call returns.
public final class KubeClient {
  /// The server.
  public let endpoint: Endpoint
  let loop: Loop
  let transport: any Transport
  private let authenticator: any Authenticator
  private let userAgent: String
  private var seenWarnings: Set<String> = []
  /// When the server last sent anything, by the loop's clock; nil before that.
  public private(set) var lastHeard: Duration?
  /// Called with the text of each `Warning` header, once for each text.
  public var onWarning: ((String) -> Void)?

  /// Why nothing may be changed in the cluster now; nil when it may. While there is a reason, every request that is not a
  /// read fails with `APIFailure.readOnly` and is not sent: this is the one place that all requests pass.
  public var readOnlyReason: String?
  /// Whether dry runs are sent all the same, which change nothing and which webhooks may see.
  public var sendsDryRuns = false

  private static let promptAnswer = Duration.seconds(2)

  /// Larger error bodies are cut: no API server sends such.
  private static let largestErrorBody = 256 << 10

  /// A client for `endpoint`.
  public init(
    endpoint: Endpoint, loop: Loop, transport: any Transport, authenticator: any Authenticator, userAgent: String
  ) {
    self.endpoint = endpoint
    self.loop = loop
    self.transport = transport
    self.authenticator = authenticator
    self.userAgent = userAgent
  }

  /// Sends a request and hands out the complete answer, at most `limit` bytes of it.
  @discardableResult
  public func send(
    _ request: APIRequest, limit: Int = 256 << 20, _ completion: @escaping (Result<APIResponse, APIFailure>) -> Void
  ) -> RequestHandle {
    var head: HTTPHead?
    var body: [UInt8] = []
    var handle: RequestHandle?
    handle = stream(request) { event in
      switch event {
      case .opened(let opened): head = opened
      case .bytes(let bytes):
        guard body.count + bytes.count <= limit else {
          handle?.cancel()
          completion(.failure(.malformed("the answer is larger than \(limit) bytes")))
          return
        }
        body.append(contentsOf: bytes)
      case .ended:
        handle = nil
        if let head { completion(.success(APIResponse(head: head, body: body))) }
      case .failed(let failure):
        handle = nil
        completion(.failure(failure))
      }
    }
    return handle ?? RequestHandle()
  }

  /// Sends a request and hands out the answer as it arrives.
  public func stream(_ request: APIRequest, _ handler: @escaping (StreamEvent) -> Void) -> RequestHandle {
    let handle = RequestHandle()
    handle.client = self
    loop.post { [self] in attempt(request, handle, isRetry: false, handler) }
    return handle
  }

  private func attempt(
    _ request: APIRequest, _ handle: RequestHandle, isRetry: Bool, _ handler: @escaping (StreamEvent) -> Void
  ) {
    guard !handle.isCancelled else { return }
    authenticator.credentials { [self] result in
      guard !handle.isCancelled else { return }
      switch result {
      case .failure(let failure): handler(.failed(.credentials(failure.message)))
      case .success(let credentials):
        exchange(request, credentials, handle, isRetry: isRetry, handler)
      }
    }
  }

  private func exchange(
    _ request: APIRequest, _ credentials: RequestCredentials, _ handle: RequestHandle, isRetry: Bool,
    _ handler: @escaping (StreamEvent) -> Void
  ) {
    if let readOnlyReason, !request.isRead, !(sendsDryRuns && request.isDryRun) {
      return handler(.failed(.readOnly(readOnlyReason)))
    }
    var refused: HTTPHead?
    var errorBody: [UInt8] = []
    let began = loop.clock.now
    handle.transfer = transport.start(httpRequest(request, credentials)) { [self] event in
      if !event.isFailure { lastHeard = loop.clock.now }
      switch event {
      case .head(let head):
        noteWarnings(head)
        noteTime(head, askedAt: began)
        if head.status >= 300 { refused = head } else { handler(.opened(head)) }
      case .body(let bytes):
        if refused == nil {
          handler(.bytes(bytes))
        } else if errorBody.count < Self.largestErrorBody {
          errorBody.append(contentsOf: bytes.prefix(Self.largestErrorBody - errorBody.count))
        }
      case .finished:
        handle.transfer = nil
        guard let refused else { return handler(.ended) }
        let failure = APIFailure(head: refused, body: errorBody)
        guard refused.status == 401, !isRetry else { return handler(.failed(failure)) }
        authenticator.rejected(credentials) { mayRetry in
          guard !handle.isCancelled else { return }
          if mayRetry {
            self.attempt(request, handle, isRetry: true, handler)
          } else {
            handler(.failed(self.explained(failure, credentials)))
          }
        }
      case .failed(let failure):
        handle.transfer = nil
        handler(.failed(explained(.transport(failure), credentials)))
      }
    }
  }

  /// Has later requests make new connections: the present ones are silent.
  public func dropConnections() { transport.closeIdleConnections() }

  private func explained(_ failure: APIFailure, _ credentials: RequestCredentials) -> APIFailure {
    failure.because(authenticator.trouble(with: credentials), certificate: authenticator.certificateOrigin)
  }

  private func httpRequest(_ request: APIRequest, _ credentials: RequestCredentials) -> HTTPRequest {
    var headers = [("Accept", request.accept), ("User-Agent", userAgent)]
    if let contentType = request.contentType { headers.append(("Content-Type", contentType)) }
    headers += request.webSocket?.headers ?? []
    headers += endpoint.headers
    var options = endpoint.options
    // Whatever a configuration says, credentials do not travel in the clear.
    if endpoint.url.hasPrefix("https:") {
      if let authorization = credentials.authorization { headers.append(("Authorization", authorization)) }
      if let certificate = credentials.clientCertificate { options.clientCertificate = certificate }
      if let key = credentials.clientKey { options.clientKey = key }
    }
    var sent = HTTPRequest(
      method: request.method, url: endpoint.url + request.target, headers: headers, body: request.body,
      timeout: timeout(of: request), options: options)
    sent.isAlone = request.isAlone
    sent.isUpgrade = request.webSocket != nil
    return sent
  }

  /// The user's limit beats the request's own, also when it is longer.
  private func timeout(of request: APIRequest) -> Duration? {
    request.isLongRunning ? request.timeout : endpoint.requestTimeout ?? request.timeout
  }

  /// Ages, and whether something has lasted too long, are reckoned by the server's clock where this machine's is wrong:
  /// the times of objects are the server's.
  private func noteTime(_ head: HTTPHead, askedAt began: Duration) {
    // An answer that was long under way, or that this loop came late to, says nothing about now.
    guard loop.clock.now - began < Self.promptAnswer, let time = head.first("date").flatMap(Timestamp.init(httpDate:)),
      let behind = loop.clock.learn(wallSeconds: time.seconds)
    else { return }
    warn(
      "this machine's clock is \(Duration.seconds(abs(behind)).human) \(behind > 0 ? "behind" : "ahead of") the server's: "
        + "times are reckoned by the server's")
  }

  private func noteWarnings(_ head: HTTPHead) {
    for header in head.all("warning") {
      if let text = WarningHeader.text(header) { warn(text) }
    }
  }

  private func warn(_ text: String) {
    guard seenWarnings.count < 1000, seenWarnings.insert(text).inserted else { return }
    onWarning?(text)
  }
}

extension TransferEvent {
  fileprivate var isFailure: Bool { if case .failed = self { true } else { false } }
}
