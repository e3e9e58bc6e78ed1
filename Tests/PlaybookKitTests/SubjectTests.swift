import Diagnosis
import Kube
import Testing

@testable import PlaybookKit

/// Which of a workload's pods a playbook looks at, and what it says when nothing is wrong any more.
@Suite struct SubjectTests {
  private static let killed = """
    { phase: Running, containerStatuses: [{ name: app, restartCount: 7, state: { waiting: { reason: CrashLoopBackOff } },
      lastState: { terminated: { exitCode: 137, reason: OOMKilled, finishedAt: now-1m } } }] }
    """
  private static let ready = """
    { phase: Running, conditions: [{ type: Ready, status: "True" }], containerStatuses: [{ name: app, ready: true,
      state: { running: { startedAt: now-1m } } }] }
    """

  /// A Deployment after a change of its template: the pod of the old revision hangs on a node that is gone.
  private static func deployment(old: String, new: String, paused: Bool = false) -> String {
    """
    [{ kind: Deployment, metadata: { name: web }, spec: { replicas: 1, paused: \(paused) } },
      { kind: ReplicaSet, metadata: { name: web-1, annotations: { deployment.kubernetes.io/revision: "1" },
        ownerReferences: [{ kind: Deployment, name: web }] } },
      { kind: ReplicaSet, metadata: { name: web-2, annotations: { deployment.kubernetes.io/revision: "2" },
        ownerReferences: [{ kind: Deployment, name: web }] } },
      { kind: Pod, metadata: { name: a-old, ownerReferences: [{ kind: ReplicaSet, name: web-1 }]\(old) },
        spec: { containers: [{ name: app, resources: { limits: { memory: 64Mi } } }] }, status: \(killed) },
      { kind: Pod, metadata: { name: b-new, ownerReferences: [{ kind: ReplicaSet, name: web-2 }] },
        spec: { containers: [{ name: app, resources: { limits: { memory: 128Mi } } }] }, status: \(new) }]
    """
  }

  private func subject(_ objects: String, _ object: String = "deployment/web") throws -> (String?, RunReport?) {
    let scenario = try Fixtures.scenario(objects, object: object)
    let state = scenario.state()
    let triage = Triage.diagnose(state, now: scenario.now)
    let playbook = try Fixtures.read(
      Fixtures.playbook(
        "steps: [{ id: a, title: A, check: { use: exit-code, is: oom-killed }, cause: it ran out of memory }]"))
    let named = try #require(scenario.subject.flatMap { state.object($0).value })
    let found = playbook.subject(for: named, in: state, triage: triage, events: EventIndex(), now: scenario.now).value
    let run = PlaybookRun(playbook, subject: found?.reference)
    let report = run.evaluate(run.facts(state, triage: triage, events: EventIndex(), now: scenario.now))
    return (found?.metadata.name, report)
  }

