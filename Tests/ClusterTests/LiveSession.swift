import ClusterState
import DataFiles
import Diagnosis
import EventLoop
import Foundation
import HTTPTransport
import Kube
import KubeClient
import KubeConfig
import Session
import TestSupport

/// A session with a real API server, over libcurl, as the program makes one.
final class LiveSession {
  let loop: Loop
  let session: ClusterSession
  /// Every request that was sent, `GET /api/v1/pods?limit=500…`.
  var requests: [String] { transport.requests }
  var state: ClusterState { session.state }

  private let transport: RecordingTransport
  private lazy var triage = TriageEngine(state)

  /// A session as the cluster's administrator, or as somebody whom the administrator impersonates. It never waits
  /// longer between tries than it must: many clients would spread their tries, one test need not.
  init(_ cluster: ControlPlane, as user: String? = nil) throws {
    var overrides = ConnectionOverrides()
    overrides.kubeconfig = cluster.adminConfig.path
    overrides.impersonatedUser = user
    let resolver = ConnectionResolver(environment: [:], fileSystem: DiskFileSystem(), workingDirectory: "/")
    loop = try Loop()
    transport = RecordingTransport(try CurlTransport(loop: loop, environment: [:]))
    session = try ClusterSession(
      connection: try resolver.connection(overrides), loop: loop, transport: transport, fileSystem: DiskFileSystem(),
      environment: [:], userAgent: "podmedic-tests", random: { 0 }, writePolicy: .open)
  }

  /// Learns what the server serves.
  func discover() async throws {
    session.discover()
    try await run(until: { session.isDiscovered }, "the server has not said what it serves: \(session.contact)")
  }

  /// Reads kinds until they are live.
  func read(_ needs: Subscription...) async throws {
    session.setNeeds(Set(needs))
    try await run(until: { needs.allSatisfy { freshness($0.resource) == .live } }, "not all of \(needs) are live")
  }

  /// How far a kind can be trusted.
  func freshness(_ resource: Resource) -> Freshness? { state.store(resource)?.freshness }

  /// What is wrong in a namespace now.
  func diagnose(_ namespace: String) -> TriageReport { triage.diagnose(namespace: namespace, now: now) }

  /// The time of the loop's clock.
  var now: Timestamp {
    let time = loop.clock.wallTime
    return Timestamp(seconds: time.seconds, nanoseconds: time.nanoseconds)
  }

  // MARK: Turning the loop

  /// Turns the loop until something is so, in small steps between which other tests get their turn.
  func run(
    until condition: () throws -> Bool, seconds: Double = 60, _ complaint: @autoclosure () -> String
  ) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try !condition() {
      guard ContinuousClock.now < end else {
        throw NotSoInTime(description: "after \(seconds) s: \(complaint())")
      }
      loop.turn(upTo: .milliseconds(50))
      await Task.yield()
    }
  }

  /// Turns the loop for some time, in which something must not happen.
  func run(seconds: Double) async {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      loop.turn(upTo: .milliseconds(50))
      await Task.yield()
    }
  }

  // MARK: Asking the server

  /// Sends a request and waits for the answer.
  func answer(_ request: APIRequest) async throws -> APIResponse {
    var result: Result<APIResponse, APIFailure>?
    session.client.send(request) { result = $0 }
    try await run(until: { result != nil }, "no answer to \(request.method) \(request.target)")
    guard let result else { throw NotSoInTime(description: "no answer") }
    return try result.get()
  }

  /// A fresh, consistent list of a kind from the server, in JSON.
  func list(_ resource: Resource, namespace: String? = nil) async throws -> [JSONValue] {
    var request = APIRequest.list(
      resource, ListOptions(namespace: namespace), codec: .dynamic, resourceVersion: nil, continueToken: "")
    request.query.removeAll { $0.0 == "limit" }
    return try await answer(request).json()["items"]?.array ?? []
  }

  /// Turns the loop until the store has exactly what a fresh list has: the same objects in the same versions.
  func converge(_ resource: Resource, namespace: String? = nil, seconds: Double = 60) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while true {
      let truth = Self.versions(of: try await list(resource, namespace: namespace))
      // What changes again and again (leases, events) is compared with the next list.
      do {
        return try await run(until: { versions(resource, namespace: namespace) == truth }, seconds: 2, "")
      } catch is NotSoInTime {
        guard ContinuousClock.now < end else {
          throw NotSoInTime(
            description: "\(resource): \(difference(versions(resource, namespace: namespace), truth))")
        }
      }
    }
  }

  private func versions(_ resource: Resource, namespace: String?) -> [String: String] {
    var versions: [String: String] = [:]
    state.store(resource)?.forEach {
      if let namespace, $0.metadata.namespace != namespace { return }
      versions[$0.metadata.uid] = $0.metadata.resourceVersion
    }
    return versions
  }

  private static func versions(of list: [JSONValue]) -> [String: String] {
    var versions: [String: String] = [:]
    for item in list {
      let metadata = item["metadata"]
      versions[metadata?["uid"]?.string ?? ""] = metadata?["resourceVersion"]?.string ?? ""
    }
    return versions
  }

  private func difference(_ store: [String: String], _ truth: [String: String]) -> String {
    let missing = truth.keys.filter { store[$0] == nil }
    let left = store.keys.filter { truth[$0] == nil }
    let old = truth.keys.filter { store[$0] != nil && store[$0] != truth[$0] }
    return "missing in the store: \(missing), left over: \(left), other version: \(old)"
  }
}

/// Numbers that are random and the same in every run (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// Notes what is sent.
private final class RecordingTransport: Transport {
  private(set) var requests: [String] = []
  private let transport: any Transport

  init(_ transport: any Transport) { self.transport = transport }

  func start(_ request: HTTPRequest, _ handler: @escaping (TransferEvent) -> Void) -> TransferID {
    let path = request.url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).last ?? ""
    requests.append("\(request.method) /\(path)")
    return transport.start(request, handler)
  }

  func cancel(_ id: TransferID) { transport.cancel(id) }
  func pause(_ id: TransferID) { transport.pause(id) }
  func resume(_ id: TransferID) { transport.resume(id) }
}

extension LiveSession {
  /// Sends requests, all at once, and waits for their answers; throws the first failure, unless they may fail.
  func send(_ requests: [APIRequest], mayFail: Bool = false) async throws {
    var open = requests.count
    var failure: (any Error)?
    for request in requests {
      session.client.send(request) { result in
        open -= 1
        if case .failure(let error) = result, failure == nil {
          failure = NotSoInTime(description: "\(request.method) \(request.target): \(error)")
        }
      }
    }
    try await run(until: { open == 0 }, "\(open) requests are not answered")
    if let failure, !mayFail { throw failure }
  }
}
