import ClusterState
import Diagnosis
import Kube

/// Checks of nodes.
let nodeChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "node-lease",
    "whether the kubelet renews its Lease in kube-node-lease: problem when it is older than the Lease allows and half a "
      + "minute more, warning when there is none, ok otherwise",
    kinds: ["Node", "Pod"], reads: [Node.self, Lease.self]
  ) { facts, _ in
    guard let node = facts.node.value else {
      return facts.node.doubt.map { Judgement($0) } ?? Judgement(.notApplicable, "there is no node")
    }
    switch facts.state.look(Lease.self, namespace: "kube-node-lease", name: node.metadata.name) {
    case .unknown(let doubt): return Judgement(doubt)
    case .none: return Judgement(.warning, "there is no Lease kube-node-lease/\(node.metadata.name)")
    case .found(let lease): return lease.judgement(who: "the kubelet", now: facts.now, slack: 30)
    }
  },
  BuiltInCheck(
    "network-plugin-pods",
    "the network plug-in's pods on the subject's node: problem when one is not ready (with what is wrong with it), or when "
      + "there is none though other nodes have one; ok when all are ready; not-applicable when no node has a pod that "
      + "looks like one",
    kinds: ["Pod", "Node"], reads: [Node.self, Pod.self]
  ) { facts, _ in
    let name = facts.pod?.spec.nodeName ?? (facts.object as? Node)?.metadata.name ?? ""
    if name.isEmpty { return Judgement(.notApplicable, "the pod is on no node") }
    if let doubt = facts.state.doubt(about: Pod.self) { return Judgement(doubt) }
    let all = facts.state.all(Pod.self).filter { NetworkPlugin.isAgent($0) && !$0.isTerminal }
    let agents = all.filter { $0.spec.nodeName == name }.sorted { $0.metadata.name < $1.metadata.name }
    if let broken = agents.first(where: { !$0.hasReadyCondition }) {
      let finding = facts.triage.finding(for: broken.metadata.uid)
      let why = finding.map { ": " + $0.summary(now: facts.now) } ?? ""
      return Judgement(
        .problem, "\(broken.metadata.namespace)/\(broken.metadata.name) on \(name) is not ready\(why)",
        evidence: [Evidence(broken.reference, "status.conditions[Ready]", "not True")] + (finding?.evidence ?? []))
    }
    if !agents.isEmpty {
      return Judgement(
        .ok,
        "\(agents.map(\.metadata.name).joined(separator: ", ")) on \(name) \(agents.count == 1 ? "is" : "are") ready")
    }
    if case .namespace(let only)? = facts.state.store(of: Pod.self)?.coverage {
      return Judgement(Doubt(.notRead, "only pods of namespace \(only) are read"))
    }
    guard let other = all.first else {
      return Judgement(.notApplicable, "no pod of the cluster looks like a network plug-in's")
    }
    return Judgement(
      .problem,
      "\(name) has no pod of \(other.metadata.controller?.name ?? "the network plug-in"), as other nodes have",
      evidence: [Evidence(other.reference, "spec.nodeName", other.spec.nodeName)])
  },
  BuiltInCheck(
    "node-company",
    "how many of the other nodes are not ready, in all and in the same zone: problem when it is this one alone, warning "
      + "when others are not ready either (what they share is then to blame: network, control plane, power), "
      + "not-applicable for a node that is ready",
    kinds: ["Node", "Pod"], reads: [Node.self]
  ) { facts, _ in
    guard let node = facts.node.value else {
      return facts.node.doubt.map { Judgement($0) } ?? Judgement(.notApplicable, "there is no node")
    }
    if let doubt = facts.state.doubt(about: Node.self) { return Judgement(doubt) }
    if node.isReady { return Judgement(.notApplicable, "the node is ready") }
    let nodes = facts.state.all(Node.self)
    let down = nodes.filter { !$0.isReady }
    let evidence = down.prefix(10).map { Evidence($0.reference, "status.conditions[Ready]", "not True") }
    let zone = node.metadata.labels["topology.kubernetes.io/zone"]
    if down.count <= 1 {
      return Judgement(.problem, "only this one of \(nodes.count) nodes is not ready", evidence: evidence)
    }
    var words = "\(down.count) of \(nodes.count) nodes are not ready"
    if let zone {
      let inZone = nodes.filter { $0.metadata.labels["topology.kubernetes.io/zone"] == zone }
      words += "; in zone \(zone) \(inZone.count { !$0.isReady }) of \(inZone.count)"
    }
    return Judgement(.warning, words, evidence: evidence)
  },
  BuiltInCheck(
    "node-evictions",
    "which pods a NoExecute taint ends, and when: problem when some are to be ended (with the next deadline), ok when none "
      + "is, not-applicable without such a taint",
    kinds: ["Node"], reads: [Pod.self]
  ) { facts, _ in
    guard let node = facts.object as? Node else { return Judgement(.notApplicable, "it is no node") }
    let taints = node.spec.taints.filter { $0.effect == "NoExecute" }
    if taints.isEmpty { return Judgement(.notApplicable, "no taint ends pods") }
    switch facts.pods {
    case .unknown(let doubt): return Judgement(doubt)
    case .none: return Judgement(.ok, "it has no pods")
    case .found(let pods):
      var going: [(pod: Pod, at: Timestamp?)] = []
      for pod in pods where !pod.isTerminal {
        // A pod must tolerate every taint; the shortest time counts.
        var deadline: (at: Timestamp?, ends: Bool) = (nil, false)
        for taint in taints {
          let own = pod.spec.tolerations.filter { $0.tolerates(taint) }
          guard !own.isEmpty else {
            deadline = (nil, true)
            break
          }
          guard let seconds = own.compactMap(\.tolerationSeconds).min(), let added = taint.timeAdded else { continue }
          let at = added.advanced(by: .seconds(min(max(0, seconds), 1_000_000_000)))
          if !deadline.ends || (deadline.at.map { at < $0 } ?? false) { deadline = (at, true) }
        }
        if deadline.ends { going.append((pod, deadline.at)) }
      }
      let keys = taints.map(\.key).joined(separator: ", ")
      if going.isEmpty { return Judgement(.ok, "every pod tolerates \(keys) for as long as it lasts") }
      let next = going.compactMap(\.at).min()
      let leaving = going.count { $0.pod.metadata.deletionTimestamp != nil }
      let when = next.map { $0 > facts.now ? ", the next in \($0.since(facts.now).human)" : ", some already" } ?? ""
      return Judgement(
        .problem, "\(keys) ends \(going.count) of \(pods.count) pods\(when); \(leaving) are being deleted",
        evidence: going.prefix(20).map {
          Evidence($0.pod.reference, "ends", $0.at.map(\.description) ?? "at once", at: $0.at)
        })
    }
  },
  BuiltInCheck(
    "kubelet-skew",
    "the versions of the kubelets against each other, or of the subject's node against the newest: problem when one is "
      + "more than three minor versions behind (the API server may be as new as the newest), warning when they differ, ok "
      + "when all are the same",
    reads: [Node.self]
  ) { facts, _ in
    if let doubt = facts.state.doubt(about: Node.self) { return Judgement(doubt) }
    let nodes = facts.state.all(Node.self)
    let own = facts.object is Node ? nodes.filter { $0.metadata.uid == facts.object?.metadata.uid } : nodes
    func minor(_ node: Node) -> Int? {
      let parts = node.status.nodeInfo.kubeletVersion.split(separator: ".")
      return parts.count > 1 ? Int(parts[1].prefix { $0.isNumber }) : nil
    }
    guard let newest = nodes.compactMap(minor).max(),
      let oldest = own.min(by: { minor($0) ?? .max < minor($1) ?? .max }),
      let least = minor(oldest)
    else { return Judgement(Doubt(.failed, "no node tells its kubelet's version")) }
    let evidence = own.prefix(20).map {
      Evidence($0.reference, "status.nodeInfo.kubeletVersion", $0.status.nodeInfo.kubeletVersion)
    }
    let words = "\(oldest.metadata.name) runs \(oldest.status.nodeInfo.kubeletVersion)"
    let behind = newest - least
    if behind > 3 {
      return Judgement(.problem, "\(words), \(behind) minor versions behind the newest node", evidence: evidence)
    }
    if behind > 0 { return Judgement(.warning, "\(words), \(behind) behind the newest node", evidence: evidence) }
    return Judgement(
      .ok, "\(own.count == 1 ? words : "all \(own.count) kubelets are of minor version \(newest)")", evidence: evidence)
  },
]

extension Toleration {
  /// Whether it is about a taint, as the API defines it.
  fileprivate func tolerates(_ taint: Taint) -> Bool {
    if !effect.isEmpty, effect != taint.effect { return false }
    if !key.isEmpty, key != taint.key { return false }
    return `operator` == "Exists" || !key.isEmpty && value == taint.value
  }
}

extension Lease {
  /// problem when it was not renewed in time.
  func judgement(who: String, now: Timestamp, slack: Int64) -> Judgement {
    guard let renewed = spec.renewTime else {
      return Judgement(Doubt(.failed, "Lease \(metadata.name) does not say when it was renewed"))
    }
    let allowed = Int64(min(max(1, spec.leaseDurationSeconds ?? 40), 3600))
    let age = max(now.since(renewed), .zero)
    let evidence = [Evidence(reference, "spec.renewTime", renewed.description, at: renewed)]
    if age > .seconds(allowed + slack) {
      return Judgement(
        .problem, "\(who) has not renewed its Lease for \(age.human); it should every few seconds", evidence: evidence)
    }
    return Judgement(.ok, "\(who) renewed its Lease \(age.human) ago", evidence: evidence)
  }
}
