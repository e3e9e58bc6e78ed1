import ClusterState
import Kube
import Scheduling
import TestSupport
import Testing

/// Every kind of change that commands can make is made as it is printed, alone or with others, and the real scheduler then
/// binds the pod.
@Suite(.requiresControlPlane, .serialized) struct KindsOfSuggestionsAppliedTests {
  @Test(arguments: AppliedScenario.table.keys.sorted()) func theyPlaceThePod(_ group: String) async throws {
    let scenarios = try #require(AppliedScenario.table[group])
    let scene = try await SuggestionScene.begin("applied")
    for scenario in scenarios {
      try await follow(scenario, in: scene)
      try await scene.clear()
    }
    await scene.end()
  }

  private func follow(_ scenario: AppliedScenario, in scene: SuggestionScene) async throws {
    for (node, cpu) in scenario.nodes { try await scene.cluster.makeFakeNode(node, cpu: cpu) }
    for object in scenario.before { try await scene.create(object) }
    try await scene.settle()
    for (node, cpu) in scenario.later { try await scene.cluster.makeFakeNode(node, cpu: cpu) }
    for command in scenario.spoil {
      let result = try await scene.cluster.kubectlResult(command.split(separator: " ").map(String.init))
      #expect(result.status == 0, "\(result)")
    }
    try await scene.create(scenario.manifest)
    let waiting = try await scene.refused(scenario.name)
    let suggestions = try scene.answer(waiting).suggestions
    func text(_ suggestion: Suggestion) -> String { scene.withoutNames(suggestion.text) }
    guard let suggestion = suggestions.first(where: { text($0) == scenario.expected }) else {
      Issue.record("\(scenario.name): \(suggestions.map(text)), \(scenario.expected) is not among them")
      return
    }
    try await scene.follow(suggestion)
    for case .addNode(let node) in suggestion.changes { try await scene.add(node) }
    try await scene.live.run(
      until: { scene.pods(scenario.name).contains { scenario.places.contains($0.spec.nodeName) } }, seconds: 90,
      "\(scenario.name): still not scheduled after \(suggestion)")
  }

  /// A bound that is raised as far as it must be lets the pod be made, and so does what the quota wants to count.
  @Test(
    arguments: [
      ("requests.cpu=500m,pods=3", "raise quota team: requests.cpu from 500m to 1"),
      ("limits.cpu=2,requests.memory=1Gi", "say for container c: requests: memory 128Mi; limits: cpu 1"),
    ]) func whatAQuotaRefusesIsMade(hard: String, expected: String) async throws
  {
    let scene = try await SuggestionScene.begin("quota")
    try await scene.cluster.makeFakeNode("n1", cpu: "2")
    try await scene.cluster.kubectl(
      "-n", scene.namespace, "create", "quota", "team", "--hard=\(hard)")
    try await scene.live.run(
      until: { scene.live.state.all(ResourceQuota.self).contains { !$0.status.hard.isEmpty } }, "no quota")
    try await scene.create(AppliedScenario.deployment("web", cpu: "1"))
    func web() -> Deployment? { scene.live.state.all(Deployment.self).first }
    try await scene.live.run(
      until: { web()?.status.conditions.contains { $0.type == "ReplicaFailure" } ?? false }, "nothing is refused")
    let made = try #require(web())
    let suggestion = try #require(try scene.answer(made).suggestions.first)
    #expect(suggestion.text == expected)
    try await scene.follow(suggestion)
    try await scene.live.run(
      until: { scene.pods("web").contains { $0.spec.nodeName == "n1" } }, seconds: 120, "not placed")
    await scene.end()
  }

  /// A rollout whose new pods have no room beside the old ones goes on to its end when an old one may go first.
  @Test(arguments: [1, 2]) func aRolloutWithoutRoomGoesOn(replicas: Int) async throws {
    let scene = try await SuggestionScene.begin("rollout")
    for index in 0..<replicas { try await scene.cluster.makeFakeNode("n\(index)", cpu: "2") }
    let bounds = #"{"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}"#
    try await scene.create(
      AppliedScenario.deployment("web", cpu: "1500m").replacing(
        #""strategy": {"type": "Recreate"}"#, with: #""replicas": \#(replicas), "strategy": \#(bounds)"#))
    try await scene.settle()
    try await scene.cluster.kubectl("-n", scene.namespace, "set", "env", "deployment/web", "EDITION=second")
    let waiting = try await scene.refused("web")
    let suggestion = try #require(
      try scene.answer(waiting).suggestions.first { $0.text.contains("take an old pod away first") })
    try await scene.follow(suggestion)
    func web() -> Deployment? { scene.live.state.all(Deployment.self).first }
    try await scene.live.run(
      until: { web()?.status.updatedReplicas == replicas && web()?.status.availableReplicas == replicas },
      "the rollout does not end")
    try await scene.live.run(
      until: { scene.pods("web").contains { $0.metadata.name == waiting.metadata.name && $0.isReady } },
      "another pod than the one that waited")
    await scene.end()
  }
}
