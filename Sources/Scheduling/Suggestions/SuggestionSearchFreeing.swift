import ClusterState
import Kube

/// Pods that leave a node for the one that waits: only those that nobody needs there, or that find another place.
extension SuggestionSearch {
  /// Whether the scheduler makes room by itself, so that nobody has to be deleted.
  func isMakingRoom(_ evaluation: Evaluation) -> Bool {
    let found =
      preemption
      ?? evaluation.preemption(
        snapshot.nodes.map {
          NodeReport(
            name: $0.facts.name, findings: evaluation.findings(on: $0), isOutOfSight: evaluation.isOutOfSight($0))
        })
    switch found {
    case .nominates, .waitsForVictims: return true
    case .notPartOfTheMessage, .never, .noCandidate: return false
    }
  }

  /// Of nodes that fail alike and only lack room, those whose pods leave most easily: the least important ones first,
  /// then those that are made again, then the fewest.
  func mostWilling(_ group: [NearNode]) -> [NodeState] {
    var ranked: [(node: NodeState, rank: (priority: Int, lost: Int, pods: Int))] = []
    for entry in group {
      var leaving: [PodFacts] = []
      var isEnough = true
      for finding in entry.findings {
        guard case .fail(let reasons) = finding.verdict else { return [] }
        for reason in reasons {
          guard let need = need(reason) else { return [] }
          guard let plan = plans(need, on: entry.node, pod).first else {
            isEnough = false
            break
          }
          leaving += plan
        }
      }
      guard isEnough, let highest = leaving.map(\.priority).max() else { continue }
      ranked.append((entry.node, (highest, leaving.count { $0.controller == nil }, leaving.count)))
    }
    // Sorting is stable only with the place: the node that misses least comes first of equal ones.
    return ranked.enumerated().sorted {
      let (left, right) = ($0.element.rank, $1.element.rank)
      return left == right ? $0.offset < $1.offset : left < right
    }.prefix(Self.willingLimit).map(\.element.node)
  }

  /// Nodes that are tried for their pods to leave, of those that fail alike.
  private static let willingLimit = 4

  /// What has to become free: a resource, or `pods`, and how much of it. Nil where room is not what is missing.
  private func need(_ reason: Reason) -> (resource: String, amount: Int64)? {
    switch reason.evidence {
    case .resource(let name, let requested, let used, let allocatable, _):
      (name, requested.subtracting(allocatable.subtracting(used)))
    case .podCount: ("pods", 1)
    default: nil
    }
  }

  /// Pods of the node that can leave it, so that the reason goes; with proof that those that are made again find room
  /// elsewhere.
  func frees(
    for reason: Reason, on node: NodeState, _ pod: Pod, _ snapshot: ClusterSnapshot, _ budget: inout Budget
  ) -> [Change] {
    let name = node.facts.name
    func change(_ pods: [LeavingPod]) -> Change { .free(node: name, pods: pods, isCordoned: node.facts.isCordoned) }
    switch reason.evidence {
    case .hostPort(_, let user): return leaving(user, on: node, pod, snapshot, &budget).map { [change([$0])] } ?? []
    case .neighbour(let neighbour, _, _):
      return leaving(neighbour, on: node, pod, snapshot, &budget).map { [change([$0])] } ?? []
    case .volumeLimit(let driver, _, _, _):
      return attached(driver, on: node, for: pod, snapshot).prefix(Self.planLimit).compactMap {
        leaving($0.name, on: node, pod, snapshot, &budget).map { change([$0]) }
      }
    case .claim(let claim, _) where reason.isOfSingleUse:
      // What is made in its place uses the claim again.
      guard let user = snapshot.user(of: claim), user.pod.controller == nil, canLeave(user.pod, for: pod) else {
        return []
      }
      return [
        .free(
          node: user.node.facts.name, pods: [LeavingPod(user.pod, nil)], isCordoned: user.node.facts.isCordoned)
      ]
    default: break
    }
    guard let need = need(reason) else { return [] }
    var changes: [Change] = []
    var staying: Set<String> = []
    // Whoever finds no other place stays; then it is the next one's turn.
    for _ in 0..<Self.planLimit {
      let plans = plans(need, on: node, pod, without: staying)
      guard !plans.isEmpty else { break }
      var isRefused = false
      for plan in plans {
        switch replaced(plan, on: node, in: snapshot, &budget) {
        case .pods(let pods): if !changes.contains(change(pods)) { changes.append(change(pods)) }
        case .refused(let identity):
          staying.insert(identity)
          isRefused = true
        }
      }
      if !isRefused { break }
    }
    return changes
  }

  /// Pods of the node that use a volume of a driver and may leave, the least important first.
  private func attached(
    _ driver: String, on node: NodeState, for pod: Pod, _ snapshot: ClusterSnapshot
  ) -> [PodFacts] {
    node.pods.filter { $0.priority <= pod.spec.priority ?? 0 && snapshot.uses(driver, $0) && canLeave($0, for: pod) }
      .sorted { ($0.priority, $0.name) < ($1.priority, $1.name) }
  }

