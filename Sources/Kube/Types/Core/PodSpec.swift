/// What a pod is to run and where (core/v1 PodSpec).
public struct PodSpec: KubeRecord, Equatable {
  /// Volumes that the containers mount.
  public var volumes: [Volume] = []
  /// Run before the containers, in order; those with `restartPolicy: Always` are sidecars and stay.
  public var initContainers: [Container] = []
  /// The containers proper.
  public var containers: [Container] = []
  /// Added to a running pod for debugging.
  public var ephemeralContainers: [EphemeralContainer] = []
  /// `Always`, `OnFailure` or `Never`.
  public var restartPolicy: String = ""
  /// Seconds between the request to stop and the kill.
  public var terminationGracePeriodSeconds: Int?
  /// Seconds after which the pod is failed, counted from its start.
  public var activeDeadlineSeconds: Int?
  /// Where names are resolved, such as `ClusterFirst`.
  public var dnsPolicy: String = ""
  /// Labels that the node must have.
  public var nodeSelector: SmallMap<String> = [:]
  /// The account that the pod acts as.
  public var serviceAccountName: String = ""
  /// Whether the account's token is mounted.
  public var automountServiceAccountToken: Bool?
  /// The node; empty until the pod is scheduled.
  public var nodeName: String = ""
  /// Uses the node's network.
  public var hostNetwork: Bool = false
  /// Uses the node's process table.
  public var hostPID: Bool = false
  /// Uses the node's IPC.
  public var hostIPC: Bool = false
  /// Whether the pod's users are the node's; false gives the pod users of its own.
  public var hostUsers: Bool?
  /// Users and rights that all containers start with.
  @Boxed public var securityContext: PodSecurityContext?
  /// Secrets for pulling images.
  public var imagePullSecrets: [LocalObjectReference] = []
  /// Host name inside the pod, if not the pod's name.
  public var hostname: String = ""
  /// With `hostname`, makes a DNS name behind a headless Service.
  public var subdomain: String = ""
  /// Wishes and demands about nodes and neighbours.
  @Boxed public var affinity: Affinity?
  /// The scheduler that is to place the pod.
  public var schedulerName: String = ""
  /// Taints that the pod accepts.
  public var tolerations: [Toleration] = []
  /// Name of the priority class.
  public var priorityClassName: String = ""
  /// Priority as admission resolved it; higher goes first.
  public var priority: Int?
  /// Conditions that must be true besides the containers' readiness.
  public var readinessGates: [PodReadinessGate] = []
  /// How containers are run, if not in the default way.
  public var runtimeClassName: String?
  /// `Never` when the pod must not evict others to find room.
  public var preemptionPolicy: String?
  /// What the runtime needs besides the containers.
  public var overhead: SmallMap<Quantity> = [:]
  /// How evenly the pod's kin must be spread.
  public var topologySpreadConstraints: [TopologySpreadConstraint] = []
  /// The operating system that the pod needs.
  @Boxed public var os: PodOS?
  /// While there is one, the scheduler leaves the pod alone.
  public var schedulingGates: [PodSchedulingGate] = []
  /// Claims for devices.
  public var resourceClaims: [PodResourceClaim] = []
  /// Requests and limits of the pod as a whole.
  @Boxed public var resources: ResourceRequirements?
  /// The group that the pod is scheduled with, in 1.35 only (field 42 of core/v1's generated.proto in kubernetes/api,
  /// branch release-1.35; 1.36 leaves the number out).
  @Boxed public var workloadRef: WorkloadReference?
  /// The group that the pod is scheduled with, from 1.36 on (field 43 there, branches release-1.36 and v0.37.0-beta.0).
  @Boxed public var schedulingGroup: PodSchedulingGroup?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodSpec>([
    .records(1, "volumes", \.volumes),
    .records(20, "initContainers", \.initContainers),
    .records(2, "containers", \.containers),
    .records(34, "ephemeralContainers", \.ephemeralContainers),
    .shared(3, "restartPolicy", \.restartPolicy),
    .int(4, "terminationGracePeriodSeconds", \.terminationGracePeriodSeconds),
    .int(5, "activeDeadlineSeconds", \.activeDeadlineSeconds),
    .shared(6, "dnsPolicy", \.dnsPolicy),
    .stringMap(7, "nodeSelector", \.nodeSelector),
    .shared(8, "serviceAccountName", \.serviceAccountName),
    .bool(21, "automountServiceAccountToken", \.automountServiceAccountToken),
    .shared(10, "nodeName", \.nodeName),
    .bool(11, "hostNetwork", \.hostNetwork),
    .bool(12, "hostPID", \.hostPID),
    .bool(13, "hostIPC", \.hostIPC),
    .bool(37, "hostUsers", \.hostUsers),
    .record(14, "securityContext", \._securityContext),
    .records(15, "imagePullSecrets", \.imagePullSecrets),
    .shared(16, "hostname", \.hostname),
    .shared(17, "subdomain", \.subdomain),
    .record(18, "affinity", \._affinity),
    .shared(19, "schedulerName", \.schedulerName),
    .records(22, "tolerations", \.tolerations),
    .shared(24, "priorityClassName", \.priorityClassName),
    .int(25, "priority", \.priority),
    .records(28, "readinessGates", \.readinessGates),
    .string(29, "runtimeClassName", \.runtimeClassName),
    .string(31, "preemptionPolicy", \.preemptionPolicy),
    .quantities(32, "overhead", \.overhead),
    .records(33, "topologySpreadConstraints", \.topologySpreadConstraints),
    .record(36, "os", \._os),
    .records(38, "schedulingGates", \.schedulingGates),
    .records(39, "resourceClaims", \.resourceClaims),
    .record(40, "resources", \._resources),
    .record(42, "workloadRef", \._workloadRef),
    .record(43, "schedulingGroup", \._schedulingGroup),
  ])
}

