import ClusterState
import Kube
import Testing

@testable import Scheduling

/// What it takes until a waiting pod has what was changed in its template: that depends on its controller.
@Suite struct TemplateChangeTests {
  private let state = ClusterState()

  init() {
    for type in [Pod.self, Deployment.self, DaemonSet.self, StatefulSet.self, ReplicaSet.self] as [any KubeObject.Type]
    {
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
    }
  }

  private func name<Object: KubeObject>(_ object: inout Object) {
    object.metadata.namespace = "shop"
    object.metadata.name = "web"
    object.metadata.uid = "web"
  }

  private var large: PodTemplateSpec {
    var template = PodTemplateSpec()
    template.spec = requesting(["cpu": "5"]).spec
    return template
  }

  private func add(_ object: some KubeObject) { state.store(type(of: object).resource)?.put(object) }

  /// A pod of `web` that waits, unless it is on a node.
  private func addPod(_ name: String, of kind: String, on node: String = "") -> Pod {
    var pod = requesting(["cpu": "5"])
    (pod.metadata.namespace, pod.metadata.name, pod.metadata.uid) = ("shop", name, name)
    pod.spec.nodeName = node
    var owner = OwnerReference()
    (owner.kind, owner.name, owner.uid, owner.controller) = (kind, "web", "web", true)
    pod.metadata.ownerReferences = [owner]
    add(pod)
    return pod
  }

  private func first(_ subject: some KubeObject) throws -> Suggestion {
    let question = PlacementQuestion(
      subject, in: state, cluster([node("a")]), isManifest: false, now: Timestamp(seconds: 1))
    let suggestions = try #require(question).answer.suggestions
    return try #require(suggestions.first)
  }

  @Test func theWaitingPodsOfAStatefulSetAreDeleted() throws {
    var set = StatefulSet()
    name(&set)
    set.spec.template = large
    set.spec.podManagementPolicy = "Parallel"
    add(set)
    _ = addPod("web-0", of: "StatefulSet", on: "a")
    _ = addPod("web-1", of: "StatefulSet")
    _ = addPod("web-2", of: "StatefulSet")
    let suggestion = try first(set)
    #expect(
      suggestion.kubectl == [
        "kubectl -n shop set resources statefulset/web -c app --requests=cpu=4",
        "kubectl -n shop delete pod web-1 web-2",
      ])
    #expect(suggestion.replaced.map(\.name) == ["web-1", "web-2"])
  }

  @Test func aPausedDeploymentIsResumed() throws {
    var deployment = Deployment()
    name(&deployment)
    deployment.spec.template = large
    add(deployment)
    #expect(try first(deployment).kubectl.count == 1)
    deployment.spec.paused = true
    add(deployment)
    let suggestion = try first(deployment)
    #expect(suggestion.kubectl.last == "kubectl -n shop rollout resume deployment web")
    #expect(
      suggestion.remarks == [
        "deployment web is paused: to resume it rolls out all that has been changed since, step by step"
      ])
  }

  @Test func aDaemonSetThatReplacesOnDeleteIsHelped() throws {
    var set = DaemonSet()
    name(&set)
    set.spec.template = large
    set.spec.updateStrategy.type = "OnDelete"
    add(set)
    let pod = addPod("web-x", of: "DaemonSet")
    var origin = PodOrigin(kind: "daemonset", name: "web", namespace: "shop")
    origin = origin.completed(for: pod, in: state)
    let suggestion = cluster([node("a")]).suggestions(for: pod, origin: origin)[0]
    #expect(suggestion.kubectl.last == "kubectl -n shop delete pod web-x")
    #expect(
      suggestion.remarks == [
        "daemonset web does not replace a pod that waits (updateStrategy OnDelete): it is deleted to be made again"
      ])
  }

  @Test func theJobOfACronJobIsMadeAnew() throws {
    let pod = addPod("web-x", of: "Job")
    let origin = PodOrigin(kind: "cronjob", name: "nightly", namespace: "shop").completed(for: pod, in: state)
    let suggestion = cluster([node("a")]).suggestions(for: pod, origin: origin)[0]
    #expect(suggestion.kubectl.count == 2)
    #expect(suggestion.kubectl[0] == "kubectl -n shop set resources cronjob/nightly -c app --requests=cpu=4")
    #expect(suggestion.kubectl[1].hasPrefix("kubectl -n shop get job web -o yaml | "))
    #expect(suggestion.kubectl[1].hasSuffix(" | kubectl replace --force -f -"))
    #expect(
      suggestion.remarks.contains(
        "a Job's template cannot be changed: the Job is deleted, with its pods, and created anew"))
  }

  @Test func theNextPodOfAnOrderedSetWaitsForThoseBefore() throws {
    var set = StatefulSet()
    name(&set)
    set.spec.replicas = 3
    add(set)
    _ = addPod("web-0", of: "StatefulSet", on: "a")
    func remarks() throws -> [String] {
      try #require(
        PlacementQuestion(set, in: state, cluster([node("a")]), isManifest: false, now: Timestamp(seconds: 1))
      ).answer.remarks
    }
    let order = "web-1 is not made before web-0 is Running and Ready (podManagementPolicy OrderedReady)"
    let found = try remarks()
    #expect(found.contains(order), "\(found)")
    set.spec.podManagementPolicy = "Parallel"
    #expect(try !remarks().contains(order))
  }

  @Test(arguments: [(4, false), (40, true)])
  func aManifestFitsWhereAllItsPodsDo(cpus: Int, fits: Bool) throws {
    var deployment = Deployment()
    name(&deployment)
    deployment.metadata.uid = ""
    deployment.spec.replicas = 9
    deployment.spec.template.spec = requesting(["cpu": "1"]).spec
    let answer = try #require(
      PlacementQuestion(
        deployment, in: state, cluster([node("a") { $0.status.allocatable["cpu"] = Quantity("\(cpus)") }]),
        isManifest: true, now: Timestamp(seconds: 1))
    ).answer
    #expect(answer.outcome == (fits ? .fits : .doesNotFit))
    if !fits { #expect(answer.headline == "room for 4 of its 9 pods only") }
  }
}
