import Kube

/// A request as the demo's API server sees it: everything percent-decoded.
struct APIRequest: Sendable {
  var method: String
  /// The parts of the path between slashes.
  var path: [String]
  /// Query parameters; the last of equal names wins.
  var query: [String: String] = [:]
  /// Headers by lower-case name.
  var headers: [String: String] = [:]
  var body: [UInt8] = []

  /// A request with a target as it is on the wire, such as `/api/v1/pods?limit=5`.
  init(method: String, target: String, headers: [String: String] = [:], body: [UInt8] = []) {
    self.method = method
    self.headers = headers
    self.body = body
    let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = (parts.first ?? "").split(separator: "/").map { Self.decoded($0, plusIsBlank: false) }
    guard parts.count > 1 else { return }
    for pair in parts[1].split(separator: "&") {
      let entry = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[Self.decoded(entry[0], plusIsBlank: true)] =
        entry.count > 1 ? Self.decoded(entry[1], plusIsBlank: true) : ""
    }
  }

  /// Whether a query parameter is set to something that Go's ParseBool takes for true.
  func isOn(_ name: String) -> Bool { ["1", "t", "T", "true", "TRUE", "True"].contains(query[name] ?? "") }

  /// The whole number of a query parameter.
  func int(_ name: String) -> Int? { query[name].flatMap { Int($0) } }

  /// Whether nothing may be kept of what the request changes.
  var isDryRun: Bool { query["dryRun"] == "All" }

  /// The body as a JSON object; nil when there is none.
  func object() throws(StatusError) -> JSONValue? {
    guard !body.isEmpty else { return nil }
    if headers["content-type"]?.hasPrefix("application/vnd.kubernetes.protobuf") == true {
      return try ProtobufBody.object(body)
    }
    let parsed = body.withUnsafeBytes { bytes in
      do {
        return Result<JSONValue, StatusError>.success(try JSONValue(parsing: bytes))
      } catch {
        return .failure(.badRequest("the object provided is unrecognized (must be of type JSON): \(error)"))
      }
    }
    return try parsed.get()
  }

  private static func decoded(_ text: Substring, plusIsBlank: Bool) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") && plusIsBlank ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What the demo's API server answers.
struct APIAnswer: Sendable {
  enum Body: Sendable {
    case bytes([UInt8])
    /// Pieces as they come, until the stream ends.
    case stream(AsyncStream<[UInt8]>)
  }
  var code = 200
  var headers: [(name: String, value: String)] = []
  var body: Body

  static func bytes(_ code: Int, _ contentType: String, _ bytes: [UInt8]) -> APIAnswer {
    APIAnswer(code: code, headers: [("Content-Type", contentType)], body: .bytes(bytes))
  }

  static func json(_ code: Int, _ value: JSONValue) -> APIAnswer {
    .bytes(code, "application/json", value.bytes() + [0x0a])
  }

  static func failure(_ error: StatusError) -> APIAnswer {
    var answer = json(error.code, error.status)
    if let seconds = error.retryAfter { answer.headers.append(("Retry-After", String(seconds))) }
    return answer
  }
}
