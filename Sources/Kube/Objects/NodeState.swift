extension Node {
  /// Whether its kubelet says that it is ready.
  public var isReady: Bool { status.conditions.contains { $0.type == "Ready" && $0.status == "True" } }

  /// Whether it is ready and nothing on it keeps pods away that tolerate nothing.
  public var takesAnyPod: Bool {
    !spec.unschedulable && isReady && !spec.taints.contains { $0.effect == "NoSchedule" || $0.effect == "NoExecute" }
  }
}
