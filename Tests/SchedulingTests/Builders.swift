import ClusterState
import Kube
import Scheduling

/// A node that offers 4 cores, 8Gi of memory and 110 pods.
func node(_ name: String, _ change: (inout Node) -> Void = { _ in }) -> Node {
  var node = Node()
  node.metadata.name = name
  node.metadata.uid = "uid-node-\(name)"
  node.metadata.labels = ["kubernetes.io/hostname": name]
  node.status.allocatable = [
    "cpu": Quantity("4"), "memory": Quantity("8Gi"), "pods": Quantity("110"), "ephemeral-storage": Quantity("20Gi"),
  ]
  change(&node)
  return node
}

/// A pod of namespace `shop` that waits and has one container without requests.
func pod(_ name: String, on node: String = "", _ change: (inout Pod) -> Void = { _ in }) -> Pod {
  var pod = Pod()
  pod.metadata.name = name
  pod.metadata.namespace = "shop"
  pod.metadata.uid = "uid-\(name)"
  pod.spec.nodeName = node
  pod.spec.schedulerName = "default-scheduler"
  pod.spec.containers = [Container()]
  pod.spec.containers[0].name = "app"
  pod.status.phase = node.isEmpty ? "Pending" : "Running"
  change(&pod)
  return pod
}

/// Requests as people write them.
func amounts(_ list: KeyValuePairs<String, String>) -> SmallMap<Quantity> {
  SmallMap(uniquing: list.map { ($0.key, Quantity($0.value)) })
}

/// A cluster of the given nodes and pods.
func cluster(_ rules: SchedulerRules, _ nodes: [Node], _ pods: [Pod] = []) -> ClusterSnapshot {
  var snapshot = ClusterSnapshot(rules: rules)
  for node in nodes { snapshot.put(node) }
  for pod in pods { snapshot.put(pod) }
  return snapshot
}

/// The texts of what refuses the only node, or that of the name given: what the scheduler itself would say.
func refusal(_ snapshot: ClusterSnapshot, _ pod: Pod, on name: String = "a") -> [String] {
  let report = snapshot.explain(pod)
  if let failure = report.podFailure { return [failure.reason.text] }
  return report.nodes.first { $0.name == name }?.reasons.map(\.text) ?? ["no such node"]
}

/// A taint.
func taint(_ key: String, _ value: String = "", _ effect: String = "NoSchedule") -> Taint {
  var taint = Taint()
  (taint.key, taint.value, taint.effect) = (key, value, effect)
  return taint
}

/// A toleration.
func toleration(_ key: String, _ operation: String = "", _ value: String = "", effect: String = "") -> Toleration {
  var toleration = Toleration()
  (toleration.key, toleration.operator, toleration.value, toleration.effect) = (key, operation, value, effect)
  return toleration
}

/// A requirement about labels of a node.
func requirement(_ key: String, _ operation: String, _ values: String...) -> NodeSelectorRequirement {
  var requirement = NodeSelectorRequirement()
  (requirement.key, requirement.operator, requirement.values) = (key, operation, values)
  return requirement
}

/// A required node affinity of one term for each list of requirements.
func nodeAffinity(_ terms: [[NodeSelectorRequirement]], fields: [[NodeSelectorRequirement]] = []) -> Affinity {
  var affinity = Affinity()
  var node = NodeAffinity()
  var selector = NodeSelector()
  for index in 0..<max(terms.count, fields.count) {
    var term = NodeSelectorTerm()
    if terms.indices.contains(index) { term.matchExpressions = terms[index] }
    if fields.indices.contains(index) { term.matchFields = fields[index] }
    selector.nodeSelectorTerms.append(term)
  }
  node.required = selector
  affinity.nodeAffinity = node
  return affinity
}

/// A selector for one label, or for everything.
func selector(_ labels: KeyValuePairs<String, String>) -> LabelSelector {
  var selector = LabelSelector()
  selector.matchLabels = SmallMap(uniquing: labels.map { ($0.key, $0.value) })
  return selector
}

/// An affinity term.
func term(
  _ selector: LabelSelector?, by key: String = "kubernetes.io/hostname",
  _ change: (inout PodAffinityTerm) -> Void = { _ in }
) -> PodAffinityTerm {
  var term = PodAffinityTerm()
  term.labelSelector = selector
  term.topologyKey = key
  change(&term)
  return term
}

/// Required neighbours and required absences.
func neighbours(near: [PodAffinityTerm] = [], away: [PodAffinityTerm] = []) -> Affinity {
  var affinity = Affinity()
  if !near.isEmpty {
    affinity.podAffinity = PodAffinity()
    affinity.podAffinity?.required = near
  }
  if !away.isEmpty {
    affinity.podAntiAffinity = PodAffinity()
    affinity.podAntiAffinity?.required = away
  }
  return affinity
}

/// A constraint that must be met.
func spread(
  _ key: String, _ selector: LabelSelector?, maxSkew: Int = 1,
  _ change: (inout TopologySpreadConstraint) -> Void = { _ in }
) -> TopologySpreadConstraint {
  var constraint = TopologySpreadConstraint()
  constraint.topologyKey = key
  constraint.maxSkew = maxSkew
  constraint.whenUnsatisfiable = "DoNotSchedule"
  constraint.labelSelector = selector
  change(&constraint)
  return constraint
}

/// A pod that asks for resources.
func requesting(
  _ list: KeyValuePairs<String, String>, name: String = "new", on node: String = "",
  _ change: (inout Pod) -> Void = { _ in }
) -> Pod {
  pod(name, on: node) {
    $0.spec.containers[0].resources.requests = amounts(list)
    change(&$0)
  }
}

/// All that these kinds have are these objects.
func known(_ pods: [Pod], _ others: [any KubeObject] = [], of kinds: [any KubeObject.Type] = []) -> ClusterState {
  let state = ClusterState()
  for type in [Pod.self] + kinds {
    let store = ObjectStore(resource: type.resource, coverage: .cluster)
    store.freshness = .live
    state.add(store)
  }
  for pod in pods { state.store(of: Pod.self)?.put(pod) }
  for other in others { state.store(type(of: other).resource)?.put(other) }
  return state
}

/// Makes a ReplicaSet the pod's controller, which gives its pods a label.
func own(_ pod: inout Pod, by name: String = "web", uid: String = "uid-web") {
  var owner = OwnerReference()
  (owner.kind, owner.name, owner.uid, owner.controller) = ("ReplicaSet", name, uid, true)
  pod.metadata.ownerReferences = [owner]
  if pod.metadata.labels.isEmpty { pod.metadata.labels = ["app": name] }
}

/// The same, for today's scheduler.
func cluster(_ nodes: [Node], _ pods: [Pod] = []) -> ClusterSnapshot { cluster(.current, nodes, pods) }
