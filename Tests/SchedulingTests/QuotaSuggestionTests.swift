import ClusterState
import Kube
import Scheduling
import Testing

/// A quota that refuses a pod is something to change: the least bound that lets the pods be created.
@Suite struct QuotaSuggestionTests {
  private let state = ClusterState()

  init() {
    for type in [ResourceQuota.self, LimitRange.self, PriorityClass.self] as [any KubeObject.Type] {
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
    }
  }

  private func add(
    _ name: String, _ hard: KeyValuePairs<String, String>, used: KeyValuePairs<String, String> = [:]
  ) {
    var quota = ResourceQuota()
    (quota.metadata.namespace, quota.metadata.name, quota.metadata.uid) = ("shop", name, "uid-\(name)")
    (quota.status.hard, quota.status.used) = (amounts(hard), amounts(used))
    state.store(of: ResourceQuota.self)?.put(quota)
  }

  private func web(_ cpu: String, replicas: Int = 1) -> Deployment {
    var web = Deployment()
    (web.metadata.namespace, web.metadata.name, web.metadata.uid) = ("shop", "web", "uid-web")
    web.spec.replicas = replicas
    web.spec.template.spec = requesting(["cpu": cpu]).spec
    var condition = DeploymentCondition()
    (condition.type, condition.status) = ("ReplicaFailure", "True")
    condition.message = "pods \"web-x\" is forbidden: exceeded quota: team, requested: requests.cpu=1"
    web.status.conditions = [condition]
    return web
  }