  /// How many ways to free a node are tried.
  private static let planLimit = 4

  /// One pod that is known to be in the way; nil where it is elsewhere, stays, or comes back.
  private func leaving(
    _ name: ObjectName, on node: NodeState, _ pod: Pod, _ snapshot: ClusterSnapshot, _ budget: inout Budget
  ) -> LeavingPod? {
    guard let there = node.pods.first(where: { $0.name == name }), canLeave(there, for: pod),
      case .pods(let pods) = replaced([there], on: node, in: snapshot, &budget)
    else { return nil }
    return pods.first
  }

  /// Whether deleting a pod may be asked for.
  private func canLeave(_ there: PodFacts, for pod: Pod) -> Bool {
    !isSibling(there, of: pod) && !there.isMirror && !there.isPlanned && !there.isBeingDeleted
      && there.controller?.kind != "DaemonSet"
  }

  /// Whether both are made by one controller, or by what the pod is from in the end, which makes another one for the
  /// place that was just freed.
  private func isSibling(_ other: PodFacts, of pod: Pod) -> Bool {
    guard other.name.namespace == pod.metadata.namespace, let controller = other.controller else { return false }
    if let own = pod.metadata.controller, !own.uid.isEmpty {
      if controller.uid == own.uid { return true }
      // A namesake with another uid is gone: nobody makes its pods anew.
      if controller.kind == own.kind, controller.name == own.name { return false }
    }
    // A Deployment replaces the pods of its older ReplicaSets itself, which take the hash of their template as a name.
    let hash = other.labels["pod-template-hash"] ?? ""
    if origin.kind == "deployment", controller.kind == "ReplicaSet", !hash.isEmpty {
      return controller.name == "\(origin.name)-\(hash)"
    }
    return controller.kind.lowercased() == origin.kind && controller.name == origin.name
  }

  // MARK: Who leaves

  /// Pods that would free so much if they left, one way with pods that are made again and one with pods that are not:
  /// less important ones first, and as few as possible.
  private func plans(
    _ need: (resource: String, amount: Int64), on node: NodeState, _ pod: Pod, without staying: Set<String> = []
  ) -> [[PodFacts]] {
    let priority = pod.spec.priority ?? 0
    let movable = node.pods.filter {
      share($0, need.resource) > 0 && $0.priority <= priority && canLeave($0, for: pod)
        && !staying.contains($0.identity)
    }
    let again = fewest(movable.filter { $0.controller != nil }, need)
    let lost = fewest(movable.filter { $0.controller == nil }, need)
    let plans = [again, lost].compactMap { $0 }
    return plans.isEmpty ? [fewest(movable, need)].compactMap { $0 } : plans
  }

  private func share(_ pod: PodFacts, _ resource: String) -> Int64 { resource == "pods" ? 1 : pod.requests[resource] }

  /// As few of the pods as free so much, the least important ones; nil when all are not enough.
  private func fewest(_ movable: [PodFacts], _ need: (resource: String, amount: Int64)) -> [PodFacts]? {
    func share(_ pod: PodFacts) -> Int64 { self.share(pod, need.resource) }
    var left = need.amount
    var pods: [PodFacts] = []
    for candidate in movable.sorted(by: { ($0.priority, -share($0), $0.name) < ($1.priority, -share($1), $1.name) }) {
      guard left > 0, pods.count < 10 else { break }
      pods.append(candidate)
      left = left.subtracting(share(candidate))
    }
    let highest = pods.map(\.priority).max() ?? .min
    // One pod that suffices is better than several that do, unless it is more important than they are.
    if let single = movable.filter({ share($0) >= need.amount && (left > 0 || $0.priority <= highest) }).min(by: {
      ($0.priority, share($0), $0.name) < ($1.priority, share($1), $1.name)
    }) {
      return [single]
    }
    guard left <= 0 else { return nil }
    // The first ones may have become needless by the last.
    var spare = Int64(0).subtracting(left)
    for candidate in movable.sorted(by: { (-$0.priority, -share($0), $0.name) < (-$1.priority, -share($1), $1.name) })
    where pods.contains(where: { $0.identity == candidate.identity }) && share(candidate) <= spare {
      pods.removeAll { $0.identity == candidate.identity }
      spare -= share(candidate)
    }
    return pods.isEmpty ? nil : pods
  }

  // MARK: One replica fewer

  /// Where nobody can be moved, what keeps a pod may keep one fewer; of the
  /// nodes that miss least, the first on which that helps.
  func scale(_ groups: [[NearNode]], _ found: inout Set<[Change]>, _ budget: inout Budget) {
    let isMoved = found.contains { $0.contains { if case .free(_, let pods, _) = $0 { pods.isMove } else { false } } }
    guard !isMoved else { return }
    let unscaled = state.autoscaled
    (budget.unscaled, budget.sparesPods, budget.onlyFrees) = (unscaled, true, false)
    for entry in groups.joined().prefix(Self.scaledLimit) {
      let before = found.count
      let isPossible = entry.findings.contains { finding in
        guard case .fail(let reasons) = finding.verdict else { return false }
        return reasons.contains { !scalings(for: $0, on: entry.node, pod, unscaled).isEmpty }
      }
      guard isPossible else { continue }
      budget.runs = Self.runsPerNode
      search(entry.node, [], pod, snapshot, &found, &budget)
      if found.count > before { return }
    }
  }

