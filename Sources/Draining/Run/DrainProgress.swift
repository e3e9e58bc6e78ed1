import Kube

/// How far a drain is with one pod.
public struct PodProgress: Sendable, Equatable {
  /// How it ended.
  public enum Ending: Sendable, Equatable {
    /// The drain has removed it.
    case removed
    /// It had gone by itself, or somebody else had removed it.
    case absent
    /// The server would remove it (`--dry-run=server`).
    case wouldGo
    /// Its deletion is overdue by more than `--skip-wait-for-delete-timeout`.
    case overdue
    /// A person did not want it removed.
    case leftAlone
    /// It is still there, in kubectl's words.
    case failed(String)
  }

  /// Why it cannot be evicted yet.
  public struct Block: Sendable, Equatable {
    /// The disruption budget; "" when the server does not name one.
    public var budget = ""
    /// How many healthy pods the budget needs, and how many there are; nil when the server does not say.
    public var needs: Int?
    /// See `needs`.
    public var has: Int?
    /// The server's words.
    public var message = ""
    /// When it is tried again.
    public var retry: Timestamp
  }

  /// Where it is.
  public enum State: Sendable, Equatable {
    /// Its turn has not come.
    case waiting
    /// The server has been asked to remove it.
    case evicting
    /// The server does not allow it now; it is asked again.
    case blocked(Block)
    /// Something went wrong that passes; it is tried again.
    case retrying(String)
    /// It has been told to end. `deletion` is when it must be gone at the latest, as far as that is known.
    case terminating(grace: Int, deletion: Timestamp?)
    /// The drain has done with it.
    case ended(Ending)
  }

  /// The pod that takes its place.
  public struct Replacement: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its uid.
    public var uid: String
    /// Where it is; "" as long as it has no place.
    public var node: String
    /// Whether it is Ready.
    public var isReady: Bool
  }

  /// The pod.
  public let pod: PodKey
  /// What replaces it, if anything does.
  public let owner: OwnerReference?
  /// Whether it is evicted or deleted.
  public let action: PodVerdict.Action
  /// Where it is.
  public internal(set) var state = State.waiting
  /// Why its budgets never let it go, as things are; nil as long as that is not known.
  public internal(set) var never: String?
  /// Since when, by the clock that never jumps.
  var neverSince: Duration?
  /// How often the server has been asked to remove it.
  public internal(set) var attempts = 0
  /// The pod that takes its place, once it is there and known.
  public internal(set) var replacement: Replacement?

  /// Whether it had succeeded or failed before the drain: then nothing takes its place.
  public internal(set) var wasFinished = false
  /// Whether an earlier process was about to ask the server to remove it, and may have done so.
  public internal(set) var wasAsked = false
  /// Its own grace period, in seconds.
  var grace = 30
  /// Whether it has been said that nobody confirms its end.
  var isToldLate = false
  /// What the server has said when it did not evict it because its namespace is being deleted; nil when it did not.
  var termination: String?
  /// Conflicts in a row.
  var conflicts = 0

  init(_ pod: Pod, _ action: PodVerdict.Action) {
    self.pod = PodKey(pod)
    owner = pod.metadata.controller
    self.action = action
    wasFinished = pod.isTerminal
    grace = pod.spec.terminationGracePeriodSeconds ?? 30
  }

  init(_ pod: PodKey, owner: OwnerReference?, action: PodVerdict.Action) {
    self.pod = pod
    self.owner = owner
    self.action = action
  }

  /// Whether the drain has done with it.
  public var hasEnded: Bool { if case .ended = state { true } else { false } }

  /// Whether it is going.
  var isTerminating: Bool { if case .terminating = state { true } else { false } }

  /// Whether it has been told to end, and should have ended a while ago.
  public func isOverdue(now: Timestamp) -> Bool {
    guard case .terminating(_, let deletion?) = state else { return false }
    return deletion.since(now).components.seconds < -Int64(Termination.tolerance)
  }

  /// Where it is, in words, such as `blocked by PDB web: needs 2, has 2` or `terminating 12 s of 30 s`.
  public func text(now: Timestamp) -> String {
    switch state {
    case .waiting: return "waiting"
    case .evicting: return action == .delete ? "deleting" : "evicting"
    case .blocked(let block):
      if let never { return "never: \(never)" }
      guard !block.budget.isEmpty else { return "blocked: \(block.message)" }
      guard let needs = block.needs, let has = block.has else { return "blocked by PDB \(block.budget)" }
      let note = has > needs ? ", some of them on their way out" : ""
      return "blocked by PDB \(block.budget): needs \(needs), has \(has)\(note)"
    case .retrying(let why): return "trying again: \(why)"
    case .terminating(let grace, let deletion):
      guard let deletion else { return "terminating" }
      let left = deletion.since(now).components.seconds
      let text = "terminating \(max(0, Int64(grace) - left)) s of \(grace) s"
      return left < -Int64(Termination.tolerance)
        ? "\(text): its kubelet does not confirm its end, or a finalizer keeps it" : text
    case .ended(.removed): return action == .delete ? "deleted" : "evicted"
    case .ended(.absent): return "gone"
    case .ended(.wouldGo): return "would go"
    case .ended(.overdue): return "left: its deletion is overdue"
    case .ended(.leftAlone): return "left alone"
    case .ended(.failed(let text)): return "failed: \(text)"
    }
  }
}

