import ClusterState
import Diagnosis
import Kube

/// Checks of why controllers cannot create pods.
let creationChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "pods-refused",
    "why the server refuses the pods that the workload wants: problem quotes the condition ReplicaFailure or the newest "
      + "event FailedCreate of the workload and of the ReplicaSets below it (not older than 20 minutes), warning when the "
      + "quota that refused them has room by now, ok when there is none and events could be read, not-applicable for what runs no pods",
    parameters: [.init("contains", .texts, "only refusals whose text has one of these")],
    reads: [Event.self] + Relation.owners
  ) { facts, arguments in
    switch Refusals.all(facts) {
    case .none: return Judgement(.notApplicable, "nothing above it creates pods")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let refusals):
      let wanted = arguments.texts("contains")
      let found = refusals.list.filter { refusal in wanted?.contains { refusal.text.contains($0) } ?? true }
      if let first = found.first {
        if let overcome = RefusedPods(first.text).overcome(in: facts.state, namespace: facts.namespace) {
          return Judgement(.warning, overcome, evidence: found.prefix(5).map(\.evidence))
        }
        return Judgement(.problem, first.short, evidence: found.prefix(5).map(\.evidence))
      }
      if let doubt = refusals.doubt { return Judgement(doubt) }
      return Judgement(.ok, refusals.list.isEmpty ? "no pod was refused" : "the refusal is for another reason")
    }
  }
]

/// What the server said when a controller tried to create pods.
struct Refusals {
  struct Refusal {
    let text: String
    let evidence: Evidence

    /// What was refused and why, without names that differ from attempt to attempt.
    var short: String { RefusedPods(text).text }
  }

  /// Conditions first, since they are about now; then events, the newest first.
  var list: [Refusal] = []
  /// Why there may be more.
  var doubt: Doubt?

  static func all(_ facts: PlaybookFacts) -> Lookup<Refusals> {
    facts.workload.flatMap { workload in
      var refusals = Refusals()
      var creators: [any KubeObject] = facts.ownerChain.compactMap {
        WorkloadFacts($0) == nil ? nil : $0 as? any KubeObject
      }
      let known = Set(creators.map(\.metadata.uid))
      switch facts.state.look(
        all: ReplicaSet.self, namespace: facts.namespace,
        where: { set in set.metadata.controller.map { known.contains($0.uid) } ?? false })
      {
      case .found(let sets): creators += sets.filter { !known.contains($0.metadata.uid) }
      case .none: break
      case .unknown(let doubt): if workload.facts.kind == "Deployment" { refusals.doubt = doubt }
      }
      for creator in creators {
        guard let condition = failure(of: creator) else { continue }
        refusals.list.append(
          Refusal(
            text: condition.message,
            evidence: Evidence(
              creator.reference, "status.conditions[\(condition.type)]", condition.message,
              at: condition.lastTransitionTime)))
      }
      for creator in creators {
        switch facts.events(about: creator, kind: type(of: creator).resource.kind) {
        case .none: continue
        case .unknown(let doubt): refusals.doubt = refusals.doubt ?? doubt
        case .found(let events):
          for event in events where event.reason == "FailedCreate" {
            guard let seen = event.lastSeen, facts.now.since(seen) <= RefusedPods.memory else { continue }
            refusals.list.append(Refusal(text: event.message, evidence: Evidence(event)))
          }
        }
      }
      return .found(refusals)
    }
  }

  private static func failure(of object: any KubeObject) -> (any StatusCondition)? {
    func failure(_ conditions: [some StatusCondition]) -> (any StatusCondition)? {
      conditions.first { $0.type == "ReplicaFailure" && $0.status == "True" }
    }
    switch object {
    case let deployment as Deployment: return failure(deployment.status.conditions)
    case let set as ReplicaSet: return failure(set.status.conditions)
    default: return nil
    }
  }
}
