import ClusterState
import Kube

/// The cluster as the scheduler sees it at one moment: nodes with what is used of them, and what volumes, claims and
/// namespaces there are.
///
/// A value: copies are cheap, and changing one answers "what if". `update(from:)` keeps one in step with a
/// `ClusterState` by what changed.
public struct ClusterSnapshot: Sendable {
  /// The scheduler that is followed.
  public let rules: SchedulerRules
  /// Kinds whose absence means nothing because they were not read to the end, with the reason for people.
  public internal(set) var gaps: [Kind: String] = [:]

  /// Kinds that filters read.
  public enum Kind: String, Sendable, CaseIterable {
    /// The nodes themselves.
    case nodes
    /// Pods of all namespaces.
    case pods
    /// Labels of namespaces.
    case namespaces
    /// Claims.
    case persistentVolumeClaims = "persistentvolumeclaims"
    /// Volumes.
    case persistentVolumes = "persistentvolumes"
    /// Ways to make volumes.
    case storageClasses = "storageclasses"
    /// Drivers of nodes and their limits.
    case csiNodes = "csinodes"
    /// Drivers of the cluster.
    case csiDrivers = "csidrivers"
    /// What drivers have free.
    case csiStorageCapacities = "csistoragecapacities"
    /// Volumes that are attached.
    case volumeAttachments = "volumeattachments"
    /// Budgets of disruptions, which decide who is removed for a more important pod.
    case podDisruptionBudgets = "poddisruptionbudgets"
    /// Devices that extended resources stand for.
    case deviceClasses = "deviceclasses"
  }

  private(set) var nodes: [NodeState] = []
  private var slots: [String: Int] = [:]
  /// Names of the nodes, for changes that only tell the uid.
  private(set) var nodeNameOfUID: [String: String] = [:]
  /// Pods bound to nodes that do not exist, by the node's name.
  private var strays: [String: [PodFacts]] = [:]
  /// Node of each pod that has one.
  private var nodeOfPod: [String: String] = [:]
  /// Pods without a node that the scheduler makes room for, by the node's name.
  private(set) var nominated: [String: [PodFacts]] = [:]
  private var nominationOfPod: [String: String] = [:]
  /// Ended pods that had ports of their node, by the node's name.
  private(set) var ended: [String: [PodFacts]] = [:]
  private var nodeOfEnded: [String: String] = [:]

  var namespaces: [String: SmallMap<String>] = [:]
  var claims: [ObjectName: PersistentVolumeClaim] = [:]
  var volumes: [String: PersistentVolume] = [:]
  var classes: [String: StorageClass] = [:]
  var csiNodes: [String: CSINode] = [:]
  var csiDrivers: [String: CSIDriver] = [:]
  var capacities: [CSIStorageCapacity] = []
  var attachments: [String: [VolumeAttachment]] = [:]
  var budgets: [String: [PodDisruptionBudget]] = [:]
  /// Extended resources that stand for classes of devices.
  var deviceResources: Set<String> = []
  var marks: [Kind: StoreMark] = [:]

  /// An empty cluster about which everything is known.
  public init(rules: SchedulerRules) { self.rules = rules }

  // MARK: Nodes

  /// The number of nodes.
  public var nodeCount: Int { nodes.count }

  /// The names of the nodes, in no particular order.
  public var nodeNames: [String] { nodes.map(\.facts.name) }

  /// Whether there is a node with this name.
  public func hasNode(_ name: String) -> Bool { slots[name] != nil }

  /// Adds a node, or replaces the one with its name; pods that are bound to it are then on it.
  public mutating func put(_ node: Node) {
    let facts = NodeFacts(node)
    nodeNameOfUID[ObjectStore.identity(node.metadata)] = facts.name
    if let slot = slots[facts.name] {
      nodes[slot].facts = facts
    } else {
      slots[facts.name] = nodes.count
      nodes.append(NodeState(facts, pods: strays.removeValue(forKey: facts.name) ?? []))
    }
  }

  /// Takes a node away; its pods stay bound to a node that does not exist and count nowhere.
  public mutating func removeNode(_ name: String) {
    guard let slot = slots.removeValue(forKey: name) else { return }
    let state = nodes.remove(at: slot)
    nodeNameOfUID[state.facts.uid] = nil
    if !state.pods.isEmpty { strays[name] = state.pods }
    for index in slot..<nodes.count { slots[nodes[index].facts.name] = index }
  }

  /// Cordons or uncordons a node.
  public mutating func cordon(_ name: String, _ isCordoned: Bool = true) {
    guard let slot = slots[name] else { return }
    let facts = nodes[slot].facts
    nodes[slot].facts = NodeFacts(facts, isCordoned: isCordoned)
  }

