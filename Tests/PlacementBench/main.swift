import ClusterState
import Draining
import Kube
import Scheduling

/// Measures what an explained pod and the plan of a drain cost in a cluster of 5,000 nodes with 50,000 pods, and prints a
/// line for each figure: its name and milliseconds. `Tests/Bench/run` starts it.

let clock = ContinuousClock()
func milliseconds(_ body: () -> Void) -> Double {
  let time = clock.measure(body).components
  return Double(time.seconds) * 1000 + Double(time.attoseconds) / 1e15
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// A generator that gives the same numbers in every run.
struct Chance {
  private var state: UInt64 = 42
  mutating func below(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }
}

let zones = ["a", "b", "c"]
var chance = Chance()

func node(_ index: Int) -> Node {
  var node = Node()
  node.metadata.name = "node-\(index)"
  node.metadata.uid = "node-uid-\(index)"
  node.metadata.labels = [
    "kubernetes.io/hostname": "node-\(index)", "topology.kubernetes.io/zone": zones[index % 3],
    "pool": index % 10 == 0 ? "gpu" : "general",
  ]
  node.status.allocatable = ["cpu": Quantity("16"), "memory": Quantity("64Gi"), "pods": Quantity("110")]
  if index % 10 == 0 {
    var taint = Taint()
    (taint.key, taint.value, taint.effect) = ("dedicated", "gpu", "NoSchedule")
    node.spec.taints = [taint]
  }
  if index % 50 == 7 { node.spec.unschedulable = true }
  return node
}

func pod(_ name: String, app: String, cpu: String, on node: String = "") -> Pod {
  var pod = Pod()
  pod.metadata.namespace = "shop"
  pod.metadata.name = name
  pod.metadata.uid = "pod-uid-\(name)"
  pod.metadata.labels = ["app": app]
  var owner = OwnerReference()
  (owner.kind, owner.name, owner.uid, owner.controller) = ("ReplicaSet", app, "uid-\(app)", true)
  pod.metadata.ownerReferences = [owner]
  pod.spec.schedulerName = "default-scheduler"
  pod.spec.nodeName = node
  pod.spec.containers = [Container()]
  pod.spec.containers[0].name = "app"
  pod.spec.containers[0].resources.requests = ["cpu": Quantity(cpu), "memory": Quantity("512Mi")]
  pod.status.phase = node.isEmpty ? "Pending" : "Running"
  return pod
}

/// The kinds of pods that wait: what makes a filter look at other pods and nodes costs most.
func waiting(_ kind: String, _ index: Int = 0) -> Pod {
  var pod = pod("\(kind)-\(index)", app: kind, cpu: "20")
  var selector = LabelSelector()
  selector.matchLabels = ["app": "app-1"]
  switch kind {
  case "spread":
    var constraint = TopologySpreadConstraint()
    constraint.topologyKey = "topology.kubernetes.io/zone"
    (constraint.maxSkew, constraint.whenUnsatisfiable) = (1, "DoNotSchedule")
    constraint.labelSelector = selector
    pod.spec.topologySpreadConstraints = [constraint]
  case "neighbours":
    var term = PodAffinityTerm()
    term.topologyKey = "kubernetes.io/hostname"
    term.labelSelector = selector
    var affinity = Affinity()
    affinity.podAntiAffinity = PodAffinity()
    affinity.podAntiAffinity?.required = [term]
    pod.spec.affinity = affinity
  case "preempting": pod.spec.priority = 1000
  default: break
  }
  return pod
}

let state = ClusterState()
for type in DrainPlanner.reads where state.store(type.resource) == nil {
  let store = ObjectStore(resource: type.resource, coverage: .cluster)
  store.freshness = .live
  state.add(store)
}
guard let nodes = state.store(of: Node.self), let pods = state.store(of: Pod.self) else {
  preconditionFailure("no stores")
}
for index in 0..<5000 { nodes.put(node(index)) }
for index in 0..<50_000 {
  pods.put(pod("p\(index)", app: "app-\(index % 500)", cpu: "\(100 + chance.below(400))m", on: "node-\(index % 5000)"))
}

var snapshot = ClusterSnapshot(rules: .current)
print("read", milliseconds { snapshot.update(from: state) })

var explained: [Double] = []
for kind in ["plain", "spread", "neighbours", "preempting"] {
  let pod = waiting(kind)
  var times: [Double] = []
  for _ in 0..<7 {
    times.append(
      milliseconds {
        if snapshot.explain(pod).nodes.count != 5000 { preconditionFailure("not every node was looked at") }
      })
  }
  print("explain-\(kind)", median(times))
  explained.append(median(times))
}
print("explain", explained.max() ?? 0)

// A pod comes and a node changes, and the answer is worked out anew: what a page costs that is kept in step.
var updated: [Double] = []
for round in 0..<15 {
  pods.put(pod("p\(round)", app: "app-\(round)", cpu: "\(100 + round)m", on: "node-\(round + 100)"))
  var changed = node(round)
  changed.metadata.labels["round"] = "\(round)"
  nodes.put(changed)
  updated.append(
    milliseconds {
      snapshot.update(from: state)
      if snapshot.explain(waiting("plain")).fitting.count != 0 { preconditionFailure("nothing has so much room") }
    })
}
print("update", median(updated))

// Many that wait, of a few owners.
let many = (0..<1000).map { waiting(["plain", "spread", "neighbours", "preempting"][$0 % 4], $0) }
print(
  "pending", milliseconds { if snapshot.explain(many).count != 1000 { preconditionFailure("not all were explained") } })

// What the page says besides: what would place the pod.
print("suggestions", milliseconds { _ = snapshot.suggestions(for: waiting("plain")) })

// What a drain would do to a node with 110 pods, each with its owner, budget and Service.
guard let sets = state.store(of: ReplicaSet.self), let budgets = state.store(of: PodDisruptionBudget.self),
  let services = state.store(of: Service.self)
else { preconditionFailure("no stores") }
for index in 0..<500 {
  var set = ReplicaSet()
  (set.metadata.namespace, set.metadata.name, set.metadata.uid) = ("shop", "app-\(index)", "uid-app-\(index)")
  set.spec.replicas = 100
  sets.put(set)
  var budget = PodDisruptionBudget()
  (budget.metadata.namespace, budget.metadata.name, budget.metadata.uid) = ("shop", "app-\(index)", "pdb-\(index)")
  budget.spec.selector = LabelSelector()
  budget.spec.selector?.matchLabels = ["app": "app-\(index)"]
  (budget.status.expectedPods, budget.status.currentHealthy) = (100, 100)
  (budget.status.desiredHealthy, budget.status.disruptionsAllowed) = (90, 10)
  budgets.put(budget)
  var service = Service()
  (service.metadata.namespace, service.metadata.name, service.metadata.uid) = ("shop", "app-\(index)", "svc-\(index)")
  service.spec.selector = ["app": "app-\(index)"]
  services.put(service)
}
for index in 0..<100 { pods.put(pod("full-\(index)", app: "app-\(index)", cpu: "100m", on: "node-4999")) }
func plan(_ names: [String], _ state: ClusterState) -> Double {
  milliseconds {
    let planner = DrainPlanner(
      state, options: DrainOptions(), rules: .current, now: Timestamp(seconds: 1_800_000_000))
    let plan = planner.plan(names)
    if plan.pods.isEmpty || plan.pods.contains(where: { $0.replacement == nil }) {
      preconditionFailure("not every pod was looked at")
    }
  }
}
print("drain", median((0..<5).map { _ in plan(["node-4999"], state) }))
print("drain-several", median((0..<3).map { _ in plan(["node-1", "node-2", "node-3", "node-4", "node-5"], state) }))
