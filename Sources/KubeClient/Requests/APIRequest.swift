import HTTPTransport
import Kube

/// A request to an API server, before credentials.
public struct APIRequest: Sendable {
  /// HTTP method.
  public var method = "GET"
  /// Path below the server's address, percent-escaped, starting with `/`.
  public var path: String
  /// Query parameters, not yet escaped.
  public var query: [(String, String)] = []
  /// Media types wanted.
  public var accept = "application/json"
  /// Media type of `body`.
  public var contentType: String?
  /// Body, for methods that have one.
  public var body: [UInt8]?
  /// Longest time for the whole exchange; nil means none.
  public var timeout: Duration?
  /// Whether the answer goes on for as long as somebody listens (watches, followed logs), so that the user's own limit
  /// for requests does not hold.
  public var isLongRunning = false

  /// Whether the server is only asked what it would do.
  public internal(set) var isDryRun = false

  /// Whether it is sent on a connection of its own, so that a load balancer chooses an API server anew.
  public var isAlone = false

  /// What asks the server to go on with WebSocket instead of answering; nil for all other requests.
  public var webSocket: WebSocketHandshake?

  /// A GET without timeout.
  public init(path: String) { self.path = path }

  /// Whether it changes nothing in the cluster: a GET, but not of a subresource that runs something in a container, or a
  /// question about the user's own permissions. Dry runs count as changes, since webhooks see them.
  public var isRead: Bool {
    // A path that a person gave may hold its query.
    let parts = path.prefix { $0 != "?" }.split(separator: "/")
    switch method {
    case "GET", "HEAD":
      return !(parts.contains("pods") && ["exec", "attach", "portforward"].contains(parts.last ?? ""))
    case "POST":
      let questions: Set<Substring> = ["selfsubjectaccessreviews", "selfsubjectrulesreviews", "selfsubjectreviews"]
      return parts.count == 4 && parts[0] == "apis" && questions.contains(parts[3])
        && ["authorization.k8s.io", "authentication.k8s.io"].contains(parts[1])
    default: return false
    }
  }

  /// Path and escaped query.
  public var target: String {
    guard !query.isEmpty else { return path }
    return path + "?"
      + query.map { "\(Resource.escaped($0.0))=\(Resource.escaped($0.1))" }.joined(separator: "&")
  }
}

/// A complete answer.
public struct APIResponse: Sendable {
  /// Status code and headers.
  public var head: HTTPHead
  /// Body, decompressed.
  public var body: [UInt8]

  /// The texts of the server's warnings about the request.
  public var warnings: [String] { head.all("warning").compactMap(WarningHeader.text) }

  /// The body as JSON.
  public func json() throws(APIFailure) -> JSONValue {
    do throws(DecodingFailure) {
      return try body.withUnsafeBufferPointer { (bytes) throws(DecodingFailure) in
        try JSONValue(parsing: UnsafeRawBufferPointer(bytes))
      }
    } catch {
      throw .malformed("the server's answer is no JSON: \(error)")
    }
  }

  /// The body as JSON that says what kind of Kubernetes object it is, as every object and list of an API server does; a
  /// server of another sort may well answer `{}`.
  public func object() throws(APIFailure) -> JSONValue {
    let json = try json()
    guard json["kind"]?.string?.isEmpty == false else {
      throw .malformed("the server's answer is no object of Kubernetes'")
    }
    return json
  }
}
