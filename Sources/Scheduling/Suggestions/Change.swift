import ClusterState
import Kube

/// One change that takes a reason to refuse a pod away.
public enum Change: Sendable, Hashable {
  /// Let the node take pods again.
  case uncordon(node: String)
  /// Give the node a label, in the place of the value that it has; nil when it has none.
  case label(node: String, key: String, value: String, replacing: String?)
  /// Take a taint from the node.
  case removeTaint(node: String, key: String, effect: String)
  /// End the node's condition that Kubernetes made the taint for: the node's own playbook, never a toleration.
  case repair(node: String, taint: String)
  /// Let the pod tolerate a taint.
  case tolerate(key: String, value: String, effect: String)
  /// Ask for less: `cpu` in thousandths of a core, everything else in bytes or pieces, for the pod as a whole.
  case lowerRequest(resource: String, from: Int64, to: Int64)
  /// Move or delete these pods, which are on the node. As long as what is made in their place has no other node, the
  /// node is cordoned, which it may be already.
  case free(node: String, pods: [LeavingPod], isCordoned: Bool = false)
  /// Let what keeps a pod on the node keep one pod fewer, which is this one.
  case scaleDown(ScalingDown, node: String)
  /// Let a rollout take an old pod away before a new one is Ready.
  case replaceInPlace(RolloutBounds)
  /// Ask no longer for a label in the node selector.
  case dropNodeSelector(key: String)
  /// Take a label from the node, which has this value.
  case removeLabel(node: String, key: String, value: String)
  /// Require one thing less of the node: of the affinity term with this number (from 0), what these words say.
  case dropNodeRequirement(term: Int, String)
  /// Require nothing of the node any more.
  case dropNodeAffinity
  /// Require no neighbours any more, as the affinity term with this number (from 0) does.
  case dropPodAffinity(term: Int)
  /// Keep away from no neighbours any more in the places of this label; where several terms are about it, from those
  /// that these words say.
  case dropPodAntiAffinity(key: String, only: String? = nil)
  /// Give a quota another bound; one that is planned does not exist yet.
  case raiseQuota(ObjectName, resource: String, from: String, to: String, isPlanned: Bool)
  /// Let a container say what it asks for and what it may use at most, by resource, where it says nothing.
  case specify(container: String, requests: [String: String], limits: [String: String])
  /// Count only places whose taints the pod tolerates, in the constraint about this label.
  case honorTaints(key: String)
  /// Make the constraint about this label a wish.
  case relaxSpread(key: String)
  /// Ask for a port of the node no longer.
  case dropHostPort(Int)
  /// Bind the claim, or find out why it is not bound.
  case bindClaim(String)
  /// Create the claim.
  case createClaim(String)
  /// Offer a volume that the claim can use.
  case addVolume(claim: String)
  /// Forget the node that was chosen for the claim's volume, so that another one can be.
  case forgetNode(claim: String)
  /// Add a node like this.
  case addNode(NewNode)
}

extension Change {
  /// What it costs to make the change and what may go wrong, together: the smaller the sooner it is proposed.
  ///
  /// A change of one workload comes before one of a node, which other pods see too; what can be taken back before what
  /// cannot; what keeps the workload's wishes before what drops them.
  var effort: Int {
    switch self {
    case .createClaim, .bindClaim: 1
    case .forgetNode: 3
    case .uncordon: 2
    case .honorTaints: 3
    // Half of what it asks for is often enough; a fifth hardly ever.
    case .lowerRequest(_, let from, let to): to >= from / 2 ? 3 : to >= from / 5 ? 7 : 12
    // Whoever has tainted the nodes has told their users so; a pod that belongs there only lacks the toleration.
    case .tolerate(let key, _, _): TaintMeaning(key: key) == .controlPlane ? 8 : 4
    // All pods that ask for the label see it. One that says what the node is, such as its zone, is seldom wrong.
    // Pods that need the old value lose it.
    case .label(_, let key, _, let old): (key.contains("kubernetes.io/") ? 10 : 5) + (old == nil ? 0 : 4)
    // Less than to take it anew, and pods that need the label lose it.
    case .removeLabel(_, let key, _): key.contains("kubernetes.io/") ? 14 : 9
    case .raiseQuota, .specify: 4
    // What the pod wishes stays; where it has one replica, nobody serves for a while.
    case .replaceInPlace(let rollout): rollout.replicas > 1 ? 2 : 5
    case .relaxSpread, .dropNodeSelector: 6
    case .dropNodeRequirement: 7
    // What is gone for ever comes after everything else, a new node too.
    case .free(_, let pods, _): 6 + min(pods.count, 6) + (pods.isMove ? 0 : 40)
    // Somebody is served by it: the last resort, and more so where nobody is then.
    case .scaleDown(let scaling, _): scaling.remaining == 0 ? 80 : 60
    case .addVolume, .dropHostPort: 7
    case .dropPodAntiAffinity, .dropPodAffinity, .dropNodeAffinity: 8
    case .removeTaint, .repair: 9
    case .addNode: 20
    }
  }

