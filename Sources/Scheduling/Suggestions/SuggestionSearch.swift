import ClusterState
import Kube

/// Looks for the smallest changes that place a pod: takes the nodes that miss least, takes their reasons away one by
/// one, and runs the filters again after every change.
struct SuggestionSearch {
  let pod: Pod
  let snapshot: ClusterSnapshot
  let origin: PodOrigin
  /// Whom the scheduler removes by itself; nil where that has not been computed.
  var preemption: Preemption?
  /// The pods that are there, to see where one like them could go, and what makes them.
  let state: ClusterState

  /// Nodes that are tried; of nodes that fail alike one is, and of so many those whose pods leave most easily.
  private static let (nodeLimit, alikeLimit) = (12, 24)
  /// On how many nodes pods are tried that would be made again.
  private static let trials = 8_000
  /// The most changes in one suggestion.
  private static let depth = 4
  /// How often the filters are run for one node.
  static let runsPerNode = 24
  /// How often they are run for all nodes, to see which changes of a suggestion are needed.
  private static let runsForAll = 48

  /// What a search may still cost.
  struct Budget {
    /// How often the filters are run for one node.
    var runs = 0
    /// On how many nodes pods are tried that would be made again.
    var trials: Int
    /// Nobody is asked to leave: the scheduler sees to it, or somebody less important has been found elsewhere.
    var sparesPods: Bool
    /// Nothing else is tried.
    var onlyFrees = false
    /// Where this is set, what keeps a pod is asked to keep one fewer, but for what is in it (`autoscaled`).
    var unscaled: Set<[String]>?
  }

  func run(limit: Int) -> [Suggestion] {
    let evaluation = Evaluation(pod, in: snapshot)
    var near: [NearNode] = []
    let pinned = pod.pinnedNode
    for node in snapshot.nodes where pinned == nil || node.facts.name == pinned {
      let findings = evaluation.findings(on: node)
      if findings.isEmpty { return [] }
      if findings.allSatisfy({ if case .fail = $0.verdict { true } else { false } }) { near.append((node, findings)) }
    }
    var found: Set<[Change]> = []
    let sparesPods = isMakingRoom(evaluation)
    var budget = Budget(trials: Self.trials, sparesPods: sparesPods)
    if let rollout = rolloutBounds() { found.insert([.replaceInPlace(rollout)]) }
    let groups = nearest(near)
    for group in groups {
      budget.sparesPods = sparesPods
      budget.onlyFrees = true
      // Whom it hurts least to move is rarely on the node that misses least.
      let freed =
        sparesPods
        ? nil
        : mostWilling(group).first { node in
          let before = found.count
          budget.runs = Self.runsPerNode
          search(node, [], pod, snapshot, &found, &budget)
          return found.count > before
        }
      budget.onlyFrees = false
      budget.sparesPods = sparesPods || freed.map { $0.facts.name != group[0].node.facts.name } ?? false
      budget.runs = Self.runsPerNode
      search(group[0].node, [], pod, snapshot, &found, &budget)
    }
    if !sparesPods { scale(groups, &found, &budget) }
    if pinned == nil, let node = NewNodeSearch(pod: pod, snapshot: snapshot).run() { found.insert([.addNode(node)]) }
    return minimal(found).prefix(limit).map(complete)
  }

  /// What is needed of each set of changes, the least effort first, without sets that ask for all that another one asks.
  private func minimal(_ found: Set<[Change]>) -> [[Change]] {
    func sorted(_ sets: [[Change]]) -> [[Change]] {
      sets.map { Suggestion($0) }.sorted { ($0.effort, $0.text) < ($1.effort, $1.text) }.map(\.changes)
    }
    func withoutCovered(_ sets: [[Change]]) -> [[Change]] {
      var kept: [[Change]] = []
      for set in sets where !kept.contains(where: { set.cover($0) }) { kept.append(set) }
      return kept
    }
    var search = MinimalChanges(pod, snapshot, runs: Self.runsForAll)
    var needed: [[Change]] = []
    for set in sorted(Array(found)) where !needed.contains(where: { set.cover($0) }) {
      if let set = search.needed(of: set) { needed.append(set) }
    }
    // What has become smaller may be less effort than what came before it.
    return withoutCovered(sorted(needed))
  }

  typealias NearNode = (node: NodeState, findings: [NodeFinding])

