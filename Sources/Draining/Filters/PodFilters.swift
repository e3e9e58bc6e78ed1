import Kube

/// kubectl's verdict about pods: its filters in its order (kubectl 1.36). The first filter that keeps a pod decides;
/// otherwise the last one does, so that a warning of an earlier filter is lost, as it is in kubectl.
public struct PodFilters {
  private let options: DrainOptions
  private let now: Timestamp
  private let supportsEviction: Bool
  private let daemonSet: (_ namespace: String, _ name: String) -> DaemonSetAnswer

  /// Filters under `options` at the time `now`. `daemonSet` says whether one is there; only those that
  /// `daemonSetsToRead` names are asked for. A server that does not serve evictions has its pods deleted.
  public init(
    _ options: DrainOptions, now: Timestamp, supportsEviction: Bool = true,
    daemonSet: @escaping (_ namespace: String, _ name: String) -> DaemonSetAnswer
  ) {
    self.options = options
    self.now = now
    self.supportsEviction = supportsEviction
    self.daemonSet = daemonSet
  }

  /// kubectl's verdict about one pod, which must match the pod selector.
  public func verdict(for pod: Pod) -> PodVerdict {
    if Self.isOverdue(pod, limit: options.skipWaitForDeleteTimeout, now: now) { return PodVerdict(.skip, .overdue) }
    if let verdict = daemonSetVerdict(pod) { return verdict }
    if pod.isMirror { return PodVerdict(.skip, .mirror) }
    if pod.isTerminal { return removal(.finished) }
    let hasController = pod.metadata.controller != nil
    if pod.hasLocalStorage, !options.deleteEmptyDirData {
      var flags = ["--delete-emptydir-data"]
      if !hasController, !options.force { flags.append("--force") }
      return refusal(
        .localStorage, "cannot delete Pods with local storage (use --delete-emptydir-data to override)", flags)
    }
    if hasController { return removal(.replaced) }
    guard options.force else {
      return refusal(
        .noController, "cannot delete Pods that declare no controller (use --force to override)", ["--force"])
    }
    var verdict = removal(.noController)
    verdict.report = .warning
    verdict.reason = "deleting Pods that declare no controller"
    return verdict
  }

  /// The verdicts about the pods of a node that match the pod selector, in the given order.
  public func verdicts(for pods: [Pod]) -> NodeVerdicts {
    NodeVerdicts(
      items: pods.filter { options.podSelector.matches($0.metadata.labels) }.map {
        NodeVerdicts.Item(pod: $0, verdict: verdict(for: $0))
      })
  }

  /// The name of the DaemonSet, in the pod's namespace, that must be looked up before the pod can be judged; nil for
  /// most pods.
  public static func daemonSetToRead(for pod: Pod, _ options: DrainOptions, now: Timestamp) -> String? {
    guard !isOverdue(pod, limit: options.skipWaitForDeleteTimeout, now: now), !pod.isTerminal else { return nil }
    return pod.daemonSetController?.name
  }

  /// Whether a pod's deletion is overdue by more than `limit` seconds; never with a limit of 0.
  public static func isOverdue(_ pod: Pod, limit: Int, now: Timestamp) -> Bool {
    guard limit > 0, let deletion = pod.metadata.deletionTimestamp else { return false }
    return now.since(deletion).components.seconds > Int64(limit)
  }

  /// Nil when the pod passes on to the other filters.
  private func daemonSetVerdict(_ pod: Pod) -> PodVerdict? {
    guard let controller = pod.daemonSetController, !pod.isTerminal else { return nil }
    switch daemonSet(pod.metadata.namespace, controller.name) {
    case .gone where options.force: return nil
    case .gone(let text): return refusal(.daemonSetGone, text, ["--force"])
    case .unknown(let text): return refusal(.daemonSetUnknown, text, [])
    case .found where options.ignoreDaemonSets:
      var verdict = PodVerdict(.skip, .daemonSet)
      verdict.report = .warning
      verdict.reason = "ignoring DaemonSet-managed Pods"
      return verdict
    case .found:
      return refusal(
        .daemonSet, "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)",
        ["--ignore-daemonsets"])
    }
  }

  private func removal(_ cause: PodVerdict.Cause) -> PodVerdict {
    PodVerdict(options.disableEviction || !supportsEviction ? .delete : .evict, cause)
  }

  private func refusal(_ cause: PodVerdict.Cause, _ reason: String, _ flags: [String]) -> PodVerdict {
    var verdict = PodVerdict(.refuse, cause)
    verdict.report = .error
    verdict.reason = reason
    verdict.flags = flags
    return verdict
  }
}

extension Pod {
  /// The controller, if it is a DaemonSet of Kubernetes' own; other groups may have kinds of that name.
  fileprivate var daemonSetController: OwnerReference? {
    guard let controller = metadata.controller, controller.kind == "DaemonSet",
      controller.apiVersion == DaemonSet.resource.apiVersion
    else { return nil }
    return controller
  }

  /// Whether it has emptyDir volumes: the only ones that kubectl calls local.
  public var hasLocalStorage: Bool { spec.volumes.contains { $0.emptyDir != nil } }
}
