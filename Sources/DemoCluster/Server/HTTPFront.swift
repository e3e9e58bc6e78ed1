import FlyingFox
import FlyingSocks
import Foundation
import Glibc
import Kube

/// Puts the API server behind FlyingFox's HTTP server.
struct HTTPFront: HTTPHandler {
  let state: ServerState

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    var headers: [String: String] = [:]
    for (header, value) in request.headers { headers[header.rawValue.lowercased()] = value }
    let apiRequest = APIRequest(
      method: request.method.rawValue, target: request.target.rawValue, headers: headers,
      body: Array(try await request.bodyData))
    let (plain, verdict, delay) = state.answer(apiRequest)
    let answer = plain.compressed(for: apiRequest)
    if delay > .zero { try await Task.sleep(for: delay) }
    var fields = HTTPHeaders()
    for (name, value) in answer.headers { fields.addValue(value, for: HTTPHeader(name)) }
    let status = HTTPStatusCode(answer.code, phrase: Self.phrases[answer.code] ?? "Status")
    switch (answer.body, verdict) {
    case (_, .close):
      return HTTPResponse(
        statusCode: status, headers: fields, body: HTTPBodySequence(from: BrokenBody(bytes: []), count: 1))
    case (.bytes(let bytes), .truncate(let share)):
      let kept = Array(bytes.prefix(Int(Double(bytes.count) * share)))
      return HTTPResponse(
        statusCode: status, headers: fields,
        body: HTTPBodySequence(from: BrokenBody(bytes: kept), count: bytes.count))
    case (.stream, .truncate):
      return HTTPResponse(
        statusCode: status, headers: fields, body: HTTPBodySequence(from: BrokenBody(bytes: [])))
    case (.bytes(let bytes), _):
      return HTTPResponse(
        statusCode: status, headers: fields, body: HTTPBodySequence(data: Data(bytes), suggestedBufferSize: 1 << 18))
    case (.stream(let stream), _):
      return HTTPResponse(
        statusCode: status, headers: fields,
        body: HTTPBodySequence(from: StreamBody(stream: stream), suggestedBufferSize: 1 << 18))
    }
  }

  private static let phrases = [
    200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 409: "Conflict", 410: "Gone", 415: "Unsupported Media Type",
    422: "Unprocessable Entity", 429: "Too Many Requests", 500: "Internal Server Error", 504: "Gateway Timeout",
  ]
}

/// The pieces of a watch or a followed log as they come.
struct StreamBody: AsyncBufferedSequence {
  typealias Element = UInt8
  let stream: AsyncStream<[UInt8]>

  func makeAsyncIterator() -> Iterator { Iterator(base: stream.makeAsyncIterator()) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    var base: AsyncStream<[UInt8]>.AsyncIterator

    mutating func next() async throws -> UInt8? { nil }

    mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? { await base.next() }
  }
}

/// Some bytes and then an error, upon which the connection is closed.
struct BrokenBody: AsyncBufferedSequence {
  typealias Element = UInt8
  struct Broken: Error {}
  let bytes: [UInt8]

  func makeAsyncIterator() -> Iterator { Iterator(bytes: bytes) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    var bytes: [UInt8]

    mutating func next() async throws -> UInt8? { throw Broken() }

    mutating func nextBuffer(suggested count: Int) async throws -> [UInt8]? {
      guard !bytes.isEmpty else { throw Broken() }
      defer { bytes = [] }
      return bytes
    }
  }
}

/// A socket pool whose sockets send small pieces at once: FlyingFox writes header and body separately, and between
/// the two Nagle's algorithm would wait for the client's delayed acknowledgement, 40 ms for each answer.
struct PromptSocketPool: AsyncSocketPool {
  let base: any AsyncSocketPool

  func prepare() async throws { try await base.prepare() }
  func run() async throws { try await base.run() }

  func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
    var on: Int32 = 1
    _ = setsockopt(socket.file.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    try await base.suspendSocket(socket, untilReadyFor: events)
  }
}
