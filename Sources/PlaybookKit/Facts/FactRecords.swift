import Diagnosis
import Kube

/// A container with its spec and status side by side: what expressions read under `container` and `containers`.
public struct ContainerFacts: KubeRecord, Equatable {
  /// Name of the container.
  public var name = ""
  /// `init`, `sidecar` or `container`.
  public var role = ""
  /// The image that is asked for.
  public var image = ""
  /// `Running`, or the reason of waiting or ending, such as `CrashLoopBackOff`, `OOMKilled`.
  public var state = ""
  /// The message of waiting.
  public var message = ""
  /// Whether it is ready.
  public var ready = false
  /// How often it was started again.
  public var restarts = 0
  /// The end of the current run or, while it runs or waits, of the run before.
  public var end: ContainerStateTerminated?
  /// The line that tells most of what it left behind at that end (terminated.message); "" when it left nothing.
  public var lastWords = ""
  /// Since when it runs.
  public var startedAt: Timestamp?
  /// The limit of memory.
  public var memoryLimit: Quantity?
  /// The request of memory.
  public var memoryRequest: Quantity?
  /// The limit of CPU.
  public var cpuLimit: Quantity?
  /// The request of CPU.
  public var cpuRequest: Quantity?
  /// What the pod's spec says about it.
  public var spec = Container()
  /// What the kubelet reports about it.
  public var status = ContainerStatus()

  /// Nothing known.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<ContainerFacts>([
    .string(1, "name", \.name),
    .string(2, "role", \.role),
    .string(3, "image", \.image),
    .string(4, "state", \.state),
    .string(5, "message", \.message),
    .bool(6, "ready", \.ready),
    .int(7, "restarts", \.restarts),
    .record(8, "end", \.end),
    .time(9, "startedAt", \.startedAt),
    .quantity(10, "memoryLimit", \.memoryLimit),
    .quantity(11, "memoryRequest", \.memoryRequest),
    .quantity(12, "cpuLimit", \.cpuLimit),
    .quantity(13, "cpuRequest", \.cpuRequest),
    .record(14, "spec", \.spec),
    .record(15, "status", \.status),
    .string(16, "lastWords", \.lastWords),
  ])

  /// Every container of a pod: init containers, then containers, in the order of the spec.
  public static func all(of pod: Pod) -> [ContainerFacts] {
    pod.spec.initContainers.map { spec in
      ContainerFacts(
        spec, role: spec.restartPolicy == "Always" ? "sidecar" : "init",
        pod.status.initContainerStatuses.first { $0.name == spec.name })
    }
      + pod.spec.containers.map { spec in
        ContainerFacts(spec, role: "container", pod.status.containerStatuses.first { $0.name == spec.name })
      }
  }

  private init(_ spec: Container, role: String, _ status: ContainerStatus?) {
    self.spec = spec
    self.role = role
    name = spec.name
    image = spec.image
    memoryLimit = spec.resources.limits["memory"]
    memoryRequest = spec.resources.requests["memory"]
    cpuLimit = spec.resources.limits["cpu"]
    cpuRequest = spec.resources.requests["cpu"]
    guard let status else {
      state = "Waiting"
      return
    }
    self.status = status
    ready = status.ready
    restarts = max(0, status.restartCount)
    end = status.state.terminated ?? status.lastState?.terminated
    lastWords = TerminationMessage.lastWords(end?.message ?? "")
    if let running = status.state.running {
      state = "Running"
      startedAt = running.startedAt
    } else if let terminated = status.state.terminated {
      state = terminated.reason.isEmpty ? ExitCode.text(terminated.exitCode) : terminated.reason
    } else {
      state = status.state.waiting?.reason ?? ""
      if state.isEmpty { state = "Waiting" }
      message = status.state.waiting?.message ?? ""
    }
  }

  /// Where its status is in the pod, for evidence.
  public var statusPath: String {
    "status.\(role == "container" ? "containerStatuses" : "initContainerStatuses")[\(name)]"
  }

  /// Where its spec is in the pod, for evidence.
  public var specPath: String { "spec.\(role == "container" ? "containers" : "initContainers")[\(name)]" }
}

/// What runs pods from a template: what expressions read under `owner`.
public struct WorkloadFacts: KubeRecord, Equatable {
  /// `Deployment`, `StatefulSet`, `DaemonSet`, `Job`, `CronJob`, `ReplicaSet`.
  public var kind = ""
  /// Its namespace.
  public var namespace = ""
  /// Its name.
  public var name = ""
  /// Pods that are wanted.
  public var wanted = 0
  /// Pods that are ready.
  public var ready = 0
  /// Pods that have the current template.
  public var updated = 0
  /// Pods that are available.
  public var available = 0
  /// The version of the spec.
  public var generation = 0
  /// The version of the spec that the controller has seen.
  public var observedGeneration = 0
  /// Whether its rollout is paused, or the Job or CronJob suspended.
  public var paused = false
  /// What its pods are made from.
  public var template = PodTemplateSpec()

