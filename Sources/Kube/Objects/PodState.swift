extension Pod {
  /// Whether all containers have ended for good: phase `Succeeded` or `Failed`.
  public var isTerminal: Bool { status.phase == "Succeeded" || status.phase == "Failed" }

  /// Like `isTerminal`, for whoever does not know that it is a pod.
  public var isOver: Bool { isTerminal }

  /// The node that it is bound to, for whoever does not know that it is a pod.
  public var boundNode: String { spec.nodeName }

  /// Whether somebody has asked for its deletion.
  public var isBeingDeleted: Bool { metadata.deletionTimestamp != nil }

  /// Whether it is in the endpoints of its Services: condition `Ready` is true.
  public var isReady: Bool { status.conditions.condition("Ready")?.isTrue ?? false }

  /// Whether it stands for a pod that a kubelet runs from a file of its own; the API cannot really delete such a pod.
  public var isMirror: Bool { metadata.annotations["kubernetes.io/config.mirror"] != nil }
}

extension Container {
  /// Whether this, as an init container, keeps running beside the containers proper.
  public var isSidecar: Bool { restartPolicy == "Always" }
}
