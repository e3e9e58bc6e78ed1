import ClusterState

/// What the API server answers when asked to evict a pod.
public enum EvictionAnswer: Sendable, Equatable {
  /// The pod is deleted.
  case allowed(Ground)
  /// 429: not now.
  case refused(Refusal)
  /// 403: the budget's status is not to be trusted. Drains do not ask again.
  case forbidden(budget: ObjectName, Distrust)
  /// 500: more than one budget matches, which evictions do not support.
  case severalBudgets([ObjectName])

  /// Why a pod may go.
  public enum Ground: Sendable, Equatable {
    /// It has ended, has not started yet or is being deleted already: no budget is looked at.
    case isNoDisruption
    /// No budget matches it.
    case noBudget
    /// It is not Ready, and its budget lets such pods go.
    case isUnhealthy(budget: ObjectName)
    /// Its budget has room: this eviction takes one of what it allows.
    case fits(budget: ObjectName)
  }

  /// What is the matter with the status of a budget.
  public enum Distrust: Sendable, Equatable {
    /// It allows fewer than no evictions.
    case isNegative(Int)
    /// So many evictions were allowed and are not confirmed by its controller: more than the server puts up with. Each
    /// is forgotten after two minutes.
    case isUnconfirmed(Int)
  }

  /// Why a pod may not go now.
  public struct Refusal: Sendable, Equatable {
    /// The budget.
    public let budget: ObjectName
    /// What is the matter with it.
    public let cause: Cause

    /// A refusal.
    public init(budget: ObjectName, cause: Cause) {
      self.budget = budget
      self.cause = cause
    }

    /// What is the matter with a budget.
    public enum Cause: Sendable, Equatable {
      /// Its controller has not looked at the latest version yet.
      case isNotProcessed
      /// Its controller cannot work it out, in its own words.
      case syncFailed(String)
      /// So many pods must be healthy, and so many are.
      case isUsedUp(needs: Int, has: Int)
    }
  }

  /// The HTTP status of the answer.
  public var status: Int {
    switch self {
    case .allowed: 201
    case .refused: 429
    case .forbidden: 403
    case .severalBudgets: 500
    }
  }
}
