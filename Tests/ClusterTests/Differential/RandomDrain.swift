import Kube
import KubeClient

/// Nodes with pods of every sort and flags to drain them with: the same for every run with the same seed.
struct RandomDrain: Sendable {
  struct Object: Sendable {
    var resource: Resource
    /// `a` or `b`; nil for what has no namespace.
    var namespace: String?
    var json: JSONValue
    var status: JSONValue?
    /// Grace period of a deletion right after creation; nil for none.
    var deletion: Int?
  }

  /// How a pod ends once it has been told to.
  enum Kubelet: String, Sendable {
    /// At once.
    case fast
    /// A while after the drain has begun.
    case slow
    /// Never.
    case stuck
  }

  /// What the drain is to meet.
  private enum Mode { case plain, blocked, overdue }

  let seed: UInt64
  private(set) var objects: [Object] = []
  private(set) var flags: [String] = []
  /// Names of the nodes behind the prefix; none when they are selected by label.
  private(set) var nodes: [String] = []
  private var random: SeededRandom
  private var mode = Mode.plain

  /// Names start with it; it is replaced by that of the tool.
  static let prefix = "PREFIX-"

  init(seed: UInt64) {
    self.seed = seed
    random = SeededRandom(seed: seed)
    mode = chance(0.2) ? .overdue : chance(0.4) ? .blocked : .plain
    makeFlags()
    let count = chance(0.3) ? 2 : 1
    for index in 1...count { makeNode("\(Self.prefix)n\(index)") }
    for namespace in ["a", "b"] {
      for name in ["ds1", "ds2"] where chance(0.8) { makeDaemonSet(name, namespace) }
      makeBudgets(namespace)
    }
    for index in 0..<Int.random(in: 2...10, using: &random) {
      makePod(index, onNode: Int.random(in: 1...count, using: &random))
    }
    if chance(0.15) {
      flags.append("-l=pool=\(Self.prefix)pool")
    } else {
      nodes = (1...count).map { "\(Self.prefix)n\($0)" }
    }
  }

  private mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &random) < probability }

  private mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: values.indices, using: &random)]
  }

  private mutating func makeFlags() {
    if chance(0.75) { flags.append("--force") }
    if chance(0.75) { flags.append("--ignore-daemonsets") }
    if chance(0.75) { flags.append("--delete-emptydir-data") }
    if chance(0.2) { flags.append("--disable-eviction") }
    if chance(0.2) { flags.append("--pod-selector=\(pick(["app=a", "app in (a,b)", "!app", "app!=c"]))") }
    if chance(0.2) { flags.append("--chunk-size=\(pick(["1", "2", "0"]))") }
    if chance(0.2) { flags.append("--grace-period=\(pick(["0", "1", "-1"]))") }
    switch mode {
    case .blocked: flags.append("--timeout=4s")
    case .overdue: flags.append("--skip-wait-for-delete-timeout=1")
    case .plain:
      if chance(0.25) { flags.append("--dry-run=\(pick(["client", "server"]))") }
      if chance(0.3) { flags.append("--timeout=90s") }
    }
  }

  private mutating func makeNode(_ name: String) {
    var node: JSONValue = [
      "metadata": ["name": .string(name), "labels": ["pool": .string("\(Self.prefix)pool")]], "spec": [:],
    ]
    if chance(0.2) { node["spec"] = ["unschedulable": true] }
    objects.append(Object(resource: Node.resource, json: node))
  }

  private mutating func makeDaemonSet(_ name: String, _ namespace: String) {
    objects.append(
      Object(
        resource: DaemonSet.resource, namespace: namespace,
        json: [
          "metadata": ["name": .string(name)],
          "spec": [
            "selector": ["matchLabels": ["ds": .string(name)]],
            "template": [
              "metadata": ["labels": ["ds": .string(name)]],
              "spec": ["containers": [["name": "c", "image": "x"]]],
            ],
          ],
        ]))
  }

  private mutating func makeBudgets(_ namespace: String) {
    for app in ["a", "b", "c"] where chance(0.45) {
      for index in 0..<(chance(0.2) ? 2 : 1) {
        let isClosed = mode == .blocked && chance(0.7)
        let has = isClosed && chance(0.5) ? 1 : 2
        objects.append(
          Object(
            resource: Resource(
              group: "policy", version: "v1beta1", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets"),
            namespace: namespace,
            json: [
              "metadata": ["name": .string("\(app)-\(index)")],
              "spec": ["minAvailable": 2, "selector": ["matchLabels": ["app": .string(app)]]],
            ],
            status: [
              "observedGeneration": 1, "disruptionsAllowed": .int(isClosed ? 0 : 50), "currentHealthy": .int(has),
              "desiredHealthy": 2, "expectedPods": 9,
            ]))
      }
    }
  }

  private mutating func makePod(_ index: Int, onNode node: Int) {
    let name = "p\(index)"
    var metadata: JSONValue = ["name": .string(name)]
    var labels: JSONValue = [:]
    var spec: JSONValue = [
      "nodeName": .string("\(Self.prefix)n\(node)"), "containers": [["name": "c", "image": "x"]],
    ]
    if chance(0.8) { labels["app"] = .string(pick(["a", "b", "c"])) }
    metadata["ownerReferences"] = owner()
    if chance(0.12) { metadata["annotations"] = ["kubernetes.io/config.mirror": "x"] }
    if chance(0.25) { spec["volumes"] = [["name": "v", "emptyDir": [:]]] }
    var kubelet = chance(0.2) ? Kubelet.slow : .fast
    var grace = pick([0, 1, 30])
    var deletion: Int?
    switch mode {
    case .overdue where chance(0.35):
      kubelet = .stuck
      grace = 1
      if chance(0.5) { deletion = 1 }
    case .blocked where chance(0.2):
      kubelet = .stuck
      grace = 30
      if chance(0.5) { deletion = 30 }
    default:
      if chance(0.1) {
        kubelet = .slow
        grace = 30
        deletion = 30
      }
    }
    if kubelet == .stuck { metadata["finalizers"] = ["example.com/stuck"] }
    labels["kubelet"] = .string(kubelet.rawValue)
    metadata["labels"] = labels
    spec["terminationGracePeriodSeconds"] = .int(grace)
    let phase = pick(["Running", "Running", "Running", "Pending", "Succeeded", "Failed"])
    let isReady = phase == "Running" && chance(0.7)
    objects.append(
      Object(
        resource: Pod.resource, namespace: pick(["a", "b"]), json: ["metadata": metadata, "spec": spec],
        status: [
          "phase": .string(phase), "conditions": [["type": "Ready", "status": .string(isReady ? "True" : "False")]],
        ], deletion: deletion))
  }

  private mutating func owner() -> JSONValue? {
    func reference(_ kind: String, _ apiVersion: String, _ name: String, isController: Bool = true) -> JSONValue {
      [
        [
          "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name), "uid": "none-such",
          "controller": .bool(isController),
        ]
      ]
    }
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<7: return reference("ReplicaSet", "apps/v1", "web")
    case 7: return reference("StatefulSet", "apps/v1", "db")
    case 8: return reference("Job", "batch/v1", "task")
    case 9: return reference("ReplicationController", "v1", "old")
    case 10: return reference("ReplicaSet", "apps/v1", "web", isController: false)
    case 11: return reference("DaemonSet", "apps.example.com/v1", "ds1")
    case 12..<15: return reference("DaemonSet", "apps/v1", "ds1")
    case 15: return reference("DaemonSet", "apps/v1", "ds2")
    case 16: return reference("DaemonSet", "apps/v1", "gone")
    default: return nil
    }
  }
}
