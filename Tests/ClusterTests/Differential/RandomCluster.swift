import Kube

/// A cluster and pods to be placed in it, the same for the same seed: small, odd, and full of reasons to refuse a pod.
struct RandomCluster {
  /// An object to create, its status to be written afterwards (where creation drops it).
  struct Item {
    var resource: Resource
    var namespace: String?
    var object: JSONValue
    var status: JSONValue?
    /// A node's taints, which creation adds to.
    var taints: [JSONValue]?
    /// Deleted after creation; a bound pod stays, terminating, since no kubelet confirms.
    var isDeleted = false
  }

  static let namespaces = ["red", "blue"]

  let seed: UInt64
  var items: [Item] = []
  var pods: [(namespace: String, object: JSONValue)] = []

  var random: SeededRandom
  let prefix: String
  var nodes: [String] = []
  var claims: [(namespace: String, name: String)] = []
  var classes: [String] = []

  init(seed: UInt64, pods count: Int) {
    self.seed = seed
    prefix = "s\(seed)"
    random = SeededRandom(seed: seed)
    let nodeCount = Int.random(in: 1...9, using: &random)
    nodes = (0..<nodeCount).map { "\(prefix)-n\($0)" }
    if chance(60) { addStorage() }
    for name in nodes { addNode(name) }
    for index in 0..<Int.random(in: 0...(nodeCount * 3), using: &random) { addBoundPod(index) }
    for index in 0..<count { addPod(index) }
  }

  // MARK: Chance

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }

  mutating func some<T>(_ values: [T], _ range: ClosedRange<Int>) -> [T] {
    Array(values.shuffled(using: &random).prefix(Int.random(in: range, using: &random)))
  }

  mutating func add(
    _ resource: Resource, in namespace: String? = nil, _ object: JSONValue, status: JSONValue? = nil,
    taints: [JSONValue]? = nil, isDeleted: Bool = false
  ) {
    items.append(
      Item(
        resource: resource, namespace: namespace, object: object, status: status, taints: taints, isDeleted: isDeleted))
  }

  // MARK: Nodes

  static let zones = ["a", "b", "c"]

  mutating func addNode(_ name: String) {
    var labels: JSONValue = ["kubernetes.io/hostname": .string(name)]
    if chance(75) { labels["topology.kubernetes.io/zone"] = .string(pick(Self.zones)) }
    if chance(15) { labels["failure-domain.beta.kubernetes.io/zone"] = .string(pick(Self.zones)) }
    if chance(20) { labels["topology.kubernetes.io/region"] = .string(pick(["r1", "r2"])) }
    if chance(60) { labels["disk"] = .string(pick(["ssd", "hdd", ""])) }
    if chance(60) { labels["generation"] = .string(pick(["1", "2", "5", "10", "x", "07"])) }
    if chance(30) { labels["rack"] = .string(pick(["1", "2"])) }
    var taints: [JSONValue] = []
    for _ in 0..<pick([0, 0, 0, 1, 1, 2]) {
      let taint: JSONValue = [
        "key": .string(pick(["dedicated", "gpu", "node.kubernetes.io/disk-pressure"])),
        "value": .string(pick(["", "a", "b"])),
        "effect": .string(pick(["NoSchedule", "NoSchedule", "NoExecute", "PreferNoSchedule"])),
      ]
      if !taints.contains(where: { $0["key"] == taint["key"] && $0["effect"] == taint["effect"] }) {
        taints.append(taint)
      }
    }
    var spec: JSONValue = [:]
    if chance(12) {
      spec["unschedulable"] = true
      if chance(50) { taints.append(["key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"]) }
    }
    var amounts: JSONValue = [:]
    if !chance(3) {
      amounts["cpu"] = .string(pick(["250m", "1", "1500m", "2", "4", "0.1"]))
      amounts["memory"] = .string(pick(["128Mi", "512Mi", "1Gi", "2Gi", "1500M", "1e9"]))
      amounts["pods"] = .string(pick(["1", "3", "5", "10", "110", "110"]))
      if chance(60) { amounts["ephemeral-storage"] = .string(pick(["1Gi", "10Gi"])) }
      if chance(40) { amounts["example.com/gpu"] = .string(pick(["0", "1", "2", "4"])) }
      if chance(20) { amounts["hugepages-2Mi"] = .string(pick(["4Mi", "64Mi"])) }
      if chance(10) { amounts["attachable-volumes-aws-ebs"] = .string(pick(["1", "2"])) }
      if chance(10) { amounts["attachable-volumes-csi-disk.example.com"] = .string(pick(["1", "2"])) }
    }
    add(
      Node.resource,
      [
        "apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(name), "labels": labels], "spec": spec,
        "status": [
          "capacity": amounts, "allocatable": amounts,
          "conditions": [["type": "Ready", "status": "True", "reason": "KubeletReady"]],
        ],
      ], taints: taints)
    if chance(40) {
      var driver: JSONValue = ["name": "disk.example.com", "nodeID": .string(name)]
      if chance(70) { driver["allocatable"] = ["count": .int(pick([0, 1, 2, 3]))] }
      add(
        CSINode.resource,
        [
          "apiVersion": "storage.k8s.io/v1", "kind": "CSINode", "metadata": ["name": .string(name)],
          "spec": ["drivers": [driver]],
        ])
    }
  }
}
