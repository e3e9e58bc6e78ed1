import Kube
import KubeClient

// Owners: how many Ready pods they have had and have, for runs that wait until what was removed is replaced.

extension DrainRun {
  mutating func submitOwners(_ index: Int, after delay: Duration = .zero, _ now: Moment) {
    let namespaces = Set(nodes[index].pods.filter { $0.owner != nil }.map(\.pod.namespace))
    guard !namespaces.isEmpty else { return nextBatch(index, now) }
    for namespace in namespaces.sorted() { submit(.owners(namespace: namespace), after: delay, now) }
  }

  mutating func didReadOwners(
    _ namespace: String, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment
  ) {
    guard let index = currentNode, stage == .removing(index) || stage == .settling(index) else { return }
    switch result {
    case .success(.pods(let pods)):
      owners.read(pods, in: namespace, removing: nodes[index].pods)
      for place in nodes[index].pods.indices {
        nodes[index].pods[place].replacement = owners.replacement(of: nodes[index].pods[place])
      }
    case .success: break
    case .failure(let failure): owners.fail(namespace, failure.plainText)
    }
    let isReading = (due.map(\.job) + inFlight.values).contains { if case .owners = $0 { true } else { false } }
    guard !isReading else { return }
    if !hasBaseline {
      hasBaseline = true
      beginFromBaseline(index, now)
    } else if case .settling = stage {
      settle(index, now)
    }
  }

  /// The state before is known: it is written down first, so that a run that is taken up again waits for as much. What
  /// an earlier process has removed is waited for before anything else goes.
  private mutating func beginFromBaseline(_ index: Int, _ now: Moment) {
    let name = nodes[index].target.name
    if log?.nodes[name]?.readyBefore == nil { effects.append(.record(.readyBefore(name, owners.before))) }
    guard nodes[index].pods.contains(where: \.hasEnded) else { return nextBatch(index, now) }
    stage = .settling(index)
    settle(index, now)
  }

  private mutating func settle(_ index: Int, _ now: Moment) {
    let missing = owners.missing(for: nodes[index].pods)
    if missing.isEmpty { return nextBatch(index, now) }
    if let unknown = missing.first(where: { $0.wanted == nil }) {
      return submit(.owner(unknown.owner, namespace: unknown.namespace), now)
    }
    let text = ownersText(index)
    if owners.lastText != text || standsSince == nil { standsSince = now.steady }
    if owners.lastText != text {
      owners.lastText = text
      tell(.waiting(text))
    }
    if hasStoodStill(now) {
      return removalFailed(index, .list([DrainError.Part("nothing has changed for ten minutes: \(text)")]), now)
    }
    nodes[index].state = .waitingForOwners(text)
    owners.forgetWanted()
    submitOwners(index, after: Self.pollInterval, now)
    lookForNode(index, now)
  }

  /// A node that is deleted takes its other pods with it: whoever waits hears of it now, and not at the end.
  mutating func lookForNode(_ index: Int, _ now: Moment) {
    let isLooking = (due.map(\.job) + inFlight.values).contains(.presence(index))
    if !isLooking, !nodes[index].isSaidToBeAway { submit(.presence(index), after: Self.presenceInterval, now) }
  }

  /// Whether what is waited for has not changed for so long that it will not by itself; a node's own timeout comes first.
  func hasStoodStill(_ now: Moment) -> Bool {
    guard options.timeout == .zero, !isPaused, let standsSince else { return false }
    return now.steady - standsSince >= Self.longestStandstill
  }

  mutating func didReadOwner(
    _ owner: OwnerReference, _ namespace: String, _ result: Result<DrainAnswer, APIFailure>, _ now: Moment
  ) {
    switch result {
    case .success(.owner(let json)): owners.want(owner, json[path: "spec", "replicas"]?.int)
    case .success: owners.want(owner, nil)
    case .failure(let failure): owners.want(owner, failure.code == 404 ? 0 : nil)
    }
    if case .settling(let index) = stage { settle(index, now) }
  }

  func ownersText(_ index: Int) -> String {
    let missing = owners.missing(for: nodes[index].pods).map { gap in
      "\(gap.owner.kind.lowercased())/\(gap.owner.name) in namespace \(gap.namespace) has \(gap.ready) of "
        + "\(gap.wanted ?? gap.before) Ready pods"
    }
    return (missing + owners.problems).joined(separator: "; ")
  }
}
