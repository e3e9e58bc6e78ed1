import Kube

/// What a Job makes of a pod that a drain takes from it: its podFailurePolicy may tell disruptions from failures.
public struct JobFailure: Sendable, Equatable {
  /// What it does.
  public enum Effect: Sendable, Equatable {
    /// It counts one failure more; it had so many and may have `limit`.
    case counts(failed: Int, limit: Int)
    /// It counts one failure more for the pod's index, which may have `limit`.
    case countsForIndex(limit: Int)
    /// It gives up the pod's index.
    case failsIndex
    /// It gives up, and ends its other pods.
    case failsJob
    /// It makes a new pod and counts nothing.
    case ignores
  }

  /// The Job's name.
  public var job: String
  /// What it does.
  public var effect: Effect
  /// The action of an earlier rule that decides instead when the exit code is one that it names; nil without one.
  public var exitCodeAction: String?

  /// A Job and what it does.
  public init(job: String, effect: Effect, exitCodeAction: String? = nil) {
    (self.job, self.effect, self.exitCodeAction) = (job, effect, exitCodeAction)
  }

  /// What a Job does about a pod that is evicted, or deleted: deleted pods do not get the condition DisruptionTarget, by
  /// which policies know a disruption. Nil when it ignores that for certain.
  init?(_ job: Job, isEviction: Bool) {
    self.job = job.metadata.name
    effect =
      job.spec.backoffLimitPerIndex.map { .countsForIndex(limit: $0) }
      ?? .counts(failed: job.status.failed, limit: job.spec.backoffLimit ?? 6)
    // The first rule that matches decides; the exit code is not known beforehand.
    for rule in job.spec.podFailurePolicy?.rules ?? [] {
      if rule.onExitCodes != nil {
        if exitCodeAction == nil { exitCodeAction = rule.action }
      } else if isEviction, rule.onPodConditions.contains(where: \.isDisruption) {
        switch rule.action {
        case "FailJob": effect = .failsJob
        case "FailIndex": effect = .failsIndex
        case "Ignore": effect = .ignores
        default: break
        }
        break
      }
    }
    if effect == .ignores, exitCodeAction == nil { return nil }
  }

  /// A sentence.
  public var text: String {
    let doubt = exitCodeAction.map { ", unless its exit code meets a rule of podFailurePolicy first (\($0))" } ?? ""
    switch effect {
    case .counts(let failed, let limit):
      return "counts as a failure of job \(job), which had \(failed) and may have \(limit)\(doubt)"
    case .countsForIndex(let limit):
      return "counts as a failure of its index of job \(job), which may have \(limit)\(doubt)"
    case .failsIndex: return "fails its index of job \(job): podFailurePolicy says so for disruptions\(doubt)"
    case .failsJob: return "fails the whole job \(job): podFailurePolicy says so for disruptions\(doubt)"
    case .ignores: return "job \(job) ignores disruptions\(doubt)"
    }
  }
}

extension PodFailurePolicyOnPodCondition {
  /// Whether it is the condition that evicted pods get.
  fileprivate var isDisruption: Bool { type == "DisruptionTarget" && (status.isEmpty || status == "True") }
}
