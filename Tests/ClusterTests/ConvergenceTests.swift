import ClusterState
import Foundation
import Kube
import Session
import TestSupport
import Testing

/// What podmedic knows becomes what the server has, whatever happens to the server, without anybody pressing a key.
@Suite(.requiresControlPlane, .serialized) struct ConvergenceTests {
  /// A control plane of the suite's own, whose servers may be killed; it ends with the process.
  private static let own = Task { try await ControlPlane.start() }

  @Test func aKilledServerIsSurvived() async throws {
    let cluster = try await Self.own.value
    let namespace = try await cluster.makeNamespace("converge")
    for name in ["node-1", "node-2"] { try await cluster.makeFakeNode(name) }
    for name in ["stays", "goes"] { try await cluster.makePod(name, in: namespace) }
    let live = try LiveSession(cluster)
    let kinds = [Pod.resource, Node.resource, Event.resource, ConfigMap.resource]
    try await live.discover()
    try await live.read(
      Subscription(Pod.resource), Subscription(Node.resource), Subscription(Event.resource),
      Subscription(ConfigMap.resource))
    for kind in kinds { try await live.converge(kind) }
    let known = live.state.store(of: Pod.self)?.count

    // Gone: what is known stays, and says how old it is and why.
    let before = live.now
    try await cluster.stop(.apiserver)
    try await live.run(
      until: { kinds.allSatisfy { live.isStale($0) } }, "not everything is stale: \(kinds.map { live.freshness($0) })")
    #expect(live.state.store(of: Pod.self)?.count == known)
    for kind in kinds {
      guard case .stale(let since, let reason)? = live.freshness(kind) else { continue }
      #expect(since >= before && since <= live.now)
      #expect(!reason.isEmpty)
    }
    // The age is that of the data, however often it is tried again.
    let firstSeen = live.freshness(Pod.resource)
    let sent = live.requests.count
    await live.run(seconds: 4)
    #expect(live.requests.count > sent, "nothing is tried again")
    #expect(live.requests.count - sent <= kinds.count * 5, "a storm of requests: \(live.requests.suffix(40))")
    if case .stale(let first, _)? = firstSeen, case .stale(let now, _)? = live.freshness(Pod.resource) {
      #expect(first == now)
    } else {
      Issue.record("pods are not stale but \(String(describing: live.freshness(Pod.resource)))")
    }

    // Back, with changes that nobody has told of.
    try await cluster.start(.apiserver)
    try await cluster.kubectl("-n", namespace, "delete", "pod", "goes", "--grace-period=0", "--force", "--wait=false")
    try await cluster.makePod("comes", in: namespace)
    try await cluster.kubectl("delete", "node", "node-2")
    try await cluster.kubectl("-n", namespace, "label", "pod", "stays", "colour=green")
    try await live.run(
      until: { kinds.allSatisfy { live.freshness($0) == .live } }, "not live: \(kinds.map { live.freshness($0) })")
    for kind in kinds { try await live.converge(kind) }
    let pods = live.state.all(Pod.self).filter { $0.metadata.namespace == namespace }
    #expect(Set(pods.map(\.metadata.name)) == ["stays", "comes"])
    #expect(pods.first { $0.metadata.name == "stays" }?.metadata.labels["colour"] == "green")
    #expect(live.state.all(Node.self).map(\.metadata.name) == ["node-1"])
  }

  /// Versions that etcd has forgotten: watches cannot go on, everything is listed anew.
  @Test func aCompactedHistoryIsListedAnew() async throws {
    let cluster = try await Self.own.value
    let namespace = try await cluster.makeNamespace("compact")
    try await cluster.makePod("stays", in: namespace)
    try await cluster.makePod("goes", in: namespace)
    let live = try LiveSession(cluster)
    try await live.read(Subscription(Pod.resource, namespace: namespace))
    let lists = live.lists(of: "pods")

    try await cluster.stop(.apiserver)
    try await live.run(until: { live.isStale(Pod.resource) }, "pods are not stale")
    // While podmedic looks away (its loop does not turn), the server comes back, changes, forgets and starts anew.
    try await cluster.start(.apiserver)
    try await cluster.kubectl("-n", namespace, "delete", "pod", "goes", "--grace-period=0", "--force", "--wait=false")
    try await cluster.makePod("comes", in: namespace)
    try await cluster.compactHistory()
    try await cluster.stop(.apiserver)
    try await cluster.start(.apiserver)

    try await live.run(until: { live.freshness(Pod.resource) == .live }, "pods are not live")
    try await live.converge(Pod.resource, namespace: namespace)
    #expect(Set(live.state.all(Pod.self).map(\.metadata.name)) == ["stays", "comes"])
    #expect(live.lists(of: "pods") > lists, "there was no new list: \(live.requests)")
  }

