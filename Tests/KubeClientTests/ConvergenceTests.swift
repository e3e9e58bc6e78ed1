import ClusterState
import HTTPTransport
import Kube
import Testing

@testable import KubeClient

/// A small API server that drops, truncates, delays and refuses at random, and whose objects change all the while.
private final class FaultyServer {
  private let run: ReflectorRun
  private var random: SeededRandom
  private(set) var objects: [String: Int] = [:]
  private var history: [(version: Int, line: String)] = []
  private var version = 1
  private var oldest = 1
  private var watches: [(transfer: ScriptedTransport.Started, sent: Int)] = []
  private var seen = 0
  private var snapshots: [String: (rest: [String], version: Int)] = [:]
  var isFaulty = true

  init(_ run: ReflectorRun, seed: UInt64) {
    self.run = run
    random = SeededRandom(seed: seed)
  }

  private func chance(_ percent: Int) -> Bool { isFaulty && Int.random(in: 0..<100, using: &random) < percent }

  func change() {
    version += 1
    let name = "o\(Int.random(in: 0..<12, using: &random))"
    let object = ReflectorRun.object(name, version)
    if objects[name] != nil, Int.random(in: 0..<3, using: &random) == 0 {
      objects[name] = nil
      history.append((version, ReflectorRun.event("DELETED", object)))
    } else {
      history.append((version, ReflectorRun.event(objects[name] == nil ? "ADDED" : "MODIFIED", object)))
      objects[name] = version
    }
    if chance(10) { oldest = max(oldest, version - 3) }
  }

  /// Answers what was asked since, and tells open watches what changed.
  func step() {
    while seen < run.transport.started.count {
      let transfer = run.transport.started[seen]
      if chance(10) { break }  // late
      seen += 1
      transfer.request.url.contains("watch=true") ? open(transfer) : list(transfer)
    }
    for index in watches.indices.reversed() { tell(index) }
    run.settle()
  }

  private func refuse(_ transfer: ScriptedTransport.Started) -> Bool {
    if chance(8) {
      run.transport.send(.failed(.closedEarly(reason: "fault")), to: transfer)
    } else if chance(5) {
      run.transport.answer(transfer, status: 500, ReflectorRun.failure(500, "InternalError"))
    } else if chance(5) {
      run.transport.answer(
        transfer, status: 429, ReflectorRun.failure(429, "TooManyRequests"), headers: [("retry-after", "3")])
    } else if chance(3) {
      run.transport.answer(transfer, "not what you want", type: "text/html")
    } else {
      return false
    }
    return true
  }

  private func query(_ transfer: ScriptedTransport.Started, _ name: String) -> String? {
    transfer.request.url.split(separator: "?").last?.split(separator: "&").first { $0.hasPrefix(name + "=") }
      .map { String($0.dropFirst(name.count + 1)) }
  }

  private func list(_ transfer: ScriptedTransport.Started) {
    if refuse(transfer) { return }
    var all = objects.sorted { $0.key < $1.key }.map { ReflectorRun.object($0.key, $0.value) }
    var listVersion = version
    if let token = query(transfer, "continue") {
      guard let snapshot = snapshots[token], !chance(15) else {
        return run.transport.answer(transfer, status: 410, ReflectorRun.failure(410, "Expired"))
      }
      (all, listVersion) = (snapshot.rest, snapshot.version)
    }
    let page = Array(all.prefix(4))
    let rest = Array(all.dropFirst(4))
    let next = rest.isEmpty ? "" : "t\(snapshots.count)"
    snapshots[next] = (rest, listVersion)
    let body = ReflectorRun.list(page, version: listVersion, next: next)
    if chance(15) {
      // Cut off: sometimes the connection breaks with it, sometimes it pretends that this was all.
      run.transport.send(.head(HTTPHead(status: 200, headers: [("content-type", "application/json")])), to: transfer)
      run.transport.sendBody(String(body.prefix(body.count / 2)), to: transfer)
      run.transport.send(chance(50) ? .finished : .failed(.closedEarly(reason: "fault")), to: transfer)
    } else {
      run.transport.answer(transfer, body)
    }
  }

  private func open(_ transfer: ScriptedTransport.Started) {
    if refuse(transfer) { return }
    let from = query(transfer, "resourceVersion").flatMap { Int($0) } ?? 0
    if from < oldest - 1 || chance(5) {
      let gone = ReflectorRun.failure(410, "Expired")
      if chance(50) { return run.transport.answer(transfer, status: 410, gone) }
      return run.transport.answer(transfer, ReflectorRun.event("ERROR", gone))
    }
    run.transport.send(.head(HTTPHead(status: 200, headers: [("content-type", "application/json")])), to: transfer)
    watches.append((transfer, from))
  }

  private func tell(_ index: Int) {
    let watch = watches[index]
    guard !run.transport.cancelled.contains(watch.transfer.id) else {
      watches.remove(at: index)
      return
    }
    let new = history.filter { $0.version > watch.sent }
    watches[index].sent = version
    var text = new.map(\.line).joined()
    if new.isEmpty, chance(20) { text = ReflectorRun.event("BOOKMARK", ReflectorRun.object("", version)) }
    // Bytes arrive in pieces of any size; a cut one ends the watch.
    let isCut = chance(6)
    if isCut { text = String(text.prefix(text.count / 2)) }
    while !text.isEmpty {
      let count = Int.random(in: 1...max(1, text.count), using: &random)
      run.transport.sendBody(String(text.prefix(count)), to: watch.transfer)
      text.removeFirst(count)
    }
    if isCut || chance(5) {
      watches.remove(at: index)
      run.transport.send(chance(50) ? .finished : .failed(.closedEarly(reason: "fault")), to: watch.transfer)
    }
  }
}

@Suite struct ConvergenceTests {
  @Test(arguments: 1...40) func theStoreBecomesWhatTheServerHas(seed: UInt64) throws {
    var random = SeededRandom(seed: seed &* 7919)
    let run = try ReflectorRun { 0.3 }
    let server = FaultyServer(run, seed: seed)
    for _ in 0..<300 {
      if Bool.random(using: &random) { server.change() }
      server.step()
      run.advance(.milliseconds(Int.random(in: 0...1500, using: &random)))
    }
    server.isFaulty = false
    // The longest wait is half a minute; two rounds of it end whatever was under way.
    for _ in 0..<80 {
      server.step()
      run.advance(.seconds(1))
    }
    server.change()
    for _ in 0..<3 { server.step() }
    #expect(run.store.freshness == .live)
    #expect(run.contents == server.objects.mapValues { "\($0)" })
  }
}
