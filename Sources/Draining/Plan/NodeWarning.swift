/// What kubectl does not say about a node that is drained.
public enum NodeWarning: Sendable, Equatable {
  /// Its kubelet does not confirm that pods have ended.
  case isNotReady
  /// It is one of the cluster's control planes; so many others are Ready.
  case isControlPlane(others: Int)
  /// A member of etcd is on it; so many of all members are Ready without the planned nodes.
  case hasEtcd(left: Int, of: Int)
  /// It is a control plane, and no member of etcd is to be seen.
  case etcdIsElsewhere
  /// No other node takes pods.
  case isTheLastNode
  /// The drain is given less time than the longest grace period, in seconds.
  case timeoutIsShort(timeout: Int, gracePeriod: Int)
  /// Pods are given less time than they ask for, in seconds.
  case gracePeriodIsShort(given: Int, asked: Int)

  /// Whether etcd loses its quorum, and with it the whole cluster its API, when the node is stopped.
  public var stopsTheCluster: Bool {
    if case .hasEtcd(let left, let all) = self { left < all / 2 + 1 } else { false }
  }

  /// A sentence.
  public var text: String {
    switch self {
    case .isNotReady:
      return "is not Ready: its kubelet may never confirm that pods have ended, and the drain waits for that; "
        + "--skip-wait-for-delete-timeout leaves such pods alone"
    case .isControlPlane(let others):
      return "is a control plane; \(others == 0 ? "no other is" : others == 1 ? "1 other is" : "\(others) others are") "
        + "Ready" + (others == 0 ? ": the API goes when it is stopped" : "")
    case .hasEtcd(let left, let all):
      let quorum = all / 2 + 1
      let start = "has a member of etcd: \(left) of \(all) stay, and \(quorum) are needed"
      if left < quorum { return "\(start): the cluster stops when the node is stopped" }
      return left == quorum ? "\(start): no other may fail meanwhile" : start
    case .etcdIsElsewhere: return "is a control plane without an etcd pod: check the quorum of etcd yourself"
    case .isTheLastNode: return "no other node is Ready and takes pods"
    case .timeoutIsShort(let timeout, let gracePeriod):
      return "--timeout \(timeout) s ends before the longest grace period, \(gracePeriod) s"
    case .gracePeriodIsShort(let given, let asked):
      return given == 0
        ? "--grace-period 0 kills pods at once; one asks for \(asked) s"
        : "--grace-period \(given) s is less than a pod asks for, \(asked) s"
    }
  }
}
