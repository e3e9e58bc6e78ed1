import ClusterState
import Diagnosis
import Draining
import Kube
import Testing

@testable import PlaybookKit

/// After maintenance the owners of what the drain took are looked at, and no others.
@Suite struct OwnersReadyTests {
  /// What the log says of one pod that was on the node.
  private struct Planned {
    var name: String
    var owner: (kind: String, name: String, uid: String)?
    var wasReady: Bool? = true
    var wasAsked = true
  }

  private func log(_ pods: [Planned], began: Timestamp, opened: Timestamp? = nil) throws -> DrainLog {
    let target = DrainOrder.Target(name: "n1", uid: "", isCordoned: false)
    let header = DrainHeader(
      id: "r1", time: began, context: "", cluster: "", server: "", user: "",
      order: DrainOrder(nodes: [target], options: DrainOptions()))
    let planned = pods.map { pod in
      var owner: OwnerReference?
      if let named = pod.owner {
        owner = OwnerReference()
        owner?.apiVersion = named.kind == "Job" ? "batch/v1" : "apps/v1"
        owner?.kind = named.kind
        owner?.name = named.name
        owner?.uid = named.uid
        owner?.controller = true
      }
      return PlannedPod(
        pod: PodKey(namespace: "default", name: pod.name, uid: pod.name), owner: owner, action: .evict,
        wasReady: pod.wasReady)
    }
    let records =
      [DrainRecord.began(header), .planned("n1", planned)]
      + zip(pods, planned).filter { $0.0.wasAsked }.map { .removing($0.1.pod) }
      + (opened.map { [.uncordoned("n1", $0)] } ?? [])
    return try #require(DrainLog(text: records.map(\.line).joined(separator: "\n")))
  }

  private func judge(
    _ pods: [Planned], _ objects: String, openedBeforeAnswer seconds: Int64? = nil
  ) throws -> Judgement {
    let scenario = try Fixtures.scenario(
      "[{ kind: Node, metadata: { name: n1 } }, \(objects)]", object: "node/n1")
    let state = scenario.state()
    let facts = PlaybookFacts(
      state, triage: Triage.diagnose(state, now: scenario.now), events: EventIndex(),
      object: scenario.subject.flatMap { state.object($0).value }, now: scenario.now)
    let answered = scenario.now.advanced(by: .seconds(-600))
    let opened = seconds.map { answered.advanced(by: .seconds(-$0)) }
    let log = try log(
      pods, began: min(scenario.now, opened ?? scenario.now).advanced(by: .seconds(-3600)), opened: opened)
    facts.contributed["work"] = answered
    facts.findDrains = { $0.metadata.name == "n1" ? [log] : [] }
    return ownersReadyCheck.judge(facts, CheckArguments(values: ["step": .text("work")]))
  }

  private static let web = ("ReplicaSet", "web-1", "r1")

  private static func deployment(ready: Int) -> String {
    """
    { kind: Deployment, metadata: { name: web, uid: d1 }, spec: { replicas: 2 }, status: { replicas: 2, readyReplicas: \(ready) } },
    { kind: ReplicaSet, metadata: { name: web-1, uid: r1, ownerReferences: [{ apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true }] }, spec: { replicas: 2 }, status: { replicas: 2, readyReplicas: \(ready) } },
    { kind: StatefulSet, metadata: { name: other, uid: s1 }, spec: { replicas: 3 }, status: { replicas: 3, readyReplicas: 0 } }
    """
  }

  @Test func onlyWhatWasTakenIsLookedAt() throws {
    let ok = try judge([Planned(name: "web-1-a", owner: Self.web)], Self.deployment(ready: 2))
    #expect(ok.verdict == .ok && ok.sentence.hasPrefix("1 owner has its pods Ready"))
    let lacking = try judge([Planned(name: "web-1-a", owner: Self.web)], Self.deployment(ready: 1))
    #expect(lacking.verdict == .problem && lacking.sentence.contains("deployment default/web"))
    #expect(!lacking.sentence.contains("other"))
    #expect(lacking.evidence.map(\.value) == ["1 of 2"])
  }

  @Test func whatLackedPodsBeforeIsNotWaitedFor() throws {
    let before = try judge([Planned(name: "web-1-a", owner: Self.web, wasReady: false)], Self.deployment(ready: 1))
    #expect(before.verdict == .ok && before.sentence.contains("no more than before the drain: deployment default/web"))
    let more = try judge([Planned(name: "web-1-a", owner: Self.web, wasReady: false)], Self.deployment(ready: 0))
    #expect(more.verdict == .problem)
    // An older log does not say: then what is lacking counts.
    let unsaid = try judge([Planned(name: "web-1-a", owner: Self.web, wasReady: nil)], Self.deployment(ready: 1))
    #expect(unsaid.verdict == .problem)
    let older = """
      , { kind: Pod, metadata: { name: web-1-b, creationTimestamp: now-9h, ownerReferences: [{ apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r1, controller: true }] }, spec: { nodeName: n2 }, status: { phase: Running } }
      """
    let sick = try judge([Planned(name: "web-1-a", owner: Self.web)], Self.deployment(ready: 1) + older)
    #expect(sick.verdict == .ok)
  }

  @Test func whatIsStillThereAndWhatEndsByItselfIsNotWaitedFor() throws {
    let here = """
      , { kind: Pod, metadata: { name: web-1-a, uid: web-1-a }, spec: { nodeName: n1 }, status: { phase: Running } }
      """
    let nothing = "nothing is to be waited for"
    let stays = try judge([Planned(name: "web-1-a", owner: Self.web)], Self.deployment(ready: 0) + here)
    #expect(stays.verdict == .ok && stays.sentence.hasPrefix(nothing))
    let unasked = try judge([Planned(name: "web-1-a", owner: Self.web, wasAsked: false)], Self.deployment(ready: 0))
    #expect(unasked.sentence.contains("no drain of the node"))
    let others = try judge(
      [
        Planned(name: "bare"), Planned(name: "job-a", owner: ("Job", "job", "j1")),
        Planned(name: "gone-a", owner: ("ReplicaSet", "gone", "r9")),
      ], Self.deployment(ready: 0))
    #expect(others.verdict == .ok && others.sentence.hasPrefix(nothing))
    #expect(others.sentence.contains("3 pods"))
  }

  @Test func aDrainWhoseNodeWasOpenedLongBeforeTheAnswerIsOfAnEarlierMaintenance() throws {
    let pods = [Planned(name: "web-1-a", owner: Self.web)]
    for seconds: Int64 in [-60, 60, 43_200] {
      let same = try judge(pods, Self.deployment(ready: 2), openedBeforeAnswer: seconds)
      #expect(same.verdict == .ok && same.sentence.contains("that the drain of"), "\(seconds)")
    }
    let earlier = try judge(pods, Self.deployment(ready: 2), openedBeforeAnswer: 43_201)
    #expect(earlier.verdict == .warning && earlier.sentence.contains("no drain of the node"))
  }

  @Test func whatPodmedicDoesNotKnowIsNamed() throws {
    let found = try judge([Planned(name: "x-0", owner: ("CloneSet", "x", "c1"))], Self.deployment(ready: 2))
    #expect(found.verdict == .ok && found.sentence.contains("cloneset/x"))
  }
}
