import ClusterState
import Kube

/// Whether the scheduler would remove other pods to make room for a pod that fits nowhere.
public enum Preemption: Sendable, Equatable {
  /// Nothing to say: the pod fits, or no node was looked at, or something is unknown.
  case notPartOfTheMessage
  /// The pod's class forbids it.
  case never
  /// Room is being made already: pods on the nominated node are on their way out.
  case waitsForVictims(node: String, victims: [Victim])
  /// Removing these pods from this node would make room, and the scheduler would do so.
  case nominates(node: String, victims: [Victim])
  /// No node would do, with the scheduler's words and the number of nodes for each.
  case noCandidate([String: Int])

  /// A pod that has to go.
  public struct Victim: Sendable, Equatable {
    /// The pod.
    public let name: ObjectName
    /// Its priority, lower than that of the pod that waits.
    public let priority: Int
    /// Whether its removal breaks a disruption budget, which the scheduler does only when nothing else helps.
    public let breaksBudget: Bool

    init(_ pod: PodFacts, breaksBudget: Bool = false) {
      name = pod.name
      priority = pod.priority
      self.breaksBudget = breaksBudget
    }
  }
}

/// The pods that are on nodes where removing pods could help, and where nobody is less important than the pod that waits.
public struct StandingPriorities: Sendable, Equatable {
  /// How many nodes that is.
  public let nodes: Int
  /// How many pods are on them.
  public let pods: Int
  /// The least priority of theirs.
  public let lowest: Int
  /// The highest priority of theirs.
  public let highest: Int
}

extension Evaluation {
  /// Who stands on nodes where removing pods could help; nil where nobody does, or somebody less important does.
  func standing(_ reports: [NodeReport], _ preemption: Preemption) -> StandingPriorities? {
    guard case .noCandidate(let reasons) = preemption, reasons[Self.noVictims] != nil else { return nil }
    var (nodes, pods, lowest, highest) = (0, 0, Int.max, Int.min)
    for report in reports {
      guard case .fail(let found)? = report.first?.verdict, found.allSatisfy(\.isResolvable),
        let slot = snapshot.slot(of: report.name)
      else { continue }
      let there = snapshot.nodes[slot].pods
      guard !there.isEmpty, there.allSatisfy({ $0.priority >= incoming.facts.priority }) else { continue }
      nodes += 1
      pods += there.count
      for pod in there { (lowest, highest) = (min(lowest, pod.priority), max(highest, pod.priority)) }
    }
    return nodes == 0 ? nil : StandingPriorities(nodes: nodes, pods: pods, lowest: lowest, highest: highest)
  }

  private static let noVictims = "No preemption victims found for incoming pod"
  private static let notHelpful = "Preemption is not helpful for scheduling"

  /// What the scheduler's default preemption would do. It prefers not to break disruption budgets, and breaks them when
  /// it must.
  func preemption(_ reports: [NodeReport]) -> Preemption {
    let facts = incoming.facts
    guard !reports.isEmpty, !reports.contains(where: \.fits), snapshot.gaps[.pods] == nil else {
      return .notPartOfTheMessage
    }
    if facts.preemptionPolicy == "Never" { return .never }
    if podFailure != nil { return .noCandidate([Self.notHelpful: reports.count]) }
    if let leaving = victims(on: facts.nominatedNodeName, reports) {
      return .waitsForVictims(node: facts.nominatedNodeName, victims: leaving.map { Preemption.Victim($0) })
    }
    var reasons: [String: Int] = [:]
    var candidates: [Candidate] = []
    var work = Self.workLimit
    for report in reports {
      guard case .fail(let found)? = report.first?.verdict else { return .notPartOfTheMessage }
      guard found.allSatisfy(\.isResolvable), let slot = snapshot.slot(of: report.name) else {
        reasons[Self.notHelpful, default: 0] += 1
        continue
      }
      let lower = snapshot.nodes[slot].pods.filter { $0.priority < facts.priority }
      guard !lower.isEmpty else {
        reasons[Self.noVictims, default: 0] += 1
        continue
      }
      guard candidates.count < Self.candidateLimit else { break }
      if !dependsOnNodeAlone(report.name) {
        work -= (snapshot.nodes.count + 1) * (lower.count + 1)
        guard work > 0 else { return .notPartOfTheMessage }
      }
      switch dryRun(slot, lower) {
      case .candidate(let candidate): candidates.append(candidate)
      case .refused(let texts): for text in texts { reasons[text, default: 0] += 1 }
      case .unknown: return .notPartOfTheMessage
      }
    }
    guard let best = candidates.min(by: { $0.isBetter(than: $1) }) else { return .noCandidate(reasons) }
    return .nominates(
      node: best.node,
      victims: best.victims.map { Preemption.Victim($0, breaksBudget: best.breaking.contains($0.identity)) })
  }

