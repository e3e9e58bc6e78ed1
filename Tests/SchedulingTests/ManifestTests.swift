import ClusterState
import Kube
import Scheduling
import Testing

/// A manifest that is not applied: what stands in the same file counts, and what the API server would not take is said.
@Suite struct ManifestTests {
  private let state = ClusterState()
  private let now = Timestamp(seconds: 1_800_000_000)

  init() {
    for type in PlacementQuestion.reads + [ServiceAccount.self] {
      let store = ObjectStore(resource: type.resource, coverage: .cluster)
      store.freshness = .live
      state.add(store)
    }
    state.store(of: Namespace.self)?.put(namespace("shop"))
  }

  private func namespace(_ name: String, labels: SmallMap<String> = [:]) -> Namespace {
    var namespace = Namespace()
    (namespace.metadata.name, namespace.metadata.uid) = (name, "uid-\(name)")
    namespace.metadata.labels = labels
    return namespace
  }

  private func answer(
    _ subject: any KubeObject, with others: [any KubeObject] = [], _ snapshot: ClusterSnapshot = cluster([node("a")])
  ) throws -> PlacementAnswer {
    var subject = subject
    subject.metadata.uid = ""
    return try #require(
      PlacementQuestion(subject, in: state, snapshot, isManifest: true, with: others, now: now)
    ).answer
  }

  private func named<Object: KubeObject>(_ type: Object.Type, _ name: String, _ change: (inout Object) -> Void)
    -> Object
  {
    var object = Object()
    object.metadata.name = name
    if Object.resource.isNamespaced { object.metadata.namespace = "shop" }
    change(&object)
    return object
  }

  // MARK: The same file

  @Test func aPriorityClassOfTheSameFile() throws {
    let gold = named(PriorityClass.self, "gold") { $0.value = 1000 }
    let wanting = requesting(["cpu": "3"]) { $0.spec.priorityClassName = "gold" }
    let snapshot = cluster([node("a")], [requesting(["cpu": "3"], name: "old", on: "a")])
    #expect(try answer(wanting, snapshot).obstacle != nil)
    let found = try answer(wanting, with: [gold], snapshot)
    #expect(found.obstacle == nil)
    #expect(found.report.preemptionSentence?.contains("shop/old (priority 0)") == true)
  }

  private func answer(_ subject: any KubeObject, _ snapshot: ClusterSnapshot) throws -> PlacementAnswer {
    try answer(subject, with: [], snapshot)
  }

  @Test func aNamespaceAndAServiceAccountOfTheSameFile() throws {
    var elsewhere = pod("p") { $0.spec.serviceAccountName = "robot" }
    elsewhere.metadata.namespace = "new"
    #expect(try answer(elsewhere).obstacle == "namespaces \"new\" not found")
    let new = namespace("new")
    #expect(
      try answer(elsewhere, with: [new]).obstacle
        == "error looking up service account new/robot: serviceaccount \"robot\" not found")
    let robot = named(ServiceAccount.self, "robot") { $0.metadata.namespace = "new" }
    #expect(try answer(elsewhere, with: [new, robot]).obstacle == nil)
    elsewhere.spec.serviceAccountName = "default"
    #expect(try answer(elsewhere, with: [new]).obstacle == nil)
    let going = named(Namespace.self, "new") { $0.metadata.deletionTimestamp = now }
    #expect(
      try answer(elsewhere, with: [going]).obstacle
        == "namespace new is being deleted: nothing new is created in it")
  }

  @Test func aNamespacesLabelsCountForNeighbours() throws {
    let choosy = pod("p") {
      $0.metadata.namespace = "new"
      $0.metadata.labels = ["app": "web"]
      $0.spec.affinity = neighbours(
        away: [term(selector(["app": "web"])) { $0.namespaceSelector = selector(["team": "red"]) }])
    }
    let rival = pod("rival", on: "a") {
      $0.metadata.labels = ["app": "web"]
      $0.spec.affinity = neighbours(
        away: [term(selector(["app": "web"])) { $0.namespaceSelector = selector(["team": "red"]) }])
    }
    let snapshot = cluster([node("a")], [rival])
    #expect(try answer(choosy, with: [namespace("new")], snapshot).outcome == .fits)
    #expect(try answer(choosy, with: [namespace("new", labels: ["team": "red"])], snapshot).outcome == .doesNotFit)
  }

  @Test func aRuntimeClassALimitRangeAndAQuotaOfTheSameFile() throws {
    let kata = named(RuntimeClass.self, "kata") {
      $0.overhead = RuntimeClassOverhead()
      $0.overhead?.podFixed = amounts(["cpu": "500m"])
    }
    let range = named(LimitRange.self, "bounds") {
      var item = LimitRangeItem()
      (item.type, item.defaultRequest) = ("Container", amounts(["cpu": "1"]))
      $0.spec.limits = [item]
    }
    let wanting = pod("p") { $0.spec.runtimeClassName = "kata" }
    let found = try answer(wanting, with: [kata, range])
    #expect(found.report.requestText == "cpu 1500m")
    var quota = named(ResourceQuota.self, "team") { $0.spec.hard = amounts(["requests.cpu": "2"]) }
    #expect(try answer(wanting, with: [kata, range, quota]).obstacle == nil)
    // One that exists gets other bounds; what is used of it stays used.
    quota.status.hard = amounts(["requests.cpu": "9"])
    quota.status.used = amounts(["requests.cpu": "1"])
    quota.metadata.uid = "uid-quota"
    state.store(of: ResourceQuota.self)?.put(quota)
    #expect(try answer(wanting, with: [kata, range]).obstacle == nil)
    quota.status = ResourceQuotaStatus()
    #expect(
      try answer(wanting, with: [kata, range, quota]).obstacle
        == "exceeded quota: team, requested: requests.cpu=1500m, used: requests.cpu=1, limited: requests.cpu=2")
  }

  @Test func aClaimOfTheSameFileGetsTheDefaultClassWhereverItStands() throws {
    let claim = named(PersistentVolumeClaim.self, "data") { _ in }
    let fast = named(StorageClass.self, "fast") {
      $0.metadata.annotations["storageclass.kubernetes.io/is-default-class"] = "true"
      ($0.provisioner, $0.volumeBindingMode) = ("disk.example.com", "WaitForFirstConsumer")
    }
    var volume = Volume()
    volume.name = "data"
    volume.persistentVolumeClaim = PersistentVolumeClaimVolumeSource()
    volume.persistentVolumeClaim?.claimName = "data"
    let using = pod("p") { $0.spec.volumes = [volume] }
    #expect(try answer(using).outcome == .doesNotFit)
    #expect(try answer(using, with: [claim, fast]).outcome == .fits)
  }

  @Test func otherPodsOfTheFileAreNotCountedAndThatIsSaid() throws {
    let found = try answer(pod("p"), with: [pod("q")])
    #expect(found.remarks.contains("other pods that the manifest makes are not counted: they may take the room"))
    #expect(try !answer(pod("p")).remarks.contains { $0.hasPrefix("other pods") })
  }

  /// What a quota refuses no node can take, however it is changed, unless the quota is raised too.
  @Test(arguments: [("2", true), ("9", false)]) func aQuotaComesBeforeNodes(bound: String, isRefused: Bool) throws {
    let quota = named(ResourceQuota.self, "team") { $0.spec.hard = amounts(["requests.cpu": bound]) }
    let cordoned = cluster([node("a") { $0.spec.unschedulable = true }])
    let found = try answer(requesting(["cpu": "3"]), with: [quota], cordoned)
    #expect(!found.suggestions.isEmpty)
    let raise = "raise quota team: requests.cpu from 2 to 3"
    #expect(found.suggestions.allSatisfy { $0.text.hasPrefix(raise + ", and ") == isRefused })
    #expect(found.suggestions[0].kubectl == ["kubectl uncordon a"], "the quota does not exist yet")
    #expect(found.suggestions[0].remarks.contains("quota team is in the manifest: change it there") == isRefused)
  }

  // MARK: A node named by the manifest

  /// No scheduler looks at such a pod: what the kubelet checks decides, and that is less.
  @Test func aManifestThatNamesItsNodeIsTheKubeletsToTake() throws {
    let port = { (pod: inout Pod) in
      var own = ContainerPort()
      (own.containerPort, own.hostPort) = (80, 80)
      pod.spec.containers[0].ports = [own]
    }
    let cases: [(make: (inout Pod) -> Void, outcome: PlacementReport.Outcome, rest: String)] = [
      ({ _ in }, .fits, "and the kubelet would take the pod"),
      (
        { $0.spec.containers[0].resources.requests = amounts(["cpu": "100"]) }, .doesNotFit,
        "and the kubelet would reject the pod: OutOfcpu: requested 100, free 4, used 0 of 4: the node is too small"
      ),
      (
        { $0.spec.nodeSelector = ["disk": "ssd"] }, .doesNotFit,
        "and the kubelet would reject the pod: NodeAffinity: nodeSelector disk=ssd, the node has no such label"
      ),
      (port, .doesNotFit, "and the kubelet would reject the pod: NodePorts: 80/TCP is used by shop/rival"),
      ({ $0.spec.nodeName = "b" }, .fits, "and the kubelet would take the pod"),
      (
        { $0.spec.nodeName = "c" }, .doesNotFit,
        "and the kubelet would reject the pod: TaintToleration: taint out:NoExecute"
      ),
    ]
    let cordoned = node("b") {
      $0.spec.unschedulable = true
      $0.spec.taints = [taint("kept")]
    }
    let snapshot = cluster(
      [node("a"), cordoned, node("c") { $0.spec.taints = [taint("kept"), taint("out", "", "NoExecute")] }],
      [pod("rival", on: "a", port)])
    for (make, outcome, rest) in cases {
      var wanting = pod("p", on: "a", make)
      wanting.metadata.uid = ""
      let found = try answer(wanting, snapshot)
      #expect(found.outcome == outcome)
      #expect(found.headline == "names node \(wanting.spec.nodeName) itself: the scheduler is bypassed, \(rest)")
      #expect(found.suggestions.isEmpty)
    }
  }

  // MARK: Claims that go with the pod

  @Test func ephemeralVolumesAreMadeWithThePod() throws {
    var volume = Volume()
    volume.name = "scratch"
    volume.ephemeral = EphemeralVolumeSource()
    volume.ephemeral?.volumeClaimTemplate = PersistentVolumeClaimTemplate()
    volume.ephemeral?.volumeClaimTemplate?.spec.storageClassName = "fast"
    let using = pod("p") { $0.spec.volumes = [volume] }
    var snapshot = cluster([node("a"), node("b") { $0.metadata.labels["zone"] = "1" }])
    let fast = named(StorageClass.self, "fast") {
      ($0.provisioner, $0.volumeBindingMode) = ("disk.example.com", "WaitForFirstConsumer")
      var topology = TopologySelectorTerm()
      var requirement = TopologySelectorLabelRequirement()
      (requirement.key, requirement.values) = ("zone", ["1"])
      topology.matchLabelExpressions = [requirement]
      $0.allowedTopologies = [topology]
    }
    snapshot.put(fast)
    var web = Deployment()
    (web.metadata.namespace, web.metadata.name) = ("shop", "web")
    web.spec.template.spec = using.spec
    for subject in [using, web] as [any KubeObject] {
      #expect(try answer(subject, snapshot).report.fitting.map(\.name) == ["b"])
    }
    // A class that binds at once is done before the scheduler looks.
    let early = named(StorageClass.self, "fast") { $0.provisioner = "disk.example.com" }
    let found = try answer(using, with: [early], snapshot)
    #expect(found.outcome == .fits)
    #expect(found.remarks.contains("claim p-scratch is bound before the scheduler looks: its volume is not counted"))
    // Somebody else's claim of that name is in the way.
    snapshot.put(named(PersistentVolumeClaim.self, "p-scratch") { _ in })
    #expect(try answer(using, snapshot).outcome == .doesNotFit)
  }

  // MARK: What the API server does not take

  private static let mistakes: [(says: String, make: @Sendable (inout Pod) -> Void)] = [
    ("spec.containers: Required value", { $0.spec.containers = [] }),
    (
      "spec.containers[0].resources.requests: Invalid value: \"2\": must be less than or equal to cpu limit of 1",
      { $0.set(["cpu": "2"], limits: ["cpu": "1"]) }
    ),
    (
      "spec.containers[0].resources.requests: Invalid value: \"1\": must be equal to nvidia.com/gpu limit of 2",
      { $0.set(["nvidia.com/gpu": "1"], limits: ["nvidia.com/gpu": "2"]) }
    ),
    (
      "spec.containers[0].resources.limits: Required value: Limit must be set for non overcommitable resources",
      { $0.set(["nvidia.com/gpu": "1"], limits: [:]) }
    ),
    (
      "spec.containers[0].resources.limits[nvidia.com/gpu]: Invalid value: \"500m\": must be an integer",
      { $0.set([:], limits: ["nvidia.com/gpu": "500m"]) }
    ),
    (
      "spec.containers[0].resources.requests[cpu]: Invalid value: \"-1\": must be greater than or equal to 0",
      { $0.set(["cpu": "-1"], limits: [:]) }
    ),
    (
      "spec.tolerations[0].operator: Invalid value: \"gpu\": value must be empty when `operator` is 'Exists'",
      { $0.spec.tolerations = [toleration("dedicated", "Exists", "gpu")] }
    ),
    (
      "spec.tolerations[0].operator: Invalid value: \"\": operator must be Exists when `key` is empty, which means "
        + "\"match all values and all keys\"", { $0.spec.tolerations = [toleration("", "", "gpu")] }
    ),
    (
      "spec.tolerations[0].effect: Unsupported value: \"Never\": supported values: \"NoExecute\", \"NoSchedule\", "
        + "\"PreferNoSchedule\"", { $0.spec.tolerations = [toleration("k", "Exists", effect: "Never")] }
    ),
    (
      "spec.tolerations[0].operator: Unsupported value: \"In\": supported values: \"Equal\", \"Exists\"",
      { $0.spec.tolerations = [toleration("k", "In", "v")] }
    ),
  ]

  @Test func whatValidationRefuses() throws {
    for (says, make) in Self.mistakes {
      let found = try answer(pod("p") { make(&$0) })
      #expect(found.obstacle == "the API server refuses it: \(says)")
      #expect(found.outcome == .doesNotFit)
      var web = Deployment()
      (web.metadata.namespace, web.metadata.name) = ("shop", "web")
      web.spec.template.spec = pod("p") { make(&$0) }.spec
      #expect(
        try answer(web).obstacle?.hasPrefix("the API server refuses it: spec.template.spec.") == true, "\(says)")
    }
  }

  @Test func whatValidationTakes() throws {
    let good: [(inout Pod) -> Void] = [
      { $0.set(["cpu": "1"], limits: ["cpu": "1"]) }, { $0.set([:], limits: ["nvidia.com/gpu": "0"]) },
      { $0.set(["cpu": "100m", "memory": "1Gi"], limits: ["cpu": "1"]) },
      { $0.spec.tolerations = [toleration("", "Exists"), toleration("k", "Equal", "v"), toleration("k")] },
    ]
    for make in good { #expect(try answer(pod("p") { make(&$0) }).obstacle == nil) }
  }

  /// A limit that a LimitRange gives may be too small for the request that stands there.
  @Test func whatIsAddedIsValidatedToo() throws {
    let range = named(LimitRange.self, "bounds") {
      var item = LimitRangeItem()
      (item.type, item.default) = ("Container", amounts(["cpu": "1"]))
      $0.spec.limits = [item]
    }
    #expect(
      try answer(requesting(["cpu": "2"]), with: [range]).obstacle
        == "the API server refuses it: spec.containers[0].resources.requests: Invalid value: \"2\": must be less than "
        + "or equal to cpu limit of 1")
  }
}

extension Pod {
  fileprivate mutating func set(
    _ requests: KeyValuePairs<String, String>, limits: KeyValuePairs<String, String>
  ) {
    spec.containers[0].resources.requests = amounts(requests)
    spec.containers[0].resources.limits = amounts(limits)
  }
}
