import ClusterState
import Diagnosis
import Kube

/// Checks of placing pods on nodes, beside `placement`.
let schedulingChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "fits-somewhere",
    "whether any node has as much CPU, memory, ephemeral storage and extended resources unrequested as the pod requests: "
      + "problem names what is short with the largest free amount, and says when even an empty node would be too small; "
      + "ok names a node with room (taints and affinity are not looked at)",
    kinds: ["Pod"], reads: [Node.self, Pod.self]
  ) { facts, _ in
    guard let pod = facts.pod else { return Judgement(.notApplicable, "there is no pod") }
    if let doubt = facts.state.doubt(about: Node.self) ?? facts.state.doubt(about: Pod.self) { return Judgement(doubt) }
    if case .namespace(let name)? = facts.state.store(of: Pod.self)?.coverage {
      return Judgement(Doubt(.notRead, "only pods of namespace \(name) are read, not all that are on the nodes"))
    }
    return ClusterRoom(facts.state, without: pod).judge(pod)
  },
  BuiltInCheck(
    "preempted",
    "whether pods of the same controller were pushed out by pods of higher priority: warning with their number, the last "
      + "one that pushed, its priority and the node; ok when no event says so, unknown while events are not read",
    kinds: ["Pod"], reads: [Event.self, Pod.self]
  ) { facts, _ in
    guard let pod = facts.pod else { return Judgement(.notApplicable, "there is no pod") }
    guard let controller = pod.metadata.controller else {
      return Judgement(.notApplicable, "nothing owns it: it was never made anew")
    }
    if let doubt = facts.state.doubt(about: Event.self, namespace: pod.metadata.namespace) { return Judgement(doubt) }
    let events = facts.state.all(Event.self).filter {
      // The pods are gone; their names are that of their controller with one word more.
      $0.reason == "Preempted" && $0.involvedObject.kind == "Pod"
        && $0.involvedObject.namespace == pod.metadata.namespace
        && $0.involvedObject.name.hasPrefix(controller.name + "-")
        && !$0.involvedObject.name.dropFirst(controller.name.count + 1).contains("-")
    }
    guard let last = events.max(by: { ($0.lastSeen?.microseconds ?? 0) < ($1.lastSeen?.microseconds ?? 0) }) else {
      return Judgement(.ok, "no event says that pods of \(controller.name) were pushed out")
    }
    let count = Set(events.map(\.involvedObject.name)).count
    // `Preempted by pod UID on node N`; up to 1.26 `Preempted by NAMESPACE/NAME on node N`.
    let words = last.message.split(separator: " ").map(String.init)
    let named = words.firstIndex(of: "by").flatMap { index -> String? in
      let next = words.dropFirst(index + 1).first
      return next == "pod" ? words.dropFirst(index + 2).first : next
    }
    let winner = named.flatMap { name in
      facts.state.store(of: Pod.self)?.object(uid: name) as? Pod
        ?? facts.state.all(Pod.self).first { "\($0.metadata.namespace)/\($0.metadata.name)" == name }
    }
    let who = winner.map { "pod \($0.metadata.namespace)/\($0.metadata.name), priority \($0.spec.priority ?? 0)" }
    return Judgement(
      .warning,
      "\(count) \(count == 1 ? "pod" : "pods") of \(controller.name) had to give way; the last, "
        + "\(last.involvedObject.name), to \(who ?? "a pod of higher priority") (\(last.message))",
      evidence: events.prefix(10).map(Evidence.init))
  },
  BuiltInCheck(
    "scheduler-at-work",
    "whether the scheduler that the pod names works: for another scheduler than default-scheduler problem when no pod "
      + "that names it was ever looked at; for default-scheduler problem when its Lease was not renewed for a minute; "
      + "ok when it works; unknown when neither Lease nor pods tell",
    kinds: ["Pod"], reads: [Lease.self, Pod.self]
  ) { facts, _ in
    guard let pod = facts.pod else { return Judgement(.notApplicable, "there is no pod") }
    let name = pod.spec.schedulerName.isEmpty ? "default-scheduler" : pod.spec.schedulerName
    let asked = Evidence(pod.reference, "spec.schedulerName", name)
    if name != "default-scheduler" {
      let others = facts.state.all(Pod.self).filter {
        $0.spec.schedulerName == name && $0.metadata.uid != pod.metadata.uid
      }
      let seen = others.first { $0.status.conditions.contains { $0.type == "PodScheduled" } }
      if let seen {
        return Judgement(
          .ok, "scheduler \(name) has looked at other pods, such as \(seen.metadata.name)", evidence: [asked])
      }
      if let doubt = facts.state.doubt(about: Pod.self, namespace: pod.metadata.namespace) { return Judgement(doubt) }
      return Judgement(
        .problem,
        "no pod that asks for scheduler \(name) was ever looked at: it does not run, or the name is wrong (the usual one "
          + "is default-scheduler)", evidence: [asked])
    }
    switch facts.state.look(Lease.self, namespace: "kube-system", name: "kube-scheduler") {
    case .unknown(let doubt): return Judgement(doubt, evidence: [asked])
    case .none:
      return Judgement(
        Doubt(.failed, "there is no Lease kube-system/kube-scheduler: the control plane is elsewhere, or never ran"),
        evidence: [asked])
    case .found(let lease):
      guard let renewed = lease.spec.renewTime else {
        return Judgement(Doubt(.failed, "the Lease kube-scheduler does not say when it was renewed"))
      }
      let age = max(facts.now.since(renewed), .zero)
      let evidence = [asked, Evidence(lease.reference, "spec.renewTime", renewed.description, at: renewed)]
      // A leader that is lost is replaced within a quarter of a minute.
      return age > .seconds(60)
        ? Judgement(.problem, "kube-scheduler has not renewed its Lease for \(age.human)", evidence: evidence)
        : Judgement(.ok, "kube-scheduler renewed its Lease \(age.human) ago", evidence: evidence)
    }
  },
]