  /// Whether the change stands for an end that no command reaches: what was tried is that end, not the way there.
  var isHope: Bool {
    switch self {
    case .repair, .bindClaim, .createClaim, .addVolume: true
    default: false
    }
  }

  /// One line for a person.
  public var text: String {
    switch self {
    case .uncordon(let node): "uncordon node \(node)"
    case .label(let node, let key, let value, _): "label node \(node) \(key)=\(value)"
    case .removeTaint(let node, let key, let effect): "remove taint \(key):\(effect) from node \(node)"
    case .repair(let node, let taint): "repair node \(node): \(Self.trouble(taint)) (\(taint))"
    case .tolerate(let key, let value, let effect):
      "tolerate taint \(value.isEmpty ? key : "\(key)=\(value)"):\(effect)"
    case .lowerRequest(let resource, let from, let to):
      "lower the request of \(resource) from \(Amount.neededText(from, of: resource)) to \(Amount.text(to, of: resource))"
    case .free(let node, let pods, _):
      (pods.isMove ? "move " : "delete ") + Self.list(pods.map { "\($0.name.namespace)/\($0.name.name)" })
        + (pods.isMove ? " away from node \(node)" : " on node \(node)")
    case .replaceInPlace(let rollout):
      "let the rollout of deployment \(rollout.deployment.namespace)/\(rollout.deployment.name) take an old pod away "
        + "first (maxSurge 0, maxUnavailable 1)"
    case .scaleDown(let scaling, let node):
      "scale \(scaling.kind) \(scaling.pod.namespace)/\(scaling.owner) from \(scaling.replicas) to \(scaling.remaining), "
        + "so that pod \(scaling.pod.name) leaves node \(node)"
    case .dropNodeSelector(let key): "ask no longer for node label \(key)"
    case .dropNodeAffinity: "require nothing of the node (node affinity)"
    case .dropPodAffinity(let term): "require no neighbours (pod affinity term \(term + 1))"
    case .removeLabel(let node, let key, let value): "remove label \(key)=\(value) from node \(node)"
    case .dropNodeRequirement(_, let words): "require no longer of the node that \(words) (node affinity)"
    case .raiseQuota(let quota, let resource, let from, let to, _):
      "raise quota \(quota.name): \(resource) from \(from) to \(to)"
    case .specify(let container, let requests, let limits):
      "say for container \(container): " + Self.settings(requests, limits, ": ", " ").joined(separator: "; ")
    case .dropPodAntiAffinity(let key, let only):
      "keep away from no \(only.map { "pods with \($0)" } ?? "neighbours") by \(key) (pod anti-affinity)"
    case .honorTaints(let key): "spread by \(key) only over nodes whose taints are tolerated (nodeTaintsPolicy: Honor)"
    case .relaxSpread(let key): "make spreading by \(key) a wish (ScheduleAnyway)"
    case .dropHostPort(let port): "ask no longer for host port \(port)"
    case .bindClaim(let name): "get claim \(name) bound"
    case .createClaim(let name): "create claim \(name)"
    case .forgetNode(let claim): "forget the node that was chosen for claim \(claim)"
    case .addVolume(let claim): "add a volume that claim \(claim) can use"
    case .addNode(let node): node.text
    }
  }

  /// The annotation by which the scheduler tells a driver where to make a volume.
  static let selectedNode = "volume.kubernetes.io/selected-node"

  private static func trouble(_ taint: String) -> String {
    if case .state(let words) = TaintMeaning(key: taint) { words } else { "it keeps pods away" }
  }

