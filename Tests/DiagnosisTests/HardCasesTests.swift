import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// Cases in which the obvious field is missing, late or misleading: what the scenario bank taught the rules.
@Suite struct HardCasesTests {

  @Test func theLayersOfTheRuntimeAreLeftOut() {
    let layers =
      "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: "
      + "unable to start container process: error during container init: "
    let mount =
      #"error mounting "/var/lib/kubelet/pods/7/volume-subpaths/c/app/0" to rootfs at "/etc/app.yaml": mount src=/x, "#
      + "dst=/etc/app.yaml, flags=MS_BIND|MS_REC: not a directory: Are you trying to mount a directory onto a file?"
    let text =
      "cannot mount /etc/app.yaml: not a directory (a file is mounted on a directory, or a directory on a file)"
    for reason in ["CreateContainerError", "RunContainerError"] {
      #expect(sentences([broken(waiting("app", reason, layers + mount))]) == ["pod.start-failed critical: \(text)"])
    }
    let crash = waiting("app", "CrashLoopBackOff", restarts: 4, last: end(128, "StartError", message: layers + mount))
    #expect(sentences([broken(crash)]).first?.hasPrefix("pod.start-failed critical: \(text)") == true)
    #expect(StartFailure.withoutLayers(layers + "a: b") == "a: b")
  }

  // MARK: Containers

  private func broken(_ status: ContainerStatus, _ change: (inout Pod) -> Void = { _ in }) -> Pod {
    pod {
      $0.status.containerStatuses = [status]
      $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
      change(&$0)
    }
  }

  private func codes(_ objects: [any KubeObject]) -> [String] {
    Triage.diagnose(cluster(objects), now: now).findings.map(\.code.rawValue)
  }

  private func sentences(_ objects: [any KubeObject]) -> [String] { findings(cluster(objects)) }

  @Test func aProbeThatFailedUntilTheKillExplainsIt() {
    let pod = broken(waiting("app", "CrashLoopBackOff", restarts: 4, last: end(137, "Error", finished: ago(80))))
    let unhealthy = { (at: Int64) in
      event("Unhealthy", "Liveness probe failed: HTTP probe failed with statuscode: 500", about: pod, at: ago(at))
    }
    #expect(codes([pod, unhealthy(100)]) == ["pod.killed-by-probe"])
    #expect(codes([pod, unhealthy(600)]) == ["pod.killed"])
  }

  @Test func aPostStartHookThatFailsEndsTheContainer() {
    let pod = broken(waiting("app", "CrashLoopBackOff", restarts: 4, last: end(137, "Error", finished: ago(80))))
    let hook = event("FailedPostStartHook", "PostStartHook failed", about: pod, container: "app", at: ago(82))
    #expect(sentences([pod, hook])[0].hasPrefix("pod.start-failed critical: postStart hook failed"))
  }

  @Test func whatCrashesEveryHalfHourCrashesStill() {
    func runner(restarts: Int, age: Int64, last seconds: Int64, ran: Int64 = 1700) -> Pod {
      pod {
        $0.metadata.creationTimestamp = ago(age)
        $0.status.conditions = [condition("PodScheduled", "True", since: ago(age))]
        $0.status.containerStatuses = [
          running(
            "app", since: ago(seconds - 5), restarts: restarts, last: end(1, finished: ago(seconds), ran: ran))
        ]
      }
    }
    #expect(codes([runner(restarts: 40, age: 72_000, last: 1300)]) == ["pod.crash-loop"])
    // Twelve crashes while a database was away, in a life of hours: the average is no habit.
    #expect(codes([runner(restarts: 12, age: 21_600, last: 1300, ran: 20)]) == [])
    // Long ago, measured by its habit; a few starts early in a long life; too few to be a habit.
    #expect(codes([runner(restarts: 40, age: 72_000, last: 5000)]) == [])
    #expect(codes([runner(restarts: 6, age: 864_000, last: 1300)]) == [])
    #expect(codes([runner(restarts: 3, age: 5000, last: 1300)]) == [])
  }

