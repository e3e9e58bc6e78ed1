extension FindingCode {
  /// What `podmedic findings` tells about the code.
  public var description: Description {
    switch self {
    case .podOOMKilled:
      Description(
        title: "Container ran out of memory",
        meaning: "A container used more memory than its limit and the kernel killed it.",
        severity: .critical, playbook: "oom-killed")
    case .podCrashLoop:
      Description(
        title: "Container keeps failing",
        meaning: "A container ends with an error again and again; the kubelet waits longer before each new "
          + "start.",
        severity: .critical, playbook: "crash-loop")
    case .podExitsByItself:
      Description(
        title: "Container ends without error though it should stay",
        meaning: "The process of a container ends with exit code 0 again and again although the pod's "
          + "restartPolicy is Always.",
        severity: .critical, playbook: "crash-loop")
    case .podContainerFailed:
      Description(
        title: "Container failed and is not started again",
        meaning: "A container ended with an error and the pod's restartPolicy forbids a new start.",
        severity: .critical, playbook: "crash-loop")
    case .podKilledByProbe:
      Description(
        title: "Container killed by its liveness or startup probe",
        meaning: "The kubelet restarts a container because its liveness or startup probe fails.",
        severity: .critical, playbook: "crash-loop")
    case .podStartFailed:
      Description(
        title: "Container cannot be started",
        meaning: "The command of a container does not exist, is not executable, or the runtime refuses to "
          + "start it.",
        severity: .critical, playbook: "crash-loop")
    case .podKilled:
      Description(
        title: "Container killed by SIGKILL of unknown origin",
        meaning: "A container was killed with SIGKILL, and neither its memory limit nor a probe nor a "
          + "deletion explains it.",
        severity: .critical, playbook: "crash-loop")
    case .podNodeOutOfMemory:
      Description(
        title: "Container killed because the node ran out of memory",
        meaning: "The node as a whole ran out of memory and the kernel chose this container's process.",
        severity: .critical, playbook: "oom-killed")
    case .podStatusUnknown:
      Description(
        title: "Container was lost",
        meaning: "The kubelet cannot find a container that it had started, for example after a reboot of "
          + "the node. Its exit code 137 is made up.",
        severity: .warning, playbook: "crash-loop")
    case .podImageNotFound:
      Description(
        title: "Image does not exist",
        meaning: "The registry has no such image or tag.",
        severity: .critical, playbook: "image-pull")
    case .podImageAccessDenied:
      Description(
        title: "Registry denies access to an image",
        meaning: "The registry wants other credentials than the pod has; some registries also say so of "
          + "images that do not exist.",
        severity: .critical, playbook: "image-pull")
    case .podImageRateLimited:
      Description(
        title: "Registry limits the rate of pulls",
        meaning: "Too many pulls from this address or account.",
        severity: .critical, playbook: "image-pull")
    case .podImageRegistryUntrusted:
      Description(
        title: "Registry is not trusted",
        meaning: "The node does not trust the certificate of the registry, or the registry does not speak "
          + "TLS.",
        severity: .critical, playbook: "image-pull")
    case .podImageWrongPlatform:
      Description(
        title: "Image is not made for the node",
        meaning: "The image has no variant for the operating system and processor of the node.",
        severity: .critical, playbook: "image-pull")
    case .podImageNoSpace:
      Description(
        title: "No disk space for an image",
        meaning: "The node's disk is full.",
        severity: .critical, playbook: "image-pull")
    case .podImageRegistryUnreachable:
      Description(
        title: "Registry cannot be reached",
        meaning: "Name resolution, network or proxy fail between the node and the registry.",
        severity: .critical, playbook: "image-pull")
    case .podImageRegistryError:
      Description(
        title: "Registry answers with an error of its own",
        meaning: "The registry, or a proxy before it, is reached and answers 5xx: neither the image nor the node is at "
          + "fault.",
        severity: .critical, playbook: "image-pull")
    case .podImagePullFailed:
      Description(
        title: "Image cannot be pulled",
        meaning: "The pull fails for a reason that podmedic does not know.",
        severity: .critical, playbook: "image-pull")
    case .podImageNameInvalid:
      Description(
        title: "Image name is not valid",
        meaning: "The name of an image cannot be parsed.",
        severity: .critical, playbook: "image-pull")
    case .podImageNeverPulled:
      Description(
        title: "Image is not on the node and must not be pulled",
        meaning: "imagePullPolicy is Never and the node does not have the image, or may not use it for "
          + "this pod.",
        severity: .critical, playbook: "image-pull")
    case .podConfigMissing:
      Description(
        title: "ConfigMap or Secret is missing",
        meaning: "A pod refers to a ConfigMap, a Secret or a key in one that does not exist.",
        severity: .critical, playbook: "config-error")
    case .podConfigInvalid:
      Description(
        title: "Container configuration is refused",
        meaning: "The kubelet cannot make a container from the pod's spec, for example because the image "
          + "would run as root.",
        severity: .critical, playbook: "config-error")
    case .podUnschedulable:
      Description(
        title: "No node fits",
        meaning: "The scheduler finds no node for the pod.",
        severity: .critical, playbook: "pending")
    case .podClaimUnbound:
      Description(
        title: "Pod waits for a volume",
        meaning: "A PersistentVolumeClaim of the pod is not bound, lost or missing, so the pod cannot be "
          + "placed.",
        severity: .critical, playbook: "pending")
    case .podSchedulingGated:
      Description(
        title: "Scheduling is held back",
        meaning: "The pod has scheduling gates; whoever set them must remove them.",
        severity: .notice, playbook: "pending")
    case .podSchedulerSilent:
      Description(
        title: "No scheduler looks at the pod",
        meaning: "No scheduler has said anything about the pod: it is down, or the pod names one that does "
          + "not exist.",
        severity: .critical, playbook: "pending")
    case .podSchedulerError:
      Description(
        title: "Scheduler failed",
        meaning: "The scheduler met an error of its own while it placed the pod.",
        severity: .critical, playbook: "pending")
    case .podSandboxFailed:
      Description(
        title: "Pod's sandbox cannot be made",
        meaning: "The runtime or the network plug-in fails before any container starts.",
        severity: .critical, playbook: "container-creating")
    case .podVolumeNotMounted:
      Description(
        title: "Volume cannot be attached or mounted",
        meaning: "A volume of the pod cannot be attached to the node or mounted there.",
        severity: .critical, playbook: "container-creating")
    case .podCreatingSlowly:
      Description(
        title: "Containers are not created",
        meaning: "The pod has a node but its containers have not been created for minutes, and no event "
          + "says why.",
        severity: .warning, playbook: "container-creating")
    case .podPullingSlowly:
      Description(
        title: "Image is being pulled for long",
        meaning: "An image has been on its way for minutes.",
        severity: .warning, playbook: "image-pull")
    case .podReadinessFailing:
      Description(
        title: "Readiness probe fails",
        meaning: "A container runs but its readiness probe fails, so the pod gets no traffic.",
        severity: .warning, playbook: "not-ready")
    case .podNotStarted:
      Description(
        title: "Startup probe has not passed",
        meaning: "A container runs but has not passed its startup probe.",
        severity: .warning, playbook: "not-ready")
    case .podReadinessGate:
      Description(
        title: "Readiness gate is not met",
        meaning: "All containers are ready, but a condition that the pod's readiness gates demand is not "
          + "true.",
        severity: .warning, playbook: "not-ready")
    case .podResizePending:
      Description(
        title: "Resize of a running pod is not done",
        meaning: "Requests or limits of a pod were changed in place, and its node refuses them, has no room for "
          + "them yet, or fails to put them into effect.",
        severity: .warning, playbook: "resource-hygiene")
    case .podNotReady:
      Description(
        title: "Pod is not ready",
        meaning: "The pod runs but is not ready.",
        severity: .warning, playbook: "not-ready")
    case .podNodeNotReady:
      Description(
        title: "Pod's node is not ready",
        meaning: "The node of the pod does not report or is not ready.",
        severity: .critical, playbook: "node-not-ready")
    case .podNodeGone:
      Description(
        title: "Pod's node does not exist",
        meaning: "The pod is bound to a node that the cluster no longer has.",
        severity: .critical, playbook: "node-not-ready")
    case .podEvicted:
      Description(
        title: "Pod was evicted",
        meaning: "The kubelet ended the pod because it or its node ran out of a resource.",
        severity: .warning, playbook: "evicted")
    case .podRejected:
      Description(
        title: "Kubelet rejected the pod",
        meaning: "The pod was placed on a node whose kubelet does not take it.",
        severity: .warning, playbook: "pending")
    case .podDeadlineExceeded:
      Description(
        title: "Pod ran too long",
        meaning: "The pod was active for longer than its activeDeadlineSeconds.",
        severity: .warning, playbook: "job-failed")
    case .podFailed:
      Description(
        title: "Pod failed",
        meaning: "The pod ended and will not be started again.",
        severity: .warning, playbook: "crash-loop")
    case .podStuckTerminating:
      Description(
        title: "Pod does not go away",
        meaning: "The pod was deleted and its grace period is over, but it is still there.",
        severity: .warning, playbook: "terminating-stuck")
    case .workloadReplicasMissing:
      Description(
        title: "Fewer replicas than wanted",
        meaning: "A workload has fewer available replicas than its spec asks for.",
        severity: .warning, playbook: "rollout-stuck")
    case .workloadQuotaExceeded:
      Description(
        title: "Quota forbids new pods",
        meaning: "A ResourceQuota of the namespace keeps a workload from creating pods.",
        severity: .critical, playbook: "no-pod-created")
    case .workloadPodsRefused:
      Description(
        title: "Server refuses new pods",
        meaning: "An admission rule keeps a workload from creating pods: a webhook, Pod Security, a "
          + "LimitRange or a missing ServiceAccount.",
        severity: .critical, playbook: "no-pod-created")
    case .workloadRolloutStuck:
      Description(
        title: "Rollout makes no progress",
        meaning: "A Deployment has made no progress for longer than its progressDeadlineSeconds.",
        severity: .critical, playbook: "rollout-stuck")
    case .workloadPaused:
      Description(
        title: "Rollout is paused",
        meaning: "A Deployment is paused in the middle of a rollout.",
        severity: .notice, playbook: "rollout-stuck")
    case .workloadMisscheduled:
      Description(
        title: "Pods run where they should not",
        meaning: "Pods of a DaemonSet run on nodes that it no longer selects.",
        severity: .notice, playbook: "daemonset-missing")
    case .jobFailed:
      Description(
        title: "Job failed",
        meaning: "A Job has given up.",
        severity: .critical, playbook: "job-failed")
    case .jobFailing:
      Description(
        title: "Pods of a Job fail",
        meaning: "Pods of a Job fail and are tried again.",
        severity: .warning, playbook: "job-failed")
    case .cronJobMissed:
      Description(
        title: "CronJob missed its schedule",
        meaning: "A CronJob could not start jobs at their times.",
        severity: .warning, playbook: "cronjob")
    case .nodeNotReady:
      Description(
        title: "Node is not ready",
        meaning: "The kubelet of a node says that it is not ready, or says nothing any more.",
        severity: .critical, playbook: "node-not-ready")
    case .nodeMemoryPressure:
      Description(
        title: "Node is short of memory",
        meaning: "The kubelet evicts pods to free memory.",
        severity: .warning, playbook: "node-pressure")
    case .nodeDiskPressure:
      Description(
        title: "Node is short of disk space",
        meaning: "The kubelet evicts pods and deletes images to free disk space.",
        severity: .warning, playbook: "node-pressure")
    case .nodePIDPressure:
      Description(
        title: "Node is short of process ids",
        meaning: "Too many processes run on the node.",
        severity: .warning, playbook: "node-pressure")
    case .nodeNetworkUnavailable:
      Description(
        title: "Node has no pod network",
        meaning: "The network of the node is not set up.",
        severity: .critical, playbook: "node-not-ready")
    case .nodeCordoned:
      Description(
        title: "Node is cordoned",
        meaning: "No new pods are placed on the node.",
        severity: .notice, playbook: "node-lifecycle")
    case .nodeLeaseStale:
      Description(
        title: "Node's lease is not renewed",
        meaning: "The kubelet has not renewed its lease, although the node still counts as ready.",
        severity: .warning, playbook: "node-not-ready")
    case .serviceNoEndpoints:
      Description(
        title: "Service has no ready endpoint",
        meaning: "Pods match the Service's selector, but none of them is ready: connections are refused.",
        severity: .critical, playbook: "service-unreachable")
    case .servicePortUndeclared:
      Description(
        title: "Service leads to a port that its pods do not declare",
        meaning: "The numeric targetPort of a Service is not among the ports that the containers declare, though they "
          + "declare others. Processes may listen all the same: a hint, not a proof.",
        severity: .notice, playbook: "service-unreachable")
    case .serviceNoPods:
      Description(
        title: "Service selects no pods",
        meaning: "No pod has the labels of the Service's selector.",
        severity: .warning, playbook: "service-unreachable")
    case .serviceLoadBalancerPending:
      Description(
        title: "Service has no load balancer",
        meaning:
          "A Service of type LoadBalancer has no address from outside: the cloud refuses to make one, or nothing "
          + "in the cluster makes any.",
        severity: .warning, playbook: "service-unreachable")
    case .ingressBackendMissing:
      Description(
        title: "Ingress points at a Service that does not exist",
        meaning: "A backend of an Ingress names a Service or a port that does not exist.",
        severity: .warning, playbook: "http-5xx")
    case .ingressClassMissing:
      Description(
        title: "Ingress has no class that exists",
        meaning: "An Ingress names an IngressClass that does not exist, or none where none is the default, and no "
          + "controller has taken it.",
        severity: .warning, playbook: "http-5xx")
    case .ingressCertificateMissing:
      Description(
        title: "Ingress has no certificate",
        meaning: "The Secret with the certificate of an Ingress does not exist, or is of another type and has no "
          + "certificate: browsers refuse what is shown instead. The server is asked for its name only; type and keys "
          + "are judged where Secrets are read, as in a capture.",
        severity: .warning, playbook: "http-5xx")
    case .ingressCertificateInvalid:
      Description(
        title: "Certificate of an Ingress is out of date or for other hosts",
        meaning: "The certificate in the Secret of an Ingress has expired, is not valid yet, or has none of its hosts "
          + "among its names (subjectAltName): browsers refuse it. The server is asked for the names of Secrets only: "
          + "this is judged where Secrets are read, in playbooks and captures.",
        severity: .warning, playbook: "http-5xx")
    case .ingressScaledDown:
      Description(
        title: "Ingress leads to what is scaled to 0",
        meaning: "Everything that a Service of an Ingress selects is scaled to 0 replicas: who calls gets an error "
          + "(503), until it is scaled up again.",
        severity: .notice, playbook: "http-5xx")
    case .claimPending:
      Description(
        title: "Claim is not bound",
        meaning: "A PersistentVolumeClaim gets no volume.",
        severity: .warning, playbook: "pvc-pending")
    case .claimClassMissing:
      Description(
        title: "Storage class does not exist",
        meaning: "A PersistentVolumeClaim names a StorageClass that the cluster does not have, or there is "
          + "no default one.",
        severity: .critical, playbook: "pvc-pending")
    case .claimLost:
      Description(
        title: "Claim has lost its volume",
        meaning: "The PersistentVolume of a claim does not exist any more.",
        severity: .critical, playbook: "pvc-pending")
    case .claimResizeFailed:
      Description(
        title: "Volume cannot be resized",
        meaning: "The storage driver refuses the new size of a claim.",
        severity: .warning, playbook: "pvc-expand")
    case .claimResizePending:
      Description(
        title: "Volume has grown, its file system has not",
        meaning: "The storage has given a claim its new size, and the file system waits for a pod to mount it anew.",
        severity: .warning, playbook: "pvc-expand")
    case .volumeFailed:
      Description(
        title: "Volume could not be recycled",
        meaning: "The reclamation of a PersistentVolume failed.",
        severity: .warning, playbook: "pv-released")
    case .volumeReleased:
      Description(
        title: "Volume is left over",
        meaning: "The claim of a PersistentVolume is gone but the volume is kept and cannot be claimed "
          + "again.",
        severity: .notice, playbook: "pv-released")
    case .budgetBlocked:
      Description(
        title: "Disruption budget allows no disruption now",
        meaning: "Not enough pods are healthy: evictions are refused until they are.",
        severity: .notice, playbook: "pdb-blocked")
    case .budgetFailed:
      Description(
        title: "Disruption budget cannot be computed",
        meaning: "The controller cannot tell how many pods a budget protects: every eviction of them is refused.",
        severity: .warning, playbook: "pdb-blocked")
    case .quotaExhausted:
      Description(
        title: "Quota is used up",
        meaning: "A ResourceQuota has nothing left of a resource. What it refuses has a finding of its own.",
        severity: .notice, playbook: "no-pod-created")
    case .autoscalerUnable:
      Description(
        title: "Autoscaler cannot act",
        meaning: "A HorizontalPodAutoscaler cannot read its metrics or change its target.",
        severity: .warning, playbook: "hpa-not-scaling")
    case .autoscalerAtLimit:
      Description(
        title: "Autoscaler is at its maximum",
        meaning: "A HorizontalPodAutoscaler wants more replicas than its maxReplicas.",
        severity: .notice, playbook: "hpa-not-scaling")
    case .apiServiceUnavailable:
      Description(
        title: "Extension of the API does not answer",
        meaning: "The server behind an APIService, such as that of metrics, cannot be reached.",
        severity: .warning, playbook: "control-plane")
    case .namespaceStuck:
      Description(
        title: "Namespace does not go away",
        meaning: "A namespace was deleted, but something in it does not go away.",
        severity: .warning, playbook: "terminating-stuck")
    case .nodeProblem:
      Description(
        title: "Node has a fault",
        meaning: "node-problem-detector reports a fault of the machine, such as a file system that became read-only.",
        severity: .warning, playbook: "node-not-ready")
    case .jobHeldBySidecar:
      Description(
        title: "Sidecar keeps a Job from ending",
        meaning:
          "The program of a Job is done, but another container of its pod still runs, so that the Job never ends.",
        severity: .warning, playbook: "job-failed")
    case .objectStuckTerminating:
      Description(
        title: "Deleted object does not go away",
        meaning: "A claim, a volume, a Service or a workload was deleted, but a finalizer still holds it.",
        severity: .warning, playbook: "terminating-stuck")
    }
  }
}
