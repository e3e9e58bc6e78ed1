import ClusterState
import Diagnosis
import Kube

/// Checks of room: on nodes and in quotas.
let resourceChecks: [BuiltInCheck] = [
  BuiltInCheck(
    "node-room",
    "how much of a resource the pods on the subject's node leave unrequested: problem when it is less than `needs`, "
      + "warning when less than a tenth is left, ok otherwise",
    kinds: ["Pod", "Node"],
    parameters: [
      .init("resource", .text, isRequired: true, "cpu, memory, ephemeral-storage or an extended resource"),
      .init("needs", .quantity, "how much more must fit"),
    ], reads: [Node.self, Pod.self]
  ) { facts, arguments in
    let resource = arguments.text("resource") ?? "memory"
    switch facts.node {
    case .none: return Judgement(.notApplicable, "the pod is on no node, or its node does not exist")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let node):
      if let doubt = facts.state.doubt(about: Pod.self) { return Judgement(doubt) }
      if case .namespace(let name)? = facts.state.store(of: Pod.self)?.coverage {
        return Judgement(Doubt(.notRead, "only pods of namespace \(name) are read, not all that are on the node"))
      }
      guard let allocatable = node.status.allocatable[resource]?.nanos else {
        return Judgement(Doubt(.failed, "node \(node.metadata.name) does not say how much \(resource) it has"))
      }
      var used: Int128 = 0
      for pod in facts.state.pods(onNode: node.metadata.name) where !pod.isTerminal {
        used += pod.spec.totalRequests[resource] ?? 0
      }
      let free = allocatable - used
      let words = AmountText(resource: resource)
      let evidence = [
        Evidence(
          node.reference, "status.allocatable.\(resource)", node.status.allocatable[resource]?.text ?? ""),
        Evidence(node.reference, "requests of its pods", words.text(used)),
      ]
      let sentence =
        "\(words.text(max(0, free))) of \(words.text(allocatable)) \(resource) unrequested on \(node.metadata.name)"
      if let needs = arguments.quantity("needs")?.nanos, free < needs {
        return Judgement(.problem, "\(sentence), \(words.text(needs)) needed", evidence: evidence)
      }
      return Judgement(free * 10 < allocatable ? .warning : .ok, sentence, evidence: evidence)
    }
  },
  BuiltInCheck(
    "quota-room",
    "how much the quotas of the namespace leave: problem when one is used up, warning when less than a tenth of one is "
      + "left, ok otherwise, not-applicable without quotas",
    parameters: [.init("resource", .text, "only this resource, such as limits.memory or pods; without it all")],
    reads: [ResourceQuota.self]
  ) { facts, arguments in
    switch facts.quotas {
    case .none: return Judgement(.notApplicable, "it is in no namespace")
    case .unknown(let doubt): return Judgement(doubt)
    case .found(let quotas):
      if quotas.isEmpty { return Judgement(.notApplicable, "namespace \(facts.namespace) has no quota") }
      var verdict = Verdict.ok
      var tightest: (share: Double, text: String)?
      var evidence: [Evidence] = []
      for quota in quotas {
        for (name, hard) in quota.status.hard.entries
        where arguments.text("resource").map({ $0 == name }) ?? true {
          guard let limit = hard.nanos, limit > 0, let used = quota.status.used[name]?.nanos else { continue }
          let share = Double(used) / Double(limit)
          if share >= 0.9 {
            evidence.append(
              Evidence(
                quota.reference, "status.used.\(name)", "\(quota.status.used[name]?.text ?? "0") of \(hard.text)"))
          }
          if share >= 1 { verdict = .problem } else if share > 0.9, verdict == .ok { verdict = .warning }
          if share > tightest?.share ?? -1 {
            tightest = (
              share,
              "quota \(quota.metadata.name): \(quota.status.used[name]?.text ?? "0") of \(hard.text) \(name) used"
            )
          }
        }
      }
      return Judgement(verdict, tightest?.text ?? "no quota limits it", evidence: evidence)
    }
  },
]

/// Writes amounts of a resource for people: bytes as Mi and Gi, cores in thousandths.
struct AmountText {
  let resource: String

  func text(_ nanos: Int128) -> String {
    if resource == "cpu" { return Quantity(nanos: nanos / 1_000_000 * 1_000_000).text }
    guard resource == "memory" || resource.contains("storage") || resource.hasPrefix("hugepages") else {
      return Quantity(nanos: nanos).text
    }
    let bytes = nanos / 1_000_000_000
    for (size, suffix) in [(Int128(1) << 30, "Gi"), (1 << 20, "Mi"), (1 << 10, "Ki")] where bytes >= size {
      let tenths = bytes * 10 / size
      return tenths % 10 == 0 || tenths >= 1000 ? "\(tenths / 10)\(suffix)" : "\(tenths / 10).\(tenths % 10)\(suffix)"
    }
    return "\(bytes)"
  }
}