  @Test func aSidecarThatIsStoppedIsNotWhatFailed() {
    let pod = pod {
      $0.spec.restartPolicy = "Never"
      $0.spec.initContainers = [sidecar("proxy")]
      $0.status.phase = "Failed"
      $0.status.conditions = []
      $0.status.containerStatuses = [terminated("app", end(3))]
      $0.status.initContainerStatuses = [terminated("proxy", end(143))]
    }
    #expect(sentences([pod]) == ["pod.container-failed critical: container app: exit 3, not started again"])
  }

  @Test func aSidecarThatIsNotReadyIsNamed() {
    let pod = broken(running("app")) {
      $0.spec.initContainers = [
        container("mesh") {
          $0.restartPolicy = "Always"; $0.readinessProbe = Probe()
        }
      ]
      $0.status.initContainerStatuses = [running("mesh", ready: false)]
    }
    #expect(sentences([pod])[0].hasPrefix("pod.readiness-failing critical: sidecar mesh: readiness probe fails"))
  }

  @Test func aStartMayTakeHalfOfWhatItsProbeAllows() {
    func starting(for seconds: Int64) -> Pod {
      broken(running("app", ready: false, since: ago(seconds), started: false)) {
        $0.spec.containers[0].startupProbe = Probe()
        $0.spec.containers[0].startupProbe?.periodSeconds = 10
        $0.spec.containers[0].startupProbe?.failureThreshold = 30
        $0.status.conditions = [condition("Ready", "False", since: ago(seconds))]
      }
    }
    #expect(codes([starting(for: 120)]) == [])
    #expect(codes([starting(for: 160)]) == ["pod.startup-pending"])
  }

  // MARK: Creation

  private func creating(_ change: (inout Pod) -> Void = { _ in }) -> Pod {
    broken(waiting("app", "ContainerCreating")) {
      $0.status.phase = "Pending"
      $0.status.conditions = [condition("PodScheduled", "True", since: ago(900))]
      change(&$0)
    }
  }

  @Test func thatItTakesTooLongIsNotTheReason() {
    let pod = creating()
    let late = event(
      "FailedMount", "Unable to attach or mount volumes: timed out waiting for the condition", about: pod, at: ago(10))
    let reason = event(
      "FailedMount", "MountVolume.SetUp failed for volume \"c\" : configmap \"c\" not found", about: pod, at: ago(90))
    #expect(sentences([pod, late, reason]) == ["pod.config-missing critical: configmap \"c\" not found"])
    #expect(codes([pod, late]) == ["pod.volume-not-mounted"])
  }

