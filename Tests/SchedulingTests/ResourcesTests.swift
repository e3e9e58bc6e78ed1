import Kube
import Scheduling
import Testing

/// What a pod asks for, what pods have, and what a node has left.
@Suite struct ResourcesTests {
  private func container(_ list: KeyValuePairs<String, String>, restart: String? = nil) -> Container {
    var container = Container()
    container.name = "c"
    container.resources.requests = amounts(list)
    container.restartPolicy = restart
    return container
  }

  private func asked(_ pod: Pod) -> [String: Int64] { asked(.current, pod) }

  private func asked(_ rules: SchedulerRules, _ pod: Pod) -> [String: Int64] {
    Dictionary(uniqueKeysWithValues: cluster(rules, [node("a")]).explain(pod).requests.map { ($0.resource, $0.amount) })
  }

  // MARK: The pod's request

  @Test func containersAddUp() {
    let pod = pod("p") {
      $0.spec.containers = [self.container(["cpu": "100m", "memory": "1Mi"]), self.container(["cpu": "0.2"])]
    }
    #expect(asked(pod) == ["cpu": 300, "memory": 1 << 20])
    #expect(asked(.kubernetes120, pod) == ["cpu": 300, "memory": 1 << 20])
  }

  /// As in a template or a manifest; the API server has written it into pods already.
  @Test func aLimitStandsForAMissingRequest() {
    let pod = pod("p") {
      $0.spec.containers[0].resources.limits = amounts(["cpu": "2", "memory": "4Gi"])
      $0.spec.containers[0].resources.requests = amounts(["cpu": "100m"])
    }
    #expect(asked(pod) == ["cpu": 100, "memory": 4 << 30])
    #expect(asked(.kubernetes120, pod) == ["cpu": 100, "memory": 4 << 30])
  }

  @Test func initContainersRunOneAfterAnother() {
    let pod = pod("p") {
      $0.spec.initContainers = [self.container(["cpu": "2"]), self.container(["cpu": "1", "memory": "5"])]
      $0.spec.containers = [self.container(["cpu": "500m", "memory": "7"])]
    }
    #expect(asked(pod) == ["cpu": 2000, "memory": 7])
  }

  /// A sidecar runs beside everything that comes after it; an init container before it runs without it.
  @Test func sidecarsStay() {
    let pod = pod("p") {
      $0.spec.initContainers = [
        self.container(["cpu": "900m"]), self.container(["cpu": "200m"], restart: "Always"),
        self.container(["cpu": "800m"]),
      ]
      $0.spec.containers = [self.container(["cpu": "500m"])]
    }
    #expect(asked(pod) == ["cpu": 1000], "800m beside the sidecar's 200m is more than 500m and 200m")
    #expect(asked(.kubernetes120, pod) == ["cpu": 900], "1.20 knows no sidecars")
  }

  @Test func podLevelRequestsReplaceTheSum() {
    let pod = pod("p") {
      $0.spec.containers = [self.container(["cpu": "500m", "memory": "5", "example.com/gpu": "1"])]
      $0.spec.resources = ResourceRequirements()
      $0.spec.resources?.requests = amounts(["cpu": "2", "example.com/gpu": "9"])
      $0.spec.overhead = amounts(["cpu": "10m"])
    }
    #expect(asked(pod) == ["cpu": 2010, "memory": 5, "example.com/gpu": 1])
    #expect(asked(.kubernetes120, pod)["cpu"] == 510)
  }

  @Test func roundingIsUpAndOnceForThePod() {
    let pod = pod("p") {
      $0.spec.containers = [
        self.container(["cpu": "100u", "memory": "500m"]), self.container(["cpu": "100u", "memory": "500m"]),
      ]
    }
    #expect(asked(pod) == ["cpu": 1, "memory": 1])
    #expect(asked(.kubernetes120, pod) == ["cpu": 2, "memory": 2], "1.20 rounded each container")
  }

  // MARK: The pods that are there

