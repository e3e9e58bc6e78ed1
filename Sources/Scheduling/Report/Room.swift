import ClusterState
import Kube

extension Evaluation {
  /// What there is of the resources that nodes lack for the pod, a sentence each: the most that is free anywhere, or that
  /// no node is large enough; and on the node that misses least who has what is missing. Nothing where a node fits.
  ///
  /// - Parameter reports: one for each node of the snapshot, in its order.
  func room(_ reports: [NodeReport]) -> [String] {
    guard podFailure == nil, !reports.contains(where: \.fits) else { return [] }
    var lacking: [String: Int64] = [:]
    var nearest: (slot: Int, shortage: Double)?
    for (slot, report) in reports.enumerated() {
      for finding in report.findings where finding.plugin == .nodeResourcesFit {
        guard case .fail(let reasons) = finding.verdict else { continue }
        for reason in reasons {
          if case .resource(let name, let requested, _, _, _) = reason.evidence { lacking[name] = requested }
        }
        // Who leaves helps only where everything else is there.
        let shortage = report.findings.shortage
        if report.findings.count == 1, reasons.allSatisfy(\.isInUse), nearest.map({ shortage < $0.shortage }) ?? true {
          nearest = (slot, shortage)
        }
      }
    }
    let isPartial = snapshot.gaps[.pods] != nil
    return lacking.sorted { $0.key < $1.key }.prefix(Self.roomLimit).flatMap { name, requested in
      [mostFree(name, requested, isPartial)] + (nearest.map { requesters(of: name, on: $0.slot) } ?? [])
    }
  }

  /// Resources that are told.
  private static var roomLimit: Int { 4 }
  /// Pods that are told for each.
  private static var requesterLimit: Int { 3 }

  private func mostFree(_ name: String, _ requested: Int64, _ isPartial: Bool) -> String {
    var (largest, freest) = ((node: "", amount: Int64.min), (node: "", amount: Int64.min))
    for node in snapshot.nodes {
      let offered = node.facts.allocatable[name]
      let free = offered.subtracting(node.used[name])
      if offered > largest.amount || offered == largest.amount && node.facts.name < largest.node {
        largest = (node.facts.name, offered)
      }
      if free > freest.amount || free == freest.amount && node.facts.name < freest.node {
        freest = (node.facts.name, free)
      }
    }
    if largest.amount <= 0 { return "no node offers \(name)" }
    if largest.amount < requested {
      return "no node is large enough for \(name) \(Amount.neededText(requested, of: name)): the largest, "
        + "\(largest.node), offers \(Amount.text(largest.amount, of: name))"
    }
    return "the most \(name) that is free on any node is \(isPartial ? "at most " : "")"
      + "\(Amount.text(max(0, freest.amount), of: name)) (\(freest.node))"
  }

  private func requesters(of name: String, on slot: Int) -> [String] {
    let node = snapshot.nodes[slot]
    guard incoming.facts.requests[name] > node.facts.allocatable[name].subtracting(node.used[name]) else { return [] }
    let most = node.pods.filter { $0.requests[name] > 0 }.sorted {
      ($1.requests[name], $0.name) < ($0.requests[name], $1.name)
    }
    guard !most.isEmpty else { return [] }
    let list = most.prefix(Self.requesterLimit).map { pod in
      "\(pod.name.namespace)/\(pod.name.name) \(Amount.neededText(pod.requests[name], of: name))"
    }.joined(separator: ", ")
    let rest = most.count - Self.requesterLimit
    return [
      "on node \(node.facts.name) \(name) is requested most by \(list)"
        + (rest > 0 ? ", and \(rest) more pods" : "")
    ]
  }
}

extension Reason {
  /// Whether room is missing that pods have, on a node that is large enough.
  fileprivate var isInUse: Bool {
    switch evidence {
    case .resource(_, let requested, _, let allocatable, _): requested <= allocatable
    case .podCount: true
    default: false
    }
  }
}