  @Test func whatMountSaidIsToldOfAllPods() {
    let set = object(StatefulSet.self, "files") { $0.spec.replicas = 2 }
    let objects: [any KubeObject] = (0..<2).flatMap { index -> [any KubeObject] in
      let pod = own(
        creating {
          $0.metadata.name = "files-\(index)"
          $0.metadata.uid = "files-\(index)"
        }, by: set)
      let text = "MountVolume.SetUp failed for volume \"v\" : exit status 32\nOutput: mount.nfs: timed out\nmore"
      return [pod, event("FailedMount", text, about: pod)]
    }
    #expect(
      Triage.diagnose(cluster([set] + objects), now: now).groups.map { $0.summary(now: now) } == [
        "2 of 2 pods: FailedMount: MountVolume.SetUp failed for volume \"v\" : exit status 32: mount.nfs: timed out"
      ])
  }

  @Test func whatFailedBeforeThePullIsOver() {
    let pod = creating()
    let mount = event("FailedMount", "secret \"s\" not found", about: pod, at: ago(400))
    let pulling = event("Pulling", "Pulling image \"x\"", about: pod, at: ago(350))
    #expect(codes([pod, mount, pulling]) == ["pod.pulling-slowly"])
  }

  @Test func anInitContainerThatDoesNotEndIsNamed() {
    func waiting(for seconds: Int64) -> Pod {
      creating {
        $0.spec.initContainers = [container("wait-for-db")]
        $0.status.initContainerStatuses = [running("wait-for-db", ready: false, since: ago(seconds))]
      }
    }
    #expect(
      sentences([waiting(for: 900)])
        == ["pod.creating-slowly warning: init container wait-for-db has been running for 15m"])
    #expect(codes([waiting(for: 400)]) == [])
  }

  @Test func aDeletedPodInItsFinalPhaseIsHeldByItsFinalizer() {
    let pod = pod {
      $0.status.phase = "Failed"
      $0.metadata.deletionTimestamp = ago(600)
      $0.metadata.finalizers = ["example.com/backup"]
      $0.status.containerStatuses = [terminated("app", end(143))]
    }
    #expect(codes([pod]) == ["pod.stuck-terminating"])
  }

  // MARK: Scheduling

  private func pending(_ change: (inout Pod) -> Void) -> Pod {
    pod {
      $0.spec.nodeName = ""
      $0.status.phase = "Pending"
      $0.status.containerStatuses = []
      $0.status.conditions = []
      change(&$0)
    }
  }

  @Test func aSchedulerThatOnlyWritesEventsIsHeard() {
    let pod = pending { _ in }
    let failed = event("FailedScheduling", "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.", about: pod)
    #expect(codes([pod]) == ["pod.scheduler-silent"])
    #expect(sentences([pod, failed])[0].hasSuffix("Insufficient nvidia.com/gpu on 3 of 3 nodes"))
  }

  private func volume(_ claim: String) -> Volume {
    var volume = Volume()
    volume.name = claim
    volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
    volume.persistentVolumeClaim?.claimName = claim
    return volume
  }

  @Test func theClaimThatTheMessageNamesIsMeant() {
    let pod = pending {
      $0.spec.volumes = [volume("data"), volume("cache")]
      $0.status.conditions = [
        condition(
          "PodScheduled", "False", reason: "Unschedulable",
          message: "0/1 nodes are available: persistentvolumeclaim \"cache\" not found.")
      ]
    }
    let data = object(PersistentVolumeClaim.self, "data") { $0.status.phase = "Pending" }
    #expect(
      Triage.diagnose(cluster([pod, data]), now: now).findings.first { $0.object.kind == "Pod" }?.summary(now: now)
        == "persistentvolumeclaim \"cache\" not found")
  }

  @Test func aVolumeThatCannotBeBoundIsNoErrorOfTheScheduler() {
    let pod = pending {
      $0.spec.volumes = [volume("data")]
      $0.status.conditions = [
        condition(
          "PodScheduled", "False", reason: "SchedulerError",
          message: "running PreBind plugin \"VolumeBinding\": binding volumes: context deadline exceeded")
      ]
    }
    let data = object(PersistentVolumeClaim.self, "data") { $0.status.phase = "Pending" }
    #expect(codes([pod, data]).contains("pod.claim-unbound"))
    #expect(codes([pod]).contains("pod.claim-unbound"))
    #expect(!codes([pod, data]).contains("pod.scheduler-error"))
  }

  // MARK: Workloads

  @Test func aReplicaSetThatIsNotReadIsBridged() {
    let deployment = object(Deployment.self, "web")
    let set = own(object(ReplicaSet.self, "web-7d9c"), by: deployment)
    let pod = own(
      broken(waiting("app", "InvalidImageName")) { $0.metadata.labels = ["pod-template-hash": "7d9c"] }, by: set)
    #expect(cluster([deployment, pod]).topOwner(of: pod).shortText == "deployment/web")
    #expect(cluster([pod]).topOwner(of: pod).shortText == "replicaset/web-7d9c")
  }

  @Test func aStaticPodIsItsOwnTrouble() {
    let pod = own(broken(waiting("app", "CrashLoopBackOff", restarts: 4, last: end(1))), by: node("node-1"))
    #expect(Triage.diagnose(cluster([pod]), now: now).groups.map(\.owner.kind) == ["Pod"])
  }

  @Test func aReplicaSetTellsWhyADeploymentHasNoPods() {
    let deployment = object(Deployment.self, "web") { $0.spec.replicas = 2 }
    let set = own(object(ReplicaSet.self, "web-1") { $0.spec.replicas = 2 }, by: deployment)
    let refused = event(
      "FailedCreate",
      "Error creating: pods \"web-1-x\" is forbidden: exceeded quota: team, requested: pods=1, "
        + "used: pods=5, limited: pods=5", about: set)
    #expect(
      Triage.diagnose(cluster([deployment, set, refused]), now: now).groups.map {
        "\($0.code.rawValue) \($0.owner.kind)"
      }
        == ["workload.quota-exceeded Deployment"])
  }

  @Test func aRollingUpdateMissesOneReplicaAtATime() {
    let set = object(StatefulSet.self, "db") { set in
      set.spec.replicas = 2
      set.status.readyReplicas = 1
    }
    func second(age: Int64) -> Pod {
      own(
        creating {
          $0.metadata.name = "db-1"
          $0.metadata.creationTimestamp = ago(age)
          $0.status.conditions = [condition("PodScheduled", "True", since: ago(age))]
        }, by: set)
    }
    let leaving = own(pod("db-1") { $0.metadata.deletionTimestamp = ago(-20) }, by: set)
    #expect(codes([set, second(age: 20)]) == [])
    #expect(codes([set, leaving]) == [])
    #expect(codes([set, second(age: 400)]).contains("workload.replicas-missing"))
    #expect(codes([set]) == ["workload.replicas-missing"])
  }

  // MARK: Other kinds

  @Test func aTimeZoneThatDoesNotExistKeepsACronJobFromRunning() {
    let cronJob = object(CronJob.self, "report")
    let event = event("UnknownTimeZone", "invalid timeZone: \"Mars\"", about: cronJob)
    #expect(codes([cronJob, event]) == ["cronjob.missed-schedules"])
  }

  @Test(arguments: [(1, []), (9, ["cronjob.missed-schedules"])])
  func aRunThatDoesNotEndKeepsTheNextFromStarting(times: Int, codes: [String]) {
    let cronJob = object(CronJob.self, "report")
    let event = event("JobAlreadyActive", "Not starting job because prior", about: cronJob, count: times)
    #expect(self.codes([cronJob, event]) == codes)
  }

  @Test func claimsTellThroughEvents() {
    let claim = object(PersistentVolumeClaim.self, "data") {
      $0.spec.storageClassName = ""
      $0.status.phase = "Pending"
    }
    let mismatch = event("VolumeMismatch", "requested PV is too small", about: claim)
    #expect(sentences([claim, mismatch]) == ["claim.pending critical: VolumeMismatch: requested PV is too small"])
    func bound(_ capacity: String) -> PersistentVolumeClaim {
      object(PersistentVolumeClaim.self, "data") {
        $0.status.phase = "Bound"
        $0.spec.resources.requests = ["storage": Quantity("5Gi")]
        $0.status.capacity = ["storage": Quantity(capacity)]
      }
    }
    let resize = event("VolumeResizeFailed", "rate exceeded", about: bound("1Gi"))
    #expect(
      sentences([bound("1Gi"), resize]) == ["claim.resize-failed warning: resize from 1Gi to 5Gi fails: rate exceeded"])
    #expect(codes([bound("5Gi"), resize]) == [])
  }

  private func service(_ change: (inout Service) -> Void = { _ in }) -> Service {
    object(Service.self, "web") {
      $0.spec.selector = ["app": "web"]
      var port = ServicePort()
      port.name = "http"
      port.port = 80
      port.targetPort = .string("web")
      $0.spec.ports = [port]
      change(&$0)
    }
  }

  @Test func aTargetPortThatNoPodNamesLeadsNowhere() {
    func slice(ports: [String]) -> EndpointSlice {
      object(EndpointSlice.self, "web-1") {
        $0.metadata.labels = ["kubernetes.io/service-name": "web"]
        $0.endpoints = [Endpoint()]
        $0.ports = ports.map { name in
          var port = EndpointSlicePort()
          port.name = name
          return port
        }
      }
    }
    #expect(codes([service(), slice(ports: ["http"])]) == [])
    #expect(
      sentences([service(), slice(ports: [])]) == [
        "service.no-ready-endpoints critical: no ready endpoint for port http: no ready pod has a container port named \"web\""
      ])
  }

  @Test func aLoadBalancerThatDoesNotComeIsToldOf() {
    func balanced(age: Int64) -> Service {
      service {
        $0.spec.selector = [:]
        $0.spec.type = "LoadBalancer"
        $0.metadata.creationTimestamp = ago(age)
      }
    }
    let failed = event("SyncLoadBalancerFailed", "Error syncing load balancer: no subnet", about: balanced(age: 100))
    #expect(codes([balanced(age: 100)]) == [])
    #expect(codes([balanced(age: 400)]) == ["service.load-balancer-pending"])
    #expect(
      sentences([balanced(age: 100), failed])[0].hasSuffix("no load balancer: Error syncing load balancer: no subnet"))
  }
}
