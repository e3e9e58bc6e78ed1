import Diagnosis
import Kube
import Testing

@testable import PlaybookKit

/// Checks of pods: their creation, placing, claims, probes, and the container that a run is about.
struct PodCheckTests {
  static let deployment = """
    { kind: Deployment, metadata: { name: web }, spec: { replicas: 1 } },
    { kind: ReplicaSet, metadata: { name: web-1, ownerReferences: [{ kind: Deployment, name: web }] } }
    """

  static func refusal(_ kind: String, _ name: String, ago: String = "1m") -> String {
    """
    { kind: Event, involvedObject: { kind: \(kind), name: \(name) }, reason: FailedCreate, type: Warning,
    lastTimestamp: now-\(ago), message: 'Error creating: pods "web-1-x" is forbidden: exceeded quota: team' }
    """
  }

  @Test(
    arguments: [
      ("-Xmx512m", "-Xmx512m", 50), ("value: '-Xms1g -Xmx1G'", "-Xmx1G", 100), ("-Xmx256m -Xmx2g", "-Xmx2g", 200),
      ("-XX:MaxRAMPercentage=75.0", "-XX:MaxRAMPercentage=75.0", 75),
      ("node --max-old-space-size=900 x.js", "--max-old-space-size=900", 87), ("-Xmx1073741824", "-Xmx1073741824", 100),
      ("-Xmx", nil, 0), ("-Xmx12parsecs", nil, 0), ("-Xmx99999999999999999999g", nil, 0),
      ("-XX:MaxRAMPercentage=nan", nil, 0), ("-XX:MaxRAMPercentage=-5", nil, 0), ("", nil, 0),
    ] as [(String, String?, Int128)])
  func heapSettings(line: String, text: String?, percent: Int128) {
    let limit: Int128 = 1_073_741_824 * 1_000_000_000
    let setting = HeapSetting(in: line, limit: limit)
    #expect(setting?.text == text)
    #expect((setting?.nanos ?? 0) * 100 / limit == percent)
  }

  @Test func refusalsOfAReplicaSetAreTheDeployments() throws {
    let scenario = try Fixtures.scenario(
      "[\(Self.deployment), \(Self.refusal("ReplicaSet", "web-1")), { kind: ResourceQuota, metadata: { name: team } }]",
      object: "deployment/web")
    let judgement = Fixtures.judge("pods-refused", scenario)
    #expect(judgement?.verdict == .problem)
    #expect(judgement?.sentence == #"quota "team" exceeded"#)
    let other = Fixtures.judge("pods-refused", scenario, ["contains": .texts(["PodSecurity"])])
    #expect(other?.verdict == .ok)
  }

  @Test func oldRefusalsAndThoseOfOthersDoNotCount() throws {
    let scenario = try Fixtures.scenario(
      """
      [\(Self.deployment), \(Self.refusal("ReplicaSet", "web-1", ago: "21m")),
      { kind: ReplicaSet, metadata: { name: shop-1 } }, \(Self.refusal("ReplicaSet", "shop-1"))]
      """, object: "deployment/web")
    #expect(Fixtures.judge("pods-refused", scenario)?.verdict == .ok)
  }

  @Test(arguments: ["Event", "ReplicaSet"]) func refusalsThatMayNotBeReadAreUnknown(kind: String) throws {
    let scenario = try Fixtures.scenario(
      "[\(Self.deployment)]", object: "deployment/web", more: "forbidden: [\(kind)]")
    #expect(Fixtures.judge("pods-refused", scenario)?.verdict == .unknown)
  }

  static func placing(_ request: String, more: String = "") throws -> Judgement? {
    let scenario = try Fixtures.scenario(
      """
      [{ kind: Pod, metadata: { name: web }, spec: { containers: [{ name: a, resources: { requests: { \(request) } } }] } },
      { kind: Node, metadata: { name: n1 }, status: { allocatable: { cpu: "4", memory: 1Gi } } },
      { kind: Node, metadata: { name: n2 }, status: { allocatable: { cpu: "2", memory: 8Gi } } },
      { kind: Pod, metadata: { name: old }, spec: { nodeName: n1, containers: [{ name: a, resources: { requests: { cpu: "3" } } }] },
      status: { phase: Running } }]
      """, object: "pod/web", more: more)
    return Fixtures.judge("fits-somewhere", scenario)
  }

  @Test(arguments: [
    ("cpu: 100m", Verdict.ok, "node n1"), ("cpu: \"2\"", .ok, "node n2"),
    ("cpu: \"3\"", .problem, "at most 2 free (n2)"), ("cpu: \"8\"", .problem, "the largest node has 4 in all"),
    ("cpu: \"2\", memory: 16Gi", .problem, "16Gi memory requested, but the largest node has 8Gi"),
    ("cpu: 1500m, memory: 512Mi", .ok, "node n2"), ("example.com/gpu: 1", .problem, "example.com/gpu"),
  ])
  func roomInTheCluster(request: String, verdict: Verdict, words: String) throws {
    let judgement = try Self.placing(request)
    #expect(judgement?.verdict == verdict)
    #expect(judgement?.sentence.contains(words) == true, "\(judgement?.sentence ?? "")")
  }

