import ClusterState
import Draining
import Kube
import Scheduling
import Testing

/// What kubectl does not say about pods and nodes, rule by rule: each both ways.
@Suite struct PlanWarningTests {
  private let nodes: [any KubeObject] = [planNode("n1"), planNode("n2")]

  private func warnings(_ pod: Pod, _ objects: [any KubeObject] = []) -> [PodWarning] {
    let owners = objects.contains { $0 is Deployment } ? [] : webDeployment(replicas: 2) + [planPod("other", on: "n2")]
    return plan(nodes + [pod] + owners + objects) { $0.force = true }.pods[0].warnings
  }

  private func outage(_ objects: [any KubeObject]) -> String? {
    let warnings = plan(nodes + objects) { $0.force = true }.pods[0].warnings
    return warnings.compactMap { if case .isOutage = $0 { $0.text } else { nil } }.first
  }

  @Test func nothingToSay() { #expect(warnings(planPod()).isEmpty) }

  @Test func theOnlyReadyPodIsAnOutage() {
    #expect(
      outage([planPod()] + webDeployment())
        == "the only Ready pod of deployment/web: an outage until a replacement is Ready; to make room first: "
        + "kubectl cordon n1 && kubectl -n shop rollout restart deployment/web")
    let closed = planNode("n1") { $0.spec.unschedulable = true }
    let cordoned = plan([closed, planNode("n2"), planPod()] + webDeployment()).pods[0].warnings
    #expect(
      cordoned.first?.text.hasSuffix("to make room first: kubectl -n shop rollout restart deployment/web") == true)
    #expect(outage([planPod(), planPod("other", on: "n2")] + webDeployment(replicas: 2)) == nil)
    // Another that is not Ready, or on its way out, does not stand in.
    let sick = planPod("sick", on: "n2") { $0.status.conditions[0].status = "False" }
    let leaving = planPod("leaving", on: "n2") { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) }
    #expect(outage([planPod(), sick, leaving] + webDeployment(replicas: 3)) != nil)
    // Whoever is not Ready is no loss.
    #expect(outage([planPod { $0.status.conditions[0].status = "False" }] + webDeployment()) == nil)
  }

  @Test func roomIsMadeAsTheOwnerAllows() {
    func room(_ change: @escaping (inout Deployment) -> Void) -> String {
      outage([planPod()] + webDeployment(change)) ?? ""
    }
    let scale = "kubectl -n shop scale deployment/web --replicas=2"
    #expect(room { $0.spec.strategy.type = "Recreate" }.hasSuffix(scale))
    var rolling = RollingUpdateDeployment()
    rolling.maxSurge = .int(0)
    #expect(room { $0.spec.strategy.rollingUpdate = rolling }.hasSuffix(scale))
    #expect(room { $0.spec.paused = true }.hasSuffix(scale))
    rolling.maxSurge = .string("50%")
    #expect(room { $0.spec.strategy.rollingUpdate = rolling }.hasSuffix("rollout restart deployment/web"))
    var set = StatefulSet()
    (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "db", "uid-db")
    let member = planPod { $0.metadata.ownerReferences = [owner("StatefulSet", "db", "uid-db")] }
    #expect(
      outage([member, set]) == "the only Ready pod of statefulset/db: an outage until a replacement is Ready")
  }

  /// One more of it would wait for the same node, or for room that there is not.
  @Test func noRoomIsMadeForWhatCannotMove() {
    let text = "the only Ready pod of deployment/web: an outage until a replacement is Ready"
    #expect(outage([planPod { $0.spec.nodeSelector = ["kubernetes.io/hostname": "n1"] }] + webDeployment()) == text)
    let big = planPod { $0.spec.containers[0].resources.requests = ["cpu": Quantity("9")] }
    #expect(outage([big] + webDeployment()) == text)
    // The new pod would go elsewhere and wait there for the volume that this one has.
    #expect(outage([holder] + webDeployment() + claim("data")) == text)
    #expect(outage([holder] + webDeployment() + claim("data", modes: ["ReadWriteOncePod"])) == text)
    #expect(
      outage([holder] + webDeployment() + claim("data", modes: ["ReadWriteMany"]))?.hasSuffix(
        "rollout restart deployment/web") == true)
    let crashing = planPod {
      var status = ContainerStatus()
      status.restartCount = 4
      var end = ContainerStateTerminated()
      (end.exitCode, end.finishedAt) = (1, Timestamp(seconds: 1_800_000_000 - 120))
      status.lastState = ContainerState()
      status.lastState?.terminated = end
      $0.status.containerStatuses = [status]
    }
    #expect(outage([crashing] + webDeployment()) == text)
  }

  @Test func severalThatGoTogetherAreAnOutageUnlessABudgetKeepsSome() {
    let pods: [any KubeObject] = [planPod("a"), planPod("b")]
    #expect(
      outage(pods + webDeployment(replicas: 2))
        == "all 2 Ready pods of deployment/web go: an outage until a replacement is Ready")
    #expect(outage(pods + webDeployment(replicas: 2) + [budget(needs: 1, has: 2, of: 2)]) == nil)
    #expect(outage(pods + webDeployment(replicas: 2) + [budget(needs: 0, has: 2, of: 2)]) != nil)
  }

  /// One node after the other, and one batch after the other, waits until what went is Ready elsewhere.
  @Test func whatIsWaitedForIsAwayInTurns() {
    func warnings(_ pods: [Pod], nodes names: [String] = ["n1", "n2"], waitsReady: Bool, batch: Int? = nil) -> [String]
    {
      let objects: [any KubeObject] = nodes + [planNode("n3"), service] + pods + webDeployment(replicas: pods.count)
      let plan = plan(objects, nodes: names, waitsReady: waitsReady, batch: batch)
      return Set(plan.pods.flatMap(\.warnings).map(\.text)).sorted()
    }
    let together = [
      "all 2 Ready pods of deployment/web go: an outage until a replacement is Ready",
      "all 2 ready endpoints of service web go",
    ]
    let apart = [planPod("a"), planPod("b", on: "n2")]
    #expect(warnings(apart, waitsReady: false) == together)
    #expect(warnings(apart, waitsReady: false, batch: 1) == together, "a batch alone waits for no replacement")
    #expect(warnings(apart, waitsReady: true).isEmpty)
    let beside = [planPod("a"), planPod("b")]
    #expect(warnings(beside, waitsReady: true) == together)
    #expect(warnings(beside, waitsReady: true, batch: 2) == together)
    #expect(warnings(beside, waitsReady: true, batch: 1).isEmpty)
    #expect(warnings([planPod("a")], waitsReady: true, batch: 1).count == 2, "the only one is away all the same")
  }

  private var service: Service {
    var service = Service()
    (service.metadata.namespace, service.metadata.name, service.metadata.uid) = ("shop", "web", "uid-svc")
    service.spec.selector = ["app": "web"]
    return service
  }

  @Test func theLastEndpoint() {
    let alone = planPod { $0.metadata.ownerReferences = [owner("Custom", "x", "uid-x", apiVersion: "example.com/v1")] }
    #expect(plan(nodes + [alone, service]).pods[0].warnings.contains(.isLastEndpoint(service: "web", ready: 1)))
    #expect(warnings(planPod(), [service]).isEmpty)
    let sick = planPod("other", on: "n2") { $0.status.conditions[0].status = "False" }
    #expect(plan(nodes + [alone, sick, service]).pods[0].warnings.contains(.isLastEndpoint(service: "web", ready: 1)))
    var lenient = service
    lenient.spec.publishNotReadyAddresses = true
    #expect(!plan(nodes + [alone, sick, lenient]).pods[0].warnings.contains(.isLastEndpoint(service: "web", ready: 1)))
    var manual = service
    manual.spec.selector = [:]
    #expect(!plan(nodes + [alone, manual]).pods[0].warnings.contains(.isLastEndpoint(service: "web", ready: 1)))
  }

  @Test func tiedToTheNode() {
    #expect(warnings(planPod { $0.spec.nodeSelector = ["kubernetes.io/hostname": "n1"] }) == [.isPinnedByName])
    #expect(warnings(planPod { $0.spec.nodeSelector = ["disk": "ssd"] }).isEmpty)
    func affine(_ values: [String]) -> Pod {
      planPod {
        $0.spec.affinity = Affinity()
        $0.spec.affinity?.nodeAffinity = NodeAffinity()
        $0.spec.affinity?.nodeAffinity?.required = nodeLabel("kubernetes.io/hostname")
        $0.spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms[0].matchExpressions[0].values = values
      }
    }
    #expect(warnings(affine(["n1"])) == [.isPinnedByName])
    #expect(warnings(affine(["n1", "n2"])).isEmpty)
    let path = planPod {
      $0.spec.volumes = [
        volume("data") {
          $0.hostPath = HostPathVolumeSource()
          $0.hostPath?.path = "/data"
        }
      ]
    }
    #expect(warnings(path) == [.usesHostPath(["/data"])])
  }

  /// A pod with the claim `data`.
  private var holder: Pod {
    planPod {
      $0.spec.volumes = [
        volume("data") {
          $0.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
          $0.persistentVolumeClaim?.claimName = "data"
        }
      ]
    }
  }

  @Test func tiedToAVolume() {
    let pod = holder
    func affine(_ values: String...) -> [any KubeObject] {
      claim("data") {
        $0.spec.local = LocalVolumeSource()
        $0.spec.nodeAffinity = VolumeNodeAffinity()
        $0.spec.nodeAffinity?.required = nodeLabel("kubernetes.io/hostname")
        $0.spec.nodeAffinity?.required?.nodeSelectorTerms[0].matchExpressions[0].values = values
      }
    }
    let pinned = plan(nodes + [pod] + webDeployment(replicas: 2) + [planPod("other", on: "n2")] + affine("n1"))
    #expect(pinned.pods[0].warnings == [.isPinnedByVolume(claim: "data")])
    guard case .findsNoRoom(let reason) = pinned.pods[0].replacement else {
      Issue.record("it fits")
      return
    }
    #expect(reason.contains("volume node affinity conflict") || reason.contains("PersistentVolume's node affinity"))
    #expect(warnings(pod, claim("data")) == [.movesVolume(claim: "data")])
    #expect(warnings(pod, claim("data", modes: ["ReadWriteOnce", "ReadWriteMany"])).isEmpty)
  }

  /// Drivers have topologies of their own, and zones may have no other node.
  @Test func aVolumeThatNoStayingNodeReachesPins() {
    func cluster(_ labels: [String], _ key: String, _ values: [String]) -> [any KubeObject] {
      let nodes = labels.enumerated().map { index, value in
        planNode("n\(index + 1)") {
          $0.metadata.labels = ["kubernetes.io/hostname": "n\(index + 1)"]; $0.metadata.labels[key] = value
        }
      }
      let volume = claim("data") {
        $0.spec.nodeAffinity = VolumeNodeAffinity()
        $0.spec.nodeAffinity?.required = nodeLabel(key)
        $0.spec.nodeAffinity?.required?.nodeSelectorTerms[0].matchExpressions[0].values = values
      }
      return nodes + [holder, planPod("other", on: "n2")] + webDeployment(replicas: 2) + volume
    }
    func said(_ objects: [any KubeObject], _ drained: [String] = ["n1"]) -> [PodWarning] {
      plan(objects, nodes: drained).pods[0].warnings.filter(\.isAboutVolumes)
    }
    let pinned = [PodWarning.isPinnedByVolume(claim: "data")]
    let moves = [PodWarning.movesVolume(claim: "data")]
    #expect(said(cluster(["n1", "n2"], "topology.topolvm.io/node", ["n1"])) == pinned)
    #expect(said(cluster(["a", "b"], "topology.kubernetes.io/zone", ["a"])) == pinned)
    #expect(said(cluster(["a", "a"], "topology.kubernetes.io/zone", ["a"])) == moves)
    #expect(said(cluster(["a", "a", "b"], "topology.kubernetes.io/zone", ["a"]), ["n1", "n2"]) == pinned)
    // A volume that not even its own node reaches is another matter.
    #expect(said(cluster(["a", "b"], "topology.kubernetes.io/zone", ["c"])) == moves)
    #expect(
      PodWarning.isPinnedByVolume(claim: "data").text == "pinned: no node that stays reaches the volume of claim data")
  }

  /// Whatever the mode says, nothing is detached from a path of a node.
  @Test func aVolumeThatIsAPathOfTheNodeIsSaidToBeOne() {
    let path = claim("data") {
      $0.spec.hostPath = HostPathVolumeSource()
      $0.spec.hostPath?.path = "/srv"
    }
    #expect(warnings(holder, path) == [.usesHostPath(["/srv"])])
  }

  private var job: Job {
    var job = Job()
    (job.metadata.namespace, job.metadata.name, job.metadata.uid) = ("shop", "import", "uid-job")
    job.status.failed = 2
    return job
  }

  private var podOfJob: Pod {
    planPod {
      $0.metadata.ownerReferences = [owner("Job", "import", "uid-job", apiVersion: "batch/v1")]
      $0.metadata.finalizers = ["batch.kubernetes.io/job-tracking"]
    }
  }

  @Test func jobsCountAFailure() {
    var job = job
    #expect(
      warnings(podOfJob, [job]).map(\.text) == ["counts as a failure of job import, which had 2 and may have 6"])
    job.spec.backoffLimitPerIndex = 1
    #expect(
      warnings(podOfJob, [job]).map(\.text) == ["counts as a failure of its index of job import, which may have 1"])
    job.spec.suspend = true
    #expect(plan(nodes + [podOfJob, job]).pods[0].replacement == Replacement.none("job/import is suspended"))
  }

  /// The rules of a podFailurePolicy, an action with `!` for a rule about disruptions and with `=` for exit codes, and
  /// what is said.
  @Test(arguments: [
    ("Ignore!", nil), ("Count!", "counts as a failure of job import, which had 2 and may have 6"),
    ("FailJob!", "fails the whole job import: podFailurePolicy says so for disruptions"),
    ("FailIndex!", "fails its index of job import: podFailurePolicy says so for disruptions"),
    ("Ignore! FailJob=", nil), ("Ignore! FailJob!", nil),
    (
      "FailJob= Ignore!",
      "job import ignores disruptions, unless its exit code meets a rule of podFailurePolicy first (FailJob)"
    ),
    (
      "FailJob=",
      "counts as a failure of job import, which had 2 and may have 6, unless its exit code meets a rule of "
        + "podFailurePolicy first (FailJob)"
    ), ("Ignore?", "counts as a failure of job import, which had 2 and may have 6"),
  ])
  func aPolicyTellsDisruptionsFromFailures(_ rules: String, _ text: String?) {
    var job = job
    var policy = PodFailurePolicy()
    for word in rules.split(separator: " ") {
      var rule = PodFailurePolicyRule()
      rule.action = String(word.dropLast())
      if word.hasSuffix("=") {
        rule.onExitCodes = PodFailurePolicyOnExitCodes()
      } else {
        var condition = PodFailurePolicyOnPodCondition()
        (condition.type, condition.status) = (word.hasSuffix("!") ? "DisruptionTarget" : "ConfigIssue", "True")
        rule.onPodConditions = [condition]
      }
      policy.rules.append(rule)
    }
    job.spec.podFailurePolicy = policy
    #expect(warnings(podOfJob, [job]).map(\.text) == (text.map { [$0] } ?? []))
  }

  /// A pod that is deleted is no disruption to its Job.
  @Test func deletedPodsOfJobsCountAlways() {
    var job = job
    var rule = PodFailurePolicyRule()
    var condition = PodFailurePolicyOnPodCondition()
    condition.type = "DisruptionTarget"
    (rule.action, rule.onPodConditions) = ("Ignore", [condition])
    job.spec.podFailurePolicy = PodFailurePolicy()
    job.spec.podFailurePolicy?.rules = [rule]
    #expect(warnings(podOfJob, [job]).isEmpty)
    let deleted = plan(nodes + [podOfJob, job]) { $0.disableEviction = true }.pods[0]
    #expect(deleted.warnings.map(\.text) == ["counts as a failure of job import, which had 2 and may have 6"])
  }

  /// A pod with an ephemeral volume whose claim is bound to a volume that only its node reaches.
  private func scratch(_ mode: String, zone: String? = nil) -> (plan: DrainPlan, replacement: Replacement?) {
    let pod = planPod {
      $0.spec.volumes = [
        volume("scratch") {
          $0.ephemeral = EphemeralVolumeSource()
          $0.ephemeral?.volumeClaimTemplate = PersistentVolumeClaimTemplate()
          $0.ephemeral?.volumeClaimTemplate?.spec.resources.requests = ["storage": Quantity("1Gi")]
        }
      ]
    }
    let old = claim("web-1-scratch") {
      $0.spec.nodeAffinity = VolumeNodeAffinity()
      $0.spec.nodeAffinity?.required = nodeLabel("kubernetes.io/hostname", "n1")
    }
    var storageClass = StorageClass()
    (storageClass.metadata.name, storageClass.provisioner) = ("fast", "example.com/disks")
    storageClass.metadata.annotations = ["storageclass.kubernetes.io/is-default-class": "true"]
    storageClass.volumeBindingMode = mode
    if let zone {
      var requirement = TopologySelectorLabelRequirement()
      (requirement.key, requirement.values) = ("kubernetes.io/hostname", [zone])
      var term = TopologySelectorTerm()
      term.matchLabelExpressions = [requirement]
      storageClass.allowedTopologies = [term]
    }
    let plan = plan(nodes + [pod, storageClass] + old + webDeployment())
    return (plan, plan.pods[0].replacement)
  }

  /// The old claim goes with the pod: what it is bound to ties the replacement to nothing.
  @Test func ephemeralVolumesAreMadeAnew() {
    #expect(scratch("WaitForFirstConsumer").replacement == .fits(node: "n2"))
    guard case .findsNoRoom(let reason) = scratch("WaitForFirstConsumer", zone: "n1").replacement else {
      Issue.record("the class makes volumes on n1 only")
      return
    }
    #expect(reason.contains("1 node(s) didn't find available persistent volumes to bind"), "\(reason)")
    #expect(
      scratch("Immediate").replacement
        == .unknown("volume scratch is made anew before a node is chosen: only nodes that reach it take the pod"))
  }

  @Test(arguments: [
    ("cluster-autoscaler.kubernetes.io/safe-to-evict", "false", true),
    ("cluster-autoscaler.kubernetes.io/safe-to-evict", "true", false), ("karpenter.sh/do-not-disrupt", "true", true),
    ("karpenter.sh/do-not-evict", "true", true), ("karpenter.sh/do-not-disrupt", "false", false),
  ])
  func annotationsThatAskToStay(key: String, value: String, isSaid: Bool) {
    let pod = planPod { $0.metadata.annotations = SmallMap(uniquing: [(key, value)]) }
    #expect(warnings(pod) == (isSaid ? [.asksToStay(annotation: "\(key)=\(value)")] : []))
  }

  @Test func finalizersAreSaid() {
    #expect(
      warnings(planPod { $0.metadata.finalizers = ["example.com/keep"] }) == [.hasFinalizers(["example.com/keep"])])
  }

  @Test func whatIsLost() throws {
    let pod = planPod {
      $0.spec.volumes = [
        volume("cache") { $0.emptyDir = EmptyDirVolumeSource() },
        volume("limited") {
          $0.emptyDir = EmptyDirVolumeSource()
          $0.emptyDir?.sizeLimit = Quantity("1Gi")
        },
        volume("shm") {
          $0.emptyDir = EmptyDirVolumeSource()
          $0.emptyDir?.medium = "Memory"
        },
        volume("scratch") { $0.ephemeral = EphemeralVolumeSource() }, volume("inline") { $0.csi = CSIVolumeSource() },
        volume("config") { $0.configMap = ConfigMapVolumeSource() },
      ]
    }
    let objects = nodes + [pod] + webDeployment()
    #expect(
      plan(objects).pods[0].loses.map(\.text) == [
        "emptyDir cache", "emptyDir limited (at most 1Gi)", "emptyDir in memory shm", "ephemeral volume scratch",
        "inline CSI volume inline",
      ])
    let summary = try JSONValue(
      parsing: """
        {"pods": [{"podRef": {"uid": "uid-web-1"}, "volume": [
          {"name": "cache", "usedBytes": 125829120}, {"name": "limited", "usedBytes": 0}, {"name": "shm"}, {"usedBytes": 3}]},
          {"podRef": {}}, 7]}
        """)
    var planner = DrainPlanner(
      planCluster(objects), options: DrainOptions(), rules: .current, now: Timestamp(seconds: 0))
    planner.usage = ["n1": VolumeUsage(summary: summary)]
    #expect(
      planner.plan(["n1"]).pods[0].loses.prefix(3).map(\.text) == [
        "emptyDir cache 120Mi", "emptyDir limited 0", "emptyDir in memory shm",
      ])
  }

}

extension PodWarning {
  fileprivate var isAboutVolumes: Bool {
    switch self {
    case .isPinnedByVolume, .movesVolume, .usesHostPath: true
    default: false
    }
  }
}
