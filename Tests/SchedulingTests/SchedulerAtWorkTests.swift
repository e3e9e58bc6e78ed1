import ClusterState
import Kube
import Scheduling
import Testing

/// Pods that nobody looks at, and pods that fit and still wait: what is known of the scheduler is said.
@Suite struct SchedulerAtWorkTests {
  private let state = ClusterState()
  private let now = Timestamp(seconds: 10_000)

  init() {
    for type in [Pod.self, Lease.self, Event.self] as [any KubeObject.Type] {
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
    }
  }

  private func put(_ object: any KubeObject) { state.store(type(of: object).resource)?.put(object) }

  private func headline(_ pod: Pod, _ rules: SchedulerRules = .current) throws -> String {
    put(pod)
    let snapshot = cluster(rules, [node("a")])
    return try #require(PlacementQuestion(pod, in: state, snapshot, isManifest: false, now: now)).answer.headline
  }

  private func lease(renewed seconds: Int64) {
    var lease = Lease()
    (lease.metadata.namespace, lease.metadata.name, lease.metadata.uid) = ("kube-system", "kube-scheduler", "lease")
    lease.spec.renewTime = Timestamp(seconds: seconds)
    put(lease)
  }

  private func refused(_ pod: Pod) -> Pod {
    var (pod, condition) = (pod, Condition())
    (condition.type, condition.status) = ("PodScheduled", "False")
    condition.message = "0/1 nodes are available: 1 Insufficient cpu."
    pod.status.conditions = [condition]
    return pod
  }

  private func attempt(_ seconds: Int64) {
    var event = Event()
    (event.metadata.namespace, event.metadata.name, event.metadata.uid) = ("shop", "e\(seconds)", "e\(seconds)")
    (event.involvedObject.uid, event.reason) = ("uid-p", "FailedScheduling")
    event.eventTime = Timestamp(seconds: seconds)
    put(event)
  }

  @Test func nobodyHasLookedAtThePod() throws {
    let old = pod("p") { $0.metadata.creationTimestamp = Timestamp(seconds: 9_700) }
    #expect(
      try headline(old) == "the scheduler has not looked at the pod for 5m; 1 of 1 nodes would take it: a")
    let young = pod("q") { $0.metadata.creationTimestamp = Timestamp(seconds: 9_999) }
    #expect(try headline(young) == "the scheduler has not looked at the pod yet; 1 of 1 nodes would take it: a")
  }

  @Test func theSchedulerIsDown() throws {
    lease(renewed: 9_700)
    let says = "the scheduler is down: kube-scheduler has not renewed its Lease for 5m"
    #expect(try headline(pod("p")) == says + "; 1 of 1 nodes would take it: a")
    // A verdict that it left behind does not hide that.
    #expect(try headline(refused(pod("p"))) == says + "; 1 of 1 nodes would take it: a")
    let large = refused(requesting(["cpu": "9"]))
    #expect(try headline(large).hasPrefix(says + "; 0/1 nodes are available: 1 Insufficient cpu."))
    var web = Deployment()
    (web.metadata.namespace, web.metadata.name) = ("shop", "web")
    web.spec.template.spec = pod("p").spec
    let next = try #require(PlacementQuestion(web, in: state, cluster([node("a")]), isManifest: false, now: now))
    #expect(next.answer.headline == says + "; 1 of 1 nodes would take it: a")
    lease(renewed: 9_990)
    #expect(try !headline(pod("p")).contains("down"))
  }

  /// Where the control plane runs as pods they tell, also where nobody may read Leases.
  @Test func theSchedulersPodIsNotReadyOrMissing() throws {
    func part(_ component: String, isReady: Bool) -> Pod {
      pod("\(component)-cp1", on: "a") {
        $0.metadata.namespace = "kube-system"
        $0.metadata.labels = ["component": component]
        var condition = Condition()
        (condition.type, condition.status) = ("Ready", isReady ? "True" : "False")
        $0.status.conditions = [condition]
      }
    }
    let rest = "; 1 of 1 nodes would take it: a"
    put(part("kube-apiserver", isReady: true))
    #expect(
      try headline(pod("p"))
        == "the scheduler is down: kube-system has pods of the API server and none of kube-scheduler" + rest)
    put(part("kube-scheduler", isReady: false))
    #expect(
      try headline(pod("p")) == "the scheduler is down: pod kube-system/kube-scheduler-cp1 is not ready" + rest)
    // Another one leads.
    lease(renewed: 9_990)
    #expect(try !headline(pod("p")).contains("down"))
    lease(renewed: 9_700)
    #expect(
      try headline(pod("p"))
        == "the scheduler is down: kube-scheduler has not renewed its Lease for 5m: pod kube-system/kube-scheduler-cp1 is "
        + "not ready" + rest)
    put(part("kube-scheduler", isReady: true))
    #expect(try headline(pod("p")).hasPrefix("the scheduler is down: kube-scheduler has not renewed its Lease for 5m;"))
  }

  @Test func noSuchScheduler() throws {
    let lost = pod("p") { $0.spec.schedulerName = "volcano" }
    #expect(
      try headline(lost)
        == "waits for scheduler \"volcano\", which is not the cluster's default scheduler: no pod that asks for scheduler "
        + "\"volcano\" was ever looked at: it does not run, or the name is wrong (the usual one is default-scheduler). By "
        + "the default scheduler's rules, 1 of 1 nodes would take it: a")
    put(refused(pod("other") { $0.spec.schedulerName = "volcano" }))
    #expect(
      try headline(lost)
        == "waits for scheduler \"volcano\", which is not the cluster's default scheduler; its rules are not known. By the "
        + "default scheduler's, 1 of 1 nodes would take it: a")
  }

  @Test func whenItTriesAgainAndWhyNotYet() throws {
    let waiting = refused(pod("p"))
    #expect(try headline(waiting).contains("at the latest after 5 minutes"))
    attempt(9_000)
    attempt(9_900)
    #expect(
      try headline(waiting)
        == "1 of 1 nodes would take it: a; the scheduler last tried 100s ago, and what changed since woke it for no pod that "
        + "was refused like this; it tries again within 3m50s")
    #expect(
      try headline(waiting, SchedulerRules(minor: 30))
        == "1 of 1 nodes would take it: a; the scheduler last tried 100s ago; it tries again within 3m50s, sooner after any "
        + "change to a node or to the pod (an annotation for one)")
    #expect(
      try headline(waiting, .kubernetes120).hasSuffix(
        "the scheduler last tried 100s ago, and should have tried again by now: it may be busy with other pods, or down"
      ))
    attempt(9_995)
    #expect(try headline(waiting).hasSuffix("the scheduler last tried 5s ago and waits up to 10s between two tries"))
  }
}
