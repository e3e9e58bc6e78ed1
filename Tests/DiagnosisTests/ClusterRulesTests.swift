import ClusterState
import Kube
import Testing

@testable import Diagnosis

@Suite struct ClusterRulesTests {
  @Test func nodes() {
    let silent = node("n") {
      $0.status.conditions = [
        nodeCondition("Ready", "Unknown", reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status.")
      ]
    }
    #expect(
      findings(cluster([silent])) == ["node.not-ready critical: NotReady for 5m: Kubelet stopped posting node status"])
    let new = node("n") { $0.status.conditions = [] }
    #expect(findings(cluster([new])) == ["node.not-ready critical: NotReady: the kubelet has never reported"])
    let pressed = node("n") {
      for type in ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"] {
        $0.status.conditions.append(nodeCondition(type, "True"))
      }
    }
    #expect(
      findings(cluster([pressed])) == [
        "node.network-unavailable critical: pod network is not set up for 5m",
        "node.disk-pressure warning: short of disk space, evicts pods and deletes images for 5m",
        "node.memory-pressure warning: short of memory, evicts pods for 5m",
        "node.pid-pressure warning: short of process ids for 5m",
      ])
    let cordoned = node("n") {
      $0.spec.unschedulable = true
      var taint = Taint()
      taint.key = "node.kubernetes.io/unschedulable"
      taint.timeAdded = ago(7200)
      $0.spec.taints = [taint]
    }
    #expect(findings(cluster([cordoned])) == ["node.cordoned notice: cordoned for 120m"])
  }

  /// Who cordoned a node is what an annotation says, and it may be about an earlier cordon.
  @Test(
    arguments: [
      (nil, nil, nil, "cordoned"), ("ann", nil, nil, "cordoned, by ann as its annotation says"),
      ("ann", 7210, 7200, "cordoned for 120m, by ann as its annotation says"),
      ("ann", nil, 7200, "cordoned for 120m, by ann as its annotation says"),
      ("ann", 7200, nil, "cordoned, by ann 120m ago as its annotation says"),
      ("ann", 9000, 7200, "cordoned for 120m; there is an annotation that names ann, 150m ago"),
      ("ann", 600, 7200, "cordoned for 120m; there is an annotation that names ann, 10m ago"),
      ("", 7210, nil, "cordoned, 120m ago as its annotation says"),
      ("two\nlines", nil, nil, "cordoned, by two as its annotation says"),
      (
        String(repeating: "x", count: 70), nil, nil,
        "cordoned, by \(String(repeating: "x", count: 63))… as its annotation says"
      ),
    ] as [(String?, Int64?, Int64?, String)])
  func whoCordonedIsWhatTheAnnotationSays(user: String?, noted: Int64?, tainted: Int64?, text: String) {
    let cordoned = node("n") {
      $0.spec.unschedulable = true
      if let tainted {
        var taint = Taint()
        (taint.key, taint.timeAdded) = ("node.kubernetes.io/unschedulable", ago(tainted))
        $0.spec.taints = [taint]
      }
      $0.metadata.annotations[CordonNote.byKey] = user.map { "\($0)" }
      $0.metadata.annotations[CordonNote.atKey] = noted.map { "\(ago($0).description)" }
    }
    #expect(findings(cluster([cordoned])) == ["node.cordoned notice: \(text)"])
    var open = cordoned
    open.spec.unschedulable = false
    #expect(findings(cluster([open])) == [], "notes outlive an uncordon by others")
  }

  @Test func leases() {
    func lease(_ age: Int64) -> Lease {
      object(Lease.self, "node-1", namespace: "kube-node-lease") {
        $0.spec.renewTime = ago(age)
        $0.spec.leaseDurationSeconds = 40
      }
    }
    #expect(findings(cluster([lease(69)])) == [])
    #expect(findings(cluster([lease(70)])) == ["node.lease-stale warning: lease not renewed for 70s"])
    func other(_ age: Int64) -> Lease {
      object(Lease.self, "node-2", namespace: "kube-node-lease") { $0.spec.renewTime = ago(age) }
    }
    #expect(findings(cluster([lease(90), other(10)])).count == 1)
    // All of them are as old: they were read earlier than the rest.
    #expect(findings(cluster([lease(90), other(95)])) == [])
  }

  @Test func budgets() {
    func budget(_ allowed: Int, healthy: Int, desired: Int, of expected: Int) -> [String] {
      findings(
        cluster([
          object(PodDisruptionBudget.self, "b") {
            $0.status.disruptionsAllowed = allowed
            $0.status.currentHealthy = healthy
            $0.status.desiredHealthy = desired
            $0.status.expectedPods = expected
          }
        ]))
    }
    #expect(budget(1, healthy: 3, desired: 2, of: 3) == [])
    #expect(budget(0, healthy: 0, desired: 0, of: 0) == [])
    #expect(
      budget(0, healthy: 2, desired: 2, of: 3)
        == ["budget.blocked notice: allows no disruption now: 2 of 3 pods healthy, 2 needed"])
    #expect(
      budget(0, healthy: 3, desired: 3, of: 3)
        == ["budget.blocked notice: never allows a disruption: 3 of 3 pods must be healthy"])
  }

  @Test func quotas() {
    func quota(_ used: String, _ hard: String) -> [String] {
      findings(
        cluster([
          object(ResourceQuota.self, "q") {
            $0.status.hard = ["requests.cpu": Quantity(hard), "pods": Quantity("10")]
            $0.status.used = ["requests.cpu": Quantity(used), "pods": Quantity("3")]
          }
        ]))
    }
    #expect(quota("3999m", "4") == [])
    #expect(quota("4", "4000m") == ["quota.exhausted notice: used up: requests.cpu 4 of 4000m"])
    #expect(quota("0", "0") == [], "a prohibition")
    #expect(quota("x", "y") == [])
  }

  @Test func autoscalers() {
    func autoscaler(_ type: String, _ status: String, _ reason: String, _ message: String = "no metrics") -> [String] {
      findings(
        cluster([
          object(HorizontalPodAutoscaler.self, "h") {
            $0.spec.maxReplicas = 5
            var condition = ControllerCondition()
            condition.type = type
            condition.status = status
            condition.reason = reason
            condition.message = message
            condition.lastTransitionTime = ago(120)
            $0.status.conditions = [condition]
          }
        ]))
    }
    #expect(
      autoscaler("ScalingActive", "False", "FailedGetResourceMetric")
        == ["autoscaler.unable warning: FailedGetResourceMetric: no metrics"])
    #expect(autoscaler("ScalingActive", "False", "ScalingDisabled") == [])
    #expect(autoscaler("ScalingActive", "True", "ValidMetricFound") == [])
    #expect(
      autoscaler("ScalingLimited", "True", "TooManyReplicas")
        == ["autoscaler.at-limit notice: wants more than its maximum of 5 replicas"])
    #expect(autoscaler("ScalingLimited", "True", "TooFewReplicas") == [])
  }

  @Test func extensions() {
    func service(_ status: String, for seconds: Int64 = 60) -> [String] {
      findings(
        cluster([
          object(APIService.self, "v1beta1.metrics.k8s.io") {
            var condition = ControllerCondition()
            condition.type = "Available"
            condition.status = status
            condition.reason = "MissingEndpoints"
            condition.message = "endpoints for service/metrics-server have no addresses"
            condition.lastTransitionTime = ago(seconds)
            $0.status.conditions = [condition]
          }
        ]))
    }
    #expect(service("True") == [])
    #expect(service("False", for: 59) == [])
    #expect(
      service("False") == [
        "apiservice.unavailable warning: not available, MissingEndpoints: "
          + "endpoints for service/metrics-server have no addresses"
      ])
  }

  /// An extension that does not answer, served by the Service `metrics-server`.
  private let deadExtension = object(APIService.self, "v1beta1.metrics.k8s.io") {
    $0.spec.group = "metrics.k8s.io"
    $0.spec.version = "v1beta1"
    $0.spec.service = APIServiceReference()
    $0.spec.service?.namespace = "shop"
    $0.spec.service?.name = "metrics-server"
    var condition = ControllerCondition()
    condition.type = "Available"
    condition.status = "False"
    condition.reason = "MissingEndpoints"
    condition.lastTransitionTime = ago(300)
    $0.status.conditions = [condition]
  }

  private func rows(_ objects: [any KubeObject]) -> [String] {
    Triage.diagnose(cluster(objects), now: now).groups.map { "\($0.owner.shortText) \($0.code.rawValue)" }
  }

  @Test func whatAnExtensionTakesAlongIsItsRow() {
    let held = object(Namespace.self, "old") {
      $0.metadata.deletionTimestamp = ago(900)
      $0.status.conditions = [
        condition(
          "NamespaceDeletionDiscoveryFailure", "True",
          message: "Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: "
            + "metrics.k8s.io/v1beta1: stale GroupVersion discovery: metrics.k8s.io/v1beta1")
      ]
    }
    #expect(rows([deadExtension, held]) == ["apiservice/v1beta1.metrics.k8s.io apiservice.unavailable"])
    var finalizer = held
    finalizer.status.conditions.append(condition("NamespaceFinalizersRemaining", "True", message: "example.com/x"))
    #expect(rows([deadExtension, finalizer]).count == 2, "a finalizer holds it too")

    let service = object(Service.self, "metrics-server") { $0.spec.selector = ["app": "metrics"] }
    let broken = pod("metrics-1") {
      $0.metadata.labels = ["app": "metrics"]
      $0.status.conditions = [condition("Ready", "False")]
      $0.status.containerStatuses = [waiting("app", "CrashLoopBackOff", restarts: 4, last: end(1))]
    }
    #expect(rows([deadExtension, held, service, broken]) == ["pod/metrics-1 pod.crash-loop"])
  }

  @Test func budgetsThatSelectTheSamePods() {
    func budget(_ name: String, _ labels: SmallMap<String>) -> PodDisruptionBudget {
      object(PodDisruptionBudget.self, name) {
        $0.spec.selector = LabelSelector()
        $0.spec.selector?.matchLabels = labels
      }
    }
    let web = pod { $0.metadata.labels = ["app": "web", "tier": "front"] }
    #expect(
      findings(cluster([web, budget("b", ["tier": "front"]), budget("a", ["app": "web"])])) == [
        "budget.failed warning: budgets a, b select the same 1 pod, such as web-1: the server refuses to evict them at all"
      ])
    #expect(findings(cluster([web, budget("a", ["app": "web"]), budget("b", ["app": "api"])])) == [])
  }

  @Test func autoscalersOfTheSamePodsAreOneRow() {
    func autoscaler(_ name: String) -> HorizontalPodAutoscaler {
      object(HorizontalPodAutoscaler.self, name) {
        var condition = ControllerCondition()
        condition.type = "ScalingActive"
        condition.status = "False"
        condition.reason = "AmbiguousSelector"
        condition.message = "pods by selector app=web are controlled by multiple HPAs: [shop/web shop/web-cpu]"
        condition.lastTransitionTime = ago(300)
        $0.status.conditions = [condition]
      }
    }
    #expect(
      rows([autoscaler("web"), autoscaler("web-cpu")]) == ["horizontalpodautoscaler/web autoscaler.unable"])
  }

  @Test(arguments: ["ReadonlyFilesystem", "KernelDeadlock"])
  func whatTheProblemDetectorSays(type: String) {
    func found(_ status: String) -> [String] {
      let broken = node("node-2") {
        $0.status.conditions.append(nodeCondition(type, status, reason: "Bad", message: "it is broken"))
      }
      return findings(cluster([broken]))
    }
    #expect(found("True") == ["node.problem warning: \(type) for 5m: it is broken"])
    #expect(found("False") == [])
  }

  /// EKS' agent says what is well.
  @Test func whatTheMonitoringAgentSays() {
    func found(_ status: String) -> [String] {
      let broken = node("node-2") {
        $0.status.conditions.append(nodeCondition("NetworkingReady", status, reason: "Bad", message: "it is broken"))
      }
      return findings(cluster([broken]))
    }
    #expect(found("False") == ["node.problem warning: NetworkingReady is False, Bad for 5m: it is broken"])
    #expect(found("True") == [] && found("Unknown") == [])
  }

  @Test func namesThatLeadToAServiceThatIsNotThere() {
    func alias(_ host: String) -> Service {
      object(Service.self, "alias") {
        $0.spec.type = "ExternalName"
        $0.spec.externalName = host
      }
    }
    #expect(
      findings(cluster([alias("db.data.svc.cluster.local")])).map { $0.split(separator: ":", maxSplits: 1)[1] } == [
        " leads to db.data.svc.cluster.local, and there is no Service db in namespace data"
      ])
    let there = object(Service.self, "db", namespace: "data") { $0.spec.type = "ExternalName" }
    #expect(findings(cluster([alias("db.data.svc.cluster.local"), there])) == [])
    #expect(findings(cluster([alias("db.example.com")])) == [], "a name outside")
  }

  @Test func deletedObjectsThatStay() {
    func claim(_ age: Int64, namespace: String = "shop") -> PersistentVolumeClaim {
      object(PersistentVolumeClaim.self, "files", namespace: namespace) {
        $0.metadata.deletionTimestamp = ago(age)
        $0.metadata.finalizers = ["kubernetes.io/pvc-protection"]
        $0.status.phase = "Bound"
      }
    }
    let user = pod("files-1") {
      var volume = Volume()
      volume.name = "data"
      volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
      volume.persistentVolumeClaim?.claimName = "files"
      $0.spec.volumes = [volume]
    }
    let code = "object.stuck-terminating warning: Terminating for "
    #expect(findings(cluster([claim(299), user])) == [])
    #expect(
      findings(cluster([claim(300), user]))
        == [code + "5m: finalizer kubernetes.io/pvc-protection: in use by pod files-1"])
    #expect(findings(cluster([claim(300)])) == [code + "5m: finalizer kubernetes.io/pvc-protection"])

    let service = object(Service.self, "lb") {
      $0.metadata.deletionTimestamp = ago(172_800)
      $0.metadata.finalizers = ["service.kubernetes.io/load-balancer-cleanup"]
    }
    var refused = event("SyncLoadBalancerFailed", "Error 403: Permission denied", about: service)
    refused.type = "Warning"
    #expect(
      findings(cluster([service, refused])) == [
        code + "2d: finalizer service.kubernetes.io/load-balancer-cleanup: Error 403: Permission denied"
      ])
    let web = object(Deployment.self, "gone", namespace: "leaving") {
      $0.metadata.deletionTimestamp = ago(600)
      $0.metadata.finalizers = ["example.com/cleanup"]
    }
    #expect(findings(cluster([web])).count == 1)
    let namespace = object(Namespace.self, "leaving") { $0.metadata.deletionTimestamp = ago(600) }
    #expect(rows([web, namespace]) == ["namespace/leaving namespace.stuck-terminating"], "the namespace tells")
  }

  @Test func namespaces() {
    func namespace(_ age: Int64) -> [String] {
      findings(
        cluster([
          object(Namespace.self, "old") {
            $0.metadata.deletionTimestamp = ago(age)
            $0.status.conditions = [
              condition("NamespaceContentRemaining", "True", message: "Some resources are remaining: pods. has 1"),
              condition("NamespaceDeletionDiscoveryFailure", "False"),
            ]
          }
        ]))
    }
    #expect(namespace(59) == [])
    #expect(
      namespace(300)
        == ["namespace.stuck-terminating warning: Terminating for 5m: Some resources are remaining: pods. has 1"])
  }

  @Test(arguments: [
    (
      "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
      "Some resources are remaining: configmaps. has 1 resource instances",
      "finalizer example.com/hold on 1 object; still there: 1 configmaps"
    ),
    (
      "Some content in the namespace has finalizers remaining: a.io/x in 3 resource instances, b.io/y in 1 resource instances",
      "Some resources are remaining: configmaps. has 1 resource instances, w.example.com has 2 resource instances",
      "finalizers a.io/x on 3 objects, b.io/y on 1 object; still there: 1 configmaps, 2 w.example.com"
    ),
    ("held by something", "", "held by something"),
    (
      "Some content in the namespace has finalizers remaining: ", "x",
      "Some content in the namespace has finalizers remaining: "
    ),
  ])
  func namespacesHeldByFinalizers(held: String, left: String, expected: String) {
    let old = object(Namespace.self, "old") {
      $0.metadata.deletionTimestamp = ago(300)
      $0.status.conditions = [
        condition("NamespaceContentRemaining", "True", message: left),
        condition("NamespaceFinalizersRemaining", "True", message: held),
      ]
    }
    #expect(
      findings(cluster([old])) == ["namespace.stuck-terminating warning: Terminating for 5m: \(expected)"])
  }
}
