extension RemedyKind {
  static let pods = [
    RemedyKind(
      .deletePod, "Delete a pod", accepts: ["Pod"],
      [.optional("grace-seconds", .count, "seconds to end in; the pod's own when left out")],
      doc: "Deletes exactly this pod (by uid). Its controller makes another one; without a controller it is gone."),
    RemedyKind(
      .forceDelete, "Delete a pod without waiting for its node", accepts: ["Pod"], isSevere: true,
      doc:
        "Takes the pod out of the API at once. If its node still runs, so may its containers: two pods of a StatefulSet "
        + "may then write to the same volume."),
    RemedyKind(
      .deleteFailedPods, "Delete failed pods", accepts: ["Namespace", "Node"],
      doc: "Deletes the pods in phase Failed (evicted ones among them) of a namespace or node, at most 200 at a time. "
        + "Their logs and messages go with them."),
    RemedyKind(
      .removeSchedulingGate, "Remove a scheduling gate", accepts: ["Pod"],
      [.required("gate", .text, "name of the gate")],
      doc: "Lets the scheduler see a pod that somebody holds back. Whoever set the gate had a reason."),
  ]

  static let nodes = [
    RemedyKind(
      .cordon, "Cordon a node", accepts: ["Node"], doc: "No new pods are placed on the node; those there stay."),
    RemedyKind(.uncordon, "Uncordon a node", accepts: ["Node"], doc: "Pods may be placed on the node again."),
    RemedyKind(
      .removeTaint, "Remove a taint", accepts: ["Node"],
      [
        .required("key", .text, "key of the taint"),
        .optional("effect", .choice(["NoSchedule", "PreferNoSchedule", "NoExecute"]), "effect; all when left out"),
      ], doc: "A taint that a condition of the node has put there comes back until the condition is cured."),
    RemedyKind(
      .outOfService, "Declare a dead node out of service", accepts: ["Node"], isSevere: true,
      doc:
        "Adds the taint node.kubernetes.io/out-of-service:NoExecute, after which pods on the node are deleted by force "
        + "and their volumes detached. Only for a node that is certainly powered off: else data can be destroyed."),
    RemedyKind(
      .labelNode, "Set a label of a node", accepts: ["Node"],
      [.required("key", .text, "the label"), .optional("value", .text, "its value; removes the label when left out")],
      doc: "Lets pods that ask for the label be placed on the node."),
  ]

  static let storage = [
    RemedyKind(
      .expandClaim, "Make a volume larger", accepts: ["PersistentVolumeClaim"],
      [.required("size", .quantity, "the new size")],
      doc: "Raises the request of the claim. It can never be made smaller than the volume again."),
    RemedyKind(
      .lowerClaim, "Take back an expansion that failed", accepts: ["PersistentVolumeClaim"],
      [.required("size", .quantity, "a size not below the volume's capacity")],
      doc: "Lowers the request of a claim whose expansion the driver refuses (Kubernetes 1.32 and later, or with the "
        + "feature gate RecoverVolumeExpansionFailure)."),
    RemedyKind(
      .clearSelectedNode, "Let the scheduler choose another node", accepts: ["PersistentVolumeClaim"],
      doc: "Removes the annotation volume.kubernetes.io/selected-node of a claim that waits for a node that is gone."),
    RemedyKind(
      .allowVolumeExpansion, "Allow volumes of a class to grow", accepts: ["StorageClass"],
      doc: "Sets allowVolumeExpansion. The driver must be able to."),
    RemedyKind(
      .clearClaimReference, "Make a released volume available again", accepts: ["PersistentVolume"], isSevere: true,
      doc: "Removes spec.claimRef. The volume keeps its data, which the next claim that binds it can read."),
  ]

  static let network = [
    RemedyKind(
      .patchServiceSelector, "Set the selector of a Service", accepts: ["Service"],
      [.required("selector", .labels, "the labels of the pods that it shall reach; replaces the whole selector")],
      doc: "Sends the Service's traffic to other pods."),
    RemedyKind(
      .setTargetPort, "Set the target port of a Service", accepts: ["Service"],
      [
        .optional("port", .port, "port of the Service, or its name; may be left out where there is only one"),
        .required("target-port", .port, "port of the pods, or its name"),
      ], doc: "Sends the Service's traffic to another port of its pods."),
    RemedyKind(
      .setIngressClass, "Set the class of an Ingress", accepts: ["Ingress"],
      [.required("class", .text, "name of the IngressClass")],
      doc: "Sets spec.ingressClassName, so that the class's controller serves the Ingress."),
  ]

  static let policies = [
    RemedyKind(
      .patchBudget, "Change a disruption budget", accepts: ["PodDisruptionBudget"],
      [
        .optional("min-available", .countOrPercent, "pods that must stay; replaces maxUnavailable"),
        .optional("max-unavailable", .countOrPercent, "pods that may be missing; replaces minAvailable"),
        .optional(
          "unhealthy-policy", .choice(["IfHealthyBudget", "AlwaysAllow"]),
          "whether unhealthy pods can always be evicted"),
      ], doc: "Lets evictions go on that the budget can never allow."),
    RemedyKind(
      .raiseQuota, "Change a resource quota", accepts: ["ResourceQuota"],
      [.required("resource", .text, "such as pods or limits.memory"), .required("hard", .quantity, "the new bound")],
      doc: "Sets one of spec.hard, so that pods which the quota refuses can be created."),
    RemedyKind(
      .webhookFailurePolicy, "Set what happens when a webhook fails",
      accepts: ["ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"],
      [
        .required("webhook", .text, "name of the webhook in the configuration"),
        .required("policy", .choice(["Ignore", "Fail"]), "whether requests go through when it does not answer"),
      ], isSevere: true,
      doc: "With Ignore, objects are no longer checked or completed by a webhook that cannot be reached."),
  ]

  static let anything = [
    RemedyKind(
      .removeFinalizer, "Remove a finalizer", accepts: [],
      [.required("finalizer", .text, "the finalizer")], isSevere: true,
      doc:
        "Only for objects that are being deleted. What the finalizer's controller would have cleaned up stays behind."),
    RemedyKind(
      .deleteObject, "Delete an object", accepts: [],
      [
        .optional(
          "propagation", .choice(["Background", "Foreground", "Orphan"]), "what happens to what it owns; Background")
      ],
      isSevere: true, doc: "Deletes exactly this object (by uid), and what it owns."),
  ]
}