  @Test func whatIsAllocatedCountsWhileAPodIsResized() {
    func resized(_ conditions: [Condition]) -> Pod {
      requesting(["cpu": "1"], name: "x", on: "a") {
        $0.spec.containers[0].name = "c"
        var status = ContainerStatus()
        status.name = "c"
        status.allocatedResources = amounts(["cpu": "3"])
        $0.status.containerStatuses = [status]
        $0.status.conditions = conditions
      }
    }
    func free(_ pod: Pod) -> String? {
      cluster([node("a")], [pod]).explain(requesting(["cpu": "4"])).nodes[0].reasons.first?.evidence.description
    }
    #expect(free(resized([])) == "requested 4, free 1, used 3 of 4")
    var pending = Condition()
    (pending.type, pending.status, pending.reason) = ("PodResizePending", "True", "Infeasible")
    var shrunk = resized([pending])
    shrunk.spec.containers[0].resources.requests = amounts(["cpu": "64"])
    #expect(free(shrunk) == "requested 4, free 1, used 3 of 4", "an infeasible wish does not count")
    #expect(
      cluster(.kubernetes120, [node("a")], [resized([])]).explain(requesting(["cpu": "4"])).nodes[0].reasons.first?
        .evidence.description == "requested 4, free 3, used 1 of 4")
  }

  @Test func podsThatHaveEndedCountNowhereAndTerminatingOnesDo() {
    let big = requesting(["cpu": "4"], name: "x", on: "a")
    var ended = big
    ended.status.phase = "Succeeded"
    #expect(refusal(cluster([node("a")], [ended]), requesting(["cpu": "1"])) == [])
    var leaving = big
    leaving.metadata.deletionTimestamp = Timestamp(seconds: 1)
    #expect(refusal(cluster([node("a")], [leaving]), requesting(["cpu": "1"])) == ["Insufficient cpu"])
  }

  // MARK: The node

  @Test func allShortagesAreToldTogether() {
    let small = node("a") {
      $0.status.allocatable = amounts(["cpu": "1", "memory": "1Gi", "pods": "1"])
      $0.status.capacity = amounts(["cpu": "64", "memory": "64Gi", "pods": "500"])
    }
    let old = pod("x", on: "a")
    let new = requesting(["cpu": "2", "memory": "2Gi", "ephemeral-storage": "1", "example.com/gpu": "1"])
    #expect(
      refusal(cluster([small], [old]), new)
        == [
          "Too many pods", "Insufficient cpu", "Insufficient memory", "Insufficient ephemeral-storage",
          "Insufficient example.com/gpu",
        ])
  }

  @Test func aPodThatAsksForNothingFitsWhereThereIsRoomForAPod() {
    let full = requesting(["cpu": "100"], name: "x", on: "a")
    #expect(refusal(cluster([node("a")], [full]), pod("p")) == [])
    let none = node("a") { $0.status.allocatable = [:] }
    #expect(refusal(cluster([none]), pod("p")) == ["Too many pods"])
  }

  /// Node a has more CPU requested than it offers.
  @Test func onlyWhatIsAskedForIsComparedButNotIn120() {
    let full = requesting(["cpu": "100"], name: "x", on: "a")
    let new = requesting(["memory": "1Mi"])
    #expect(refusal(cluster(.current, [node("a")], [full]), new) == [])
    #expect(refusal(cluster(.kubernetes120, [node("a")], [full]), new) == ["Insufficient cpu"])
  }

  @Test func aZeroOfAnExtendedResourceCountsOnlyIn120AndOnlyInContainers() {
    let taken = requesting(["example.com/gpu": "1"], name: "x", on: "a")
    let zero = requesting(["example.com/gpu": "0", "cpu": "1m"])
    #expect(refusal(cluster(.current, [node("a")], [taken]), zero) == [])
    #expect(refusal(cluster(.kubernetes120, [node("a")], [taken]), zero) == ["Insufficient example.com/gpu"])
    let inInit = requesting(["cpu": "1m"]) { $0.spec.initContainers = [self.container(["example.com/gpu": "0"])] }
    #expect(refusal(cluster(.kubernetes120, [node("a")], [taken]), inInit) == [])
  }

  @Test func resourcesThatAreNotForSchedulingAreLeftOut() {
    #expect(refusal(cluster([node("a")]), requesting(["storage": "1Ti", "cpu": "1"])) == [])
    #expect(refusal(cluster([node("a")]), requesting(["hugepages-2Mi": "2Mi"])) == ["Insufficient hugepages-2Mi"])
  }

  @Test func moreThanTheNodeHasCannotBeHelpedByPreemption() {
    let nodes = [node("a")]
    func isResolvable(_ rules: SchedulerRules, _ cpu: String) -> Bool? {
      cluster(rules, nodes, [requesting(["cpu": "3"], name: "x", on: "a")]).explain(requesting(["cpu": cpu])).nodes[0]
        .reasons.first?.isResolvable
    }
    #expect(isResolvable(.current, "2") == true)
    #expect(isResolvable(.current, "5") == false)
    #expect(isResolvable(.kubernetes120, "5") == true)
  }

  /// How much there is anywhere, and who has what is missing on the node that misses least.
  @Test func whatIsFreeAndWhoHasTheRest() {
    func room(_ nodes: [Node], _ pods: [Pod], _ list: KeyValuePairs<String, String>) -> [String] {
      cluster(nodes, pods).explain(requesting(list)).room
    }
    let pods = [
      requesting(["cpu": "1"], name: "x", on: "a"), requesting(["cpu": "1500m"], name: "y", on: "a"),
      requesting(["cpu": "3"], name: "z", on: "b"), pod("idle", on: "a"),
    ]
    #expect(
      room([node("a"), node("b")], pods, ["cpu": "2"]) == [
        "the most cpu that is free on any node is 1500m (a)",
        "on node a cpu is requested most by shop/y 1500m, shop/x 1",
      ])
    #expect(
      room([node("a"), node("b")], pods, ["cpu": "9"]) == [
        "no node is large enough for cpu 9: the largest, a, offers 4"
      ])
    #expect(room([node("a")], [], ["example.com/gpu": "1"]) == ["no node offers example.com/gpu"])
    #expect(room([node("a"), node("c")], pods, ["cpu": "2"]) == [], "it fits")
    // Nodes of one size are another kind of refusal than nodes that are full.
    let nodes = [node("a"), node("small") { $0.status.allocatable["cpu"] = Quantity("1") }]
    #expect(cluster(nodes, pods).explain(requesting(["cpu": "2"])).groups.map(\.nodes.count) == [1, 1])
  }

  /// All that has a prefix of Kubernetes' own, and volume limits, are compared like extended resources.
  @Test(arguments: ["attachable-volumes-csi-x", "kubernetes.io/thing", "hugepages-1Gi", "example.com/gpu"])
  func scalarResources(_ name: String) {
    let one = node("a") { $0.status.allocatable[name] = Quantity("1Gi") }
    let wanting = requesting([name: "1Gi"])
    #expect(refusal(cluster([one]), wanting) == [])
    #expect(
      refusal(cluster([one], [requesting([name: "1Gi"], name: "x", on: "a")]), wanting) == ["Insufficient \(name)"])
    #expect(refusal(cluster([node("a")]), wanting) == ["Insufficient \(name)"])
  }

  @Test func podLevelMemoryAndHugePages() {
    let pod = pod("p") {
      $0.spec.containers = [self.container(["memory": "5", "hugepages-2Mi": "2Mi", "ephemeral-storage": "7"])]
      $0.spec.resources = ResourceRequirements()
      $0.spec.resources?.requests = amounts(["memory": "9", "hugepages-2Mi": "4Mi", "ephemeral-storage": "1"])
    }
    #expect(
      asked(pod) == ["memory": 9, "hugepages-2Mi": 4 << 20, "ephemeral-storage": 7],
      "only CPU, memory and huge pages are of whole pods")
  }

  /// What the kubelet has made true counts for containers, init containers and whole pods, the larger each.
  @Test func statusOfResizes() {
    func used(_ change: (inout Pod) -> Void) -> Int64? {
      let there = requesting(["cpu": "1"], name: "x", on: "a", change)
      let report = cluster([node("a") { $0.status.allocatable["cpu"] = Quantity("9") }], [there])
        .explain(requesting(["cpu": "9"]))
      guard case .resource(_, _, let used, _, _)? = report.nodes[0].reasons.first?.evidence else { return nil }
      return used
    }
    func status(_ name: String, _ cpu: String) -> ContainerStatus {
      var status = ContainerStatus()
      status.name = name
      status.resources = ResourceRequirements()
      status.resources?.requests = amounts(["cpu": cpu])
      return status
    }
    #expect(used { _ in } == 1000)
    #expect(used { $0.status.containerStatuses = [status("app", "2")] } == 2000)
    #expect(used { $0.status.containerStatuses = [status("app", "500m")] } == 1000)
    #expect(used { $0.status.containerStatuses = [status("other", "2")] } == 1000)
    func withInit(_ restart: String?) -> (inout Pod) -> Void {
      {
        $0.spec.initContainers = [self.container(["cpu": "1"], restart: restart)]
        $0.status.initContainerStatuses = [status("c", "3")]
      }
    }
    #expect(used(withInit(nil)) == 3000, "init containers run before the others")
    #expect(used(withInit("Always")) == 4000, "and sidecars beside them")
    #expect(
      used {
        $0.spec.resources = ResourceRequirements()
        $0.spec.resources?.requests = amounts(["cpu": "2"])
        $0.status.resources = ResourceRequirements()
        $0.status.resources?.requests = amounts(["cpu": "4"])
        $0.status.allocatedResources = amounts(["cpu": "3"])
      } == 4000)
  }

  // MARK: Bad input

  @Test(arguments: ["lots", "1.2.3", "", "1e999", "--1"]) func whatIsNoQuantityIsNoPass(_ text: String) {
    let report = cluster([node("a")]).explain(requesting(["cpu": text]))
    #expect(report.fitting.isEmpty && report.message == nil)
    let odd = node("a") { $0.status.allocatable["memory"] = Quantity(text) }
    #expect(cluster([odd]).explain(requesting(["cpu": "1"])).fitting.isEmpty)
    let neighbour = requesting(["cpu": text], name: "x", on: "a")
    #expect(cluster([node("a")], [neighbour]).explain(requesting(["cpu": "1"])).fitting.isEmpty)
  }

  @Test func absurdAmountsDoNotTrap() {
    let absurd = requesting(["cpu": "9223372036854775807", "memory": "9223372036854775807"], name: "x", on: "a")
    let more = requesting(["cpu": "9223372036854775807", "memory": "9e30"], name: "y", on: "a")
    let negative = requesting(["cpu": "-9223372036854775807", "memory": "-9e30"], name: "z", on: "a")
    #expect(!refusal(cluster([node("a")], [absurd, more]), more).isEmpty)
    _ = cluster([node("a") { $0.status.allocatable["cpu"] = Quantity("-9e18") }], [absurd, negative]).explain(negative)
  }
}
