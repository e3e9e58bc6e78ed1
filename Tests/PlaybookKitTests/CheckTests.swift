import Diagnosis
import Kube
import Testing

@testable import PlaybookKit

/// What the built-in checks say, both ways, and that they never take ignorance for absence.
@Suite struct CheckTests {
  @Test func namesAreUniqueAndPlain() {
    let names = CheckTable.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } })
    #expect(CheckTable.all.allSatisfy { !$0.about.hasSuffix(".") })
  }

  static func pod(_ container: String, more: String = "") -> String {
    "[{ kind: Pod, metadata: { name: web }, spec: { nodeName: n1, containers: [{ name: app, \(container) }] } \(more) }]"
  }

  static func ended(_ end: String) -> String {
    pod(
      "image: x",
      more: ", status: { containerStatuses: [{ name: app, restartCount: 2, lastState: { terminated: { \(end) } } }] }")
  }

  @Test(arguments: [
    ("exitCode: 137, reason: OOMKilled", ContainerEnd.Way.oomKilled), ("exitCode: 137, reason: Error", .killed),
    ("exitCode: 143", .terminated), ("exitCode: 139", .crashed), ("exitCode: 127", .notStarted),
    ("exitCode: 128, reason: StartError", .notStarted), ("exitCode: 137, reason: ContainerStatusUnknown", .lost),
    ("exitCode: 1", .error), ("exitCode: 0, reason: Completed", .success), ("exitCode: 0, signal: 9", .killed),
    ("exitCode: 255", .error),
  ])
  func waysToEnd(end: String, way: ContainerEnd.Way) throws {
    let scenario = try Fixtures.scenario(Self.ended(end), object: "pod/web")
    #expect(Fixtures.judge("exit-code", scenario, ["is": .text(way.rawValue)])?.verdict == .problem)
    let plain = Fixtures.judge("exit-code", scenario)
    #expect(plain?.verdict == (way == .success ? .ok : .problem))
    #expect(plain?.evidence.first?.field == "status.containerStatuses[app].lastState.terminated.exitCode")
  }

  @Test func probeBudgets() throws {
    let slow = Self.pod(
      "livenessProbe: { initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 3, timeoutSeconds: 1 }")
    #expect(Fixtures.judge("probe-budget", try Fixtures.scenario(slow, object: "pod/web"))?.verdict == .warning)
    let killed =
      slow.dropLast() + """
        , { kind: Event, involvedObject: { kind: Pod, name: web }, reason: Killing, lastTimestamp: now-1m,
        message: "Container app failed liveness probe, will be restarted" }]
        """
    let judgement = Fixtures.judge("probe-budget", try Fixtures.scenario(String(killed), object: "pod/web"))
    #expect(judgement?.verdict == .problem)
    #expect(judgement?.sentence.contains("allows 35s") == true)
    let blind = try Fixtures.scenario(slow, object: "pod/web", more: "forbidden: [Event]")
    #expect(Fixtures.judge("probe-budget", blind)?.doubt?.reason == .forbidden)
    let none = try Fixtures.scenario(Self.pod("image: x"), object: "pod/web")
    #expect(Fixtures.judge("probe-budget", none)?.verdict == .notApplicable)
  }

  @Test func hugeProbesDoNotOverflow() {
    var probe = Probe()
    probe.periodSeconds = .max
    probe.failureThreshold = .max
    probe.initialDelaySeconds = .max
    #expect(ProbeBudget(probe).seconds == .max)
  }

  @Test(arguments: [
    ("envFrom: [{ configMapRef: { name: settngs } }]", Verdict.problem, #"did you mean "settings"?"#),
    ("envFrom: [{ configMapRef: { name: settings } }]", .ok, "1 references"),
    ("envFrom: [{ configMapRef: { name: nothing, optional: true } }]", .ok, "0 references"),
    (
      "env: [{ name: A, valueFrom: { configMapKeyRef: { name: settings, key: prt } } }]", .problem,
      #"has no key "prt"; did you mean "port"?"#
    ),
    ("env: [{ name: A, valueFrom: { configMapKeyRef: { name: settings, key: port } } }]", .ok, "1 references"),
  ])
  func references(container: String, verdict: Verdict, words: String) throws {
    let objects =
      Self.pod(container).dropLast() + ", { kind: ConfigMap, metadata: { name: settings }, data: { port: x } }]"
    let scenario = try Fixtures.scenario(String(objects), object: "pod/web")
    let judgement = Fixtures.judge("missing-references", scenario)
    #expect(judgement?.verdict == verdict)
    #expect(judgement?.sentence.contains(words) == true, "\(judgement?.sentence ?? "")")
  }

  @Test func referencesThatMayNotBeReadAreUnknown() throws {
    let objects = Self.pod("envFrom: [{ secretRef: { name: s } }]")
    let blind = try Fixtures.scenario(objects, object: "pod/web", more: "forbidden: [Secret]")
    #expect(Fixtures.judge("missing-references", blind)?.doubt?.reason == .forbidden)
  }

  @Test(
    arguments: [
      ("shop/web:1", nil, "docker.io", "shop/web", "1"), ("r.example:5000/a/b", nil, "r.example:5000", "a/b", nil),
      ("localhost/a@sha256:00", nil, "localhost", "a", nil),
      ("Web:1", "a repository has only small letters", "docker.io", "Web", "1"),
      ("https://r/x", "a name has no scheme such as https://", nil, nil, nil), ("", "the name is empty", nil, nil, nil),
      ("a b", "a name has no spaces", nil, nil, nil), ("a:", "nothing stands after the colon", nil, nil, nil),
    ] as [(String, String?, String?, String?, String?)])
  func imageNames(text: String, fault: String?, registry: String?, repository: String?, tag: String?) {
    let name = ImageName(text)
    #expect(name.fault == fault)
    if let registry { #expect(name.registry == registry) }
    if let repository { #expect(name.repository == repository) }
    if fault == nil { #expect(name.tag == tag) }
  }

  @Test func pullSecrets() throws {
    let own =
      "[{ kind: Pod, metadata: { name: web }, spec: { imagePullSecrets: [{ name: reg }], containers: [{ name: app, image: x }] } }, { kind: ServiceAccount, metadata: { name: default } }]"
    func verdict(_ more: String, _ options: String = "") throws -> Verdict? {
      let objects = own.dropLast() + more + "]"
      return Fixtures.judge("pull-secrets", try Fixtures.scenario(String(objects), object: "pod/web", more: options))?
        .verdict
    }
    #expect(try verdict("") == .problem)
    #expect(try verdict(", { kind: Secret, metadata: { name: reg }, type: Opaque }") == .problem)
    #expect(try verdict(", { kind: Secret, metadata: { name: reg }, type: kubernetes.io/dockerconfigjson }") == .ok)
    #expect(try verdict("", "forbidden: [Secret]") == .unknown)
    let none =
      "[{ kind: Pod, metadata: { name: web }, spec: { containers: [{ name: app, image: x }] } }, { kind: ServiceAccount, metadata: { name: default } }]"
    #expect(Fixtures.judge("pull-secrets", try Fixtures.scenario(none, object: "pod/web"))?.verdict == .warning)
  }

  static let node = ", { kind: Node, metadata: { name: n1 }, status: { allocatable: { memory: 1Gi, cpu: \"2\" } } }]"

  @Test(arguments: [
    ("100Mi", nil, Verdict.ok, "924Mi of 1Gi memory"), ("1000Mi", nil, .warning, "24Mi of 1Gi memory"),
    ("600Mi", "500Mi", .problem, "500Mi needed"), ("2Gi", nil, .warning, "0 of 1Gi memory"),
  ])
  func roomOnANode(request: String, needs: String?, verdict: Verdict, words: String) throws {
    let objects = Self.pod("resources: { requests: { memory: \(request) } }").dropLast() + Self.node
    var arguments: [String: CheckArguments.Value] = ["resource": .text("memory")]
    if let needs { arguments["needs"] = .quantity(Quantity(needs)) }
    let judgement = Fixtures.judge("node-room", try Fixtures.scenario(String(objects), object: "pod/web"), arguments)
    #expect(judgement?.verdict == verdict)
    #expect(judgement?.sentence.contains(words) == true, "\(judgement?.sentence ?? "")")
  }

  @Test func requestsAreCountedAsTheSchedulerDoes() throws {
    let scenario = try Fixtures.scenario(
      """
      [{ kind: Pod, metadata: { name: web }, spec: { overhead: { cpu: 10m }, initContainers: [
      { name: s, restartPolicy: Always, resources: { requests: { cpu: 100m } } },
      { name: i, resources: { requests: { cpu: 500m } } }],
      containers: [{ name: a, resources: { requests: { cpu: 200m } } }] } }]
      """, object: "pod/web")
    let pod = try #require(scenario.objects.first as? Pod)
    #expect(pod.spec.totalRequests["cpu"] == 610_000_000)
    #expect(pod.spec.totalRequests["memory"] == nil)
  }

  @Test(arguments: [("5", Verdict.ok), ("9500m", .warning), ("10", .problem)])
  func roomInAQuota(used: String, verdict: Verdict) throws {
    let objects =
      Self.pod("image: x").dropLast()
      + ", { kind: ResourceQuota, metadata: { name: q }, status: { hard: { limits.cpu: \"10\" }, used: { limits.cpu: \"\(used)\" } } }]"
    let scenario = try Fixtures.scenario(String(objects), object: "pod/web")
    #expect(Fixtures.judge("quota-room", scenario)?.verdict == verdict)
    #expect(Fixtures.judge("quota-room", scenario, ["resource": .text("pods")])?.verdict == .ok)
  }

  @Test func chainsOfOwners() throws {
    let chain = """
      [{ kind: Pod, metadata: { name: web, ownerReferences: [{ kind: ReplicaSet, name: web-1 }] } },
      { kind: ReplicaSet, metadata: { name: web-1, ownerReferences: [{ kind: Deployment, name: web }] } },
      { kind: Deployment, metadata: { name: web, annotations: { argocd.argoproj.io/tracking-id: x } } }]
      """
    let judgement = Fixtures.judge("owner-chain", try Fixtures.scenario(chain, object: "pod/web"))
    #expect(judgement?.verdict == .warning)
    #expect(
      judgement?.sentence
        == "pod/web < replicaset/web-1 < deployment/web; Argo CD manages it and may revert a change")
    let blind = try Fixtures.scenario(chain, object: "pod/web", more: "forbidden: [ReplicaSet]")
    #expect(Fixtures.judge("owner-chain", blind)?.verdict == .unknown)
    let bare = try Fixtures.scenario("[{ kind: Pod, metadata: { name: web } }]", object: "pod/web")
    #expect(Fixtures.judge("owner-chain", bare)?.verdict == .warning)
  }

  @Test func events() throws {
    let objects =
      Self.pod("image: x").dropLast()
      + ", { kind: Event, involvedObject: { kind: Pod, name: web }, type: Warning, reason: FailedMount, message: \"no disk\", count: 3, lastTimestamp: now-2m }]"
    let scenario = try Fixtures.scenario(String(objects), object: "pod/web")
    #expect(
      Fixtures.judge("events", scenario)?.sentence == "FailedMount (3 times, last 2m ago): no disk")
    #expect(Fixtures.judge("events", scenario, ["reasons": .texts(["Killing"])])?.verdict == .ok)
    #expect(Fixtures.judge("events", scenario, ["contains": .texts(["disk"])])?.verdict == .problem)
    #expect(Fixtures.judge("events", scenario, ["within": .duration(.seconds(60))])?.verdict == .ok)
    #expect(Fixtures.judge("events", scenario, ["of": .text("node")])?.verdict == .notApplicable)
    let blind = try Fixtures.scenario(String(objects), object: "pod/web", more: "not-served: [Event]")
    #expect(Fixtures.judge("events", blind)?.doubt?.reason == .notServed)
  }

  @Test func aFindingThatCannotBeRuledOutIsUnknown() throws {
    let pod = Self.pod("image: x")
    let codes: [String: CheckArguments.Value] = ["codes": .codes([.podKilledByProbe])]
    #expect(Fixtures.judge("finding", try Fixtures.scenario(pod, object: "pod/web"), codes)?.verdict == .ok)
    let blind = try Fixtures.scenario(pod, object: "pod/web", more: "forbidden: [Event]")
    #expect(Fixtures.judge("finding", blind, codes)?.doubt?.reason == .forbidden)
    let ingress =
      "[{ kind: Ingress, metadata: { name: site }, spec: { defaultBackend: { service: { name: web, port: { number: 80 } } } } }]"
    let backends: [String: CheckArguments.Value] = ["codes": .codes([.ingressBackendMissing])]
    let withoutServices = try Fixtures.scenario(ingress, object: "ingress/site", more: "forbidden: [Service]")
    #expect(Fixtures.judge("finding", withoutServices, backends)?.doubt?.reason == .forbidden)
    #expect(
      withoutServices.subject.map { withoutServices.state().doubts(about: $0).map(\.reason) } == [.forbidden])
    let nodes: [String: CheckArguments.Value] = ["codes": .codes([.nodeNotReady])]
    let withoutNodes = try Fixtures.scenario(pod, object: "pod/web", more: "forbidden: [Node]")
    #expect(Fixtures.judge("finding", withoutNodes, nodes)?.doubt?.reason == .forbidden)
  }
}