  /// `requests` and `limits` with what stands in them.
  static func settings(_ requests: [String: String], _ limits: [String: String], _ colon: String, _ equals: String)
    -> [String]
  {
    [("requests", requests), ("limits", limits)].filter { !$0.1.isEmpty }.map { name, amounts in
      name + colon
        + amounts.sorted { $0.key < $1.key }.map { "\($0.key)\(equals)\($0.value)" }.joined(
          separator: equals == "=" ? "," : ", ")
    }
  }

  private static func list(_ words: [String]) -> String {
    words.count > 4
      ? words.prefix(3).joined(separator: ", ") + " and \(words.count - 3) more" : words.joined(separator: ", ")
  }
}

// MARK: Trying

extension Change {
  /// Makes the change in copies of the pod and the cluster, for the filters to run again.
  func apply(to pod: inout Pod, _ snapshot: inout ClusterSnapshot) {
    switch self {
    case .uncordon(let node):
      snapshot.cordon(node, false)
      // Kubernetes takes its taint away as soon as the node is uncordoned.
      removeTaints(node, &snapshot) { $0.key == "node.kubernetes.io/unschedulable" }
    case .label(let node, let key, let value, _):
      guard let slot = snapshot.slot(of: node) else { return }
      var labels = snapshot.nodes[slot].facts.labels
      labels[key] = value
      snapshot.change(node, labels: labels)
    case .removeTaint(let node, let key, let effect):
      removeTaints(node, &snapshot) { $0.key == key && $0.effect == effect }
    case .repair(let node, let key): removeTaints(node, &snapshot) { $0.key == key }
    case .tolerate(let key, let value, let effect):
      var toleration = Toleration()
      (toleration.key, toleration.value, toleration.effect) = (key, value, effect)
      toleration.operator = "Equal"
      pod.spec.tolerations.append(toleration)
    case .lowerRequest(let resource, _, let to): pod.lower(resource, to: to, snapshot.rules)
    case .free(let node, let pods, _):
      guard let slot = snapshot.slot(of: node) else { return }
      for there in snapshot.nodes[slot].pods {
        guard let leaving = pods.first(where: { $0.name == there.name }) else { continue }
        snapshot.removeWithVolumes(there, from: node)
        if let replacement = leaving.replacement { snapshot.put(PodFacts(there, on: replacement.node)) }
      }
    case .replaceInPlace(let rollout):
      // Each of them was tried.
      let old = snapshot.nodes.lazy.flatMap(\.pods).first { rollout.old.contains($0.name) }
      if let old { snapshot.removePod(old.identity) }
    case .scaleDown(let scaling, let node):
      guard let slot = snapshot.slot(of: node) else { return }
      for there in snapshot.nodes[slot].pods where there.name == scaling.pod {
        snapshot.removeWithVolumes(there, from: node)
      }
    case .dropNodeSelector(let key): pod.spec.nodeSelector[key] = nil
    case .dropNodeAffinity:
      // The one node that a DaemonSet's pod is for is not the template's to change.
      let node = pod.pinnedNode
      pod.spec.affinity?.nodeAffinity?.required = nil
      if let node { pod = pod.pinned(to: node) }
    case .dropPodAffinity(let term):
      guard pod.spec.affinity?.podAffinity?.required.indices.contains(term) == true else { return }
      pod.spec.affinity?.podAffinity?.required.remove(at: term)
    case .dropPodAntiAffinity(let key, let only):
      pod.spec.affinity?.podAntiAffinity?.required.removeAll { $0.isMeant(by: key, only) }
    case .removeLabel(let node, let key, _):
      guard let slot = snapshot.slot(of: node) else { return }
      var labels = snapshot.nodes[slot].facts.labels
      labels[key] = nil
      snapshot.change(node, labels: labels)
    case .dropNodeRequirement(let term, let words):
      guard pod.spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms.indices.contains(term) == true else { return }
      pod.spec.affinity?.nodeAffinity?.required?.nodeSelectorTerms[term].matchExpressions.removeAll {
        $0.words == words
      }
    // No filter looks at quotas: whether it is enough was seen when the bound was worked out.
    case .raiseQuota: break
    case .specify(let name, let requests, let limits): pod.specify(name, requests, limits)
    case .honorTaints(let key): pod.changeSpread(key) { $0.nodeTaintsPolicy = "Honor" }
    case .relaxSpread(let key): pod.changeSpread(key) { $0.whenUnsatisfiable = "ScheduleAnyway" }
    case .dropHostPort(let port): pod.dropHostPort(port)
    case .bindClaim(let name), .createClaim(let name), .addVolume(let name): provide(name, pod, &snapshot)
    case .forgetNode(let name):
      let key = ObjectName(namespace: pod.metadata.namespace, name: name)
      snapshot.claims[key]?.metadata.annotations[Self.selectedNode] = nil
    case .addNode(let node): snapshot.put(node.node)
    }
  }

