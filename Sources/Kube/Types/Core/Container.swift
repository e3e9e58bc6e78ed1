/// A container of a pod (core/v1 Container).
public struct Container: KubeRecord, Equatable {
  /// Unique within the pod.
  public var name: String = ""
  /// The image as it was asked for.
  public var image: String = ""
  /// Ports that the container says it listens on.
  public var ports: [ContainerPort] = []
  /// Objects whose every key becomes a variable.
  public var envFrom: [EnvFromSource] = []
  /// Variables; literal values are not kept.
  public var env: [EnvVar] = []
  /// Requests and limits.
  public var resources: ResourceRequirements = ResourceRequirements()
  /// Whether changing a resource restarts the container.
  public var resizePolicy: [ContainerResizePolicy] = []
  /// `Always` makes an init container a sidecar.
  public var restartPolicy: String?
  /// What to do at certain ends of the container, instead of what the restart policy says.
  public var restartPolicyRules: [ContainerRestartRule] = []
  /// Where volumes are mounted.
  public var volumeMounts: [VolumeMount] = []
  /// Where block volumes appear.
  public var volumeDevices: [VolumeDevice] = []
  /// A failure restarts the container.
  @Boxed public var livenessProbe: Probe?
  /// A failure takes the pod out of its Services.
  @Boxed public var readinessProbe: Probe?
  /// Until it succeeds the other probes wait.
  @Boxed public var startupProbe: Probe?
  /// Hooks around start and stop.
  @Boxed public var lifecycle: Lifecycle?
  /// `Always`, `IfNotPresent` or `Never`.
  public var imagePullPolicy: String = ""
  /// User and rights.
  @Boxed public var securityContext: SecurityContext?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<Container>([
    .shared(1, "name", \.name),
    .shared(2, "image", \.image),
    .records(6, "ports", \.ports),
    .records(19, "envFrom", \.envFrom),
    .records(7, "env", \.env),
    .record(8, "resources", \.resources),
    .records(23, "resizePolicy", \.resizePolicy),
    .string(24, "restartPolicy", \.restartPolicy),
    .records(25, "restartPolicyRules", \.restartPolicyRules),
    .records(9, "volumeMounts", \.volumeMounts),
    .records(21, "volumeDevices", \.volumeDevices),
    .record(10, "livenessProbe", \._livenessProbe),
    .record(11, "readinessProbe", \._readinessProbe),
    .record(22, "startupProbe", \._startupProbe),
    .record(12, "lifecycle", \._lifecycle),
    .shared(14, "imagePullPolicy", \.imagePullPolicy),
    .record(15, "securityContext", \._securityContext),
  ])
}

/// What to do at a certain end of a container.
public struct ContainerRestartRule: KubeRecord, Equatable {
  /// `Restart` or `RestartAllContainers`.
  public var action: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ContainerRestartRule>([
    .shared(1, "action", \.action)
  ])
}

/// A container that was added to a running pod for debugging.
public struct EphemeralContainer: KubeRecord, Equatable {
  /// What it has in common with other containers.
  public var container = Container()
  /// The container whose processes it sees.
  public var targetContainerName: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<EphemeralContainer>([
    .inlined(1, \.container),
    .shared(2, "targetContainerName", \.targetContainerName),
  ])
}

/// A port of a container.
public struct ContainerPort: KubeRecord, Equatable {
  /// Name for probes and Services.
  public var name: String = ""
  /// Port on the node that leads here; 0 for none.
  public var hostPort: Int = 0
  /// Port in the pod.
  public var containerPort: Int = 0
  /// `TCP`, `UDP` or `SCTP`.
  public var `protocol`: String = ""
  /// Address of the node that `hostPort` is bound to.
  public var hostIP: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ContainerPort>([
    .shared(1, "name", \.name),
    .int(2, "hostPort", \.hostPort),
    .int(3, "containerPort", \.containerPort),
    .shared(4, "protocol", \.`protocol`),
    .shared(5, "hostIP", \.hostIP),
  ])
}

/// Where a volume is mounted.
public struct VolumeMount: KubeRecord, Equatable {
  /// The volume.
  public var name: String = ""
  /// Whether writing is refused.
  public var readOnly: Bool = false
  /// Path in the container.
  public var mountPath: String = ""
  /// Path within the volume.
  public var subPath: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeMount>([
    .shared(1, "name", \.name),
    .bool(2, "readOnly", \.readOnly),
    .shared(3, "mountPath", \.mountPath),
    .shared(4, "subPath", \.subPath),
  ])
}

/// Where a block volume appears.
public struct VolumeDevice: KubeRecord, Equatable {
  /// The volume.
  public var name: String = ""
  /// Path in the container.
  public var devicePath: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<VolumeDevice>([
    .shared(1, "name", \.name),
    .shared(2, "devicePath", \.devicePath),
  ])
}

/// What changing a resource does to a running container.
public struct ContainerResizePolicy: KubeRecord, Equatable {
  /// `cpu` or `memory`.
  public var resourceName: String = ""
  /// `NotRequired` or `RestartContainer`.
  public var restartPolicy: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ContainerResizePolicy>([
    .shared(1, "resourceName", \.resourceName),
    .shared(2, "restartPolicy", \.restartPolicy),
  ])
}

/// What is reserved for a container and what it may use at most.
public struct ResourceRequirements: KubeRecord, Equatable {
  /// The most that may be used.
  public var limits: SmallMap<Quantity> = [:]
  /// What the scheduler reserves.
  public var requests: SmallMap<Quantity> = [:]
  /// Device claims of the pod that are used here.
  public var claims: [ResourceClaim] = []

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ResourceRequirements>([
    .quantities(1, "limits", \.limits),
    .quantities(2, "requests", \.requests),
    .records(3, "claims", \.claims),
  ])
}

/// A container's use of a pod's device claim.
public struct ResourceClaim: KubeRecord, Equatable {
  /// The claim's name in the pod.
  public var name: String = ""
  /// The request within the claim; empty for all.
  public var request: String = ""

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<ResourceClaim>([
    .shared(1, "name", \.name),
    .shared(2, "request", \.request),
  ])
}

/// User and rights of one container.
public struct SecurityContext: KubeRecord, Equatable {
  /// Has all rights of the node's root.
  public var privileged: Bool?
  /// User id.
  public var runAsUser: Int?
  /// Group id.
  public var runAsGroup: Int?
  /// Refuses to start as root.
  public var runAsNonRoot: Bool?
  /// Whether the root file system is read-only.
  public var readOnlyRootFilesystem: Bool?
  /// Whether a process may gain more rights than its parent.
  public var allowPrivilegeEscalation: Bool?

  /// A value with every field unset.
  public init() {}

  /// The fields that are kept.
  public static let schema = Schema<SecurityContext>([
    .bool(2, "privileged", \.privileged),
    .int(4, "runAsUser", \.runAsUser),
    .int(8, "runAsGroup", \.runAsGroup),
    .bool(5, "runAsNonRoot", \.runAsNonRoot),
    .bool(6, "readOnlyRootFilesystem", \.readOnlyRootFilesystem),
    .bool(7, "allowPrivilegeEscalation", \.allowPrivilegeEscalation),
  ])
}
