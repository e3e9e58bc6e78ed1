import ClusterState

/// What a disruption budget means for one eviction of a drain.
public struct BudgetVerdict: Sendable, Equatable {
  /// When the eviction is allowed.
  public enum State: String, Sendable {
    /// At once.
    case allowed
    /// Once something else is so: mostly, once the replacements of pods that went before are Ready.
    case waits
    /// Never, until somebody changes the budget or what it protects.
    case never
  }

  /// The budget.
  public var budget: ObjectName
  /// When the eviction is allowed.
  public var state: State
  /// How many of its pods must be healthy, by its controller.
  public var needs: Int
  /// How many are when this pod's turn comes, without the pods of this drain that go before it.
  public var has: Int
  /// What must happen, or why it never will; "" for what is allowed because there is room.
  public var reason: String
  /// Whether it waits for room that no node has now: nothing that the drain does makes it.
  public var lacksRoom: Bool
  /// Whether the budget has no room before the drain has begun, so that it waits for pods that somebody else must bring
  /// back.
  public var waitsForOthers: Bool

  /// A verdict.
  public init(
    budget: ObjectName, state: State, needs: Int, has: Int, reason: String = "", lacksRoom: Bool = false,
    waitsForOthers: Bool = false
  ) {
    (self.budget, self.state, self.needs, self.has, self.reason) = (budget, state, needs, has, reason)
    (self.lacksRoom, self.waitsForOthers) = (lacksRoom, waitsForOthers)
  }
}

/// What a drain asks of one budget altogether.
public struct BudgetDemand: Sendable, Equatable {
  /// The budget.
  public var budget: ObjectName
  /// How many of its evictions are allowed at once.
  public var allowed = 0
  /// How many must wait for others.
  public var waiting = 0
  /// How many are never allowed.
  public var never = 0
  /// How many pods must be healthy.
  public var needs: Int
  /// How many are, before the drain.
  public var has: Int
  /// How many pods the budget counts.
  public var of: Int

  /// Nothing is asked of a budget yet.
  public init(budget: ObjectName, needs: Int, has: Int, of: Int) {
    (self.budget, self.needs, self.has, self.of) = (budget, needs, has, of)
  }

  /// When the whole drain fits the budget: the worst of its evictions.
  public var state: BudgetVerdict.State { never > 0 ? .never : waiting > 0 ? .waits : .allowed }
}