/// How far a drain is with one node.
public struct NodeProgress: Sendable, Equatable {
  /// Where it is.
  public enum State: Sendable, Equatable {
    /// Its turn has not come.
    case waiting
    /// It is cordoned, by this run or before.
    case cordoned
    /// It is not begun before a budget lets one of its pods go, which the budget says.
    case waitingForBudget(String)
    /// Its pods are being removed.
    case draining
    /// Pods are gone, and their owners have not as many Ready pods as before, which the text says.
    case waitingForOwners(String)
    /// All that was to go has gone.
    case drained
    /// It could not be drained.
    case failed(String)
  }

  /// The node as it was ordered.
  public let target: DrainOrder.Target
  /// Whether this run has cordoned it.
  public internal(set) var isCordonedByRun = false
  /// Where it is.
  public internal(set) var state = State.waiting
  /// kubectl's verdicts, once the pods have been read; nil before, and after a run has been taken up again.
  public internal(set) var verdicts: NodeVerdicts?
  /// The pods to remove, once they are planned.
  public internal(set) var pods: [PodProgress] = []
  /// Whether `pods` is what the run keeps to.
  var isPlanned = false
  /// Pods that had come to it when the run was taken up again, and are not in its plan.
  var arrivals: [PodKey] = []
  /// Whether it has been said that the node is not there any more.
  var isSaidToBeAway = false

  init(_ target: DrainOrder.Target) { self.target = target }
}

/// How a drain ended.
public enum DrainOutcome: Sendable, Equatable {
  /// Every node is drained.
  case drained
  /// Not every node is; the lines are kubectl's last words.
  case failed([String])
  /// A person has ended it.
  case cancelled
  /// The server could not be reached for too long, or the log not be written: it can be taken up again.
  case interrupted(String)

  /// One word for the journal.
  public var word: String {
    switch self {
    case .drained: "succeeded"
    case .failed: "failed"
    case .cancelled: "cancelled"
    case .interrupted: "interrupted"
    }
  }

  /// In a sentence.
  public var sentence: String {
    switch self {
    case .drained: "drained"
    case .failed(let lines): lines.joined(separator: "; ")
    case .cancelled: "a person ended it"
    case .interrupted(let why): why
    }
  }
}

extension NodeProgress {
  /// Whether the drain has done with it.
  public var hasEnded: Bool {
    switch state {
    case .drained, .failed: true
    case .waiting, .cordoned, .waitingForBudget, .draining, .waitingForOwners: false
    }
  }
}