  /// Nodes with the fewest reasons first, those that fail alike together.
  private func nearest(_ nodes: [NearNode]) -> [[NearNode]] {
    var places: [String: Int] = [:]
    var result: [[NearNode]] = []
    let sorted = nodes.sorted { left, right in
      let (a, b) = (left.findings.count, right.findings.count)
      if a != b { return a < b }
      let (x, y) = (left.findings.shortage, right.findings.shortage)
      return x == y ? left.node.facts.name < right.node.facts.name : x < y
    }
    for entry in sorted {
      let way = entry.findings.map { finding in
        guard case .fail(let reasons) = finding.verdict else { return finding.plugin.rawValue }
        return finding.plugin.rawValue + reasons.map(\.kindOfEvidence).joined(separator: ",")
      }.joined(separator: ";")
      if let place = places[way] {
        if result[place].count < Self.alikeLimit { result[place].append(entry) }
      } else if result.count < Self.nodeLimit {
        places[way] = result.count
        result.append([entry])
      }
    }
    return result
  }

  func search(
    _ node: NodeState, _ changes: [Change], _ pod: Pod, _ snapshot: ClusterSnapshot, _ found: inout Set<[Change]>,
    _ budget: inout Budget
  ) {
    guard budget.runs > 0, let slot = snapshot.slot(of: node.facts.name) else { return }
    budget.runs -= 1
    let state = snapshot.nodes[slot]
    guard let first = Evaluation(pod, in: snapshot).findings(on: state).first else {
      if !changes.isEmpty { found.insert(changes) }
      return
    }
    guard changes.count < Self.depth, case .fail(let reasons) = first.verdict, let reason = reasons.last else { return }
    var fixes = budget.onlyFrees ? [] : self.fixes(for: reason, first.plugin, on: state, pod, snapshot)
    if let unscaled = budget.unscaled { fixes += scalings(for: reason, on: state, pod, unscaled) }
    if !budget.sparesPods { fixes += frees(for: reason, on: state, pod, snapshot, &budget) }
    for change in fixes where !changes.contains(change) {
      // What was lowered once is as low as it has to be.
      if let resource = change.loweredResource, changes.contains(where: { $0.loweredResource == resource }) { continue }
      var (changedPod, changedSnapshot) = (pod, snapshot)
      change.apply(to: &changedPod, &changedSnapshot)
      search(node, changes + [change], changedPod, changedSnapshot, &found, &budget)
    }
  }

  /// Ways to take a reason away, the better first.
  private func fixes(
    for reason: Reason, _ plugin: FilterPlugin, on node: NodeState, _ pod: Pod, _ snapshot: ClusterSnapshot
  ) -> [Change] {
    let name = node.facts.name
    switch reason.evidence {
    case .cordoned: return [.uncordon(node: name)]
    case .taint(let taint):
      // Such taints are made of the node's conditions, and come back: the node is what has to change.
      if taint.key == "node.kubernetes.io/unschedulable" {
        return [.uncordon(node: name), .repair(node: name, taint: taint.key)]
      }
      if case .state = TaintMeaning(key: taint.key) { return [.repair(node: name, taint: taint.key)] }
      return [
        .tolerate(key: taint.key, value: taint.value, effect: taint.effect),
        .removeTaint(node: name, key: taint.key, effect: taint.effect),
      ]
    case .requirement: return plugin == .nodeAffinity ? affinityFixes(node, pod) : []
    case .resource(let resource, let requested, let used, let allocatable, _):
      let free = allocatable.subtracting(used)
      if free > 0, requested > free, resource == "cpu" || resource == "memory" || resource == "ephemeral-storage" {
        return [.lowerRequest(resource: resource, from: requested, to: free)]
      }
      return []
    case .hostPort(let port, _): return [.dropHostPort(port.port)]
    case .neighbour(let neighbour, let key, _): return ownTerms(against: neighbour, by: key, pod)
    case .noNeighbour(let term, _, _): return [.dropPodAffinity(term: term)]
    case .skew(let key, _, _, _, _, _, _):
      return snapshot.rules.isOld ? [.relaxSpread(key: key)] : [.honorTaints(key: key), .relaxSpread(key: key)]
    case .missingLabel(let key):
      let place = placing(node, key, plugin, pod, snapshot)
      if plugin == .podTopologySpread { return place + [.relaxSpread(key: key)] }
      let term = pod.spec.affinity?.podAffinity?.required.firstIndex { $0.topologyKey == key }
      return place + (term.map { [.dropPodAffinity(term: $0)] } ?? [])
    case .claim(let claim, _):
      if snapshot.claims[claim] == nil { return claim.name.isEmpty ? [] : [.createClaim(claim.name)] }
      if reason.text == "pod has unbound immediate PersistentVolumeClaims" { return [.bindClaim(claim.name)] }
      guard reason.text == "node(s) didn't find available persistent volumes to bind" else { return [] }
      // A node was chosen for its volume, and another one would be if it had not been.
      let isChosen = snapshot.claims[claim]?.metadata.annotations[Change.selectedNode] != nil
      return (isChosen ? [.forgetNode(claim: claim.name)] : []) + [.addVolume(claim: claim.name)]
    case .podCount, .volumeLimit, .text: return []
    }
  }

