import ClusterState
import EventLoop
import HTTPTransport
import Kube
import Testing

@testable import KubeClient

/// A reflector of ConfigMaps on a scripted server, with a clock that the test moves.
final class ReflectorRun {
  let clock = ManualClock()
  let loop: Loop
  let transport = ScriptedTransport()
  let store = ObjectStore(resource: ConfigMap.resource, coverage: .cluster)
  let reflector: Reflector

  init(random: @escaping () -> Double = { 0 }) throws {
    loop = try Loop(clock: clock)
    let client = KubeClient(
      endpoint: Endpoint(url: "https://test"), loop: loop, transport: transport, authenticator: NoCredentials(),
      userAgent: "test")
    let clock = clock
    reflector = Reflector(
      client: client, resource: ConfigMap.resource, options: ListOptions(), codec: .typed(ConfigMap.self), store: store,
      pool: StringPool(capacity: 64),
      wallClock: { Timestamp(seconds: clock.wallTime.seconds) }, random: random, onChange: {})
    reflector.start()
    settle()
  }

  func settle() { _ = loop.runUntilIdle(limit: .seconds(5)) }

  func advance(_ duration: Duration) {
    clock.advance(by: duration)
    settle()
  }

  var last: ScriptedTransport.Started? { transport.started.last }
  var lastTarget: String { last?.request.url ?? "" }

