extension RemedyKind {
  private static let templated = [
    "Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "ReplicationController", "Job", "CronJob",
  ]
  private static let rolled = ["Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet"]
  private static let container = RemedyParameter.optional(
    "container", .text, "the container; may be left out where there is only one")

  static let workloads = [
    RemedyKind(
      .setResources, "Set memory and CPU of a container", accepts: templated,
      [
        container,
        .optional("memory-limit", .quantityOrNone, "most memory before the container is killed"),
        .optional("memory-request", .quantityOrNone, "memory that the scheduler keeps free for it"),
        .optional("cpu-limit", .quantityOrNone, "CPU above which it is slowed down"),
        .optional("cpu-request", .quantityOrNone, "CPU that the scheduler keeps free for it"),
      ], changesOwner: true,
      doc:
        "Changes requests and limits in the pod template of the controller at the top of the owner chain, which then "
        + "replaces its pods. Says whether any node has room for the new request."),
    RemedyKind(
      .setImage, "Set the image of a container", accepts: templated,
      [container, .required("image", .text, "the new image")], changesOwner: true,
      doc: "Changes the image in the pod template of the top controller, which then replaces its pods."),
    RemedyKind(
      .setProbe, "Relax a probe of a container", accepts: templated,
      [
        container,
        .required("probe", .choice(["liveness", "readiness", "startup"]), "which probe"),
        .required(
          "field", .choice(["initialDelaySeconds", "periodSeconds", "timeoutSeconds", "failureThreshold"]),
          "what of it"),
        .required("value", .count, "its new value"),
      ], changesOwner: true,
      doc:
        "Changes one number of a probe in the pod template of the top controller: for containers that are killed while "
        + "they are still starting."),
    RemedyKind(
      .setEnvReference, "Correct a reference to a ConfigMap or Secret", accepts: templated,
      [
        container,
        .required("from", .text, "the name of the ConfigMap or Secret that is referred to now"),
        .optional("to", .text, "the name to refer to instead"),
        .optional("key", .text, "the key that is referred to now, when the key is to be changed"),
        .optional("to-key", .text, "the key to refer to instead"),
      ], changesOwner: true,
      doc: "Changes the name, or the key, in env and envFrom of a container wherever the old one is referred to."),
    RemedyKind(
      .setPullSecret, "Add an image pull secret", accepts: templated,
      [.required("secret", .text, "a Secret of type kubernetes.io/dockerconfigjson in the same namespace")],
      changesOwner: true, doc: "Adds the secret to imagePullSecrets of the pod template of the top controller."),
    RemedyKind(
      .addToleration, "Tolerate a taint", accepts: templated,
      [
        .required("key", .text, "key of the taint"),
        .optional("value", .text, "value of the taint; any when left out"),
        .optional("effect", .choice(["NoSchedule", "PreferNoSchedule", "NoExecute"]), "effect; all when left out"),
      ], changesOwner: true,
      doc: "Adds a toleration to the pod template of the top controller, so that its pods may run on tainted nodes."),
    RemedyKind(
      .setRolloutBounds, "Set maxSurge and maxUnavailable", accepts: ["Pod", "ReplicaSet", "Deployment"],
      [
        .optional("max-surge", .countOrPercent, "pods that may be too many during a rollout"),
        .optional("max-unavailable", .countOrPercent, "pods that may be missing during a rollout"),
      ], changesOwner: true,
      doc: "Lets a rollout go on that cannot add a pod for lack of room, by allowing it to take one away first."),
    RemedyKind(
      .rolloutRestart, "Restart all pods", accepts: rolled, changesOwner: true,
      doc: "Replaces all pods of a Deployment, StatefulSet or DaemonSet, step by step, as kubectl rollout restart does."
    ),
    RemedyKind(
      .rolloutUndo, "Go back to an earlier revision", accepts: rolled,
      [.optional("revision", .count, "the revision; the last one before this that is kept when left out")],
      changesOwner: true,
      doc:
        "Writes the pod template of an earlier revision back, as kubectl rollout undo does. Without a revision it takes "
        + "the newest earlier one, and of a Deployment first one that still has ready pods."),
    RemedyKind(
      .rolloutPause, "Pause rollouts", accepts: ["Deployment"],
      doc: "Changes of the template wait until the Deployment is resumed. Pods that run go on running."),
    RemedyKind(
      .rolloutResume, "Resume rollouts", accepts: ["Deployment"],
      doc: "Lets changes of a paused Deployment's template be rolled out."),
    RemedyKind(
      .setPartition, "Set the partition of a rolling update", accepts: ["StatefulSet"],
      [.optional("partition", .count, "pods with a lower number keep the old revision; 0 when left out")],
      doc: "Pods of a StatefulSet whose number is at least the partition get the new revision."),
    RemedyKind(
      .scale, "Set the number of replicas",
      accepts: ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"],
      [.required("replicas", .count, "how many pods")],
      doc: "Says when a HorizontalPodAutoscaler would set another number right away, and what 0 means."),
    RemedyKind(
      .setAutoscalerBounds, "Set the bounds of an autoscaler", accepts: ["HorizontalPodAutoscaler"],
      [
        .optional("min", .count, "least replicas"),
        .optional("max", .count, "most replicas"),
      ], doc: "Changes minReplicas and maxReplicas."),
  ]

  static let jobs = [
    RemedyKind(
      .suspendJob, "Suspend a Job", accepts: ["Job"], doc: "Deletes the Job's running pods; resuming starts them anew."),
    RemedyKind(.resumeJob, "Resume a Job", accepts: ["Job"], doc: "Lets a suspended Job make its pods."),
    RemedyKind(
      .recreateJob, "Run a Job again", accepts: ["Job"], isSevere: true,
      doc: "Deletes the Job with its pods and their logs, and creates it again as it was asked for."),
    RemedyKind(
      .suspendCronJob, "Suspend a CronJob", accepts: ["CronJob"],
      doc: "No more Jobs are started; those that run go on."),
    RemedyKind(
      .resumeCronJob, "Resume a CronJob", accepts: ["CronJob"],
      doc: "Jobs are started again at the next time of the schedule; a missed one may be caught up at once."),
    RemedyKind(
      .triggerCronJob, "Run a CronJob now", accepts: ["CronJob"],
      doc: "Creates a Job from the CronJob's template, as kubectl create job --from does."),
  ]
}
