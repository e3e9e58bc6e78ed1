import HTTPTransport
import Kube

extension APIRequest {
  /// Runs a command in a container without input and hands out what it writes, over WebSocket. To be sent with
  /// `KubeClient.run`. Nothing is sent after the handshake, so that nothing but reading is needed of the connection.
  ///
  /// Servers ask for the right to `get pods/exec`, as it is a GET, and since 1.35 also to `create pods/exec`.
  public static func exec(
    namespace: String, pod: String, container: String, command: [String], timeout: Duration
  ) -> APIRequest {
    var request = APIRequest(path: Pod.resource.path(namespace: namespace, name: pod, subresource: "exec"))
    request.query = command.map { ("command", $0) }
    request.query += [("container", container), ("stdin", "false"), ("stdout", "true"), ("stderr", "true")]
    request.accept = "*/*"
    request.webSocket = WebSocketHandshake(protocols: ["v5.channel.k8s.io", "v4.channel.k8s.io"])
    request.timeout = timeout
    request.isLongRunning = true
    return request
  }
}

extension KubeClient {
  /// Most bytes of a command's output that are kept.
  public static let longestOutput = 1 << 20

  /// Sends a request made by `APIRequest.exec` and hands out what the command wrote once it has ended, its time is over
  /// or it has written more than `limit` bytes. A failure means that it did not begin, unless `mayHaveHappened`.
  @discardableResult
  public func run(
    _ request: APIRequest, limit: Int = longestOutput,
    _ completion: @escaping (Result<CommandOutput, APIFailure>) -> Void
  ) -> RequestHandle {
    var frames = WebSocketReader()
    var output = CommandOutputReader(limit: limit)
    var hasBegun = false
    var handle: RequestHandle?
    func end(_ result: Result<CommandOutput, APIFailure>) {
      handle?.cancel()
      handle = nil
      completion(result)
    }
    let cutOff = "the connection ended before the command did"
    handle = stream(request) { event in
      switch event {
      case .opened(let head):
        if let problem = request.webSocket?.problem(with: head) { return end(.failure(.malformed(problem))) }
        hasBegun = true
      case .bytes(let bytes):
        do throws(WebSocketReader.Problem) {
          for event in try frames.read(bytes) {
            switch event {
            case .message(let message): output.read(message)
            case .close: if output.result == nil { return end(.success(output.output(ending: .failed(cutOff)))) }
            }
            if let result = output.result { return end(.success(result)) }
          }
        } catch {
          end(.success(output.output(ending: .failed("the server's answer cannot be read: \(error.text)"))))
        }
      case .ended: end(.success(output.output(ending: .failed(cutOff))))
      case .failed(.transport(.timedOut(connecting: false))) where hasBegun:
        end(.success(output.output(ending: .timedOut(request.timeout ?? .zero))))
      case .failed(.transport(let failure)) where hasBegun:
        end(.success(output.output(ending: .failed("\(cutOff): \(failure)"))))
      case .failed(let failure): end(.failure(failure))
      }
    }
    return handle ?? RequestHandle()
  }
}
