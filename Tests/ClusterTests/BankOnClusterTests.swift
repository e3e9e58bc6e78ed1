import ClusterState
import DataFiles
import Diagnosis
import Foundation
import Kube
import Session
import TestSupport
import Testing

/// Faults of the scenario bank that need no kubelet, made for real: a scenario's `real.yaml` is applied in a namespace of
/// its own, the real controllers, scheduler and admission produce the state, and Triage must say of the same object what
/// it says in the bank.
@Suite(.requiresControlPlane) struct BankOnClusterTests {
  private struct Scenario {
    var name: String
    var namespace = ""
    var code: String
    var kind: String
    var object: String
    var says: [String]
    var manifest: JSONValue
    var deletes: [String]
  }

  @Test func whatTheControllersMakeOfAFaultIsNamed() async throws {
    // A control plane of its own: what is said counts nodes.
    let cluster = try await ControlPlane.start()
    for node in ["node-a", "node-b", "node-c"] { try await cluster.makeFakeNode(node) }
    let scenarios = try Self.scenarios()
    #expect(scenarios.count >= 20)
    let live = try LiveSession(cluster)
    try await live.discover()
    live.session.setNeeds(Set((Triage.resources + Triage.furtherResources).map { Subscription($0.resource) }))
    // An API that does not answer keeps the controllers of namespaces and quotas from their work: it comes last.
    let isLast = { (scenario: Scenario) in
      scenario.manifest["items"]?.array?.contains { $0["kind"] == "APIService" } ?? false
    }
    for scenarios in [scenarios.filter { !isLast($0) }, scenarios.filter(isLast)] {
      try await expect(Self.make(scenarios, in: cluster), in: live)
    }
    await cluster.end()
  }

  /// Makes faults, each in a namespace of its own; answers those that could be made.
  private static func make(_ scenarios: [Scenario], in cluster: ControlPlane) async throws -> [Scenario] {
    var made: [Scenario] = []
    for var scenario in scenarios {
      scenario.namespace = try await cluster.makeNamespace(scenario.name)
      let items = scenario.manifest["items"]?.array ?? []
      let isElsewhere = items.contains { $0[path: "metadata", "namespace"] != nil }
      // kubectl refuses objects of another namespace than it is told.
      let arguments = (isElsewhere ? [] : ["-n", scenario.namespace]) + ["create", "-f", "-"]
      // Admission counts a pod only against quotas that it has heard of: what they bound is made when they count.
      let quotas = items.filter { $0["kind"] == "ResourceQuota" }
      let rest = items.filter { $0["kind"] != "ResourceQuota" }
      var refusals: [CommandResult] = []
      for items in [quotas, rest] where !items.isEmpty {
        let list: JSONValue = ["apiVersion": "v1", "kind": "List", "items": .array(items)]
        let created = try await cluster.kubectlResult(arguments, input: list.text())
        if created.status != 0 { refusals.append(created) }
        try await waitForQuotas(of: scenario.namespace, in: cluster)
      }
      guard refusals.isEmpty else {
        Issue.record("\(scenario.name): \(refusals)")
        continue
      }
      for word in scenario.deletes {
        try await cluster.kubectl("-n", scenario.namespace, "delete", word, "--wait=false")
      }
      made.append(scenario)
    }
    return made
  }

  private static func waitForQuotas(of namespace: String, in cluster: ControlPlane) async throws {
    try await eventually("a quota of \(namespace) does not count") {
      let quotas = try await cluster.kubectl(
        "-n", namespace, "get", "resourcequotas", "-o", "jsonpath={range .items[*]}[{.status.hard}]{end}")
      return !quotas.contains("[]")
    }
  }

  private func expect(_ scenarios: [Scenario], in live: LiveSession) async throws {
    var missing = scenarios
    try? await live.run(
      until: {
        // Rules wait until a fault has lasted; the clock is set forward instead.
        let report = Triage.diagnose(live.state, now: live.now.advanced(by: .seconds(660)))
        missing = scenarios.filter { scenario in
          !report.groups.contains { Self.fits($0, scenario, now: live.now) }
        }
        return missing.isEmpty
      }, seconds: 180, "")
    let report = Triage.diagnose(live.state, now: live.now.advanced(by: .seconds(660)))
    for scenario in missing {
      let said = report.groups.filter {
        $0.owner.namespace == scenario.namespace || $0.owner.name == scenario.object
      }
      Issue.record(
        "\(scenario.name): no \(scenario.code) of \(scenario.kind) \(scenario.object) that says \(scenario.says), but \(said.map { "\($0.owner.shortText) \($0.code.rawValue): \($0.summary(now: live.now))" })"
      )
    }
  }

  private static func fits(_ group: FindingGroup, _ scenario: Scenario, now: Timestamp) -> Bool {
    guard group.code.rawValue == scenario.code, group.owner.kind == scenario.kind,
      group.owner.name == scenario.object,
      group.owner.namespace.isEmpty || group.owner.namespace == scenario.namespace
    else { return false }
    let text = group.summary(now: now)
    return scenario.says.allSatisfy { text.contains($0) }
  }

  // MARK: The bank

  private static func scenarios() throws -> [Scenario] {
    let bank = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Accuracy")
    let names = try FileManager.default.contentsOfDirectory(atPath: bank.path).sorted()
    return try names.compactMap { name in
      let folder = bank.appendingPathComponent(name)
      let file = folder.appendingPathComponent("real.yaml")
      guard FileManager.default.fileExists(atPath: file.path) else { return nil }
      let real = try document(file)
      let expected = try document(folder.appendingPathComponent("expect.yaml"))["findings"]?[0]
      let words = (expected?["object"]?.string ?? "").split(separator: " ").map(String.init)
      guard words.count == 2, let object = words[1].split(separator: "/").last else { return nil }
      return Scenario(
        name: name, code: expected?["code"]?.string ?? "", kind: words[0], object: String(object),
        says: (real["says"]?.array ?? []).compactMap(\.string),
        manifest: ["apiVersion": "v1", "kind": "List", "items": real["objects"] ?? []],
        deletes: (real["deletes"]?.array ?? []).compactMap(\.string))
    }
  }

  private static func document(_ file: URL) throws -> JSONValue {
    let (documents, problem) = YAMLFile.json([UInt8](try Data(contentsOf: file)), file: file.lastPathComponent)
    if let problem { throw problem }
    return try documents.first.map { try JSONValue(parsing: String(decoding: $0, as: UTF8.self)) } ?? .null
  }
}