  mutating func change(_ name: String, labels: SmallMap<String>? = nil, taints: [Taint]? = nil) {
    guard let slot = slots[name] else { return }
    let facts = nodes[slot].facts
    nodes[slot].facts = NodeFacts(facts, labels: labels, taints: taints)
  }

  func slot(of node: String) -> Int? { slots[node] }

  mutating func replaceNode(at slot: Int, with state: NodeState) { nodes[slot] = state }

  // MARK: Pods

  /// Adds a pod, or replaces an earlier version of it. A pod that has ended counts nowhere, as for the scheduler; one
  /// without a node counts only where it is nominated.
  public mutating func put(_ pod: Pod) {
    guard pod.isTerminal else { return put(PodFacts(pod, rules: rules)) }
    removePod(ObjectStore.identity(pod.metadata))
    guard !pod.spec.nodeName.isEmpty, pod.spec.hasPorts else { return }
    let facts = PodFacts(pod, rules: rules)
    guard !facts.hostPorts.isEmpty else { return }
    nodeOfEnded[facts.identity] = facts.nodeName
    ended[facts.nodeName, default: []].append(facts)
  }

  mutating func put(_ pod: PodFacts) {
    removePod(pod.identity)
    if !pod.nodeName.isEmpty {
      nodeOfPod[pod.identity] = pod.nodeName
      if let slot = slots[pod.nodeName] {
        nodes[slot].add(pod)
      } else {
        strays[pod.nodeName, default: []].append(pod)
      }
    } else if !pod.nominatedNodeName.isEmpty {
      nominationOfPod[pod.identity] = pod.nominatedNodeName
      nominated[pod.nominatedNodeName, default: []].append(pod)
    }
  }

  /// Takes a pod away, by its uid (or `namespace/name` if it has none); nothing happens when it is not there.
  public mutating func removePod(_ identity: String) {
    if let node = nodeOfPod.removeValue(forKey: identity) {
      if let slot = slots[node] {
        nodes[slot].remove(identity: identity)
      } else {
        strays[node]?.removeAll { $0.identity == identity }
      }
    }
    if let node = nodeOfEnded.removeValue(forKey: identity) {
      ended[node]?.removeAll { $0.identity == identity }
      if ended[node]?.isEmpty == true { ended[node] = nil }
    }
    if let node = nominationOfPod.removeValue(forKey: identity) {
      nominated[node]?.removeAll { $0.identity == identity }
      if nominated[node]?.isEmpty == true { nominated[node] = nil }
    }
  }

  /// Binds a pod to a node, as the scheduler would.
  public mutating func place(_ pod: Pod, on node: String) {
    var placed = pod
    placed.spec.nodeName = node
    put(placed)
  }

  // MARK: Other kinds

  /// Adds or replaces a namespace.
  public mutating func put(_ namespace: Namespace) { namespaces[namespace.metadata.name] = namespace.metadata.labels }
  /// Adds or replaces a claim.
  public mutating func put(_ claim: PersistentVolumeClaim) { claims[ObjectName(claim.metadata)] = claim }
  /// Adds or replaces a volume.
  public mutating func put(_ volume: PersistentVolume) { volumes[volume.metadata.name] = volume }
  /// Adds or replaces a storage class.
  public mutating func put(_ storageClass: StorageClass) { classes[storageClass.metadata.name] = storageClass }
  /// Adds or replaces the drivers of a node.
  public mutating func put(_ csiNode: CSINode) { csiNodes[csiNode.metadata.name] = csiNode }
  /// Adds or replaces a driver.
  public mutating func put(_ driver: CSIDriver) { csiDrivers[driver.metadata.name] = driver }
  /// Adds what a driver has free in a place.
  public mutating func put(_ capacity: CSIStorageCapacity) { capacities.append(capacity) }
  /// Adds a class of devices.
  public mutating func put(_ deviceClass: DeviceClass) {
    if let name = deviceClass.spec.extendedResourceName, !name.isEmpty { deviceResources.insert(name) }
  }
  /// Adds a disruption budget.
  public mutating func put(_ budget: PodDisruptionBudget) {
    budgets[budget.metadata.namespace, default: []].append(budget)
  }
  /// Adds an attachment.
  public mutating func put(_ attachment: VolumeAttachment) {
    attachments[attachment.spec.nodeName, default: []].append(attachment)
  }
}

extension PodSpec {
  /// Whether containers name ports at all, a quick look.
  fileprivate var hasPorts: Bool { (containers + initContainers).contains { !$0.ports.isEmpty } }
}