  /// Labels that say which node it is, where it is, or what it runs: another value would be a lie, which the kubelet or
  /// the cloud's controller takes back, and volumes rely on them.
  private static func isIdentity(_ key: String) -> Bool {
    let keys = [
      "kubernetes.io/hostname", "kubernetes.io/os", "kubernetes.io/arch", "beta.kubernetes.io/os",
      "beta.kubernetes.io/arch", "node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type",
      "node.kubernetes.io/windows-build",
    ]
    return keys.contains(key) || key.hasPrefix("topology.kubernetes.io/")
      || key.hasPrefix("failure-domain.beta.kubernetes.io/") || key.hasPrefix("failure-domain.kubernetes.io/")
  }

  private func label(_ node: NodeState, _ key: String, _ value: String) -> [Change] {
    guard !Self.isIdentity(key), LabelValue.isValid(value) else { return [] }
    return [.label(node: node.facts.name, key: key, value: value, replacing: node.facts.labels[key])]
  }

  /// The label that puts a node into a place where the pod may be: that of its neighbours, or the one with the fewest of
  /// those that it keeps its distance from; a place of its own where no node has the label.
  private func placing(
    _ node: NodeState, _ key: String, _ plugin: FilterPlugin, _ pod: Pod, _ snapshot: ClusterSnapshot
  ) -> [Change] {
    // Unlike these, a zone can be missing by mistake.
    guard !key.hasSuffix("/hostname"), !key.hasSuffix("/os"), !key.hasSuffix("/arch"), !key.hasSuffix("/instance-type"),
      Work.isBounded(1, snapshot)
    else { return [] }
    let own = pod.metadata.namespace
    let affinity = (pod.spec.affinity?.podAffinity?.required ?? []).map { AffinityTerm($0, of: pod, rules: rules) }
    let spread = pod.spec.topologySpreadConstraints.first { $0.topologyKey == key }?.labelSelector?.schedulerQuery
    var counts: [String: Int] = [:]
    for other in snapshot.nodes {
      guard let value = other.facts.labels[key], LabelValue.isValid(value) else { continue }
      counts[value, default: 0] += other.pods.count { there in
        plugin == .podTopologySpread
          ? there.name.namespace == own && spread?.matches(there.labels) == true
          : affinity.allSatisfy {
            $0.selects(there.labels)
              && $0.includes(
                namespace: there.name.namespace, labels: snapshot.namespaces[there.name.namespace] ?? [:])
          }
      }
    }
    let isSpread = plugin == .podTopologySpread
    let best = counts.min { ($0.value * (isSpread ? 1 : -1), $0.key) < ($1.value * (isSpread ? 1 : -1), $1.key) }
    let value = best?.key ?? node.facts.name
    guard LabelValue.isValid(value), !value.isEmpty else { return [] }
    return [.label(node: node.facts.name, key: key, value: value, replacing: nil)]
  }

  private var rules: SchedulerRules { snapshot.rules }

  private func affinityFixes(_ node: NodeState, _ pod: Pod) -> [Change] {
    for (key, value) in pod.spec.nodeSelector.entries where node.facts.labels[key] != value {
      return label(node, key, value) + [.dropNodeSelector(key: key)]
    }
    let terms = pod.spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms ?? []
    var ways: [(term: Int, missing: [NodeSelectorRequirement])] = []
    for (index, term) in terms.prefix(Self.termLimit).enumerated() {
      let missing = term.matchExpressions.filter { $0.isMet(by: node.facts.labels) != true }
      if !missing.isEmpty { ways.append((index, missing)) }
    }
    ways.sort { ($0.missing.count, $0.term) < ($1.missing.count, $1.term) }
    var changes: [Change] = []
    for way in ways.prefix(Self.wayLimit) {
      changes += label(node, way.missing[0])
      // Without its last requirement a term matches nothing.
      if terms[way.term].matchExpressions.count > 1 {
        changes.append(.dropNodeRequirement(term: way.term, way.missing[0].words))
      }
    }
    // A DaemonSet's pod has an affinity that its template need not have.
    let isOfTemplate = pod.pinnedNode == nil || terms.contains { !$0.matchExpressions.isEmpty }
    return changes + (isOfTemplate ? [.dropNodeAffinity] : [])
  }

  /// Affinity terms that are looked at, and of those the ones that miss least.
  private static let (termLimit, wayLimit) = (50, 3)

