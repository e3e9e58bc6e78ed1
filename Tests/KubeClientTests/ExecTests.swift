import EventLoop
import HTTPTransport
import Kube
import Testing

@testable import KubeClient

/// Commands in containers: handshake, frames, channels, and every way in which they end.
@Suite struct ExecTests {
  private static let handshake = WebSocketHandshake(
    protocols: ["v5.channel.k8s.io", "v4.channel.k8s.io"], nonce: Array("the sample nonce".utf8))

  private static func head(_ changes: [String: String?] = [:], status: Int = 101) -> HTTPHead {
    // Key and answer of RFC 6455, section 1.3.
    var headers: [String: String?] = [
      "upgrade": "WebSocket", "connection": "Upgrade", "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      "sec-websocket-protocol": "v4.channel.k8s.io",
    ]
    headers.merge(changes) { $1 }
    return HTTPHead(status: status, headers: headers.compactMap { name, value in value.map { (name, $0) } })
  }

  @Test func theHandshakeIsThatOfTheStandard() {
    #expect(Self.handshake.headers.contains { $0 == ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==") })
    #expect(Self.handshake.problem(with: Self.head()) == nil)
    #expect(WebSocketHandshake(protocols: []).key != WebSocketHandshake(protocols: []).key)
  }

  @Test(arguments: [
    (head(status: 200), "HTTP status 200"), (head(["upgrade": "spdy/3.1"]), "not that of a WebSocket server"),
    (head(["sec-websocket-accept": "x"]), "not that of a WebSocket server"),
    (head(["sec-websocket-protocol": "chat"]), "speaks none of"), (head(["sec-websocket-protocol": nil]), "none of"),
  ])
  func otherAnswersAreRefused(_ head: HTTPHead, _ says: String) {
    #expect(Self.handshake.problem(with: head)?.contains(says) == true)
  }

  // MARK: Frames

  private static func frame(_ payload: [UInt8], kind: UInt8 = 2, isLast: Bool = true) -> [UInt8] {
    let size: [UInt8] =
      switch payload.count {
      case ..<126: [UInt8(payload.count)]
      case ..<65536: [126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
      default: [127] + (0..<8).reversed().map { UInt8(payload.count >> ($0 * 8) & 0xff) }
      }
    return [(isLast ? 0x80 : 0) | kind] + size + payload
  }

  private static func read(
    _ bytes: [UInt8], pieces: Int = .max, longest: Int = 1 << 20
  ) throws -> [WebSocketReader.Event] {
    var reader = WebSocketReader(longestMessage: longest)
    var events: [WebSocketReader.Event] = []
    for start in stride(from: 0, to: bytes.count, by: min(pieces, bytes.count)) {
      let piece = bytes[start..<min(bytes.count, start + min(pieces, bytes.count))]
      events += try piece.withUnsafeBytes { try reader.read($0) }
    }
    return events
  }

  @Test(arguments: [1, 2, 3, 7, 1000, Int.max]) func framesArriveInAnyPieces(_ pieces: Int) throws {
    let long = [UInt8](repeating: 7, count: 300)
    let longer = [UInt8](repeating: 8, count: 70_000)
    let bytes =
      Self.frame([1, 65]) + Self.frame([1, 66], isLast: false) + Self.frame([], kind: 9)
      + Self.frame([67], kind: 0, isLast: false) + Self.frame([68], kind: 0) + Self.frame(long) + Self.frame(longer)
      + Self.frame([], kind: 10) + Self.frame([3, 232], kind: 8)
    #expect(
      try Self.read(bytes, pieces: pieces) == [
        .message([1, 65]), .message([1, 66, 67, 68]), .message(long), .message(longer), .close,
      ])
  }

  @Test(
    arguments: [
      ([0xc2, 0], "extension"), ([0x82, 0x81, 0, 0, 0, 0, 0], "masked"), ([0x83, 0], "unknown kind 3"),
      ([0x09, 0], "not whole"), ([0x89, 126, 0, 200], "too large"), ([0x80, 0], "has not begun"),
      ([0x02, 0, 0x82, 0], "within another"), ([0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0], "too large"),
      ([0x82, 126, 1, 1], "too large"),
      (
        [0x02, 100] + Array(repeating: 0, count: 100) + [0x00, 100]
          + Array(repeating: 0, count: 100) + [0x80, 100] + Array(repeating: 0, count: 100), "too large"
      ),
    ] as [([UInt8], String)])
  func whatIsNoFrameIsSaid(_ bytes: [UInt8], _ says: String) {
    let problem = #expect(throws: WebSocketReader.Problem.self) { try Self.read(bytes, longest: 256) }
    #expect(problem?.text.contains(says) == true, "\(String(describing: problem))")
  }

