import DataFiles
import EventLoop
import HTTPTransport
import Kube
import KubeClient
import KubeConfig

@testable import Session

/// A transport whose other side is the test: it keeps every request until the test says what happens to it.
final class ScriptedTransport: Transport {
  struct Started {
    let id: TransferID
    let request: HTTPRequest
    let handler: (TransferEvent) -> Void

    /// Path and query.
    var target: String { String(request.url.dropFirst("https://test".count)) }
    func header(_ name: String) -> String? { request.headers.first { $0.name == name }?.value }
  }

  private(set) var started: [Started] = []
  private(set) var cancelled: Set<TransferID> = []
  private var ended: Set<TransferID> = []

  /// Requests that wait for an answer.
  var open: [Started] { started.filter { !cancelled.contains($0.id) && !ended.contains($0.id) } }

  func start(_ request: HTTPRequest, _ handler: @escaping (TransferEvent) -> Void) -> TransferID {
    let id = TransferID(serial: UInt64(started.count))
    started.append(Started(id: id, request: request, handler: handler))
    return id
  }

  func cancel(_ id: TransferID) { cancelled.insert(id) }
  func pause(_ id: TransferID) {}
  func resume(_ id: TransferID) {}

  func send(_ event: TransferEvent, to transfer: Started) {
    guard !cancelled.contains(transfer.id) else { return }
    if case .finished = event { ended.insert(transfer.id) }
    if case .failed = event { ended.insert(transfer.id) }
    transfer.handler(event)
  }

  func begin(_ transfer: Started, status: Int = 200, _ body: String) {
    send(.head(HTTPHead(status: status, headers: [("content-type", "application/json")])), to: transfer)
    let bytes = Array(body.utf8)
    bytes.withUnsafeBytes { if !$0.isEmpty { send(.body($0), to: transfer) } }
  }

  func answer(_ transfer: Started, status: Int = 200, _ body: String) {
    begin(transfer, status: status, body)
    send(.finished, to: transfer)
  }
}

/// A session with a server of a few paths, on a clock that the test moves.
final class SessionRun {
  let clock = ManualClock()
  let loop: Loop
  let transport = ScriptedTransport()
  let session: ClusterSession
  /// Status and body by path without query; anything else is not found.
  var answers: [String: (status: Int, body: String)] = [:]

  init(writePolicy: WritePolicy = .readOnly("tests only read"), context: String = "") throws {
    loop = try Loop(clock: clock)
    var connection = ConnectionConfig(server: try ServerURL("https://test"))
    connection.contextName = context
    session = try ClusterSession(
      connection: connection, loop: loop, transport: transport, fileSystem: MemoryFileSystem(), environment: [:],
      userAgent: "test", random: { 0 }, writePolicy: writePolicy)
  }

  deinit { session.close() }

  static let forbidden = (status: 403, body: failure(403, "Forbidden"))

  static func failure(_ code: Int, _ reason: String) -> String {
    #"{"kind":"Status","apiVersion":"v1","status":"Failure","message":"m","reason":"\#(reason)","code":\#(code)}"#
  }

  static func list(_ names: [String] = [], version: Int = 5) -> (status: Int, body: String) {
    let items = names.map { #"{"metadata":{"name":"\#($0)","namespace":"a","uid":"\#($0)","resourceVersion":"1"}}"# }
    return (
      200,
      #"{"kind":"List","metadata":{"resourceVersion":"\#(version)"},"items":["# + items.joined(separator: ",") + "]}"
    )
  }

  /// What an old server says of its groups: a name with versions, the first of which it prefers, and the kinds that
  /// each version has.
  func serve(_ groups: [(name: String, versions: [(String, [Resource])])]) {
    answers["/version"] = (200, #"{"gitVersion":"v1.20.2","major":"1","minor":"20"}"#)
    answers["/api"] = (200, #"{"kind":"APIVersions","versions":["v1"]}"#)
    answers["/api/v1"] = (
      200, #"{"kind":"APIResourceList","resources":[{"name":"pods","kind":"Pod","namespaced":true}]}"#
    )
    var list: [JSONValue] = []
    for group in groups {
      for (version, resources) in group.versions {
        let kinds: [JSONValue] = resources.map {
          ["name": .string($0.plural), "kind": .string($0.kind), "namespaced": .bool($0.isNamespaced)]
        }
        let path = group.name.isEmpty ? "/api/\(version)" : "/apis/\(group.name)/\(version)"
        let document: JSONValue = ["kind": "APIResourceList", "resources": .array(kinds)]
        answers[path] = (200, document.text())
      }
      guard !group.name.isEmpty else { continue }
      list.append([
        "name": .string(group.name), "preferredVersion": ["version": .string(group.versions[0].0)],
        "versions": .array(group.versions.map { ["version": .string($0.0)] }),
      ])
    }
    let document: JSONValue = ["kind": "APIGroupList", "groups": .array(list)]
    answers["/apis"] = (200, document.text())
  }

  /// Turns the loop and answers what is asked until nothing more is; watches stay open.
  func settle() {
    while true {
      _ = loop.runUntilIdle(limit: .seconds(5))
      let asked = transport.open.filter { !opened.contains($0.id) }
      if asked.isEmpty { return }
      for request in asked {
        let path = String(request.target.prefix { $0 != "?" })
        if request.target.contains("watch=true") {
          opened.insert(request.id)
          transport.begin(request, "")
        } else if let (status, body) = answers[path] {
          transport.answer(request, status: status, body)
        } else {
          transport.answer(request, status: 404, Self.failure(404, "NotFound"))
        }
      }
    }
  }

  private var opened: Set<TransferID> = []

  func advance(_ duration: Duration) {
    clock.advance(by: duration)
    settle()
  }

  /// Paths, without query, of the requests since the last call.
  func asked() -> [String] {
    let new = transport.started[seen...].map { String($0.target.prefix { $0 != "?" }) }
    seen = transport.started.count
    return new
  }

  private var seen = 0

  /// Paths of the watches that are open.
  var watches: [String] { transport.open.map { String($0.target.prefix { $0 != "?" }) } }
}