  /// The label that makes a node meet a requirement; nothing for numbers, which say what a machine is.
  private func label(_ node: NodeState, _ requirement: NodeSelectorRequirement) -> [Change] {
    let key = requirement.key
    switch requirement.operator {
    case "In": return requirement.values.first.map { label(node, key, $0) } ?? []
    case "Exists": return label(node, key, "true")
    case "NotIn", "DoesNotExist":
      guard !Self.isIdentity(key), let value = node.facts.labels[key] else { return [] }
      return [.removeLabel(node: node.facts.name, key: key, value: value)]
    default: return []
    }
  }

  /// Of several terms about one label, those that a neighbour is meant by.
  private func ownTerms(against neighbour: ObjectName, by key: String, _ pod: Pod) -> [Change] {
    let terms = (pod.spec.affinity?.podAntiAffinity?.required ?? []).filter { $0.topologyKey == key }
    if terms.count < 2 { return terms.isEmpty ? [] : [.dropPodAntiAffinity(key: key)] }
    let facts = snapshot.nodes.lazy.compactMap { $0.pods.first { $0.name == neighbour } }.first
    guard let facts else { return [.dropPodAntiAffinity(key: key)] }
    let meant = terms.filter { term in
      let term = AffinityTerm(term, of: pod, rules: snapshot.rules)
      return term.selects(facts.labels)
        && term.includes(namespace: neighbour.namespace, labels: snapshot.namespaces[neighbour.namespace] ?? [:])
    }
    return meant.prefix(1).map { .dropPodAntiAffinity(key: key, only: $0.selectorText) }
  }

  // MARK: The whole

  /// The commands without uncordoning a node only to cordon it again: it is uncordoned when the pods have left.
  private func onceUncordoned(_ lines: [String], _ changes: [Change]) -> [String] {
    var lines = lines
    for case .uncordon(let node) in changes {
      let word = shellWord(node)
      guard let cordon = lines.firstIndex(of: "kubectl cordon \(word)"),
        let uncordon = lines.firstIndex(of: "kubectl uncordon \(word)"), uncordon < cordon
      else { continue }
      lines.remove(at: cordon)
      lines.remove(at: uncordon)
    }
    return lines
  }

  private func complete(_ changes: [Change]) -> Suggestion {
    var (changedPod, changed) = (pod, snapshot)
    for change in changes { change.apply(to: &changedPod, &changed) }
    let evaluation = Evaluation(changedPod, in: changed)
    var places = changed.nodes.filter { $0.facts.name != NewNode.name && evaluation.findings(on: $0).isEmpty }
      .map(\.facts.name)
    for case .replaceInPlace(let rollout) in changes { places = rollout.places }
    let template = PodTemplateCommands(origin: origin, pod: pod, rules: snapshot.rules)
    let ofTemplate = changes.contains(where: \.isOfTemplate)
    let lowered = changes.flatMap { change -> [Suggestion.LoweredRequest] in
      guard case .lowerRequest(let resource, _, _) = change else { return [] }
      return template.lowered(by: change).map { .init(container: $0.old.name, resource: resource, amount: $0.amount) }
    }
    return Suggestion(
      changes, places: places.sorted(), kubectl: onceUncordoned(template.commands(changes), changes),
      remarks: changes.flatMap(\.remarks) + (ofTemplate ? template.remarks(changes) : []), lowered: lowered,
      replaced: ofTemplate ? template.replaced : [])
  }
}

extension String {
  /// What is required of labels, and whether the node has such a label, without the value that it has: thousands of nodes
  /// may each have another one.
  fileprivate var withoutValueOfNode: String {
    guard let range = firstRange(of: ", the node has ") else { return self }
    return self[range.upperBound...] == "no such label" ? self : String(self[..<range.upperBound])
  }
}

extension Reason {
  /// Which kind of evidence there is, with what makes the remedy another one.
  var kindOfEvidence: String {
    switch evidence {
    case .cordoned: "cordoned"
    case .taint(let taint): "taint \(taint.shortText)"
    case .resource(let name, _, _, _, _): "resource \(name)"
    case .podCount: "pods"
    case .hostPort(let port, _): "port \(port)"
    case .neighbour(_, let key, _): "neighbour \(key)"
    case .noNeighbour(let term, _, _): "no neighbour \(term)"
    case .missingLabel(let key): "label \(key)"
    case .requirement(let words): "\(text) \(words.withoutValueOfNode)"
    case .skew(let key, _, _, _, _, _, _): "skew \(key)"
    case .volumeLimit(let driver, _, _, _): driver
    case .claim(let claim, _): "claim \(claim.name) \(text)"
    case .text: text
    }
  }
}
