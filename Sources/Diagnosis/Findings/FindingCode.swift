/// What a finding is. The raw values are stable: scripts and playbooks refer to them.
public enum FindingCode: String, Sendable, CaseIterable {
  /// Container ran out of memory.
  case podOOMKilled = "pod.oom-killed"
  /// Container keeps failing.
  case podCrashLoop = "pod.crash-loop"
  /// Container ends without error though it should stay.
  case podExitsByItself = "pod.exits-by-itself"
  /// Container failed and is not started again.
  case podContainerFailed = "pod.container-failed"
  /// Container killed by its liveness or startup probe.
  case podKilledByProbe = "pod.killed-by-probe"
  /// Container cannot be started.
  case podStartFailed = "pod.start-failed"
  /// Container killed by SIGKILL of unknown origin.
  case podKilled = "pod.killed"
  /// Container killed because the node ran out of memory.
  case podNodeOutOfMemory = "pod.node-out-of-memory"
  /// Container was lost.
  case podStatusUnknown = "pod.status-unknown"
  /// Image does not exist.
  case podImageNotFound = "pod.image-not-found"
  /// Registry denies access to an image.
  case podImageAccessDenied = "pod.image-access-denied"
  /// Registry limits the rate of pulls.
  case podImageRateLimited = "pod.image-rate-limited"
  /// Registry's certificate is not trusted.
  case podImageRegistryUntrusted = "pod.image-registry-untrusted"
  /// Image is not made for the node.
  case podImageWrongPlatform = "pod.image-wrong-platform"
  /// No disk space for an image.
  case podImageNoSpace = "pod.image-no-space"
  /// Registry cannot be reached.
  case podImageRegistryUnreachable = "pod.image-registry-unreachable"
  /// Registry answers with an error of its own.
  case podImageRegistryError = "pod.image-registry-error"
  /// Image cannot be pulled.
  case podImagePullFailed = "pod.image-pull-failed"
  /// Image name is not valid.
  case podImageNameInvalid = "pod.image-name-invalid"
  /// Image is not on the node and must not be pulled.
  case podImageNeverPulled = "pod.image-never-pulled"
  /// ConfigMap or Secret is missing.
  case podConfigMissing = "pod.config-missing"
  /// Container configuration is refused.
  case podConfigInvalid = "pod.config-invalid"
  /// No node fits.
  case podUnschedulable = "pod.unschedulable"
  /// Pod waits for a volume.
  case podClaimUnbound = "pod.claim-unbound"
  /// Scheduling is held back.
  case podSchedulingGated = "pod.scheduling-gated"
  /// No scheduler looks at the pod.
  case podSchedulerSilent = "pod.scheduler-silent"
  /// Scheduler failed.
  case podSchedulerError = "pod.scheduler-error"
  /// Pod's sandbox cannot be made.
  case podSandboxFailed = "pod.sandbox-failed"
  /// Volume cannot be attached or mounted.
  case podVolumeNotMounted = "pod.volume-not-mounted"
  /// Containers are not created.
  case podCreatingSlowly = "pod.creating-slowly"
  /// Image is being pulled for long.
  case podPullingSlowly = "pod.pulling-slowly"
  /// Readiness probe fails.
  case podReadinessFailing = "pod.readiness-failing"
  /// Startup probe has not passed.
  case podNotStarted = "pod.startup-pending"
  /// Readiness gate is not met.
  case podReadinessGate = "pod.readiness-gate"
  /// New requests or limits of a running pod are not put into effect.
  case podResizePending = "pod.resize-pending"
  /// Pod is not ready.
  case podNotReady = "pod.not-ready"
  /// Pod's node is not ready.
  case podNodeNotReady = "pod.node-not-ready"
  /// Pod's node does not exist.
  case podNodeGone = "pod.node-gone"
  /// Pod was evicted.
  case podEvicted = "pod.evicted"
  /// Kubelet rejected the pod.
  case podRejected = "pod.rejected"
  /// Pod ran too long.
  case podDeadlineExceeded = "pod.deadline-exceeded"
  /// Pod failed.
  case podFailed = "pod.failed"
  /// Pod does not go away.
  case podStuckTerminating = "pod.stuck-terminating"
  /// Fewer replicas than wanted.
  case workloadReplicasMissing = "workload.replicas-missing"
  /// Quota forbids new pods.
  case workloadQuotaExceeded = "workload.quota-exceeded"
  /// Server refuses new pods.
  case workloadPodsRefused = "workload.pods-refused"
  /// Rollout makes no progress.
  case workloadRolloutStuck = "workload.rollout-stuck"
  /// Rollout is paused.
  case workloadPaused = "workload.paused"
  /// Pods run where they should not.
  case workloadMisscheduled = "workload.misscheduled"
  /// Job failed.
  case jobFailed = "job.failed"
  /// Pods of a Job fail.
  case jobFailing = "job.failing"
  /// CronJob missed its schedule.
  case cronJobMissed = "cronjob.missed-schedules"
  /// Node is not ready.
  case nodeNotReady = "node.not-ready"
  /// Node is short of memory.
  case nodeMemoryPressure = "node.memory-pressure"
  /// Node is short of disk space.
  case nodeDiskPressure = "node.disk-pressure"
  /// Node is short of process ids.
  case nodePIDPressure = "node.pid-pressure"
  /// Node has no pod network.
  case nodeNetworkUnavailable = "node.network-unavailable"
  /// Node is cordoned.
  case nodeCordoned = "node.cordoned"
  /// Node's lease is not renewed.
  case nodeLeaseStale = "node.lease-stale"
  /// Service has no ready endpoint.
  case serviceNoEndpoints = "service.no-ready-endpoints"
  /// Service leads to a port that its pods do not declare.
  case servicePortUndeclared = "service.port-undeclared"
  /// Service selects no pods.
  case serviceNoPods = "service.selects-no-pods"
  /// Service has no load balancer.
  case serviceLoadBalancerPending = "service.load-balancer-pending"
  /// Ingress points at a Service that does not exist.
  case ingressBackendMissing = "ingress.backend-missing"
  /// Ingress has no class that exists.
  case ingressClassMissing = "ingress.class-missing"
  /// Ingress has no certificate.
  case ingressCertificateMissing = "ingress.certificate-missing"
  /// Certificate of an Ingress has run out or is for other hosts.
  case ingressCertificateInvalid = "ingress.certificate-invalid"
  /// Claim is not bound.
  case claimPending = "claim.pending"
  /// Storage class does not exist.
  case claimClassMissing = "claim.class-missing"
  /// Claim has lost its volume.
  case claimLost = "claim.lost"
  /// Volume cannot be resized.
  case claimResizeFailed = "claim.resize-failed"
  /// Volume has grown, its file system has not.
  case claimResizePending = "claim.resize-pending"
  /// Volume could not be recycled.
  case volumeFailed = "volume.failed"
  /// Volume is left over.
  case volumeReleased = "volume.released"
  /// Disruption budget allows no disruption now.
  case budgetBlocked = "budget.blocked"
  /// Disruption budget cannot be computed.
  case budgetFailed = "budget.failed"
  /// Quota is used up.
  case quotaExhausted = "quota.exhausted"
  /// Autoscaler cannot act.
  case autoscalerUnable = "autoscaler.unable"
  /// Autoscaler is at its maximum.
  case autoscalerAtLimit = "autoscaler.at-limit"
  /// Extension of the API does not answer.
  case apiServiceUnavailable = "apiservice.unavailable"
  /// Namespace does not go away.
  case namespaceStuck = "namespace.stuck-terminating"
  /// Node has a fault that its problem detector reports.
  case nodeProblem = "node.problem"
  /// Job is done, and a sidecar keeps it from ending.
  case jobHeldBySidecar = "job.held-by-sidecar"
  /// Object that is no pod and no namespace does not go away.
  case objectStuckTerminating = "object.stuck-terminating"

  /// Ingress leads to what is scaled to 0.
  case ingressScaledDown = "ingress.scaled-down"

  /// What `podmedic findings` tells about a code.
  public struct Description: Sendable, Equatable {
    /// A few words.
    public var title: String
    /// What the finding means, in a sentence or two.
    public var meaning: String
    /// The usual severity; a finding may differ by its circumstances.
    public var severity: Severity
    /// The playbook that handles it.
    public var playbook: String
  }
}