  func answer(status: Int = 200, _ body: String, headers: [(name: String, value: String)] = []) throws {
    transport.answer(try #require(last), status: status, body, headers: headers)
    settle()
  }

  func openWatch(_ lines: String = "") throws {
    let watch = try #require(last)
    transport.send(.head(HTTPHead(status: 200, headers: [("content-type", "application/json")])), to: watch)
    transport.sendBody(lines, to: watch)
    settle()
  }

  func watchSays(_ lines: String) throws {
    transport.sendBody(lines, to: try #require(last))
    settle()
  }

  /// Names and versions of what is in the store.
  var contents: [String: String] {
    var result: [String: String] = [:]
    store.forEach { result[$0.metadata.name] = $0.metadata.resourceVersion }
    return result
  }

  static func object(_ name: String, _ version: Int) -> String {
    #"{"metadata":{"name":"\#(name)","namespace":"a","uid":"u-\#(name)","resourceVersion":"\#(version)"}}"#
  }

  static func list(_ objects: [String], version: Int, next: String = "") -> String {
    #"{"kind":"ConfigMapList","metadata":{"resourceVersion":"\#(version)","continue":"\#(next)"},"items":["#
      + objects.joined(separator: ",") + "]}"
  }

  static func event(_ type: String, _ object: String) -> String { #"{"type":"\#(type)","object":\#(object)}"# + "\n" }

  static func failure(_ code: Int, _ reason: String) -> String {
    #"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"m","reason":"\#(reason)","code":\#(code)}"#
  }
}

@Suite struct ReflectorTests {
  static let one = ReflectorRun.object("x", 1)

  func live() throws -> ReflectorRun {
    let run = try ReflectorRun()
    try run.answer(ReflectorRun.list([Self.one], version: 5))
    try run.openWatch()
    return run
  }

  @Test func listsThenFollows() throws {
    let run = try live()
    #expect(run.store.freshness == .live)
    #expect(run.lastTarget.contains("watch=true") && run.lastTarget.contains("resourceVersion=5"))
    try run.watchSays(
      ReflectorRun.event("ADDED", ReflectorRun.object("y", 6))
        + ReflectorRun.event("MODIFIED", ReflectorRun.object("x", 7))
        + ReflectorRun.event("DELETED", ReflectorRun.object("y", 8)))
    #expect(run.contents == ["x": "7"])
  }

  @Test func whatASecondListDoesNotHaveIsGone() throws {
    let run = try live()
    run.advance(.seconds(60))
    try run.watchSays(ReflectorRun.event("ERROR", ReflectorRun.failure(410, "Expired")))
    #expect(run.lastTarget.contains("limit=500") && !run.lastTarget.contains("resourceVersion="))
    #expect(run.contents == ["x": "1"], "the old data stay until the list is complete")
    try run.answer(ReflectorRun.list([ReflectorRun.object("z", 9)], version: 9))
    #expect(run.contents == ["z": "9"])
  }

  @Test func aTruncatedListIsReadAgainAndLosesNothing() throws {
    let run = try ReflectorRun()
    let whole = ReflectorRun.list([Self.one], version: 5)
    try run.answer(String(whole.dropLast(2)))
    guard case .failed(let reason) = run.store.freshness else { Issue.record("\(run.store.freshness)"); return }
    #expect(reason.contains("cannot be read"))
    run.advance(.seconds(1))
    try run.answer(whole)
    try run.openWatch()
    #expect(run.contents == ["x": "1"] && run.store.freshness == .live)
  }

  @Test func pagesThatExpireAreListedFromTheStart() throws {
    let run = try ReflectorRun()
    try run.answer(ReflectorRun.list([Self.one], version: 5, next: "t"))
    #expect(run.lastTarget.contains("continue=t"))
    try run.answer(status: 410, ReflectorRun.failure(410, "Expired"))
    #expect(!run.lastTarget.contains("continue"))
    try run.answer(ReflectorRun.list([ReflectorRun.object("y", 8)], version: 9))
    #expect(run.contents == ["y": "8"])
  }

  @Test func aBusyServerIsGivenTheTimeItAsksFor() throws {
    let run = try ReflectorRun()
    try run.answer(status: 429, ReflectorRun.failure(429, "TooManyRequests"), headers: [("retry-after", "20")])
    run.advance(.seconds(19))
    #expect(run.transport.started.count == 1)
    run.advance(.seconds(1))
    #expect(run.transport.started.count == 2)
  }

  @Test func aForbiddenKindIsSaidToBeSoAndNotAskedForInAStorm() throws {
    let run = try ReflectorRun()
    try run.answer(status: 403, ReflectorRun.failure(403, "Forbidden"))
    #expect(run.store.freshness == .forbidden("m"))
    run.advance(.seconds(299))
    #expect(run.transport.started.count == 1)
  }

  @Test(arguments: ["garbage\n", "{\"type\":\"ADDED\",\"object\":7}\n"])
  func aWatchThatCannotBeReadIsLeftAndTriedAgain(line: String) throws {
    let run = try live()
    let watch = try #require(run.last)
    try run.watchSays(line)
    #expect(run.transport.cancelled.contains(watch.id))
    guard case .stale = run.store.freshness else { Issue.record("\(run.store.freshness)"); return }
    #expect(run.contents == ["x": "1"])
    run.advance(.seconds(1))
    #expect(run.lastTarget.contains("watch=true"))
  }

  @Test func aHostileFrameLengthIsRefused() throws {
    let run = try ReflectorRun()
    try run.answer(ReflectorRun.list([], version: 5))
    let watch = try #require(run.last)
    let type = "application/vnd.kubernetes.protobuf;stream=watch"
    run.transport.send(.head(HTTPHead(status: 200, headers: [("content-type", type)])), to: watch)
    let bytes: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0]
    bytes.withUnsafeBytes { run.transport.send(.body($0), to: watch) }
    run.settle()
    #expect(run.transport.cancelled.contains(watch.id))
  }

  @Test func aServerThatIsNoneIsSaidToBeSo() throws {
    let run = try ReflectorRun()
    let list = try #require(run.last)
    run.transport.answer(list, "<html>", type: "text/html")
    run.settle()
    guard case .failed(let reason) = run.store.freshness else { Issue.record("\(run.store.freshness)"); return }
    #expect(reason.contains("text/html"))
  }

  @Test func stoppingEndsEverything() throws {
    let run = try live()
    run.reflector.stop()
    #expect(run.transport.cancelled.contains(try #require(run.last).id))
    run.advance(.seconds(1000))
    #expect(run.transport.started.count == 2)
  }
}
