import Kube
import Scheduling
import Testing

/// Filters between pods: affinity, anti-affinity of both sides, spreading.
@Suite struct NeighbourTests {
  private let near = "node(s) didn't match pod affinity rules"
  private let away = "node(s) didn't match pod anti-affinity rules"
  private let existing = "node(s) didn't satisfy existing pods anti-affinity rules"
  private let both = "node(s) didn't match pod affinity/anti-affinity"

  private func web(_ name: String, on node: String = "", _ change: (inout Pod) -> Void = { _ in }) -> Pod {
    pod(name, on: node) {
      $0.metadata.labels = ["app": "web"]
      change(&$0)
    }
  }

  /// Nodes a and b in zone 1, c in zone 2, d in none.
  private let nodes: [Node] = ["a": "1", "b": "1", "c": "2", "d": ""].sorted { $0.key < $1.key }.map { name, zone in
    node(name) { if !zone.isEmpty { $0.metadata.labels["zone"] = zone } }
  }

  private func fitting(_ pods: [Pod], _ new: Pod) -> String { fitting(.current, pods, new) }

  private func fitting(_ rules: SchedulerRules, _ pods: [Pod], _ new: Pod) -> String {
    cluster(rules, nodes, pods).explain(new).fitting.map(\.name).joined()
  }

  // MARK: Affinity

  @Test func affinityWantsAMatchingPodInThePlace() {
    let new = pod("p") { $0.spec.affinity = neighbours(near: [term(selector(["app": "web"]), by: "zone")]) }
    #expect(fitting([web("x", on: "a")], new) == "ab")
    #expect(fitting([web("x", on: "d")], new) == "", "a node without the label is in no place")
    #expect(refusal(cluster(nodes, [web("x", on: "a")]), new, on: "c") == [near])
    #expect(refusal(cluster(nodes, [web("x", on: "a")]), new, on: "d") == [near])
    #expect(refusal(cluster(.kubernetes120, nodes, [web("x", on: "a")]), new, on: "c") == [both, near])
    #expect(cluster(nodes, [web("x", on: "a")]).explain(new).nodes[2].reasons[0].isResolvable == false)
  }

  @Test func theFirstOfAGroupMayStart() {
    let new = web("p") { $0.spec.affinity = neighbours(near: [term(selector(["app": "web"]), by: "zone")]) }
    #expect(fitting([], new) == "abc", "nobody is there to be near to, and the pod matches its own term")
    let other = pod("p") { $0.spec.affinity = neighbours(near: [term(selector(["app": "web"]), by: "zone")]) }
    #expect(fitting([], other) == "")
    #expect(fitting([web("x", on: "d")], new) == "abc", "a pod in no place is nobody")
  }

  @Test func aPodCountsOnlyIfItMatchesAllTerms() {
    let new = pod("p") {
      $0.spec.affinity = neighbours(near: [
        term(selector(["app": "web"]), by: "zone"), term(selector(["tier": "back"]), by: "zone"),
      ])
    }
    let half = web("x", on: "a")
    let whole = web("y", on: "c") { $0.metadata.labels["tier"] = "back" }
    #expect(fitting([half], new) == "")
    #expect(fitting([half, whole], new) == "c")
  }

  // MARK: Namespaces and selectors

