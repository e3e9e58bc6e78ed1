import ClusterState
import Kube
import Testing

@testable import Diagnosis

/// One cause is one row: what folds under it, and what must not.
@Suite struct CausesTests {
  private func groups(_ objects: [any KubeObject]) -> [String] {
    Triage.diagnose(cluster(objects), now: now).groups.map {
      "\($0.severity) \($0.owner.shortText): \($0.summary(now: now)) (\($0.affected)/\($0.total.map(String.init) ?? "-"))"
    }
  }

  private let deadNode = node("node-2", ready: "Unknown") {
    $0.status.conditions = [
      nodeCondition(
        "Ready", "Unknown", reason: "NodeStatusUnknown", message: "Kubelet stopped posting node status.",
        since: ago(2460))
    ]
  }

  private func deployment(_ name: String, wanted: Int, available: Int) -> Deployment {
    object(Deployment.self, name) {
      $0.spec.replicas = wanted
      $0.status.availableReplicas = available
      $0.status.updatedReplicas = wanted
      var condition = DeploymentCondition()
      condition.type = "Available"
      condition.status = available < wanted ? "False" : "True"
      condition.lastTransitionTime = ago(600)
      $0.status.conditions = [condition]
    }
  }

  private func replicaSet(of deployment: Deployment) -> ReplicaSet {
    own(object(ReplicaSet.self, deployment.metadata.name + "-1"), by: deployment)
  }

  private func terminating(_ name: String, on node: String, of owner: some KubeObject) -> Pod {
    own(
      pod(name) {
        $0.spec.nodeName = node
        $0.metadata.deletionTimestamp = ago(2000)
        $0.status.conditions = [condition("Ready", "False")]
      }, by: owner)
  }

  private func crashing(_ name: String, of owner: some KubeObject, app: String = "web") -> Pod {
    own(
      pod(name) {
        $0.metadata.labels = ["app": app]
        $0.status.conditions = [condition("Ready", "False")]
        $0.status.containerStatuses = [waiting("app", "CrashLoopBackOff", restarts: 4, last: end(1))]
      }, by: owner)
  }

  private func ready(_ name: String, of owner: some KubeObject, app: String = "web") -> Pod {
    own(
      pod(name) {
        $0.metadata.labels = ["app": app]
        $0.status.conditions = [condition("Ready", "True")]
        $0.status.containerStatuses = [running("app")]
      }, by: owner)
  }

  private func service(_ name: String, app: String = "web") -> Service {
    object(Service.self, name) { $0.spec.selector = ["app": app] }
  }

  // MARK: Pods that are refused or rejected

  private func rows(_ objects: [any KubeObject]) -> [String] {
    Triage.diagnose(cluster(objects), now: now).groups.map {
      "\($0.severity) \($0.owner.shortText) \($0.code.rawValue)"
    }
  }

