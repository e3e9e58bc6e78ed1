import Kube

/// A pod that has been told to end.
public struct Termination: Sendable, Equatable {
  /// For how many seconds it should have been gone; negative while it has time.
  public var late: Int

  /// So many seconds after its kill a pod of a node that is well is gone.
  static let tolerance = 30

  /// A pod that is so late.
  public init(late: Int) { self.late = late }

  /// Nil for a pod that has not been told to end.
  init?(_ pod: Pod, now: Timestamp) {
    guard let deletion = pod.metadata.deletionTimestamp else { return nil }
    late = Int(clamping: now.since(deletion).components.seconds)
  }

  /// Whether nobody confirms its end.
  public var isOverdue: Bool { late > Self.tolerance }

  /// `is being deleted already, and should have ended 35 min ago: its kubelet does not confirm it, or a finalizer keeps
  /// it`.
  public var text: String {
    guard isOverdue else { return "is being deleted already" }
    let time = late >= 7200 ? "\(late / 3600) h" : late >= 120 ? "\(late / 60) min" : "\(late) s"
    return "is being deleted already, and should have ended \(time) ago: its kubelet does not confirm it, or a "
      + "finalizer keeps it"
  }
}
