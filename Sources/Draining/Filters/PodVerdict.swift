import Kube

/// What a drain does with one pod.
public struct PodVerdict: Sendable, Equatable {
  /// What is done.
  public enum Action: String, Sendable {
    /// It is evicted, which its disruption budgets may forbid for a while.
    case evict
    /// It is deleted, whatever its disruption budgets say.
    case delete
    /// It is left alone, and the drain does not wait for it.
    case skip
    /// The whole drain of its node is refused because of it.
    case refuse
  }

  /// What kubectl's filters found in the pod.
  public enum Cause: Sendable, Equatable {
    /// Nothing: it has a controller that replaces it.
    case replaced
    /// It has succeeded or failed: its logs go with it.
    case finished
    /// Its deletion is overdue by more than `--skip-wait-for-delete-timeout`.
    case overdue
    /// A DaemonSet would replace it on the same node at once.
    case daemonSet
    /// Its DaemonSet is gone.
    case daemonSetGone
    /// Whether its DaemonSet is there could not be read.
    case daemonSetUnknown
    /// The kubelet runs it from a file; the API cannot remove it.
    case mirror
    /// It has emptyDir volumes, whose data is lost.
    case localStorage
    /// Nothing replaces it.
    case noController
  }

  /// How kubectl reports it.
  public enum Report: Sendable, Equatable {
    /// Not at all.
    case silent
    /// In the warning before the drain.
    case warning
    /// In the error that ends the drain.
    case error
  }

  /// What is done with it.
  public var action: Action
  /// What decided.
  public var cause: Cause
  /// How kubectl reports it.
  public var report = Report.silent
  /// kubectl's own text; "" where it says nothing.
  public var reason = ""
  /// The flags that together would change a refusal, such as `--force`; empty when none does, and where nothing is
  /// refused.
  public var flags: [String] = []

  /// The flag that the refusal names first.
  public var flag: String? { flags.first }

  /// Whether the drain removes the pod.
  public var isRemoval: Bool { action == .evict || action == .delete }

  /// A verdict.
  public init(_ action: Action, _ cause: Cause) {
    self.action = action
    self.cause = cause
  }
}

/// What the server said about the DaemonSet that a pod names as its controller.
public enum DaemonSetAnswer: Sendable, Equatable {
  /// It is there.
  case found
  /// It is gone, in the server's words (`daemonsets.apps "logger" not found`).
  case gone(String)
  /// It could not be read, in the server's words.
  case unknown(String)
}