  @Test func theNewestRevisionIsLookedAtAndSaidToBeWell() throws {
    let going = ", deletionTimestamp: now-5m, deletionGracePeriodSeconds: 30"
    for old in [going, ""] {
      let (name, report) = try subject(Self.deployment(old: old, new: Self.ready))
      #expect(name == "b-new")
      #expect(report?.causes.isEmpty == true)
      #expect(
        report?.soundness
          == "nothing is wrong now: the newest revision of deployment/web has 1 of 1 pod Ready, pod/b-new among them")
    }
  }

  @Test func anOlderRevisionIsLookedAtWhereItIsMeantToStay() throws {
    let (name, report) = try subject(Self.deployment(old: "", new: Self.ready, paused: true))
    #expect(name == "a-old" && report?.soundness == nil && report?.causes.isEmpty == false)
  }

  @Test func withoutAPodOfTheNewestRevisionAnOlderOneIsLookedAt() throws {
    let objects = Self.deployment(old: "", new: Self.ready).replacing(
      "name: b-new", with: "name: b-new, deletionTimestamp: now-1m")
    #expect(try subject(objects).0 == "a-old")
  }

  @Test func whatStaysBelowAPartitionIsNotPassedOver() throws {
    func set(_ strategy: String) -> String {
      """
      [{ kind: StatefulSet, metadata: { name: db }, spec: { replicas: 2\(strategy) }, status: { updateRevision: db-2 } },
        { kind: Pod, metadata: { name: db-0, labels: { controller-revision-hash: db-1 },
          ownerReferences: [{ kind: StatefulSet, name: db }] }, spec: { containers: [{ name: app }] }, status: \(Self.killed) },
        { kind: Pod, metadata: { name: db-1, labels: { controller-revision-hash: db-2 },
          ownerReferences: [{ kind: StatefulSet, name: db }] }, spec: { containers: [{ name: app }] }, status: \(Self.ready) }]
      """
    }
    // The controller waits for db-0 as long as it is not ready: the new template does not reach it.
    let (name, report) = try subject(set(""), "statefulset/db")
    #expect(name == "db-0" && report?.soundness == nil && report?.causes.isEmpty == false)
    let recovered = set("").replacing(Self.killed, with: Self.ready)
    #expect(try subject(recovered, "statefulset/db").0 == "db-1")
    let partition = ", updateStrategy: { type: RollingUpdate, rollingUpdate: { partition: 1 } }"
    #expect(try subject(set(partition), "statefulset/db").0 == "db-0")
  }

  @Test func aDaemonSetsPodOfAnOlderRevisionInTroubleIsNotPassedOver() throws {
    let objects = """
      [{ kind: DaemonSet, metadata: { name: agent }, spec: {}, status: { desiredNumberScheduled: 2, numberReady: 1 } },
        { kind: Pod, metadata: { name: agent-a, creationTimestamp: now-5m, labels: { controller-revision-hash: "2" },
          ownerReferences: [{ kind: DaemonSet, name: agent }] }, spec: { containers: [{ name: app }] }, status: \(Self.ready) },
        { kind: Pod, metadata: { name: agent-b, creationTimestamp: now-9m, labels: { controller-revision-hash: "1" },
          ownerReferences: [{ kind: DaemonSet, name: agent }] }, spec: { containers: [{ name: app }] }, status: \(Self.killed) }]
      """
    let (name, report) = try subject(objects, "daemonset/agent")
    #expect(name == "agent-b" && report?.soundness == nil && report?.causes.isEmpty == false)
    #expect(try subject(objects.replacing(Self.killed, with: Self.ready), "daemonset/agent").0 == "agent-a")
  }

  /// The name of the object that a playbook of such a scope looks at.
  private func subject(_ objects: String, _ object: String, scope: String) throws -> String? {
    let scenario = try Fixtures.scenario(objects, object: object)
    let state = scenario.state()
    let playbook = try Fixtures.read(
      "apiVersion: podmedic.dev/v1\nkind: Playbook\nname: own\ntitle: T\nabout: A\nfor: \(scope)\n"
        + "steps: [{ id: a, title: A, check: { use: finding } }]")
    let named = try #require(scenario.subject.flatMap { state.object($0).value })
    return playbook.subject(
      for: named, in: state, triage: Triage.diagnose(state, now: scenario.now), events: EventIndex(), now: scenario.now
    ).value?.metadata.name
  }

  @Test func theCauseIsLookedAtWhereverItIs() throws {
    let objects = """
      [{ kind: Node, metadata: { name: n1 }, status: { conditions: [{ type: Ready, status: Unknown,
          lastTransitionTime: now-20m }] } },
        { kind: Node, metadata: { name: n2 }, status: { conditions: [{ type: Ready, status: "True" }] } },
        { kind: StatefulSet, metadata: { name: db }, spec: { replicas: 1 } },
        { kind: Pod, metadata: { name: db-0, deletionTimestamp: now-19m, deletionGracePeriodSeconds: 30,
          ownerReferences: [{ kind: StatefulSet, name: db }] }, spec: { nodeName: n1, containers: [{ name: app }] },
          status: { phase: Running } }]
      """
    let node = "{ kinds: [Node], findings: [node.not-ready] }"
    #expect(try subject(objects, "statefulset/db", scope: node) == "n1")
    let well = objects.replacing("Unknown", with: "\"True\"")
    #expect(try subject(well, "statefulset/db", scope: node) == nil, "the node has no part in it")
    let deleted = "{ kinds: [Pod, StatefulSet], findings: [pod.stuck-terminating] }"
    #expect(try subject(objects, "statefulset/db", scope: deleted) == "db-0", "nobody has deleted the set")
  }

  @Test func anEndLongAgoOfASoundPodIsHistory() throws {
    let healed = Self.ready.replacing(
      "ready: true,",
      with: "ready: true, restartCount: 1, lastState: { terminated: { exitCode: 137, reason: OOMKilled, "
        + "finishedAt: now-72h } },")
    let (_, report) = try subject(
      "[{ kind: Pod, metadata: { name: p }, spec: { containers: [{ name: app }] }, status: \(healed) }]", "pod/p")
    #expect(report?.verdict == .warning && report?.causes.isEmpty == true)
    #expect(report?.step("a")?.sentence.hasPrefix("history: ") == true)
    #expect(report?.soundness == "pod/p is Ready: nothing is wrong with it now")
  }
}
