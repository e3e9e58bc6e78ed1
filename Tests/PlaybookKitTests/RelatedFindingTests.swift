import Diagnosis
import Kube
import Testing

@testable import PlaybookKit

/// What is said about an object leads with the cause that Triage names.
@Suite struct RelatedFindingTests {
  private func facts(_ objects: String, _ object: String) throws -> PlaybookFacts {
    let scenario = try Fixtures.scenario(objects, object: object)
    let state = scenario.state()
    return PlaybookFacts(
      state, triage: Triage.diagnose(state, now: scenario.now), events: EventIndex(),
      object: scenario.subject.flatMap { state.object($0).value }, now: scenario.now)
  }

  private let crashing = """
    { kind: Deployment, metadata: { name: web, creationTimestamp: now-3h }, spec: { replicas: 1 }, status: { replicas: 1,
        conditions: [{ type: Progressing, status: "False", reason: ProgressDeadlineExceeded, lastTransitionTime: now-1h }] } },
      { kind: Pod, metadata: { name: web-1, ownerReferences: [{ kind: Deployment, name: web }] },
        spec: { nodeName: n1, containers: [{ name: app }] }, status: { phase: Running, containerStatuses: [{ name: app,
          restartCount: 9, state: { waiting: { reason: CrashLoopBackOff } },
          lastState: { terminated: { exitCode: 1, reason: Error, finishedAt: now-1m } } }] } }
    """

  private let node = """
    { kind: Node, metadata: { name: n1 }, spec: { unschedulable: true },
      status: { conditions: [{ type: Ready, status: "True" }] } }
    """

  @Test func causesComeBeforeWhatFollowsFromThem() throws {
    let facts = try facts("[\(crashing), \(node)]", "deployment/web")
    #expect(facts.findings.map(\.code) == [.podCrashLoop, .workloadRolloutStuck])
    #expect(facts.triage.groups.first?.code == facts.findings.first?.code)
  }

  @Test func whatIsPlannedForANodeIsNoTroubleOfItsPods() throws {
    let facts = try facts("[\(crashing), \(node)]", "pod/web-1")
    #expect(facts.findings.map(\.code) == [.podCrashLoop, .workloadRolloutStuck])
  }

  @Test func aCauseElsewhereIsNamed() throws {
    let dead = node.replacing("\"True\"", with: "Unknown, lastTransitionTime: now-20m")
    let stuck = """
      { kind: Deployment, metadata: { name: web }, spec: { replicas: 1 } },
        { kind: Pod, metadata: { name: web-1, deletionTimestamp: now-19m, deletionGracePeriodSeconds: 30,
          ownerReferences: [{ kind: Deployment, name: web }] }, spec: { nodeName: n1, containers: [{ name: app }] },
          status: { phase: Running } }
      """
    let facts = try facts("[\(stuck), \(dead)]", "deployment/web")
    #expect(facts.findings.first?.code == .nodeNotReady, "\(facts.findings.map(\.code))")
    #expect(facts.findings.contains { $0.code == .podStuckTerminating })
  }

  @Test func whyAReplacedPodEndedIsHistory() throws {
    let evicted = """
      { kind: Deployment, metadata: { name: web }, spec: { replicas: 1 }, status: { replicas: 1, availableReplicas: 1 } },
        { kind: Pod, metadata: { name: web-1, ownerReferences: [{ kind: Deployment, name: web }] },
          spec: { nodeName: n1, containers: [{ name: app }] },
          status: { phase: Failed, reason: Evicted, message: "The node was low on resource: memory. ", startTime: now-40h } }
      """
    let facts = try facts("[\(evicted), \(node)]", "pod/web-1")
    #expect(facts.findings.isEmpty, "\(facts.findings.map(\.code))")
    #expect(facts.history.map(\.code) == [.podEvicted])
    #expect(facts.history.first?.cause == "Evicted: node low on memory")
  }
}
