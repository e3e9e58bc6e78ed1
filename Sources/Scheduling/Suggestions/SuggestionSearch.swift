import ClusterState
import Kube

/// Looks for the smallest changes that place a pod: takes the nodes that miss least, takes their reasons away one by
/// one, and runs the filters again after every change.
struct SuggestionSearch {
  let pod: Pod
  let snapshot: ClusterSnapshot
  let origin: PodOrigin

  /// Nodes that are tried; nodes that fail alike are tried once.
  private static let nodeLimit = 12
  /// The most changes in one suggestion.
  private static let depth = 4
  /// How often the filters are run for one node.
  private static let runsPerNode = 24
  /// How often they are run for all nodes, to see which changes of a suggestion are needed.
  private static let runsForAll = 48

  func run(limit: Int) -> [Suggestion] {
    let evaluation = Evaluation(pod, in: snapshot)
    var near: [(node: NodeState, findings: [NodeFinding])] = []
    let pinned = pod.pinnedNode
    for node in snapshot.nodes where pinned == nil || node.facts.name == pinned {
      let findings = evaluation.findings(on: node)
      if findings.isEmpty { return [] }
      if findings.allSatisfy({ if case .fail = $0.verdict { true } else { false } }) { near.append((node, findings)) }
    }
    var found: Set<[Change]> = []
    for node in nearest(near) {
      var runs = Self.runsPerNode
      search(node, [], pod, snapshot, &found, &runs)
    }
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

  /// Nodes with the fewest reasons first, one for each way to fail.
  private func nearest(_ nodes: [(node: NodeState, findings: [NodeFinding])]) -> [NodeState] {
    var seen: Set<String> = []
    var result: [NodeState] = []
    let sorted = nodes.sorted { left, right in
      let (a, b) = (left.findings.count, right.findings.count)
      if a != b { return a < b }
      let (x, y) = (left.findings.shortage, right.findings.shortage)
      return x == y ? left.node.facts.name < right.node.facts.name : x < y
    }
    for entry in sorted where result.count < Self.nodeLimit {
      let way = entry.findings.map { finding in
        guard case .fail(let reasons) = finding.verdict else { return finding.plugin.rawValue }
        return finding.plugin.rawValue + reasons.map(\.kindOfEvidence).joined(separator: ",")
      }.joined(separator: ";")
      if seen.insert(way).inserted { result.append(entry.node) }
    }
    return result
  }

  private func search(
    _ node: NodeState, _ changes: [Change], _ pod: Pod, _ snapshot: ClusterSnapshot, _ found: inout Set<[Change]>,
    _ runs: inout Int
  ) {
    guard runs > 0, let slot = snapshot.slot(of: node.facts.name) else { return }
    runs -= 1
    let state = snapshot.nodes[slot]
    guard let first = Evaluation(pod, in: snapshot).findings(on: state).first else {
      if !changes.isEmpty { found.insert(changes) }
      return
    }
    guard changes.count < Self.depth, case .fail(let reasons) = first.verdict, let reason = reasons.last else { return }
    for change in fixes(for: reason, first.plugin, on: state, pod, snapshot) where !changes.contains(change) {
      // What was lowered once is as low as it has to be.
      if let resource = change.loweredResource, changes.contains(where: { $0.loweredResource == resource }) { continue }
      var (changedPod, changedSnapshot) = (pod, snapshot)
      change.apply(to: &changedPod, &changedSnapshot)
      search(node, changes + [change], changedPod, changedSnapshot, &found, &runs)
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
      var changes: [Change] = []
      let free = allocatable.subtracting(used)
      if free > 0, requested > free, resource == "cpu" || resource == "memory" || resource == "ephemeral-storage" {
        changes.append(.lowerRequest(resource: resource, from: requested, to: free))
      }
      if let pods = toFree(resource, requested.subtracting(free), on: node, for: pod) {
        changes += leaving(pods, on: node)
      }
      return changes
    case .podCount: return toFree("pods", 1, on: node, for: pod).map { leaving($0, on: node) } ?? []
    case .hostPort(let port, let user):
      return [.dropHostPort(port.port)] + leaving([user], on: node)
    case .neighbour(let neighbour, let key, _):
      return ownTerms(against: neighbour, by: key, pod) + leaving([neighbour], on: node)
    case .noNeighbour(let term, _, _): return [.dropPodAffinity(term: term)]
    case .skew(let key, _, _, _, _, _):
      return snapshot.rules.isOld ? [.relaxSpread(key: key)] : [.honorTaints(key: key), .relaxSpread(key: key)]
    case .missingLabel(let key):
      if plugin == .podTopologySpread { return [.relaxSpread(key: key)] }
      let term = pod.spec.affinity?.podAffinity?.required.firstIndex { $0.topologyKey == key }
      return term.map { [.dropPodAffinity(term: $0)] } ?? []
    case .claim(let claim, _):
      if snapshot.claims[claim] == nil { return [.createClaim(claim.name)] }
      if reason.text == "pod has unbound immediate PersistentVolumeClaims" { return [.bindClaim(claim.name)] }
      return reason.text == "node(s) didn't find available persistent volumes to bind"
        ? [.addVolume(claim: claim.name)] : []
    case .volumeLimit, .text: return []
    }
  }

  /// Pods of the node leave it; nothing where one is elsewhere, or comes back to the same node.
  private func leaving(_ names: [ObjectName], on node: NodeState) -> [Change] {
    let pods = node.pods.filter { names.contains($0.name) }
    guard pods.count == names.count,
      !pods.contains(where: { $0.isMirror || $0.isPlanned || $0.controller?.kind == "DaemonSet" }),
      !pods.contains(where: { isSibling($0, of: pod) })
    else { return [] }
    return [.free(node: node.facts.name, pods: names, lost: pods.filter { $0.controller == nil }.map(\.name))]
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
    guard !Self.isIdentity(key) else { return [] }
    return [.label(node: node.facts.name, key: key, value: value, replacing: node.facts.labels[key])]
  }

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

  /// The pods that should leave for so much to become free: less important ones first, then those that a controller
  /// starts again elsewhere; as few as possible. Nil when that is not enough.
  private func toFree(_ resource: String, _ amount: Int64, on node: NodeState, for pod: Pod) -> [ObjectName]? {
    func share(_ pod: PodFacts) -> Int64 { resource == "pods" ? 1 : pod.requests[resource] }
    let priority = pod.spec.priority ?? 0
    let movable = node.pods.filter {
      share($0) > 0 && !isSibling($0, of: pod) && !$0.isMirror && !$0.isPlanned
        && $0.controller?.kind != "DaemonSet"
        && ($0.priority < priority || $0.controller != nil && $0.priority <= priority)
    }
    // One pod that suffices is better than several that do.
    if let single = movable.filter({ share($0) >= amount }).min(by: {
      ($0.priority, share($0), $0.name) < ($1.priority, share($1), $1.name)
    }) {
      return [single.name]
    }
    var left = amount
    var pods: [ObjectName] = []
    for candidate in movable.sorted(by: { ($0.priority, -share($0), $0.name) < ($1.priority, -share($1), $1.name) }) {
      guard left > 0, pods.count < 10 else { break }
      pods.append(candidate.name)
      left = left.subtracting(share(candidate))
    }
    guard left <= 0 else { return nil }
    // The first ones may have become needless by the last.
    var spare = Int64(0).subtracting(left)
    for candidate in movable.sorted(by: { (-$0.priority, -share($0), $0.name) < (-$1.priority, -share($1), $1.name) })
    where pods.contains(candidate.name) && share(candidate) <= spare {
      pods.removeAll { $0 == candidate.name }
      spare -= share(candidate)
    }
    return pods.isEmpty ? nil : pods
  }

  // MARK: The whole

  private func complete(_ changes: [Change]) -> Suggestion {
    var (changedPod, changed) = (pod, snapshot)
    for change in changes { change.apply(to: &changedPod, &changed) }
    let evaluation = Evaluation(changedPod, in: changed)
    let places = changed.nodes.filter { $0.facts.name != NewNode.name && evaluation.findings(on: $0).isEmpty }
      .map(\.facts.name)
    let template = PodTemplateCommands(origin: origin, pod: pod, rules: snapshot.rules)
    let ofTemplate = changes.contains(where: \.isOfTemplate)
    let lowered = changes.flatMap { change -> [Suggestion.LoweredRequest] in
      guard case .lowerRequest(let resource, _, _) = change else { return [] }
      return template.lowered(by: change).map { .init(container: $0.old.name, resource: resource, amount: $0.amount) }
    }
    return Suggestion(
      changes, places: places.sorted(), kubectl: template.commands(changes),
      remarks: changes.flatMap(\.remarks) + (ofTemplate ? template.remarks(changes) : []), lowered: lowered,
      replaced: ofTemplate ? template.replaced : [])
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
    case .requirement: text
    case .skew(let key, _, _, _, _, _): "skew \(key)"
    case .volumeLimit(let driver, _, _, _): driver
    case .claim(let claim, _): "claim \(claim.name) \(text)"
    case .text: text
    }
  }
}
