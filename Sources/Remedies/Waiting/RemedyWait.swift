import ClusterState
import Kube

/// When a remedy has done what it is for: a condition that must hold for some time before a deadline.
public struct RemedyWait: Sendable, Equatable {
  /// What must come about.
  public var condition: RemedyCondition
  /// How long it must hold without a break before it counts: a container that is killed for its memory starts well.
  public var steadiness: Duration = .zero
  /// How long to wait for it at most.
  public var deadline: Duration

  /// `the rollout of deployment/checkout is complete, and stays so for 10s; at most 10m`.
  public var description: String {
    var text = condition.description
    if steadiness > .zero { text += ", and stays so for \(steadiness.human)" }
    return text + "; at most \(deadline.human)"
  }
}

/// How far a condition is.
public enum WaitState: Sendable, Equatable {
  /// It holds.
  case met
  /// Not yet, because of what the text says.
  case pending(String)
  /// It can no longer come about.
  case failed(String)
  /// It cannot be seen, because of what the text says.
  case unknown(String)
}
