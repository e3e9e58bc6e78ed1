import ClusterState
import Kube

extension PlacementReport {
  /// The answer in one word.
  public enum Outcome: String, Sendable {
    /// It has a node or would get one.
    case fits
    /// It has none and would get none.
    case doesNotFit = "does-not-fit"
    /// Nobody can tell here.
    case unknown
  }

  /// Whether the pod has a node or would get one.
  public var outcome: Outcome {
    switch situation {
    case .placed, .ended: return .fits
    case .boundToMissingNode, .gated, .beingDeleted: return .doesNotFit
    case .otherScheduler: return .unknown
    case .bypassing: return outcomeOfKubelet
    case .waiting, .unseen, .hypothetical: break
    }
    if gap != nil { return .unknown }
    if podFailure != nil { return .doesNotFit }
    // The scheduler has filters that are not known here: what passes the known ones need not fit.
    if !fitting.isEmpty { return foreignReasons.isEmpty ? .fits : .unknown }
    return undecided.isEmpty ? .doesNotFit : .unknown
  }

  /// The answer in one sentence: why the pod has no node, in the scheduler's own words where there are any.
  public var headline: String {
    switch situation {
    case .placed(let node):
      let others = fitting.filter { $0.name != node }.count
      return "is on node \(node)"
        + (gap == nil ? "; \(others) other \(others == 1 ? "node" : "nodes") would take it" : "")
    case .boundToMissingNode, .beingDeleted, .ended: return situation.sentence ?? ""
    case .bypassing: return bypassHeadline
    case .gated: return (situation.sentence ?? "") + "; without that, \(count)"
    case .otherScheduler:
      return (situation.sentence ?? "") + "; its rules are not known. By the default scheduler's, \(count)"
    case .unseen: return (situation.sentence ?? "") + "; \(count)"
    case .waiting, .hypothetical: break
    }
    if !fitting.isEmpty, podFailure == nil, let foreignSentence { return foreignSentence }
    if fitsNow { return count + "; " + (retry ?? "") }
    if outcome == .doesNotFit, let message { return message }
    return count
  }

  /// The answer, with what is known of the scheduler besides.
  ///
  /// - Parameter isTrouble: it does not work.
  func headline(with sentence: String, isTrouble: Bool) -> String {
    switch situation {
    case .unseen: return sentence + "; " + count
    case .otherScheduler:
      return (situation.sentence ?? "") + ": " + sentence + ". By the default scheduler's rules, " + count
    // Trouble comes before anything else: without a scheduler no change of the pod or of nodes helps.
    case .waiting where fitsNow: return isTrouble ? sentence + "; " + count : count + "; " + sentence
    default: return sentence + "; " + headline
    }
  }

  /// How many nodes would take it.
  private var count: String {
    if let gap { return "it cannot be told which nodes would take it: \(gap)" }
    if let podFailure { return "no node would take it: \(podFailure.reason.text)" }
    if nodes.isEmpty { return "there are no nodes" }
    if outcomeOfNodes == .unknown {
      let reason = undecided.first.flatMap { node in blockers(on: node).first { $0.isUnknown } }?.reason ?? ""
      return "for \(undecided.count) of \(nodes.count) nodes it cannot be told: \(reason)"
    }
    let names = fitting.prefix(3).map(\.name).joined(separator: ", ")
    let more = fitting.count > 3 ? " and \(fitting.count - 3) more" : ""
    return "\(fitting.count) of \(nodes.count) nodes would take it" + (fitting.isEmpty ? "" : ": \(names)\(more)")
  }

  private var outcomeOfNodes: Outcome {
    fitting.isEmpty ? (undecided.isEmpty ? .doesNotFit : .unknown) : .fits
  }

  /// How the scheduler's own message compares; nil when it has none.
  public var comparison: String? {
    guard !schedulerMessage.isEmpty else { return nil }
    switch agrees {
    case true?: return "the scheduler says the same"
    case false? where foreignSentence != nil: return foreignSentence
    case false?:
      return
        "the scheduler's last message differs: the cluster has changed since, or the scheduler knows what podmedic "
        + "does not"
    case nil: return "the scheduler's message cannot be compared: not everything that it rests on is known"
    }
  }

  /// What the scheduler would do to make room; nil when nothing.
  public var preemptionSentence: String? {
    func list(_ victims: [Preemption.Victim]) -> String {
      let more = victims.count > 3 ? " and \(victims.count - 3) more" : ""
      return victims.prefix(3).map { "\($0.name.namespace)/\($0.name.name) (priority \($0.priority))" }
        .joined(separator: ", ") + more
    }
    switch preemption {
    case .notPartOfTheMessage, .noCandidate: return nil
    case .never: return "preemptionPolicy Never: no other pod is removed for it, whatever its priority (\(priority))"
    case .waitsForVictims(let node, let victims): return "room is being made on node \(node): \(list(victims)) must end"
    case .nominates(let node, let victims):
      let broken = victims.filter(\.breaksBudget).count
      let budgets =
        broken > 0
        ? ", though that breaks a disruption budget for \(broken) of them"
        : budgetGap.map { " (without regard to disruption budgets: \($0))" } ?? ""
      return
        "the scheduler would remove \(list(victims)) from node \(node) for it (priority \(priority))\(budgets)"
    }
  }

  /// Why the scheduler makes no room by removing pods although that could help: nobody there is less important. Nil when
  /// it makes room, or when no removal would help.
  public var standingSentence: String? {
    guard let standing else { return nil }
    let nodes = "on \(standing.nodes) \(standing.nodes == 1 ? "node" : "nodes")"
    let range =
      standing.lowest == standing.highest ? "\(standing.lowest)" : "\(standing.lowest) to \(standing.highest)"
    let whose =
      standing.pods == 1
      ? "the one pod \(nodes) has priority \(range)" : "all \(standing.pods) pods \(nodes) have priority \(range)"
    return "nobody is removed for it: its priority is \(priority), and \(whose), which is no less"
  }

  /// What the pod asks for, as people write it: `cpu 5, memory 1Gi`; "" for nothing.
  public var requestText: String {
    requests.map { "\($0.resource) \(Amount.neededText($0.amount, of: $0.resource))" }.joined(separator: ", ")
  }
}
