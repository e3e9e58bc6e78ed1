import Foundation
import Kube
import TestSupport
import Testing

/// `podmedic logs` on captures: which pods it takes, and in which order.
@Suite struct LogsCommandTests {
  /// A pod of the Deployment `web` as YAML; `status` and `metadata` are further fields of theirs.
  private static func pod(
    _ name: String, node: String = "n", phase: String = "Running", readySince: Int? = 30, restarts: Int = 0,
    sidecarRestarts: Int = 0, created: Int = 0
  ) -> String {
    let ready = readySince.map { "status: \"True\", lastTransitionTime: \"2026-01-02T03:04:\($0)Z\"" }
    return """
      - apiVersion: v1
        kind: Pod
        metadata: {name: \(name), namespace: shop, labels: {app: web}, uid: \(name),
          creationTimestamp: "2026-01-02T03:0\(created):00Z"}
        spec:
          nodeName: "\(node)"
          initContainers: [{name: proxy, restartPolicy: Always}]
          containers: [{name: app}]
        status:
          phase: \(phase)
          conditions: [{type: Ready, \(ready ?? "status: \"False\", lastTransitionTime: \"2026-01-02T03:04:10Z\"")}]
          containerStatuses: [{name: app, restartCount: \(restarts)}]
          initContainerStatuses: [{name: proxy, restartCount: \(sidecarRestarts)}]

      """
  }

  private func capture(_ pods: [String], in folder: TemporaryFolder) throws -> String {
    let deployment = """
      apiVersion: v1
      kind: List
      items:
      - apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop, uid: web}
        spec: {selector: {matchLabels: {app: web}}}

      """
    return try folder.file("web.yaml", Data((deployment + pods.joined()).utf8)).path
  }

  /// The first pod of each pair speaks for the Deployment, although the names are in the other order.
  private static let pairs: [(better: String, worse: String)] = [
    (pod("z"), pod("a", node: "")),
    (pod("z"), pod("a", phase: "Pending")),
    (pod("z", phase: "Unknown"), pod("a", phase: "Pending")),
    (pod("z"), pod("a", phase: "Unknown")),
    (pod("z"), pod("a", readySince: nil)),
    (pod("z", readySince: 20), pod("a", readySince: 40)),
    (pod("z", restarts: 3), pod("a", restarts: 2)),
    (pod("z", restarts: 3), pod("a", restarts: 2, sidecarRestarts: 9)),
    (pod("z", sidecarRestarts: 1), pod("a")),
    (pod("z", created: 1), pod("a", created: 2)),
    // Those that are alike in all that keep the order of their names.
    (pod("a"), pod("z")),
  ]

  @Test func thePodThatSpeaksForAWorkload() async throws {
    let folder = try TemporaryFolder()
    for (better, worse) in Self.pairs {
      let path = try capture([worse, better], in: folder)
      let one = try await Podmedic.run(["logs", "deploy/web", "-n", "shop", "--from", path])
      let name = better.contains("name: z,") ? "z" : "a"
      #expect(one.errorText.hasPrefix("Found 2 pods, using pod/\(name)\n"), "\(one) \(better) \(worse)")
    }
  }

  @Test func allPodsAreReadInThatOrder() async throws {
    let folder = try TemporaryFolder()
    let path = try capture([Self.pod("a", node: ""), Self.pod("b"), Self.pod("c", restarts: 1)], in: folder)
    for arguments in [["--all-pods"], ["--all-pods", "--ignore-errors"]] {
      let all = try await Podmedic.run(["logs", "deploy/web", "-n", "shop", "-c", "app", "--from", path] + arguments)
      let isIgnored = arguments.count > 1
      let said = isIgnored ? all.text : all.errorText
      #expect(
        said.split(separator: "\n").map(String.init)
          == ["c", "b", "a"].map { "error: the capture has no log of container app of pod \($0)" })
      #expect(all.status == (isIgnored ? 0 : 1), "\(all)")
    }
  }

  @Test func everyLogHasTheLineOfItsPodBeforeIt() async throws {
    let demo = try Demo("calm")
    let all = try await demo.run("logs", "deploy/hello", "-n", "web", "--all-pods", "--tail", "2")
    let lines = all.text.split(separator: "\n")
    #expect(all.status == 0 && all.errorText == "" && lines.count == 3, "\(all)")
    #expect(Set(lines.map { $0.prefix { $0 != " " } }).count == 3)
    #expect(lines.allSatisfy { $0.hasPrefix("[pod/hello-") && $0.contains("/web] ") })
  }
}
