import ClusterState
import Diagnosis
import Kube

/// Checks of who else holds what a pod needs.
let attachmentChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "claim-users",
    "which other pods use the claims of the pod: problem when a claim that one node at a time may use (ReadWriteOnce), or "
      + "one pod (ReadWriteOncePod), is used by a pod elsewhere, with that pod's node and state; ok otherwise, "
      + "not-applicable without claims",
    kinds: ["Pod"], reads: [PersistentVolumeClaim.self, Pod.self, Node.self]
  ) { facts, _ in
    guard let pod = facts.pod else { return Judgement(.notApplicable, "there is no pod") }
    switch facts.claims {
    case .none: return Judgement(.notApplicable, "there is no pod")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let claims):
      if claims.isEmpty { return Judgement(.notApplicable, "the pod uses no claim") }
      if let doubt = facts.state.doubt(about: Pod.self, namespace: pod.metadata.namespace) { return Judgement(doubt) }
      let others = facts.state.all(Pod.self)
        .filter { other in
          other.metadata.namespace == pod.metadata.namespace && other.metadata.uid != pod.metadata.uid
            && !other.isTerminal && !other.spec.nodeName.isEmpty
        }
        .sorted { $0.metadata.name < $1.metadata.name }
      for claim in claims {
        let modes = claim.spec.accessModes
        if modes.contains("ReadWriteMany") || modes.contains("ReadOnlyMany") { continue }
        let isForOnePod = modes == ["ReadWriteOncePod"]
        let user = others.first { other in
          other.claimNames.contains(claim.metadata.name)
            && (isForOnePod || other.spec.nodeName != pod.spec.nodeName)
        }
        guard let user else { continue }
        return Judgement(
          .problem,
          "claim \(claim.metadata.name) (\(modes.joined(separator: ", "))) is used by pod \(user.metadata.name) on "
            + "\(user.spec.nodeName)\(state(of: user, facts))",
          evidence: [
            Evidence(claim.reference, "spec.accessModes", modes.joined(separator: ", ")),
            Evidence(user.reference, "spec.nodeName", user.spec.nodeName),
          ])
      }
      return Judgement(.ok, "no pod elsewhere uses its claims")
    }
  }
]

/// `, which is being deleted; node n1 is not ready`.
private func state(of pod: Pod, _ facts: PlaybookFacts) -> String {
  let deleted = pod.metadata.deletionTimestamp == nil ? "" : ", which is being deleted"
  switch facts.state.look(Node.self, name: pod.spec.nodeName) {
  case .unknown: return deleted
  case .none: return "\(deleted); that node does not exist"
  case .found(let node):
    let isReady = node.status.conditions.contains { $0.type == "Ready" && $0.status == "True" }
    return isReady ? deleted : "\(deleted); that node is not ready"
  }
}