  private func answer(_ subject: any KubeObject, _ nodes: [Node], isManifest: Bool = false) throws -> PlacementAnswer {
    try #require(
      PlacementQuestion(
        subject, in: state, cluster(nodes), isManifest: isManifest, now: Timestamp(seconds: 1_800_000_000))
    ).answer
  }

  @Test func theLeastBoundThatIsEnoughForAllThatLack() throws {
    add("team", ["requests.cpu": "2", "pods": "9"], used: ["requests.cpu": "1500m", "pods": "1"])
    let found = try answer(web("1", replicas: 2), [node("a")])
    #expect(found.outcome == .doesNotFit)
    #expect(found.suggestions.map(\.text) == ["raise quota team: requests.cpu from 2 to 3500m"])
    #expect(found.suggestions[0].places == ["a"] && found.suggestions[0].isVerified)
    #expect(
      found.suggestions[0].kubectl == [
        "kubectl -n shop patch resourcequota team --type=merge -p "
          + #"'{"spec":{"hard":{"requests.cpu":"3500m"}}}'"#
      ])
    #expect(!found.remarks.contains { $0.contains("raise-quota") })
  }

  @Test func severalQuotasAndWhatNodesRefuse() throws {
    add("team", ["requests.cpu": "1", "pods": "1"], used: ["pods": "1"])
    add("more", ["requests.cpu": "1"])
    let found = try answer(web("2"), [node("a") { $0.spec.unschedulable = true }])
    #expect(
      found.suggestions.first?.text
        == "raise quota more: requests.cpu from 1 to 2, and raise quota team: pods from 1 to 2, and raise quota team: "
        + "requests.cpu from 1 to 2, and uncordon node a")
    #expect(found.suggestions.first?.kubectl.last == "kubectl uncordon a")
  }

  /// What is said of another quota that nobody can see, or of one that has been raised since, stays a remark.
  @Test func withoutTheQuotaThereIsNothingToTry() throws {
    let found = try answer(web("1"), [node("a")])
    #expect(found.suggestions.isEmpty)
    #expect(found.remarks.contains { $0.hasPrefix("only raising quota team (remedy raise-quota)") })
  }

  /// A Deployment whose pods are refused since one of its containers, `app`, says nothing; another one says everything.
  private func silent(_ words: String) -> Deployment {
    var silent = web("1")
    var sidecar = silent.spec.template.spec.containers[0]
    sidecar.name = "sidecar"
    sidecar.resources.requests = amounts(["cpu": "300m", "memory": "200Mi"])
    silent.spec.template.spec.containers[0].resources.requests = [:]
    silent.spec.template.spec.containers.append(sidecar)
    silent.status.conditions[0].message = "pods \"web-x\" is forbidden: failed quota: team: must specify \(words)"
    return silent
  }

  @Test func whatContainersHaveToSayIsSuggested() throws {
    add("team", ["requests.cpu": "1", "limits.memory": "1Gi"])
    let found = try answer(silent("limits.memory for: app,sidecar; requests.cpu for: app"), [node("a")])
    let first = try #require(found.suggestions.first)
    #expect(
      first.text == "say for container app: requests: cpu 100m; limits: memory 128Mi, and say for container sidecar: "
        + "limits: memory 200Mi")
    #expect(
      first.kubectl == [
        "kubectl -n shop set resources deployment/web -c app --requests=cpu=100m --limits=memory=128Mi",
        "kubectl -n shop set resources deployment/web -c sidecar --limits=memory=200Mi",
      ])
    #expect(first.places == ["a"] && first.isVerified && found.suggestions.count == 1)
    #expect(first.remarks.first?.hasPrefix("the amounts are examples") == true)
    #expect(!found.remarks.contains { $0.contains("set resources") })
  }

  /// Where what is said would be refused too, or would have no node, nothing is sure to help.
  @Test func whatSayingItDoesNotCure() throws {
    add("team", ["requests.cpu": "1", "limits.memory": "1Gi"], used: ["requests.cpu": "900m"])
    #expect(try answer(silent("requests.cpu"), [node("a")]).suggestions == [], "it would be exceeded")
    add("team", ["requests.cpu": "1"])
    #expect(try answer(silent("requests.cpu"), [node("a")]).suggestions.count == 1)
    let full = node("a") { $0.status.allocatable["cpu"] = Quantity("350m") }
    #expect(try answer(silent("requests.cpu"), [full]).suggestions == [], "no node has room for it")
    var range = LimitRange()
    (range.metadata.namespace, range.metadata.name, range.metadata.uid) = ("shop", "bounds", "uid-bounds")
    var item = LimitRangeItem()
    (item.type, item.min) = ("Container", amounts(["cpu": "200m"]))
    range.spec.limits = [item]
    state.store(of: LimitRange.self)?.put(range)
    #expect(try answer(silent("requests.cpu"), [node("a")]).suggestions == [], "a LimitRange refuses it")
  }

  /// Init containers have to say it too.
  @Test func initContainersToo() throws {
    add("team", ["requests.cpu": "1"])
    var manifest = requesting(["cpu": "1"]) {
      var initial = Container()
      initial.name = "init"
      $0.spec.initContainers = [initial]
      $0.metadata.uid = ""
    }
    manifest.status = PodStatus()
    let found = try answer(manifest, [node("a")], isManifest: true)
    #expect(found.obstacle == "failed quota: team: must specify requests.cpu for: init")
    #expect(found.suggestions.map(\.text) == ["say for container init: requests: cpu 100m"])
  }

  /// Who does not say what it asks for is told to, and that room on nodes is of no use until then, also of a quota that
  /// nobody can see.
  @Test(
    arguments: [
      ("limits.memory,requests.cpu", "--requests=cpu=100m --limits=memory=128Mi"),
      ("requests.cpu for: app", "--requests=cpu=100m"),
    ])
  func whoMustSayWhatItAsksFor(words: String, settings: String) throws {
    var silent = web("1")
    silent.spec.template.spec.containers[0].resources.requests = [:]
    silent.status.conditions[0].message = "pods \"web-x\" is forbidden: failed quota: team: must specify \(words)"
    let found = try answer(silent, [node("a")])
    #expect(
      found.remarks.contains { $0.contains("kubectl -n shop set resources deployment/web \(settings) (") },
      "\(found.remarks)")
    #expect(found.nextIsRefused && found.placement?.count ?? 0 > 0)
  }

  /// Raising does not help who must say what they ask for, or whom something else refuses.
  @Test func whatRaisingDoesNotCure() throws {
    add("team", ["requests.cpu": "1", "limits.cpu": "1"], used: ["requests.cpu": "1"])
    #expect(try answer(web("1"), [node("a")]).suggestions.isEmpty)
  }

  @Test func amountsThatOverflow() throws {
    add("team", ["requests.cpu": "1"], used: ["requests.cpu": "9223372036854775807"])
    _ = try answer(web("1", replicas: .max), [node("a")])
  }
}
