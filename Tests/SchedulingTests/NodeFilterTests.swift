import Kube
import Scheduling
import Testing

/// Filters that look at the node alone; one row for each sentence of their rules.
@Suite struct NodeFilterTests {
  // MARK: NodeUnschedulable, NodeName

  @Test func aCordonedNodeTakesOnlyPodsThatTolerateItsTaint() {
    let cordoned = node("a") { $0.spec.unschedulable = true }
    #expect(refusal(cluster([cordoned]), pod("p")) == ["node(s) were unschedulable"])
    for tolerated in [
      toleration("node.kubernetes.io/unschedulable", "Exists"), toleration("", "Exists"),
      toleration("node.kubernetes.io/unschedulable", "Equal", ""),
    ] {
      #expect(refusal(cluster([cordoned]), pod("p") { $0.spec.tolerations = [tolerated] }) == [])
    }
    let elsewhere = toleration("node.kubernetes.io/unschedulable", "Exists", effect: "NoExecute")
    #expect(
      refusal(cluster([cordoned]), pod("p") { $0.spec.tolerations = [elsewhere] }) == ["node(s) were unschedulable"])
  }

  @Test func theCordonComesBeforeItsTaint() {
    let cordoned = node("a") {
      $0.spec.unschedulable = true
      $0.spec.taints = [taint("node.kubernetes.io/unschedulable")]
    }
    #expect(refusal(cluster([cordoned]), pod("p")) == ["node(s) were unschedulable"])
  }

  // MARK: TaintToleration

  struct TaintCase: Sendable, CustomTestStringConvertible {
    var taint: (String, String, String)
    var toleration: (String, String, String, String)?
    var isTolerated: Bool
    var testDescription: String { "\(taint) \(String(describing: toleration))" }
  }

  @Test(arguments: [
    TaintCase(taint: ("k", "v", "NoSchedule"), toleration: nil, isTolerated: false),
    TaintCase(taint: ("k", "v", "NoExecute"), toleration: nil, isTolerated: false),
    TaintCase(taint: ("k", "v", "PreferNoSchedule"), toleration: nil, isTolerated: true),
    TaintCase(taint: ("k", "v", "NoSchedule"), toleration: ("k", "", "v", ""), isTolerated: true),
    TaintCase(taint: ("k", "v", "NoSchedule"), toleration: ("k", "Equal", "v", "NoSchedule"), isTolerated: true),
    TaintCase(taint: ("k", "v", "NoSchedule"), toleration: ("k", "Equal", "w", ""), isTolerated: false),
    TaintCase(taint: ("k", "v", "NoSchedule"), toleration: ("k", "Equal", "v", "NoExecute"), isTolerated: false),
    TaintCase(taint: ("k", "v", "NoSchedule"), toleration: ("k", "Exists", "", ""), isTolerated: true),
    TaintCase(taint: ("k", "v", "NoSchedule"), toleration: ("", "Exists", "", ""), isTolerated: true),
    TaintCase(taint: ("k", "v", "NoSchedule"), toleration: ("l", "Exists", "", ""), isTolerated: false),
    TaintCase(taint: ("k", "5", "NoSchedule"), toleration: ("k", "Gt", "1", ""), isTolerated: false),
  ])
  func aTaintKeepsAwayWhoDoesNotTolerateIt(_ test: TaintCase) {
    let tainted = node("a") { $0.spec.taints = [taint(test.taint.0, test.taint.1, test.taint.2)] }
    let pod = pod("p") { pod in
      if let (key, operation, value, effect) = test.toleration {
        pod.spec.tolerations = [toleration(key, operation, value, effect: effect)]
      }
    }
    #expect(cluster([tainted]).explain(pod).fitting.isEmpty == !test.isTolerated)
  }

  @Test func theTextAboutTaintsFollowsTheVersion() {
    let nodes = [node("a") { $0.spec.taints = [taint("p", "", "PreferNoSchedule"), taint("k", "v"), taint("l")] }]
    #expect(
      refusal(cluster(.kubernetes120, nodes), pod("p")) == ["node(s) had taint {k: v}, that the pod didn't tolerate"])
    #expect(
      refusal(cluster(SchedulerRules(minor: 26), nodes), pod("p")) == ["node(s) had untolerated taint {k: v}"])
    #expect(refusal(cluster(.current, nodes), pod("p")) == ["node(s) had untolerated taint(s)"])
    // What the scheduler no longer says.
    let evidence = cluster(.current, nodes).explain(pod("p")).nodes[0].reasons[0].evidence
    #expect(evidence.description == "taint k=v:NoSchedule")
  }

  // MARK: NodeAffinity

  struct AffinityCase: Sendable, CustomTestStringConvertible {
    var requirement: NodeSelectorRequirement
    var matches: [String]
    var testDescription: String { "\(requirement.key) \(requirement.operator) \(requirement.values)" }
  }

  /// Labels: a has size=5, b has size=x, c has none.
  @Test(arguments: [
    AffinityCase(requirement: requirement("size", "In", "5", "6"), matches: ["a"]),
    AffinityCase(requirement: requirement("size", "NotIn", "5"), matches: ["b", "c"]),
    AffinityCase(requirement: requirement("size", "Exists"), matches: ["a", "b"]),
    AffinityCase(requirement: requirement("size", "DoesNotExist"), matches: ["c"]),
    AffinityCase(requirement: requirement("size", "Gt", "4"), matches: ["a"]),
    AffinityCase(requirement: requirement("size", "Gt", "5"), matches: []),
    AffinityCase(requirement: requirement("size", "Lt", "6"), matches: ["a"]),
    // What cannot be parsed matches nothing: not even where its opposite does not match.
    AffinityCase(requirement: requirement("size", "Gt", "-4"), matches: []),
    AffinityCase(requirement: requirement("size", "Gt", "4", "5"), matches: []),
    AffinityCase(requirement: requirement("size", "In"), matches: []),
    AffinityCase(requirement: requirement("size", "Exists", "5"), matches: []),
    AffinityCase(requirement: requirement("size", "Maybe", "5"), matches: []),
    AffinityCase(requirement: requirement("size", "NotIn", "not a value"), matches: []),
  ])
  func operators(_ test: AffinityCase) {
    let nodes = [
      node("a") { $0.metadata.labels["size"] = "5" }, node("b") { $0.metadata.labels["size"] = "x" }, node("c"),
    ]
    let report = cluster(nodes).explain(pod("p") { $0.spec.affinity = nodeAffinity([[test.requirement]]) })
    #expect(report.fitting.map(\.name) == test.matches)
  }

  @Test func termsAreAlternativesAndTheirPartsAreNot() {
    let nodes = [
      node("a") { $0.metadata.labels = ["x": "1"] }, node("b") { $0.metadata.labels = ["x": "1", "y": "2"] },
    ]
    let (x, y) = (requirement("x", "In", "1"), requirement("y", "In", "2"))
    func fitting(_ affinity: Affinity, _ selector: SmallMap<String> = [:]) -> [String] {
      cluster(nodes).explain(
        pod("p") {
          $0.spec.affinity = affinity
          $0.spec.nodeSelector = selector
        }
      ).fitting.map(\.name)
    }
    #expect(fitting(nodeAffinity([[x, y]])) == ["b"])
    #expect(fitting(nodeAffinity([[x], [y]])) == ["a", "b"])
    #expect(fitting(nodeAffinity([[x]]), ["y": "2"]) == ["b"])
    #expect(fitting(nodeAffinity([[]])) == [], "an empty term matches nothing")
    #expect(fitting(nodeAffinity([])) == [], "no terms match nothing")
    #expect(fitting(nodeAffinity([[requirement("x", "In")], [y]])) == ["b"], "a malformed term is left out")
  }

  @Test func affinityTextsAndNames() {
    let nodes = [node("a"), node("b"), node("c") { $0.spec.unschedulable = true }]
    let byLabel = pod("p") { $0.spec.nodeSelector = ["disk": "ssd"] }
    #expect(refusal(cluster(.kubernetes120, nodes), byLabel) == ["node(s) didn't match Pod's node affinity"])
    #expect(refusal(cluster(.current, nodes), byLabel) == ["node(s) didn't match Pod's node affinity/selector"])

    // As DaemonSet pods have it: the scheduler looks at no other node, not even at cordoned ones.
    let byName = pod("p") {
      $0.spec.affinity = nodeAffinity([], fields: [[requirement("metadata.name", "In", "b")]])
      $0.spec.containers[0].resources.requests = amounts(["cpu": "8"])
    }
    let report = cluster(.current, nodes).explain(byName)
    #expect(
      report.histogram == [
        .init(reason: "node(s) didn't satisfy plugin(s) [NodeAffinity]", nodes: 2),
        .init(reason: "Insufficient cpu", nodes: 1),
      ])
    #expect(
      cluster(.kubernetes120, nodes).explain(byName).message
        == "0/3 nodes are available: 1 Insufficient cpu, 1 node(s) didn't match Pod's node affinity, 1 node(s) were unschedulable."
    )
    let conflicting = pod("p") {
      $0.spec.affinity = nodeAffinity(
        [], fields: [[requirement("metadata.name", "In", "a"), requirement("metadata.name", "In", "b")]])
    }
    #expect(refusal(cluster(.current, nodes), conflicting) == ["pod affinity terms conflict"])
  }

  // MARK: NodePorts

  private func listening(_ name: String, on node: String = "", _ port: Int, _ ip: String = "", _ proto: String = "")
    -> Pod
  {
    pod(name, on: node) {
      var own = ContainerPort()
      (own.hostPort, own.containerPort, own.hostIP, own.protocol) = (port, 80, ip, proto)
      $0.spec.containers[0].ports = [own]
    }
  }

  @Test func hostPortsConflictByAddressProtocolAndNumber() {
    let text = ["node(s) didn't have free ports for the requested pod ports"]
    let rows: [(Pod, Pod, Bool)] = [
      (listening("x", on: "a", 80), listening("y", 80), true),
      (listening("x", on: "a", 80), listening("y", 81), false),
      (listening("x", on: "a", 80), listening("y", 80, "", "UDP"), false),
      (listening("x", on: "a", 80, "", "TCP"), listening("y", 80, "0.0.0.0"), true),
      (listening("x", on: "a", 80, "10.0.0.1"), listening("y", 80, "10.0.0.2"), false),
      (listening("x", on: "a", 80, "10.0.0.1"), listening("y", 80, "10.0.0.1"), true),
      (listening("x", on: "a", 80, "10.0.0.1"), listening("y", 80), true),
      (listening("x", on: "a", 80), listening("y", 80, "10.0.0.1"), true),
      (listening("x", on: "a", 0), listening("y", 0), false),
    ]
    for (old, new, conflicts) in rows {
      #expect(refusal(cluster([node("a")], [old]), new) == (conflicts ? text : []))
    }
  }

  @Test func sidecarsHaveHostPortsToo() {
    let old = pod("x", on: "a") {
      var sidecar = Container()
      sidecar.restartPolicy = "Always"
      var port = ContainerPort()
      port.hostPort = 80
      sidecar.ports = [port]
      $0.spec.initContainers = [sidecar]
    }
    #expect(!refusal(cluster(.current, [node("a")], [old]), listening("y", 80)).isEmpty)
    #expect(refusal(cluster(.kubernetes120, [node("a")], [old]), listening("y", 80)).isEmpty)
  }

  // MARK: NodeDeclaredFeatures

  @Test func featuresThatThePodNeeds() {
    let wanting = pod("p") {
      $0.spec.hostNetwork = true
      $0.spec.hostUsers = false
    }
    let able = node("b") { $0.status.declaredFeatures = ["UserNamespacesHostNetworkSupport"] }
    let report = cluster([node("a"), able]).explain(wanting)
    #expect(report.fitting.map(\.name) == ["b"])
    #expect(report.histogram.map(\.reason) == ["node(s) didn't match Pod's required features"])
    let restarting = pod("p") {
      var rule = ContainerRestartRule()
      rule.action = "RestartAllContainers"
      $0.spec.containers[0].restartPolicyRules = [rule]
    }
    #expect(cluster([able]).explain(restarting).fitting.isEmpty)
    #expect(cluster(SchedulerRules(minor: 35), [able]).explain(restarting).fitting.count == 1)
  }

  // MARK: Not modelled

  @Test func claimsForDevicesAreNeverAPass() {
    let wanting = pod("p") { $0.spec.resourceClaims = [PodResourceClaim()] }
    let report = cluster([node("a")]).explain(wanting)
    #expect(report.fitting.isEmpty)
    #expect(report.undecided.map(\.name) == ["a"])
    #expect(report.message == nil)
    guard case .unknown(let why) = report.verdict(of: .dynamicResources, on: report.nodes[0]) else {
      Issue.record("a verdict without knowledge")
      return
    }
    #expect(why.hasPrefix("not modelled"))
  }
}
