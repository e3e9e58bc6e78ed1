/// What the kubelet checks again when it is given a pod, which is all that is checked of a pod that names its node itself.
extension PlacementReport {
  /// Why the kubelet of the node that the pod names would reject it, in the words of the pod's status, such as
  /// `OutOfcpu`, with what they rest on; empty when it would take it, or the pod names none.
  public var kubeletRefusals: [String] {
    guard case .bypassing(let name, let taint) = situation, let node = nodes.first(where: { $0.name == name }) else {
      return []
    }
    let refusals = node.findings.flatMap { finding -> [String] in
      guard case .fail(let reasons) = finding.verdict else { return [] }
      switch finding.plugin {
      case .nodeAffinity, .nodePorts:
        return reasons.map { "\(finding.plugin.rawValue): \($0.evidence)" }
      case .nodeResourcesFit:
        return reasons.compactMap { reason in
          guard case .resource(let resource, _, _, let allocatable, _) = reason.evidence else {
            return "OutOfpods: \(reason.evidence)"
          }
          // The kubelet leaves out extended resources that its node does not have at all.
          if resource.contains("/"), allocatable == 0 { return nil }
          return "OutOf\(resource): \(reason.evidence)"
        }
      default: return []
      }
    }
    return refusals + (taint.map { ["TaintToleration: taint \($0)"] } ?? [])
  }

  /// Whether the kubelet of the node that the pod names would take it.
  var outcomeOfKubelet: Outcome {
    guard case .bypassing(let name, _) = situation, let node = nodes.first(where: { $0.name == name }) else {
      return .unknown
    }
    if !kubeletRefusals.isEmpty { return .doesNotFit }
    let isUnknown = node.findings.contains { finding in
      guard case .unknown = finding.verdict else { return false }
      return [.nodeAffinity, .nodePorts, .nodeResourcesFit].contains(finding.plugin)
    }
    return isUnknown ? .unknown : .fits
  }

  /// The answer for a pod that names its node itself, in one sentence.
  var bypassHeadline: String {
    let refusals = kubeletRefusals.joined(separator: "; ")
    let rest =
      switch outcomeOfKubelet {
      case .doesNotFit: "and the kubelet would reject the pod: \(refusals)"
      case .fits: "and the kubelet would take the pod"
      case .unknown: "and whether the kubelet would take the pod cannot be told" + (gap.map { ": \($0)" } ?? "")
      }
    return (situation.sentence ?? "") + ", " + rest
  }
}
