import Foundation
import TestSupport
import Testing

/// What `podmedic explain` leads with, and what `podmedic check -n` leaves out, on a capture.
@Suite struct ExplainCommandTests {
  private static func pod(
    _ name: String, in namespace: String = "shop", node: String = "n1", claim: String? = nil, _ rest: String
  ) -> String {
    let volumes = claim.map { ", volumes: [{name: data, persistentVolumeClaim: {claimName: \($0)}}]" } ?? ""
    return """
      - metadata: {name: \(name), namespace: \(namespace), uid: u-\(name), creationTimestamp: "2026-01-01T00:00:00Z"}
        spec: {nodeName: "\(node)", restartPolicy: Always, containers: [{name: app}, {name: side}]\(volumes)}
        status: \(rest)

      """
  }

  private static func waiting(_ name: String, _ reason: String, _ message: String, end: Int? = nil) -> String {
    let last = end.map { #", restartCount: 5, lastState: {terminated: {exitCode: \#($0), reason: Error}}"# } ?? ""
    return #"{name: \#(name), state: {waiting: {reason: \#(reason), message: "\#(message)"}}\#(last)}"#
  }

  private static let files = [
    "pods.yaml": "apiVersion: v1\nkind: PodList\nitems:\n"
      + pod(
        "well",
        """
        {phase: Running, conditions: [{type: Ready, status: "True"}], containerStatuses: [
            {name: app, ready: true, state: {running: {}}}, {name: side, ready: true, state: {running: {}}}]}
        """)
      + pod(
        "db", node: "", claim: "data",
        """
        {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable,
            message: "0/1 nodes are available: 1 persistentvolumeclaim \\"data\\" not found."}]}
        """)
      + pod(
        "two",
        "{phase: Running, containerStatuses: [" + waiting("app", "CrashLoopBackOff", "back-off 5m0s", end: 3) + ", "
          + waiting("side", "ImagePullBackOff", "manifest unknown") + "]}")
      + pod(
        "far", in: "other", "{phase: Pending, containerStatuses: [" + waiting("app", "InvalidImageName", "x") + "]}"),
    "nodes.yaml": """
    apiVersion: v1
    kind: NodeList
    items: [{metadata: {name: n1, uid: n1}, status: {conditions: [{type: Ready, status: "True"}]}}]
    """,
    "claims.yaml": """
    apiVersion: v1
    kind: PersistentVolumeClaimList
    items:
    - {metadata: {name: data, namespace: shop, uid: c1}, spec: {volumeName: pv-1}, status: {phase: Lost}}
    """,
  ]

  private func run(_ arguments: String...) async throws -> CommandResult {
    let folder = try TemporaryFolder()
    for (name, text) in Self.files { _ = try folder.file(name, Data(text.utf8)) }
    return try await Podmedic.run(arguments + ["--from", folder.url.path, "--at", "2026-01-01T12:00:00Z"])
  }

  @Test func aHealthyObjectSaysSo() async throws {
    let result = try await run("explain", "pod/well", "-n", "shop")
    #expect(result.text.hasPrefix("Nothing is found wrong with pod/well.\n"), "\(result)")
  }

  @Test func aCauseElsewhereLeads() async throws {
    let result = try await run("explain", "pod/db", "-n", "shop")
    #expect(result.status == 1, "\(result)")
    let lines = result.text.split(separator: "\n")
    #expect(
      lines.first == "critical: persistentvolumeclaim/data: volume pv-1 does not exist any more (claim.lost)",
      "\(result)")
    #expect(
      lines.dropFirst().first == #"  so: persistentvolumeclaim "data" has lost its volume (pod.claim-unbound)"#,
      "\(result)")
  }

  @Test func severalFindingsAreAllTold() async throws {
    let result = try await run("explain", "pod/two", "-n", "shop")
    #expect(result.status == 1, "\(result)")
    let findings = result.text.components(separatedBy: "\n\n").first ?? ""
    #expect(findings.contains("(pod.crash-loop)") && findings.contains("(pod.image-not-found)"), "\(result)")
    #expect(findings.split(separator: "\n").allSatisfy { !$0.contains("claim") }, "\(result)")
  }

  @Test(arguments: [("shop", "pod/two", "pod/far"), ("other", "pod/far", "pod/two")])
  func aNamespaceLeavesOutTheOthers(namespace: String, its: String, notIts: String) async throws {
    let result = try await run("check", "-n", namespace)
    #expect(result.status == 1, "\(result)")
    #expect(result.text.contains(its) && !result.text.contains(notIts), "\(result)")
  }
}
