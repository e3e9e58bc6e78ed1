import ClusterState
import Kube
import Scheduling
import Testing

/// What the API server would add to a pod that is not created yet, and what it would refuse.
@Suite struct AdmissionTests {
  private let state = ClusterState()
  private let now = Timestamp(seconds: 1_800_000_000)

  init() {
    for type in [LimitRange.self, ResourceQuota.self, RuntimeClass.self, PriorityClass.self] as [any KubeObject.Type] {
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
    }
  }

  private func add(_ object: any KubeObject) { state.store(type(of: object).resource)?.put(object) }

  private func answer(_ pod: Pod, _ snapshot: ClusterSnapshot = cluster([node("a")])) throws -> PlacementAnswer {
    var manifest = pod
    manifest.metadata.uid = ""
    return try #require(PlacementQuestion(manifest, in: state, snapshot, isManifest: true, now: now)).answer
  }

  private func range(_ type: String = "Container", _ change: (inout LimitRangeItem) -> Void) -> LimitRange {
    var range = LimitRange()
    (range.metadata.namespace, range.metadata.name) = ("shop", "bounds")
    var item = LimitRangeItem()
    item.type = type
    change(&item)
    range.spec.limits = [item]
    return range
  }

  private func quota(_ hard: KeyValuePairs<String, String>, used: KeyValuePairs<String, String> = [:]) -> ResourceQuota
  {
    var quota = ResourceQuota()
    (quota.metadata.namespace, quota.metadata.name) = ("shop", "team")
    (quota.status.hard, quota.status.used) = (amounts(hard), amounts(used))
    return quota
  }

