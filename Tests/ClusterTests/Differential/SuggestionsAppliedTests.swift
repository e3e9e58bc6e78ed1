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
    /// What makes the pod; `pod` for one of its own.
    var kind = "deployment"
    /// What the pod asks for; the node has 2.
    var cpu = "1"

    /// The object that is created, as JSON.
    var manifest: String {
      let labels = #"{"labels": {"app": "\#(name)"}}"#
      let restart = kind == "job" ? #""restartPolicy": "Never","# : ""
      let spec = """
        {\(podSpec) \(restart) "containers": [{"name": "c", "image": "x", "resources": {"requests": {"cpu": "\(cpu)"}}}]}
        """
      let template = #""template": {"metadata": \#(labels), "spec": \#(spec)}"#
      let selector = #""selector": {"matchLabels": {"app": "\#(name)"}}"#
      switch kind {
      case "pod":
        return
          #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "\#(name)", "labels": {"app": "\#(name)"}}, "spec": \#(spec)}"#
      case "job":
        return #"{"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "\#(name)"}, "spec": {\#(template)}}"#
      case "statefulset":
        return
          #"{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "\#(name)"}, "spec": {"serviceName": "x", \#(selector), \#(template)}}"#
      default:
        return
          #"{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "\#(name)"}, "spec": {"strategy": {"type": "Recreate"}, \#(selector), \#(template)}}"#
      }
    }
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
        expected: "lower the request of cpu from 3 to 2", cpu: "3"),
    ]
      // What no server lets change in these is created anew, or deleted to be made again.
      + ["pod", "job", "statefulset"].map { kind in
        Scenario(
          name: "large-\(kind)", spoil: ["label", "node", node, "nothing=wrong"], podSpec: "",
          expected: "lower the request of cpu from 3 to 2", kind: kind, cpu: "3")
      }
      + [
        Scenario(
          name: "dropped", spoil: ["label", "node", node, "nothing=wrong"],
          podSpec: #""nodeSelector": {"topology.kubernetes.io/zone": "d"},"#,
          expected: "ask no longer for node label topology.kubernetes.io/zone", kind: "pod")
      ]
  }

  private static let kinds = [
    Node.resource, Pod.resource, Namespace.resource, PersistentVolume.resource, PersistentVolumeClaim.resource,
    StorageClass.resource, CSINode.resource, CSIDriver.resource, VolumeAttachment.resource,
  ]

  /// A session that has read all that filters read.
  private func connected(to cluster: ControlPlane) async throws -> LiveSession {
    let live = try LiveSession(cluster)
    try await live.discover()
    live.session.setNeeds(Set(Self.kinds.map { Subscription($0) }))
    try await live.run(until: { Self.kinds.allSatisfy { live.freshness($0) == .live } }, "not everything is live")
    return live
  }

  @Test func theFirstSuggestionPlacesThePod() async throws {
    let cluster = try await ControlPlane.start()
    let namespace = try await cluster.makeNamespace("suggestions")
    let live = try await connected(to: cluster)
    let program = URL(fileURLWithPath: TestCluster.kubernetes)

    for (index, scenario) in Self.scenarios("only").enumerated() {
      // One node at a time, so that there is one thing to suggest.
      try await cluster.makeFakeNode("only", cpu: "2")
      let spoiled = try await cluster.kubectlResult(scenario.spoil)
      #expect(spoiled.status == 0, "\(spoiled)")
      try await cluster.kubectl("-n", namespace, "create", "-f", "-", input: scenario.manifest)
      func pods() -> [Pod] {
        live.state.all(Pod.self).filter { $0.metadata.labels["app"] == scenario.name && !$0.isBeingDeleted }
      }
      try await live.run(
        until: { pods().contains { $0.status.conditions.condition("PodScheduled")?.isFalse == true } },
        "\(scenario.name): no refusal")
      for kind in Self.kinds { try await live.converge(kind) }
      let pending = try #require(pods().first)
      let suggestion = try #require(
        ClusterSnapshot(live.state, rules: .kubernetes120).suggestions(
          for: pending, origin: PodOrigin(kind: scenario.kind, name: scenario.name, namespace: namespace)
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
      try await cluster.kubectl("-n", namespace, "delete", scenario.kind, scenario.name, "--force", "--grace-period=0")
      try await cluster.kubectl(
        "-n", namespace, "delete", "pods", "--all", "--force", "--grace-period=0", "--wait=false")
      try await cluster.kubectl("delete", "node", "only")
      try await live.run(
        until: { live.state.all(Pod.self).isEmpty && live.state.get(Node.self, name: "only") == nil },
        "scenario \(index) does not go")
    }
    await cluster.end()
  }

  /// What is made in the place of a pod that is moved goes elsewhere, and the pod that waits gets its node; where it has
  /// nowhere to go, nobody is asked to move. The commands wait for the pod that is made anew, however late that is.
  @Test(arguments: ["deployment", "statefulset"]) func aPodIsMovedWhereItsReplacementHasAnotherNode(kind: String)
    async throws
  {
    let scene = try await SuggestionScene.begin("moved")
    func create(_ name: String, _ kind: String, cpu: String) async throws {
      try await scene.create(
        Scenario(name: name, spoil: [], podSpec: "", expected: "", kind: kind, cpu: cpu).manifest)
    }
    func moves(_ waiting: Pod) throws -> [Suggestion] {
      try scene.answer(waiting).suggestions.filter { $0.text.hasPrefix("move ") }
    }
    try await scene.cluster.makeFakeNode("large", cpu: "2")
    try await create("fill", kind, cpu: "900m")
    try await scene.live.run(
      until: { scene.pods("fill").contains { $0.spec.nodeName == "large" && $0.isReady } }, "fill is not placed")
    try await scene.cluster.makeFakeNode("tiny", cpu: "500m")
    try await create("web", "deployment", cpu: "1500m")
    let waiting = try await scene.refused("web")
    #expect(try moves(waiting) == [])

    try await scene.cluster.makeFakeNode("small", cpu: "1")
    try await scene.converge()
    let move = try #require(try moves(waiting).first)
    #expect(move.places == ["large"] && move.kubectl.first == "kubectl cordon large")
    #expect(move.kubectl.contains { $0.hasSuffix("rollout status \(kind)/fill --timeout=120s") }, "\(move.kubectl)")
    try await scene.follow(move)
    try await scene.live.run(
      until: {
        scene.pods("web").contains { $0.spec.nodeName == "large" }
          && scene.pods("fill").contains { $0.spec.nodeName == "small" }
      }, "not placed after \(move)")
    await scene.end()
  }
}