  @Test func anythingIsReadWithoutATrap() {
    var random = SeededRandom(seed: 5)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 1...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = try? Self.read(bytes, pieces: Int.random(in: 1...8, using: &random))
      var output = CommandOutputReader(limit: 10)
      output.read(bytes)
      output.read([3] + bytes)
      #expect(output.bytes.count <= 10)
    }
  }

  // MARK: Commands

  private static let success = #"{"metadata":{},"status":"Success"}"#
  private static let exit3 =
    #"{"status":"Failure","reason":"NonZeroExitCode","message":"command terminated with non-zero exit code","#
    + #""details":{"causes":[{"reason":"ExitCode","message":"3"}]}}"#
  private static let missing = #"{"status":"Failure","reason":"InternalError","message":"no such program","code":500}"#

  private func run(
    limit: Int = 100, readOnly: String? = nil,
    _ answer: @escaping (ScriptedTransport, ScriptedTransport.Started) -> Void
  ) throws -> (result: Result<CommandOutput, APIFailure>?, transport: ScriptedTransport) {
    let loop = try Loop(clock: ManualClock())
    let transport = ScriptedTransport()
    let client = KubeClient(
      endpoint: Endpoint(url: "https://k"), loop: loop, transport: transport, authenticator: NoCredentials(),
      userAgent: "t")
    client.readOnlyReason = readOnly
    var request = APIRequest.exec(
      namespace: "a", pod: "p", container: "c", command: ["ls", "-l"], timeout: .seconds(5))
    request.webSocket = Self.handshake
    var result: Result<CommandOutput, APIFailure>?
    client.run(request, limit: limit) {
      #expect(result == nil, "two ends")
      result = $0
    }
    #expect(loop.runUntilIdle(limit: .seconds(5)))
    if let transfer = transport.started.first { answer(transport, transfer) }
    return (result, transport)
  }

  private func output(
    limit: Int = 100, _ messages: [[UInt8]], end: TransferEvent = .finished
  ) throws -> CommandOutput? {
    try run(limit: limit) { transport, transfer in
      transport.send(.head(Self.head()), to: transfer)
      for message in messages {
        Self.frame(message).withUnsafeBytes { transport.send(.body($0), to: transfer) }
      }
      transport.send(end, to: transfer)
    }.result?.get()
  }

  @Test(
    arguments: [
      ([[1], [1] + Array("out ".utf8), [2] + Array("err".utf8), [3] + Array(success.utf8)], "out err", .exited(0)),
      ([[1] + Array("a".utf8), [3] + Array(exit3.utf8), [1] + Array("late".utf8)], "a", .exited(3)),
      ([[3] + Array(missing.utf8)], "", .failed("no such program")),
      ([[1] + Array("a".utf8), [255, 1], [3]], "a", .failed("the server's word about the end is no Status object")),
      ([[1] + Array(repeating: 66, count: 200)], String(repeating: "B", count: 100), .tooMuch(100)),
      ([[1, 65, 0xff]], "A\u{fffd}", .failed("the connection ended before the command did")),
    ] as [([[UInt8]], String, CommandOutput.End)])
  func commandsEnd(_ messages: [[UInt8]], _ text: String, _ end: CommandOutput.End) throws {
    #expect(try output(messages) == CommandOutput(text: text, end: end))
  }

  @Test func aCommandWithoutEndIsGivenUp() throws {
    let part: [UInt8] = [1, 65]
    #expect(
      try output([part], end: .failed(.timedOut(connecting: false)))
        == CommandOutput(text: "A", end: .timedOut(.seconds(5))))
    let broken = try output([part], end: .failed(.closedEarly(reason: "reset")))
    guard case .failed(let text)? = broken?.end else {
      Issue.record("\(String(describing: broken))")
      return
    }
    #expect(text.contains("reset"))
  }

  @Test func whatDoesNotBeginFails() throws {
    let refused = try run { transport, transfer in
      transport.answer(
        transfer, status: 403, #"{"kind":"Status","status":"Failure","reason":"Forbidden","message":"no","code":403}"#)
    }
    #expect(throws: APIFailure.self) { try refused.result?.get() }
    let sent = try #require(refused.transport.started.first?.request)
    #expect(sent.isUpgrade && sent.method == "GET" && sent.timeout == .seconds(5))
    #expect(sent.headers.contains { $0.name == "Sec-WebSocket-Protocol" && $0.value.hasPrefix("v5.") })
    let other = try run { transport, transfer in transport.answer(transfer, "{}") }
    #expect(throws: APIFailure.self) { try other.result?.get() }
    // The one place that all requests pass refuses it while nothing may be changed.
    let locked = try run(readOnly: "protected") { _, _ in }
    #expect(locked.transport.started.isEmpty)
    #expect(throws: APIFailure.self) { try locked.result?.get() }
  }
}