  @Test func whatTheKubeletRejectsAgainAndAgainIsWhyNoReplicaIsThere() {
    let web = deployment("web", wanted: 1, available: 0)
    let set = replicaSet(of: web)
    func rejected(_ name: String) -> Pod {
      own(
        pod(name) {
          $0.status.phase = "Failed"
          $0.status.reason = "SysctlForbidden"
          $0.status.message = "Pod was rejected: forbidden sysctl: \"net.core.somaxconn\" not allowlisted"
          $0.status.startTime = ago(120)
          $0.status.conditions = []
          $0.status.containerStatuses = []
        }, by: set)
    }
    let rejects = ["a", "b", "c"].map(rejected)
    #expect(rows([web, set] + rejects) == ["critical deployment/web pod.rejected"])
    let living = own(pod("d") { $0.status.conditions = [condition("Ready", "False")] }, by: set)
    #expect(
      rows([web, set, living] + rejects).contains("critical deployment/web pod.not-ready"), "another pod is there")
  }

  @Test func whatADeadWebhookRefusesFollowsFromWhatIsWrongWithIt() {
    let guardian = deployment("guard", wanted: 1, available: 0)
    let set = replicaSet(of: guardian)
    func refused(_ name: String, by host: String = "guard.shop.svc") -> (Deployment, Event) {
      let web = deployment(name, wanted: 1, available: 0)
      let message =
        #"Internal error occurred: failed calling webhook "check.guard": failed to call webhook: Post "https://\#(host):443/"#
        + #"check?timeout=10s": no endpoints available for service "guard""#
      return (web, event("FailedCreate", message, about: replicaSet(of: web)))
    }
    func objects(_ refused: (Deployment, Event)...) -> [any KubeObject] {
      refused.flatMap { [$0.0, wanting(replicaSet(of: $0.0)), $0.1] as [any KubeObject] }
    }
    func wanting(_ set: ReplicaSet) -> ReplicaSet {
      var set = set
      set.spec.replicas = 1
      return set
    }
    let all = objects(refused("pay"), refused("cart"))
    let dead: [any KubeObject] = [guardian, set, crashing("guard-1", of: set), service("guard")]
    #expect(rows(dead + all) == ["critical deployment/guard pod.crash-loop"])
    let slice = object(EndpointSlice.self, "guard-x") {
      $0.metadata.labels = ["kubernetes.io/service-name": "guard"]
      $0.endpoints = [Endpoint()]
    }
    let healthy: [any KubeObject] = [
      deployment("guard", wanted: 1, available: 1), set, ready("guard-1", of: set), service("guard"), slice,
    ]
    #expect(rows(healthy + all).filter { $0.hasSuffix("workload.pods-refused") }.count == 2, "its Service is well")
    #expect(
      rows(dead + objects(refused("pay", by: "other.example.com"))).contains(
        "critical deployment/pay workload.pods-refused"), "another host")
  }

  @Test func aWebhookThatRefusesItsOwnPodsIsOneRow() {
    let guardian = deployment("web", wanted: 1, available: 0)
    var set = replicaSet(of: guardian)
    set.spec.replicas = 1
    set.spec.template.metadata.labels = ["app": "web"]
    var labelled = guardian
    labelled.spec.template.metadata.labels = ["app": "web"]
    let message =
      #"failed calling webhook "w": failed to call webhook: Post "https://guard.shop.svc:443/": no endpoints available"#
    let refusal = event("FailedCreate", message, about: set)
    #expect(
      rows([labelled, set, refusal, service("guard")]) == ["critical deployment/web workload.pods-refused"])
  }

  // MARK: Nodes

  @Test func whatANetworkAgentLeavesWithoutANetworkIsItsRow() {
    let agents = object(DaemonSet.self, "cni", namespace: "kube-system") {
      $0.status.desiredNumberScheduled = 2
      $0.status.numberReady = 1
    }
    func agent(_ name: String, on node: String, mounts: String = "/etc/cni/net.d", ready: Bool = false) -> Pod {
      own(
        pod(name, namespace: "kube-system") {
          $0.spec.nodeName = node
          $0.spec.hostNetwork = true
          var source = HostPathVolumeSource()
          source.path = mounts
          var volume = Volume()
          volume.hostPath = source
          $0.spec.volumes = [volume]
          $0.status.conditions = [condition("Ready", ready ? "True" : "False")]
          $0.status.containerStatuses = [
            ready
              ? running("app", restarts: 3, last: end(1))
              : waiting("app", "CrashLoopBackOff", restarts: 4, last: end(1))
          ]
        }, by: agents)
    }
    func victim(_ message: String = #"failed to setup network for sandbox "1": plugin type="x" failed"#)
      -> [any KubeObject]
    {
      let victim = pod("web-1") {
        $0.spec.nodeName = "node-2"
        $0.status.phase = "Pending"
        $0.status.conditions = [condition("PodScheduled", "True"), condition("Ready", "False")]
        $0.status.containerStatuses = [waiting("app", "ContainerCreating")]
      }
      return [victim, event("FailedCreatePodSandBox", message, about: victim)]
    }
    let well = node("node-2")
    let crash = "critical daemonset/cni pod.crash-loop"
    #expect(rows([well, agents, agent("cni-2", on: "node-2")] + victim()) == [crash])
    #expect(
      rows([well, agents, agent("cni-1", on: "node-1")] + victim())
        == [crash, "critical pod/web-1 pod.sandbox-failed"], "it crashes on another node")
    #expect(
      rows([well, agents, agent("cni-2", on: "node-2", mounts: "/var/log")] + victim()).count == 2, "it is no agent")
    #expect(
      rows([well, agents, agent("cni-2", on: "node-2")] + victim("context deadline exceeded")).count == 2,
      "the sandbox fails for another reason")
    #expect(
      rows([well, agents, agent("cni-2", on: "node-2", ready: true)] + victim())
        .contains("critical pod/web-1 pod.sandbox-failed"), "it is ready again")
    func waitingNode(_ message: String) -> Node {
      node("node-2") {
        $0.status.conditions = [nodeCondition("Ready", "False", reason: "KubeletNotReady", message: message)]
      }
    }
    let lack = "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:cni"
    let both = Triage.diagnose(
      cluster([waitingNode(lack), agents, agent("cni-2", on: "node-2")] + victim()), now: now
    ).groups
    #expect(both.map(\.code) == [.podCrashLoop])
    #expect(
      both.first?.summary(now: now).hasSuffix("; node-2 has no pod network: 1 pod affected") == true,
      "\(both.map { $0.summary(now: now) })")
    #expect(
      rows([waitingNode("[\(lack), PLEG is not healthy]"), agents, agent("cni-2", on: "node-2")] + victim())
        == ["critical node/node-2 node.not-ready"], "more is wrong with the node")
  }

  @Test func allThatANodeTakesAlongIsTheNodesRow() {
    let (cart, agent, database) = (
      deployment("cart", wanted: 2, available: 2),
      object(DaemonSet.self, "agent") {
        $0.status.desiredNumberScheduled = 2
        $0.status.numberReady = 1
      },
      object(StatefulSet.self, "database") {
        $0.spec.replicas = 1
        $0.status.readyReplicas = 0
      }
    )
    let set = replicaSet(of: cart)
    let lost = own(
      pod("agent-2") {
        $0.spec.nodeName = "node-2"
        $0.status.conditions = [condition("Ready", "False")]
      }, by: agent)
    let objects: [any KubeObject] = [
      deadNode, cart, set, agent, database, terminating("cart-1-a", on: "node-2", of: set),
      terminating("cart-1-b", on: "node-2", of: set), lost, terminating("database-0", on: "node-2", of: database),
    ]
    #expect(
      groups(objects) == [
        "critical node/node-2: NotReady for 41m: Kubelet stopped posting node status; 4 pods of 3 owners affected (4/4)"
      ])
    let report = Triage.diagnose(cluster(objects), now: now)
    #expect(report.finding(for: lost.metadata.uid)?.code == .podNodeNotReady, "each object keeps its own finding")
    #expect(report.finding(for: agent.metadata.uid)?.code == .workloadReplicasMissing)
    #expect(report.findings.count == report.groups[0].findings.count)
  }

  @Test func aPodThatDoesNotEndForAnotherReasonIsNotTheNodes() {
    let held = pod("held") {
      $0.spec.nodeName = "node-2"
      $0.metadata.deletionTimestamp = ago(2000)
      $0.metadata.finalizers = ["example.com/hold"]
    }
    #expect(groups([deadNode, held]).count == 2)
  }

  @Test func moreReplicasMissingThanTheNodeTookIsARowOfItsOwn() {
    let agent = object(DaemonSet.self, "agent") {
      $0.status.desiredNumberScheduled = 5
      $0.status.numberReady = 2
    }
    let lost = own(
      pod("agent-2") {
        $0.spec.nodeName = "node-2"
        $0.status.conditions = [condition("Ready", "False")]
      }, by: agent)
    #expect(groups([deadNode, agent, lost]).last == "warning daemonset/agent: 2 of 5 replicas available (1/-)")
  }

  @Test func aReplacedPodThatDoesNotEndExplainsNoMissingReplica() {
    let cart = deployment("cart", wanted: 2, available: 1)
    let set = replicaSet(of: cart)
    #expect(
      groups([deadNode, cart, set, terminating("cart-1-a", on: "node-2", of: set)]).last
        == "warning deployment/cart: 1 of 2 replicas available (1/-)")
  }

  // MARK: Services

  @Test func aServiceOfBrokenPodsIsPartOfTheirRow() {
    let web = deployment("web", wanted: 2, available: 0)
    let set = replicaSet(of: web)
    #expect(
      groups([web, set, crashing("web-1-a", of: set), crashing("web-1-b", of: set), service("web")]) == [
        "critical deployment/web: 2 of 2 pods: exit 1; service web has no ready endpoint (2/2)"
      ])
  }

  @Test func aServiceMakesAWarningCritical() {
    let web = deployment("web", wanted: 1, available: 0)
    let set = replicaSet(of: web)
    let unready = own(
      pod("web-1-a") {
        $0.metadata.labels = ["app": "web"]
        $0.status.conditions = [condition("Ready", "False", since: ago(60))]
        $0.status.containerStatuses = [running("app", ready: false, since: ago(60))]
        $0.spec.containers[0].readinessProbe = Probe()
      }, by: set)
    let objects: [any KubeObject] = [set, unready]
    #expect(groups(objects).first?.hasPrefix("warning") == true)
    #expect(groups(objects + [service("web")]).count == 1)
    #expect(groups(objects + [service("web")]).first?.hasPrefix("critical") == true)
  }

  @Test func aServiceWithAReadyPodButNoEndpointHasACauseOfItsOwn() {
    let web = deployment("web", wanted: 2, available: 1)
    let set = replicaSet(of: web)
    #expect(
      groups([web, set, crashing("web-1-a", of: set), ready("web-1-b", of: set), service("web")]).contains(
        "critical service/web: no ready endpoint though 1 of 2 pods is ready (1/-)"))
  }

  @Test func aServiceThatSelectsNobodyIsARowBesideABrokenWorkload() {
    let web = deployment("web", wanted: 1, available: 0)
    let set = replicaSet(of: web)
    #expect(groups([web, set, crashing("web-1-a", of: set), service("other", app: "other")]).count == 2)
  }

  /// A Deployment whose pods the quota `team` refuses.
  private let refused = object(Deployment.self, "web") {
    $0.spec.template.metadata.labels = ["app": "web"]
    var failure = DeploymentCondition()
    failure.type = "ReplicaFailure"
    failure.status = "True"
    failure.message =
      "pods \"web-1-x\" is forbidden: exceeded quota: team, requested: cpu=1, used: cpu=4, limited: cpu=4"
    $0.status.conditions = [failure]
  }

  private func quota(_ name: String) -> ResourceQuota {
    object(ResourceQuota.self, name) {
      $0.status.hard = ["cpu": Quantity("4")]
      $0.status.used = ["cpu": Quantity("4")]
    }
  }

  @Test func aServiceWithoutPodsFollowsFromWhatKeepsThemFromBeingCreated() {
    #expect(
      groups([refused, quota("team"), service("web")]) == [
        "critical deployment/web: quota \"team\" exceeded: cpu 1 requested, 4 of 4 used; "
          + "service web has no ready endpoint (1/-)"
      ])
    #expect(groups([refused, quota("team"), service("web"), service("other", app: "other")]).count == 2)
  }

  @Test func aQuotaThatRefusesAWorkloadIsNoRowOfItsOwn() {
    #expect(
      groups([refused, quota("team")]) == [
        "critical deployment/web: quota \"team\" exceeded: cpu 1 requested, 4 of 4 used (1/-)"
      ])
    #expect(
      groups([refused, quota("team"), quota("other")]).last
        == "notice resourcequota/other: used up: cpu 4 of 4 (1/-)")
  }

  @Test func aServiceOfAWorkloadScaledToZeroSaysSo() {
    let asleep = object(Deployment.self, "web") {
      $0.spec.replicas = 0
      $0.spec.template.metadata.labels = ["app": "web"]
    }
    #expect(
      groups([asleep, service("web")]) == [
        "notice service/web: no pod matches app=web: deployment/web is scaled to 0 (1/-)"
      ])
  }

  // MARK: Claims

  private func pending(_ name: String, claim: String, of owner: some KubeObject) -> Pod {
    own(
      pod(name) {
        $0.spec.nodeName = ""
        $0.status.phase = "Pending"
        $0.status.containerStatuses = []
        var volume = Volume()
        volume.name = "data"
        volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
        volume.persistentVolumeClaim?.claimName = claim
        $0.spec.volumes = [volume]
        $0.status.conditions = [
          condition(
            "PodScheduled", "False", reason: "Unschedulable",
            message: "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.")
        ]
      }, by: owner)
  }

  @Test func aPodThatWaitsForAClaimIsTheClaimsRow() {
    let (warehouse, claim) = (
      deployment("warehouse", wanted: 1, available: 0),
      object(PersistentVolumeClaim.self, "warehouse-data") {
        $0.spec.storageClassName = "fast"
        $0.status.phase = "Pending"
      }
    )
    let set = replicaSet(of: warehouse)
    let objects: [any KubeObject] = [warehouse, claim, set, pending("w-1", claim: "warehouse-data", of: set)]
    #expect(
      groups(objects) == [
        "critical persistentvolumeclaim/warehouse-data: storage class \"fast\" does not exist; "
          + "1 pod of deployment/warehouse affected (1/-)"
      ])
    let broken = crashing("w-2", of: set)
    #expect(groups(objects + [broken]).count == 2, "another cause in the same Deployment stays a row")
  }

  @Test(arguments: [("", 1), ("OrderedReady", 1), ("Parallel", 2)])
  func theFirstPodOfASetKeepsTheNextFromBeingCreated(policy: String, rows: Int) {
    let database = object(StatefulSet.self, "db") {
      $0.spec.replicas = 3
      $0.spec.podManagementPolicy = policy
      $0.status.readyReplicas = 0
    }
    let claim = object(PersistentVolumeClaim.self, "data-db-0") {
      $0.spec.storageClassName = "fast"
      $0.status.phase = "Pending"
    }
    let found = groups([database, claim, pending("db-0", claim: "data-db-0", of: database)])
    #expect(found.count == rows)
    #expect(
      found.first
        == "critical persistentvolumeclaim/data-db-0: storage class \"fast\" does not exist; "
        + "1 pod of statefulset/db affected (1/-)")
  }

  // MARK: History

  private func evicted(_ name: String, of owner: some KubeObject) -> Pod {
    own(
      pod(name) {
        $0.status.phase = "Failed"
        $0.status.reason = "Evicted"
        $0.status.message = "The node was low on resource: memory. "
        $0.status.containerStatuses = [terminated("app", end(137, finished: ago(600)))]
      }, by: owner)
  }

  @Test(arguments: [(1, 3, 0), (2, 3, 0), (3, 3, 1), (1, 2, 1)])
  func evictedPodsThatWereReplacedAreHistory(evictions: Int, available: Int, rows: Int) {
    let resizer = deployment("resizer", wanted: 3, available: available)
    let set = replicaSet(of: resizer)
    let pods = (0..<evictions).map { evicted("resizer-1-\($0)", of: set) }
    let found = groups([resizer, set] + pods).filter { $0.contains("Evicted") }
    #expect(found.count == rows)
  }

  // MARK: Policies

  @Test(arguments: [("web", 1), ("other", 2)])
  func aBudgetIsBlockedBecauseItsPodsAreBroken(app: String, rows: Int) {
    let web = deployment("web", wanted: 2, available: 0)
    let set = replicaSet(of: web)
    let budget = object(PodDisruptionBudget.self, "web") {
      $0.spec.selector = LabelSelector()
      $0.spec.selector?.matchLabels = ["app": app]
      $0.status.expectedPods = 2
      $0.status.desiredHealthy = 1
      $0.status.currentHealthy = 0
    }
    #expect(groups([web, set, crashing("a", of: set), crashing("b", of: set), budget]).count == rows)
  }

  @Test(arguments: [
    ("failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)", 1),
    ("failed to get cpu utilization: missing request for cpu in container app of Pod web-1", 2),
  ])
  func anAutoscalerWithoutPodsToMeasureFollowsFromItsTarget(message: String, rows: Int) {
    let web = deployment("web", wanted: 1, available: 0)
    let set = replicaSet(of: web)
    let autoscaler = object(HorizontalPodAutoscaler.self, "web") {
      $0.spec.scaleTargetRef.kind = "Deployment"
      $0.spec.scaleTargetRef.name = "web"
      var active = ControllerCondition()
      active.type = "ScalingActive"
      active.status = "False"
      active.reason = "FailedGetResourceMetric"
      active.message = message
      active.lastTransitionTime = ago(600)
      $0.status.conditions = [active]
    }
    #expect(groups([web, set, crashing("web-1-a", of: set), autoscaler]).count == rows)
  }
}
