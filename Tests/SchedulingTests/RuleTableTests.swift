import Kube
import Scheduling
import Testing

/// What profiles there are, and the sentences of the filters' rules that have no test elsewhere; one row each.
@Suite struct RuleTableTests {
  // MARK: Profiles and versions

  @Test func theOrderOfFilters() {
    #expect(
      SchedulerRules.current.plugins.map(\.rawValue) == [
        "NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit",
        "VolumeRestrictions", "NodeVolumeLimits", "VolumeBinding", "VolumeZone", "PodTopologySpread",
        "InterPodAffinity", "DynamicResources", "NodeDeclaredFeatures", "GangScheduling",
      ])
    #expect(
      SchedulerRules.kubernetes120.plugins.map(\.rawValue) == [
        "NodeUnschedulable", "NodeName", "TaintToleration", "NodeAffinity", "NodePorts", "NodeResourcesFit",
        "VolumeRestrictions", "EBSLimits", "GCEPDLimits", "NodeVolumeLimits", "AzureDiskLimits", "VolumeBinding",
        "VolumeZone", "PodTopologySpread", "InterPodAffinity",
      ])
  }

  /// Kubernetes leaves taints out of messages since 1.35, and since 1.34.2 in that version.
  @Test(arguments: [
    ("v1.34.1", "node(s) had untolerated taint {k: v}"), ("v1.34.2", "node(s) had untolerated taint(s)"),
    ("v1.34.3-gke.100", "node(s) had untolerated taint(s)"), ("v1.34.10", "node(s) had untolerated taint(s)"),
    ("v1.34", "node(s) had untolerated taint(s)"), ("v1.33.9", "node(s) had untolerated taint {k: v}"),
    ("v1.35.0", "node(s) had untolerated taint(s)"),
    ("v1.20.2", "node(s) had taint {k: v}, that the pod didn't tolerate"),
    ("unreadable", "node(s) had untolerated taint(s)"),
  ]) func taintsInMessages(version: String, says: String) {
    let tainted = node("a") { $0.spec.taints = [taint("k", "v")] }
    #expect(refusal(cluster(SchedulerRules(gitVersion: version), [tainted]), pod("p")) == [says])
  }

  /// "10 x" stands before "2 y": the texts are sorted, not the numbers.
  @Test(arguments: [SchedulerRules.kubernetes120, .current]) func countsAreSortedAsTexts(_ rules: SchedulerRules) {
    let nodes =
      (1...10).map { number in node("full\(number)") { $0.status.allocatable["cpu"] = Quantity("1") } }
      + (1...2).map { number in node("off\(number)") { $0.spec.unschedulable = true } }
    let head = "0/12 nodes are available: 10 Insufficient cpu, 2 node(s) were unschedulable."
    #expect(cluster(rules, nodes).explain(requesting(["cpu": "2"])).message?.hasPrefix(head) == true)
  }

  /// From 1.22 to 1.25 a refusal before any node was counted for each node, later it was not: both are understood.
  @Test(arguments: [
    (20, true, true), (22, true, true), (25, true, true), (25, false, true), (30, false, true), (30, true, false),
    (36, false, true), (36, true, false), (20, false, false),
  ]) func refusalsBeforeAnyNode(minor: Int, isCounted: Bool, agrees: Bool) {
    let text = "pod has unbound immediate PersistentVolumeClaims"
    var snapshot = cluster(SchedulerRules(minor: minor), [node("a"), node("b")])
    var claim = PersistentVolumeClaim()
    (claim.metadata.namespace, claim.metadata.name) = ("shop", "c")
    snapshot.put(claim)
    let waiting = pod("p") {
      var volume = Volume()
      volume.name = "v"
      volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
      volume.persistentVolumeClaim?.claimName = "c"
      $0.spec.volumes = [volume]
      var condition = Condition()
      (condition.type, condition.status, condition.reason) = ("PodScheduled", "False", "Unschedulable")
      condition.message = "0/2 nodes are available: \(isCounted ? "2 " : "")\(text)."
      $0.status.conditions = [condition]
    }
    #expect(snapshot.explain(waiting).agrees == agrees)
  }

  // MARK: Who counts

  /// Every pod that has a node and has not ended: mirror pods and those of other schedulers too.
  @Test func whoOccupiesANode() {
    func uses(_ change: (inout Pod) -> Void) -> Bool {
      let there = requesting(["cpu": "4"], name: "x", on: "a", change)
      return !refusal(cluster([node("a")], [there]), requesting(["cpu": "1"])).isEmpty
    }
    #expect(uses { _ in })
    #expect(uses { $0.metadata.annotations["kubernetes.io/config.mirror"] = "hash" })
    #expect(uses { $0.spec.schedulerName = "other" })
    #expect(uses { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) })
    #expect(!uses { $0.status.phase = "Failed" })
    #expect(!uses { $0.spec.nodeName = "" }, "a pod without a node is nowhere")
  }

  // MARK: Taints

  /// Taints that Kubernetes makes of conditions are refused like all others, and nobody is to tolerate them.
  @Test(arguments: [
    ("not-ready", "its kubelet says that it is not ready"), ("unreachable", "its kubelet does not report any more"),
    ("memory-pressure", "it is short of memory"), ("disk-pressure", "it is short of disk space"),
    ("pid-pressure", "it is short of process ids"), ("network-unavailable", "its network is not set up"),
  ]) func conditionsKeepPodsAway(name: String, means: String) {
    let key = "node.kubernetes.io/\(name)"
    let snapshot = cluster([node("a") { $0.spec.taints = [taint(key)] }])
    #expect(refusal(snapshot, pod("p")) == ["node(s) had untolerated taint(s)"])
    let texts = snapshot.suggestions(for: pod("p")).map(\.text)
    #expect(texts.contains("repair node a: \(means) (\(key))"))
    #expect(!texts.contains { $0.contains("tolerate") || $0.contains("remove taint") })
  }

  @Test func howLongATaintIsToleratedIsNotAskedBeforehand() {
    let tainted = node("a") { $0.spec.taints = [taint("k", "v", "NoExecute")] }
    var short = toleration("k", "Exists", effect: "NoExecute")
    short.tolerationSeconds = 0
    #expect(refusal(cluster([tainted]), pod("p") { $0.spec.tolerations = [short] }) == [])
  }

  /// Whether numbers are compared is a setting of the scheduler; where they do not fit it makes no difference.
  @Test(arguments: [
    ("Gt", "900", "950", true), ("Gt", "950", "950", false), ("Lt", "960", "950", true), ("Lt", "900", "950", false),
    ("Gt", "900", "high", false), ("Gt", "low", "950", false),
  ]) func tolerationsThatCompareNumbers(operation: String, bound: String, there: String, mayPass: Bool) {
    let wanting = pod("p") { $0.spec.tolerations = [toleration("sla", operation, bound, effect: "NoSchedule")] }
    let report = cluster([node("a") { $0.spec.taints = [taint("sla", there)] }]).explain(wanting)
    #expect(report.fitting.isEmpty)
    #expect(report.undecided.map(\.name) == (mayPass ? ["a"] : []))
    // A taint that is refused for certain comes before what cannot be told.
    let two = cluster([node("a") { $0.spec.taints = [taint("sla", there), taint("k")] }])
    #expect(refusal(two, wanting) == ["node(s) had untolerated taint(s)"])
  }

  @Test func aNewNodeMayHaveWhatIsTolerated() {
    let wanting = requesting(["cpu": "9"]) {
      $0.spec.tolerations = [toleration("sla", "Gt", "900", effect: "NoSchedule")]
    }
    let remark = cluster([node("a")]).suggestions(for: wanting).first { $0.text.hasPrefix("add a node") }?.remarks.first
    #expect(remark?.hasSuffix(": sla>900:NoSchedule") == true)
  }

  // MARK: matchFields

  @Test(arguments: [
    ("metadata.name", "In", ["a"], ["a"]), ("metadata.name", "NotIn", ["a"], ["b"]),
    ("metadata.name", "In", ["a", "b"], []), ("metadata.name", "NotIn", ["a", "b"], []),
    ("metadata.uid", "In", ["a"], []),
    ("metadata.uid", "NotIn", ["a"], ["a", "b"]), ("metadata.name", "Exists", [], []),
  ]) func fieldsOfNodes(key: String, operation: String, values: [String], fit: [String]) {
    var field = NodeSelectorRequirement()
    (field.key, field.operator, field.values) = (key, operation, values)
    let wanting = pod("p") { $0.spec.affinity = nodeAffinity([], fields: [[field]]) }
    #expect(cluster([node("a"), node("b")]).explain(wanting).fitting.map(\.name) == fit)
  }

  // MARK: Ports

  private func listening(_ name: String, on node: String = "", host: Int = 0, container: Int = 80, ip: String = "")
    -> Pod
  {
    pod(name, on: node) {
      var port = ContainerPort()
      (port.hostPort, port.containerPort, port.hostIP) = (host, container, ip)
      $0.spec.containers[0].ports = [port]
    }
  }

  /// In the host's network every port is one of the host; the API server writes it so.
  @Test func portsInTheHostsNetwork() {
    var hostly = listening("p")
    hostly.spec.hostNetwork = true
    let taken = listening("x", on: "a", host: 80)
    #expect(!refusal(cluster([node("a")], [taken]), hostly).isEmpty)
    #expect(refusal(cluster([node("a")], [taken]), listening("p")) == [])
    var there = hostly
    (there.metadata.uid, there.metadata.name, there.spec.nodeName) = ("uid-there", "there", "a")
    #expect(!refusal(cluster([node("a")], [there]), listening("p", host: 80)).isEmpty)
  }

  /// The scheduler's set of ports loses one when either of two pods with it ends, so that its verdict depends on history.
  @Test func aPortThatAnEndedPodSharedMayBeFree() throws {
    func ended(_ name: String, _ host: Int, _ ip: String = "", on node: String = "a") -> Pod {
      var pod = listening(name, on: node, host: host, ip: ip)
      pod.status.phase = "Succeeded"
      return pod
    }
    let living = listening("x", on: "a", host: 80)
    func undecided(_ others: [Pod]) -> [String] {
      cluster([node("a")], [living] + others).explain(listening("p", host: 80)).undecided.map(\.name)
    }
    #expect(undecided([ended("y", 80)]) == ["a"])
    #expect(undecided([]) == [])
    #expect(undecided([ended("y", 81)]) == [])
    #expect(undecided([ended("y", 80, "10.0.0.1")]) == [], "another entry of the set")
    #expect(undecided([ended("y", 80, on: "b")]) == [])
    #expect(undecided([ended("y", 80), listening("z", on: "a", host: 80, ip: "10.0.0.1")]) == [], "refused by another")
    var snapshot = cluster([node("a")], [living, ended("y", 80)])
    let report = snapshot.explain(listening("p", host: 80))
    guard case .unknown(let why) = report.verdict(of: .nodePorts, on: report.nodes[0]) else {
      Issue.record("a flat verdict")
      return
    }
    #expect(why.hasPrefix("may differ: 80/TCP is used by shop/x, and by shop/y, which has ended"))
    // Once the ended pod is gone nothing tells of it.
    snapshot.removePod("uid-y")
    #expect(snapshot.explain(listening("p", host: 80)).undecided.isEmpty)
  }

  // MARK: Neighbours

  private func web(_ name: String, on node: String, _ change: (inout Pod) -> Void = { _ in }) -> Pod {
    pod(name, on: node) {
      $0.metadata.labels = ["app": "web"]
      change(&$0)
    }
  }

  @Test func leavingNeighboursStillCount() {
    let leaving = web("x", on: "a") { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) }
    let near = pod("p") { $0.spec.affinity = neighbours(near: [term(selector(["app": "web"]))]) }
    let away = pod("p") { $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]))]) }
    #expect(refusal(cluster([node("a")], [leaving]), near) == [])
    #expect(refusal(cluster([node("a")], [leaving]), away) == ["node(s) didn't match pod anti-affinity rules"])
  }

  /// What a pod that is there wants to be near to makes no difference to others, and wishes never block.
  @Test func onlyRequiredAntiAffinityOfOthersBlocks() {
    let loving = web("x", on: "a") { $0.spec.affinity = neighbours(near: [term(selector(["app": "web"]))]) }
    #expect(refusal(cluster([node("a")], [loving]), pod("p")) == [])
    var wish = WeightedPodAffinityTerm()
    wish.weight = 100
    wish.podAffinityTerm = term(LabelSelector())
    var affinity = Affinity()
    affinity.podAntiAffinity = PodAffinity()
    affinity.podAntiAffinity?.preferred = [wish]
    #expect(refusal(cluster([node("a")], [web("x", on: "a") { $0.spec.affinity = affinity }]), pod("p")) == [])
    #expect(refusal(cluster([node("a")], [web("x", on: "a")]), pod("p") { $0.spec.affinity = affinity }) == [])
  }

  /// A node must meet both, and counts as a place only with both labels.
  @Test func twoConstraints() {
    func place(_ name: String, _ zone: String, _ rack: String?) -> Node {
      node(name) {
        $0.metadata.labels["zone"] = zone
        if let rack { $0.metadata.labels["rack"] = rack }
      }
    }
    let nodes = [place("a", "1", "x"), place("b", "1", "y"), place("c", "2", "z"), place("d", "3", nil)]
    let new = pod("p") {
      $0.metadata.labels = ["app": "web"]
      $0.spec.topologySpreadConstraints = [
        spread("zone", selector(["app": "web"])), spread("rack", selector(["app": "web"])),
      ]
    }
    let pods = [web("x", on: "a")]
    let report = cluster(nodes, pods).explain(new)
    #expect(report.fitting.map(\.name) == ["c"], "zone 1 has one, and zone 3 is no place without a rack")
    let missing = "node(s) didn't match pod topology spread constraints (missing required label)"
    #expect(report.nodes.first { $0.name == "d" }?.reasons.map(\.text) == [missing])
  }

  // MARK: Devices

  @Test func theClaimsThatCannotBeTold() {
    let wanting = pod("p") {
      var (own, made) = (PodResourceClaim(), PodResourceClaim())
      (own.name, own.resourceClaimName) = ("gpu", "shared-gpu")
      (made.name, made.resourceClaimTemplateName) = ("nic", "fast-nic")
      $0.spec.resourceClaims = [own, made]
    }
    let report = cluster([node("a")]).explain(wanting)
    #expect(
      report.verdict(of: .dynamicResources, on: report.nodes[0])
        == .unknown(
          "not modelled: whether devices can be allocated for the pod's ResourceClaims gpu (ResourceClaim shared-gpu), "
            + "nic (of ResourceClaimTemplate fast-nic, not made yet)"))
  }
}
