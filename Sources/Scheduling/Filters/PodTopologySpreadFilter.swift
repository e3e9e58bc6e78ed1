import ClusterState
import Kube

/// Spreading over places, for constraints that must be met.
struct PodTopologySpreadFilter: NodeFilter {
  private let constraints: [Constraint]

  private struct Constraint {
    let key: String
    let maxSkew: Int
    let selfMatch: Int
    /// Pods in each place that counts.
    var counts: [String: Int] = [:]
    var minimum = 0
    /// The emptiest of them, to be told.
    var places: [PlaceCount] = []
  }

  static func prepare(_ incoming: Incoming) -> Preparation {
    let hard = incoming.pod.spec.topologySpreadConstraints.filter { $0.whenUnsatisfiable != "ScheduleAnyway" }
    if hard.isEmpty { return .skip }
    if let gap = incoming.gap(.nodes, .pods) { return .unknown(gap) }
    if !incoming.rules.isOld, hard.contains(where: { $0.nodeTaintsPolicy == "Honor" }),
      incoming.pod.spec.tolerations.contains(where: \.comparesNumbers)
    {
      return .unknown("not modelled: tolerations that compare numbers, with nodeTaintsPolicy Honor")
    }
    var selectors: [LabelQuery?] = []
    for constraint in hard {
      var query = constraint.labelSelector?.schedulerQuery
      if constraint.labelSelector != nil, query == nil { return .unknown("a selector of a constraint is malformed") }
      if !incoming.rules.isOld {
        // The API server merges these at creation; adding them again changes nothing.
        for key in constraint.matchLabelKeys {
          if let value = incoming.facts.labels[key] { query?.requirements.append(.init(key, .isIn([value]))) }
        }
      }
      selectors.append(query)
    }
    guard Work.isBounded(hard.count, incoming.snapshot) else { return .unknown(Work.tooMuch) }
    return .filter(Self(incoming, hard, selectors))
  }

  private init(_ incoming: Incoming, _ hard: [TopologySpreadConstraint], _ selectors: [LabelQuery?]) {
    let isOld = incoming.rules.isOld
    let matcher = NodeMatcher(incoming.pod.spec)
    var constraints = zip(hard, selectors).map { constraint, selector in
      Constraint(
        key: constraint.topologyKey, maxSkew: constraint.maxSkew,
        selfMatch: selector?.matches(incoming.facts.labels) == true ? 1 : 0)
    }
    func count(_ node: NodeState, _ selector: LabelQuery?) -> Int {
      // An empty selector matches everything in 1.20; later it is not even looked at.
      guard let selector, isOld || !selector.requirements.isEmpty else { return 0 }
      var count = 0
      for pod in node.pods where pod.name.namespace == incoming.namespace && !pod.isBeingDeleted {
        if selector.matches(pod.labels) { count += 1 }
      }
      return count
    }
    for node in incoming.snapshot.nodes {
      let values = hard.compactMap { node.facts.labels[$0.topologyKey] }
      guard values.count == hard.count else { continue }
      let isSelected = matcher.isEmpty || matcher.matches(node.facts)
      if isOld, !isSelected { continue }
      for index in hard.indices {
        if !isOld {
          if hard[index].nodeAffinityPolicy != "Ignore", !isSelected { continue }
          if hard[index].nodeTaintsPolicy == "Honor", !node.facts.taints.allSatisfy(incoming.tolerates) { continue }
        }
        constraints[index].counts[values[index], default: 0] += isOld ? 0 : count(node, selectors[index])
      }
    }
    if isOld {
      // In 1.20 eligible nodes only say which places count; the pods of all nodes there are counted.
      for node in incoming.snapshot.nodes {
        for index in hard.indices {
          guard let value = node.facts.labels[hard[index].topologyKey], constraints[index].counts[value] != nil else {
            continue
          }
          constraints[index].counts[value, default: 0] += count(node, selectors[index])
        }
      }
    }
    for index in constraints.indices {
      let counts = constraints[index].counts
      let minDomains = isOld ? 0 : hard[index].minDomains ?? 1
      constraints[index].places = PlaceCount.few(counts)
      constraints[index].minimum = counts.count < minDomains ? 0 : counts.values.min() ?? Int(Int32.max)
    }
    self.constraints = constraints
  }

  func verdict(on node: NodeState) -> Verdict {
    let text = "node(s) didn't match pod topology spread constraints"
    for constraint in constraints {
      guard let value = node.facts.labels[constraint.key] else {
        return .fail([
          Reason(text + " (missing required label)", resolvable: false, .missingLabel(constraint.key))
        ])
      }
      let here = constraint.counts[value] ?? 0
      guard here + constraint.selfMatch - constraint.minimum > constraint.maxSkew else { continue }
      return .fail([
        Reason(
          text, resolvable: true,
          .skew(
            key: constraint.key, value: value, here: here, minimum: constraint.minimum,
            isSelfCounted: constraint.selfMatch > 0, maxSkew: constraint.maxSkew, places: constraint.places))
      ])
    }
    return .pass
  }
}

/// Keeps hostile input from taking minutes: terms times pods is what the filters between pods cost.
enum Work {
  static let tooMuch = "there are too many terms to compare with every pod"

  static func isBounded(_ terms: Int, _ snapshot: ClusterSnapshot) -> Bool {
    let pods = snapshot.nodes.reduce(0) { $0 + $1.pods.count + 1 }
    return terms.multipliedReportingOverflow(by: max(1, pods)).partialValue <= 20_000_000 || terms <= 16
  }
}