  /// Nothing known.
  public init() {}

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<WorkloadFacts>([
    .string(1, "kind", \.kind),
    .string(2, "namespace", \.namespace),
    .string(3, "name", \.name),
    .int(4, "wanted", \.wanted),
    .int(5, "ready", \.ready),
    .int(6, "updated", \.updated),
    .int(7, "available", \.available),
    .int(8, "generation", \.generation),
    .int(9, "observedGeneration", \.observedGeneration),
    .bool(10, "paused", \.paused),
    .record(11, "template", \.template),
  ])

  /// The facts of a workload; nil for kinds that run no pods.
  public init?(_ object: any ClusterObject) {
    namespace = object.metadata.namespace
    name = object.metadata.name
    generation = object.metadata.generation
    switch object {
    case let deployment as Deployment:
      kind = "Deployment"
      wanted = deployment.spec.replicas ?? 1
      ready = deployment.status.readyReplicas
      updated = deployment.status.updatedReplicas
      available = deployment.status.availableReplicas
      observedGeneration = deployment.status.observedGeneration
      paused = deployment.spec.paused
      template = deployment.spec.template
    case let set as ReplicaSet:
      kind = "ReplicaSet"
      wanted = set.spec.replicas ?? 1
      ready = set.status.readyReplicas
      updated = set.status.replicas
      available = set.status.availableReplicas
      observedGeneration = set.status.observedGeneration
      template = set.spec.template
    case let set as StatefulSet:
      kind = "StatefulSet"
      wanted = set.spec.replicas ?? 1
      ready = set.status.readyReplicas
      updated = set.status.updatedReplicas
      available = set.status.availableReplicas ?? set.status.readyReplicas
      observedGeneration = set.status.observedGeneration
      template = set.spec.template
    case let set as DaemonSet:
      kind = "DaemonSet"
      wanted = set.status.desiredNumberScheduled
      ready = set.status.numberReady
      updated = set.status.updatedNumberScheduled
      available = set.status.numberAvailable
      observedGeneration = set.status.observedGeneration
      template = set.spec.template
    case let job as Job:
      kind = "Job"
      wanted = job.spec.parallelism ?? 1
      ready = job.status.ready ?? 0
      updated = job.status.active
      available = job.status.ready ?? 0
      observedGeneration = generation
      paused = job.spec.suspend ?? false
      template = job.spec.template
    case let job as CronJob:
      kind = "CronJob"
      wanted = job.status.active.count
      observedGeneration = generation
      paused = job.spec.suspend ?? false
      template = job.spec.jobTemplate.spec.template
    default: return nil
    }
  }
}

/// An event as expressions read it under `events`: one layout for both event APIs.
public struct EventFacts: KubeRecord, Equatable {
  /// `Normal` or `Warning`.
  public var type = ""
  /// A word, such as `FailedMount`.
  public var reason = ""
  /// The text.
  public var message = ""
  /// How often; at least 1.
  public var count = 1
  /// When last.
  public var lastSeen: Timestamp?
  /// What reported it, such as `kubelet`.
  public var component = ""
  /// The container that it is about; "" when it is about the object as a whole.
  public var container = ""

  /// Nothing happened.
  public init() {}

  /// The facts of an event.
  public init(_ event: Event) {
    type = event.type
    reason = event.reason
    message = event.message
    count = event.occurrences
    lastSeen = event.lastSeen
    component = event.source.component.isEmpty ? event.reportingComponent : event.source.component
    let path = event.involvedObject.fieldPath
    if path.hasSuffix("}"), let open = path.firstIndex(of: "{") {
      container = String(path[path.index(after: open)...].dropLast())
    }
  }

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<EventFacts>([
    .string(1, "type", \.type),
    .string(2, "reason", \.reason),
    .string(3, "message", \.message),
    .int(4, "count", \.count),
    .time(5, "lastSeen", \.lastSeen),
    .string(6, "component", \.component),
    .string(7, "container", \.container),
  ])
}

/// What something uses now: what expressions read under `usage`.
public struct UsageRecord: KubeRecord, Equatable {
  /// CPU.
  public var cpu: Quantity?
  /// Memory (the working set).
  public var memory: Quantity?

  /// Nothing measured.
  public init() {}

  /// What is used.
  public init(cpu: Quantity?, memory: Quantity?) {
    self.cpu = cpu
    self.memory = memory
  }

  /// The fields. Never on the wire: the numbers are podmedic's own.
  public static let schema = Schema<UsageRecord>([
    .quantity(1, "cpu", \.cpu),
    .quantity(2, "memory", \.memory),
  ])
}
