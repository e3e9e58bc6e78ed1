import ClusterState
import Kube
import Testing

@testable import Diagnosis

@Suite struct WorkloadRulesTests {
  private func deployment(_ available: Int, of wanted: Int, _ change: (inout Deployment) -> Void = { _ in })
    -> Deployment
  {
    object(Deployment.self, "web") {
      $0.spec.replicas = wanted
      $0.status.replicas = available
      $0.status.updatedReplicas = available
      $0.status.availableReplicas = available
      $0.status.conditions = [
        deploymentCondition("Available", available == wanted ? "True" : "False"),
        deploymentCondition("Progressing", "True", "NewReplicaSetAvailable"),
      ]
      change(&$0)
    }
  }

  private func deploymentCondition(
    _ type: String, _ status: String, _ reason: String = "", message: String = "", since: Timestamp = ago(300)
  ) -> DeploymentCondition {
    var condition = DeploymentCondition()
    condition.type = type
    condition.status = status
    condition.reason = reason
    condition.message = message
    condition.lastTransitionTime = since
    return condition
  }

  @Test func replicasOfDeployments() {
    #expect(findings(cluster([deployment(3, of: 3)])) == [])
    #expect(findings(cluster([deployment(0, of: 0)])) == [])
    #expect(
      findings(cluster([deployment(2, of: 3)])) == ["workload.replicas-missing warning: 2 of 3 replicas available"])
    #expect(
      findings(cluster([deployment(0, of: 3)])) == ["workload.replicas-missing critical: 0 of 3 replicas available"],
      "no pod exists at all, and k9s calls it healthy")
    let fresh = deployment(0, of: 3) { $0.status.conditions[0].lastTransitionTime = ago(59) }
    #expect(findings(cluster([fresh])) == [])
    let rolling = deployment(2, of: 3) {
      $0.status.conditions = [
        deploymentCondition("Available", "True"), deploymentCondition("Progressing", "True", "ReplicaSetUpdated"),
      ]
    }
    #expect(findings(cluster([rolling])) == [], "a rollout may take one away")
  }

  @Test func refusedPods() {
    func refused(_ message: String) -> [String] {
      findings(
        cluster([
          deployment(3, of: 3) {
            $0.status.conditions.append(deploymentCondition("ReplicaFailure", "True", message: message))
          }
        ]))
    }
    #expect(
      refused(
        #"pods "web-7d-x" is forbidden: exceeded quota: team, requested: cpu=1, used: cpu=4, limited: cpu=4"#)
        == [#"workload.quota-exceeded critical: quota "team" exceeded: cpu 1 requested, 4 of 4 used"#])
    #expect(
      refused(#"pods "web-7d-x" is forbidden: failed quota: team: must specify limits.cpu for: app"#)
        == ["workload.quota-exceeded critical: quota team: must specify limits.cpu for: app"])
    #expect(
      refused(#"pods "web-7d-x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true"#)
        == [
          #"workload.pods-refused critical: pods refused: violates PodSecurity "restricted:latest": runAsNonRoot != true"#
        ])
    #expect(
      refused(#"admission webhook "w.example" denied the request: no"#)
        == [#"workload.pods-refused critical: pods refused: admission webhook "w.example" denied the request: no"#])
  }

  @Test func stuckAndPausedRollouts() {
    let stuck = deployment(2, of: 3) {
      $0.status.updatedReplicas = 1
      $0.status.conditions = [
        deploymentCondition("Available", "True"),
        deploymentCondition("Progressing", "False", "ProgressDeadlineExceeded"),
      ]
    }
    #expect(
      findings(cluster([stuck]))
        == ["workload.rollout-stuck warning: rollout stuck for more than 10m: 1 of 3 updated, 2 available"])
    let paused = deployment(3, of: 3) {
      $0.spec.paused = true
      $0.status.updatedReplicas = 1
    }
    #expect(findings(cluster([paused])) == ["workload.paused notice: rollout paused at 1 of 3 replicas"])
  }

  @Test func otherControllers() {
    let stateful = object(StatefulSet.self, "db") {
      $0.spec.replicas = 2
      $0.status.readyReplicas = 1
    }
    #expect(findings(cluster([stateful])) == ["workload.replicas-missing warning: 1 of 2 replicas available"])
    let daemon = object(DaemonSet.self, "agent") {
      $0.status.desiredNumberScheduled = 4
      $0.status.numberReady = 0
      $0.status.numberMisscheduled = 2
    }
    #expect(
      findings(cluster([daemon])) == [
        "workload.replicas-missing critical: 0 of 4 replicas available",
        "workload.misscheduled notice: 2 pods on nodes that it does not select",
      ])
    let refused = event(
      "FailedCreate", #"create Pod agent-x failed error: pods "agent-x" is forbidden: no"#, about: daemon)
    #expect(findings(cluster([daemon, refused])).contains("workload.pods-refused critical: pods refused: no"))
    let bare = object(ReplicaSet.self, "rs") { $0.spec.replicas = 2 }
    #expect(findings(cluster([bare])) == ["workload.replicas-missing critical: 0 of 2 replicas available"])
    let managed = own(bare, by: deployment(3, of: 3))
    #expect(findings(cluster([managed])) == [], "the Deployment tells")
    let old = own(
      object(ReplicaSet.self, "old") { $0.metadata.creationTimestamp = ago(5) }, by: deployment(3, of: 3))
    #expect(findings(cluster([old])) == [])
  }

  @Test func jobs() {
    func job(_ change: (inout Job) -> Void) -> Job { object(Job.self, "j", change) }
    let failed = job {
      $0.status.failed = 7
      $0.status.conditions = [condition("Failed", "True", reason: "BackoffLimitExceeded", since: ago(60))]
    }
    let itsPod = own(
      pod("j-1") {
        $0.status.phase = "Failed"
        $0.status.containerStatuses = [terminated("app", end(3, "Error"))]
      }, by: failed)
    #expect(findings(cluster([failed, itsPod])) == ["job.failed critical: gave up after 7 failed pods, last exit 3"])
    let longAgo = job { $0.status.conditions = [condition("Failed", "True", since: ago(86_400))] }
    #expect(findings(cluster([longAgo])) == [])
    let late = job {
      $0.spec.activeDeadlineSeconds = 60
      $0.status.conditions = [condition("Failed", "True", reason: "DeadlineExceeded", since: ago(60))]
    }
    #expect(findings(cluster([late])) == ["job.failed critical: ran longer than its deadline of 60s"])
    let retrying = job { $0.status.failed = 1 }
    #expect(findings(cluster([retrying])) == ["job.failing warning: 1 pod failed, gives up after 7"])
    #expect(
      findings(
        cluster([
          job {
            $0.status.failed = 2
            $0.status.conditions = [condition("Complete", "True")]
          }
        ])) == [])
  }

  @Test func cronJobs() {
    let cronJob = object(CronJob.self, "nightly") { $0.status.lastSuccessfulTime = ago(30) }
    let failed = own(
      object(Job.self, "j") { $0.status.conditions = [condition("Failed", "True", since: ago(60))] }, by: cronJob)
    #expect(findings(cluster([cronJob, failed])) == [], "a later run succeeded")
    let missed = event("MissSchedule", "Missed scheduled time to start a job: Mon", about: cronJob)
    #expect(
      findings(cluster([cronJob, missed]))
        == ["cronjob.missed-schedules warning: Missed scheduled time to start a job: Mon"])
    var suspended = cronJob
    suspended.spec.suspend = true
    #expect(findings(cluster([suspended, missed])) == [])
  }
}

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

  @Test func leases() {
    func lease(_ age: Int64) -> Lease {
      object(Lease.self, "node-1", namespace: "kube-node-lease") {
        $0.spec.renewTime = ago(age)
        $0.spec.leaseDurationSeconds = 40
      }
    }
    #expect(findings(cluster([lease(69)])) == [])
    #expect(findings(cluster([lease(70)])) == ["node.lease-stale warning: lease not renewed for 70s"])
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
    #expect(quota("4", "4000m") == ["quota.exhausted warning: used up: requests.cpu 4 of 4000m"])
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
}