  /// The pods that have to end before the scheduler removes more; nil when none has to, or when the node would not take
  /// the pod even then: the scheduler looks for another one. (`PodEligibleToPreemptOthers`)
  private func victims(on nominated: String, _ reports: [NodeReport]) -> [PodFacts]? {
    guard !nominated.isEmpty, let slot = snapshot.slot(of: nominated) else { return nil }
    let reasons = reports.first { $0.name == nominated }?.reasons ?? []
    guard reasons.allSatisfy(\.isResolvable) else { return nil }
    let leaving = snapshot.nodes[slot].pods.filter { $0.isMakingRoom && $0.priority < incoming.facts.priority }
    return leaving.isEmpty ? nil : leaving
  }

  /// Looking further than the scheduler does would only take time.
  private static let candidateLimit = 100

  /// How many nodes may be looked at in all, when every trial changes what the filters know of the other nodes too.
  private static let workLimit = 200_000

  private enum DryRun {
    case candidate(Candidate)
    case refused([String])
    case unknown
  }

  private struct Candidate {
    var node: String
    var victims: [PodFacts]
    /// Victims whose removal breaks a budget.
    var breaking: Set<String>

    /// The scheduler's order: the fewest broken budgets, the least important highest victim, the smallest sum, the fewest, the latest start.
    func isBetter(than other: Candidate) -> Bool {
      func highest(_ pods: [PodFacts]) -> Int { pods.map(\.priority).max() ?? .min }
      func sum(_ pods: [PodFacts]) -> Int64 {
        // Priorities may be negative; the scheduler shifts them so that fewer pods always sum up to less.
        pods.reduce(0) { $0.adding(Int64($1.priority).adding(2_147_483_648)) }
      }
      func start(_ pods: [PodFacts]) -> Int64 {
        let top = highest(pods)
        return pods.filter { $0.priority == top }.map(\.start).min() ?? .min
      }
      let left = (breaking.count, highest(victims), sum(victims), victims.count)
      let right = (other.breaking.count, highest(other.victims), sum(other.victims), other.victims.count)
      if left != right { return left < right }
      let (start1, start2) = (start(victims), start(other.victims))
      return start1 == start2 ? node < other.node : start1 > start2
    }
  }

  /// Takes all less important pods away and gives back as many as there is room for, the most important first.
  private func dryRun(_ slot: Int, _ lower: [PodFacts]) -> DryRun {
    let node = snapshot.nodes[slot]
    let going = Set(lower.map(\.identity))
    var state = node.keeping { !going.contains($0.identity) }
    switch outcome(slot, as: state) {
    case .refused(let texts): return .refused(texts)
    case .unknown: return .unknown
    case .fits: break
    }
    let byImportance = lower.sorted {
      if $0.priority != $1.priority { return $0.priority > $1.priority }
      return ($0.start, $0.name) < ($1.start, $1.name)
    }
    // Those whose removal would break a budget are spared first.
    let breaking = budgetBreakers(byImportance)
    var victims: [PodFacts] = []
    for pod in byImportance.filter({ breaking.contains($0.identity) })
      + byImportance.filter({ !breaking.contains($0.identity) })
    {
      var trial = state
      trial.add(pod)
      if case .fits = outcome(slot, as: trial) { state = trial } else { victims.append(pod) }
    }
    return .candidate(
      Candidate(
        node: node.facts.name, victims: victims,
        breaking: breaking.intersection(victims.map(\.identity))))
  }

  /// The pods that would break a budget if all of them went, in this order: each takes one disruption of every budget
  /// that selects it. A budget without a selector, or with an empty one, selects nothing here.
  private func budgetBreakers(_ pods: [PodFacts]) -> Set<String> {
    var left: [ObjectName: Int] = [:]
    var breaking: Set<String> = []
    for pod in pods where !pod.labels.isEmpty {
      for budget in snapshot.budgets[pod.name.namespace] ?? [] {
        guard let selector = budget.spec.selector, !selector.matchLabels.isEmpty || !selector.matchExpressions.isEmpty,
          selector.matches(pod.labels) == true
        else { continue }
        let name = ObjectName(budget.metadata)
        let rest = (left[name] ?? budget.status.disruptionsAllowed) - 1
        left[name] = rest
        if rest < 0 { breaking.insert(pod.identity) }
      }
    }
    return breaking
  }

  /// What the scheduler would see on one node if that were as given.
  private func outcome(_ slot: Int, as state: NodeState) -> Outcome {
    if dependsOnNodeAlone(state.facts.name) { return Outcome(plainFindings(on: state).first) }
    var changed = snapshot
    changed.replaceNode(at: slot, with: state)
    let evaluation = Evaluation(incoming.pod, in: changed)
    return Outcome(evaluation.findings(on: state).first)
  }

  private enum Outcome {
    case fits
    case refused([String])
    case unknown

    init(_ first: NodeFinding?) {
      switch first?.verdict {
      case nil, .pass, .skipped: self = .fits
      case .fail(let reasons): self = .refused(reasons.map(\.text))
      case .unknown: self = .unknown
      }
    }
  }
}

extension PodFacts {
  /// When it started, in microseconds; one that has not started is the youngest of all. (`GetPodStartTime`)
  fileprivate var start: Int64 { startTime?.microseconds ?? .max }
}
