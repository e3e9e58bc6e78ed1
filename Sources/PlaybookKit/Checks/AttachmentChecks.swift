import ClusterState
import Diagnosis
import Kube

/// Checks of attaching volumes to nodes.
let attachmentChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "volume-attached",
    "whether the volumes of the pod's claims are attached to its node: problem when one is attached to another node "
      + "(naming the pods that use it there) or the driver reports an error, warning while one is not attached yet, ok "
      + "when all are, not-applicable when none needs to be attached (NFS and the like have no VolumeAttachment)",
    kinds: ["Pod"], reads: [VolumeAttachment.self, PersistentVolumeClaim.self, PersistentVolume.self, Pod.self]
  ) { facts, _ in
    guard let pod = facts.pod, !pod.spec.nodeName.isEmpty else {
      return Judgement(.notApplicable, "the pod has no node yet")
    }
    switch facts.claims {
    case .none: return Judgement(.notApplicable, "there is no pod")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let claims):
      let names = claims.map(\.spec.volumeName).filter { !$0.isEmpty }
      if names.isEmpty { return Judgement(.notApplicable, "the pod uses no bound claim") }
      if let doubt = facts.state.doubt(about: VolumeAttachment.self) { return Judgement(doubt) }
      let attachments = facts.state.all(VolumeAttachment.self)
        .filter { attachment in
          attachment.spec.source.persistentVolumeName.map { names.contains($0) } ?? false
        }
        .sorted { $0.metadata.name < $1.metadata.name }
      if attachments.isEmpty {
        return Judgement(.notApplicable, "no attachment is asked for: the volumes need none, or it has not begun")
      }
      return judge(attachments, pod, claims, facts)
    }
  }
]

/// The worst that the attachments of a pod's volumes say.
private func judge(
  _ attachments: [VolumeAttachment], _ pod: Pod, _ claims: [PersistentVolumeClaim], _ facts: PlaybookFacts
) -> Judgement {
  let evidence = attachments.prefix(10).map {
    Evidence($0.reference, "status.attached", "\($0.status.attached) on \($0.spec.nodeName)")
  }
  let here = attachments.filter { $0.spec.nodeName == pod.spec.nodeName }
  if let failed = here.first(where: { $0.status.attachError != nil }), let error = failed.status.attachError {
    return Judgement(
      .problem, "\(failed.spec.source.persistentVolumeName ?? "") cannot be attached: \(error.message.firstLine)",
      evidence: evidence + [Evidence(failed.reference, "status.attachError", error.message, at: error.time)])
  }
  for attachment in attachments where attachment.spec.nodeName != pod.spec.nodeName && attachment.status.attached {
    let volume = attachment.spec.source.persistentVolumeName ?? ""
    guard let claim = claims.first(where: { $0.spec.volumeName == volume }),
      !claim.spec.accessModes.contains("ReadWriteMany"), !claim.spec.accessModes.contains("ReadOnlyMany"),
      !here.contains(where: { $0.spec.source.persistentVolumeName == volume && $0.status.attached })
    else { continue }
    let users = facts.state.pods(onNode: attachment.spec.nodeName)
      .filter { $0.metadata.namespace == pod.metadata.namespace && $0.claimNames.contains(claim.metadata.name) }
      .map(\.metadata.name).sorted()
    let who =
      users.isEmpty ? "no pod there uses it any more" : "used there by \(users.prefix(3).joined(separator: ", "))"
    return Judgement(
      .problem, "\(volume) (claim \(claim.metadata.name)) is attached to node \(attachment.spec.nodeName), \(who)",
      evidence: evidence)
  }
  if let waiting = here.first(where: { !$0.status.attached }) {
    return Judgement(
      .warning, "\(waiting.spec.source.persistentVolumeName ?? "") is not attached to \(pod.spec.nodeName) yet",
      evidence: evidence)
  }
  return Judgement(.ok, "attached to \(pod.spec.nodeName)", evidence: evidence)
}
