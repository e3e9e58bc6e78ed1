import ClusterState
import Draining
import Kube
import Scheduling

/// A drain that is being thought about: of which nodes, under which options, and what it would do.
final class DrainDraft {
  /// Given back with what was asked about it.
  let id: Int
  /// The nodes, in the order in which they would be drained.
  let nodes: [String]
  /// How.
  var terms: DrainTerms { didSet { revision += 1 } }
  /// What it would do, as of the last time that it was worked out.
  private(set) var plan: DrainPlan?
  /// Grows whenever something that the plan rests on beside the cluster has changed.
  private(set) var revision = 0
  /// What could not be learned, a sentence each.
  private(set) var remarks: [String] = []
  /// Whether an answer is under way.
  private(set) var isAsking = false

  private var usage: [String: VolumeUsage] = [:]
  private var answers: [String: AccessCheck.Answer] = [:]
  private var asked: Set<String> = []
  private var hasAskedUsage = false

  init(id: Int, nodes: [String], terms: DrainTerms) {
    self.id = id
    self.nodes = nodes
    self.terms = terms
  }

  /// Works out anew what it would do.
  func work(_ cluster: ClusterState, _ snapshot: ClusterSnapshot, now: Timestamp) -> DrainPlan {
    var planner = DrainPlanner(cluster, options: terms.options, rules: snapshot.rules, now: now)
    planner.snapshot = snapshot
    planner.usage = usage
    planner.waitsReady = terms.waitsReady
    planner.batch = terms.batch
    var plan = planner.plan(nodes)
    plan.access = plan.calls.compactMap { call in
      var call = call
      guard let answer = answers[call.text] else { return nil }
      call.answer = answer
      return call
    }
    self.plan = plan
    return plan
  }

  /// What must still be asked to complete the plan: the nodes whose volumes are measured and the calls that this user
  /// must be allowed to make; nil when nothing.
  func takeQuestions() -> (nodes: [String], calls: [AccessCheck])? {
    guard let plan, !isAsking else { return nil }
    let calls = plan.calls.filter { !asked.contains($0.text) }
    let measured = hasAskedUsage ? [] : Set(plan.pods.filter { !$0.loses.isEmpty }.map(\.node)).sorted()
    guard !calls.isEmpty || !measured.isEmpty else { return nil }
    asked.formUnion(calls.map(\.text))
    hasAskedUsage = hasAskedUsage || !measured.isEmpty
    isAsking = true
    return (measured, calls)
  }

  /// Takes the answers.
  func take(_ facts: DrainFacts) {
    isAsking = false
    usage.merge(facts.usage) { _, new in new }
    for check in facts.access { answers[check.text] = check.answer }
    remarks += facts.remarks.filter { !remarks.contains($0) }
    revision += 1
  }
}

/// How nodes are drained: kubectl's options and podmedic's own.
struct DrainTerms: Equatable {
  /// kubectl's.
  var options = DrainOptions()
  /// So many pods at a time; nil for all at once.
  var batch: Int?
  /// Whether each batch, and each node, waits until the owners have as many Ready pods as before.
  var waitsReady = false

  /// The flags of `podmedic drain`.
  var flags: [String] {
    options.flags + (batch.map { ["--batch=\($0)"] } ?? []) + (waitsReady ? ["--wait-ready"] : [])
  }
}

/// What was asked about a drain, answered.
public struct DrainFacts: Sendable {
  /// What the volumes of pods hold, by node.
  public var usage: [String: VolumeUsage]
  /// Whether this user may do what the drain does.
  public var access: [AccessCheck]
  /// What could not be learned, a sentence each.
  public var remarks: [String]

  /// Answers.
  public init(usage: [String: VolumeUsage] = [:], access: [AccessCheck] = [], remarks: [String] = []) {
    self.usage = usage
    self.access = access
    self.remarks = remarks
  }
}