  /// The container ends and runs again while nobody can be asked: what it wrote meanwhile is read afterwards.
  @Test(.requiresRealNode) func aLogGoesOnAfterTheServerCameBack() async throws {
    let cluster = try await Self.own.value
    try await cluster.startRealNode()
    let namespace = try await cluster.makeNamespace("logs")
    let script = """
      run=$(($(cat /kept/run 2>/dev/null) + 1)); echo $run >/kept/run
      line=0; while [ $line -lt 160 ]; do echo "run $run line $line"; line=$((line + 1)); sleep 0.05; done
      [ $run -lt 2 ] && exit $run
      exec sleep 1000
      """
    let pod: JSONValue = [
      "apiVersion": "v1", "kind": "Pod", "metadata": ["name": "writer"],
      "spec": [
        "nodeName": "localhost", "terminationGracePeriodSeconds": 0, "volumes": [["name": "kept", "emptyDir": [:]]],
        "containers": [
          [
            "name": "c", "image": .string(TestCluster.realNodeImages.busybox),
            "command": ["sh", "-c", .string(script)], "volumeMounts": [["name": "kept", "mountPath": "/kept"]],
          ]
        ],
      ],
    ]
    try await cluster.kubectl("-n", namespace, "create", "-f", "-", input: pod.text())
    let live = try LiveSession(cluster)
    var request = LogRequest([LogSource(namespace: namespace, pod: "writer", container: "c")])
    request.follow = true
    var events: [LogEvent] = []
    let stream = live.session.openLogs(request) { events += $0 }
    try await live.run(until: { events.lines.count >= 10 }, seconds: 90, "\(events.remarks)")
    try await cluster.stop(.apiserver)
    await live.run(seconds: 9)
    try await cluster.start(.apiserver)
    try await live.run(
      until: { events.lines.last == "run 2 line 159" }, seconds: 90,
      "\(events.lines.suffix(5)) \(events.remarks) \(live.requests.suffix(20))")
    #expect(events.lines == (1...2).flatMap { run in (0..<160).map { "run \(run) line \($0)" } }, "\(events.remarks)")
    let remarks = events.remarks.filter { !$0.hasPrefix("waiting") }
    #expect(remarks.allSatisfy { $0.hasPrefix("interrupted") || $0.hasPrefix("restarted") }, "\(remarks)")
    #expect(remarks.filter { $0.hasPrefix("restarted") } == ["restarted 1 before run 2 line 0"], "\(remarks)")
    stream.close()
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }
}

extension LiveSession {
  fileprivate func isStale(_ resource: Resource) -> Bool {
    if case .stale? = freshness(resource) { true } else { false }
  }

  fileprivate func lists(of plural: String) -> Int {
    requests.count { $0.contains("/\(plural)?") && !$0.contains("watch=true") }
  }
}

extension ControlPlane {
  fileprivate func makePod(_ name: String, in namespace: String) async throws {
    try await kubectl(
      "-n", namespace, "create", "-f", "-",
      input: """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\(name)"},
         "spec": {"containers": [{"name": "c", "image": "x"}]}}
        """)
  }

  /// Has etcd forget every version but the present ones.
  fileprivate func compactHistory() async throws {
    let range = try await etcd("range", #"{"key": "AA=="}"#)
    let revision = try #require(range[path: "header", "revision"]?.string)
    _ = try await etcd("compaction", #"{"revision": "\#(revision)", "physical": true}"#)
  }

  private func etcd(_ call: String, _ body: String) async throws -> JSONValue {
    let pki = folder.appendingPathComponent("pki").path
    let result = try await run([
      "curl", "--silent", "--show-error", "--fail", "--cacert", "\(pki)/ca.crt", "--cert", "\(pki)/etcd.crt", "--key",
      "\(pki)/etcd.key", "--data", body, "https://127.0.0.1:\(try port("etcd_port"))/v3/kv/\(call)",
    ])
    guard result.status == 0 else { throw NotSoInTime(description: result.description) }
    return try JSONValue(parsing: result.text)
  }
}
