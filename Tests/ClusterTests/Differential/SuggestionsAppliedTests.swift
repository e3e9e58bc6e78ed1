import ClusterState
import Foundation
import Kube
import Scheduling
import Session
import TestSupport
import Testing

/// A suggestion that is followed, command by command, leads to the pod being scheduled by the real scheduler.
@Suite(.requiresControlPlane, .serialized) struct SuggestionsAppliedTests {
  private struct Scenario {
    var name: String
    /// What is wrong, as arguments of kubectl.
    var spoil: [String]
    var podSpec: String
    /// The first suggestion, as a person reads it.
    var expected: String
  }

  private static func scenarios(_ node: String) -> [Scenario] {
    [
      Scenario(name: "cordoned", spoil: ["cordon", node], podSpec: "", expected: "uncordon node \(node)"),
      Scenario(
        name: "tainted", spoil: ["taint", "node", node, "dedicated=gpu:NoSchedule"], podSpec: "",
        expected: "tolerate taint dedicated=gpu:NoSchedule"),
      Scenario(
        name: "unlabelled", spoil: ["label", "node", node, "nothing=wrong"],
        podSpec: #""nodeSelector": {"example.com/disk": "ssd"},"#,
        expected: "label node \(node) example.com/disk=ssd"),
      Scenario(
        name: "large", spoil: ["label", "node", node, "nothing=wrong"], podSpec: "",
        expected: "lower the request of cpu from 3 to 2"),
    ]
  }

  @Test func theFirstSuggestionPlacesThePod() async throws {
    let cluster = try await ControlPlane.start()
    let namespace = try await cluster.makeNamespace("suggestions")
    let live = try LiveSession(cluster)
    try await live.discover()
    let kinds = [
      Node.resource, Pod.resource, Namespace.resource, PersistentVolume.resource, PersistentVolumeClaim.resource,
      StorageClass.resource, CSINode.resource, CSIDriver.resource, VolumeAttachment.resource,
    ]
    live.session.setNeeds(Set(kinds.map { Subscription($0) }))
    try await live.run(until: { kinds.allSatisfy { live.freshness($0) == .live } }, "not everything is live")
    let program = URL(fileURLWithPath: TestCluster.kubernetes)

    for (index, scenario) in Self.scenarios("only").enumerated() {
      // One node at a time, so that there is one thing to suggest.
      try await cluster.makeFakeNode("only", cpu: "2")
      let spoiled = try await cluster.kubectlResult(scenario.spoil)
      #expect(spoiled.status == 0, "\(spoiled)")
      let cpu = scenario.name == "large" ? "3" : "1"
      try await cluster.kubectl(
        "-n", namespace, "create", "-f", "-",
        input: """
          {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "\(scenario.name)"},
           "spec": {"selector": {"matchLabels": {"app": "\(scenario.name)"}}, "strategy": {"type": "Recreate"},
             "template": {"metadata": {"labels": {"app": "\(scenario.name)"}},
               "spec": {\(scenario.podSpec) "containers": [
                 {"name": "c", "image": "x", "resources": {"requests": {"cpu": "\(cpu)"}}}]}}}}
          """)
      func pods() -> [Pod] {
        live.state.all(Pod.self).filter { $0.metadata.labels["app"] == scenario.name && !$0.isBeingDeleted }
      }
      try await live.run(
        until: { pods().contains { $0.status.conditions.condition("PodScheduled")?.isFalse == true } },
        "\(scenario.name): no refusal")
      for kind in kinds { try await live.converge(kind) }
      let pending = try #require(pods().first)
      let suggestion = try #require(
        ClusterSnapshot(live.state, rules: .kubernetes120).suggestions(
          for: pending, origin: PodOrigin(kind: "deployment", name: scenario.name, namespace: namespace)
        ).first)
      #expect(suggestion.text == scenario.expected)
      for command in suggestion.kubectl {
        let result = try await run(
          ["bash", "-c", command],
          environment: [
            "KUBECONFIG": cluster.adminConfig.path,
            "PATH": program.path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
          ])
        #expect(result.status == 0, "\(result)")
      }
      try await live.run(
        until: { pods().contains { $0.spec.nodeName == "only" } },
        "\(scenario.name): still not scheduled after \(suggestion)")
      // No kubelet confirms that the pod has ended.
      try await cluster.kubectl("-n", namespace, "delete", "deployment", scenario.name)
      try await cluster.kubectl(
        "-n", namespace, "delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false")
      try await cluster.kubectl("delete", "node", "only")
      try await live.run(
        until: { live.state.all(Pod.self).isEmpty && live.state.get(Node.self, name: "only") == nil },
        "scenario \(index) does not go")
    }
    await cluster.end()
  }
}
