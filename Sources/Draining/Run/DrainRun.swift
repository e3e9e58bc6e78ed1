import ClusterState
import Kube
import KubeClient

/// The drain of some nodes: cordon them all, then evict the pods of one after the other, as kubectl does, but bound to
/// uids, written down before each step, and open to be paused, cancelled and taken up again.
///
/// A value: it takes what has happened and answers what to do. It never evicts a pod that it has not planned, and never
/// one twice that is already going.
public struct DrainRun: Sendable {
  /// What has happened.
  public enum Input: Sendable {
    /// A request was answered.
    case answered(Int, Result<DrainAnswer, APIFailure>)
    /// The time that was asked for has come.
    case look
    /// No more pods are asked to go until `resume`.
    case pause
    /// Goes on after `pause`.
    case resume
    /// Ends it: what has been told to go goes, nothing else is.
    case cancel
    /// Leaves a pod alone that has not been told to go.
    case skip(PodKey)
    /// The log could not be written; nothing of the same answer after the record was done.
    case unrecorded(String)
  }

  /// What to do, in this order.
  public enum Effect: Sendable {
    /// Write the log, and wait until it is on the disk. Where that fails, drop the rest and say `unrecorded`.
    case record(DrainRecord)
    /// Send a request and answer with its number.
    case send(Int, DrainRequest)
    /// Tell the person.
    case tell(DrainEvent)
    /// Call with `look` after this time; an earlier call for it is forgotten.
    case look(after: Duration)
  }

  /// The time: one that never jumps, for waiting, and that of the day.
  public struct Moment: Sendable {
    /// Never goes back.
    public var steady: Duration
    /// The time of the day.
    public var wall: Timestamp

    /// A moment.
    public init(steady: Duration, wall: Timestamp) {
      self.steady = steady
      self.wall = wall
    }
  }

  /// What a request is for.
  enum Job: Hashable {
    case inspect(Int), cordon(Int), list(Int), daemonSet(namespace: String, name: String), support
    case remove(PodKey), verify(PodKey), poll(Int), owners(namespace: String), owner(OwnerReference, namespace: String)
    case budgets(namespace: String), confirm(Int), presence(Int), turn(Int)
  }

  /// Where the run is.
  enum Stage: Equatable {
    case cordoning(Int)
    case reading(Int)
    case awaitingBudgets(Int)
    case removing(Int)
    case settling(Int)
    case reporting(Int)
    case confirming(Int)
    case over
  }

  /// What the run is about.
  public let header: DrainHeader
  /// What is drained, and how.
  public var order: DrainOrder { header.order }
  /// How far it is with each node, in the order of `order`.
  public internal(set) var nodes: [NodeProgress]
  /// How it ended; nil while it runs.
  public internal(set) var outcome: DrainOutcome?
  /// Whether it is paused.
  public internal(set) var isPaused = false
  /// Whether a person has ended it and it only waits for answers.
  public internal(set) var isCancelled = false
  /// Why the server cannot be reached; nil while it answers.
  public internal(set) var outage: String?
  /// The node that was cordoned when an earlier process ended, and that somebody has opened since: the run has not gone
  /// on for that reason. Nil when there is none.
  public internal(set) var reopened: String?

  /// How long a pod is asked for that its budgets never allow to go; nil for as long as the node's time lasts, which may
  /// be for ever.
  public var patience: Duration?

  var options: DrainOptions { order.options }
  /// Whether nodes that somebody has opened since are cordoned again.
  var cordonsAgain = false
  var stage = Stage.cordoning(0)
  var effects: [Effect] = []
  var nextRequest = 0
  var inFlight: [Int: Job] = [:]
  var due: [(time: Duration, job: Job)] = []
  var log: DrainLog?
  var daemonSets: [DaemonSetName: DaemonSetAnswer] = [:]
  var listed: [Pod] = []
  var eviction = EvictionSupport.unknown
  var deadline: Duration?
  /// Whether the node's time is over and only what has gone is still looked for.
  var isLastLook = false
  var pausedAt: Duration?
  var cancelledAt: Duration?
  var batch: Set<PodKey> = []
  var owners = OwnerWatch()
  var budgetWatch = BudgetWatch()
  var hasBaseline = false
  /// Since when nothing has changed in what is waited for.
  var standsSince: Duration?
  var failures: [DrainError] = []
  var nodesLeft: [String] = []
  var pendingError: DrainError?
  var outageSince: Duration?
  var outageTries = 0

