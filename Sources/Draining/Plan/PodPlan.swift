import ClusterState
import Kube

/// What a drain means for one pod.
public struct PodPlan: Sendable, Equatable {
  /// The node that it is on.
  public var node: String
  /// The pod.
  public var name: ObjectName
  /// Its uid: a namesake is another pod.
  public var uid: String
  /// What has to be changed for the pod to be changed: the topmost controller that could be read, else the one that the
  /// pod names; nil for bare pods.
  public var owner: ObjectReference?
  /// kubectl's verdict.
  public var verdict: PodVerdict
  /// Whether it is Ready.
  public var isReady: Bool
  /// What the budgets say to its eviction; empty when none is concerned, and for pods that are not evicted.
  public var blockedBy: [BudgetVerdict] = []
  /// Why that cannot be told; nil when it can.
  public var budgetGap: String?
  /// What comes in its place; nil for pods that stay.
  public var replacement: Replacement?
  /// Data that goes with it.
  public var loses: [Loss] = []
  /// What else a person should know before it goes.
  public var warnings: [PodWarning] = []
  /// How long it may take to end, in seconds; 0 for pods that stay or have ended.
  public var gracePeriod = 0

  /// A pod and kubectl's verdict.
  public init(_ pod: Pod, verdict: PodVerdict) {
    node = pod.spec.nodeName
    name = ObjectName(pod.metadata)
    uid = pod.metadata.uid
    isReady = pod.isReady
    self.verdict = verdict
  }

  /// kubectl's reason for the verdict, or podmedic's where kubectl says nothing; "" for a pod that simply moves.
  public var reason: String {
    if !verdict.reason.isEmpty { return verdict.reason }
    return switch verdict.cause {
    case .replaced, .noController: ""
    case .finished: "has ended"
    case .overdue: "its deletion is overdue"
    case .mirror: "static pod: the kubelet runs it from a file"
    case .daemonSet, .daemonSetGone, .daemonSetUnknown, .localStorage: "\(verdict.cause)"
    }
  }

  /// How long it has been told to end, and until when it should have; nil for a pod that has not been told.
  public var termination: Termination?

  /// At most three names and how many more; nil without any.
  static func words(_ names: [ObjectName]) -> String? {
    guard !names.isEmpty else { return nil }
    let more = names.count > 3 ? " and \(names.count - 3) more" : ""
    return names.prefix(3).map(\.name).joined(separator: ", ") + more
  }

  /// Whether whoever waits until it is replaced (`--wait-ready`) waits in vain: it is Ready now, and no node would take
  /// its replacement. Pods of Jobs are not waited for.
  var hasNoPlaceForItsReplacement: Bool {
    guard verdict.isRemoval, isReady, case .findsNoRoom? = replacement else { return false }
    return !["Job", "CronJob"].contains(owner?.kind)
  }

  /// Whether its eviction waits for room that no node has now.
  public var lacksRoom: Bool { verdict.action == .evict && blockedBy.contains(where: \.lacksRoom) }

  /// The pods that its budget counts and that are not Ready, where it has to wait for them: nothing that the drain does
  /// brings them back. By name.
  public var waitsFor: [ObjectName] = []

  /// The budget that has no room before the drain has begun, so that the pod waits for what others must bring back; nil
  /// where it does not.
  public var outsideWait: BudgetVerdict? {
    verdict.action == .evict && !isNeverEvicted && !lacksRoom ? blockedBy.first(where: \.waitsForOthers) : nil
  }

  /// Whether it is never evicted, as things are.
  public var isNeverEvicted: Bool { verdict.action == .evict && blockedBy.contains { $0.state == .never } }
}
