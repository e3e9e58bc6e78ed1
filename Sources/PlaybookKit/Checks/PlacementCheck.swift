import ClusterState
import Diagnosis
import Kube
import Scheduling

/// The scheduler's filters on every node, as `podmedic why` and the page behind `x` have them.
let placementCheck = BuiltInCheck(
  "placement",
  "every filter of the scheduler on every node, also those behind a node's first obstacle: problem when no node would take "
    + "the pod, naming the node that misses least and the smallest change that would place it; warning when one would by "
    + "now, or when the scheduler has to remove other pods first; ok when it has a node; unknown when what a filter reads "
    + "is not known",
  kinds: ["Pod"], reads: PlacementQuestion.reads
) { facts, _ in
  guard let pod = facts.pod else { return Judgement(.notApplicable, "there is no pod") }
  guard let answer = facts.placement else { return Judgement(.notApplicable, "there is no pod") }
  let evidence = evidence(answer, pod)
  switch answer.outcome {
  case .unknown: return Judgement(Doubt(.notRead, answer.headline), evidence: evidence)
  case .fits:
    if case .placed = answer.report.situation { return Judgement(.ok, answer.headline, evidence: evidence) }
    return Judgement(.warning, answer.headline, evidence: evidence)
  case .doesNotFit:
    if let sentence = answer.report.preemptionSentence { return Judgement(.warning, sentence, evidence: evidence) }
    return Judgement(.problem, sentence(answer, pod), evidence: evidence)
  }
}

/// The nearest miss, and what would turn it into a place.
private func sentence(_ answer: PlacementAnswer, _ pod: Pod) -> String {
  var words = answer.report.podFailure?.reason.text ?? ""
  // A DaemonSet's pod is for one node: how near others are does not matter.
  let own = pod.onlyNode.flatMap { name in
    answer.report.groups.first { $0.nodes.contains { $0.name == name } }.map { ($0, name) }
  }
  let nearest = answer.report.groups.first.flatMap { group in group.nodes.first.map { (group, $0.name) } }
  if words.isEmpty, let (group, node) = own ?? nearest {
    let blockers = group.blockers.map { $0.evidence.isEmpty ? $0.reason : $0.evidence }
    words =
      "\(own == nil ? "nearest is" : "the only node that it is for is") \(node): \(blockers.joined(separator: "; "))"
  }
  if words.isEmpty { words = answer.headline }
  guard let best = answer.suggestions.first else { return words }
  return "\(words); it would fit with this: \(best.text)"
}

/// Groups of nodes and suggestions that are worth a line each.
private let mostLines = 6

private func evidence(_ answer: PlacementAnswer, _ pod: Pod) -> [Diagnosis.Evidence] {
  let groups = answer.report.groups.prefix(mostLines).map { group in
    let names = group.nodes.prefix(3).map(\.name).joined(separator: ", ")
    let more = group.nodes.count > 3 ? " and \(group.nodes.count - 3) more" : ""
    let reasons = group.blockers.map { "\($0.plugin.rawValue): \($0.evidence.isEmpty ? $0.reason : $0.evidence)" }
    return Diagnosis.Evidence(
      pod.reference, names + more, reasons.isEmpty ? answer.report.passWords : reasons.joined(separator: "; "))
  }
  return groups + answer.suggestions.prefix(mostLines).map { Diagnosis.Evidence(pod.reference, "would help", $0.text) }
}
