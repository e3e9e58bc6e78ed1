import Kube

/// What is answered to one request.
struct CaptureAnswer {
  var status = 200
  var headers: [(name: String, value: String)] = [("content-type", "application/json")]
  /// Whether the answer stays open behind its last piece.
  var isEndless = false
  /// The pieces of the body, made when they are asked for.
  private var pieces: () -> [UInt8]?

  /// An answer whose body is made piece by piece.
  init(pieces: @escaping () -> [UInt8]?) { self.pieces = pieces }

  /// An answer with a whole body.
  init(_ body: [UInt8], contentType: String = "application/json") {
    var rest: [UInt8]? = body
    pieces = {
      defer { rest = nil }
      return rest
    }
    headers = [("content-type", contentType)]
  }

  init(_ json: JSONValue) { self.init(json.bytes()) }

  mutating func nextPiece() -> [UInt8]? { pieces() }

  /// A failure, in the words of the one who asked.
  static func failure(_ code: Int, _ reason: String, _ message: String) -> CaptureAnswer {
    var answer = CaptureAnswer([
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
      "reason": .string(reason), "code": .int(code),
    ])
    answer.status = code
    // Nothing changes in a capture: asking again is of no use.
    answer.headers.append(("retry-after", "315360000"))
    return answer
  }

  /// The capture cannot tell.
  static func notCaptured(_ message: String) -> CaptureAnswer { failure(424, "NotCaptured", message) }

  mutating func warn(_ text: String) {
    let quoted = text.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline }
    headers.append(("warning", "299 - \"\(quoted)\""))
  }
}
