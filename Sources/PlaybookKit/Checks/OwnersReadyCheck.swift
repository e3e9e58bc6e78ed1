import ClusterState
import Diagnosis
import Draining
import Kube

/// Whether what a drain took from a node is Ready somewhere again.
let ownersReadyCheck = BuiltInCheck(
  "owners-ready",
  "whether the owners of the pods that podmedic's drains took from the node, since it was cordoned, have all pods Ready "
    + "that they want: problem names those that lack more than they lacked before the drain. Where podmedic's log on this machine has no "
    + "drain of the node, warning names the owners whose pods, made within `within`, are not Ready. ok otherwise",
  kinds: ["Node"],
  parameters: [
    .init(
      "within", .duration,
      "how long ago pods may have been made where there is no log, and how long before `step` was answered the node may "
        + "have been opened; 12h without it"),
    .init(
      "step", .step,
      "the step that asks whether the work is done: a drain whose node was opened longer than `within` before it was "
        + "answered is of an earlier maintenance"),
  ], reads: [Pod.self] + Relation.owners
) { facts, arguments in
  guard let node = facts.object as? Node else { return Judgement(.notApplicable, "it is no node") }
  let types: [any KubeObject.Type] = [
    Pod.self, Deployment.self, StatefulSet.self, DaemonSet.self, ReplicaSet.self,
  ]
  for type in types { if let doubt = facts.state.doubt(about: type) { return Judgement(doubt) } }
  let within = arguments.duration("within") ?? .seconds(43_200)
  // Whoever opens the node before saying that the work is done means the same maintenance.
  let earliest = arguments.text("step").flatMap { facts.contributed[$0] }?.advanced(by: .zero - within)
  let logs = facts.findDrains(node).filter { log in
    guard let opened = log.nodes[node.metadata.name]?.uncordonedAt, let earliest else { return true }
    return opened >= earliest
  }
  if logs.contains(where: { !$0.asked(of: node.metadata.name).isEmpty }) {
    return DrainedOwners(logs, node.metadata.name, facts.state).judgement
  }
  return RecentlyLacking(facts.state, since: facts.now.advanced(by: .zero - within)).judgement
}

/// The owners of what a drain took from a node, and what they have now.
private struct DrainedOwners {
  private struct Owner {
    let facts: WorkloadFacts
    let reference: ObjectReference
    /// How many pods it lacked before, and still may.
    let lackedBefore: Int
    var lacks: Int { facts.wanted - facts.ready }
    var name: String { "\(facts.kind.lowercased()) \(facts.namespace)/\(facts.name)" }
  }

  private let began: Timestamp
  private let drains: Int
  private let pods: Int
  private var owners: [Owner] = []
  /// Whether Jobs are among the owners: they are not waited for.
  private var hasJobs = false
  /// Names of owners of which podmedic does not know how many pods they want.
  private var unknown: Set<String> = []

  init(_ logs: [DrainLog], _ node: String, _ state: ClusterState) {
    let logs = logs.filter { !$0.asked(of: node).isEmpty }
    began = logs.first?.header.time ?? Timestamp(microseconds: 0)
    drains = logs.count
    var removed: [String: (top: ObjectReference, unready: Int)] = [:]
    let here = Set(state.pods(onNode: node).filter { $0.metadata.deletionTimestamp == nil }.map(\.metadata.uid))
    var taken: Set<String> = []
    for planned in logs.flatMap({ $0.asked(of: node) })
    where !here.contains(planned.pod.uid) && taken.insert(planned.pod.uid).inserted {
      guard let top = planned.topOwner(in: state) else { continue }
      removed[top.uid, default: (top, 0)].unready += planned.wasReady == false ? 1 : 0
    }
    pods = taken.count
    for (top, unready) in removed.values.sorted(by: { $0.top.shortText < $1.top.shortText }) {
      // What runs to its end is not waited for, and of what is gone nobody wants anything.
      guard top.kind != "Job", top.kind != "CronJob" else {
        hasJobs = true
        continue
      }
      switch state.object(top) {
      case .none: continue
      case .unknown: unknown.insert(top.shortText)
      case .found(let object):
        guard let facts = WorkloadFacts(object) else {
          unknown.insert(top.shortText)
          continue
        }
        // A pod of a dead node counts, too: it is older, and being deleted for as long as nobody confirms that.
        let sick = state.pods(ofOwner: top.uid).count {
          !$0.isReady && !taken.contains($0.metadata.uid) && ($0.metadata.creationTimestamp ?? began) < began
        }
        owners.append(Owner(facts: facts, reference: object.reference, lackedBefore: unready + sick))
      }
    }
  }