  /// Whether the server serves evictions.
  enum EvictionSupport: Equatable {
    case unknown, none
    case version(String)
  }

  /// The version of the policy group that the server serves.
  var evictionVersion: String { if case .version(let version) = eviction { version } else { "v1" } }

  struct DaemonSetName: Hashable {
    var namespace: String
    var name: String
  }

  /// How long to wait before an eviction is tried again, as kubectl does.
  static let retryDelay = Duration.seconds(5)
  /// How often pods that are going are looked at, as kubectl does.
  static let pollInterval = Duration.seconds(1)
  /// How many evictions are under way at a time; those that wait for their budgets do not count.
  static let mostInFlight = 16
  /// How long the server may not answer before the run is interrupted.
  static let longestOutage = Duration.seconds(120)
  /// After so many evictions that a budget has forbidden it is looked whether the budget will ever allow one.
  static let attemptsBetweenLooks = 12
  /// How often it is looked whether a node is still there while replacements are waited for.
  static let presenceInterval = Duration.seconds(15)
  /// How long nothing may change while replacements or budgets are waited for, before the node counts as failed. Only where
  /// no `--timeout` says how long a node may take.
  static let longestStandstill = Duration.seconds(600)
  /// How often a conflict is tried again.
  static let mostConflicts = 10

  /// A run that has not begun.
  public init(_ header: DrainHeader) {
    self.header = header
    nodes = header.order.nodes.map(NodeProgress.init)
  }

  /// A run that goes on where its log ends. Whoever opens a node that was cordoned wants pods on it: the run only
  /// cordons it again with `cordonsAgain`, and otherwise ends before anything is done.
  public init(resuming log: DrainLog, cordonsAgain: Bool = false) {
    self.init(log.header)
    self.log = log
    self.cordonsAgain = cordonsAgain
    for index in nodes.indices {
      guard let known = log.nodes[nodes[index].target.name] else { continue }
      nodes[index].isCordonedByRun = known.isCordonedByRun
      if known.hasEnded { nodes[index].state = known.problem.map { .failed($0) } ?? .drained }
      if let problem = known.problem {
        failures.append(.list([DrainError.Part(problem)]))
        nodesLeft.append(nodes[index].target.name)
      }
      guard let plan = known.plan else { continue }
      nodes[index].isPlanned = true
      nodes[index].pods = plan.map { planned in
        var pod = PodProgress(planned.pod, owner: planned.owner, action: planned.action)
        pod.wasAsked = log.asked.contains(planned.pod)
        pod.wasFinished = planned.wasFinished
        if log.skipped.contains(planned.pod) { pod.state = .ended(.leftAlone) }
        return pod
      }
      if known.hasEnded, known.problem == nil {
        for pod in nodes[index].pods.indices where !nodes[index].pods[pod].hasEnded {
          nodes[index].pods[pod].state = .ended(.removed)
        }
      }
    }
  }

  // MARK: Steps

  /// Begins.
  public mutating func start(at now: Moment) -> [Effect] {
    if options.dryRun == .none { effects.append(.record(.began(header))) }
    cordonNext(from: 0, now)
    return takeEffects(now)
  }

  /// Takes what has happened.
  public mutating func handle(_ input: Input, at now: Moment) -> [Effect] {
    switch input {
    case .answered(let number, let result):
      guard let job = inFlight.removeValue(forKey: number) else { break }
      guard outcome == nil else { break }
      answered(job, result, now)
    case .look: break
    case .pause:
      guard !isPaused, outcome == nil else { break }
      isPaused = true
      pausedAt = now.steady
    case .resume:
      guard isPaused else { break }
      isPaused = false
      if let pausedAt {
        let pause = now.steady - pausedAt
        deadline = deadline.map { $0 + pause }
        standsSince = standsSince.map { $0 + pause }
      }
      pausedAt = nil
    case .cancel: cancel(now)
    case .skip(let pod): skip(pod, now)
    case .unrecorded(let message):
      finish(.interrupted("the log of the drain cannot be written: \(message)"), writes: false)
    }
    return takeEffects(now)
  }

