/// What the kubelet and the scheduler report about a pod (core/v1 PodStatus).
public struct PodStatus: KubeRecord, Equatable {
  /// Generation of the spec that the kubelet last acted on.
  public var observedGeneration: Int = 0
  /// `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
  public var phase: String = ""
  /// Such as `PodScheduled` and `Ready`.
  public var conditions: [Condition] = []
  /// Why the pod is in this state, for people.
  public var message: String = ""
  /// Why the pod is in this state, such as `Evicted`.
  public var reason: String = ""
  /// Node on which preemption is making room.
  public var nominatedNodeName: String = ""
  /// Address of the node.
  public var hostIP: String = ""
  /// Address of the pod.
  public var podIP: String = ""
  /// Addresses of the pod, one an IP family.
  public var podIPs: [PodIP] = []
  /// When the kubelet accepted the pod.
  public var startTime: Timestamp?
  /// State of the init containers.
  public var initContainerStatuses: [ContainerStatus] = []
  /// State of the containers.
  public var containerStatuses: [ContainerStatus] = []
  /// `Guaranteed`, `Burstable` or `BestEffort`.
  public var qosClass: String = ""
  /// State of the debugging containers.
  public var ephemeralContainerStatuses: [ContainerStatus] = []
  /// State of a resize in progress, where the cluster still reports it here.
  public var resize: String = ""
  /// Which claims were made for the pod.
  public var resourceClaimStatuses: [PodResourceClaimStatus] = []
  /// What the node has reserved for the pod as a whole.
  public var allocatedResources: SmallMap<Quantity> = [:]
  /// Requests and limits of the pod as a whole that are in force.
  @Boxed public var resources: ResourceRequirements?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodStatus>([
    .int(17, "observedGeneration", \.observedGeneration),
    .shared(1, "phase", \.phase),
    .records(2, "conditions", \.conditions),
    .shared(3, "message", \.message),
    .shared(4, "reason", \.reason),
    .shared(11, "nominatedNodeName", \.nominatedNodeName),
    .shared(5, "hostIP", \.hostIP),
    .string(6, "podIP", \.podIP),
    .records(12, "podIPs", \.podIPs),
    .time(7, "startTime", \.startTime),
    .records(10, "initContainerStatuses", \.initContainerStatuses),
    .records(8, "containerStatuses", \.containerStatuses),
    .shared(9, "qosClass", \.qosClass),
    .records(13, "ephemeralContainerStatuses", \.ephemeralContainerStatuses),
    .shared(14, "resize", \.resize),
    .records(15, "resourceClaimStatuses", \.resourceClaimStatuses),
    .quantities(19, "allocatedResources", \.allocatedResources),
    .record(20, "resources", \._resources),
  ])
}

/// An address of a pod.
public struct PodIP: KubeRecord, Equatable {
  /// The address.
  public var ip: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodIP>([
    .string(1, "ip", \.ip)
  ])
}

/// A claim that was made for a pod.
public struct PodResourceClaimStatus: KubeRecord, Equatable {
  /// Name of the claim in the pod.
  public var name: String = ""
  /// Name of the ResourceClaim.
  public var resourceClaimName: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodResourceClaimStatus>([
    .shared(1, "name", \.name),
    .string(2, "resourceClaimName", \.resourceClaimName),
  ])
}

/// State of one container.
public struct ContainerStatus: KubeRecord, Equatable {
  /// Name of the container.
  public var name: String = ""
  /// What it is doing.
  public var state: ContainerState = ContainerState()
  /// How it ended the time before.
  @Boxed public var lastState: ContainerState?
  /// Whether it passes its readiness probe.
  public var ready: Bool = false
  /// How often it was started again.
  public var restartCount: Int = 0
  /// The image that runs.
  public var image: String = ""
  /// Whether it has passed its startup probe.
  public var started: Bool?
  /// What the node has reserved for it.
  public var allocatedResources: SmallMap<Quantity> = [:]
  /// Requests and limits in force.
  @Boxed public var resources: ResourceRequirements?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ContainerStatus>([
    .shared(1, "name", \.name),
    .record(2, "state", \.state),
    .record(3, "lastState", \._lastState),
    .bool(4, "ready", \.ready),
    .int(5, "restartCount", \.restartCount),
    .shared(6, "image", \.image),
    .bool(9, "started", \.started),
    .quantities(10, "allocatedResources", \.allocatedResources),
    .record(11, "resources", \._resources),
  ])
}

/// What a container is doing: one of three, none meaning waiting.
public struct ContainerState: KubeRecord, Equatable {
  /// Not started yet.
  @Boxed public var waiting: ContainerStateWaiting?
  /// Running.
  public var running: ContainerStateRunning?
  /// Ended.
  @Boxed public var terminated: ContainerStateTerminated?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ContainerState>([
    .record(1, "waiting", \._waiting),
    .record(2, "running", \.running),
    .record(3, "terminated", \._terminated),
  ])
}

/// Why a container is not started yet.
public struct ContainerStateWaiting: KubeRecord, Equatable {
  /// Such as `CrashLoopBackOff` or `ImagePullBackOff`.
  public var reason: String = ""
  /// For people.
  public var message: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ContainerStateWaiting>([
    .shared(1, "reason", \.reason),
    .shared(2, "message", \.message),
  ])
}

/// A running container.
public struct ContainerStateRunning: KubeRecord, Equatable {
  /// When it started.
  public var startedAt: Timestamp?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ContainerStateRunning>([
    .time(1, "startedAt", \.startedAt)
  ])
}

/// How a container ended.
public struct ContainerStateTerminated: KubeRecord, Equatable {
  /// 0 for success; above 128 for a signal.
  public var exitCode: Int = 0
  /// The signal that ended it, where the runtime says so.
  public var signal: Int = 0
  /// Such as `Error`, `Completed` or `OOMKilled`.
  public var reason: String = ""
  /// What the container wrote as its last words.
  public var message: String = ""
  /// When it started.
  public var startedAt: Timestamp?
  /// When it ended.
  public var finishedAt: Timestamp?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ContainerStateTerminated>([
    .int(1, "exitCode", \.exitCode),
    .int(2, "signal", \.signal),
    .shared(3, "reason", \.reason),
    .string(4, "message", \.message),
    .time(5, "startedAt", \.startedAt),
    .time(6, "finishedAt", \.finishedAt),
  ])
}