  var judgement: Judgement {
    let lacking = owners.filter { $0.lacks > $0.lackedBefore }
    let before = owners.filter { $0.lacks > 0 && $0.lacks <= $0.lackedBefore }
    let evidence = (lacking + before).prefix(20).map {
      Diagnosis.Evidence($0.reference, "ready", "\($0.facts.ready) of \($0.facts.wanted)")
    }
    var rest = before.isEmpty ? "" : "; no more than before the drain: \(before.map(\.name).few)"
    if !unknown.isEmpty { rest += "; podmedic does not know what \(unknown.sorted().few) wants" }
    if hasJobs { rest += "; Jobs are not waited for" }
    let since = drains == 1 ? "the drain of \(began)" : "\(drains) drains since \(began)"
    let whole = "the \(pods.pods) that \(since) took"
    let verb = lacking.count == 1 ? "lacks" : "lack"
    guard lacking.isEmpty else {
      return Judgement(
        .problem,
        "\(lacking.count) of \(owners.count) owners of \(whole) \(verb) Ready pods: "
          + "\(lacking.map(\.name).few)\(rest)", evidence: evidence)
    }
    if owners.isEmpty { return Judgement(.ok, "nothing is to be waited for: no owner is left of \(whole)\(rest)") }
    let complete = owners.count - before.count
    let have = complete == 1 ? "1 owner has its pods" : "\(complete) owners have their pods"
    return Judgement(.ok, "\(have) Ready, of \(whole)\(rest)", evidence: evidence)
  }
}

/// Without a log: the owners that have come to lack pods lately, whatever the reason.
private struct RecentlyLacking {
  private var lacking: [(facts: WorkloadFacts, reference: ObjectReference)] = []
  private var earlier = 0
  private var count = 0

  init(_ state: ClusterState, since: Timestamp) {
    func look<Object: KubeObject>(_ type: Object.Type) {
      for object in state.all(type) {
        // What a Deployment owns is counted with it.
        guard object.metadata.controller == nil, let facts = WorkloadFacts(object), facts.wanted > 0 else { continue }
        count += 1
        guard facts.ready < facts.wanted else { continue }
        let pods = state.pods(ofOwner: object.metadata.uid).filter { !$0.isReady }
        let isNew = pods.isEmpty || pods.contains { ($0.metadata.creationTimestamp ?? since) >= since }
        if isNew { lacking.append((facts, object.reference)) } else { earlier += 1 }
      }
    }
    look(Deployment.self)
    look(StatefulSet.self)
    look(DaemonSet.self)
    look(ReplicaSet.self)
  }

  var judgement: Judgement {
    let rest = earlier == 0 ? "" : "; \(earlier) lack\(earlier == 1 ? "s" : "") pods for longer"
    let names = lacking.map { "\($0.facts.kind.lowercased()) \($0.facts.namespace)/\($0.facts.name)" }
    guard !lacking.isEmpty else { return Judgement(.ok, "none of \(count) owners has come to lack Ready pods\(rest)") }
    return Judgement(
      .warning,
      "\(lacking.count) of \(count) owners have come to lack Ready pods: \(names.few)\(rest). Which pods were taken "
        + "from here is not known: podmedic's log on this machine has no drain of the node that is of this maintenance",
      evidence: lacking.prefix(20).map {
        Diagnosis.Evidence($0.reference, "ready", "\($0.facts.ready) of \($0.facts.wanted)")
      })
  }
}