  private mutating func takeEffects(_ now: Moment) -> [Effect] {
    if outcome == nil { checkTimes(now) }
    if outcome == nil {
      sendDue(now)
      if let next = nextLook(now) { effects.append(.look(after: next)) }
    }
    defer { effects = [] }
    return effects
  }

  // MARK: Jobs

  /// Has a job done now, or at a later time; the sooner of two times counts.
  mutating func submit(_ job: Job, after delay: Duration = .zero, _ now: Moment) {
    let time = now.steady + delay
    guard let place = due.firstIndex(where: { $0.job == job }) else { return due.append((time, job)) }
    due[place].time = min(due[place].time, time)
  }

  private mutating func sendDue(_ now: Moment) {
    var later: [(time: Duration, job: Job)] = []
    let jobs = due
    due = []
    for entry in jobs {
      if outcome != nil { return }
      if entry.time > now.steady || isHeld(entry.job) {
        later.append(entry)
      } else {
        send(entry.job, now)
      }
    }
    due = later + due
  }

  /// Whether a job whose time has come must wait.
  private func isHeld(_ job: Job) -> Bool {
    guard case .remove(let pod) = job else { return false }
    if isPaused || isCancelled { return true }
    // Between batches nothing goes; and whoever has waited for a budget waits for room in the batch too.
    if case .settling = stage { return true }
    if let batch = order.batch, let node = nodes[at: currentNode],
      node.pods.count(where: { $0.isOnItsWay && $0.pod != pod }) >= batch
    {
      return true
    }
    let removals = inFlight.values.count { if case .remove = $0 { true } else { false } }
    return removals >= (nodes[at: currentNode]?.pods.first { $0.pod == pod }?.action == .delete ? 1 : Self.mostInFlight)
  }

  private mutating func send(_ job: Job, _ now: Moment) {
    guard let request = request(for: job, now) else { return }
    nextRequest += 1
    inFlight[nextRequest] = job
    effects.append(.send(nextRequest, request))
  }

  private mutating func request(for job: Job, _ now: Moment) -> DrainRequest? {
    switch job {
    case .inspect(let index), .confirm(let index), .presence(let index), .turn(let index):
      return .node(nodes[index].target.name)
    case .cordon(let index):
      return .cordon(
        node: nodes[index].target.name, uid: nodes[index].target.uid,
        note: CordonNote(user: header.user, time: now.wall, run: header.id), isDryRun: options.dryRun == .server)
    case .list(let index), .poll(let index):
      return .podsOfNode(nodes[index].target.name, pageSize: options.chunkSize)
    case .daemonSet(let namespace, let name): return .daemonSet(namespace: namespace, name: name)
    case .support: return .evictionSupport
    case .remove(let pod): return removal(of: pod)
    case .verify(let pod): return .pod(pod)
    case .owners(let namespace): return .podsOfNamespace(namespace)
    case .owner(let owner, let namespace): return .owner(owner, namespace: namespace)
    case .budgets(let namespace): return .budgets(namespace: namespace, version: evictionVersion)
    }
  }

  private func nextLook(_ now: Moment) -> Duration? {
    var times = due.filter { !isHeld($0.job) }.map(\.time)
    if let deadline, !isPaused { times.append(deadline) }
    if let cancelledAt { times.append(cancelledAt + Self.retryDelay) }
    return times.min().map { max($0 - now.steady, .zero) }
  }

  private mutating func checkTimes(_ now: Moment) {
    if let cancelledAt, now.steady - cancelledAt >= Self.retryDelay { return finish(.cancelled) }
    if let deadline, !isPaused, now.steady >= deadline { timeOut(now) }
  }

  // MARK: Answers

