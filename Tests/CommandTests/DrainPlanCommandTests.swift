import Foundation
import Kube
import TestSupport
import Testing

/// `podmedic drain --plan` on the demo's cluster and on captures: what it says and how it ends.
@Suite struct DrainPlanCommandTests {
  @Test func theDemosBudgetWithoutRoomBlocks() async throws {
    let demo = try Demo("shop")
    let arguments = ["drain", "node-a1", "--plan", "--ignore-daemonsets"]
    let plan = try await Podmedic.run(arguments, kubeconfig: demo.kubeconfig)
    #expect(plan.status == 1, "\(plan)")
    #expect(plan.text.hasPrefix("Draining node-a1 is blocked.\n  - budgets never allow the eviction of data/redis-"))
    for text in [
      "      budget redis never allows it (needs 1, has 1): 1 of 1 pods must be\n        healthy: it has no room, ever\n",
      "kubectl cordon",
      "      ! the only ready endpoint of service redis\n",
      "      budget frontend allows it now (needs 3, has 6)\n", "  ! is a control plane; no other is Ready",
      "  skip kube-system/kindnet-", "\nNothing was changed.\n",
    ] { #expect(plan.text.contains(text), "\(text): \(plan)") }
    #expect(plan.text.split(separator: "\n").allSatisfy { $0.count <= 80 })

    // What the plan says of each pod is what the server answers.
    let json = try JSONValue(
      parsing: try await Podmedic.run(arguments + ["-o", "json"], kubeconfig: demo.kubeconfig).text)
    #expect(json["kind"] == "DrainPlan" && json["canProceed"] == false)
    let states = json["pods"]?.array?.flatMap { $0["blockedBy"]?.array ?? [] }.compactMap { $0["state"]?.string }
    #expect(states?.sorted() == ["allowed", "allowed", "never"])
    #expect(json["access"]?.array?.allSatisfy { $0["allowed"] == true } == true, "\(json)")
    let cordoned = try await Podmedic.run(["get", "node", "node-a1"], kubeconfig: demo.kubeconfig)
    #expect(!cordoned.text.contains("SchedulingDisabled"), "a plan changes nothing: \(cordoned)")
  }

  @Test func kubectlsRefusalsBlockAndNameTheFlag() async throws {
    let demo = try Demo("shop")
    let refused = try await Podmedic.run(["drain", "node-c1", "--plan"], kubeconfig: demo.kubeconfig)
    #expect(refused.status == 1, "\(refused)")
    #expect(refused.text.contains("\n  - kubectl refuses to drain node-c1 without --ignore-daemonsets"), "\(refused)")
    // The reasons are kubectl's.
    #expect(refused.text.contains("cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to"), "\(refused)")
  }

  @Test func theDemosLocalDataWantsAFlag() async throws {
    let demo = try Demo("shop")
    let arguments = ["drain", "node-b1", "--plan", "--ignore-daemonsets"]
    let refused = try await Podmedic.run(arguments, kubeconfig: demo.kubeconfig)
    #expect(refused.status == 1, "\(refused)")
    #expect(
      refused.text.contains("\n  - kubectl refuses to drain node-b1 without --delete-emptydir-data\n"), "\(refused)")
    #expect(refused.text.contains("  refuse monitoring/grafana-"), "\(refused)")
    #expect(refused.text.contains("      ! loses emptyDir storage 177Mi\n"), "\(refused)")
    let allowed = try await Podmedic.run(arguments + ["--delete-emptydir-data"], kubeconfig: demo.kubeconfig)
    #expect(allowed.status == 0 && allowed.text.hasPrefix("Draining node-b1 can proceed;"), "\(allowed)")
    #expect(allowed.text.contains("      ! loses emptyDir storage 177Mi\n"), "\(allowed)")
  }

  // MARK: Captures

  private static let cluster = """
    apiVersion: v1
    kind: List
    items:
    - {apiVersion: v1, kind: Node, metadata: {name: n1, labels: {pool: a}}, status: {
        allocatable: {cpu: "2", memory: 4Gi, pods: "10"}, conditions: [{type: Ready, status: "True"}]}}
    - {apiVersion: v1, kind: Node, metadata: {name: n2, labels: {pool: a}}, status: {
        allocatable: {cpu: "2", memory: 4Gi, pods: "10"}, conditions: [{type: Ready, status: "True"}]}}
    - {apiVersion: v1, kind: Pod, metadata: {name: bare, namespace: shop, uid: u1, labels: {app: web}},
       spec: {nodeName: n1, containers: [{name: c}]},
       status: {phase: Running, conditions: [{type: Ready, status: "True"}]}}
    """

  private static let budget = """

    - {apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web, namespace: shop, generation: 1},
       spec: {minAvailable: 1, selector: {matchLabels: {app: web}}},
       status: {observedGeneration: 1, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, disruptionsAllowed: 0}}
    """

  private func plan(_ text: String, _ arguments: String...) async throws -> CommandResult {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.file("cluster.yaml", Data(text.utf8)).path
    return try await Podmedic.run(["drain", "--plan", "--from", file] + arguments)
  }

  @Test func aCaptureWithoutBudgetsCannotTell() async throws {
    let result = try await plan(Self.cluster, "n1", "--force")
    #expect(result.status == 2, "\(result)")
    #expect(result.text.hasPrefix("Whether n1 can be drained cannot be told.\n"), "\(result)")
    #expect(result.text.contains("whether a budget forbids it cannot be told"), "\(result)")
  }

  @Test func aCaptureWithABudgetIsBlocked() async throws {
    let result = try await plan(Self.cluster + Self.budget, "n1", "--force", "-o", "json")
    #expect(result.status == 1, "\(result)")
    let json = try JSONValue(parsing: result.text)
    #expect(json["pods"]?[0]?["blockedBy"]?[0]?["state"] == "never", "\(result)")
    #expect(json["pods"]?[0]?["action"] == "evict" && json["pods"]?[0]?["owner"] == .null)
  }

  @Test func anEmptyNodeCanGo() async throws {
    let result = try await plan(Self.cluster, "n2", "-o", "markdown")
    #expect(result.status == 0, "\(result)")
    #expect(result.text.hasPrefix("# Drain of n2\n\nDraining n2 can proceed.\n"), "\(result)")
  }

  @Test func nodesAreChosenByLabelsInTheirOrder() async throws {
    let result = try await plan(Self.cluster, "-l", "pool=a", "--disable-eviction", "--force", "-o", "json")
    #expect(result.status == 0, "\(result)")
    let json = try JSONValue(parsing: result.text)
    #expect(json["nodes"] == ["n1", "n2"] && json["pods"]?[0]?["action"] == "delete")
    let none = try await plan(Self.cluster, "-l", "pool=b")
    #expect(none.status == 2 && none.errorText.hasSuffix("error: no node matches pool=b\n"), "\(none)")
  }

  @Test func aNodeThatIsNotThereCannotBeTold() async throws {
    let result = try await plan(Self.cluster, "n3")
    #expect(result.status == 2, "\(result)")
    #expect(result.errorText.contains("nodes \"n3\" not found"), "\(result)")
  }
}
