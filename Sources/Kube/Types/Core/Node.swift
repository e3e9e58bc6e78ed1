/// A machine of the cluster (core/v1 Node).
public struct Node: KubeObject, Equatable {
  /// Where the kind is served.
  public static let resources = [
    Resource(group: "", version: "v1", kind: "Node", plural: "nodes", shortNames: ["no"], isNamespaced: false)
  ]

  /// Name, labels, owners and so on.
  public var metadata: ObjectMeta = ObjectMeta()
  /// What is wanted.
  public var spec: NodeSpec = NodeSpec()
  /// What the kubelet reports.
  public var status: NodeStatus = NodeStatus()

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Node>([
    .record(1, "metadata", \.metadata),
    .record(2, "spec", \.spec),
    .record(3, "status", \.status),
  ])
}

/// What is wanted of a node.
public struct NodeSpec: KubeRecord, Equatable {
  /// Addresses for its pods.
  public var podCIDR: String = ""
  /// The machine as the cloud provider knows it.
  public var providerID: String = ""
  /// Cordoned: the scheduler places no more pods here.
  public var unschedulable: Bool = false
  /// Pods stay away unless they tolerate these.
  public var taints: [Taint] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NodeSpec>([
    .string(1, "podCIDR", \.podCIDR),
    .string(3, "providerID", \.providerID),
    .bool(4, "unschedulable", \.unschedulable),
    .records(5, "taints", \.taints),
  ])
}

/// Keeps pods away that do not tolerate it.
public struct Taint: KubeRecord, Equatable {
  /// Key.
  public var key: String = ""
  /// Value.
  public var value: String = ""
  /// `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
  public var effect: String = ""
  /// When it was added, for `NoExecute`.
  public var timeAdded: Timestamp?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Taint>([
    .shared(1, "key", \.key),
    .shared(2, "value", \.value),
    .shared(3, "effect", \.effect),
    .time(4, "timeAdded", \.timeAdded),
  ])
}

/// What a node is and how it is.
public struct NodeStatus: KubeRecord, Equatable {
  /// What the machine has.
  public var capacity: SmallMap<Quantity> = [:]
  /// What pods may use of it.
  public var allocatable: SmallMap<Quantity> = [:]
  /// Such as `Ready` and `MemoryPressure`.
  public var conditions: [NodeCondition] = []
  /// Its addresses and names.
  public var addresses: [NodeAddress] = []
  /// Software on the machine.
  public var nodeInfo: NodeSystemInfo = NodeSystemInfo()
  /// Volumes that must not be detached.
  public var volumesInUse: [String] = []
  /// Volumes that are attached.
  public var volumesAttached: [AttachedVolume] = []
  /// Features that the kubelet offers to the scheduler.
  public var declaredFeatures: [String] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NodeStatus>([
    .quantities(1, "capacity", \.capacity),
    .quantities(2, "allocatable", \.allocatable),
    .records(4, "conditions", \.conditions),
    .records(5, "addresses", \.addresses),
    .record(7, "nodeInfo", \.nodeInfo),
    .strings(9, "volumesInUse", \.volumesInUse),
    .records(10, "volumesAttached", \.volumesAttached),
    .strings(14, "declaredFeatures", \.declaredFeatures),
  ])
}

/// A condition of a node.
public struct NodeCondition: KubeRecord, Equatable, StatusCondition {
  /// What it is about, such as `Ready`.
  public var type: String = ""
  /// `True`, `False` or `Unknown`.
  public var status: String = ""
  /// When the kubelet last reported it.
  public var lastHeartbeatTime: Timestamp?
  /// When `status` last changed.
  public var lastTransitionTime: Timestamp?
  /// A word for machines.
  public var reason: String = ""
  /// A sentence for people.
  public var message: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NodeCondition>([
    .shared(1, "type", \.type),
    .shared(2, "status", \.status),
    .time(3, "lastHeartbeatTime", \.lastHeartbeatTime),
    .time(4, "lastTransitionTime", \.lastTransitionTime),
    .shared(5, "reason", \.reason),
    .shared(6, "message", \.message),
  ])
}

/// An address of a node.
public struct NodeAddress: KubeRecord, Equatable {
  /// Such as `InternalIP` or `Hostname`.
  public var type: String = ""
  /// The address.
  public var address: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NodeAddress>([
    .shared(1, "type", \.type),
    .string(2, "address", \.address),
  ])
}

/// Software on a node.
public struct NodeSystemInfo: KubeRecord, Equatable {
  /// Version of the kernel.
  public var kernelVersion: String = ""
  /// Name of the operating system.
  public var osImage: String = ""
  /// Runtime and version.
  public var containerRuntimeVersion: String = ""
  /// Version of the kubelet.
  public var kubeletVersion: String = ""
  /// Such as `linux`.
  public var operatingSystem: String = ""
  /// Such as `amd64`.
  public var architecture: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<NodeSystemInfo>([
    .shared(4, "kernelVersion", \.kernelVersion),
    .shared(5, "osImage", \.osImage),
    .shared(6, "containerRuntimeVersion", \.containerRuntimeVersion),
    .shared(7, "kubeletVersion", \.kubeletVersion),
    .shared(9, "operatingSystem", \.operatingSystem),
    .shared(10, "architecture", \.architecture),
  ])
}

/// A volume that is attached to a node.
public struct AttachedVolume: KubeRecord, Equatable {
  /// Name of the volume.
  public var name: String = ""
  /// Where it appears.
  public var devicePath: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<AttachedVolume>([
    .string(1, "name", \.name),
    .string(2, "devicePath", \.devicePath),
  ])
}
