import Foundation
import Kube
import KubeClient
import TestSupport
import Testing

/// A drain on the real API server, which is killed meanwhile and comes back.
@Suite(.requiresControlPlane, .serialized) struct DrainOutageTests {
  @Test func theServerIsKilledAndComesBack() async throws {
    let cluster = try await ControlPlane.start()
    let namespace = try await cluster.makeNamespace("drain")
    try await cluster.makeFakeNode("node-1")
    // Nobody else may change the budget or collect pods whose owner there never was.
    try await cluster.stop(.controllerManager)
    let live = try LiveSession(cluster)
    for index in 0..<4 {
      let pod: JSONValue = [
        "metadata": ["name": .string("p\(index)"), "labels": ["app": index < 2 ? "web" : "other"]],
        "spec": [
          "nodeName": "node-1", "terminationGracePeriodSeconds": 0, "containers": [["name": "c", "image": "x"]],
        ],
      ]
      _ = try await live.answer(.create(Pod.resource, namespace: namespace, object: pod))
      let status: JSONValue = ["phase": "Running", "conditions": [["type": "Ready", "status": "True"]]]
      _ = try await live.answer(
        .patch(
          Pod.resource, namespace: namespace, name: "p\(index)", subresource: "status", kind: .merge,
          patch: ["status": status]))
    }
    let budgets = PodDisruptionBudget.resources[1]
    _ = try await live.answer(
      .create(
        budgets, namespace: namespace,
        object: [
          "metadata": ["name": "web"], "spec": ["minAvailable": 2, "selector": ["matchLabels": ["app": "web"]]],
        ]))
    func allow(_ count: Int) async throws {
      let status: JSONValue = [
        "observedGeneration": 1, "disruptionsAllowed": .int(count), "currentHealthy": 2, "desiredHealthy": 2,
        "expectedPods": 2,
      ]
      _ = try await live.answer(
        .patch(
          budgets, namespace: namespace, name: "web", subresource: "status", kind: .merge, patch: ["status": status]))
    }
    try await allow(0)

    let folder = try TemporaryFolder()
    let errors = folder.url.appendingPathComponent("err")
    let script = """
      export XDG_STATE_HOME='\(folder.url.path)'
      exec '\(BuiltProgram.podmedic)' drain node-1 --force --kubeconfig '\(cluster.adminConfig.path)' 2>'\(errors.path)'
      """
    let drain = Task {
      try await TestSupport.run(["bash", "-c", script], environment: ["NO_PROXY": "*"], seconds: 300)
    }
    func hasSaid(_ text: String) async throws {
      try await eventually("the drain does not say \"\(text)\"", seconds: 90) {
        try String(contentsOf: errors, encoding: .utf8).contains(text)
      }
    }
    try await eventually("the drain does not begin") { FileManager.default.fileExists(atPath: errors.path) }
    try await hasSaid("(will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.")
    try await cluster.stop(.apiserver)
    try await hasSaid("the server does not answer, trying again")
    try await cluster.start(.apiserver)
    try await hasSaid("the server answers again")
    try await allow(2)
    let result = try await drain.value
    #expect(result.status == 0, "\(result)")
    for index in 0..<4 {
      #expect(result.text.split(separator: "\n").count { $0 == "pod/p\(index) evicted" } == 1, "\(result)")
    }
    #expect(result.text.hasSuffix("node/node-1 drained\n"), "\(result)")
    #expect(try await live.list(Pod.resource, namespace: namespace).isEmpty)
    let log = try #require(
      FileManager.default.subpaths(atPath: folder.url.path + "/podmedic/drains")?.first)
    let text = try String(contentsOfFile: folder.url.path + "/podmedic/drains/" + log, encoding: .utf8)
    #expect(text.split(separator: "\n").last?.contains(#""outcome":"succeeded""#) == true)
    await cluster.end()
  }
}