  private func removeTaints(_ node: String, _ snapshot: inout ClusterSnapshot, _ isRemoved: (Taint) -> Bool) {
    guard let slot = snapshot.slot(of: node) else { return }
    snapshot.change(node, taints: snapshot.nodes[slot].facts.taints.filter { !isRemoved($0) })
  }

  /// A claim that is bound to a volume that every node can reach.
  private func provide(_ name: String, _ pod: Pod, _ snapshot: inout ClusterSnapshot) {
    let key = ObjectName(namespace: pod.metadata.namespace, name: name)
    var claim = snapshot.claims[key] ?? PersistentVolumeClaim()
    claim.metadata.namespace = key.namespace
    claim.metadata.name = name
    claim.metadata.annotations["pv.kubernetes.io/bind-completed"] = "yes"
    claim.spec.volumeName = "volume-for-\(name)"
    claim.status.phase = "Bound"
    var volume = PersistentVolume()
    volume.metadata.name = claim.spec.volumeName
    snapshot.put(claim)
    snapshot.put(volume)
  }
}

extension PodAffinityTerm {
  /// Whether the term is about this label and, if anything is said, selects just these pods.
  func isMeant(by key: String, _ only: String?) -> Bool {
    topologyKey == key && (only == nil || only == selectorText)
  }

  /// The pods that the term is about, as people write selectors; other terms than this one may have the same.
  var selectorText: String {
    let query = labelSelector?.query?.description ?? "a selector that cannot be read"
    let text = query.isEmpty ? "any labels" : query
    return namespaces.isEmpty ? text : "\(text) in \(namespaces.joined(separator: ","))"
  }
}

extension NodeSelectorRequirement {
  /// The requirement as people say it.
  var words: String {
    let list = values.joined(separator: ",")
    return switch self.operator {
    case "In": values.count == 1 ? "\(key)=\(list)" : "\(key) in (\(list))"
    case "NotIn": values.count == 1 ? "\(key)!=\(list)" : "\(key) notin (\(list))"
    case "Exists": "it has label \(key)"
    case "DoesNotExist": "it has no label \(key)"
    case "Gt": "\(key)>\(list)"
    case "Lt": "\(key)<\(list)"
    default: "\(key) \(self.operator) \(list)"
    }
  }
}

extension Pod {
  fileprivate mutating func changeSpread(_ key: String, _ change: (inout TopologySpreadConstraint) -> Void) {
    for index in spec.topologySpreadConstraints.indices
    where spec.topologySpreadConstraints[index].topologyKey == key
      && spec.topologySpreadConstraints[index].whenUnsatisfiable != "ScheduleAnyway"
    {
      change(&spec.topologySpreadConstraints[index])
    }
  }

  fileprivate mutating func specify(_ name: String, _ requests: [String: String], _ limits: [String: String]) {
    func specify(_ containers: inout [Container]) {
      for index in containers.indices where containers[index].name == name {
        for (resource, amount) in requests { containers[index].resources.requests[resource] = Quantity(amount) }
        for (resource, amount) in limits { containers[index].resources.limits[resource] = Quantity(amount) }
      }
    }
    specify(&spec.containers)
    specify(&spec.initContainers)
  }

  fileprivate mutating func dropHostPort(_ port: Int) {
    // The port itself stays, as in the command that does it.
    func drop(_ ports: inout [ContainerPort]) {
      for index in ports.indices where ports[index].hostPort == port { ports[index].hostPort = 0 }
    }
    for index in spec.containers.indices { drop(&spec.containers[index].ports) }
    for index in spec.initContainers.indices { drop(&spec.initContainers[index].ports) }
  }
}
