import Kube

/// What `kubectl drain` can be told, with kubectl's names, defaults and meanings.
public struct DrainOptions: Sendable, Equatable {
  /// How much of it only pretends.
  public enum DryRun: String, Sendable {
    /// Nothing: it is done.
    case none
    /// Everything: nothing is sent that could change the cluster.
    case client
    /// The server is asked what it would do.
    case server
  }

  /// `--force`: also pods without a controller, and those whose DaemonSet is gone.
  public var force = false
  /// `--ignore-daemonsets`: pods of DaemonSets are left alone and do not stand in the way.
  public var ignoreDaemonSets = false
  /// `--delete-emptydir-data`: also pods with emptyDir volumes, whose data is lost.
  public var deleteEmptyDirData = false
  /// `--grace-period` in seconds; negative for the pod's own, 0 kills at once.
  public var gracePeriod = -1
  /// `--timeout`: how long each node may take; zero is for ever.
  public var timeout = Duration.zero
  /// `--pod-selector`: only pods with these labels.
  public var podSelector = LabelQuery()
  /// `--disable-eviction`: DELETE instead of evictions, which disruption budgets do not forbid.
  public var disableEviction = false
  /// `--skip-wait-for-delete-timeout`: pods whose deletion is overdue by more than so many seconds are left alone;
  /// 0 is never.
  public var skipWaitForDeleteTimeout = 0
  /// `--chunk-size`: how many pods to ask for at a time; 0 for all at once.
  public var chunkSize = 500
  /// `--dry-run`.
  public var dryRun = DryRun.none

  /// kubectl's defaults.
  public init() {}
}

extension DrainOptions {
  /// The flags as they would be given to kubectl, defaults left out.
  public var flags: [String] {
    var flags: [String] = []
    if force { flags.append("--force") }
    if ignoreDaemonSets { flags.append("--ignore-daemonsets") }
    if deleteEmptyDirData { flags.append("--delete-emptydir-data") }
    if gracePeriod >= 0 { flags.append("--grace-period=\(gracePeriod)") }
    if timeout != .zero { flags.append("--timeout=\(GoDuration.text(timeout))") }
    // Label selectors have spaces and parentheses, and never quotes.
    if !podSelector.requirements.isEmpty { flags.append("'--pod-selector=\(podSelector)'") }
    if disableEviction { flags.append("--disable-eviction") }
    if skipWaitForDeleteTimeout > 0 { flags.append("--skip-wait-for-delete-timeout=\(skipWaitForDeleteTimeout)") }
    if chunkSize != 500 { flags.append("--chunk-size=\(chunkSize)") }
    if dryRun != .none { flags.append("--dry-run=\(dryRun.rawValue)") }
    return flags
  }
}