  @Test func aLimitRangeGivesRequestsToContainersThatHaveNone() throws {
    add(
      range {
        $0.defaultRequest = amounts(["cpu": "5"])
        $0.default = amounts(["cpu": "6"])
      })
    let found = try answer(pod("p"))
    #expect(found.report.requestText == "cpu 5")
    #expect(found.outcome == .doesNotFit)
    #expect(found.remarks.contains("LimitRange bounds adds requests: cpu 5 for container app"))
    // What a container says itself, by its limit too, counts.
    #expect(try answer(requesting(["cpu": "1"])).report.requestText == "cpu 1")
    #expect(
      try answer(pod("p") { $0.spec.containers[0].resources.limits = amounts(["cpu": "2"]) }).report.requestText
        == "cpu 2")
  }

  struct WholeCase: Sendable {
    var limits: KeyValuePairs<String, String>
    var requests: KeyValuePairs<String, String> = [:]
    var ofContainer: KeyValuePairs<String, String> = [:]
    var text: String
  }

  /// A pod's own limits stand for its own requests, but for CPU and memory that a container asks for.
  @Test(arguments: [
    WholeCase(limits: ["cpu": "6", "memory": "1Gi"], text: "cpu 6, memory 1Gi"),
    WholeCase(limits: ["cpu": "6"], ofContainer: ["cpu": "1"], text: "cpu 1"),
    WholeCase(limits: ["cpu": "6"], ofContainer: ["cpu": "0"], text: ""),
    WholeCase(limits: ["cpu": "6", "memory": "1Gi"], ofContainer: ["cpu": "1"], text: "cpu 1, memory 1Gi"),
    WholeCase(limits: ["cpu": "6"], requests: ["cpu": "2"], text: "cpu 2"),
    WholeCase(limits: ["hugepages-2Mi": "4Mi"], ofContainer: ["hugepages-2Mi": "2Mi"], text: "hugepages-2Mi 4Mi"),
    WholeCase(limits: ["example.com/gpu": "2"], text: ""), WholeCase(limits: [:], text: ""),
  ]) func limitsOfTheWhole(_ row: WholeCase) throws {
    let manifest = pod("p") {
      $0.spec.resources = ResourceRequirements()
      $0.spec.resources?.limits = amounts(row.limits)
      $0.spec.resources?.requests = amounts(row.requests)
      $0.spec.containers[0].resources.requests = amounts(row.ofContainer)
    }
    #expect(try answer(manifest).report.requestText == row.text)
  }

  @Test func limitsOfTheWholeInATemplate() throws {
    var deployment = Deployment()
    (deployment.metadata.namespace, deployment.metadata.name, deployment.metadata.uid) = ("shop", "web", "uid-web")
    deployment.spec.template.spec.containers = pod("p").spec.containers
    deployment.spec.template.spec.resources = ResourceRequirements()
    deployment.spec.template.spec.resources?.limits = amounts(["cpu": "6"])
    let found = try #require(
      PlacementQuestion(deployment, in: state, cluster([node("a")]), isManifest: false, now: now)
    ).answer
    #expect(found.outcome == .doesNotFit)
    #expect(found.remarks.contains("the API server takes the pod's own limits for requests: cpu 6"))
    // There is no list of requests in the template that a patch could change.
    let lower = found.suggestions.first { $0.text == "lower the request of cpu from 6 to 4" }
    #expect(
      lower?.kubectl == [
        "kubectl -n shop patch deployment web --type=json -p "
          + #"'[{"op":"add","path":"/spec/template/spec/resources/requests","value":{"cpu":"4"}}]'"#
      ])
  }

  @Test func anotherNamespacesLimitRangeDoesNotCount() throws {
    var other = range { $0.defaultRequest = amounts(["cpu": "5"]) }
    other.metadata.namespace = "elsewhere"
    add(other)
    #expect(try answer(pod("p")).report.requestText == "")
  }

  private static let bounds: [(item: (type: String, max: String, min: String), says: String)] = [
    (
      ("Container", "1", "0"),
      "LimitRange bounds refuses container app: maximum cpu per container is 1, but the limit is 2"
    ),
    (
      ("Container", "8", "3"),
      "LimitRange bounds refuses container app: minimum cpu per container is 3, but the request is 2"
    ),
    (("Pod", "1", "0"), "LimitRange bounds refuses the pod: maximum cpu per pod is 1, but the limit is 2"),
  ]

  @Test func aLimitRangeRefuses() throws {
    for (item, says) in Self.bounds {
      add(
        range(item.type) {
          $0.max = amounts(["cpu": item.max])
          $0.min = amounts(["cpu": item.min])
        })
      let found = try answer(
        requesting(["cpu": "2"]) { $0.spec.containers[0].resources.limits = amounts(["cpu": "2"]) })
      #expect(found.obstacle == says)
      #expect(found.outcome == .doesNotFit)
    }
  }

  @Test func aRuntimeClassAddsOverheadLabelsAndTolerations() throws {
    var kata = RuntimeClass()
    kata.metadata.name = "kata"
    kata.overhead = RuntimeClassOverhead()
    kata.overhead?.podFixed = amounts(["cpu": "500m"])
    kata.scheduling = RuntimeClassScheduling()
    kata.scheduling?.nodeSelector = ["runtime": "kata"]
    kata.scheduling?.tolerations = [toleration("kata", "Exists")]
    add(kata)
    let wanting = requesting(["cpu": "1"]) { $0.spec.runtimeClassName = "kata" }
    let fitting = node("b") {
      $0.metadata.labels["runtime"] = "kata"
      $0.spec.taints = [taint("kata")]
    }
    let found = try answer(wanting, cluster([node("a"), fitting]))
    #expect(found.report.requestText == "cpu 1500m")
    #expect(found.report.fitting.map(\.name) == ["b"])
    #expect(found.remarks.contains("runtime class kata adds cpu 500m"))
    let missing = try answer(pod("p") { $0.spec.runtimeClassName = "gvisor" })
    #expect(missing.obstacle == "runtime class gvisor does not exist: the API server refuses the pod")
    let torn = try answer(
      pod("p") {
        $0.spec.runtimeClassName = "kata"
        $0.spec.nodeSelector = ["runtime": "runc"]
      })
    #expect(torn.obstacle?.hasPrefix("runtime class kata asks for runtime=kata and the pod for runc") == true)
  }

  @Test func aQuotaRefuses() throws {
    add(quota(["pods": "3", "requests.cpu": "2"], used: ["pods": "1", "requests.cpu": "1500m"]))
    #expect(try answer(requesting(["cpu": "500m"])).obstacle == nil)
    #expect(
      try answer(requesting(["cpu": "1"])).obstacle
        == "exceeded quota: team, requested: requests.cpu=1, used: requests.cpu=1500m, limited: requests.cpu=2")
    #expect(try answer(pod("p")).obstacle == "failed quota: team: must specify requests.cpu for: app")
  }

  @Test func aQuotaCountsOnlyWhatItsScopesAreAbout() throws {
    var limited = quota(["pods": "0"])
    limited.spec.scopes = ["BestEffort"]
    add(limited)
    #expect(try answer(requesting(["cpu": "1"])).obstacle == nil)
    #expect(try answer(pod("p")).obstacle == "exceeded quota: team, requested: pods=1, used: pods=0, limited: pods=0")
    limited.spec.scopes = ["CrossNamespacePodAffinity"]
    add(limited)
    let unknown = try answer(pod("p"))
    #expect(unknown.obstacle == nil)
    #expect(unknown.remarks.contains("quota team has scopes that are not modelled: it is not counted"))
  }

  /// One more pod of a workload that has all its pods: it fits, and would be refused.
  @Test func aQuotaThatRefusesOneMoreIsARemarkForWhatRuns() throws {
    add(quota(["pods": "1"], used: ["pods": "1"]))
    var web = Deployment()
    (web.metadata.namespace, web.metadata.name, web.metadata.uid) = ("shop", "web", "uid-web")
    web.spec.template.spec = pod("p").spec
    let found = try #require(
      PlacementQuestion(web, in: state, cluster([node("a")]), isManifest: false, now: now)
    ).answer
    #expect(found.outcome == .fits)
    #expect(
      found.remarks.contains(
        "one more of its pods would be refused: exceeded quota: team, requested: pods=1, used: pods=1, limited: pods=1")
    )
  }

  @Test func whatCannotBeReadIsSaid() throws {
    let empty = ClusterState()
    var manifest = pod("p") { $0.spec.runtimeClassName = "kata" }
    manifest.metadata.uid = ""
    let found = try #require(
      PlacementQuestion(manifest, in: empty, cluster([node("a")]), isManifest: true, now: now)
    ).answer
    #expect(
      found.remarks == [
        "runtime class kata is not known: its overhead and the nodes that it asks for are not counted",
        "limitranges are not known: what a LimitRange adds is not counted",
        "priority classes are not known: priority 0 is assumed",
        "resourcequotas are not known: what a quota refuses is not counted",
        "what webhooks of the API server would change is not counted",
        "the scheduler's default profile is assumed: extenders and changed profiles cannot be read",
      ])
  }

  @Test func aPriorityClassThatDoesNotExistIsRefused() throws {
    let found = try answer(pod("p") { $0.spec.priorityClassName = "gold" })
    #expect(found.obstacle == "priority class gold does not exist: the API server refuses the pod")
  }

  /// What DaemonSets, StatefulSets and Jobs are refused stands in events only.
  @Test func refusalsThatOnlyEventsTell() throws {
    let events = ObjectStore(resource: Event.resource, coverage: .cluster)
    events.freshness = .live
    state.add(events)
    func event(_ reason: String, _ message: String, _ seconds: Int64, _ name: String) {
      var event = Event()
      (event.metadata.namespace, event.metadata.name, event.metadata.uid) = ("shop", name, name)
      event.involvedObject.uid = "uid-db"
      (event.reason, event.message, event.lastTimestamp) = (reason, message, Timestamp(seconds: seconds))
      events.put(event)
    }
    var set = StatefulSet()
    (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "db", "uid-db")
    set.spec.replicas = 2
    set.status.replicas = 1
    set.spec.template.spec = pod("p").spec
    func obstacle() throws -> String? {
      try #require(PlacementQuestion(set, in: state, cluster([node("a")]), isManifest: false, now: now)).answer.obstacle
    }
    event("FailedCreate", "create Pod db-1 failed: exceeded quota: team", 100, "e1")
    #expect(try obstacle() == "create Pod db-1 failed: exceeded quota: team")
    event("SuccessfulCreate", "create Pod db-1 successful", 200, "e2")
    #expect(try obstacle() == nil)
  }
}