  /// Nodes on which it is looked for pods that may go, and pods of one that are looked at.
  private static let (scaledLimit, scaledPods) = (24, 20)

  /// The least important pod of the node that is enough and goes when there is one fewer.
  func scalings(for reason: Reason, on node: NodeState, _ pod: Pod, _ unscaled: Set<[String]>) -> [Change] {
    var node = node
    let candidates: [PodFacts]
    switch reason.evidence {
    case .volumeLimit(let driver, _, _, _): candidates = attached(driver, on: node, for: pod, snapshot)
    case .claim(let claim, _) where reason.isOfSingleUse:
      guard let user = snapshot.user(of: claim) else { return [] }
      (node, candidates) = (user.node, [user.pod])
    case .hostPort(_, let name), .neighbour(let name, _, _): candidates = node.pods.filter { $0.name == name }
    default:
      guard let need = need(reason) else { return [] }
      candidates = node.pods.filter { share($0, need.resource) >= need.amount }.sorted {
        let (left, right) = (share($0, need.resource), share($1, need.resource))
        return ($0.priority, left, $0.name) < ($1.priority, right, $1.name)
      }
    }
    let priority = pod.spec.priority ?? 0
    let scaling = candidates.lazy.filter { $0.priority <= priority && canLeave($0, for: pod) }.prefix(Self.scaledPods)
      .compactMap { state.scalingDown($0, snapshot.rules, unscaled) }.first
    return scaling.map { [.scaleDown($0, node: node.facts.name)] } ?? []
  }

  // MARK: Where they go

  private func pod(named name: ObjectName) -> Pod? {
    state.get(Pod.self, namespace: name.namespace, name: name.name)
  }

  private enum Replaced {
    case pods([LeavingPod])
    /// Nobody knows a place for what is made in the place of this pod.
    case refused(String)
  }

  /// Places what is made in the place of the pods, one after another, with their node cordoned, as the commands do it.
  private func replaced(
    _ pods: [PodFacts], on node: NodeState, in snapshot: ClusterSnapshot, _ budget: inout Budget
  ) -> Replaced {
    guard pods.contains(where: { $0.controller != nil }) else { return .pods(pods.map { LeavingPod($0, nil) }) }
    // Copying a large cluster costs about as much as the filters on half of it.
    budget.trials -= snapshot.nodes.count / 2
    if let unknown = pods.first(where: { pod in
      pod.controller != nil
        && (budget.trials <= 0 || pod.replacementSelector == nil || self.pod(named: pod.name) == nil)
    }) {
      return .refused(unknown.identity)
    }
    var trial = snapshot
    trial.cordon(node.facts.name)
    for pod in pods { trial.removePod(pod.identity) }
    var leaving: [LeavingPod] = []
    for pod in pods {
      guard pod.controller != nil else {
        leaving.append(LeavingPod(pod, nil))
        continue
      }
      guard let selector = pod.replacementSelector, budget.trials > 0, var loose = self.pod(named: pod.name) else {
        return .refused(pod.identity)
      }
      loose.spec.nodeName = ""
      loose.status = PodStatus()
      loose.metadata.uid = ""
      let unknown = trial.putEphemeralClaims(of: loose, isRenewed: true)
      loose.spec.volumes.removeAll { unknown.contains($0.name) }
      let evaluation = Evaluation(loose, in: trial)
      // What looks at other nodes too costs several times as much.
      let cost = evaluation.dependsOnNodesAlone ? 1 : 4
      var fitting: [String] = []
      for other in trial.nodes where fitting.count < Self.fittingLimit && budget.trials > 0 {
        budget.trials -= cost
        if evaluation.passes(other) { fitting.append(other.facts.name) }
      }
      // Who tolerates cordoned nodes comes right back.
      guard !fitting.contains(node.facts.name), let target = trial.roomiest(fitting) else {
        return .refused(pod.identity)
      }
      trial.put(PodFacts(pod, on: target))
      let maker = state.maker(of: pod)
      let rollout = maker?.tellsWhenComplete == true ? maker?.text : nil
      leaving.append(LeavingPod(pod, .init(node: target, selector: selector, rollout: rollout)))
    }
    return .pods(leaving)
  }

  /// Of so many nodes that would take a pod the one with most room is taken.
  private static let fittingLimit = 100
}

extension Reason {
  /// Whether a claim that only one pod may use is in use.
  fileprivate var isOfSingleUse: Bool { text.contains("ReadWriteOncePod") }
}