/// Names a group of a Workload that a pod belongs to.
public struct WorkloadReference: KubeRecord, Equatable {
  /// Name of the Workload.
  public var name: String = ""
  /// Name of the group in it.
  public var podGroup: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<WorkloadReference>([
    .shared(1, "name", \.name),
    .shared(2, "podGroup", \.podGroup),
  ])
}

/// Names the group of pods that a pod is scheduled with.
public struct PodSchedulingGroup: KubeRecord, Equatable {
  /// Name of the PodGroup.
  public var podGroupName: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodSchedulingGroup>([
    .string(1, "podGroupName", \.podGroupName)
  ])
}

/// The operating system that a pod needs.
public struct PodOS: KubeRecord, Equatable {
  /// `linux` or `windows`.
  public var name: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodOS>([
    .shared(1, "name", \.name)
  ])
}

/// A condition that a pod must have to be ready.
public struct PodReadinessGate: KubeRecord, Equatable {
  /// Type of the condition.
  public var conditionType: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodReadinessGate>([
    .shared(1, "conditionType", \.conditionType)
  ])
}

/// Something that must happen before a pod may be scheduled.
public struct PodSchedulingGate: KubeRecord, Equatable {
  /// Name of the gate.
  public var name: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodSchedulingGate>([
    .shared(1, "name", \.name)
  ])
}

/// A claim for devices that a pod makes.
public struct PodResourceClaim: KubeRecord, Equatable {
  /// Name by which containers refer to it.
  public var name: String = ""
  /// A claim that exists.
  public var resourceClaimName: String?
  /// A template from which a claim is made for the pod.
  public var resourceClaimTemplateName: String?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodResourceClaim>([
    .shared(1, "name", \.name),
    .string(3, "resourceClaimName", \.resourceClaimName),
    .string(4, "resourceClaimTemplateName", \.resourceClaimTemplateName),
  ])
}

/// Users and rights that all containers of a pod start with.
public struct PodSecurityContext: KubeRecord, Equatable {
  /// User id.
  public var runAsUser: Int?
  /// Group id.
  public var runAsGroup: Int?
  /// Refuses to start containers as root.
  public var runAsNonRoot: Bool?
  /// Group that owns the volumes.
  public var fsGroup: Int?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<PodSecurityContext>([
    .int(2, "runAsUser", \.runAsUser),
    .int(6, "runAsGroup", \.runAsGroup),
    .bool(3, "runAsNonRoot", \.runAsNonRoot),
    .int(5, "fsGroup", \.fsGroup),
  ])
}

/// Names an object of a known kind in the same namespace.
public struct LocalObjectReference: KubeRecord, Equatable {
  /// Name of the object.
  public var name: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<LocalObjectReference>([
    .shared(1, "name", \.name)
  ])
}
