import ClusterState
import Kube

/// What the scheduler reads of a node: computed once for each version of it.
final class NodeFacts: Sendable {
  let name: String
  let uid: String
  let labels: SmallMap<String>
  /// Those that keep pods away: `NoSchedule` and `NoExecute`.
  let taints: [Taint]
  let isCordoned: Bool
  let allocatable: ResourceAmounts
  let podLimit: Int64
  let declaredFeatures: [String]

  init(_ node: Node) {
    name = node.metadata.name
    uid = ObjectStore.identity(node.metadata)
    labels = node.metadata.labels
    taints = node.spec.taints.filter { $0.effect == "NoSchedule" || $0.effect == "NoExecute" }
    isCordoned = node.spec.unschedulable
    allocatable = ResourceAmounts(rounding: ExactAmounts(node.status.allocatable))
    podLimit = Int64(node.status.allocatable["pods"]?.value ?? 0)
    declaredFeatures = node.status.declaredFeatures
  }

  /// The same node with something changed.
  init(_ other: NodeFacts, isCordoned: Bool? = nil, labels: SmallMap<String>? = nil, taints: [Taint]? = nil) {
    name = other.name
    uid = other.uid
    self.labels = labels ?? other.labels
    self.taints = taints ?? other.taints
    self.isCordoned = isCordoned ?? other.isCordoned
    allocatable = other.allocatable
    podLimit = other.podLimit
    declaredFeatures = other.declaredFeatures
  }
}

/// A node with the pods that are on it.
struct NodeState: Sendable {
  var facts: NodeFacts
  private(set) var pods: [PodFacts] = []
  /// Of those, the ones that keep others away.
  private(set) var podsWithAntiAffinity: [PodFacts] = []
  /// The sum of what the pods have reserved.
  private(set) var used = ResourceAmounts()

  init(_ facts: NodeFacts, pods: [PodFacts] = []) {
    self.facts = facts
    for pod in pods { add(pod) }
  }

  mutating func add(_ pod: PodFacts) {
    pods.append(pod)
    used.add(pod.requests)
    if !pod.antiAffinity.isEmpty { podsWithAntiAffinity.append(pod) }
  }

  mutating func remove(identity: String) {
    guard let index = pods.firstIndex(where: { $0.identity == identity }) else { return }
    pods.remove(at: index)
    podsWithAntiAffinity.removeAll { $0.identity == identity }
    // Sums are capped, so that subtracting would not always lead back; a node has some hundred pods.
    used = ResourceAmounts()
    for pod in pods { used.add(pod.requests) }
  }

  /// The same node with only some of its pods.
  func keeping(_ isKept: (PodFacts) -> Bool) -> NodeState { NodeState(facts, pods: pods.filter(isKept)) }
}