  private mutating func answered(_ job: Job, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment) {
    if case .confirm(let index) = job { return didConfirm(index, result, now) }
    if case .failure(let failure) = result, failure.isPassing, !isEvictionRefusal(job, failure) {
      return postpone(job, failure, now)
    }
    if outageSince != nil {
      outageSince = nil
      outageTries = 0
      if outage != nil { effects.append(.tell(.connectionBack)) }
      outage = nil
    }
    switch job {
    case .inspect(let index): didInspect(index, result, now)
    case .cordon(let index): didCordon(index, result, now)
    case .list(let index): didList(index, result, now)
    case .daemonSet(let namespace, let name): didAsk(namespace, name, result, now)
    case .support: didAskSupport(result, now)
    case .remove(let pod): didRemove(pod, result, now)
    case .verify(let pod): didVerify(pod, result, now)
    case .poll(let index): didPoll(index, result, now)
    case .owners(let namespace): didReadOwners(namespace, result, now)
    case .owner(let owner, let namespace): didReadOwner(owner, namespace, result, now)
    case .budgets(let namespace): didReadBudgets(namespace, result, now)
    case .presence(let index): noteAbsence(of: index, result)
    case .turn(let index): didMeet(index, result, now)
    case .confirm: break
    }
    if isCancelled, outcome == nil, !inFlight.values.contains(where: \.changesSomething) { finish(.cancelled) }
  }

  /// A budget that forbids an eviction is an answer, not an outage.
  private func isEvictionRefusal(_ job: Job, _ failure: APIFailure) -> Bool {
    guard case .remove(let key) = job, failure.code == 429 else { return false }
    return nodes[at: currentNode]?.pods.first { $0.pod == key }?.action == .evict
  }

  /// Tries a job again later. Where a change may have happened, it is looked at first.
  private mutating func postpone(_ job: Job, _ failure: APIFailure, _ now: Moment) {
    let since = outageSince ?? now.steady
    outageSince = since
    outageTries += 1
    if case .remove(let pod) = job { setState(of: pod, .retrying(failure.sentence)) }
    if isCancelled { return finish(.cancelled) }
    if isLastLook, case .poll = job, let index = currentNode { return giveUp(index, now) }
    if now.steady - since >= Self.longestOutage { return finish(.interrupted(failure.sentence)) }
    if outage == nil, outageTries > 1 || failure.code != 429 {
      outage = failure.sentence
      effects.append(.tell(.connectionLost(failure.sentence)))
    }
    let backoff = Duration.seconds(min(1 << min(outageTries - 1, 4), 5))
    let delay = max(backoff, failure.retryAfter ?? .zero)
    if case .remove(let pod) = job, failure.mayHaveHappened {
      submit(.verify(pod), after: delay, now)
    } else {
      submit(job, after: delay, now)
    }
  }

  // MARK: Ending

  private mutating func cancel(_ now: Moment) {
    guard outcome == nil, !isCancelled else { return }
    isCancelled = true
    guard inFlight.values.contains(where: \.changesSomething) else { return finish(.cancelled) }
    cancelledAt = now.steady
  }

  /// Ends the run.
  mutating func finish(_ outcome: DrainOutcome, writes: Bool = true) {
    guard self.outcome == nil else { return }
    self.outcome = outcome
    stage = .over
    due = []
    if options.dryRun == .none, writes { effects.append(.record(.ended(outcome.word, outcome.sentence))) }
  }

  /// The node that is being worked on.
  var currentNode: Int? {
    switch stage {
    case .cordoning(let index), .reading(let index), .awaitingBudgets(let index), .removing(let index),
      .settling(let index), .reporting(let index), .confirming(let index):
      index
    case .over: nil
    }
  }
}

extension DrainRun.Job {
  /// Whether its answer says that something in the cluster has changed.
  fileprivate var changesSomething: Bool {
    switch self {
    case .cordon, .remove: true
    default: false
    }
  }
}

extension Array {
  /// The element at an index that may be none.
  subscript(at index: Int?) -> Element? {
    guard let index, indices.contains(index) else { return nil }
    return self[index]
  }
}