  @Test(arguments: ["Node", "Pod"]) func roomThatCannotBeSeenIsUnknown(kind: String) throws {
    // A pod that may not be listed is no subject either: then there is nothing to judge.
    let judgement = try Self.placing("cpu: 100m", more: "forbidden: [\(kind)]")
    #expect(judgement?.verdict == (kind == "Node" ? .unknown : .notApplicable))
  }

  @Test(arguments: [
    ("default-scheduler", "now-5s", Verdict.ok), ("default-scheduler", "now-10m", .problem),
    ("\"\"", "now-10m", .problem), ("own", "now-5s", .problem), ("other", "now-10m", .ok),
  ])
  func schedulers(name: String, renewed: String, verdict: Verdict) throws {
    let scenario = try Fixtures.scenario(
      """
      [{ kind: Pod, metadata: { name: web }, spec: { schedulerName: \(name) } },
      { kind: Pod, metadata: { name: seen }, spec: { schedulerName: other }, status: { conditions: [{ type: PodScheduled, status: "False" }] } },
      { kind: Lease, metadata: { name: kube-scheduler, namespace: kube-system }, spec: { renewTime: \(renewed) } }]
      """, object: "pod/web")
    #expect(Fixtures.judge("scheduler-at-work", scenario)?.verdict == verdict)
  }

  @Test func withoutALeaseNothingIsKnownAboutTheScheduler() throws {
    let scenario = try Fixtures.scenario("[{ kind: Pod, metadata: { name: web } }]", object: "pod/web")
    #expect(Fixtures.judge("scheduler-at-work", scenario)?.verdict == .unknown)
  }

  @Test(arguments: [
    ("ReadWriteOnce", "n2", Verdict.problem), ("ReadWriteOnce", "n1", .ok), ("ReadWriteMany", "n2", .ok),
    ("ReadWriteOncePod", "n1", .problem),
  ])
  func usersOfAClaim(mode: String, node: String, verdict: Verdict) throws {
    let volumes = "volumes: [{ name: d, persistentVolumeClaim: { claimName: data } }]"
    let scenario = try Fixtures.scenario(
      """
      [{ kind: Pod, metadata: { name: web }, spec: { nodeName: n1, \(volumes) } },
      { kind: Pod, metadata: { name: old, deletionTimestamp: now }, spec: { nodeName: \(node), \(volumes) }, status: { phase: Running } },
      { kind: Pod, metadata: { name: done }, spec: { nodeName: n3, \(volumes) }, status: { phase: Succeeded } },
      { kind: PersistentVolumeClaim, metadata: { name: data }, spec: { accessModes: [\(mode)] } }]
      """, object: "pod/web")
    let judgement = Fixtures.judge("claim-users", scenario)
    #expect(judgement?.verdict == verdict)
    if verdict == .problem {
      #expect(
        judgement?.sentence.contains("pod old on \(node), which is being deleted; that node does not exist") == true)
    }
  }

  @Test(arguments: [
    ("port: 8080", Verdict.ok), ("port: http", .ok), ("port: htpp", .problem), ("port: 9090", .warning),
    ("port: 9000", .warning),
  ])
  func targetsOfProbes(port: String, verdict: Verdict) throws {
    let scenario = try Fixtures.scenario(
      """
      [{ kind: Pod, metadata: { name: web }, spec: { containers: [
      { name: app, ports: [{ name: http, containerPort: 8080 }], readinessProbe: { httpGet: { \(port) } } },
      { name: side, ports: [{ containerPort: 9090 }] }] } }]
      """, object: "pod/web", more: "container: app")
    #expect(Fixtures.judge("probe-target", scenario)?.verdict == verdict)
    #expect(Fixtures.judge("probe-target", scenario, ["probe": .text("liveness")])?.verdict == .notApplicable)
  }

  @Test func theOthersWaitForTheInitContainerThatRuns() throws {
    let scenario = try Fixtures.scenario(
      """
      [{ kind: Pod, metadata: { name: web }, spec: { initContainers: [{ name: a }, { name: b }], containers: [{ name: app }] },
      status: { phase: Pending, initContainerStatuses: [
      { name: a, state: { terminated: { exitCode: 0, reason: Completed } } }, { name: b, state: { running: {} } }],
      containerStatuses: [{ name: app, state: { waiting: { reason: PodInitializing } } }] } }]
      """, object: "pod/web")
    let state = scenario.state()
    let facts = PlaybookFacts(
      state, triage: Triage.diagnose(state, now: scenario.now), events: EventIndex(),
      object: scenario.subject.flatMap { state.object($0).value }, now: scenario.now)
    #expect(facts.container?.name == "b")
  }
}
