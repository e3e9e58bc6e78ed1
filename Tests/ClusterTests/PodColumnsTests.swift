import ClusterState
import Diagnosis
import Kube
import KubeClient
import Session
import TestSupport
import Testing

/// STATUS, READY and RESTARTS beside those of the real server, for pods in every state.
///
/// The server is 1.20 and podmedic's columns are those of 1.36. Between them stands a second reading of the rules: that
/// of 1.20 must agree with the server for every pod, and with the changes since made to it, with podmedic.
@Suite(.requiresControlPlane) struct PodColumnsTests {
  @Test func columnsAreKubectls() async throws {
    let cluster = try await ControlPlane.shared()
    let namespace = try await cluster.makeNamespace("columns")
    let node = "node-of-\(namespace)"
    try await cluster.makeFakeNode(node)
    let live = try LiveSession(cluster)
    try await live.read(Subscription(Pod.resource, namespace: namespace))
    let pods = WrittenPod.table + WrittenPod.random(60, seed: 20_260_101)
    for pod in pods {
      _ = try await live.answer(.create(Pod.resource, namespace: namespace, object: pod.object(node: node)))
      _ = try await live.answer(
        .patch(
          Pod.resource, namespace: namespace, name: pod.name, subresource: "status", kind: .merge,
          patch: ["status": pod.status]))
      if pod.isDeleted { _ = try await live.answer(.delete(Pod.resource, namespace: namespace, name: pod.name)) }
    }
    try await live.converge(Pod.resource, namespace: namespace)

    let printed = try await cluster.kubectl("-n", namespace, "get", "pods", "--no-headers")
    let rows = printed.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    var server: [String: PodColumns] = [:]
    for row in rows { server[row[0]] = PodColumns(status: row[2], ready: row[1], restarts: Int(row[3]) ?? -1) }
    #expect(server.count == pods.count)
    var differences: Set<PodColumns.Change> = []
    for json in try await live.list(Pod.resource, namespace: namespace) {
      let name = json[path: "metadata", "name"]?.string ?? ""
      #expect(PodColumns(json, with: []) == server[name], "\(json.text())")

      let pod = try #require(live.state.get(Pod.self, namespace: namespace, name: name))
      let summary = PodSummary(pod)
      let expected = PodColumns(json, with: Set(PodColumns.Change.allCases))
      let columns = PodColumns(
        status: summary.status, ready: summary.ready, restarts: summary.restarts, lastRestart: summary.lastRestart)
      #expect(columns == expected, "\(json.text())")
      let age = expected.lastRestart.map { " (\(live.now.since($0).human) ago)" } ?? ""
      #expect(summary.restartsText(now: live.now) == "\(expected.restarts)\(expected.restarts == 0 ? "" : age)")
      for change in PodColumns.Change.allCases
      where PodColumns(json, with: [change]) != PodColumns(json, with: []) { differences.insert(change) }
    }
    #expect(differences == Set(PodColumns.Change.allCases), "some difference between the versions never came up")
    try await cluster.kubectl("delete", "namespace", namespace, "--wait=false")
  }
}