/// What the nodes leave unrequested.
private struct ClusterRoom {
  let nodes: [(node: Node, pods: [Pod])]

  init(_ state: ClusterState, without pod: Pod) {
    let only = pod.onlyNode
    nodes = state.all(Node.self).filter { only == nil || $0.metadata.name == only }.sorted {
      $0.metadata.name < $1.metadata.name
    }.map { node in
      (node, state.pods(onNode: node.metadata.name).filter { !$0.isTerminal && $0.metadata.uid != pod.metadata.uid })
    }
  }

  func judge(_ pod: Pod) -> Judgement {
    guard !nodes.isEmpty else { return Judgement(.problem, "the cluster has no nodes") }
    let needs = pod.spec.totalRequests.nanos.filter { $0.amount > 0 }.sorted { $0.name < $1.name }
      .map { ($0.name, $0.amount) }
    if needs.isEmpty { return Judgement(.ok, "the pod requests nothing: every node has room") }
    var evidence = needs.map { Evidence(pod.reference, "requests", "\(AmountText(resource: $0.0).text($0.1)) \($0.0)") }
    let fitting = nodes.first { entry in needs.allSatisfy { free($0.0, entry) >= $0.1 } }
    if let fitting {
      return Judgement(.ok, "node \(fitting.node.metadata.name) has room for it", evidence: evidence)
    }
    var words: [String] = []
    for (resource, need) in needs {
      let text = AmountText(resource: resource)
      guard let best = nodes.max(by: { free(resource, $0) < free(resource, $1) }) else { continue }
      let most = max(0, free(resource, best))
      evidence.append(
        Evidence(best.node.reference, "unrequested \(resource)", "\(text.text(most)), the most of all nodes"))
      guard most < need else { continue }
      let size = nodes.map { $0.node.status.allocatable[resource]?.nanos ?? 0 }.max() ?? 0
      words.append(
        size < need
          ? "\(text.text(need)) \(resource) requested, but the largest node has \(text.text(size)) in all"
          : "\(text.text(need)) \(resource) requested, at most \(text.text(most)) free (\(best.node.metadata.name))")
    }
    return Judgement(
      .problem,
      words.isEmpty
        ? "each resource has room somewhere, but no node has room for all of them" : words.joined(separator: "; "),
      evidence: evidence)
  }

  private func free(_ resource: String, _ entry: (node: Node, pods: [Pod])) -> Int128 {
    let total = entry.node.status.allocatable[resource]?.nanos ?? 0
    return total - entry.pods.reduce(Int128(0)) { $0 + ($1.spec.totalRequests[resource] ?? 0) }
  }
}
