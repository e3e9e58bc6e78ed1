import Kube

/// What is known about where a pod could go.
public struct PlacementAnswer: Sendable {
  /// What has to be changed for the pod to be changed; nil when nothing of it exists yet.
  public let origin: PodOrigin?
  /// Every filter on every node.
  public let report: PlacementReport
  /// For what makes pods, how many more would find a place.
  public let placement: TemplatePlacement?
  /// For a manifest that makes several pods at once, how many.
  public let wanted: Int?
  /// For a DaemonSet, where it has its pods and where they wait.
  public let daemon: DaemonPlacement?
  /// What would place the pod.
  public let suggestions: [Suggestion]
  /// What the answer does not count, a sentence each.
  public let remarks: [String]
  /// Why no pod is created at all, in the controller's or the API server's words.
  public let obstacle: String?
  /// What is known of the scheduler: that it is down or does not exist, or when it tries again; nil when nothing is.
  public let situation: String?
  /// Whether the next pod would not be created, whatever room there is.
  public let nextIsRefused: Bool
  /// Whether that is why no pod gets a node.
  let isTrouble: Bool

  /// Whether the pod has a node or would get one.
  public var outcome: PlacementReport.Outcome {
    if obstacle != nil { return .doesNotFit }
    if let daemon, report.gap == nil { return daemon.outcome }
    if shortage != nil { return .doesNotFit }
    // Nodes would take it, and nobody places it: when somebody will cannot be told.
    return isTrouble && report.outcome == .fits ? .unknown : report.outcome
  }

  /// How many of the pods that a manifest makes would find a place, where that is some and not all.
  private var shortage: (placed: Int, wanted: Int)? {
    guard report.outcome == .fits, let placement, !placement.isAtLeast, let wanted, placement.count < wanted else {
      return nil
    }
    return (placement.count, wanted)
  }

  /// The answer in one sentence.
  public var headline: String {
    if let obstacle {
      return origin == nil
        ? "would not be created: \(obstacle)"
        : "its pods are not created, so that the scheduler has nothing to place: \(obstacle)"
    }
    if let daemon, report.gap == nil { return situation.map { "\($0); \(daemon.headline)" } ?? daemon.headline }
    if let shortage { return "room for \(shortage.placed) of its \(shortage.wanted) pods only" }
    guard let situation else { return report.headline }
    return report.headline(with: situation, isTrouble: isTrouble)
  }
}