  @Test func aTermMeansItsOwnNamespaceUnlessItSaysOthers() {
    let elsewhere = web("x", on: "a") { $0.metadata.namespace = "bank" }
    func new(_ change: @escaping (inout PodAffinityTerm) -> Void) -> Pod {
      pod("p") { $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]), by: "zone", change)]) }
    }
    func fitting(_ pod: Pod) -> String {
      var snapshot = cluster(nodes, [elsewhere])
      for (name, team) in [("bank", "money"), ("shop", "sales")] {
        var namespace = Namespace()
        namespace.metadata.name = name
        namespace.metadata.labels = ["team": team]
        snapshot.put(namespace)
      }
      return snapshot.explain(pod).fitting.map(\.name).joined()
    }
    #expect(fitting(new { _ in }) == "abcd")
    #expect(fitting(new { $0.namespaces = ["bank"] }) == "cd")
    #expect(fitting(new { $0.namespaceSelector = LabelSelector() }) == "cd", "an empty selector means all")
    #expect(fitting(new { $0.namespaceSelector = selector(["team": "money"]) }) == "cd")
    #expect(fitting(new { $0.namespaceSelector = selector(["team": "sales"]) }) == "abcd")
    // Seen on 1.36: a selector that only excludes means every namespace, even those that it excludes.
    let excluding = new {
      var not = LabelSelectorRequirement()
      (not.key, not.operator, not.values) = ("team", "NotIn", ["money"])
      $0.namespaceSelector = LabelSelector()
      $0.namespaceSelector?.matchExpressions = [not]
    }
    #expect(fitting(excluding) == "cd")
  }

  @Test func noSelectorMatchesNothingAndAnEmptyOneEverything() {
    let old = pod("x", on: "a")
    #expect(fitting([old], pod("p") { $0.spec.affinity = neighbours(away: [term(nil)]) }) == "abcd")
    #expect(fitting([old], pod("p") { $0.spec.affinity = neighbours(away: [term(LabelSelector())]) }) == "bcd")
  }

  @Test func matchLabelKeysOfAManifestAreMerged() {
    let old = web("x", on: "a") { $0.metadata.labels["version"] = "1" }
    func new(_ version: String, _ change: @escaping (inout PodAffinityTerm) -> Void) -> Pod {
      web("p") {
        $0.metadata.labels["version"] = version
        $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]), by: "zone", change)])
      }
    }
    #expect(fitting([old], new("1") { $0.matchLabelKeys = ["version"] }) == "cd")
    #expect(fitting([old], new("2") { $0.matchLabelKeys = ["version"] }) == "abcd")
    #expect(fitting([old], new("1") { $0.mismatchLabelKeys = ["version"] }) == "abcd")
    #expect(fitting([old], new("2") { $0.mismatchLabelKeys = ["version"] }) == "cd")
  }

  // MARK: Anti-affinity

  @Test func antiAffinityKeepsAwayFromThePlace() {
    let new = pod("p") { $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]), by: "zone")]) }
    #expect(fitting([web("x", on: "a")], new) == "cd", "a node without the label is in no place")
    #expect(refusal(cluster(nodes, [web("x", on: "a")]), new, on: "b") == [away])
    #expect(refusal(cluster(.kubernetes120, nodes, [web("x", on: "a")]), new, on: "b") == [both, away])
  }

  @Test func podsThatAreThereKeepOthersAway() {
    let hermit = pod("hermit", on: "a") {
      $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]), by: "zone")])
    }
    #expect(fitting([hermit], web("p")) == "cd")
    #expect(fitting([hermit], pod("q")) == "abcd")
    #expect(refusal(cluster(nodes, [hermit]), web("p"), on: "b") == [existing])
    #expect(refusal(cluster(.kubernetes120, nodes, [hermit]), web("p"), on: "b") == [both, existing])
    // Users rarely guess this one: the pod is named.
    let evidence = cluster(nodes, [hermit]).explain(web("p")).nodes[1].reasons[0].evidence
    #expect(evidence.description == "pod shop/hermit in zone=1")
  }

  @Test func affinityIsComparedBeforeAntiAffinity() {
    let new = web("p") {
      $0.spec.affinity = neighbours(near: [term(selector(["app": "db"]))], away: [term(selector(["app": "web"]))])
    }
    #expect(refusal(cluster(nodes, [web("x", on: "a")]), new) == [near])
    let hermit = pod("hermit", on: "a") { $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]))]) }
    let shy = web("p") { $0.spec.affinity = neighbours(away: [term(selector(["app": "web"]))]) }
    #expect(refusal(cluster(nodes, [web("x", on: "a"), hermit]), shy) == [away])
  }

  // MARK: Spreading

  private let uneven = "node(s) didn't match pod topology spread constraints"

  private func spreading(_ change: @escaping (inout TopologySpreadConstraint) -> Void = { _ in }) -> Pod {
    web("p") { $0.spec.topologySpreadConstraints = [spread("zone", selector(["app": "web"]), change)] }
  }

  @Test func skewIsComparedWithTheEmptiestPlace() {
    let pods = [web("x", on: "a"), web("y", on: "b")]
    #expect(fitting(pods, spreading()) == "c")
    #expect(fitting(pods, spreading { $0.maxSkew = 3 }) == "abc")
    #expect(refusal(cluster(nodes, pods), spreading()) == [uneven])
    #expect(refusal(cluster(nodes, pods), spreading(), on: "d") == [uneven + " (missing required label)"])
    #expect(fitting(pods, spreading { $0.whenUnsatisfiable = "ScheduleAnyway" }) == "abcd")
    let evidence = cluster(nodes, pods).explain(spreading()).nodes[0].reasons[0].evidence
    #expect(evidence.description == "zone=1 has 2 (+1), the emptiest place 0, maxSkew 1 (2: 0, 1: 2)")
  }

  @Test func onlyLivingPodsOfTheNamespaceCount() {
    let leaving = web("x", on: "a") { $0.metadata.deletionTimestamp = Timestamp(seconds: 1) }
    let elsewhere = web("y", on: "a") { $0.metadata.namespace = "bank" }
    #expect(fitting([leaving, elsewhere], spreading()) == "abc")
    #expect(fitting([web("z", on: "a")], spreading()) == "c")
  }

  @Test func fewerPlacesThanMinDomainsCountAsAnEmptyOne() {
    let pods = [web("x", on: "a"), web("y", on: "c")]
    #expect(fitting(pods, spreading()) == "abc")
    #expect(fitting(pods, spreading { $0.minDomains = 2 }) == "abc")
    #expect(fitting(pods, spreading { $0.minDomains = 3 }) == "")
    #expect(fitting(.kubernetes120, pods, spreading { $0.minDomains = 3 }) == "abc")
  }

  @Test func nodesThatThePodCannotUseDoNotMakeAPlace() {
    let pods = [web("x", on: "a")]
    var new = spreading()
    new.spec.nodeSelector = ["zone": "1"]
    #expect(fitting(pods, new) == "ab", "zone 2 does not count, since the selector excludes it")
    new = spreading { $0.nodeAffinityPolicy = "Ignore" }
    new.spec.nodeSelector = ["zone": "1"]
    #expect(fitting(pods, new) == "")
    #expect(fitting(.kubernetes120, pods, new) == "ab", "1.20 always honours the selector")
  }

  @Test func taintedNodesMakeAPlaceUnlessTaintsAreHonoured() {
    var tainted = nodes
    tainted[2].spec.taints = [taint("k")]
    func fitting(_ pod: Pod) -> String {
      cluster(tainted, [web("x", on: "a")]).explain(pod).fitting.map(\.name).joined()
    }
    #expect(fitting(spreading()) == "")
    #expect(fitting(spreading { $0.nodeTaintsPolicy = "Honor" }) == "ab")
  }

  @Test func emptySelectorsCountNothingButInThePodItselfAndEverythingIn120() {
    let pods = [web("x", on: "a"), web("y", on: "b")]
    let new = web("p") { $0.spec.topologySpreadConstraints = [spread("zone", LabelSelector())] }
    #expect(fitting(.current, pods, new) == "abc")
    #expect(fitting(.kubernetes120, pods, new) == "c")
    let none = web("p") { $0.spec.topologySpreadConstraints = [spread("zone", nil)] }
    #expect(fitting(pods, none) == "abc")
  }

  /// In 1.20 the pods of nodes that the selector excludes count, if their place counts.
  @Test func podsOnExcludedNodesCountIn120() {
    var marked = nodes
    for index in [0, 2] { marked[index].metadata.labels["disk"] = "ssd" }
    var new = spreading()
    new.spec.nodeSelector = ["disk": "ssd"]
    let pods = [web("x", on: "b")]
    #expect(cluster(.current, marked, pods).explain(new).fitting.map(\.name) == ["a", "c"])
    #expect(cluster(.kubernetes120, marked, pods).explain(new).fitting.map(\.name) == ["c"])
  }

  @Test func matchLabelKeysOfConstraintsAreMerged() {
    let old = web("x", on: "a") { $0.metadata.labels["version"] = "1" }
    var new = spreading { $0.matchLabelKeys = ["version"] }
    new.metadata.labels["version"] = "2"
    #expect(fitting([old], new) == "abc")
    new.metadata.labels["version"] = "1"
    #expect(fitting([old], new) == "c")
    #expect(fitting(.kubernetes120, [old], new) == "c")
  }

  // MARK: Bad input

  @Test func thousandsOfTermsEndInTime() {
    let terms = (0..<10_000).map { term(selector(["app": "x\($0)"]), by: "zone") }
    let greedy = pod("p") { $0.spec.affinity = neighbours(near: terms, away: terms) }
    _ = cluster(nodes, [web("x", on: "a")]).explain(greedy)
    let many = (0..<3000).map { pod("old-\($0)", on: "a") }
    let report = cluster(nodes, many).explain(greedy)
    #expect(report.fitting.isEmpty)
    #expect(report.message == nil, "what was not compared is not told")
  }

  @Test func malformedSelectorsAreNoPass() {
    var bad = LabelSelectorRequirement()
    (bad.key, bad.operator) = ("app", "Like")
    var selector = LabelSelector()
    selector.matchExpressions = [bad]
    #expect(fitting([], pod("p") { $0.spec.affinity = neighbours(away: [term(selector)]) }) == "")
    #expect(fitting([], pod("p") { $0.spec.topologySpreadConstraints = [spread("zone", selector)] }) == "")
    let hermit = pod("hermit", on: "a") { $0.spec.affinity = neighbours(away: [term(selector)]) }
    #expect(fitting([hermit], pod("p")) == "")
  }
}