@Suite struct StorageAndNetworkRulesTests {
  private func claim(_ change: (inout PersistentVolumeClaim) -> Void = { _ in }) -> PersistentVolumeClaim {
    object(PersistentVolumeClaim.self, "data") {
      $0.status.phase = "Pending"
      $0.spec.storageClassName = "fast"
      change(&$0)
    }
  }

  private func storageClass(_ mode: String = "Immediate", isDefault: Bool = false) -> StorageClass {
    object(StorageClass.self, "fast") {
      $0.volumeBindingMode = mode
      if isDefault { $0.metadata.annotations = ["storageclass.kubernetes.io/is-default-class": "true"] }
    }
  }

  @Test func claims() {
    #expect(findings(cluster([claim { $0.status.phase = "Bound" }])) == [])
    #expect(
      findings(cluster([claim()])) == [#"claim.class-missing critical: storage class "fast" does not exist"#])
    #expect(
      findings(cluster([claim { $0.spec.storageClassName = nil }]))
        == ["claim.class-missing critical: names no storage class and the cluster has no default one"])
    #expect(findings(cluster([claim(), storageClass()])) == ["claim.pending warning: not bound for 60m"])
    #expect(findings(cluster([claim(), storageClass("WaitForFirstConsumer")])) == [], "it waits for a pod")
    let plugin = event(
      "ProvisioningFailed", "no volume plugin matched name: kubernetes.io/no-provisioner", about: claim())
    var handMade = storageClass()
    handMade.provisioner = "kubernetes.io/no-provisioner"
    #expect(
      findings(cluster([claim(), handMade, plugin]))
        == [#"claim.pending critical: no volume of class "fast" fits, and the class makes none"#])
    let unread = cluster([claim { $0.metadata.creationTimestamp = ago(30) }])
    unread.remove(StorageClass.resource)
    #expect(findings(unread) == [], "whether the class exists cannot be told")
    let failing = event("ProvisioningFailed", "rpc error: quota\nmore", about: claim())
    #expect(
      findings(cluster([claim(), storageClass(), failing]))
        == ["claim.pending critical: ProvisioningFailed: rpc error: quota"])
    let silent = event("ExternalProvisioning", "waiting for csi.example", about: claim())
    #expect(
      findings(cluster([claim(), storageClass(), silent])) == [
        "claim.pending warning: provisioner does not answer for 60m"
      ])
    #expect(
      findings(
        cluster([
          claim {
            $0.status.phase = "Lost"
            $0.spec.volumeName = "pv-1"
          }
        ])) == ["claim.lost critical: volume pv-1 does not exist any more"])
    let resizing = claim {
      $0.status.phase = "Bound"
      $0.status.capacity = ["storage": Quantity("1Gi")]
      $0.spec.resources.requests = ["storage": Quantity("2Gi")]
      $0.status.conditions = [condition("ControllerResizeError", "True", message: "no")]
    }
    #expect(findings(cluster([resizing])) == ["claim.resize-failed warning: resize from 1Gi to 2Gi fails: no"])
  }

  @Test func volumes() {
    func volume(_ phase: String) -> [String] {
      findings(
        cluster([
          object(PersistentVolume.self, "pv-1") {
            $0.status.phase = phase
            $0.status.message = "boom"
            $0.spec.persistentVolumeReclaimPolicy = "Retain"
            $0.spec.claimRef = claim().reference
          }
        ]))
    }
    #expect(volume("Bound") == [])
    #expect(volume("Failed") == ["volume.failed warning: reclaiming failed: boom"])
    #expect(volume("Released") == ["volume.released notice: released by claim shop/data and kept (Retain)"])
  }

  private func service(_ change: (inout Service) -> Void = { _ in }) -> Service {
    object(Service.self, "web") {
      $0.spec.selector = ["app": "web"]
      var port = ServicePort()
      port.name = "http"
      port.port = 80
      $0.spec.ports = [port]
      change(&$0)
    }
  }

  private func slice(ready: [Bool?]) -> EndpointSlice {
    object(EndpointSlice.self, "web-x") {
      $0.metadata.labels = ["kubernetes.io/service-name": "web"]
      $0.endpoints = ready.map {
        var endpoint = Endpoint()
        endpoint.conditions.ready = $0
        return endpoint
      }
    }
  }

  @Test func services() {
    let matching = pod { $0.metadata.labels = ["app": "web"] }
    let unready = pod {
      $0.metadata.labels = ["app": "web"]
      $0.status.conditions = [condition("Ready", "False", since: ago(5))]
    }
    #expect(findings(cluster([service(), matching, slice(ready: [true])])) == [])
    #expect(findings(cluster([service(), matching, slice(ready: [nil])])) == [], "unset means ready")
    #expect(
      findings(cluster([service(), unready, slice(ready: [false])]))
        == ["service.no-ready-endpoints critical: no ready endpoint: 0 of 1 pod ready"])
    #expect(
      findings(cluster([service(), matching, slice(ready: [])]))
        == ["service.no-ready-endpoints critical: no ready endpoint though 1 of 1 pod is ready"])
    #expect(findings(cluster([service()])) == ["service.selects-no-pods warning: no pod matches app=web"])
    #expect(findings(cluster([service { $0.spec.selector = [:] }])) == [])
    #expect(findings(cluster([service { $0.spec.type = "ExternalName" }])) == [])
    let unread = cluster([service()])
    unread.remove(EndpointSlice.resource)
    #expect(findings(unread) == [])
    let report = Triage.diagnose(unread, now: now)
    #expect(
      report.unknowns == [Unknown(subject: "Services without ready endpoints", reason: "endpointslices: not read")])
  }

  @Test func ingresses() {
    func ingress(_ name: String, number: Int = 0, port: String = "") -> Ingress {
      object(Ingress.self, "site") {
        var backend = IngressServiceBackend()
        backend.name = name
        backend.port.number = number
        backend.port.name = port
        $0.spec.defaultBackend = IngressBackend()
        $0.spec.defaultBackend?.service = backend
      }
    }
    let fine = [service(), pod { $0.metadata.labels = ["app": "web"] }, slice(ready: [true])] as [any KubeObject]
    #expect(findings(cluster(fine + [ingress("web", number: 80)])) == [])
    #expect(findings(cluster(fine + [ingress("web", port: "http")])) == [])
    #expect(
      findings(cluster(fine + [ingress("web", number: 81)]))
        == [#"ingress.backend-missing warning: service "web" has no port 81"#])
    #expect(
      findings(cluster(fine + [ingress("api", number: 80)]))
        == [#"ingress.backend-missing warning: service "api" not found"#])
  }
}
